"""What a person types: the whole command line from `sys.argv` to the exit status, and a benchmark to type about."""

import contextlib
import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
from tests.evaluation.scripted_endpoint import Asked

from hornbook.cli import main

PROBLEMS = tuple(
    {
        "task_id": f"own/{number}",
        "prompt": f'def add_{number}(x):\n    """Return x and {number} together."""\n',
        "entry_point": f"add_{number}",
        "canonical_solution": f"    return x + {number}\n",
        "test": f"def check(candidate):\n    assert candidate(3) == {3 + number} and candidate(-1) == {number - 1}\n",
    }
    for number in range(8)
)
"""A benchmark of one's own."""
KEY = "sk-a-secret-of-this-test"
NUMBER = re.compile(r"def add_(\d)")


@dataclass(frozen=True)
class Printed:
    """What came of it."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out.splitlines()[-1])


def type_in(*arguments: str | Path, status: int = 0) -> Printed:
    """Run `hornbook` with these arguments, which must end with `status`."""
    out, err = io.StringIO(), io.StringIO()
    before, sys.argv = sys.argv, ["hornbook", *map(str, arguments)]
    ended = 0
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            main()
    except SystemExit as exit_:
        ended = exit_.code if isinstance(exit_.code, int) else 1
    finally:
        sys.argv = before
    printed = Printed(ended, out.getvalue(), err.getvalue())
    assert printed.status == status, printed
    return printed


def hornbook(*arguments: str | Path, status: int, **environment: str) -> "subprocess.CompletedProcess[str]":
    """In a process of its own."""
    command = [sys.executable, "-m", "hornbook", *map(str, arguments)]
    finished = subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, **environment})
    assert finished.returncode == status, finished
    assert "Traceback" not in finished.stderr
    return finished


def is_one_mistake(err: str, *messages: str) -> bool:
    """Whether there is one message in one line, with each of these in it."""
    return (
        err.startswith("error: ")
        and err.count("error: ") == err.count("\n") == 1
        and all(message in err for message in messages)
    )


def read_json(path: Path) -> list[dict[str, Any]]:
    """The rows of a file of JSON lines, or of a Parquet table."""
    if path.suffix == ".parquet":
        return pq.read_table(path).to_pylist()
    return [json.loads(line) for line in path.read_text().splitlines()]


def write_lines(path: Path, objects: Sequence[Any]) -> Path:
    path.write_text("".join(json.dumps(one) + "\n" for one in objects))
    return path


def write_samples(path: Path, right: Sequence[int], wrong: str = "    return None\n") -> Path:
    """A sample of each problem, right for those with these numbers."""
    texts = [problem["canonical_solution"] if number in right else wrong for number, problem in enumerate(PROBLEMS)]
    names = [problem["task_id"] for problem in PROBLEMS]
    return write_lines(path, [{"task_id": name, "completion": text} for name, text in zip(names, texts, strict=True)])


def answer(asked: Asked) -> str:
    """Knows what to do for even numbers; as a grader, whether a solution adds."""
    if "You are a programming teacher" in asked.text:
        return f"Assessment: it was read.\nGrade: {9 if 'return x +' in asked.text else 3}"
    found = NUMBER.search(asked.text)
    assert found is not None
    number = int(found.group(1))
    body = f"    return x + {number}\n" if number % 2 == 0 else "    return -x\n"
    if asked.is_chat:
        return f"Gladly:\n\n```python\ndef add_{number}(x):\n{body}```\n\nIt adds."
    return f"{body}\n\nprint(add_{number}(1))\n"
