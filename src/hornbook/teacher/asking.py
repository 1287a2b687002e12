"""One call of `Account.ask`: answers requests from the disk or by the teacher, within the budget.

A reply is put on disk and into the ledger as soon as it comes, whatever the caller is doing then.

Reads, writes: the teacher's database, through `cache.py` and `ledger.py`.
"""

import re
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace

from hornbook.errors import BudgetError, EndpointError, HornbookError
from hornbook.teacher.api import Reply, ReplyOutcome, Teacher, TeacherRequest
from hornbook.teacher.cache import Cost, Database, ReplyCache, request_key
from hornbook.teacher.ledger import Budget, StageEntry, most_tokens

_MOST_READY = 256
"""Answers from the disk that wait while the teacher is asked for others, at most."""
_ADDRESS = re.compile(r"`?https?://[^\s`]+`?")
_MOST_AT_ONCE = 256
"""Replies in one transaction: it takes far less time than one for each."""


@dataclass(slots=True, eq=False, kw_only=True)
class Question:
    """A request in flight, and then its reply."""

    key: bytes
    request: TeacherRequest
    reserve: float
    """Reserved from the budget until its cost is known."""
    kept: "Future[None] | None" = None
    """Done once the reply is on disk, or counted where it is not kept; then `reply` and `cost` are set."""
    reply: Reply | None = None
    cost: Cost | None = None


class _Keeper:
    """Keeps replies in a thread of its own; those that come together in one transaction.

    A rejection is kept once the model has answered something: a server that rejects everything may be set up wrongly.
    """

    def __init__(self, database: Database, entry: StageEntry) -> None:
        self._database = Database(database.path)
        self._cache = ReplyCache(self._database)
        self._entry = entry
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="replies")
        self._given: deque[tuple[Question, Reply]] = deque()
        self._doubtful: list[tuple[Question, Reply, Cost]] = []
        self._error: BaseException | None = None

    def give(self, question: Question, reply: Reply) -> None:
        """Have a reply kept. Can be called in any thread; returns at once."""
        self._given.append((question, reply))
        question.kept = self._pool.submit(self._keep_given)

    def close(self) -> None:
        """Keep what was given, and end the thread."""
        self._pool.shutdown()
        self._database.close()

    def _keep_given(self) -> None:
        if self._error is not None:
            raise self._error
        given = [self._given.popleft() for _ in range(min(len(self._given), _MOST_AT_ONCE))]
        if not given:  # They were kept together with earlier ones.
            return
        try:
            self._keep(given)
        except BaseException as error:
            self._error = error
            raise

    def _keep(self, given: Sequence[tuple[Question, Reply]]) -> None:
        """Put replies on disk and into the ledger, all of them or none, and note them in their questions.

        The address of the model is removed from details, so that a reply from the disk is the same and no host is kept.
        """
        counted = []
        for question, reply in given:
            plain = replace(reply, detail=_ADDRESS.sub("the endpoint", reply.detail)) if reply.detail else reply
            cost, is_estimated = self._entry.cost(question.request, plain)
            self._entry.add_call(plain, cost, is_estimated=is_estimated)
            counted.append((question, plain, cost))
        kept, self._doubtful = self._doubtful + [one for one in counted if one[1].is_final], []
        if not self._entry.has_answer:
            self._doubtful = [one for one in kept if not one[1].outcome.is_from_model]
            kept = [one for one in kept if one[1].outcome.is_from_model]
        with self._database.transaction() as connection:
            for question, reply, cost in kept:
                self._cache.put(
                    question.key,
                    reply,
                    cost,
                    model=self._entry.model,
                    request=question.request,
                    stage=self._entry.stage,
                    run=self._entry.run,
                )
            self._entry.write(connection)
        for question, reply, cost in counted:
            question.reply, question.cost = reply, cost


class Asking:
    """One call of `Account.ask`."""

    def __init__(
        self,
        teacher: Teacher,
        cache: ReplyCache,
        entry: StageEntry,
        budget: Budget,
        requests: Iterable[TeacherRequest],
    ) -> None:
        """Read nothing yet; the arguments are the account's."""
        self._teacher = teacher
        self._cache = cache
        self._entry = entry
        self._budget = budget
        self._model = teacher.name
        self._unread = enumerate(requests)
        self._next: tuple[int, bytes, TeacherRequest] | None = None
        """Read, not on disk, and not yet asked."""
        self._asked: dict[int, Question] = {}
        """What is under way, by the index that the teacher's present `ask` knows."""
        self._by_request: dict[int, Question] = {}
        """The same, by the identity of the request."""
        self._waiting: dict[bytes, list[int]] = {}
        """The indices that wait for the answer to a key that is under way."""
        self._reserved = 0.0
        self._ready: deque[tuple[int, Reply]] = deque()
        self._num_replies = self._num_unanswered = 0
        self._last_failure = ""

    def run(self) -> Iterator[tuple[int, Reply]]:
        """All replies.

        Raises:
            EndpointError: No request of this call got through, or the model has answered nothing at all.
        """
        for index, reply in self._all():
            self._num_replies += 1
            self._num_unanswered += reply.outcome is ReplyOutcome.UNANSWERED
            self._last_failure = self._last_failure if reply.outcome.is_from_model else reply.detail
            yield index, reply
        is_failure = not self._entry.has_answer or self._num_unanswered == self._num_replies
        if self._num_replies and is_failure:
            raise EndpointError(
                f"`{self._model}` answered none of {self._num_replies:,} requests; the last failure: "
                f"{self._last_failure}"
            )

    def _all(self) -> Iterator[tuple[int, Reply]]:
        while True:
            while self._next is None and (hit := self._read_next()) is not None:
                yield from hit
            if self._next is None:
                return
            self._require_budget()
            yield from self._from_teacher()

    def _read_next(self) -> list[tuple[int, Reply]] | None:
        """Read a request, and its reply if it is on disk; an equal request in flight is waited for.

        None if the request must be asked, which is `_next` then, or if there is no further request.
        """
        index, request = next(self._unread, (-1, None))
        if request is None:
            return None
        key = request_key(self._model, request)
        if key in self._waiting:
            self._waiting[key].append(index)
            return []
        kept = self._cache.get(key)
        if kept is None:
            self._next = index, key, request
            return None
        self._entry.add_hit(*kept)
        return [(index, kept[0])]

    def _from_teacher(self) -> Iterator[tuple[int, Reply]]:
        """The teacher's replies, and those from the disk that come between, until the budget or the patience ends."""
        self._asked, self._by_request = {}, {}
        failure: HornbookError | None = None
        keeper = _Keeper(self._cache.database, self._entry)

        def give(request: TeacherRequest, reply: Reply) -> None:
            question = self._by_request.get(id(request))
            if question is not None:
                keeper.give(question, reply)

        if hasattr(self._teacher, "on_reply"):  # It tells of a reply as it comes, before the reply is taken.
            self._teacher.on_reply = give
        replies = self._teacher.ask(self._unanswered())
        try:
            for number, reply in replies:
                yield from self._settle(number, reply, keeper)
                while self._ready:
                    yield self._ready.popleft()
        except HornbookError as error:
            failure = error
        finally:
            close = getattr(replies, "close", None)
            if close is not None:
                close()
            keeper.close()
        while self._ready:
            yield self._ready.popleft()
        if failure is not None:
            raise failure

    def _unanswered(self) -> Iterator[TeacherRequest]:
        """The requests to ask, for the teacher to read. Ends when many answers wait or the budget might not suffice."""
        num_asked = num_passed = 0
        while num_passed < _MOST_READY:
            if self._next is None:
                hit = self._read_next()
                if hit is not None:
                    self._ready += hit
                    num_passed += 1
                    continue
                if self._next is None:
                    return
            index, key, request = self._next
            reserve = self._reserve(request)
            if not self._suffices(reserve):
                return
            self._next = None
            num_passed = 0
            self._reserved += reserve
            self._waiting[key] = [index]
            question = Question(key=key, request=request, reserve=reserve)
            self._asked[num_asked] = self._by_request[id(request)] = question
            num_asked += 1
            yield request

    def _settle(self, number: int, reply: Reply, keeper: _Keeper) -> Iterator[tuple[int, Reply]]:
        """See that a reply is on disk and in the ledger, and then hand it to all who wait for it."""
        question = self._asked.pop(number)
        del self._by_request[id(question.request)]
        self._reserved -= question.reserve
        if question.kept is None:
            keeper.give(question, reply)
        assert question.kept is not None
        question.kept.result()
        assert question.reply is not None
        assert question.cost is not None
        reply, cost = question.reply, question.cost
        indices = self._waiting.pop(question.key)
        for _ in indices[1:]:
            self._entry.add_hit(reply, cost)
        for index in indices:
            yield index, reply

    def _reserve(self, request: TeacherRequest) -> float:
        """The most that a request may take from the budget."""
        return self._budget.of(*most_tokens(request), self._entry.price) if self._budget.amount else 0.0

    def _suffices(self, reserve: float) -> bool:
        cap = self._budget.amount
        if cap is None:
            return True
        return cap > 0 and self._entry.spent(self._budget) + self._reserved + reserve <= cap

    def _require_budget(self) -> None:
        """Raise a `BudgetError` if the next request cannot be asked even when nothing is in flight."""
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
        f"the budget of {budget.say(cap)} for `{entry.stage}` is used up: {budget.say(spent)} are spent on this "
        f"output, over all runs, and the next call may take {budget.say(reserve)}. This run had {figures.calls:,} "
        f"calls and {figures.hits:,} answers from the cache `{path}`, where all of them are kept. Go on with a higher "
        "one",
        suggestion=budget.option(max(2 * cap, spent + 2 * reserve)),
    )
