"""Runs task after task in one program and prints what was seen of each in one line."""

import builtins
import io
import json
import os
import random
import sys
import time
from collections.abc import Callable, Mapping
from typing import Any

MAX_DETAIL_CHARACTERS = 300
_MAX_PRINTED_CHARACTERS = 20_000


class Sink(io.StringIO):
    """Takes what code prints, and no more of it than can matter."""

    def write(self, text: str, /) -> int:
        """Keep the text while there is room."""
        if self.tell() < _MAX_PRINTED_CHARACTERS:
            super().write(text)
        return len(text)


def run_all(
    observe: Callable[[Mapping[str, Any]], Any],
    tasks_json: str,
    marker: str,
    cpu_seconds: float,
    output_characters: int,
) -> None:
    """Observe every task and print one line: `marker` and a JSON list.

    The list holds for each task what was seen; `null` if the time or the room for output was gone before its turn;
    `false` if it must be run alone: there was no memory left, or it could not be kept in its place. The first task
    always has its turn.

    Args:
        observe: Sees one task.
        tasks_json: The tasks.
        marker: Begins the line.
        cpu_seconds: CPU time after which no further task is begun.
        output_characters: Length of the answers after which no further task is begun.
    """
    write, dumps, clock = os.write, json.dumps, time.process_time
    stdout, stderr, recursion = sys.stdout, sys.stderr, sys.getrecursionlimit()
    put_back = _remembered()
    tasks = json.loads(tasks_json)
    answers: list[str] = []
    for task in tasks:
        if answers and (clock() > cpu_seconds or sum(map(len, answers)) > output_characters):
            break
        sys.stdout, sys.stderr = Sink(), Sink()
        random.seed(0)
        try:
            answers.append(dumps(observe(task)))
        except BaseException:
            if len(tasks) == 1:
                raise
            answers.append("false")
        put_back()
        sys.setrecursionlimit(recursion)
    sys.stdout, sys.stderr = stdout, stderr
    answers += ["null"] * (len(tasks) - len(answers))
    data = f"{marker}[{', '.join(answers)}]\n".encode()
    while data:
        data = data[write(1, data) :]


def _remembered() -> Callable[[], None]:
    """Remember what stands in every module, and return what puts it back: one task's changes are not the next one's."""
    modules, table = sys.modules, vars(builtins)
    known_modules, known_builtins = dict(modules), dict(table)
    known = [(vars(module), dict(vars(module))) for module in known_modules.values()]

    def put_back() -> None:
        for now, before in [(modules, known_modules), (table, known_builtins), *known]:
            for name, value in before.items():
                if name not in now or now[name] is not value:
                    now[name] = value
        for name in table.keys() - known_builtins.keys():
            del table[name]

    return put_back


def describe(error: BaseException) -> str:
    """Type and message of an error, bounded."""
    try:
        message = str(error)
    except Exception:
        message = "(its message cannot be read)"
    name = type(error).__name__
    return " ".join((f"{name}: {message}" if message else name).split())[:MAX_DETAIL_CHARACTERS]
