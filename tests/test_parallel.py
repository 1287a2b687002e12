import os
import signal
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import pyarrow as pa
import pytest

from hornbook import parallel
from hornbook.errors import ConfigError
from hornbook.parallel import Engine, collect, frame_of, import_daft, map_parts, open_engine

SCRIPT = """
import warnings
warnings.simplefilter("error")
import pyarrow as pa
from hornbook.parallel import collect, frame_of, import_daft
frame = frame_of(pa.table({"row": [2, 1, 0], "text": ["a b", "c", ""]}))
functions = import_daft().functions
frame = frame.with_column("size", functions.length(frame["text"]))
rows = collect(frame, sort_by="row", num_rows=3)
assert rows.to_pydict() == {"row": [0, 1, 2], "text": ["", "c", "a b"], "size": [0, 1, 3]}
"""


def test_a_plan_runs_locally_without_a_word() -> None:
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_daft_is_not_imported_before_it_is_needed() -> None:
    script = "import sys, hornbook.parallel, hornbook.deduplication.stage; assert 'daft' not in sys.modules"
    subprocess.run([sys.executable, "-c", script], check=True, timeout=60)


def test_rows_come_in_order_whatever_the_engine_does() -> None:
    numbers = [(7919 * number) % 5003 for number in range(5003)]
    frame = frame_of(pa.table({"row": numbers}))
    assert collect(frame, sort_by="row", num_rows=5003).column("row").to_pylist() == list(range(5003))


def test_an_unknown_engine_is_named_and_no_usage_data_is_sent() -> None:
    assert import_daft().scarf_telemetry.opted_out()
    assert open_engine() == open_engine("local") == Engine.LOCAL
    with pytest.raises(ConfigError, match="`engine` must be one of local, ray, got 'spark'"):
        open_engine("spark")
    with pytest.raises(ConfigError, match="`ray_address`"):
        open_engine("local", ray_address="auto")


def shout(part: Path, folder: Path) -> None:
    (folder / "said").write_text(f"{part.read_text().upper()} by {os.getpid()}")


def write_half(part: Path, folder: Path) -> None:
    (folder / "said").write_text("half")
    if part.name == "3":
        raise ValueError(part.name)


def die_at_three(part: Path, folder: Path) -> None:
    if part.name == "3" and not part.with_name("died").exists():
        part.with_name("died").touch()
        (folder / "said").write_text("half")
        os.kill(os.getpid(), signal.SIGKILL)
    (folder / "said").write_text(part.name)


def parts_in(folder: Path, num_parts: int = 6) -> Iterator[Path]:
    for number in range(num_parts):
        part = folder / str(number)
        part.write_text(f"part {number}")
        yield part


def said(results: Iterable[Path]) -> list[str]:
    return [(result / "said").read_text() for result in results]


@pytest.fixture(autouse=True)
def two_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parallel, "num_cores", lambda: 2)


@pytest.mark.parametrize("in_threads", [False, True])
def test_parts_are_made_into_results_in_order(tmp_path: Path, in_threads: bool) -> None:
    made = list(map_parts(shout, parts_in(tmp_path), tmp_path / "made", in_threads=in_threads))
    assert made == [tmp_path / "made" / f"{number:05d}" for number in range(6)]
    texts = said(made)
    assert [text.split(" by ")[0] for text in texts] == [f"PART {number}" for number in range(6)]
    assert {text.endswith(f" by {os.getpid()}") for text in texts} == {in_threads}


def test_results_that_are_there_stay_and_one_part_needs_no_other_process(tmp_path: Path) -> None:
    for number in (0, 1, 2, 4, 5):
        (tmp_path / "made" / f"{number:05d}").mkdir(parents=True)
        (tmp_path / "made" / f"{number:05d}" / "said").write_text("before")
    texts = said(map_parts(shout, parts_in(tmp_path), tmp_path / "made"))
    assert texts == [*["before"] * 3, f"PART 3 by {os.getpid()}", "before", "before"]


@pytest.mark.parametrize("in_threads", [False, True])
def test_an_error_ends_it_and_leaves_nothing_of_the_part(tmp_path: Path, in_threads: bool) -> None:
    with pytest.raises(ValueError, match="3"):
        list(map_parts(write_half, parts_in(tmp_path), tmp_path / "made", in_threads=in_threads))
    assert not list((tmp_path / "made").glob("*00003*"))


def test_a_killed_process_costs_its_part_alone(tmp_path: Path) -> None:
    made = list(map_parts(die_at_three, parts_in(tmp_path), tmp_path / "made"))
    assert (tmp_path / "died").exists()
    assert said(made) == list("012345")


def test_rows_that_an_interrupt_took_from_a_plan_are_missed() -> None:
    class Interrupted:
        def to_arrow(self) -> pa.Table:
            return pa.table({"row": [1, 0]})

    assert collect(Interrupted(), "row", 2).column("row").to_pylist() == [0, 1]
    with pytest.raises(KeyboardInterrupt):
        collect(Interrupted(), "row", 3)
