"""What a person types, in this process: the whole command line from `sys.argv` to the exit status."""

import contextlib
import io
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

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


@dataclass(frozen=True)
class Printed:
    """What came of it."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


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


def is_one_mistake(err: str, *messages: str) -> bool:
    """Whether there is one message in one line, with each of these in it."""
    return (
        err.startswith("error: ")
        and err.count("error: ") == err.count("\n") == 1
        and all(message in err for message in messages)
    )


def write_lines(path: Path, objects: Sequence[Any]) -> Path:
    path.write_text("".join(json.dumps(one) + "\n" for one in objects))
    return path


def write_samples(path: Path, right: Sequence[int], wrong: str = "    return None\n") -> Path:
    """A sample of each problem, right for those with these numbers."""
    lines = [
        {
            "task_id": problem["task_id"],
            "completion": problem["canonical_solution"] if number in right else wrong,
        }
        for number, problem in enumerate(PROBLEMS)
    ]
    return write_lines(path, lines)
