import subprocess
import sys

import pyarrow as pa
import pytest

from hornbook.engine import collect, frame_of, import_daft, open_engine
from hornbook.errors import ConfigError

SCRIPT = """
import warnings
warnings.simplefilter("error")
import pyarrow as pa
from hornbook.engine import collect, frame_of, import_daft, open_engine
open_engine()
open_engine()
frame = frame_of(pa.table({"row": [2, 1, 0], "text": ["a b", "c", ""]}))
functions = import_daft().functions
frame = frame.with_column("size", functions.length(frame["text"]))
assert collect(frame, sort_by="row").to_pydict() == {"row": [0, 1, 2], "text": ["", "c", "a b"], "size": [0, 1, 3]}
"""


def test_a_plan_runs_locally_without_a_word() -> None:
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_daft_is_not_imported_before_it_is_needed() -> None:
    script = "import sys, hornbook.engine, hornbook.deduplication.stages; assert 'daft' not in sys.modules"
    subprocess.run([sys.executable, "-c", script], check=True, timeout=60)


def test_rows_come_in_order_whatever_the_engine_does() -> None:
    numbers = [(7919 * number) % 5003 for number in range(5003)]
    frame = frame_of(pa.table({"row": numbers}))
    assert collect(frame, sort_by="row").column("row").to_pylist() == list(range(5003))


def test_usage_data_is_not_sent() -> None:
    assert import_daft().scarf_telemetry.opted_out()


def test_another_engine_is_refused_once_one_is_in_use() -> None:
    open_engine("local")
    with pytest.raises(ConfigError, match="already works on 'local'"):
        open_engine("ray")


def test_an_unknown_engine_is_named() -> None:
    with pytest.raises(ConfigError, match="`engine` must be one of local, ray, got 'spark'"):
        open_engine("spark")
    with pytest.raises(ConfigError, match="`ray_address`"):
        open_engine("local", ray_address="auto")
