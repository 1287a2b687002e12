"""Put a cache, a ledger and a budget in front of any teacher, so that each answer is on disk before it counts.

Reads, writes: the teacher's database, through `cache.py` and `ledger.py`.
"""

import itertools
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Self

from hornbook.errors import ConfigError, HornbookError
from hornbook.teacher.api import Reply, Teacher, TeacherRequest
from hornbook.teacher.asking import Asking
from hornbook.teacher.cache import ReplyCache
from hornbook.teacher.ledger import Budget, Figures, Ledger, StageEntry, estimated_tokens
from hornbook.teacher.prices import WorkEstimate

_NUM_SAMPLES = 200
"""Requests whose lengths stand for all in an estimate."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountProgress:
    """Live figures of an account since it was opened."""

    num_answers: int
    """Replies yielded, whatever their outcome, from the cache or not."""
    seconds: float
    """Seconds since the account was opened."""
    figures: Figures

    @property
    def calls_per_second(self) -> float:
        """Requests answered by the teacher per second."""
        return self.figures.calls / self.seconds

    @property
    def tokens_per_second(self) -> float:
        """Tokens written by the model per second."""
        return self.figures.tokens_out / self.seconds

    def note(self, num_open: int | None = None) -> str:
        """One line for a progress bar: rate, cost, and the time that `num_open` further calls take, if it is known."""
        figures, parts = self.figures, []
        if figures.calls:
            parts.append(f"{self.calls_per_second:.3g} calls/s, {self.tokens_per_second:,.0f} tokens/s")
        if figures.usd or figures.unpriced_calls:
            unknown = f" and {figures.unpriced_calls:,} calls of unknown price" if figures.unpriced_calls else ""
            parts.append(f"{figures.usd:.4g} USD{unknown}")
        if figures.hits:
            parts.append(f"{figures.hits:,} from the cache")
        if num_open is not None and figures.calls:
            minutes = num_open / self.calls_per_second / 60
            left = f"{60 * minutes:.0f} s" if minutes < 1.5 else f"{minutes:.0f} min"
            parts.append(f"{left if minutes < 120 else f'{minutes / 60:.1f} h'} left")
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
            cache: The answers in an open database.
            ledger: The ledger in the same database.
            budget: A cap on what is spent on the output, over all runs until one of them ends without an error.
            stage: The name under which the answers are counted.
            output: The absolute path of the results; the budget is for this output of the stage.
        """
        self.stage = stage
        self.output = output
        self.budget = budget or Budget()
        self._teacher = teacher
        self._cache = cache
        self._ledger = ledger
        self._entry: StageEntry | None = None
        self._begun = time.monotonic()
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
        self._begun = time.monotonic()
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
        for index, reply in Asking(self._teacher, self._cache, self.entry, self.budget, requests).run():
            self._num_answers += 1
            yield index, reply

    def kept(self, num_records: int, num_tokens: int) -> None:
        """Note the number of records, and of their tokens, that were made from the answers."""
        self.entry.keep(num_records, num_tokens)

    def progress(self) -> AccountProgress:
        """The figures of this moment."""
        seconds = max(time.monotonic() - self._begun, 1e-6)
        return AccountProgress(num_answers=self._num_answers, seconds=seconds, figures=self.entry.figures)

    def estimate(self, num_requests: int, mean_prompt_characters: float, max_new_tokens: int) -> WorkEstimate:
        """What a number of requests would take if none is on disk.

        The length of an answer is the mean of earlier runs of the stage with this model, else `max_new_tokens`.
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
