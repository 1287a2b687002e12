"""Invented problems in the formats in which benchmarks are published."""

import io
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from hornbook.evaluation.judge import assemble_program
from hornbook.records import Outcome, Problem
from hornbook.sandbox.jail import Jail

Fields = dict[str, Any]

OWN_ROW = {
    "task_id": "own/1",
    "prompt": "def one():\n",
    "entry_point": "one",
    "canonical_solution": "    return 1\n",
    "test": "def check(candidate):\n    assert candidate() == 1\n",
}
"""A row in HumanEval's format."""


def full_row(number: int, **changes: Any) -> Fields:
    """A row of `mbpp.jsonl`, with its line ends."""
    row = {
        "text": f"Write a function to add {number} to a number.",
        "code": f"def add_{number}(x):\r\n  y = x + {number}\r\n  return y",
        "task_id": number,
        "test_setup_code": "",
        "test_list": [f"assert add_{number}({x}) == {x + number}" for x in range(3)],
        "challenge_test_list": ["assert False"],
    }
    return {**row, **changes}


def sanitized_row(number: int, **changes: Any) -> Fields:
    """A row of `sanitized-mbpp.json`."""
    row = {
        "source_file": "invented",
        "task_id": number,
        "prompt": f"Write a function to add {number} to a number.",
        "code": f"def add_{number}(x):\n  y = x + {number}\n  return y",
        "test_imports": [],
        "test_list": [f"assert add_{number}({x}) == {x + number}" for x in range(3)],
    }
    return {**row, **changes}


def full_rows(*changed: Fields) -> list[Fields]:
    """974 rows of `mbpp.jsonl`, some exchanged."""
    exchanged = {row["task_id"]: row for row in changed}
    return [exchanged.get(number) or full_row(number) for number in range(1, 975)]


def sanitized_rows(*changed: Fields) -> list[Fields]:
    """427 rows of `sanitized-mbpp.json`, some exchanged."""
    exchanged = {row["task_id"]: row for row in changed}
    return [exchanged.get(number) or sanitized_row(number) for number in range(2, 429)]


def write_lines(path: Path, rows: Sequence[Fields]) -> Path:
    """The rows as JSON lines."""
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def write_array(path: Path, rows: Sequence[Fields]) -> Path:
    """The rows as one indented JSON array."""
    path.write_text(json.dumps(rows, indent=4))
    return path


def parquet_of(rows: Sequence[Fields]) -> bytes:
    """The rows as a Parquet file."""
    buffer = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(list(rows)), buffer)
    return buffer.getvalue()


def outcomes(jail: Jail, problem: Problem, *texts: str) -> list[Outcome]:
    """What becomes of each completion of the problem."""
    return [report.outcome for report in jail.run([assemble_program(problem, text) for text in texts])]
