"""Find a benchmark's own inputs, and what its canonical solutions give for them.

Reads:  problems whose `test` defines `check(candidate)`, or problems with inputs of their own.
Writes: argument lists as Python source; a `Behaviour` for each problem.
"""

import json
import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hornbook.python_code.values import arguments_of
from hornbook.records import Problem
from hornbook.sandbox.jail_tasks import function_task, run_tasks
from hornbook.sandbox.probes.values import encode
from hornbook.sandbox.program import Report, Sandbox, ignore_progress

MAX_VALUE_CHARACTERS = 600
"""A longer value is compared by its digest."""
_MAX_INPUT_CHARACTERS = 1000
_BATCH_SIZE = 10
_MAX_INPUTS_PER_TASK = 8
"""Where a solution is slow, these are lost together. What they print fits into what one program may print."""

Output = list[Any]
"""The one result of a call, in a list; see `output_of`."""


@dataclass(frozen=True, kw_only=True)
class RecordedInputs:
    """The arguments with which a problem's test calls its function."""

    inputs: tuple[str, ...]
    """Argument lists as Python source, in the order of the calls, each once."""
    num_unwritable: int
    """Calls whose arguments are no literals."""
    detail: str
    """Why the test did not come to its end; empty where it did, or where there were inputs enough."""


@dataclass(frozen=True, kw_only=True)
class Behaviour:
    """What a problem's canonical solution does."""

    problem: Problem
    inputs: tuple[str, ...]
    """Argument lists as Python source; of the given ones those for which it returns, twice the same."""
    outputs: tuple[Output, ...]
    """One for each input."""
    num_made: int = 0
    """How many of the inputs, the last ones, were made by us and are not the benchmark's own."""
    wide_inputs: tuple[str, ...] = ()
    """Made ones beyond the habits of the benchmark's own; a solution may differ on some of them."""
    wide_outputs: tuple[Output, ...] = ()
    """One for each of these."""

    @property
    def num_own(self) -> int:
        """How many of the inputs, the first ones, are the benchmark's own."""
        return len(self.inputs) - self.num_made

    @property
    def information(self) -> float:
        """Bits that a function must get right by chance: the inputs times the entropy of the outputs' distribution.

        24 inputs with outputs all different make 110 bits, 24 answered half with yes and half with no 24.
        """
        return bits_of(Counter(map(json.dumps, self.outputs)))

    @property
    def num_outputs(self) -> int:
        """How many different outputs there are."""
        return len(set(map(json.dumps, self.outputs)))

    @property
    def is_identity(self) -> bool:
        """Whether on all inputs the output is the argument in one and the same place."""
        rows = [[[_plain(encode(one, MAX_VALUE_CHARACTERS))] for one in arguments_of(text)] for text in self.inputs]
        fewest = min(map(len, rows), default=0)
        return any(
            all(row[place] == output for row, output in zip(rows, self.outputs, strict=True)) for place in range(fewest)
        )


def inputs_of(problems: Sequence[Problem], sandbox: Sandbox, max_inputs: int = 24) -> dict[str, RecordedInputs]:
    """Run each problem's test on its canonical solution, and note the arguments of the calls.

    Args:
        problems: Each with a test that defines `check(candidate)`.
        sandbox: Entered.
        max_inputs: Most different inputs of a problem; the first ones count.

    Returns:
        By `task_id`, in the order of the problems. Deterministic as far as the tests are.

    Raises:
        SandboxError: The sandbox broke down.
    """
    tasks = [
        {
            "code": problem.prompt + problem.canonical_solution,
            "name": problem.entry_point,
            "test": problem.test,
            "max_inputs": max_inputs,
            "max_characters": _MAX_INPUT_CHARACTERS,
        }
        for problem in problems
    ]
    answers = run_tasks("recorded_calls", tasks, sandbox, batch_size=_BATCH_SIZE, progress=ignore_progress)
    return {
        problem.task_id: RecordedInputs(inputs=(), num_unwritable=0, detail=answer.detail or answer.outcome.value)
        if isinstance(answer, Report)
        else RecordedInputs(
            inputs=tuple(answer["inputs"]), num_unwritable=answer["num_unwritable"], detail=answer["detail"]
        )
        for problem, answer in zip(problems, answers, strict=True)
    }


def behaviours_of(
    problems: Sequence[Problem],
    inputs: Mapping[str, Sequence[str]],
    sandbox: Sandbox,
    progress: Callable[[int, int], None] = ignore_progress,
) -> list[Behaviour]:
    """Run the canonical solutions on their inputs, twice; what raises, does not end or varies tells nothing.

    Args:
        problems: In the order of the result.
        inputs: By `task_id`, argument lists as Python source.
        sandbox: Entered.
        progress: Told the number of problems that are done, and of all.

    Raises:
        SandboxError: The sandbox broke down.
    """
    parts = [
        (place, inputs[problem.task_id][start : start + _MAX_INPUTS_PER_TASK])
        for place, problem in enumerate(problems)
        for start in range(0, len(inputs[problem.task_id]), _MAX_INPUTS_PER_TASK)
    ]
    tasks = [_task(problems[place], part) for place, part in parts]

    def tell(done: int, total: int) -> None:
        progress(done * len(problems) // total, len(problems))

    answers = run_tasks("calls", tasks, sandbox, batch_size=_BATCH_SIZE, progress=tell)
    told: list[list[tuple[str, Output]]] = [[] for _ in problems]
    for (place, part), answer in zip(parts, answers, strict=True):
        seen = {"calls": [], "varies": []} if isinstance(answer, Report) else answer
        told[place] += [
            (text, output)
            for number, (text, call) in enumerate(zip(part, seen["calls"], strict=False))
            if number not in seen["varies"] and (output := output_of(call)) is not None
        ]
    return [
        Behaviour(problem=problem, inputs=tuple(text for text, _ in pairs), outputs=tuple(one for _, one in pairs))
        for problem, pairs in zip(problems, told, strict=True)
    ]


def bits_of(counts: Mapping[str, int]) -> float:
    """The number of outputs times the Shannon entropy of their distribution, in bits.

    Args:
        counts: How often each output came.
    """
    total = sum(counts.values())
    return sum(count * math.log2(total / count) for count in counts.values())


def output_of(call: list[Any] | None) -> Output | None:
    """What a call gave, to be compared by `python_code.values.values_agree`; None if it gave nothing.

    Tuples, lists and iterators with equal items are equal: who has read a solution that yields its result has been told
    the one that returns a list. True is not 1. A function that returns None gives what it made of its arguments.

    Args:
        call: As `sandbox/probes/calls.py` writes it.
    """
    if not call or call[0] != "v":
        return None
    return [_plain(call[2] if call[1] is None and len(call) > 2 else call[1])]


def _task(problem: Problem, inputs: Sequence[str]) -> dict[str, Any]:
    """What the jail is to see of a canonical solution."""
    task = function_task(problem.prompt + problem.canonical_solution, problem.entry_point, inputs)
    return {**task, "twice": True, "max_characters": MAX_VALUE_CHARACTERS}


def _plain(value: Any) -> Any:
    """An encoded value without the differences that do not count, and with those that do."""
    if isinstance(value, bool):
        return ["b", str(value)]
    if not isinstance(value, list):
        return value
    letter, *items = value
    if letter in ("l", "t", "i"):
        return ["l", *map(_plain, items)]
    if letter == "s":
        return ["s", *sorted(map(_plain, items), key=json.dumps)]
    if letter == "d":
        plain = list(map(_plain, items))
        pairs = sorted(zip(plain[::2], plain[1::2], strict=True), key=json.dumps)
        return ["d", *(one for pair in pairs for one in pair)]
    return value
