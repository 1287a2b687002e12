"""Put a cache, a ledger and a budget before any teacher: every answer is on disk before it counts, and is paid once.

Reads, writes: the teacher's database, through `cache.py` and `ledger.py`.
"""

import re
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any, Self

from hornbook.errors import BudgetError, ConfigError, HornbookError
from hornbook.teacher.budget import Budget, estimated_tokens, most_tokens
from hornbook.teacher.cache import Kept, ReplyCache, request_key
from hornbook.teacher.estimate import WorkEstimate
from hornbook.teacher.ledger import Ledger, StageEntry
from hornbook.teacher.pace import AccountProgress, Pace
from hornbook.teacher.teacher import Reply, Teacher, TeacherRequest

_ADDRESS = re.compile(r"`?https?://[^\s`]+`?")
"""Where a model runs is not kept, and an answer is the same whether it comes from the disk or not."""
_MOST_READY = 256
"""So many answers from the disk wait at most while the teacher is asked for others."""


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
        for index, reply in _Asking(self._teacher, self._cache, self.entry, self.budget, self._pace, requests).run():
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


class _Asking:
    """One call of `ask`."""

    def __init__(
        self,
        teacher: Teacher,
        cache: ReplyCache,
        entry: StageEntry,
        budget: Budget,
        pace: Pace,
        requests: Iterable[TeacherRequest],
    ) -> None:
        self._teacher = teacher
        self._cache = cache
        self._entry = entry
        self._budget = budget
        self._pace = pace
        self._model = teacher.name
        self._unread = enumerate(requests)
        self._next: tuple[int, bytes, TeacherRequest] | None = None
        """Read, not on disk, and not yet asked."""
        self._asked: dict[int, tuple[bytes, TeacherRequest, float]] = {}
        """By the index that the teacher knows: key, request, and what is reserved for it."""
        self._num_asked = 0
        """Of the teacher's present `ask`."""
        self._waiting: dict[bytes, list[int]] = {}
        """The indices that wait for the answer to a key that is under way."""
        self._reserved = 0.0
        self._ready: deque[tuple[int, Reply]] = deque()

    def run(self) -> Iterator[tuple[int, Reply]]:
        """All replies."""
        while True:
            yield from self._from_disk()
            if self._next is None:
                return
            self._require_budget()
            yield from self._from_teacher()

    def _from_disk(self) -> Iterator[tuple[int, Reply]]:
        """The replies that are on disk, up to the first that is not; that one is `_next`."""
        while self._next is None:
            index, request = next(self._unread, (-1, None))
            if request is None:
                return
            key = request_key(self._model, request)
            kept = self._cache.get(key)
            if kept is None:
                self._next = index, key, request
            else:
                yield index, self._hit(kept)

    def _from_teacher(self) -> Iterator[tuple[int, Reply]]:
        """The teacher's replies, and those from the disk that come between, until the budget or the patience ends."""
        self._asked, self._num_asked = {}, 0
        failure: HornbookError | None = None
        replies = self._teacher.ask(self._unanswered())
        try:
            for number, reply in replies:
                yield from self._settle(number, reply)
                while self._ready:
                    yield self._ready.popleft()
        except HornbookError as error:
            failure = error
        finally:
            close = getattr(replies, "close", None)
            if close is not None:
                close()
        while self._ready:
            yield self._ready.popleft()
        if failure is not None:
            raise failure

    def _unanswered(self) -> Iterator[TeacherRequest]:
        """The requests to ask, for the teacher to read. Ends when many answers wait or the budget might not suffice."""
        num_passed = 0
        while num_passed < _MOST_READY:
            if self._next is None:
                index, request = next(self._unread, (-1, None))
                if request is None:
                    return
                key = request_key(self._model, request)
                if key in self._waiting:
                    self._waiting[key].append(index)
                    num_passed += 1
                    continue
                kept = self._cache.get(key)
                if kept is not None:
                    self._ready.append((index, self._hit(kept)))
                    num_passed += 1
                    continue
                self._next = index, key, request
            index, key, request = self._next
            reserve = self._reserve(request)
            if not self._suffices(reserve):
                return
            self._next = None
            num_passed = 0
            self._reserved += reserve
            self._waiting[key] = [index]
            self._asked[self._num_asked] = key, request, reserve
            self._num_asked += 1
            yield request

    def _settle(self, number: int, reply: Reply) -> Iterator[tuple[int, Reply]]:
        """Put a reply on disk and into the ledger, and then hand it to all who wait for it."""
        key, request, reserve = self._asked.pop(number)
        if reply.detail:
            reply = replace(reply, detail=_ADDRESS.sub("the endpoint", reply.detail))
        self._reserved -= reserve
        entry = self._entry
        cost, is_estimated = entry.cost(request, reply)
        entry.add_call(reply, cost, is_estimated=is_estimated)
        indices = self._waiting.pop(key)
        for _ in indices[1:]:
            entry.add_hit(reply, cost)
        self._pace.add(cost.tokens_out)
        with self._cache.database.transaction():
            if reply.is_final:
                self._cache.put(key, reply, cost, model=self._model, request=request, stage=entry.stage, run=entry.run)
            entry.write()
        for index in indices:
            yield index, reply

    def _hit(self, kept: Kept) -> Reply:
        self._entry.add_hit(kept.reply, kept.cost)
        return kept.reply

    def _reserve(self, request: TeacherRequest) -> float:
        """What a request takes from the budget at most."""
        if not self._budget.amount:
            return 0.0
        return self._budget.of(*most_tokens(request), self._entry.price)

    def _suffices(self, reserve: float) -> bool:
        cap = self._budget.amount
        if cap is None:
            return True
        return cap > 0 and self._entry.spent(self._budget) + self._reserved + reserve <= cap

    def _require_budget(self) -> None:
        """See that the next request can be asked, when nothing is under way.

        Raises:
            BudgetError: It cannot.
        """
        assert self._next is not None
        reserve = self._reserve(self._next[2])
        if self._suffices(reserve):
            return
        self._entry.write_hits()
        raise _shortage(self._budget, self._entry, reserve, self._cache)


def _shortage(budget: Budget, entry: StageEntry, reserve: float, cache: ReplyCache) -> BudgetError:
    """What was spent, what is done, and how to go on."""
    cap = budget.amount or 0.0
    figures, path = entry.figures, cache.database.path
    if cap == 0:
        return BudgetError(
            f"a budget of 0 allows no call, and `{entry.stage}` needs one ({figures.hits:,} answers came from the "
            f"cache `{path}`): run it with a budget",
            suggestion="5usd" if budget.usd is not None else "1000000tokens",
        )
    spent = entry.spent(budget)
    return BudgetError(
        f"the budget of {budget.say(cap)} for `{entry.stage}` is used up: {budget.say(spent)} are spent, over all its "
        f"runs, and the next call may take {budget.say(reserve)}. This run had {figures.calls:,} calls and "
        f"{figures.hits:,} answers from the cache `{path}`, where all of them are kept. Go on with a higher one",
        suggestion=budget.option(max(2 * cap, spent + 2 * reserve)),
    )
