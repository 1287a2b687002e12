"""Find the inputs that a benchmark gives for its problems, and what its canonical solutions return for them.

Inputs are argument lists as Python source. They stand in a problem's prompt (`>>> f(1)`), or its `test`, which defines
`check(candidate)`, calls the function with them.
"""

import ast
import json
import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from hornbook.python_code.functions import definition_of
from hornbook.python_code.parse import literal_value, parse_call, parse_code
from hornbook.python_code.values import argument_source, arguments_of
from hornbook.records import Problem
from hornbook.sandbox.jail_tasks import function_task, run_tasks
from hornbook.sandbox.probes.values import encode
from hornbook.sandbox.program import Report, Sandbox

MAX_VALUE_CHARACTERS = 600
"""A longer value is compared by its digest."""
_MAX_INPUT_CHARACTERS = 1000
_BATCH_SIZE = 10
_MAX_INPUTS_PER_TASK = 8
"""Inputs that are lost together where a solution is slow. What they print fits into the output of one program."""

T = TypeVar("T")
Output = list[Any]
"""The one result of a call, in a list; see `output_of`."""


@dataclass(frozen=True, kw_only=True)
class Behaviour:
    """What a problem's canonical solution returns."""

    problem: Problem
    inputs: tuple[str, ...]
    """Inputs for which the solution returns, twice the same."""
    outputs: tuple[Output, ...]
    """One for each input."""
    num_made: int = 0
    """How many of the inputs, the last ones, are generated and not the benchmark's own."""
    wide_inputs: tuple[str, ...] = ()
    """Generated inputs beyond the habits of the benchmark's own; a solution may differ on some of them."""
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


def entry_function(problem: Problem) -> ast.FunctionDef | None:
    """The function that the canonical solution defines under the entry point's name; None for a class, or nothing."""
    if not problem.canonical_solution.strip():
        return None
    definition = definition_of(problem.prompt + problem.canonical_solution, problem.entry_point)
    return definition if isinstance(definition, ast.FunctionDef) else None


def parameters_of(problem: Problem) -> tuple[str, ...]:
    """Names of the positional parameters of the problem's function."""
    function = entry_function(problem)
    return () if function is None else tuple(one.arg for one in (*function.args.posonlyargs, *function.args.args))


def stated_inputs(problem: Problem) -> list[str]:
    """The inputs of all calls with literals: `>>> f(1)`, `f(1) == 2`, `assert f(1)`, `f(1) -> 2` in prose.

    Keyword arguments are put in their positions; a call is left out where that is impossible. In the test the function
    may be called by the name that `check` gives it. Nothing runs.

    Returns:
        Each once, those of the prompt first.
    """
    if entry_function(problem) is None:
        return []
    candidate = re.search(r"^def check\((\w+)", problem.test, re.MULTILINE)
    names = {problem.entry_point, candidate[1] if candidate else problem.entry_point}
    shown = list(_calls(_docstrings(problem), {problem.entry_point}))
    calls = [*(shown or _calls(problem.prompt, {problem.entry_point})), *_calls(problem.test, names)]
    parameters = parameters_of(problem)
    return list(dict.fromkeys(text for call in calls if (text := _arguments(call, parameters)) is not None))


def inputs_of(problems: Sequence[Problem], sandbox: Sandbox, max_inputs: int) -> dict[str, list[str]]:
    """Run each problem's test, which defines `check(candidate)`, on its solution, and record the calls' arguments.

    Returns:
        By `task_id`: the first `max_inputs` different inputs in the order of the calls; none where the test brings its
        program down.

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
    answers = run_tasks("recorded_calls", tasks, sandbox, batch_size=_BATCH_SIZE)
    return {
        problem.task_id: [] if isinstance(answer, Report) else answer
        for problem, answer in zip(problems, answers, strict=True)
    }


def behaviours_of(
    problems: Sequence[Problem], inputs: Mapping[str, Sequence[str]], sandbox: Sandbox
) -> list[Behaviour]:
    """Run the canonical solutions on their inputs, by `task_id`, twice, and keep those for which they return the same.

    Raises:
        SandboxError: The sandbox broke down.
    """
    parts = [
        (place, inputs[problem.task_id][start : start + _MAX_INPUTS_PER_TASK])
        for place, problem in enumerate(problems)
        for start in range(0, len(inputs[problem.task_id]), _MAX_INPUTS_PER_TASK)
    ]
    tasks = [_task(problems[place], part) for place, part in parts]
    told: list[list[tuple[str, Output]]] = [[] for _ in problems]
    for (place, part), answer in zip(parts, run_tasks("calls", tasks, sandbox, batch_size=_BATCH_SIZE), strict=True):
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
    """The number of outputs times the Shannon entropy of their distribution, in bits, where each came so often."""
    total = sum(counts.values())
    return sum(count * math.log2(total / count) for count in counts.values())


def most_different(pairs: Sequence[tuple[T, Output]], number: int, counts: Counter[str]) -> list[tuple[T, Output]]:
    """Choose up to `number` pairs one after the other, each time the first whose output is rarest so far.

    The pairs are all different. `counts`, how often each output was chosen before, is updated.
    """
    waiting = list(pairs)
    chosen: list[tuple[T, Output]] = []
    while waiting and len(chosen) < number:
        best = min(waiting, key=lambda pair: counts[json.dumps(pair[1])])
        waiting.remove(best)
        counts[json.dumps(best[1])] += 1
        chosen.append(best)
    return chosen


def output_of(call: list[Any] | None) -> Output | None:
    """The result of a call as `sandbox/probes/calls.py` writes it, for `values_agree`; None if it returned nothing.

    Tuples, lists and iterators with equal items are equal, because a solution that yields its result gives away one
    that returns a list. True is not 1. The output of a function that returns None is what it made of its arguments.
    """
    if not call or call[0] != "v":
        return None
    return [_plain(call[2] if call[1] is None and len(call) > 2 else call[1])]


def _task(problem: Problem, inputs: Sequence[str]) -> dict[str, Any]:
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


def _docstrings(problem: Problem) -> str:
    """The docstrings of the prompt's functions and of its module, in which a backslash is written as one."""
    module = parse_code(problem.prompt + problem.canonical_solution)
    nodes = [node for node in ast.walk(module) if isinstance(node, ast.FunctionDef | ast.Module)] if module else []
    return "\n".join(ast.get_docstring(node) or "" for node in nodes)


def _calls(text: str, names: set[str]) -> Iterator[ast.Call]:
    pattern = rf"(?<![\w.])(?<!def )(?:{'|'.join(map(re.escape, sorted(names)))})\("
    for start in re.finditer(pattern, text):
        call = parse_call(text[start.start() : start.end() + _MAX_INPUT_CHARACTERS])
        if call is not None:
            yield call[0]


def _arguments(call: ast.Call, parameters: Sequence[str]) -> str | None:
    """The argument list; None if it is empty, no literal, or has a keyword that cannot stand by its position."""
    named = {one.arg: one.value for one in call.keywords}
    by_place = list(call.args)
    for name in parameters[len(by_place) :]:
        if name not in named:
            break
        by_place.append(named.pop(name))
    try:
        values = list(map(literal_value, by_place))
    except ValueError:
        return None
    return argument_source(values) if values and not named else None
