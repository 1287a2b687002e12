"""Let a teacher write until enough records are kept: in the order of the requests, whatever the order of the replies.

Reads:  replies to the requests of a `Job`.
Writes: the records kept; every other answer with its reason; what each was asked for.

What is written is a pure function of the config, the seed and the replies. So a run that was killed and finds its
replies in a cache writes the same records.
"""

import dataclasses
import math
from collections import Counter
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Generic, Protocol, TypeVar

from hornbook.errors import ConfigError
from hornbook.records import Dropped, Record, content_id
from hornbook.synthesis.prompted.commission import Commission
from hornbook.synthesis.prompted.draws import draw_generator
from hornbook.synthesis.prompted.rejection import Reason, Rejection
from hornbook.teacher.teacher import Reply, Teacher, TeacherRequest

R = TypeVar("R", bound=Record)
Watched = TypeVar("Watched", contravariant=True)
Made = TypeVar("Made", bound=Record, covariant=True)

Progress = Callable[[int, int, str], None]
"""Called with the records kept, the records wanted, and a note on rate and yield."""

_FIRST_GUESS_OF_YIELD = 0.8


class WhenStale(StrEnum):
    """What the writer does when the monitor says that the records repeat themselves."""

    STOP = "stop"
    RESEED = "reseed"
    """Go on with another stream of seeds, up to `max_reseeds` times; then stop."""


@dataclass(frozen=True, kw_only=True)
class WriteConfig:
    """How much is written, and when to give up."""

    num_records: int
    max_attempts: int | None = None
    """Requests in all; None: four for every record wanted, and at least 20."""
    round_size: int = 64
    """The monitor is consulted after so many kept records."""
    when_stale: WhenStale = WhenStale.STOP
    max_reseeds: int = 3

    def __post_init__(self) -> None:
        for name, least in (("num_records", 1), ("round_size", 1), ("max_reseeds", 0)):
            if getattr(self, name) < least:
                raise ConfigError(f"`{name}` must be at least {least}, got {getattr(self, name)!r}")
        if self.max_attempts is not None and self.max_attempts < 1:
            raise ConfigError(f"`max_attempts` must be at least 1, got {self.max_attempts!r}")

    @property
    def most_attempts(self) -> int:
        """The number of requests at which the writer gives up."""
        return max(4 * self.num_records, 20) if self.max_attempts is None else self.max_attempts


class Monitor(Protocol[Watched]):
    """Watches how varied the records are that are being written."""

    def add(self, records: Sequence[Watched], /) -> None:
        """Take in records that were kept, in their order."""

    def stale(self) -> tuple[str, ...]:
        """Why going on is pointless, in words; empty as long as it is not."""

    def begin_window(self) -> None:
        """Judge only what comes from here on, against all before: the writer goes on with another stream of seeds."""


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
    dropped: list[Dropped] = field(default_factory=list)
    commissions: list[Commission] = field(default_factory=list)
    """One for each reply that was read, kept or not."""
    answers: list[str] = field(default_factory=list)
    """The raw text behind each of `dropped`."""
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
        return len(self.kept) + len(self.dropped)

    @property
    def rejections(self) -> dict[str, int]:
        """How many answers each reason put aside, the commonest first."""
        return dict(Counter(entry.reason for entry in self.dropped).most_common())


class Writer(Generic[R]):
    """Writes once. `written` holds what there is, also after an error of the teacher."""

    def __init__(
        self,
        job: Job[R],
        teacher: Teacher,
        config: WriteConfig,
        seed: int,
        *,
        monitor: Monitor[R] | None = None,
        progress: Progress | None = None,
    ) -> None:
        """Describe the work; nothing is asked yet."""
        self._job = job
        self._teacher = teacher
        self._config = config
        self._seed = seed
        self._monitor = monitor
        self._progress = progress
        self._ids: set[str] = set()
        self._num_watched = 0
        self.written: Written[R] = Written()

    def run(self) -> Written[R]:
        """Write.

        Returns:
            What was written, and why it ended. Replies that came too late to matter are not in it.

        Raises:
            HornbookError: As the teacher's `ask`; `written` holds what came before.
        """
        written = self.written
        while True:
            ending = self._write_stream(written.num_reseeds)
            if ending is not Ending.STALE or not self._may_reseed():
                written.ending = ending
                return written
            written.num_reseeds += 1
            if self._monitor is not None:
                self._monitor.begin_window()

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
            with closing(_in_order(self._teacher, requests)) as replies:
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
        if not isinstance(result, Rejection) and commission.record_id in self._ids:
            result = Rejection(Reason.REPEATED, commission.record_id)
        if isinstance(result, Rejection):
            name = content_id("answer", self._teacher.name, str(stream), str(index), reply.text)
            written.dropped.append(Dropped(id=name, reason=result.reason.value, detail=result.detail))
            written.answers.append(reply.text)
            outcome = result.reason.value
        else:
            written.kept.append(result)
            written.kept_tokens += reply.completion_tokens or 0
            name, outcome = commission.record_id, "kept"
            self._ids.add(name)
        written.commissions.append(dataclasses.replace(commission, record_id=name, stream=stream, outcome=outcome))
        if self._progress is not None:
            share = len(written.kept) / written.num_attempts
            self._progress(len(written.kept), self._config.num_records, f"{share:.0%} of the answers kept")

    def _is_stale(self) -> bool:
        """Show the monitor what is new after each round, and ask it."""
        kept = self.written.kept
        if self._monitor is None or len(kept) - self._num_watched < self._config.round_size:
            return False
        self._monitor.add(kept[self._num_watched :])
        self._num_watched = len(kept)
        reasons = self._monitor.stale()
        if reasons:
            self.written.stale_reasons = reasons
        return bool(reasons)

    def _may_reseed(self) -> bool:
        config = self._config
        return config.when_stale is WhenStale.RESEED and self.written.num_reseeds < config.max_reseeds


def write(
    job: Job[R],
    teacher: Teacher,
    config: WriteConfig,
    seed: int,
    *,
    monitor: Monitor[R] | None = None,
    progress: Progress | None = None,
) -> Written[R]:
    """Let a teacher write records.

    Args:
        job: Makes the requests and reads the replies.
        teacher: Entered.
        config: How much.
        seed: Of all choices in the requests.
        monitor: Consulted after each round of kept records, in the order of the requests; None: nobody watches.
        progress: Called after each reply.

    Returns:
        What was kept and what was not, in the order of the requests; a pure function of the arguments and the replies.

    Raises:
        HornbookError: As the teacher's `ask`. Use `Writer` to have what came before.
    """
    return Writer(job, teacher, config, seed, monitor=monitor, progress=progress).run()


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
