"""Put a cache, a ledger and a budget in front of any teacher, so that each answer is on disk before it counts.

Reads, writes: the teacher's database, through `cache.py` and `ledger.py`.
"""

import itertools
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Self

from hornbook.errors import ConfigError, HornbookError
from hornbook.teacher.api import Reply, Teacher, TeacherRequest
from hornbook.teacher.asking import Asking
from hornbook.teacher.cache import Database, ReplyCache
from hornbook.teacher.ledger import Budget, StageEntry, estimated_tokens, num_prompt_characters, totals_of
from hornbook.teacher.prices import Price

_NUM_SAMPLES = 200
"""Requests whose lengths stand for all in an estimate."""


class Account:
    """A teacher whose answers are kept, counted and paid from a budget. Implements `Teacher`.

    An answer that is on disk is not asked for again. Requests that are equal in all that reaches the model and in their
    `sample` are sent once, and each gets the answer. An unanswered request is yielded and not kept.
    """

    def __init__(
        self,
        teacher: Teacher,
        *,
        database: Database,
        price_of: Callable[[str], Price | None],
        budget: Budget | None = None,
        stage: str,
        output: str = "",
    ) -> None:
        """Ask nothing yet. The teacher is entered and left together with the account.

        The answers are kept in an open database, and counted there under the name of the stage, at the price that
        `price_of` gives for the model's name, None where it is not known. The budget caps what is spent on an output,
        the absolute path of the results, over all runs until one of them ends without an error.
        """
        self.stage = stage
        self.output = output
        self.budget = budget or Budget()
        self._teacher = teacher
        self._database = database
        self._price_of = price_of
        self._entry: StageEntry | None = None
        self._begun = time.monotonic()
        self.num_answers = 0
        """Replies yielded, whatever their outcome, from the cache or not."""

    def __enter__(self) -> Self:
        """Enter the teacher, and open an entry in the ledger.

        Raises:
            ConfigError: The budget is in US dollars, and the price of the model is not known; or as the teacher's.
            EndpointError: As the teacher's.
            StoreError: The database cannot be written.
        """
        self._teacher.__enter__()
        try:
            price = self._price_of(self.name)
            self._entry = StageEntry(self._database, self.stage, self.output, self.name, price)
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
        for index, reply in Asking(self._teacher, ReplyCache(self._database), self.entry, self.budget, requests).run():
            self.num_answers += 1
            yield index, reply

    def kept(self, num_records: int, num_tokens: int) -> None:
        """Note the number of records, and of their tokens, that were made from the answers."""
        self.entry.keep(num_records, num_tokens)

    def note(self, num_open: int | None = None) -> str:
        """One line for a progress bar: rate, cost, and the time that `num_open` further calls take, if it is known."""
        figures, seconds, parts = self.entry.figures, max(time.monotonic() - self._begun, 1e-6), []
        if figures.calls:
            parts.append(f"{figures.calls / seconds:.3g} calls/s, {figures.tokens_out / seconds:,.0f} tokens/s")
        if figures.usd or figures.unpriced_calls:
            unknown = f" and {figures.unpriced_calls:,} calls of unknown price" if figures.unpriced_calls else ""
            parts.append(f"{figures.usd:.4g} USD{unknown}")
        if figures.hits:
            parts.append(f"{figures.hits:,} from the cache")
        if num_open is not None and figures.calls:
            minutes = num_open * seconds / figures.calls / 60
            left = f"{60 * minutes:.0f} s" if minutes < 1.5 else f"{minutes:.0f} min"
            parts.append(f"{left if minutes < 120 else f'{minutes / 60:.1f} h'} left")
        return ", ".join(parts)

    def estimate(self, num_requests: int, mean_prompt_characters: float, max_new_tokens: int) -> str:
        """What a number of requests would take if none is on disk, in one line.

        The length of an answer is the mean of earlier runs of the stage with this model, else `max_new_tokens`.
        """
        measured, price = self.entry.mean_tokens_out(), self.entry.price
        tokens_in = estimated_tokens(round(mean_prompt_characters)) * num_requests
        tokens_out = round((max_new_tokens if measured is None else measured) * num_requests)
        if price is None:
            money = "at an unknown price (`--prices FILE` can say it)"
        elif price.is_free:
            money = f"0 USD: {price.source or 'it is free'}"
        else:
            money = f"{price.usd(tokens_in, tokens_out):,.4g} USD, at {price.describe()}"
        most, length = ("at most about", "allowed") if measured is None else ("about", "earlier ones")
        return (
            f"{self.name}: {num_requests:,} calls, {most} {tokens_in:,} tokens in and {tokens_out:,} out "
            f"(answers as long as {length}; what is in the cache costs nothing): {money}"
        )

    def summary(self) -> dict[str, Any]:
        """The figures of this run, in a list, and the sums over all runs of the same stage; JSON values only."""
        all_runs = {self.stage: totals_of(self._database, self.stage).as_json()}
        return {"run": [self.entry.as_json()], "all_runs": all_runs}

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

    Only an account knows its prices; others say nothing. `progress` gets the estimate as a note.
    """
    samples = list(itertools.islice(requests, _NUM_SAMPLES))
    if not samples or not isinstance(teacher, Account) or teacher.budget.amount == 0:
        return
    mean_characters = sum(map(num_prompt_characters, samples)) / len(samples)
    longest = max(one.sampling.max_new_tokens for one in samples)
    progress(0, 0, teacher.estimate(num_requests, mean_characters, longest))
