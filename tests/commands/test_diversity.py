import gzip
import inspect
import json
import random
from collections.abc import Iterator
from dataclasses import asdict, fields
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from tests.commands.typed import is_one_mistake, type_in, write_lines
from tests.synthesis.diversity.writers import passage, varied, with_other_constants

from hornbook.commands.diversity import diversity
from hornbook.records import Exercise, Passage, table_of
from hornbook.synthesis.diversity.thresholds import DiversityThresholds
from hornbook.synthesis.prompted.word_lists import read_topics


@pytest.fixture
def healthy(tmp_path: Path) -> Path:
    rng = random.Random(1)
    return write_lines(tmp_path / "healthy.jsonl", [asdict(varied(rng)) for _ in range(130)])


@pytest.fixture
def collapsed(tmp_path: Path) -> Path:
    rng = random.Random(2)
    path = tmp_path / "collapsed.parquet"
    pq.write_table(table_of(Exercise, [with_other_constants(rng) for _ in range(150)]), path)
    return path


@pytest.fixture
def one_thread() -> Iterator[None]:
    """Threads that wait for each other make so small a model slower, much slower on a busy machine."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def test_files_stand_side_by_side_and_the_stale_one_would_have_been_stopped(healthy: Path, collapsed: Path) -> None:
    printed = type_in("diversity", healthy, collapsed, "--compression").out
    assert "healthy.jsonl: would not have been stopped" in printed
    assert "collapsed.parquet: would have been stopped after record 100" in printed
    assert "have code of one and the same shape (at most 15%)" in printed
    assert "in 130 records" in printed
    [shapes] = [line.split()[-3:] for line in printed.splitlines() if line.startswith("  shapes of code")]
    assert shapes == ["1", "of", "150"]


def test_json_holds_every_figure_and_can_be_written_to_a_file(healthy: Path, collapsed: Path, tmp_path: Path) -> None:
    output = tmp_path / "figures.json"
    said = type_in("diversity", healthy, collapsed, "--json", "--output", output, "--at", 50).json
    assert json.loads(output.read_text()) == said
    assert said["common_count"] == 50
    first, second = said["files"]
    assert (first["name"], first["num_records"], first["stopped_after"]) == ("healthy.jsonl", 130, None)
    assert (second["num_records"], second["stopped_after"], second["compression"]) == (150, 100, None)
    assert first["shapes"]["at_size"]["share"] > 0.9 > 0.1 > second["shapes"]["at_size"]["share"]


def test_thresholds_are_flags(healthy: Path) -> None:
    flags = ("--window", 40, "--max-opening", 0.01, "--min-shapes", 0)
    said = type_in("diversity", healthy, "--json", *map(str, flags)).json
    [reason] = said["files"][0]["stop_reasons"]
    assert said["files"][0]["stopped_after"] == 40
    assert "(at most 1%)" in reason


def test_the_flags_defaults_are_the_thresholds() -> None:
    parameters = list(inspect.signature(diversity).parameters.values())
    names = [parameter.name for parameter in parameters]
    first = names.index("window")
    defaults = [parameter.default for parameter in parameters[first : names.index("min_novelty") + 1]]
    assert defaults == [field.default for field in fields(DiversityThresholds)]


def test_passages_plain_texts_and_topics_are_read_too(tmp_path: Path) -> None:
    rng = random.Random(3)
    texts = [f"Sorting {varied(rng).prompt}" for _ in range(12)]
    rows = [{"content": text, "topic": f"leaf {number % 3}"} for number, text in enumerate(texts)]
    with gzip.open(tmp_path / "texts.jsonl.gz", "wt") as stream:
        stream.writelines(json.dumps(row) + "\n\n" for row in rows)
    pq.write_table(table_of(Passage, [passage(text) for text in texts]), tmp_path / "passages.parquet")
    said = type_in(
        "diversity", tmp_path / "texts.jsonl.gz", "--text-field", "content", "--num-topics", "10", "--json"
    ).json
    [figures] = said["files"]
    assert (figures["num_records"], figures["coverage"]["covered"]) == (12, 3)
    printed = type_in("diversity", tmp_path / "passages.parquet").out
    assert "in 12 records" in printed


def test_topics_are_taken_from_the_commissions_beside_the_file(healthy: Path) -> None:
    leaves = [leaf.name for leaf in read_topics()]
    ids = [json.loads(line)["id"] for line in healthy.read_text().splitlines()]
    commissions = [
        {"record_id": one, "topics": leaves[place % 20 : place % 20 + 2], "outcome": "kept"}
        for place, one in enumerate(ids)
    ]
    write_lines(healthy.with_name("healthy.commissions.jsonl"), commissions)
    [figures] = type_in("diversity", healthy, "--json").json["files"]
    assert figures["coverage"]["num_topics"] == len(set(leaves)) >= 1_000
    assert figures["coverage"]["covered"] == 21
    assert figures["coverage"]["count"] == 260
    assert "topics covered" in type_in("diversity", healthy).out


def test_a_base_models_surprise_stands_beside(tmp_path: Path, one_thread: None) -> None:
    import torch

    from hornbook.model.config import ModelConfig
    from hornbook.model.phi import Phi
    from hornbook.model.weights import save_model
    from hornbook.records import Document, DocumentKind
    from hornbook.tokens.tokenizer import TokenizerConfig, train_tokenizer

    folder = tmp_path / "tiny"
    folder.mkdir()
    document = Document(id="own", kind=DocumentKind.CODE, text="def f(x):\n    return x\n")
    train_tokenizer([document] * 2, TokenizerConfig(vocab_size=270)).save(str(folder / "tokenizer.json"))
    shape = ModelConfig(vocab_size=270, num_layers=1, hidden_size=32, intermediate_size=32, num_heads=2)
    save_model(Phi(shape).initialize(torch.Generator().manual_seed(1)), folder)
    rng = random.Random(6)
    path = write_lines(tmp_path / "few.jsonl", [asdict(varied(rng)) for _ in range(8)])
    [figures] = type_in("diversity", path, "--json", "--perplexity", folder).json["files"]
    assert (figures["perplexity"]["model"], figures["perplexity"]["count"]) == ("tiny", 8)
    assert 200 < figures["perplexity"]["mean"] < 350
    assert "under tiny" in type_in("diversity", path, "--perplexity", folder).out


def test_files_of_the_same_name_are_told_apart(healthy: Path, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    other = tmp_path / "other" / healthy.name
    other.write_bytes(healthy.read_bytes())
    names = [figures["name"] for figures in type_in("diversity", healthy, other, "--json").json["files"]]
    assert names == [str(healthy), str(other)]
    assert is_one_mistake(type_in("diversity", healthy, healthy, status=2).err, "given twice")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('{"prompt": "x", "solution": "y"}\n{"prompt": "x"', "line 2, is not JSON"),
        ('{"answer": 1}\n', "`own.jsonl:1` holds no text in `text`"),
        ("[1]\n", "line 1, is no JSON object"),
        ('{"text": "one"}\n', "holds 1 records; diversity needs at least 2"),
        ("\xff\n", "is not JSON"),
    ],
)
def test_a_file_that_cannot_be_used_is_one_message(tmp_path: Path, content: str, message: str) -> None:
    path = tmp_path / "own.jsonl"
    path.write_bytes(content.encode("latin-1"))
    assert is_one_mistake(type_in("diversity", path, status=2).err, message)


def test_mistakes_in_the_command_are_named(tmp_path: Path, healthy: Path) -> None:
    (tmp_path / "notes.txt").write_text("x")
    (tmp_path / "broken.parquet").write_bytes(b"PAR1 no")
    for arguments, message in (
        ((tmp_path / "none.jsonl",), "there is no file"),
        ((tmp_path / "notes.txt",), "its name must end in .jsonl"),
        ((tmp_path / "broken.parquet",), "cannot be read behind row 0"),
        ((healthy, "--window", "5"), "`window` must be at least 10, got 5"),
        ((healthy, "--perplexity", "http://localhost:1"), "is an endpoint's address"),
        ((healthy, "--output", tmp_path), "cannot be written"),
    ):
        assert is_one_mistake(type_in("diversity", *arguments, status=2).err, message)
