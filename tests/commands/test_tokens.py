import json
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from tests.commands.typed import is_one_mistake, read_json, type_in, write_lines
from tests.pipeline.conftest import SilentObserver
from tests.tokens.codegen_like import CODE, codegen_like, write_parts

from hornbook.curation.collect import CollectConfig, collect
from hornbook.pipeline.run import Pipeline, run
from hornbook.pipeline.store import Store
from hornbook.records import Document, DocumentKind
from hornbook.tokens import stages
from hornbook.tokens.pack import TokenStream
from hornbook.tokens.pretrained import ReadTokenizerConfig
from hornbook.tokens.shards import SPLITS
from hornbook.tokens.tokenizer import TokenizerConfig, tokenizer_hash, train_tokenizer

ROWS = [{"text": CODE[start : start + 200], "name": f"row {start}"} for start in range(0, 12000, 100)]
EXERCISES = [{"prompt": f"def add_{n}(x):\n", "solution": f"    return x + {n}\n"} for n in range(20)]


@pytest.fixture
def rows(tmp_path: Path) -> Path:
    return write_lines(tmp_path / "rows.jsonl", ROWS)


@pytest.fixture(scope="module")
def tokenizer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("tokenizer") / "tokenizer.json"
    codegen_like().save(str(path))
    return path


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def texts_in(folder: Path) -> dict[str, str]:
    """Id → text of all documents of both splits, by the tokens."""
    found: dict[str, str] = {}
    for stream in filter(len, [TokenStream(folder, split) for split in SPLITS]):
        tokens = stream.read(0, len(stream)).tolist()
        texts = codegen_like().decode(tokens, skip_special_tokens=False).split("<|endoftext|>")[:-1]
        found |= dict(zip(stream.documents_of(0, len(stream)), texts, strict=True))
    return found


def test_rows_become_shards_that_a_model_is_trained_on(tmp_path: Path, rows: Path, tokenizer: Path) -> None:
    output = tmp_path / "tokens"
    printed = type_in("tokenize", rows, "--tokenizer", tokenizer, "--output", output, "--held-out-share", 0.1)
    assert texts_in(output) == {f"rows.jsonl:{number}": row["text"] for number, row in enumerate(ROWS, start=1)}
    assert TokenStream(output, "train").tokenizer_sha256 == tokenizer_hash(codegen_like())
    last = printed.out.splitlines()[-1]
    assert last.startswith(f"next: hornbook train {output} ")
    shape = ("--num-layers", 1, "--hidden-size", 32, "--sequence-length", 16)
    command = last.removeprefix("next: hornbook ").replace("MODEL", str(tmp_path / "model")).split()
    command[command.index("--num-steps") + 1] = "2"
    type_in(*command, *shape)
    assert (tmp_path / "model" / "tokenizer.json").read_bytes() == (output / "tokenizer.json").read_bytes()


def test_json_says_what_was_done_and_an_earlier_dataset_is_replaced(
    tmp_path: Path, rows: Path, tokenizer: Path
) -> None:
    output = tmp_path / "tokens"
    type_in("tokenize", write_lines(tmp_path / "few.jsonl", ROWS[:3]), "--tokenizer", tokenizer, "-o", output)
    said = type_in("tokenize", rows, "--tokenizer", tokenizer, "-o", output, "--id-field", "name", "--json").json
    assert said["num_bytes"] == sum(len(row["text"].encode()) for row in ROWS)
    assert sum(said["num_documents"].values()) == len(ROWS)
    assert said["num_tokens"] == {split: len(TokenStream(output, split)) for split in SPLITS}
    tokens = sum(said["num_tokens"].values()) - len(ROWS)
    assert said["bytes_per_token"] == round(said["num_bytes"] / tokens, 4)
    assert texts_in(output) == {row["name"]: row["text"] for row in ROWS}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["few.jsonl", "rows.jsonl", "tokens"]


def test_source_files_exercises_and_a_tokenizer_in_parts(tmp_path: Path) -> None:
    parts, source = tmp_path / "parts", tmp_path / "source"
    parts.mkdir()
    (source / "package").mkdir(parents=True)
    write_parts(parts)
    (source / "package" / "one.py").write_text(CODE)
    (source / "two.py").write_text("x = 'é'\n")
    (source / "__init__.py").write_text("")
    (source / "latin.py").write_bytes(b"# \xe9\n")
    (source / "notes.md").write_text("no\n")
    exercises = write_lines(tmp_path / "exercises.jsonl", EXERCISES)
    type_in("tokenize", source, exercises, "--tokenizer", parts, "-o", tmp_path / "tokens", "--held-out-share", 0)
    written = [CODE, "x = 'é'\n", *(one["prompt"] + one["solution"] for one in EXERCISES)]
    assert list(texts_in(tmp_path / "tokens").values()) == written
    dropped = [(row["reason"], row["origin"]) for row in read_json(tmp_path / "tokens.dropped.jsonl")]
    assert dropped == [("not UTF-8", ""), ("empty document", "source/__init__.py")]
    type_in("tokenize", source, "--tokenizer", parts, "-o", tmp_path / "notes", "--files", "*.md")
    assert list(texts_in(tmp_path / "notes").values()) == ["no\n"]


def test_a_recipe_makes_the_same_dataset(tmp_path: Path, rows: Path, tokenizer: Path) -> None:
    output = tmp_path / "tokens"
    type_in("tokenize", rows, "--tokenizer", tokenizer, "-o", output, "--held-out-share", 0.2)
    store = Store(tmp_path / "store")
    store.open_for_writing()
    last = stages.tokenize(
        collect(CollectConfig(inputs=(str(rows),))),
        stages.read_tokenizer(ReadTokenizerConfig(source=str(tokenizer))),
        stages.TokenizeConfig(held_out_share=0.2),
    )
    artifact = run(Pipeline.ending_in("own", last), store, SilentObserver())["tokenize"].artifact
    assert contents(artifact.path("pretrain")) == contents(output)
    assert len(TokenStream(artifact.path("finetune"), "train")) == 0


def test_killed_and_typed_again_it_goes_on_to_the_same_bytes(
    tmp_path: Path, tokenizer: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = write_lines(tmp_path / "rows.jsonl", ROWS * 20)
    words = ("tokenize", rows, "--tokenizer", tokenizer, "--output")
    monkeypatch.setattr("hornbook.sources.rows.PIECE_BYTES", 20_000)
    type_in(*words, tmp_path / "whole")
    output = tmp_path / "tokens"
    patched = "import time; from hornbook.sources import rows; rows.PIECE_BYTES = 20_000\n"
    patched += "from hornbook.tokens.stages import EncodePart as E; encode = E.__call__\n"
    patched += "E.__call__ = lambda *given: (time.sleep(0.02), encode(*given))[1]\n"
    patched += "from hornbook import parallel; parallel.num_cores = lambda: 1\n"
    patched += "from hornbook.__main__ import main\nmain()"
    for number in (signal.SIGKILL, signal.SIGINT):
        before = num_parts(tmp_path)
        process = subprocess.Popen(
            [sys.executable, "-c", patched, *map(str, words), str(output)], stderr=subprocess.PIPE, text=True
        )
        while num_parts(tmp_path) <= before:
            assert process.poll() is None
            time.sleep(0.01)
        process.send_signal(number)
        _, err = process.communicate()
        assert process.returncode == (130 if number == signal.SIGINT else -signal.SIGKILL), err
        assert not output.exists()
    assert err.endswith("interrupted; the same command goes on from here\n")
    type_in(*words, output)
    assert contents(output) == contents(tmp_path / "whole")


def num_parts(folder: Path) -> int:
    return len(list((folder / ".tokens.work" / "partial").glob("tokenize-*/scratch/tokenized/[0-9]*")))


def test_mistakes_are_named_and_cost_no_folder(tmp_path: Path, rows: Path, tokenizer: Path) -> None:
    output = tmp_path / "tokens"
    for arguments, message in [
        ((tmp_path / "none.jsonl", "--tokenizer", tokenizer), "none.jsonl"),
        ((rows, "--tokenizer", tmp_path / "none"), "is no tokenizer: it must be a run of the store"),
        ((rows, "--tokenizer", tokenizer, "--held-out-share", 1), "`held_out_share`"),
        ((rows, "--tokenizer", rows), "cannot be read as a tokenizer"),
        ((rows, "--tokenizer", tokenizer, "--text-field", "body"), "no text: `body` is None"),
    ]:
        said = type_in("tokenize", *arguments, "--output", output, status=2)
        assert is_one_mistake(said.err, message), said.err
        assert not output.exists()
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("keep me\n")
    for wrong, message in [(rows, "is a file"), (tmp_path / "mine", "holds `notes.txt`, which this command"),
                           (tmp_path / "no" / "tokens", "there is no folder")]:  # fmt: skip
        assert is_one_mistake(type_in("tokenize", rows, "--tokenizer", tokenizer, "-o", wrong, status=2).err, message)
    assert is_one_mistake(type_in("tokenize", tmp_path, "--tokenizer", tokenizer, "-o", output, status=2).err, "input")


def test_a_tokenizer_is_trained_on_documents_and_a_store_keeps_what_was_read(tmp_path: Path, rows: Path) -> None:
    exercises = write_lines(tmp_path / "exercises.jsonl", EXERCISES)
    output, store = tmp_path / "tokenizer.json", tmp_path / "store"
    words = ("train-tokenizer", rows, exercises, "-o", output, "--store", store)
    said = type_in(*words, "--vocab-size", 400, "--json").json
    texts = [row["text"] for row in ROWS] + [row["prompt"] + row["solution"] for row in EXERCISES]
    documents = [Document(id=str(at), kind=DocumentKind.CODE, text=text) for at, text in enumerate(texts)]
    expected = train_tokenizer(documents, TokenizerConfig(vocab_size=400))
    assert output.read_text() == expected.to_str(pretty=True)
    facts: dict[str, Any] = {"num_documents": 140, "vocab_size": 400, "tokenizer_sha256": tokenizer_hash(expected)}
    assert said.items() >= facts.items()
    assert "collect           reused" in type_in(*words, "--vocab-size", 300).err
    assert len(json.loads(output.read_text())["model"]["vocab"]) == 300
    for arguments, message in [
        (("--vocab-size", 20), "`vocab_size` must lie in"),
        (("-o", tmp_path / "tokenizer.txt"), "must end in .json"),
    ]:
        given = (rows, *(() if "-o" in arguments else ("-o", output)), *arguments)
        assert is_one_mistake(type_in("train-tokenizer", *given, status=2).err, message)
