"""The requests of one `Account.ask` on their way: to the disk or to the teacher, within the budget, and back.

Reads, writes: the teacher's database, through `cache.py`, `keeper.py` and `ledger.py`.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import Protocol, runtime_checkable

from hornbook.errors import BudgetError, HornbookError
from hornbook.teacher.budget import Budget, most_tokens
from hornbook.teacher.cache import Kept, ReplyCache, request_key
from hornbook.teacher.keeper import KeepingThread, Question, keep
from hornbook.teacher.ledger import StageEntry
from hornbook.teacher.pace import Pace
from hornbook.teacher.teacher import Reply, Teacher, TeacherRequest

_MOST_READY = 256
"""So many answers from the disk wait at most while the teacher is asked for others."""


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
        pace: Pace,
        requests: Iterable[TeacherRequest],
    ) -> None:
        """Nothing is read yet; the arguments are the account's."""
        self._teacher = teacher
        self._cache = cache
        self._entry = entry
        self._budget = budget
        self._pace = pace
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
        self._pace.add(cost.tokens_out)
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
