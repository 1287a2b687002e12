import heapq
import inspect
import json
import random
import shlex
import textwrap
from pathlib import Path

import pytest
import torch
import transformers
from tokenizers import Tokenizer
from tokenizers.models import BPE

from hornbook.errors import ConfigError, MissingInputError
from hornbook.export.huggingface import Exported, export_huggingface
from hornbook.model.config import ModelConfig
from hornbook.model.phi import Phi
from hornbook.model.weights import save_model
from hornbook.records import Document, DocumentKind
from hornbook.tokens.tokenizer import TokenizerConfig, train_tokenizer

CONFIG = ModelConfig(
    vocab_size=320,
    num_layers=3,
    hidden_size=48,
    intermediate_size=128,
    num_heads=4,
    rotary_fraction=0.5,
    max_position=64,
)
TEXT = 'def add(a, b):\n    """Add a and b, naïvely → ünïcode 🎈."""\n    return a + b\n\n\n\tx = [1, 2,   3]\n'


Parts = tuple[Tokenizer, Path]


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory) -> Parts:
    """A tiny tokenizer, and the folder in which it lies with a tiny model."""
    folder = tmp_path_factory.mktemp("model")
    save_model(Phi(CONFIG).initialize(torch.Generator().manual_seed(5)), folder)
    documents = [Document(id=f"code-{i}", kind=DocumentKind.CODE, text=TEXT * (i + 1)) for i in range(4)]
    tokenizer = train_tokenizer(documents, TokenizerConfig(vocab_size=300))
    tokenizer.save(str(folder / "tokenizer.json"))
    return tokenizer, folder


@pytest.fixture(scope="module")
def exported(parts: Parts, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Exported]:
    folder = tmp_path_factory.mktemp("exported") / "model"
    return folder, export_huggingface(parts[1], parts[1] / "tokenizer.json", "# A card\n", folder)


def test_the_tokenizer_of_transformers_gives_our_ids(parts: Parts, exported: tuple[Path, Exported]) -> None:
    theirs = transformers.AutoTokenizer.from_pretrained(exported[0])
    chance = random.Random(2)
    sources = [inspect.getsource(module) for module in (textwrap, heapq, shlex)]
    texts = ["", TEXT, "  \n\n   x", *sources, *("".join(chance.choices(TEXT + "\r\0", k=60)) for _ in range(50))]
    for text in texts:
        ids = theirs(text)["input_ids"]
        assert ids == parts[0].encode(text).ids
        assert theirs.decode(ids) == text
    assert theirs.eos_token == theirs.pad_token == "<|endoftext|>"
    assert theirs.eos_token_id == parts[0].token_to_id("<|endoftext|>")


def test_the_config_speaks_to_transformers_4_and_5(exported: tuple[Path, Exported]) -> None:
    config = json.loads((exported[0] / "config.json").read_text())
    assert config["partial_rotary_factor"] == config["rope_parameters"]["partial_rotary_factor"] == 0.5
    assert config["rope_theta"] == config["rope_parameters"]["rope_theta"] == 10_000
    assert config["torch_dtype"] == config["dtype"] == "float32"
    assert config["architectures"] == ["PhiForCausalLM"]
    generation = json.loads((exported[0] / "generation_config.json").read_text())
    assert generation["eos_token_id"] == config["eos_token_id"]


def test_equal_weights_give_equal_bytes_and_the_reported_hash(
    parts: Parts, exported: tuple[Path, Exported], tmp_path: Path
) -> None:
    again = export_huggingface(parts[1], parts[1] / "tokenizer.json", "# A card\n", tmp_path)
    assert again == exported[1]
    first, second = ({path.name: path.read_bytes() for path in folder.iterdir()} for folder in (exported[0], tmp_path))
    assert first == second


def test_a_tokenizer_that_does_not_fit_the_model_is_refused(parts: Parts, tmp_path: Path) -> None:
    nameless = tmp_path / "nameless.json"
    Tokenizer(BPE()).save(str(nameless))
    with pytest.raises(MissingInputError, match=r"lacks the token `<\|endoftext\|>`"):
        export_huggingface(parts[1], nameless, "", tmp_path / "out")
    large = Tokenizer(BPE(vocab={str(number): number for number in range(400)}, merges=[]))
    large.add_special_tokens(["<|endoftext|>"])
    large.save(str(tmp_path / "large.json"))
    with pytest.raises(ConfigError, match="401 tokens, but the model's `vocab_size` is 320"):
        export_huggingface(parts[1], tmp_path / "large.json", "", tmp_path / "out")
