"""Find out what each problem's canonical solution does, with inputs enough to tell it from others.

Reads:  problems.
Writes: a `Behaviour` for each: the inputs of its own test and examples, then made ones.

What a made input may be, nobody has said. It is kept where it has about as much in common with the known inputs as they
have with each other, and where the solution returns a value of a type that it returns for these.
"""

import json
import random
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from hornbook.decontamination.benchmark_inputs import (
    Behaviour,
    Output,
    behaviours_of,
    inputs_of,
)
from hornbook.decontamination.more_inputs import more_inputs
from hornbook.decontamination.stated_inputs import entry_function, stated_inputs
from hornbook.decontamination.typical_inputs import typical_inputs
from hornbook.records import Problem
from hornbook.sandbox.program import Sandbox, ignore_progress

_TRIED_PER_WANTED = 3
_TRIED_PER_KIND = 4
_MOST_BROKEN = 2
"""Habits of the known inputs that a made one may break."""


def read_behaviours(
    problems: Sequence[Problem],
    sandbox: Sandbox,
    seed: int,
    progress: Callable[[int, int], None] = ignore_progress,
    *,
    num_inputs: int = 24,
    further: Mapping[str, Sequence[str]] | None = None,
) -> list[Behaviour]:
    """Run canonical solutions on inputs of their own, and on made ones where these are too few.

    Args:
        problems: In the order of the result. One whose solution is missing, does not parse or is a class gets no inputs.
        sandbox: Entered.
        seed: Of the made inputs; each problem's depend on its `task_id` alone besides.
        progress: Told the number of problems that are done, and of all.
        num_inputs: At most so many of a problem.
        further: By `task_id`, inputs of a problem that stand neither in its prompt nor in its test.

    Returns:
        One for each problem. Deterministic as far as solutions, their speed included, and tests are.

    Raises:
        SandboxError: The sandbox broke down.
    """
    usable = [problem for problem in problems if entry_function(problem) is not None]
    recorded = inputs_of([problem for problem in usable if problem.test.strip()], sandbox, num_inputs)
    own: dict[str, list[str]] = {}
    for problem in usable:
        found = recorded[problem.task_id].inputs if problem.task_id in recorded else ()
        known = (*found, *(further or {}).get(problem.task_id, ()), *stated_inputs(problem))
        own[problem.task_id] = list(dict.fromkeys(known))[:num_inputs]
    typical = _typical([problem for problem in usable if not own[problem.task_id]], sandbox, seed, num_inputs)
    made: dict[str, dict[str, int]] = {}
    for problem in usable:
        known, tried = own[problem.task_id], typical.get(problem.task_id, [])
        wanted = _TRIED_PER_WANTED * (num_inputs - len(known))
        more = more_inputs(known or tried, wanted, random.Random(f"{seed} {problem.task_id}"))
        made[problem.task_id] = {**dict.fromkeys(tried, 0), **more}
    everything = {name: [*own[name], *made[name]] for name in own}
    told = {one.problem.task_id: one for one in behaviours_of(usable, everything, sandbox, progress)}
    nothing = {problem.task_id: Behaviour(problem=problem, inputs=(), outputs=()) for problem in problems}
    return [
        _chosen(told[name], own[name], made[name], num_inputs) if name in told else nothing[name]
        for name in nothing
    ]


def _typical(problems: Sequence[Problem], sandbox: Sandbox, seed: int, num_inputs: int) -> dict[str, list[str]]:
    """For each the typical inputs of the types with which its solution returns most often, and says most."""
    groups: dict[str, list[list[str]]] = {}
    for problem in problems:
        function = entry_function(problem)
        assert function is not None
        rng = random.Random(f"typical {seed} {problem.task_id}")
        groups[problem.task_id] = typical_inputs(function, num_inputs, rng)
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


def _chosen(told: Behaviour, own: Sequence[str], made: Mapping[str, int], num_inputs: int) -> Behaviour:
    """Its own inputs, and those made ones that add most: the rarer an output is so far, the better."""
    pairs = list(zip(told.inputs, told.outputs, strict=True))
    chosen = [(text, output) for text, output in pairs if text not in made]
    num_own = len(chosen)
    kinds = {_kind(output) for _, output in chosen} | {"#"}
    waiting = [
        (text, output)
        for text, output in pairs
        if text in made and made[text] <= _MOST_BROKEN and (not own or _kind(output) in kinds)
    ]
    counts = Counter(json.dumps(output) for _, output in chosen)
    while waiting and len(chosen) < num_inputs:
        best = min(waiting, key=lambda pair: (counts[json.dumps(pair[1])], made[pair[0]]))
        waiting.remove(best)
        counts[json.dumps(best[1])] += 1
        chosen.append(best)
    return replace(
        told,
        inputs=tuple(text for text, _ in chosen),
        outputs=tuple(output for _, output in chosen),
        num_made=len(chosen) - num_own,
    )


def _kind(output: Output) -> str:
    """The outer type of an output; that of a long one is not known."""
    [value] = output
    if isinstance(value, list):
        return "number" if value[0] == "f" else str(value[0])
    return "number" if isinstance(value, int) else type(value).__name__
