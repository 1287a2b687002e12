"""How a run looks in the terminal: one line per stage, a live line for the stage that works; plain lines in a file."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    Task,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.table import Column
from rich.text import Text

from hornbook.pipeline.manifest import Manifest
from hornbook.pipeline.run import Reuse, StageOutcome, StageStatus
from hornbook.pipeline.runs import RunFolder

_SECONDS_BETWEEN_PLAIN_LINES = 15.0


def make_console(*, stderr: bool = False, quiet: bool = False) -> Console:
    """The console that commands print to; long lines are left to the terminal."""
    return Console(soft_wrap=True, stderr=stderr, quiet=quiet)


class TerminalObserver:
    """Prints each stage of a run as it starts, works and ends, and keeps the run's record, if it has one.

    Where the console is no terminal, work that takes long prints a plain line now and then.
    """

    def __init__(self, console: Console, run: RunFolder | None = None) -> None:
        self._console = console
        self._run = run
        self._live = _live_line(console)
        self._task: TaskID | None = None

    def __enter__(self) -> Self:
        self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._live.stop()

    def on_start(self, status: StageStatus, index: int, total: int) -> "StageProgress":
        """Announce a stage that is built; damage and outdatedness are named."""
        del index, total
        if status.reuse in (Reuse.DAMAGED, Reuse.OUTDATED):
            line = f"{status.detail}; `{status.stage.name}` is rebuilt"
            self._console.print(line, style="yellow", highlight=False, markup=False)
        if self._task is not None:
            self._live.remove_task(self._task)
        self._task = self._live.add_task(status.stage.name, total=None, note="")
        return StageProgress(self._console, self._live, self._task, status.stage.name)

    def on_finish(self, outcome: StageOutcome, index: int, total: int) -> None:
        """Print the stage's line and record it."""
        if self._run is not None:
            self._run.add(outcome)
        if self._task is not None:
            self._live.remove_task(self._task)
            self._task = None
        manifest = outcome.artifact.manifest
        spent = "  reused" if outcome.reused else f"{manifest.seconds:6.1f} s"
        number = f"{index:>{len(str(total))}}/{total}"
        self._console.print(
            f"[dim]{number}[/]  {manifest.stage:<15} {spent}   {describe_counts(manifest)}", highlight=False
        )


class StageProgress:
    """Shows how far one stage is. Implements the `Progress` protocol of stages."""

    def __init__(self, console: Console, live: Progress, task: TaskID, stage: str) -> None:
        self._console = console
        self._live = live
        self._task = task
        self._stage = stage
        self._last_line = time.monotonic()

    def __call__(self, done: int, total: int, note: str = "") -> None:
        """Move the bar, or print a line when the last one was long ago and nobody sees a bar."""
        if total == 0:
            self._print(f"{self._stage}: {note}")
            return
        self._live.update(self._task, completed=done, total=total, note=note)
        now = time.monotonic()
        if not self._console.is_terminal and now - self._last_line >= _SECONDS_BETWEEN_PLAIN_LINES:
            self._last_line = now
            self._print(f"{self._stage}: {done:,} of {total:,}  {note}".rstrip())

    def _print(self, line: str) -> None:
        self._console.print(f"     {line}", highlight=False, markup=False)


@contextmanager
def show_progress(console: Console, name: str) -> Iterator[StageProgress]:
    """A live line for one piece of work outside a run, which vanishes at its end."""
    with _live_line(console, name_width=0) as live:
        yield StageProgress(console, live, live.add_task(name, total=None, note=""), name)


def _live_line(console: Console, name_width: int = 16) -> Progress:
    return Progress(
        SpinnerColumn(),
        TextColumn(f"{{task.description:<{name_width}}}"),
        BarColumn(bar_width=20),
        MofNCompleteColumn(table_column=Column(no_wrap=True)),
        TextColumn("{task.fields[note]}", markup=False),
        TimeElapsedColumn(),
        _Remaining(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )


class _Remaining(TimeRemainingColumn):
    """How long it will still take, unless the note says it, which then knows better."""

    def render(self, task: Task) -> Text:
        return Text() if " left" in task.fields["note"] else super().render(task)


def describe_counts(manifest: Manifest) -> str:
    """`41,203 exercises; dropped 12 near duplicate, 3 exact duplicate`, the largest reason first."""
    text = f"{manifest.kept:,} {manifest.unit}"
    reasons = sorted(manifest.dropped.items(), key=lambda item: (-item[1], item[0]))
    dropped = ", ".join(f"{number:,} {reason}" for reason, number in reasons if number)
    return f"{text}; dropped {dropped}" if dropped else text
