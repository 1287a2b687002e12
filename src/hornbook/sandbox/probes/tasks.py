"""Runs task after task in one program, stops code that uses up its CPU time, and prints what was seen in one line."""

import builtins
import io
import json
import os
import random
import signal
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Any

MAX_DETAIL_CHARACTERS = 300
_MAX_PRINTED_CHARACTERS = 20_000
_AGAIN_SECONDS = 0.05
_WAIT_SECONDS = 0.5
_SHARE_OF_WAITING = 0.02
"""Of a core: who uses less of it waits for something; who is held up by others uses more."""


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
    most_characters: int,
) -> None:
    """Observe every task and print one line: `marker` and a JSON list.

    The list holds for each task what was seen; `null` if the time or the room for output was gone before its turn;
    `false` if it must be run alone: there was no memory left, it could not be kept in its place, or its answer is
    too long to stand beside others. The first task always has its turn.

    Args:
        observe: Sees one task.
        tasks_json: The tasks.
        marker: Begins the line.
        cpu_seconds: CPU time after which no further task is begun.
        output_characters: Length of the answers after which no further task is begun.
        most_characters: Length of the answers that all tasks together may have.
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
            answer = dumps(observe(task))
        except BaseException:
            if len(tasks) == 1:
                raise
            answer = "false"
        has_room = len(tasks) == 1 or sum(map(len, answers)) + len(answer) <= most_characters
        answers.append(answer if has_room else "false")
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


def run_source(source: str, names: dict[str, Any]) -> tuple[Any, bool]:
    """Run source as an interactive session does; its value, and whether it is an expression, which has one."""
    code = None
    with suppress(SyntaxError):
        code = compile(source.strip(), "<piece>", "eval", dont_inherit=True)
    if code is not None:
        return eval(code, names), True
    exec(compile(source, "<piece>", "exec", dont_inherit=True), names)
    return None, False


def describe(error: BaseException) -> str:
    """Type and message of an error, bounded."""
    try:
        message = str(error)
    except Exception:
        message = "(its message cannot be read)"
    name = type(error).__name__
    return " ".join((f"{name}: {message}" if message else name).split())[:MAX_DETAIL_CHARACTERS]


class TimeUpError(BaseException):
    """The code used up its time. No `Exception`, so that few handlers of the code itself catch it."""


@contextmanager
def time_limit(seconds: float) -> Iterator[Callable[[], None]]:
    """Raise `TimeUpError` in the code below once it used so much CPU time, and again if it caught that.

    User and system time count, since deep recursion may spend most of its time in the system. The jail's own clock
    stops code that does not come back to Python or takes the signal away.

    Yields:
        A function that lets the time begin anew.
    """

    def ring(_signal: int, _frame: FrameType | None) -> None:
        raise TimeUpError

    def begin() -> None:
        signal.setitimer(signal.ITIMER_PROF, seconds, _AGAIN_SECONDS)

    signal.signal(signal.SIGPROF, ring)
    begin()
    try:
        yield begin
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def attempt(seconds: float, run: Callable[[], Any]) -> tuple[Any, BaseException | None]:
    """Run code within a time limit: its result and None, or None and the error that ended it.

    Raises:
        MemoryError: There is none left.
    """
    try:
        with time_limit(seconds):
            return run(), None
    except MemoryError:
        raise
    except BaseException as error:
        return None, error


@contextmanager
def contained() -> Iterator[None]:
    """Keep the code below from sleeping, ending the process or closing its descriptors.

    `TimeUpError` is raised in it whenever it has waited for something rather than computed.
    """
    last = [time.monotonic(), time.process_time()]

    def ring(_signal: int, _frame: FrameType | None) -> None:
        now = [time.monotonic(), time.process_time()]
        waits = now[1] - last[1] < _SHARE_OF_WAITING * (now[0] - last[0])
        last[:] = now
        if waits:
            raise TimeUpError

    changes: list[tuple[Any, str, Any]] = [
        (time, "sleep", lambda _seconds: None),
        *((os, name, sys.exit) for name in ("_exit", "abort")),
        *((os, name, lambda *_descriptors: None) for name in ("close", "closerange")),
    ]
    before = [getattr(module, name) for module, name, _ in changes]
    for module, name, value in changes:
        setattr(module, name, value)
    signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, _WAIT_SECONDS, _WAIT_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        for (module, name, _), value in zip(changes, before, strict=True):
            setattr(module, name, value)
