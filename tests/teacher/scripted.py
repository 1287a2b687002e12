"""A teacher that answers by a script, for tests and for trying a chain without a model."""

import random
from collections.abc import Callable, Iterable, Iterator
from typing import Self

from hornbook.errors import HornbookError
from hornbook.teacher.api import Reply, ReplyOutcome, TeacherRequest

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
        """The script is called with each request, or gives a line for each in turn over all calls of `ask`.

        `num_ahead` requests are under way at once; `shuffle` draws which of them is replied to next, None the first.
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
        self._is_entered = True
        return self

    def __exit__(self, *raised: object) -> None:
        self._is_entered = False

    @property
    def name(self) -> str:
        if not self._is_entered:
            raise RuntimeError("the teacher's name is known once it was entered")
        return self._model

    def ask(self, requests: Iterable[TeacherRequest]) -> Iterator[tuple[int, Reply]]:
        """Reply by the script; an error of the script comes after what was under way."""
        waiting = enumerate(requests)
        under_way: list[tuple[int, Reply]] = []
        error: HornbookError | None = None
        while True:
            while error is None and len(under_way) < self._num_ahead and (entry := next(waiting, None)):
                index, request = entry
                self.asked.append(request)
                match self._speak(request):
                    case HornbookError() as error:
                        pass
                    case Reply() as reply:
                        under_way.append((index, reply))
                    case text:
                        outcome = ReplyOutcome.ANSWERED if text.strip() else ReplyOutcome.EMPTY
                        under_way.append((index, Reply(outcome=outcome, text=text.strip() and text)))
            if not under_way:
                break
            yield under_way.pop(0 if self._shuffle is None else self._shuffle.randrange(len(under_way)))
        if error is not None:
            raise error
