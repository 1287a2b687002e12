"""Put a cache, a ledger and a budget before any teacher: every answer is on disk before it counts, and is paid once.

Reads, writes: the teacher's database, through `cache.py` and `ledger.py`.
"""

from collections.abc import Iterable, Iterator
from typing import Any, Self

from hornbook.errors import ConfigError, HornbookError
from hornbook.teacher.asking import Asking
from hornbook.teacher.budget import Budget, estimated_tokens
from hornbook.teacher.cache import ReplyCache
from hornbook.teacher.estimate import WorkEstimate
from hornbook.teacher.ledger import Ledger, StageEntry
from hornbook.teacher.pace import AccountProgress, Pace
from hornbook.teacher.teacher import Reply, Teacher, TeacherRequest


class Account:
    """A teacher whose answers are kept, counted and paid from a budget. Implements `Teacher`.

    An answer that is on disk is not asked for again; requests that are equal in all that reaches the model, their
    `sample` included, are asked once and answered each. An unanswered request is passed on and not kept.
    """

    def __init__(
        self, teacher: Teacher, *, cache: ReplyCache, ledger: Ledger, budget: Budget | None = None, stage: str
    ) -> None:
        """Nothing is asked yet.

        Args:
            teacher: Entered and left together with the account.
            cache: Open as long as the account is.
            ledger: In the same database as the cache.
            budget: Counts what the stage has spent in all its runs; no cap if None.
            stage: What the answers are for: the name under which they are counted.
        """
        self.stage = stage
        self.budget = budget or Budget()
        self._teacher = teacher
        self._cache = cache
        self._ledger = ledger
        self._entry: StageEntry | None = None
        self._pace = Pace()
        self._num_answers = 0

    def __enter__(self) -> Self:
        """Enter the teacher, and open an entry in the ledger.

        Raises:
            ConfigError: The budget is in US dollars, and nobody said what the model costs; or as the teacher's.
            EndpointError: As the teacher's.
            StoreError: The database cannot be written.
        """
        self._teacher.__enter__()
        try:
            self._entry = self._ledger.begin(self.stage, self._teacher.name)
            self._check_price()
        except BaseException:
            self._teacher.__exit__(None, None, None)
            raise
        self._pace.restart()
        return self

    def __exit__(self, *raised: object) -> None:
        """Leave the teacher, which abandons what is under way, and close the entry."""
        self._teacher.__exit__(*raised)
        try:
            self.entry.write_hits()
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
        """Answer from the disk what is there, and let the teacher answer the rest.

        Args:
            requests: Read lazily, not far ahead of the replies taken.

        Yields:
            The request's index, counted from 0, and its reply; in any order, each index once. A final reply is on
            disk when it is yielded.

        Raises:
            BudgetError: The next request might cost more than is left. What was under way is yielded first.
            EndpointError: As the teacher's; so is what was under way.
            StoreError: The disk is full, or the file damaged. What was under way is abandoned.
        """
        for index, reply in Asking(self._teacher, self._cache, self.entry, self.budget, self._pace, requests).run():
            self._num_answers += 1
            yield index, reply

    def kept(self, num_records: int, num_tokens: int) -> None:
        """Note how many records, with how many tokens, the answers led to."""
        self._ledger.kept(self.stage, num_records, num_tokens)

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
            outcomes=dict(figures.outcomes),
        )

    def estimate(self, num_requests: int, mean_prompt_characters: float, max_new_tokens: int) -> WorkEstimate:
        """What so many requests would take if none is on disk.

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
