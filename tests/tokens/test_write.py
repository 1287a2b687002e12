import itertools
import json
import multiprocessing
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.tokens.codegen_like import CODE, codegen_like
from tokenizers import Tokenizer, models

from hornbook.errors import ConfigError, DamagedArtifactError, MissingInputError
from hornbook.pipeline.manifest import hash_file
from hornbook.records import Document, DocumentKind
from hornbook.tokens import shards, workers, write
from hornbook.tokens.pack import TokenStream
from hornbook.tokens.tokenizer import TokenizerConfig, train_tokenizer
from hornbook.tokens.write import DESCRIPTION, PROGRESS, PackedCounts, write_shards

ROOT = Path(__file__).parents[2]
NUM_DOCUMENTS = 700
BATCH_DOCUMENTS = 20
SETTINGS = {"held_out_share": 0.1, "shard_tokens": 4000}


def documents_from(start: int) -> Iterator[Document]:
    """Pieces of code, some without a character."""
    chance = random.Random(3)
    pieces = [CODE[(begin := chance.randrange(len(CODE))) : begin + chance.randrange(300)] for _ in range(500)]
    for number in itertools.islice(range(NUM_DOCUMENTS), start, None):
        text = "" if number % 50 == 0 else pieces[number % len(pieces)] + str(number)
        yield Document(id=f"d{number}", kind=DocumentKind.CODE, text=text)


def write_all(folder: Path, num_workers: int | None = 1, pause: float = 0.0) -> PackedCounts:
    """Bring to the disk after each batch."""
    write.BATCH_DOCUMENTS = BATCH_DOCUMENTS

    calls = itertools.count()

    def report(num_documents: int, num_bytes: int) -> None:
        if next(calls) == 0:
            print("begun", flush=True)
        time.sleep(pause)

    return write_shards(
        documents_from,
        codegen_like(),
        folder,
        **SETTINGS,
        report=report,
        num_workers=num_workers,
        seconds_between_syncs=0.0,
    )


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(write, "BATCH_DOCUMENTS", BATCH_DOCUMENTS)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("undisturbed")
    before, write.BATCH_DOCUMENTS = write.BATCH_DOCUMENTS, 1000
    write_all(folder)
    write.BATCH_DOCUMENTS = before
    return contents(folder)


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def child(folder: Path, num_workers: int = 1, pause: float = 0.01) -> "subprocess.Popen[str]":
    """Has begun when this returns."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.tokens.test_write", str(folder), str(num_workers), str(pause)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "begun\n"
    return process


def num_done(folder: Path) -> int:
    done: int = json.loads((folder / PROGRESS).read_text())["num_documents"]
    return done


def kill(process: "subprocess.Popen[str]") -> None:
    process.kill()
    process.communicate()
    assert process.returncode == -signal.SIGKILL


def test_the_folder_says_what_it_holds(undisturbed: dict[str, bytes], tmp_path: Path) -> None:
    counts = write_all(tmp_path)
    assert contents(tmp_path) == undisturbed  # whatever the batches, and how often it is brought to the disk
    said = json.loads(undisturbed[DESCRIPTION])
    assert len(said["shards"]["train"]) > 3
    assert sum(counts.num_documents.values()) + counts.num_empty == NUM_DOCUMENTS
    assert counts.num_empty == len([one for one in documents_from(0) if not one.text]) > 0
    assert counts.num_bytes == sum(len(one.text.encode()) for one in documents_from(0))
    for split, lengths in said["shards"].items():
        assert sum(lengths) == counts.num_tokens[split] == len(TokenStream(tmp_path, split))
    assert set(said["files"]) == set(undisturbed) - {DESCRIPTION}
    assert said["files"] == {name: hash_file(tmp_path / name) for name in said["files"]}


def test_processes_are_started_when_there_is_enough_to_do(
    undisturbed: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "num_cores", lambda: 2)
    monkeypatch.setattr(workers, "_BATCHES_BEFORE_WORKERS", 3)
    started = []
    make = workers.work_in_order
    monkeypatch.setattr(workers, "work_in_order", lambda *given: started.append(given) or make(*given))
    write_all(tmp_path, None)
    assert len(started) == 1
    assert contents(tmp_path) == undisturbed


def test_killed_at_any_file_operation_it_ends_with_the_same_bytes(
    undisturbed: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Instead of the process the file's operation dies, before it is done: at each of them once."""

    class KilledError(BaseException):
        pass

    def dying(real: Any, alive: int) -> Any:
        def call(*arguments: Any, **named: Any) -> Any:
            if next(count) >= alive:
                raise KilledError
            return real(*arguments, **named)

        return call

    alive = num_killed = 0
    while True:
        folder = tmp_path / str(alive)
        count = iter(range(10**6))
        with monkeypatch.context() as patched:
            patched.setattr(os, "fsync", dying(os.fsync, alive))
            patched.setattr(Path, "rename", dying(Path.rename, alive))
            patched.setattr(Path, "unlink", dying(Path.unlink, alive))
            patched.setattr(shards, "hash_file", dying(hash_file, alive))
            try:
                write_all(folder)
            except KilledError:
                num_killed += 1
            else:
                break
        write_all(folder)
        assert contents(folder) == undisturbed, alive
        alive += 37
    assert num_killed > 5


def test_what_a_killed_worker_had_is_done_by_another(
    undisturbed: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = []

    def report(num_documents: int, num_bytes: int) -> None:
        if num_documents > 100 and not begun:
            begun.append(True)
            os.kill(next(iter(multiprocessing_children())), signal.SIGKILL)

    write_shards(documents_from, codegen_like(), tmp_path, **SETTINGS, report=report, num_workers=2)
    assert begun
    assert not multiprocessing_children()
    assert contents(tmp_path) == undisturbed


def multiprocessing_children() -> list[int]:
    return [process.pid for process in multiprocessing.active_children() if process.pid is not None]


def test_workers_end_with_the_process_that_began_them(tmp_path: Path) -> None:
    process = child(tmp_path, num_workers=2, pause=0.05)
    children = []
    while len(children) < 2:
        listed = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        children = [one for one in listed if b"spawn_main" in Path(f"/proc/{one}/cmdline").read_bytes()]
    kill(process)
    for _ in range(600):
        if not any(is_alive(one) for one in children):
            return
        time.sleep(0.05)
    pytest.fail("they go on")


def is_alive(process: str) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.mark.parametrize("finished", [False, True])
def test_shards_begun_in_another_way_are_refused(tmp_path: Path, finished: bool) -> None:
    if finished:
        write_all(tmp_path)
    else:
        begin(tmp_path, state="as it was")
    before = contents(tmp_path)
    other = train_tokenizer(list(documents_from(0)), TokenizerConfig(vocab_size=300))
    usual: dict[str, Any] = {"tokenizer": codegen_like(), **SETTINGS, "state": "as it was"}
    with pytest.raises(ConfigError, match=r"endoftext"):
        write_shards(documents_from, Tokenizer(models.BPE()), tmp_path / "new", **SETTINGS, report=lambda *_: None)
    assert not (tmp_path / "new").exists()
    changes: dict[str, Any] = {"held_out_share": 0.2, "shard_tokens": 50, "source": {"files": 2}, "tokenizer": other}
    if not finished:
        changes["state"] = "other"
    for name, value in changes.items():
        with pytest.raises(ConfigError, match=f"`{name}"):
            write_shards(documents_from, folder=tmp_path, report=lambda *_: None, **{**usual, name: value})
        assert contents(tmp_path) == before


def begin(folder: Path, after: int = 100, **named: Any) -> None:
    """Leave half-finished work behind."""

    def report(num_documents: int, num_bytes: int) -> None:
        if num_documents > after:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_shards(
            documents_from,
            codegen_like(),
            folder,
            **SETTINGS,
            report=report,
            num_workers=1,
            seconds_between_syncs=0.0,
            **named,
        )
    assert (folder / PROGRESS).exists()


def test_begun_again_it_goes_on_behind_what_was_brought_to_the_disk(
    tmp_path: Path, undisturbed: dict[str, bytes]
) -> None:
    begin(tmp_path)
    (tmp_path / f"{PROGRESS}.partial").write_text('{"num_docu')  # killed while it wrote how far it is
    first, asked = num_done(tmp_path), list[int]()
    assert 0 < first < NUM_DOCUMENTS
    with pytest.raises(MissingInputError, match="not finished"):
        TokenStream(tmp_path, "train")
    write_shards(
        lambda start: asked.append(start) or documents_from(start),
        codegen_like(),
        tmp_path,
        **SETTINGS,
        report=lambda *_: None,
        num_workers=1,
    )
    assert asked == [first]
    assert contents(tmp_path) == undisturbed


def test_two_writers_at_once_are_refused(tmp_path: Path, undisturbed: dict[str, bytes]) -> None:
    process = child(tmp_path, pause=0.05)
    with pytest.raises(ConfigError, match="another process is writing"):
        write_all(tmp_path)
    kill(process)
    write_all(tmp_path)
    assert contents(tmp_path) == undisturbed


def test_a_finished_folder_is_left_alone(tmp_path: Path) -> None:
    counts = write_all(tmp_path)
    times = {path.name: path.stat().st_mtime_ns for path in tmp_path.iterdir()}

    def never(start: int) -> list[Document]:
        raise AssertionError

    again = write_shards(never, codegen_like(), tmp_path, **SETTINGS, report=lambda *_: None)
    assert again == counts
    assert {path.name: path.stat().st_mtime_ns for path in tmp_path.iterdir()} == times


@pytest.mark.parametrize("name", ["train-00000.bin.partial", "train-documents.rows", PROGRESS])
def test_half_finished_files_that_are_damaged_are_named(tmp_path: Path, name: str) -> None:
    begin(tmp_path, after=20)
    path = tmp_path / name
    path.write_bytes(path.read_bytes()[:5])
    with pytest.raises(DamagedArtifactError, match=name):
        write_all(tmp_path)


def test_the_first_document_with_text_is_held_out_where_chance_holds_out_none(tmp_path: Path) -> None:
    documents = [
        Document(id=f"d{number}", kind=DocumentKind.CODE, text="x = 1\n" * bool(number)) for number in range(9)
    ]
    counts = write_shards(
        lambda start: documents[start:],
        codegen_like(),
        tmp_path,
        held_out_share=1e-9,
        shard_tokens=10**6,
        report=lambda *_: None,
    )
    assert counts.num_documents == {"train": 7, "held-out": 1}
    stream = TokenStream(tmp_path, "held-out")
    assert stream.documents_of(0, len(stream)) == ["d1"]


if __name__ == "__main__":  # folder, number of workers, seconds to wait after each batch: to be killed
    write_all(Path(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]))
