import os
import resource
import signal
import subprocess
import sys
import textwrap
from dataclasses import dataclass
from pathlib import Path

import pytest

from hornbook.errors import DamagedArtifactError, StoreError
from hornbook.evaluation.journal import Journal
from hornbook.records import Completion, Exercise, Grade, Outcome, Timing, Verdict

FIRST = Completion(task_id="own/1", sample_index=0, raw='\n "é" \ud800\u2028\\', text="    return 1\n")
SECOND = Completion(task_id="own/1", sample_index=1, raw="", text="")
THIRD = Completion(task_id="own/2", sample_index=0, raw="x" * 10_000, text="x")
VERDICT = Verdict(task_id="own/1", sample_index=0, outcome=Outcome.CPU_TIMED_OUT, detail="line 1: x", stderr="")
TIMING = Timing(task_id="own/1", sample_index=0, cpu_seconds=0.1 + 0.2)


@dataclass(frozen=True, kw_only=True)
class Judged:
    verdict: Verdict
    timing: Timing


def write(path: Path, *records: Completion) -> None:
    with Journal(path, Completion) as journal:
        journal.append(records)


def read(path: Path) -> list[Completion]:
    with Journal(path, Completion) as journal:
        return journal.entries()


def test_what_was_appended_is_read_back(tmp_path: Path) -> None:
    path = tmp_path / "completions.jsonl"
    with Journal(path, Completion) as journal:
        assert journal.entries() == []
        journal.append([FIRST, SECOND])
        journal.append([])
        journal.append(one for one in [THIRD])
        assert journal.entries() == [FIRST, SECOND, THIRD]
    assert read(path) == [FIRST, SECOND, THIRD]
    write(path, SECOND)
    assert read(path) == [FIRST, SECOND, THIRD, SECOND]


@pytest.mark.parametrize(
    "record",
    [
        VERDICT,
        TIMING,
        Timing(task_id="own/1", sample_index=0, cpu_seconds=1),
        Grade(task_id="own/1", sample_index=2, grading_index=1, assessment="Good.\n", grade=9),
        Judged(verdict=VERDICT, timing=TIMING),
        Exercise(
            id="e",
            prompt="p",
            solution="s",
            entry_point="f",
            test="t",
            family="",
            operations=("a", "b"),
            idiom="",
            docstring_style="",
            teacher="",
        ),
    ],
)
def test_each_kind_of_record_survives_unchanged(record: object, tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    for _ in range(2):
        with Journal(path, type(record)) as journal:
            journal.append([record])
    with Journal(path, type(record)) as journal:
        assert journal.entries() == [record, record]


@pytest.mark.parametrize("num_bytes", [1, 2, 40, 10_000])
def test_a_line_torn_at_any_place_is_dropped_and_cut_off(num_bytes: int, tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    write(path, FIRST, SECOND, THIRD)
    whole = path.read_bytes()
    path.write_bytes(whole[:-num_bytes])
    assert read(path) == [FIRST, SECOND]
    assert whole.startswith(path.read_bytes())
    assert path.read_bytes().count(b"\n") == 2
    write(path, THIRD)
    assert path.read_bytes() == whole


@pytest.mark.parametrize("tail", [b"\0\0\0\0\n", b"\0" * 5000, b'{"task_id": "own', b"\xff\xfe\n", b"\n"])
def test_a_last_line_that_is_no_json_is_dropped(tail: bytes, tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    write(path, FIRST, SECOND)
    with path.open("ab") as file:
        file.write(tail)
    assert read(path) == [FIRST, SECOND]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (b"\0\0", "is no JSON"),
        (b"", "is no JSON"),
        (b"[1]", "is no Completion: it is no JSON object"),
        (b'{"task_id": "own/1"}', "its fields are task_id"),
        (b'{"task_id": "a", "sample_index": "0", "raw": "", "text": ""}', "`sample_index` is '0'"),
        (b'{"task_id": "a", "sample_index": true, "raw": "", "text": ""}', "`sample_index` is True"),
    ],
)
def test_damage_before_the_last_line_is_named_and_left_alone(line: bytes, message: str, tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    write(path, FIRST, SECOND, THIRD)
    lines = path.read_bytes().split(b"\n")
    lines[1] = line
    path.write_bytes(b"\n".join(lines)[:-7])
    before = path.read_bytes()
    with pytest.raises(DamagedArtifactError, match=f"line 2 of the journal `{path}` .*{message}"):
        Journal(path, Completion)
    assert path.read_bytes() == before


def test_another_kind_of_record_is_no_torn_line(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    write(path, FIRST)
    with pytest.raises(DamagedArtifactError, match=r"line 1 .* is no Timing"):
        Journal(path, Timing)
    with Journal(tmp_path / "verdicts.jsonl", Verdict) as journal:
        journal.append([VERDICT])
    text = (tmp_path / "verdicts.jsonl").read_text().replace(VERDICT.outcome.value, "exploded")
    (tmp_path / "verdicts.jsonl").write_text(text)
    with pytest.raises(DamagedArtifactError, match="'exploded' is not a valid Outcome"):
        Journal(tmp_path / "verdicts.jsonl", Verdict)


def test_a_number_that_json_lacks_is_not_written(tmp_path: Path) -> None:
    with Journal(tmp_path / "times.jsonl", Timing) as journal:
        with pytest.raises(ValueError, match="not JSON compliant"):
            journal.append([TIMING, Timing(task_id="own/1", sample_index=0, cpu_seconds=float("nan"))])
        journal.append([TIMING])
        assert journal.entries() == [TIMING]
    with Journal(tmp_path / "times.jsonl", Timing) as journal:
        assert journal.entries() == [TIMING]


def test_a_full_disk_leaves_the_records_before_it(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        with Journal(path, Completion) as journal:
            journal.append([FIRST])
            resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size + 500, limits[1]))
            with pytest.raises(StoreError, match=f"`{path}` cannot be written"):
                journal.append([THIRD])
            journal.append([SECOND])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, ignored)
    assert read(path) == [FIRST, SECOND]


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    for path in (tmp_path / "no such folder" / "journal.jsonl", tmp_path):
        with pytest.raises(StoreError, match=f"`{path}` cannot be opened"):
            Journal(path, Completion)


def test_closing_twice_is_no_error(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.jsonl", Completion)
    journal.close()
    journal.close()


def test_a_process_killed_while_it_appends_loses_nothing_that_it_reported(tmp_path: Path) -> None:
    program = textwrap.dedent(
        """
        import itertools, sys
        from pathlib import Path
        from hornbook.evaluation.journal import Journal
        from hornbook.records import Completion

        with Journal(Path(sys.argv[1]), Completion) as journal:
            first = len(journal.entries())
            for number in itertools.count(first, 3):
                journal.append(
                    Completion(task_id="own/1", sample_index=index, raw="r" * 3000 * (index % 5), text=str(index))
                    for index in range(number, number + 3)
                )
                print(number + 3, flush=True)
        """
    )
    path = tmp_path / "journal.jsonl"
    num_reported = 0
    for num_groups in (1, 40, 7):
        child = subprocess.Popen([sys.executable, "-c", program, str(path)], stdout=subprocess.PIPE, text=True)
        assert child.stdout is not None
        for _ in range(num_groups):
            num_reported = int(child.stdout.readline())
        os.kill(child.pid, signal.SIGKILL)
        rest = child.stdout.read().split("\n")[:-1]
        num_reported = int(rest[-1]) if rest else num_reported
        assert child.wait() == -signal.SIGKILL
        child.stdout.close()
        entries = read(path)
        assert len(entries) >= num_reported
        assert [entry.sample_index for entry in entries] == list(range(len(entries)))
        assert all(len(entry.raw) == 3000 * (entry.sample_index % 5) for entry in entries)
