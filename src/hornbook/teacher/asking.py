"""The requests of one `Account.ask` on their way: to the disk or to the teacher, within the budget, and back.

A reply is put on disk and into the ledger in the moment in which it comes, whatever the one who asked is doing then.

Reads, writes: the teacher's database, through `cache.py` and `ledger.py`.
"""

import queue
import re
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Protocol, runtime_checkable

from hornbook.errors import BudgetError, HornbookError
from hornbook.teacher.budget import Budget, most_tokens
from hornbook.teacher.cache import Cost, Kept, ReplyCache, request_key
from hornbook.teacher.database import Database
from hornbook.teacher.ledger import StageEntry
from hornbook.teacher.teacher import Reply, Teacher, TeacherRequest

_MOST_READY = 256
"""So many answers from the disk wait at most while the teacher is asked for others."""
_ADDRESS = re.compile(r"`?https?://[^\s`]+`?")
_MOST_AT_ONCE = 256
_GATHER_SECONDS = 0.002
"""Many replies in one transaction take far less time than each in its own."""


@dataclass(slots=True, eq=False, kw_only=True)
class Question:
    """A request that is under way, and then its reply."""

    key: bytes
    request: TeacherRequest
    reserve: float
    """What is taken from the budget for it until its cost is known."""
    is_given: bool = False
    """Whether its reply was given to a `KeepingThread`."""
    reply: Reply | None = None
    """Once it is on disk, or counted where it is not kept."""
    cost: Cost | None = None


def keep(questions: Sequence[tuple[Question, Reply]], cache: ReplyCache, entry: StageEntry) -> None:
    """Put replies on disk and into the ledger, all of them or none, and note them in their questions.

    Where the model runs is taken out of what a reply says of its failure, so that it is the same when it comes from the
    disk, and so that no host is kept.

    Raises:
        StoreError: The database cannot be written.
    """
    counted = []
    for question, reply in questions:
        plain = replace(reply, detail=_ADDRESS.sub("the endpoint", reply.detail)) if reply.detail else reply
        cost, is_estimated = entry.cost(question.request, plain)
        entry.add_call(plain, cost, is_estimated=is_estimated)
        counted.append((question, plain, cost))
    with cache.database.transaction() as connection:
        for question, plain, cost in counted:
            if plain.is_final:
                cache.put(
                    question.key,
                    plain,
                    cost,
                    model=entry.model,
                    request=question.request,
                    stage=entry.stage,
                    run=entry.run,
                )
        entry.write(connection)
    for question, plain, cost in counted:
        question.cost = cost
        question.reply = plain


class KeepingThread:
    """Keeps replies in a thread and over a connection of its own; those that come together in one transaction."""

    def __init__(self, database: Database, entry: StageEntry) -> None:
        """Start the thread."""
        self._path = database.path
        self._entry = entry
        self._given: queue.SimpleQueue[tuple[Question, Reply] | None] = queue.SimpleQueue()
        self._changed = threading.Condition()
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="replies", daemon=True)
        self._thread.start()

    def give(self, question: Question, reply: Reply) -> None:
        """Have a reply kept. May be called in any thread; returns at once."""
        question.is_given = True
        self._given.put((question, reply))

    def wait(self, question: Question) -> None:
        """Wait until the reply that was given is on disk.

        Raises:
            StoreError: It cannot be written.
        """
        if question.reply is None:
            with self._changed:
                self._changed.wait_for(lambda: question.reply is not None or self._error is not None)
            if question.reply is None and self._error is not None:
                raise self._error

    def close(self) -> None:
        """Keep what was given, and end the thread."""
        self._given.put(None)
        self._thread.join()

    def _run(self) -> None:
        try:
            with Database(self._path) as database:
                cache = ReplyCache(database)
                while batch := self._take():
                    keep(batch, cache, self._entry)
                    with self._changed:
                        self._changed.notify_all()
        except BaseException as error:
            with self._changed:
                self._error = error
                self._changed.notify_all()

    def _take(self) -> list[tuple[Question, Reply]]:
        """Wait for a reply, and take those that come within a moment as well; none at the end."""
        item = self._given.get()
        if item is None:
            return []
        taken = [item]
        time.sleep(_GATHER_SECONDS)
        while len(taken) < _MOST_AT_ONCE and not self._given.empty():
            item = self._given.get()
            if item is None:
                self._given.put(None)  # Once these are kept.
                break
            taken.append(item)
        return taken


@runtime_checkable
class TellsAtOnce(Protocol):
    """A teacher that tells of a reply when it comes, before `ask` yields it."""

    on_reply: Callable[[TeacherRequest, Reply], None] | None
    """Called with the request, the very object that was read, and its reply; in any thread, for each reply once."""


class Asking:
    """One call of `Account.ask`."""

    def __init__(
        self,
        teacher: Teacher,
        cache: ReplyCache,
        entry: StageEntry,
        budget: Budget,
        count: Callable[[int], None],
        requests: Iterable[TeacherRequest],
    ) -> None:
        """Nothing is read yet; the arguments are the account's. `count` is told the tokens of each call's answer."""
        self._teacher = teacher
        self._cache = cache
        self._entry = entry
        self._budget = budget
        self._count = count
        self._model = teacher.name
        self._unread = enumerate(requests)
        self._next: tuple[int, bytes, TeacherRequest] | None = None
        """Read, not on disk, and not yet asked."""
        self._asked: dict[int, Question] = {}
        """What is under way, by the index that the teacher knows."""
        self._num_asked = 0
        """Of the teacher's present `ask`."""
        self._by_request: dict[int, Question] = {}
        """The same, by the identity of the request."""
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
        self._by_request = {}
        failure: HornbookError | None = None
        thread = self._keep_at_once()
        replies = self._teacher.ask(self._unanswered())
        try:
            for number, reply in replies:
                yield from self._settle(number, reply, thread)
                while self._ready:
                    yield self._ready.popleft()
        except HornbookError as error:
            failure = error
        finally:
            close = getattr(replies, "close", None)
            if close is not None:
                close()
            if thread is not None:
                thread.close()
        while self._ready:
            yield self._ready.popleft()
        if failure is not None:
            raise failure

    def _keep_at_once(self) -> KeepingThread | None:
        """Have replies kept as they come, where the teacher tells of them before they are taken."""
        if not isinstance(self._teacher, TellsAtOnce):
            return None
        thread = KeepingThread(self._cache.database, self._entry)

        def give(request: TeacherRequest, reply: Reply) -> None:
            question = self._by_request.get(id(request))
            if question is not None:
                thread.give(question, reply)

        self._teacher.on_reply = give
        return thread

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
            question = Question(key=key, request=request, reserve=reserve)
            self._asked[self._num_asked] = self._by_request[id(request)] = question
            self._num_asked += 1
            yield request

    def _settle(self, number: int, reply: Reply, thread: KeepingThread | None) -> Iterator[tuple[int, Reply]]:
        """See that a reply is on disk and in the ledger, and then hand it to all who wait for it."""
        question = self._asked.pop(number)
        del self._by_request[id(question.request)]
        self._reserved -= question.reserve
        if thread is not None and question.is_given:
            thread.wait(question)
        else:
            keep([(question, reply)], self._cache, self._entry)
        assert question.reply is not None
        assert question.cost is not None
        reply, cost = question.reply, question.cost
        indices = self._waiting.pop(question.key)
        for _ in indices[1:]:
            self._entry.add_hit(reply, cost)
        self._count(cost.tokens_out)
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
