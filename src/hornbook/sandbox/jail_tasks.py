"""Observe untrusted code in the jail: many tasks in one program, and each task alone where that program fails.

A program's answers count only if it ran to its last line and printed exactly one line that begins with a marker drawn
for this run. So code that ends the process, exhausts its memory or prints a false answer costs the other tasks only a
second run.
"""

import json
import secrets
from collections.abc import Callable, Mapping, Sequence
from importlib import resources
from typing import Any

from hornbook.records import Outcome
from hornbook.sandbox.program import OUTPUT_BYTES, Program, Report, Sandbox, ignore_progress

_PACKAGE = "hornbook.sandbox.probes"
_SHARED = ("tasks", "values")
_OWN = {
    "calls": ("calls",),
    "snippets": ("snippets",),
    "probes": ("calls", "record_modules", "probes"),
    "behaviours": ("calls", "record_modules", "probes"),
    "recorded_calls": ("recorded_calls",),
}
"""The modules of each observer, each after those that it imports; the last one observes."""
_FUNCTIONS = {"behaviours": "observe_calls"}
"""The functions of observers that are not called `observe`."""
_PROGRAMS_AT_ONCE = 500
"""Each holds the text of the modules of ours, so not all are made at once."""
_FEWEST_HALVED = 4
_SHARE_BEGUN = 0.4
"""Of a program's time and output: after so much of it no further task is begun."""
_SHARE_OF_ANSWERS = 0.9
"""Of a program's output; the rest is for what stands between the answers."""
_CHARACTERS_OF_ALL_VALUES = 12_000
_FEWEST_CHARACTERS, _MOST_CHARACTERS = 120, 600

Answer = Any | Report
"""The observation of a task, as JSON values, or its report when it was run alone and did not end normally."""


def run_tasks(
    observer: str,
    tasks: Sequence[Mapping[str, Any]],
    sandbox: Sandbox,
    *,
    batch_size: int,
    progress: Callable[[int, int], None] = ignore_progress,
    shared: Mapping[str, Any] | None = None,
) -> list[Answer]:
    """Observe every task: one answer per task, in order, deterministic as far as the code is.

    Args:
        observer: The module that observes a task: `calls`, `snippets`, `probes`, `behaviours`, `recorded_calls`.
        tasks: JSON values.
        sandbox: Entered.
        batch_size: Most tasks of one program.
        progress: Told the number of tasks that are done, and of all.
        shared: Fields that every task has; sent once for each program.

    Raises:
        SandboxError: The sandbox broke down.
    """
    marker = f"hornbook-seen-{secrets.token_hex(8)} "
    opening = _opening(observer, shared or {})
    answers: dict[int, Answer] = {}
    batches = [range(start, min(start + batch_size, len(tasks))) for start in range(0, len(tasks), batch_size)]
    waiting: list[Sequence[int]] = list(batches)
    while waiting:
        now, later = waiting[:_PROGRAMS_AT_ONCE], waiting[_PROGRAMS_AT_ONCE:]
        programs = [_program(opening, [tasks[place] for place in batch], marker, sandbox) for batch in now]

        def tell(index: int, report: Report, batches: list[Sequence[int]] = now) -> None:
            for place, answer in zip(batches[index], _answers(report, marker, len(batches[index])), strict=True):
                if answer is not None:
                    answers[place] = answer
            progress(sum(answer is not False for answer in answers.values()), len(tasks))

        sandbox.run(programs, on_report=tell)
        waiting = later + [smaller for batch in now for smaller in _left(batch, answers)]
    return [answers[place] for place in range(len(tasks))]


def function_task(code: str, name: str, inputs: Sequence[str]) -> dict[str, Any]:
    """What `sandbox/probes/calls.py` is to see of a function: its calls, once."""
    room = _CHARACTERS_OF_ALL_VALUES // max(len(inputs), 1)
    return {
        "code": code,
        "name": name,
        "test": "",
        "examples": [],
        "inputs": list(inputs),
        "max_characters": max(_FEWEST_CHARACTERS, min(room, _MOST_CHARACTERS)),
        "twice": False,
    }


def outcome_of(answer: Answer) -> tuple[Outcome, str]:
    """What became of a task, and the detail."""
    if isinstance(answer, Report):
        outcome = Outcome.RAISED if answer.outcome is Outcome.PASSED else answer.outcome
        return outcome, answer.detail or "what it printed hides what was seen of it"
    return Outcome(answer["outcome"]), answer["detail"]


def _left(batch: Sequence[int], answers: dict[int, Answer]) -> list[Sequence[int]]:
    """The tasks of a batch that are still to be done: those that had no turn together, those that failed alone.

    A batch that came to nothing is halved: most often one task of it is to blame, and each program costs its start.
    """
    if len(batch) > _FEWEST_HALVED and all(answers.get(place) is False for place in batch):
        for place in batch:
            del answers[place]
        return [batch[: len(batch) // 2], batch[len(batch) // 2 :]]
    missing = [place for place in batch if place not in answers or answers[place] is False]
    alone = [place for place in missing if answers.pop(place, None) is False]
    together = [place for place in missing if place not in alone]
    return [*([place] for place in alone), *([together] if together else [])]


def _answers(report: Report, marker: str, expected: int) -> list[Answer | None]:
    """What a program says of its tasks: False for each that must be run alone, None for each that had no turn."""
    if report.outcome is Outcome.PASSED:
        lines = [line for line in report.stdout.split("\n") if line.startswith(marker)]
        try:
            found = json.loads(lines[0].removeprefix(marker)) if len(lines) == 1 else None
        except ValueError:
            found = None
        if isinstance(found, list) and len(found) == expected:
            return found
    return [False] * expected if expected > 1 else [report]


def _opening(observer: str, shared: Mapping[str, Any]) -> str:
    """Makes the modules of `sandbox/probes/` known to a program that has nothing of ours."""
    folder = resources.files(_PACKAGE)
    texts = {name: folder.joinpath(f"{name}.py").read_text(encoding="utf-8") for name in (*_SHARED, *_OWN[observer])}
    lines = ["import sys, types"]
    for name, text in texts.items():
        full = f"{_PACKAGE}.{name}"
        lines.append(f"sys.modules[{full!r}] = types.ModuleType({full!r})")
        lines.append(f"exec(compile({text!r}, {full!r}, 'exec'), sys.modules[{full!r}].__dict__)")
    lines.append(f"from {_PACKAGE}.{_OWN[observer][-1]} import {_FUNCTIONS.get(observer, 'observe')} as observe")
    if shared:  # Read anew for each task, so that none can change what the next one gets.
        text = json.dumps(dict(shared))
        lines.append(f"def observe(task, see=observe, loads=__import__('json').loads, text={text!r}):")
        lines.append("    return see({**loads(text), **task})")
    lines.append(f"from {_PACKAGE}.tasks import run_all")
    return "\n".join(lines)


def _program(opening: str, tasks: Sequence[Mapping[str, Any]], marker: str, sandbox: Sandbox) -> Program:
    seconds, characters = _SHARE_BEGUN * sandbox.limits.cpu_seconds, int(_SHARE_BEGUN * OUTPUT_BYTES)
    most = int(_SHARE_OF_ANSWERS * OUTPUT_BYTES)
    call = f"run_all(observe, {json.dumps(list(tasks))!r}, {marker!r}, {seconds!r}, {characters}, {most})"
    return Program(f"{opening}\n{call}\n")
