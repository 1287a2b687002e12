import resource
import signal
from pathlib import Path

import pytest

from hornbook.errors import DamagedArtifactError, StoreError
from hornbook.evaluation.journal import Journal
from hornbook.evaluation.judge import JudgedSample
from hornbook.records import Completion, Grade, Outcome, Timing, Verdict

FIRST = Completion(task_id="own/1", sample_index=0, raw='\n "é" \ud800\u2028\\', text="    return 1\n")
SECOND = Completion(task_id="own/1", sample_index=1, raw="", text="")
THIRD = Completion(task_id="own/2", sample_index=0, raw="x" * 10_000, text="x")
VERDICT = Verdict(task_id="own/1", sample_index=0, outcome=Outcome.CPU_TIMED_OUT, detail="line 1: x", stderr="")
TIMING = Timing(task_id="own/1", sample_index=0, cpu_seconds=0.1 + 0.2)
GRADE = Grade(task_id="own/1", sample_index=2, grading_index=1, assessment="Good.\n", grade=9)


def write(path: Path, *records: Completion) -> None:
    with Journal(path, Completion) as journal:
        journal.append(records)


def read(path: Path) -> list[Completion]:
    with Journal(path, Completion) as journal:
        return journal.entries()


def test_what_was_appended_is_read_back_and_each_kind_of_record_survives_unchanged(tmp_path: Path) -> None:
    path = tmp_path / "completions.jsonl"
    with Journal(path, Completion) as journal:
        journal.append([FIRST, SECOND])
        journal.append([])
        assert journal.entries() == [FIRST, SECOND]
    write(path, THIRD)
    assert read(path) == [FIRST, SECOND, THIRD]
    whole_seconds = Timing(task_id="own/1", sample_index=0, cpu_seconds=1)
    for record in (JudgedSample(verdict=VERDICT, timing=TIMING), whole_seconds, GRADE):
        for number in range(2):
            with Journal(tmp_path / f"{record!r:.9}.jsonl", type(record)) as journal:
                assert journal.entries() == [record] * number
                journal.append([record])


def test_a_line_torn_at_any_place_is_dropped_and_cut_off(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    write(path, FIRST, SECOND, THIRD)
    whole = path.read_bytes()
    for num_bytes in (1, 2, 40, 10_000):
        path.write_bytes(whole[:-num_bytes])
        assert read(path) == [FIRST, SECOND]
        assert whole.startswith(path.read_bytes())
        write(path, THIRD)
        assert path.read_bytes() == whole
    for tail in (b"\0\0\0\0\n", b"\0" * 5000, b"\xff\xfe\n", b"\n"):  # What a machine leaves that lost its power.
        path.write_bytes(whole + tail)
        assert read(path) == [FIRST, SECOND, THIRD]
        assert path.read_bytes() == whole


@pytest.mark.parametrize(
    "line",
    [
        b"\0\0",
        b"",
        b"[1]",
        b'{"task_id": "own/1"}',
        b'{"task_id": "a", "sample_index": "0", "raw": "", "text": ""}',
        b'{"task_id": "a", "sample_index": true, "raw": "", "text": ""}',
    ],
)
def test_damage_before_the_last_line_is_named_and_left_alone(tmp_path: Path, line: bytes) -> None:
    path = tmp_path / "journal.jsonl"
    write(path, FIRST, SECOND, THIRD)
    lines = path.read_bytes().split(b"\n")
    path.write_bytes(b"\n".join([lines[0], line, *lines[2:]])[:-7])
    before = path.read_bytes()
    with pytest.raises(DamagedArtifactError, match=f"line 2 of the journal `{path}`"):
        Journal(path, Completion)
    assert path.read_bytes() == before


def test_another_kind_of_record_is_no_torn_line(tmp_path: Path) -> None:
    path = tmp_path / "verdicts.jsonl"
    with Journal(path, Verdict) as journal:
        journal.append([VERDICT])
    with pytest.raises(DamagedArtifactError, match=r"line 1 .*Timing"):
        Journal(path, Timing)
    path.write_text(path.read_text().replace(VERDICT.outcome.value, "exploded"))
    with pytest.raises(DamagedArtifactError, match="exploded"):
        Journal(path, Verdict)


def test_what_cannot_be_written_leaves_the_records_before_it(tmp_path: Path) -> None:
    with Journal(tmp_path / "times.jsonl", Timing) as times:
        with pytest.raises(ValueError, match="JSON"):
            times.append([TIMING, Timing(task_id="own/1", sample_index=0, cpu_seconds=float("nan"))])
        assert times.entries() == []
    path = tmp_path / "journal.jsonl"
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        with Journal(path, Completion) as journal:
            journal.append([FIRST])
            resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size + 500, limits[1]))
            with pytest.raises(StoreError, match=f"`{path}`"):
                journal.append([THIRD])
            journal.append([SECOND])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, ignored)
    assert read(path) == [FIRST, SECOND]
    for place in (tmp_path / "no such folder" / "journal.jsonl", tmp_path):
        with pytest.raises(StoreError, match=f"`{place}`"):
            Journal(place, Completion)
