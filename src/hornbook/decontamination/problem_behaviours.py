"""Find out what each problem's canonical solution does, with inputs enough to tell it from others.

The inputs are those of the problem's own test and examples, then generated ones, then wide ones. Nobody has said which
generated inputs are valid. One is kept where it has about as much in common with the known inputs as these have with
each other, and where the solution returns a value of a type that it returns for these.
"""

import json
import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from hornbook.decontamination.benchmark_inputs import (
    Behaviour,
    Output,
    behaviours_of,
    bits_of,
    entry_function,
    inputs_of,
    most_different,
    stated_inputs,
)
from hornbook.python_code.inputs import near_inputs, typical_inputs, wide_inputs
from hornbook.python_code.values import argument_source, arguments_of, has_keywords
from hornbook.records import Problem
from hornbook.sandbox.program import Sandbox

_NUM_INPUTS = 24
_NUM_WIDE_INPUTS = 12
_TRIED_PER_WANTED = 3
_TRIED_AGAIN_PER_WANTED = 25
"""For a problem that tells little: where most inputs are answered with no, a yes must be searched for."""
_WIDE_TRIED_PER_WANTED = 2
_TRIED_PER_KIND = 4
_FEW_BITS = 16
_FEW_INPUTS = 5
_FEW_OWN = 4
"""Own inputs that prove something."""
_MOST_BROKEN = 2
"""Habits of the known inputs that a generated one may break."""
_ENOUGH_BITS = 32
"""A problem that tells so much needs no input that breaks one."""


def read_behaviours(problems: Sequence[Problem], sandbox: Sandbox, seed: int) -> list[Behaviour]:
    """Run canonical solutions on inputs of their own, on generated ones where these are too few, and on wide ones.

    Args:
        problems: In the order of the result. One whose solution is missing, does not parse or is a class has no inputs.
        sandbox: Entered.
        seed: Of the generated inputs; each problem's depend on its `task_id` alone besides.

    Returns:
        One for each problem. Deterministic as far as solutions, their speed included, and tests are.

    Raises:
        SandboxError: The sandbox broke down.
    """
    usable = [problem for problem in problems if entry_function(problem) is not None]
    own = _own_inputs(usable, sandbox)
    typical = _typical([problem for problem in usable if not own[problem.task_id]], sandbox, seed)

    def told(some: Sequence[Problem], tried_per_wanted: int) -> list[Behaviour]:
        made = {}
        for problem in some:
            name = problem.task_id
            wanted = tried_per_wanted * (_NUM_INPUTS - len(own[name]))
            more = near_inputs(own[name] or typical.get(name, ()), wanted, random.Random(f"{seed} {name}"))
            made[name] = {**dict.fromkeys(typical.get(name, ()), 0), **more}
        everything = {name: [*own[name], *made[name]] for name in made}
        return [_chosen(one, made[one.problem.task_id]) for one in behaviours_of(some, everything, sandbox)]

    behaviours = {one.problem.task_id: one for one in told(usable, _TRIED_PER_WANTED)}
    poor = [one.problem for one in behaviours.values() if one.information < _FEW_BITS]
    for one in told(poor, _TRIED_AGAIN_PER_WANTED):
        name = one.problem.task_id
        behaviours[name] = max(behaviours[name], one, key=lambda found: found.information)
    for one in _widened([one for one in behaviours.values() if one.inputs], sandbox, seed):
        behaviours[one.problem.task_id] = one
    nothing = [Behaviour(problem=problem, inputs=(), outputs=()) for problem in problems]
    return [behaviours.get(one.problem.task_id, one) for one in nothing]


def _own_inputs(problems: Sequence[Problem], sandbox: Sandbox) -> dict[str, list[str]]:
    """By `task_id`, the inputs of the test, then those that the prompt shows."""
    recorded = inputs_of([problem for problem in problems if problem.test.strip()], sandbox, _NUM_INPUTS)
    own = {}
    for problem in problems:
        found = recorded.get(problem.task_id, [])
        known = [text if has_keywords(text) else argument_source(arguments_of(text)) for text in found]
        own[problem.task_id] = list(dict.fromkeys([*known, *stated_inputs(problem)]))[:_NUM_INPUTS]
    return own


def _typical(problems: Sequence[Problem], sandbox: Sandbox, seed: int) -> dict[str, list[str]]:
    """For each the typical inputs of the types with which its solution returns most often, and says most."""
    groups: dict[str, list[list[str]]] = {}
    for problem in problems:
        function = entry_function(problem)
        assert function is not None
        rng = random.Random(f"typical {seed} {problem.task_id}")
        groups[problem.task_id] = typical_inputs(function, _NUM_INPUTS, rng)
    trials = {
        f"{number} {problem.task_id}": (problem, group)
        for problem in problems
        if len(groups[problem.task_id]) > 1
        for number, group in enumerate(groups[problem.task_id])
    }
    tried = [replace(problem, task_id=name) for name, (problem, _) in trials.items()]
    first_ones = {name: group[:_TRIED_PER_KIND] for name, (_, group) in trials.items()}
    best = {name: (-1, -1, found[0]) for name, found in groups.items() if found}
    for told in behaviours_of(tried, first_ones, sandbox):
        problem, group = trials[told.problem.task_id]
        if (len(told.inputs), told.num_outputs) > best[problem.task_id][:2]:
            best[problem.task_id] = (len(told.inputs), told.num_outputs, group)
    return {name: group for name, (_, _, group) in best.items()}


def _chosen(told: Behaviour, made: Mapping[str, int]) -> Behaviour:
    """Its own inputs, and those generated ones that add most, without inputs that are empty (`[]`, `""`, 0, None).

    A solution that forgets the empty list gives the task away all the same. Where the other inputs tell too little, all
    are used.
    """
    pairs = list(zip(told.inputs, told.outputs, strict=True))
    others = [(text, output) for text, output in pairs if not any(map(_is_corner, arguments_of(text)))]
    chosen = _filled(told, others, made)
    tells = len(chosen.inputs) >= _FEW_INPUTS and chosen.information >= _FEW_BITS
    return chosen if tells else _filled(told, pairs, made)


def _filled(told: Behaviour, pairs: Sequence[tuple[str, Output]], made: Mapping[str, int]) -> Behaviour:
    """Its own inputs, and those generated ones that add most: the rarer an output is so far, the better.

    Own inputs that are answered with nothing (`[]`, `-1`, None: "not found") count as generated: a leak may say that in
    another way.
    """
    own = [(text, output) for text, output in pairs if text not in made]
    proving = [pair for pair in own if not _is_nothing(pair[1][0])]
    num_own = len(proving) if len(proving) >= _FEW_OWN else len(own)
    chosen = [*proving, *(pair for pair in own if _is_nothing(pair[1][0]))] if num_own < len(own) else own
    kinds = {_kind(output) for _, output in chosen} | {"#"}
    counts = Counter(json.dumps(output) for _, output in chosen)
    for broken in range(_MOST_BROKEN + 1):
        waiting = [
            (text, output)
            for text, output in pairs
            if made.get(text) == broken and (not num_own or _kind(output) in kinds)
        ]
        while waiting and len(chosen) < _NUM_INPUTS and (broken == 0 or bits_of(counts) < _ENOUGH_BITS):
            [best] = most_different(waiting, 1, counts)
            waiting.remove(best)
            chosen.append(best)
    return replace(
        told,
        inputs=tuple(text for text, _ in chosen),
        outputs=tuple(output for _, output in chosen),
        num_made=len(chosen) - num_own,
    )


def _widened(behaviours: Sequence[Behaviour], sandbox: Sandbox, seed: int) -> list[Behaviour]:
    """With wide inputs for which the solution returns a value of a type that it returns for the others, too."""
    tried = {}
    for one in behaviours:
        name = one.problem.task_id
        known = one.inputs[: one.num_own] or one.inputs
        rng = random.Random(f"wide {seed} {name}")
        tried[name] = wide_inputs(known, _WIDE_TRIED_PER_WANTED * _NUM_WIDE_INPUTS, rng)
    told = behaviours_of([one.problem for one in behaviours], tried, sandbox)
    widened = []
    for one, seen in zip(behaviours, told, strict=True):
        kinds = {_kind(output) for output in one.outputs} - {"#"}
        waiting = [pair for pair in zip(seen.inputs, seen.outputs, strict=True) if _kind(pair[1]) in kinds]
        chosen = most_different(waiting, _NUM_WIDE_INPUTS, Counter())
        inputs, outputs = zip(*chosen, strict=True) if chosen else ((), ())
        widened.append(replace(one, wide_inputs=inputs, wide_outputs=outputs))
    return widened


def _kind(output: Output) -> str:
    """The outer type of an output; that of a long one is not known."""
    [value] = output
    if isinstance(value, list):
        return "number" if value[0] == "f" else str(value[0])
    return "number" if isinstance(value, int) else type(value).__name__


def _is_corner(value: Any) -> bool:
    if isinstance(value, list | tuple):
        return all(isinstance(one, list | tuple | str) and _is_corner(one) for one in value)
    if isinstance(value, str):
        return not value.strip()
    if isinstance(value, dict | set | frozenset):
        return not value
    return value is None or (isinstance(value, int | float) and not isinstance(value, bool) and value == 0)


def _is_nothing(value: Any) -> bool:
    """Whether a value, or all in it, is what functions return where there is no result; a truth value is not."""
    if isinstance(value, list):
        letter, *items = value
        if letter == "f":
            return float(items[0]) in (0.0, -1.0)
        return letter in ("l", "s", "d") and all(map(_is_nothing, items))
    return value is None or value == "" or (isinstance(value, int) and value in (0, -1))
