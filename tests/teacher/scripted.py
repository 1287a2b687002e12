"""A teacher that answers by a script, for tests and for trying a chain without a model."""

import random
from collections.abc import Callable, Iterable, Iterator
from typing import Self

from hornbook.errors import HornbookError
from hornbook.teacher.teacher import Reply, ReplyOutcome, TeacherRequest

Line = str | Reply | HornbookError
"""A text is an answer; an error ends the asking."""


class ScriptedTeacher:
    """A `Teacher` whose answers are known beforehand."""

    def __init__(
        self,
        script: Callable[[TeacherRequest], Line] | Iterable[Line],
        *,
        name: str = "scripted",
        num_ahead: int = 1,
        shuffle: random.Random | None = None,
    ) -> None:
        """Describe it.

        Args:
            script: Called with each request, or gives a line for each in turn over all calls of `ask`.
            name: Of the model.
            num_ahead: How many requests are under way at once.
            shuffle: Draws which of those under way is replied to next; None replies in their order.
        """
        lines = None if callable(script) else iter(script)
        self._speak: Callable[[TeacherRequest], Line] = script if callable(script) else lambda _request: next(lines)  # type: ignore[arg-type]
        self._model = name
        self._num_ahead = num_ahead
        self._shuffle = shuffle
        self._is_entered = False
        self.asked: list[TeacherRequest] = []
        """Every request that was asked, in the order of asking."""

    def __enter__(self) -> Self:
        """Be ready."""
        self._is_entered = True
        return self

    def __exit__(self, *raised: object) -> None:
        """Nothing is under way between two replies."""
        self._is_entered = False

    @property
    def name(self) -> str:
        """As it was given; known once entered."""
        if not self._is_entered:
            raise RuntimeError("the teacher's name is known once it was entered")
        return self._model

    def ask(self, requests: Iterable[TeacherRequest]) -> Iterator[tuple[int, Reply]]:
        """Reply by the script; see `Teacher`.

        Raises:
            HornbookError: The script says so; what was under way is yielded first.
            RuntimeError: The script has no line left.
        """
        waiting = enumerate(requests)
        open_replies: list[tuple[int, Reply]] = []
        error: HornbookError | None = None
        while True:
            while error is None and len(open_replies) < self._num_ahead:
                entry = next(waiting, None)
                if entry is None:
                    break
                index, request = entry
                self.asked.append(request)
                line = self._next_line(request)
                if isinstance(line, HornbookError):
                    error = line
                else:
                    open_replies.append((index, _reply(line)))
            if not open_replies:
                break
            chosen = 0 if self._shuffle is None else self._shuffle.randrange(len(open_replies))
            yield open_replies.pop(chosen)
        if error is not None:
            raise error

    def _next_line(self, request: TeacherRequest) -> Line:
        try:
            return self._speak(request)
        except StopIteration:
            raise RuntimeError(f"the script has no line for request {len(self.asked)}") from None


def _reply(line: str | Reply) -> Reply:
    if isinstance(line, Reply):
        return line
    return Reply(outcome=ReplyOutcome.ANSWERED if line.strip() else ReplyOutcome.EMPTY, text=line.strip() and line)
