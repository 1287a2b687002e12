import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.commands.typed import is_one_mistake, type_in, write_lines
from tests.tokens.codegen_like import CODE, codegen_like, write_parts

from hornbook.tokens.pack import TokenStream
from hornbook.tokens.tokenizer import tokenizer_hash

ROWS = [{"text": CODE[start : start + 200], "name": f"row {start}"} for start in range(0, 12000, 100)]


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


def test_rows_become_shards_that_a_model_is_trained_on(tmp_path: Path, rows: Path, tokenizer: Path) -> None:
    output = tmp_path / "tokens"
    printed = type_in("tokenize", rows, "--tokenizer", tokenizer, "--output", output, "--held-out-share", 0.1)
    streams = {split: TokenStream(output, split) for split in ("train", "held-out")}
    assert tokenizer_hash(codegen_like()) == streams["train"].tokenizer_sha256
    texts = {f"rows.jsonl:{number}": row["text"] for number, row in enumerate(ROWS, start=1)}
    seen = []
    for stream in streams.values():
        written = codegen_like().decode(stream.read(0, len(stream)).tolist(), skip_special_tokens=False)
        names = stream.documents_of(0, len(stream))
        assert written == "".join(f"{texts[name]}<|endoftext|>" for name in names)
        assert names
        seen += names
    assert sorted(seen) == sorted(texts)
    last = printed.out.splitlines()[-1]
    assert last.startswith(f"next: hornbook train {output} ")
    shape = ("--num-layers", 1, "--hidden-size", 32, "--sequence-length", 16)
    command = last.removeprefix("next: hornbook ").replace("MODEL", str(tmp_path / "model")).split()
    command[command.index("--num-steps") + 1] = "2"
    type_in(*command, *shape)
    assert (tmp_path / "model" / "tokenizer.json").read_bytes() == (output / "tokenizer.json").read_bytes()


def test_it_tells_what_it_did_as_json(tmp_path: Path, rows: Path, tokenizer: Path) -> None:
    output = tmp_path / "tokens"
    command = ("tokenize", rows, "--tokenizer", tokenizer, "--output", output, "--id-field", "name", "--json")
    said = type_in(*command).json
    assert said["num_bytes"] == sum(len(row["text"].encode()) for row in ROWS)
    assert sum(said["num_documents"].values()) == len(ROWS)
    assert said["num_tokens"] == {split: len(TokenStream(output, split)) for split in ("train", "held-out")}
    tokens = sum(said["num_tokens"].values()) - len(ROWS)
    assert said["bytes_per_token"] == round(said["num_bytes"] / tokens, 3)
    assert said["mb_per_second"] > 0
    assert "row 100" in TokenStream(output, "train").documents_of(0, 10**6)
    again = type_in(*command).json
    assert again["mb_per_second"] is None
    assert {**again, "mb_per_second": 0, "seconds": 0} == {**said, "mb_per_second": 0, "seconds": 0}


def test_a_folder_of_source_files_and_a_tokenizer_in_parts(tmp_path: Path) -> None:
    parts, source = tmp_path / "parts", tmp_path / "source"
    parts.mkdir()
    (source / "package").mkdir(parents=True)
    write_parts(parts)
    (source / "package" / "one.py").write_text(CODE)
    (source / "two.py").write_text("x = 'é'\n")
    (source / "__init__.py").write_text("")
    (source / "latin.py").write_bytes(b"# \xe9\n")
    (source / "notes.md").write_text("no\n")
    printed = type_in("tokenize", source, "--tokenizer", parts, "-o", tmp_path / "tokens", "--held-out-share", 0)
    stream = TokenStream(tmp_path / "tokens", "train")
    assert stream.documents_of(0, len(stream)) == ["package/one.py", "two.py"]
    assert "2 documents left out: empty, or source files that are not UTF-8" in printed.out
    type_in("tokenize", source, "--tokenizer", parts, "-o", tmp_path / "notes", "--files", "*.md")
    assert len(TokenStream(tmp_path / "notes", "train")) == len("no\n") + 1


def test_killed_and_typed_again_it_goes_on_to_the_same_bytes(tmp_path: Path, rows: Path, tokenizer: Path) -> None:
    with rows.open("a") as stream:
        for _ in range(80):
            stream.writelines(json.dumps(row) + "\n" for row in ROWS)
    settings = ("--tokenizer", tokenizer, "--workers", 1)
    type_in("tokenize", rows, *settings, "--output", tmp_path / "whole")
    patched = "from functools import partial; from hornbook.tokens import write; write._BATCH_CHARACTERS = 20_000\n"
    patched += "write.write_shards = partial(write.write_shards, seconds_between_syncs=0.0)\n"
    patched += "from hornbook.__main__ import main\nmain()"
    folder = tmp_path / "tokens"
    command = [sys.executable, "-c", patched, "tokenize", rows, *settings, "--output", folder]
    for number in (signal.SIGKILL, signal.SIGINT):
        process = subprocess.Popen(list(map(str, command)), stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        before = done_documents(folder)
        while done_documents(folder) in (0, before):
            assert process.poll() is None
            time.sleep(0.01)
        process.send_signal(number)
        _, err = process.communicate()
        assert process.returncode == (130 if number == signal.SIGINT else -signal.SIGKILL), err
    assert err.endswith("interrupted; the same command goes on from here\n")
    refused = type_in("train", folder, "--shape", "laptop", "--num-steps", 1, "--batch-size", 1, "--learning-rate", 1,
                      "--output", tmp_path / "model", status=2)  # fmt: skip
    assert is_one_mistake(refused.err, "not finished")
    printed = type_in("tokenize", rows, *settings, "--output", folder)
    assert "goes on behind" in printed.err
    assert contents(folder) == contents(tmp_path / "whole")


def done_documents(folder: Path) -> int:
    path = folder / "progress.json"
    return json.loads(path.read_text())["num_documents"] if path.exists() else 0


def test_another_command_for_the_same_folder_is_refused(tmp_path: Path, rows: Path, tokenizer: Path) -> None:
    command = ("tokenize", rows, "--tokenizer", tokenizer, "--output", tmp_path / "tokens")
    type_in(*command)
    before = contents(tmp_path / "tokens")
    assert is_one_mistake(type_in(*command, "--held-out-share", 0.5, status=2).err, "`held_out_share` 0.01")
    assert is_one_mistake(type_in(*command, "--text-field", "name", status=2).err, "`source`")
    with rows.open("a") as stream:
        stream.write('{"text": "x"}\n')
    assert is_one_mistake(type_in(*command, status=2).err, "`source`")
    assert contents(tmp_path / "tokens") == before


def test_mistakes_are_named_and_cost_no_folder(tmp_path: Path, rows: Path, tokenizer: Path) -> None:
    output = tmp_path / "tokens"
    for arguments, message in [
        ((tmp_path / "none.jsonl", "--tokenizer", tokenizer), "none.jsonl"),
        ((rows, "--tokenizer", tmp_path / "none"), "`--tokenizer`"),
        ((rows, "--tokenizer", tokenizer, "--held-out-share", 1), "`held_out_share`"),
        ((rows, "--tokenizer", rows), "cannot be read as a tokenizer"),
    ]:
        refused = type_in("tokenize", *arguments, "--output", output, status=2)
        assert is_one_mistake(refused.err, message), refused.err
        assert not output.exists()
    for wrong in (tmp_path, rows):
        refused = type_in("tokenize", rows, "--tokenizer", tokenizer, "--output", wrong, status=2)
        assert is_one_mistake(refused.err, f"`--output` `{wrong}`")
    with rows.open("a") as stream:
        stream.write('{"content": "x"}')
    refused = type_in("tokenize", rows, "--tokenizer", tokenizer, "--output", output, status=2)
    assert is_one_mistake(refused.err, "`rows.jsonl:121`", "`content`", "--text-field")
