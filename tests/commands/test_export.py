import json
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from tests.commands.typed import is_one_mistake, type_in, write_lines
from transformers import AutoModelForCausalLM, PhiConfig, PhiForCausalLM

from hornbook.model.config import ModelConfig
from hornbook.model.phi import Phi
from hornbook.model.weights import load_model, save_model
from hornbook.records import Document, DocumentKind
from hornbook.tokens.tokenizer import TokenizerConfig, tokenizer_hash, train_tokenizer

DOCUMENTS = [
    Document(id=str(number), kind=DocumentKind.EXERCISE, text=f"def add_{number}(x):\n    return x + {number}\n")
    for number in range(200)
]
SHAPE = ModelConfig(vocab_size=320, num_layers=2, hidden_size=32, intermediate_size=128, num_heads=2, max_position=64)
TOLERANCE = 1e-4


@pytest.fixture(scope="module")
def tokenizer_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("tokenizer") / "tokenizer.json"
    train_tokenizer(DOCUMENTS, TokenizerConfig(vocab_size=280)).save(str(path))
    return path


@pytest.fixture
def ours(tmp_path: Path, tokenizer_file: Path) -> Path:
    """A model as `hornbook train` leaves it."""
    from tokenizers import Tokenizer

    folder = tmp_path / "ours"
    folder.mkdir()
    model = Phi(SHAPE).initialize(torch.Generator().manual_seed(1))
    save_model(model, folder, tokenizer_hash(Tokenizer.from_file(str(tokenizer_file))))
    (folder / "tokenizer.json").write_bytes(tokenizer_file.read_bytes())
    return folder


@pytest.fixture
def theirs(tmp_path: Path, tokenizer_file: Path) -> Path:
    """A model with random weights as transformers saves it, with a tokenizer beside it."""
    torch.manual_seed(2)
    config = PhiConfig(
        vocab_size=SHAPE.vocab_size,
        hidden_size=SHAPE.hidden_size,
        intermediate_size=SHAPE.intermediate_size,
        num_hidden_layers=SHAPE.num_layers,
        num_attention_heads=SHAPE.num_heads,
        max_position_embeddings=SHAPE.max_position,
        bos_token_id=0,
        eos_token_id=0,
    )
    folder = tmp_path / "theirs"
    PhiForCausalLM(config).save_pretrained(folder)
    (folder / "tokenizer.json").write_bytes(tokenizer_file.read_bytes())
    return folder


def test_a_checkpoint_of_transformers_is_finetuned_and_goes_back(tmp_path: Path, theirs: Path) -> None:
    rows = write_lines(tmp_path / "rows.jsonl", [{"text": document.text} for document in DOCUMENTS])
    tokens = tmp_path / "tokens"
    type_in("tokenize", rows, "--tokenizer", theirs, "--output", tokens)
    rates = ("--batch-size", 8, "--learning-rate", 3e-3, "--sequence-length", 32)
    type_in("train", tokens, "--base", theirs, "--num-steps", 20, *rates, "--output", tmp_path / "tuned")
    type_in("export", tmp_path / "tuned", "--to", "huggingface", "--output", tmp_path / "exported")

    before = AutoModelForCausalLM.from_pretrained(theirs, dtype=torch.float32).eval()
    after = AutoModelForCausalLM.from_pretrained(tmp_path / "exported", dtype=torch.float32).eval()
    drawn = torch.randint(0, SHAPE.vocab_size, (4, 32), generator=torch.Generator().manual_seed(3))
    with torch.inference_mode():
        assert (after(drawn).logits - load_model(tmp_path / "tuned")(drawn)).abs().max() <= TOLERANCE
        assert (after(drawn).logits - before(drawn).logits).abs().max() > 100 * TOLERANCE


def test_what_was_written_is_told_and_a_card_comes_along(tmp_path: Path, ours: Path) -> None:
    assert "without a model card" in type_in("export", ours, "--output", tmp_path / "out").out
    (ours / "README.md").write_text("# Mine\n")
    told = type_in("export", ours, "--output", tmp_path / "again", "--dtype", "bfloat16", "--json").json
    assert (told["dtype"], told["model_card"]) == ("bfloat16", True)
    assert (tmp_path / "again" / "README.md").read_text() == "# Mine\n"
    weights = load_file(tmp_path / "again" / "model.safetensors")
    assert {tensor.dtype for tensor in weights.values()} == {torch.bfloat16}
    assert told["num_parameters"] == sum(tensor.numel() for tensor in weights.values())
    assert told["model_bytes"] == (tmp_path / "again" / "model.safetensors").stat().st_size


def test_an_earlier_export_is_replaced_only_when_asked_and_nothing_else_ever(tmp_path: Path, ours: Path) -> None:
    out = tmp_path / "out"
    type_in("export", ours, "--output", out)
    refused = type_in("export", ours, "--output", out, status=2)
    assert is_one_mistake(refused.err, "holds an export already", "`--force`")
    type_in("export", ours, "--output", out, "--dtype", "float16", "--force")
    assert json.loads((out / "config.json").read_text())["dtype"] == "float16"
    (out / "notes.txt").write_text("precious")
    refused = type_in("export", ours, "--output", out, "--force", status=2)
    assert is_one_mistake(refused.err, "`notes.txt`", "name a new folder")
    assert (out / "notes.txt").read_text() == "precious"


def test_a_failed_export_leaves_what_was_there(tmp_path: Path, ours: Path) -> None:
    out = tmp_path / "out"
    type_in("export", ours, "--output", out)
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    broken = load_model(ours)
    broken.lm_head.bias.data[3] = float("nan")
    save_model(broken, ours)
    refused = type_in("export", ours, "--output", out, "--force", status=2)
    assert is_one_mistake(refused.err, "`lm_head.bias`", "not finite", "its training went wrong")
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["ours", "out"]


def test_what_does_not_belong_or_cannot_be_is_named(tmp_path: Path, ours: Path, tokenizer_file: Path) -> None:
    out, store = tmp_path / "out", tmp_path / "store"
    for options, messages in (
        ((ours, "--output", out, "--to", "gguf"), ("--to", "huggingface")),
        ((ours, "--output", out, "--dtype", "int8"), ("`dtype`", "'int8'")),
        ((ours, "--output", out, "--base"), ("`--base` is for a run",)),
        ((ours, "--output", store / "artifacts" / "mine", "--store", store), ("whose files never change",)),
        (("nothing", "--output", out, "--store", store), ("no run `nothing`", "no such folder")),
    ):
        assert is_one_mistake(type_in("export", *options, status=2).err, *messages), options
    tokenizer = ours / "tokenizer.json"
    tokenizer.unlink()
    assert is_one_mistake(type_in("export", ours, "--output", out, status=2).err, "has no tokenizer")
    assert not out.exists()
    type_in("export", ours, "--tokenizer", tokenizer_file, "--output", out)
    assert (out / "tokenizer.json").read_bytes() == tokenizer_file.read_bytes()
    (ours / "config.json").unlink()
    assert is_one_mistake(type_in("export", ours, "--output", tmp_path / "none", status=2).err, "holds no model")
