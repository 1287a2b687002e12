"""Let a teacher write until enough records are kept: in the order of the requests, whatever the order of the replies.

Reads:  replies to the requests of a `Job`.
Writes: the records kept; every other answer with its reason; what each was asked for.

What is written is a pure function of the config, the seed and the replies. So a run that was killed and finds its
replies in a cache writes the same records.
"""

import dataclasses
import math
from collections import Counter
from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Generic, Protocol, TypeVar

from hornbook.errors import ConfigError
from hornbook.pipeline.stage import Progress
from hornbook.records import Document, Exercise, content_id
from hornbook.synthesis.diversity.monitor import Monitor
from hornbook.synthesis.prompted.commission import Commission, Reason, RejectedAnswer, Rejection
from hornbook.synthesis.prompted.ingredients import draw_generator
from hornbook.teacher.account import Account
from hornbook.teacher.api import Reply, Teacher, TeacherRequest

R = TypeVar("R", bound=Exercise | Document)
Made = TypeVar("Made", bound=Exercise | Document, covariant=True)

ROUND_SIZE = 64
"""The monitor is consulted after so many kept records."""
MAX_RESEEDS = 3
_FIRST_GUESS_OF_YIELD = 0.8


class WhenStale(StrEnum):
    """What the writer does when the monitor says that the records repeat themselves."""

    STOP = "stop"
    RESEED = "reseed"
    """Go on with another stream of seeds, up to `MAX_RESEEDS` times; then stop."""
    IGNORE = "ignore"


def require_one_of(name: str, value: str, values: type[StrEnum]) -> None:
    """Check a field of a config.

    Raises:
        ConfigError: The value is none of those of the enum.
    """
    if value not in list(values):
        raise ConfigError(f"`{name}` must be one of {', '.join(values)}, got {value!r}")


@dataclass(frozen=True, kw_only=True)
class WriteConfig:
    """How much is written, and when to give up."""

    num_records: int
    max_attempts: int | None = None
    """Requests in all; None: four for every record wanted, and at least 20."""
    when_stale: WhenStale = WhenStale.STOP

    def __post_init__(self) -> None:
        for name in ("num_records", "max_attempts"):
            value = getattr(self, name)
            if value is not None and value < 1:
                raise ConfigError(f"`{name}` must be at least 1, got {value!r}")

    @property
    def most_attempts(self) -> int:
        """The number of requests at which the writer gives up."""
        return max(4 * self.num_records, 20) if self.max_attempts is None else self.max_attempts


class Job(Protocol[Made]):
    """What is to be written: makes requests and reads their replies. Pure functions of their arguments."""

    def request(self, seed: int, index: int) -> TeacherRequest:
        """Request number `index` of a seed."""

    def read(self, seed: int, index: int, reply: Reply) -> tuple[Made | Rejection, Commission]:
        """What its reply became, and what was asked for; the commission's outcome and stream are set by the writer."""


class Ending(StrEnum):
    """Why the writer stopped."""

    DONE = "wrote as many as wanted"
    ATTEMPTS = "used up its attempts"
    STALE = "the records repeat themselves"
    UNFINISHED = "was interrupted"


@dataclass
class Written(Generic[R]):
    """What has been written so far, in the order of the requests."""

    kept: list[R] = field(default_factory=list)
    rejected: list[RejectedAnswer] = field(default_factory=list)
    commissions: list[Commission] = field(default_factory=list)
    """One for each reply that was read, kept or not."""
    ending: Ending = Ending.UNFINISHED
    stale_reasons: tuple[str, ...] = ()
    """What the monitor last complained of."""
    num_reseeds: int = 0
    completion_tokens: int = 0
    """Of all replies read, by the server's count."""
    prompt_tokens: int = 0
    kept_tokens: int = 0
    """Of the replies that became records."""

    @property
    def num_attempts(self) -> int:
        """Replies read."""
        return len(self.kept) + len(self.rejected)

    @property
    def rejections(self) -> dict[str, int]:
        """How many answers were rejected for each reason, the commonest first."""
        return dict(Counter(entry.reason for entry in self.rejected).most_common())

    @property
    def num_topics(self) -> int:
        """Different topics that kept records were asked for."""
        return len({topic for one in self.commissions if one.outcome == "kept" for topic in one.topics})


@dataclass
class Writer(Generic[R]):
    """Writes once. `written` holds what there is, also after an error of the teacher."""

    _job: Job[R]
    _account: Account
    """Entered."""
    _config: WriteConfig
    _seed: int
    """Of all choices in the requests."""
    _progress: Progress
    """Called after each reply with the records kept, the records wanted, and a note on yield and rate."""
    written: Written[R] = field(default_factory=Written)
    _monitor: Monitor = field(default_factory=Monitor)
    _ids: set[str] = field(default_factory=set)
    _num_watched: int = 0

    def run(self) -> Written[R]:
        """Write, and note in the account what the answers led to.

        Returns:
            What was written, and why it ended. Replies that came too late to matter are not in it.

        Raises:
            HornbookError: As the account's `ask`; `written` holds what came before.
        """
        written = self.written
        try:
            while True:
                ending = self._write_stream(written.num_reseeds)
                if ending is not Ending.STALE or not self._may_reseed():
                    written.ending = ending
                    return written
                written.num_reseeds += 1
                self._monitor.begin_window()
        finally:
            self._account.kept(len(written.kept), written.kept_tokens)

    def _write_stream(self, stream: int) -> Ending:
        """Ask with one stream of seeds until done, out of attempts, or stale."""
        seed = stream_seed(self._seed, stream)
        index = 0
        while True:
            if len(self.written.kept) >= self._config.num_records:
                return Ending.DONE
            number = self._wave_size()
            if number == 0:
                return Ending.ATTEMPTS
            requests = (self._job.request(seed, at) for at in range(index, index + number))
            with closing(_in_order(self._account, requests)) as replies:
                for place, reply in replies:
                    self._take(seed, stream, index + place, reply)
                    if self._is_stale():
                        return Ending.STALE
                    if len(self.written.kept) >= self._config.num_records:
                        return Ending.DONE
            index += number

    def _wave_size(self) -> int:
        """How many requests are likely to give what is missing; how many are asked at once changes no record."""
        written = self.written
        missing = self._config.num_records - len(written.kept)
        left = self._config.most_attempts - written.num_attempts
        share = (len(written.kept) + 4 * _FIRST_GUESS_OF_YIELD) / (written.num_attempts + 4)
        return max(min(math.ceil(missing / max(share, 0.05)), left), 0)

    def _take(self, seed: int, stream: int, index: int, reply: Reply) -> None:
        written = self.written
        written.completion_tokens += reply.completion_tokens or 0
        written.prompt_tokens += reply.prompt_tokens or 0
        result, commission = self._job.read(seed, index, reply)
        if not isinstance(result, Rejection) and result.id in self._ids:
            result = Rejection(Reason.REPEATED, result.id)
        if isinstance(result, Rejection):
            outcome = result.reason.value
            name = content_id("answer", self._account.name, str(stream), str(index), reply.text)
            written.rejected.append(RejectedAnswer(id=name, reason=outcome, detail=result.detail, text=reply.text))
        else:
            name, outcome = result.id, "kept"
            written.kept.append(result)
            written.kept_tokens += reply.completion_tokens or 0
            self._ids.add(name)
        written.commissions.append(dataclasses.replace(commission, record_id=name, stream=stream, outcome=outcome))
        self._tell()

    def _tell(self) -> None:
        """Say how many records there are, the yield, the rate, the cost and the time left."""
        num_kept, num_wanted = len(self.written.kept), self._config.num_records
        left, num_answers = None, self._account.num_answers
        if num_kept and num_answers:
            left = round((num_wanted - num_kept) * num_answers / num_kept)
        share = f"{num_kept / self.written.num_attempts:.0%} of the answers kept"
        self._progress(num_kept, num_wanted, ", ".join(filter(None, (share, self._account.note(left)))))

    def _is_stale(self) -> bool:
        """Show the monitor what is new after each round, and ask it."""
        kept = self.written.kept
        if self._config.when_stale is WhenStale.IGNORE or len(kept) - self._num_watched < ROUND_SIZE:
            return False
        self._monitor.add(kept[self._num_watched :])
        self._num_watched = len(kept)
        reasons = self._monitor.stale()
        if reasons:
            self.written.stale_reasons = reasons
        return bool(reasons)

    def _may_reseed(self) -> bool:
        return self._config.when_stale is WhenStale.RESEED and self.written.num_reseeds < MAX_RESEEDS


def stream_seed(seed: int, stream: int) -> int:
    """The seed of a stream: the given one at first, another after each re-seeding."""
    return seed if stream == 0 else draw_generator(seed, "stream", stream).getrandbits(63)


def _in_order(teacher: Teacher, requests: Iterator[TeacherRequest]) -> Generator[tuple[int, Reply], None, None]:
    """The replies in the order of their requests; abandons what is under way when it is closed."""
    waiting: dict[int, Reply] = {}
    following = 0
    replies = teacher.ask(requests)
    try:
        for index, reply in replies:
            waiting[index] = reply
            while following in waiting:
                yield following, waiting.pop(following)
                following += 1
    finally:
        close = getattr(replies, "close", None)
        if close is not None:
            close()
