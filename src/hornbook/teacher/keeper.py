"""Put replies on disk and into the ledger in the moment in which they come, whatever the one who asked is doing then.

Reads, writes: the teacher's database, through `cache.py` and `ledger.py`.
"""

import queue
import re
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

from hornbook.teacher.cache import Cost, ReplyCache
from hornbook.teacher.database import Database
from hornbook.teacher.ledger import StageEntry
from hornbook.teacher.teacher import Reply, TeacherRequest

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
