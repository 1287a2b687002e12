import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from tests.commands.typed import is_one_mistake, type_in
from transformers import AutoModelForCausalLM, AutoTokenizer, PhiConfig, PhiForCausalLM

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


def loss_of(model: PhiForCausalLM, texts: list[str], folder: Path) -> float:
    tokenizer = AutoTokenizer.from_pretrained(folder)
    total = 0.0
    for text in texts:
        tokens = torch.tensor([[0, *tokenizer(text)["input_ids"]]])
        with torch.inference_mode():
            total += model(tokens, labels=tokens).loss.item()
    return total / len(texts)


def test_a_checkpoint_of_transformers_is_finetuned_and_goes_back(tmp_path: Path, theirs: Path) -> None:
    rows = tmp_path / "rows.jsonl"
    rows.write_text("".join(json.dumps({"text": document.text}) + "\n" for document in DOCUMENTS))
    tokens = tmp_path / "tokens"
    type_in("tokenize", rows, "--tokenizer", theirs, "--output", tokens)
    rates = ("--batch-size", 8, "--learning-rate", 3e-3, "--sequence-length", 32)
    type_in("train", tokens, "--base", theirs, "--steps", 20, *rates, "--output", tmp_path / "tuned")
    type_in("export", tmp_path / "tuned", "--to", "huggingface", "--output", tmp_path / "exported")

    before = AutoModelForCausalLM.from_pretrained(theirs, dtype=torch.float32).eval()
    after = AutoModelForCausalLM.from_pretrained(tmp_path / "exported", dtype=torch.float32).eval()
    drawn = torch.randint(0, SHAPE.vocab_size, (4, 32), generator=torch.Generator().manual_seed(3))
    with torch.inference_mode():
        assert (after(drawn).logits - load_model(tmp_path / "tuned")(drawn)).abs().max() <= TOLERANCE
        assert (after(drawn).logits - before(drawn).logits).abs().max() > 100 * TOLERANCE
    texts = [document.text for document in DOCUMENTS[:10]]
    exported = tmp_path / "exported"
    assert loss_of(after, texts, exported) < loss_of(before, texts, exported) - 1
    written = after.generate(drawn[:1], do_sample=False, max_new_tokens=5, pad_token_id=0)
    assert written.shape[1] > drawn.shape[1]


def test_what_was_written_is_told(tmp_path: Path, ours: Path) -> None:
    printed = type_in("export", ours, "--output", tmp_path / "out")
    assert "parameters in float32" in printed.out
    assert "without a model card" in printed.out
    assert f"hornbook evaluate {tmp_path / 'out'}" in printed.out
    told = type_in("export", ours, "--output", tmp_path / "again", "--dtype", "bfloat16", "--json").json
    assert told["dtype"] == "bfloat16"
    assert told["model_card"] is False
    weights = load_file(tmp_path / "again" / "model.safetensors")
    assert {tensor.dtype for tensor in weights.values()} == {torch.bfloat16}
    assert told["num_parameters"] == sum(tensor.numel() for tensor in weights.values())
    assert told["model_bytes"] == (tmp_path / "again" / "model.safetensors").stat().st_size


def test_a_card_that_lies_with_the_model_comes_along(tmp_path: Path, ours: Path) -> None:
    (ours / "README.md").write_text("# Mine\n")
    assert "without a model card" not in type_in("export", ours, "--output", tmp_path / "out").out
    assert (tmp_path / "out" / "README.md").read_text() == "# Mine\n"


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


def other_tokenizer(ours: Path) -> None:
    train_tokenizer(DOCUMENTS, TokenizerConfig(vocab_size=275)).save(str(ours / "tokenizer.json"))


def no_tokenizer(ours: Path) -> None:
    (ours / "tokenizer.json").unlink()


def no_config(ours: Path) -> None:
    (ours / "config.json").unlink()


@pytest.mark.parametrize(
    ("spoil", "messages"),
    [
        (other_tokenizer, ("was trained with the tokenizer",)),
        (no_tokenizer, ("has no tokenizer",)),
        (no_config, ("holds no model",)),
    ],
)
def test_what_is_missing_or_does_not_belong_is_named(
    tmp_path: Path, ours: Path, spoil: Callable[[Path], None], messages: tuple[str, ...]
) -> None:
    spoil(ours)
    assert is_one_mistake(type_in("export", ours, "--output", tmp_path / "out", status=2).err, *messages)
    assert not (tmp_path / "out").exists()


def test_a_tokenizer_may_be_named_where_none_lies_beside_the_model(
    tmp_path: Path, ours: Path, tokenizer_file: Path
) -> None:
    (ours / "tokenizer.json").unlink()
    type_in("export", ours, "--tokenizer", tokenizer_file, "--output", tmp_path / "out")
    assert (tmp_path / "out" / "tokenizer.json").read_bytes() == tokenizer_file.read_bytes()


@pytest.mark.parametrize(
    ("options", "messages"),
    [
        (("--to", "gguf"), ("`--to`", "'gguf'")),
        (("--dtype", "int8"), ("`dtype`", "'int8'")),
        (("--base",), ("`--base` is for a run",)),
    ],
)
def test_an_option_that_cannot_be_used_is_named(
    tmp_path: Path, ours: Path, options: tuple[str, ...], messages: tuple[str, ...]
) -> None:
    refused = type_in("export", ours, "--output", tmp_path / "out", *options, status=2)
    assert is_one_mistake(refused.err, *messages)


def test_nothing_is_written_into_the_store(tmp_path: Path, ours: Path) -> None:
    store = tmp_path / "store"
    refused = type_in("export", ours, "--store", store, "--output", store / "artifacts" / "mine", status=2)
    assert is_one_mistake(refused.err, "whose files never change")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written_is_named(tmp_path: Path, ours: Path) -> None:
    (tmp_path / "locked").mkdir(mode=0o500)
    refused = type_in("export", ours, "--output", tmp_path / "locked" / "out", status=2)
    assert is_one_mistake(refused.err, "cannot be written")


def test_an_unknown_model_is_named(tmp_path: Path) -> None:
    refused = type_in("export", "nothing", "--output", tmp_path / "out", "--store", tmp_path / "store", status=2)
    assert is_one_mistake(refused.err, "no run `nothing`", "no such folder")
