"""Which texts solve a benchmark's problem by the problem's own test: what a decontamination flags rightly.

Reads:  texts, each a module whose last function is meant; problems with tests.
Writes: for each text the problems whose test its function passes.
"""

import ast
import json
from collections.abc import Sequence

from hornbook.decontamination.functions import parse
from hornbook.records import Problem
from hornbook.sandbox.program import Program, Sandbox

_TRY_ALL = """
import contextlib, io, json
passed = []
for task_id, source, test in json.loads({problems!r}):
    space = {{}}
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            exec(source + test, space)
            space["check"]({name})
    except BaseException:
        continue
    print(json.dumps(task_id), flush=True)
"""


def solved_problems(texts: Sequence[str], problems: Sequence[Problem], sandbox: Sandbox) -> list[list[str]]:
    """The `task_id`s of the problems that each text solves; one that hangs counts with what it had solved before.

    Args:
        texts: In any order; one without a function solves nothing.
        problems: Each with a test that defines `check(candidate)`.
        sandbox: Entered.

    Raises:
        SandboxError: The sandbox broke down.
    """
    rows = [(one.task_id, one.prompt + one.canonical_solution + "\n", one.test) for one in problems]
    programs = [_program(text, json.dumps(rows)) for text in texts]
    reports = sandbox.run(programs)
    return [[json.loads(line) for line in report.stdout.splitlines() if line.startswith('"')] for report in reports]


def _program(text: str, problems: str) -> Program:
    module = parse(text)
    functions = [node.name for node in module.body if isinstance(node, ast.FunctionDef)] if module is not None else []
    return Program(text + _TRY_ALL.format(problems=problems, name=functions[-1]) if functions else "")
