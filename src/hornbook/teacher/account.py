"""Put a cache, a ledger and a budget in front of any teacher, so that each answer is on disk before it counts.

Reads, writes: the teacher's database, through `cache.py` and `ledger.py`.
"""

import itertools
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Self

from hornbook.errors import ConfigError, HornbookError
from hornbook.teacher.api import Reply, Teacher, TeacherRequest
from hornbook.teacher.asking import Asking
from hornbook.teacher.cache import ReplyCache
from hornbook.teacher.ledger import Budget, Ledger, StageEntry, estimated_tokens
from hornbook.teacher.prices import WorkEstimate

_WINDOW_SECONDS = 60.0
_SECONDS_BETWEEN_MARKS = 1.0
_NUM_SAMPLES = 200
"""Requests whose lengths stand for all in an estimate."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountProgress:
    """Live figures of an account since it was opened."""

    num_answers: int
    """Replies yielded, whatever their outcome, from the cache or not."""
    num_from_cache: int
    num_calls: int
    """Requests sent to the teacher whose replies are known."""
    calls_per_second: float
    """Over the last minute; 0 as long as nothing is known."""
    tokens_per_second: float
    """Tokens that the model wrote, over the last minute."""
    usd: float
    """US dollars spent since the account was opened, without calls of unknown price."""
    unpriced_calls: int

    def note(self, num_open: int | None = None) -> str:
        """One line for a progress bar: rate, cost, and the time that `num_open` further calls take, if it is known."""
        parts = []
        if self.num_calls:
            parts.append(f"{self.calls_per_second:.3g} calls/s, {self.tokens_per_second:,.0f} tokens/s")
        if self.usd or self.unpriced_calls:
            unknown = f" and {self.unpriced_calls:,} calls of unknown price" if self.unpriced_calls else ""
            parts.append(f"{self.usd:.4g} USD{unknown}")
        if self.num_from_cache:
            parts.append(f"{self.num_from_cache:,} from the cache")
        if num_open is not None and self.calls_per_second > 0:
            parts.append(f"{_spoken_seconds(num_open / self.calls_per_second)} left")
        return ", ".join(parts)


class Account:
    """A teacher whose answers are kept, counted and paid from a budget. Implements `Teacher`.

    An answer that is on disk is not asked for again. Requests that are equal in all that reaches the model and in their
    `sample` are sent once, and each gets the answer. An unanswered request is yielded and not kept.
    """

    def __init__(
        self,
        teacher: Teacher,
        *,
        cache: ReplyCache,
        ledger: Ledger,
        budget: Budget | None = None,
        stage: str,
        output: str = "",
    ) -> None:
        """Ask nothing yet.

        Args:
            teacher: Entered and left together with the account.
            cache: Open as long as the account is.
            ledger: In the same database as the cache.
            budget: A cap on what is spent on the output, over all runs until one of them ends without an error; no cap
                if None.
            stage: What the answers are for: the name under which they are counted.
            output: Where the results go, as an absolute path: with the stage, what the budget is for.
        """
        self.stage = stage
        self.output = output
        self.budget = budget or Budget()
        self._teacher = teacher
        self._cache = cache
        self._ledger = ledger
        self._entry: StageEntry | None = None
        self._pace = _Pace()
        self._num_answers = 0

    def __enter__(self) -> Self:
        """Enter the teacher, and open an entry in the ledger.

        Raises:
            ConfigError: The budget is in US dollars, and the price of the model is not known; or as the teacher's.
            EndpointError: As the teacher's.
            StoreError: The database cannot be written.
        """
        self._teacher.__enter__()
        try:
            self._entry = self._ledger.begin(self.stage, self._teacher.name, self.output)
            self._check_price()
        except BaseException:
            self._teacher.__exit__(None, None, None)
            raise
        self._pace.restart()
        return self

    def __exit__(self, *raised: object) -> None:
        """Leave the teacher, which abandons the requests in flight. Without an error the output is finished."""
        self._teacher.__exit__(*raised)
        try:
            if any(raised):
                self.entry.write_hits()
            else:
                self.entry.finish()
        except HornbookError:
            if not any(raised):
                raise

    @property
    def name(self) -> str:
        """The teacher's."""
        return self._teacher.name

    @property
    def entry(self) -> StageEntry:
        """The ledger's entry; there is one once the account is entered."""
        if self._entry is None:
            raise RuntimeError("the account was not entered")
        return self._entry

    def ask(self, requests: Iterable[TeacherRequest]) -> Iterator[tuple[int, Reply]]:
        """Answer from the disk what is there, and send the rest to the teacher.

        Args:
            requests: Read lazily, not far ahead of the replies taken.

        Yields:
            The request's index, counted from 0, and its reply; in any order, each index once. A final reply is on
            disk when it is yielded.

        Raises:
            BudgetError: The next request might cost more than is left. Requests in flight are yielded first.
            EndpointError: As the teacher's; or the teacher answered nothing. Requests in flight are yielded first.
            StoreError: The disk is full, or the file damaged. Requests in flight are abandoned.
        """
        asking = Asking(self._teacher, self._cache, self.entry, self.budget, self._pace.add, requests)
        for index, reply in asking.run():
            self._num_answers += 1
            yield index, reply

    def kept(self, num_records: int, num_tokens: int) -> None:
        """Note the number of records, and of their tokens, that were made from the answers."""
        self.entry.keep(num_records, num_tokens)

    def progress(self) -> AccountProgress:
        """The figures of this moment."""
        figures = self.entry.figures
        calls_per_second, tokens_per_second = self._pace.per_second()
        return AccountProgress(
            num_answers=self._num_answers,
            num_from_cache=figures.hits,
            num_calls=figures.calls,
            calls_per_second=calls_per_second,
            tokens_per_second=tokens_per_second,
            usd=figures.usd,
            unpriced_calls=figures.unpriced_calls,
        )

    def estimate(self, num_requests: int, mean_prompt_characters: float, max_new_tokens: int) -> WorkEstimate:
        """What a number of requests would take if none is on disk.

        Args:
            num_requests: How many.
            mean_prompt_characters: Of one; about four make a token.
            max_new_tokens: Counted for each answer, unless earlier runs of the stage with this model say how long an
                answer is.
        """
        measured = self.entry.mean_tokens_out()
        return WorkEstimate(
            model=self.name,
            calls=num_requests,
            tokens_in=estimated_tokens(round(mean_prompt_characters)) * num_requests,
            tokens_out=round((max_new_tokens if measured is None else measured) * num_requests),
            is_measured=measured is not None,
            price=self.entry.price,
        )

    def summary(self) -> dict[str, Any]:
        """The ledger's; JSON values only."""
        return self._ledger.summary()

    def _check_price(self) -> None:
        if self.budget.usd and self.entry.price is None:
            raise ConfigError(
                f"a budget of {self.budget.say(self.budget.usd)} needs to know what `{self.name}` costs: give its "
                f'price with `--prices FILE`, a TOML file with `[models."{self.name}"]`, `usd_per_million_in = …` and '
                "`usd_per_million_out = …`; or give the budget in tokens"
            )


def say_estimate(
    teacher: Teacher, requests: Iterable[TeacherRequest], num_requests: int, progress: Callable[[int, int, str], None]
) -> None:
    """Say, before the first call, what a number of requests would take; nothing where no call is allowed.

    Args:
        teacher: Who is asked; only an account knows its prices.
        requests: The first 200 of them stand for all.
        num_requests: How many there are.
        progress: Gets the estimate as a note.
    """
    samples = list(itertools.islice(requests, _NUM_SAMPLES))
    if not samples or not isinstance(teacher, Account) or teacher.budget.amount == 0:
        return
    characters = [
        len(one.prompt) if hasattr(one, "prompt") else sum(len(message["content"]) for message in one.messages)
        for one in samples
    ]
    longest = max(one.sampling.max_new_tokens for one in samples)
    progress(0, 0, teacher.estimate(num_requests, sum(characters) / len(samples), longest).describe())


class _Pace:
    """Rates over the last minute."""

    def __init__(self) -> None:
        """Begin now."""
        self._num_calls = 0
        self._num_tokens = 0
        self.restart()

    def add(self, num_tokens: int) -> None:
        """Count a call that brought so many tokens."""
        self._num_calls += 1
        self._num_tokens += num_tokens
        now = time.monotonic()
        if now - self._marks[-1][0] >= _SECONDS_BETWEEN_MARKS:
            self._marks.append((now, self._num_calls, self._num_tokens))
            while now - self._marks[1][0] >= _WINDOW_SECONDS:
                self._marks.popleft()

    def restart(self) -> None:
        """Begin the minute anew, as when a pause is over."""
        self._marks = deque([(time.monotonic(), self._num_calls, self._num_tokens)])

    def per_second(self) -> tuple[float, float]:
        """Calls and tokens."""
        begun, calls, tokens = self._marks[0]
        seconds = max(time.monotonic() - begun, 1e-6)
        return (self._num_calls - calls) / seconds, (self._num_tokens - tokens) / seconds


def _spoken_seconds(seconds: float) -> str:
    """`40 s`, `12 min`, `3.5 h`."""
    minutes = round(seconds / 60)
    if minutes < 2:
        return f"{seconds:.0f} s"
    return f"{minutes} min" if minutes < 120 else f"{minutes / 60:.1f} h"
