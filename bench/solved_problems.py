"""Which texts solve a benchmark's problem by the problem's own test: what a decontamination flags rightly.

Reads:  texts, each a module whose last function is meant; problems with tests.
Writes: for each text the problems whose test its function passes.
"""

import ast
import json
from collections.abc import Sequence

from hornbook.python_code.parse import parse_code
from hornbook.records import Problem
from hornbook.sandbox.program import Limits, Program, Sandbox

CPU_SECONDS_OF_A_TEST = 0.3
MOST_YIELDED = 10_000
"""Of what a function yields, which may have no end."""
LIMITS = Limits(cpu_seconds=60.0, wall_seconds=300.0)
"""Of a text with all tests, each of which may take the time above."""
_TRY_ALL = """
import contextlib, io, itertools, json, signal

def called(*arguments):
    value = {name}(*arguments)
    return list(itertools.islice(value, {most_yielded})) if hasattr(value, "__next__") else value

def stop(*_):
    raise TimeoutError

signal.signal(signal.SIGPROF, stop)
for task_id, source, test in json.loads({problems!r}):
    space = {{}}
    try:
        signal.setitimer(signal.ITIMER_PROF, {seconds})
        with contextlib.redirect_stdout(io.StringIO()):
            exec(source + test, space)
            space["check"](called)
        signal.setitimer(signal.ITIMER_PROF, 0)
    except BaseException:
        signal.setitimer(signal.ITIMER_PROF, 0)
        continue
    print(json.dumps(task_id), flush=True)
"""


def solved_problems(texts: Sequence[str], problems: Sequence[Problem], sandbox: Sandbox) -> list[list[str]]:
    """The `task_id`s of the problems that each text solves. What it yields counts as the list of it.

    Args:
        texts: In any order; one without a function solves nothing.
        problems: Each with a test that defines `check(candidate)`.
        sandbox: Entered, with `LIMITS`.

    Raises:
        SandboxError: The sandbox broke down.
    """
    rows = [(one.task_id, one.prompt + one.canonical_solution + "\n", one.test) for one in problems]
    programs = [_program(text, json.dumps(rows)) for text in texts]
    reports = sandbox.run(programs)
    return [[json.loads(line) for line in report.stdout.splitlines() if line.startswith('"')] for report in reports]


def _program(text: str, problems: str) -> Program:
    module = parse_code(text)
    functions = [node.name for node in module.body if isinstance(node, ast.FunctionDef)] if module is not None else []
    if not functions:
        return Program("")
    limits = {"seconds": CPU_SECONDS_OF_A_TEST, "most_yielded": MOST_YIELDED}
    return Program(text + _TRY_ALL.format(problems=problems, name=functions[-1], **limits))
