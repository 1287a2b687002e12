import dataclasses
import itertools
import random
from collections.abc import Iterator

import pytest
from tests.evaluation.scripted_endpoint import Asked
from tests.synthesis.conftest import Asking
from tests.synthesis.diversity.writers import varied
from tests.synthesis.prompted.test_exercises import GOOD, INGREDIENTS, fenced

from hornbook.errors import ConfigError, EndpointError
from hornbook.records import Exercise
from hornbook.synthesis.diversity.monitor import WINDOW
from hornbook.synthesis.prompted.exercises import Constraint, ExerciseJob, ExercisePromptConfig
from hornbook.synthesis.prompted.writing import (
    MAX_RESEEDS,
    ROUND_SIZE,
    Ending,
    WhenStale,
    WriteConfig,
    Writer,
    Written,
    stream_seed,
)
from hornbook.teacher.account import Account

MANY = dataclasses.replace(INGREDIENTS, names=[f"count_{letter}{n}" for letter in "abcdefghij" for n in range(90)])
JOB = ExerciseJob(MANY, ExercisePromptConfig(constraint=Constraint.NAME), "tiny")
FREE = ExerciseJob(MANY, ExercisePromptConfig(constraint=Constraint.FIXED, temperature=1.0), "tiny")


def speak(asked: Asked) -> str | int:
    """Mostly a good exercise of the name asked for; the last digit of the name decides."""
    name = asked.text.split("Function name: `")[1].split("`")[0]
    match name[-1]:
        case "3":
            return "I cannot think of anything."
        case "5":
            return 400
        case "7":
            return fenced(GOOD)  # Another name than was asked for.
    return fenced(GOOD.replace("count_boxes", name))


def write(account: Account, config: WriteConfig, job: ExerciseJob = JOB, seed: int = 0) -> Written[Exercise]:
    return Writer(job, account, config, seed, lambda *_: None).run()


def test_as_many_as_wanted_are_kept_and_every_other_answer_has_a_reason(asking: Asking) -> None:
    told: list[tuple[int, int, str]] = []
    with asking(speak) as (account, endpoint):
        writer = Writer(JOB, account, WriteConfig(num_records=50), 0, lambda *said: told.append(said))
        written = writer.run()
        assert account.summary()["run"][0]["kept_records"] == 50
    assert (len(written.kept), written.ending) == (50, Ending.DONE)
    assert set(written.rejections) == {"no code", "no answer", "no function of the name asked for"}
    assert written.num_attempts == 50 + sum(written.rejections.values()) == len(written.commissions) == len(told)
    assert len(endpoint.asked) <= written.num_attempts + 8
    num_answered = written.num_attempts - written.rejections["no answer"]
    assert (written.prompt_tokens, written.completion_tokens) == (7 * num_answered, 50 * num_answered)
    assert written.kept_tokens == 50 * 50
    assert told[-1][:2] == (50, 50)
    assert f"{50 / written.num_attempts:.0%}" in told[-1][2]


def test_records_are_in_the_order_of_the_requests_whatever_order_replies_come_in(
    asking: Asking,
) -> None:
    results = []
    for concurrency in (1, 16):
        with asking(speak, concurrency) as (account, _):
            results.append(write(account, WriteConfig(num_records=40)))
    written = results[0]
    assert dataclasses.asdict(written) == dataclasses.asdict(results[1])
    assert [one.index for one in written.commissions] == list(range(written.num_attempts))
    kept = {one.record_id: one for one in written.commissions if one.outcome == "kept"}
    assert [kept[exercise.id].name for exercise in written.kept] == [exercise.entry_point for exercise in written.kept]
    rejected = {one.record_id: one.outcome for one in written.commissions if one.outcome != "kept"}
    assert rejected == {entry.id: entry.reason for entry in written.rejected}
    assert len({one.prompt_sha256 for one in written.commissions}) == written.num_attempts


def test_the_writer_gives_up_when_its_attempts_are_used_up(asking: Asking) -> None:
    with asking(lambda _: "nothing") as (account, endpoint):
        written = write(account, WriteConfig(num_records=10, max_attempts=33))
    assert (written.ending, written.kept) == (Ending.ATTEMPTS, [])
    assert written.num_attempts == len(endpoint.asked) == 33
    assert [WriteConfig(num_records=number).most_attempts for number in (10, 1)] == [40, 20]
    for fields in ({"num_records": 0}, {"num_records": 1, "max_attempts": 0}):
        with pytest.raises(ConfigError, match="at least 1"):
            WriteConfig(**fields)


def test_the_same_text_is_kept_once(asking: Asking) -> None:
    with asking(lambda _: fenced(GOOD)) as (account, _):
        written = write(account, WriteConfig(num_records=3, max_attempts=5), FREE)
    assert len(written.kept) == 1
    assert written.rejections == {"was written before": 4}
    assert {entry.detail for entry in written.rejected} == {written.kept[0].id}


def alike(numbers: Iterator[int]) -> str:
    number = next(numbers)
    return fenced(f'def add_it(x: int) -> int:\n    """Add {number} to x."""\n    return x + {number}\n')


@pytest.mark.parametrize(
    ("when_stale", "num_kept", "num_reseeds"),
    [(WhenStale.STOP, 2, 0), (WhenStale.RESEED, 2 + 2 * MAX_RESEEDS, MAX_RESEEDS), (WhenStale.IGNORE, 0, 0)],
)
def test_a_stale_generation_stops_or_goes_on_with_other_seeds(
    asking: Asking, when_stale: WhenStale, num_kept: int, num_reseeds: int
) -> None:
    numbers = itertools.count()
    num_wanted = 2 * ROUND_SIZE + 2 if when_stale is WhenStale.IGNORE else 600
    assert ROUND_SIZE < WINDOW <= 2 * ROUND_SIZE
    with asking(lambda _: alike(numbers)) as (account, _):
        written = write(account, WriteConfig(num_records=num_wanted, when_stale=when_stale), FREE)
    if when_stale is WhenStale.IGNORE:
        assert (written.ending, len(written.kept), written.stale_reasons) == (Ending.DONE, num_wanted, ())
        return
    assert (written.ending, written.num_reseeds) == (Ending.STALE, num_reseeds)
    assert len(written.kept) == num_kept * ROUND_SIZE
    assert written.stale_reasons
    streams = [(one.stream, one.index) for one in written.commissions]
    assert streams == sorted(streams)
    assert {stream for stream, _ in streams} == set(range(num_reseeds + 1))
    assert len({stream_seed(5, stream) for stream in range(4)} | {5}) == 4


def test_a_varied_generation_is_not_stopped(asking: Asking) -> None:
    rng = random.Random(1)
    texts = iter([one.prompt + one.solution for one in (varied(rng) for _ in range(400))])
    with asking(lambda _: fenced(next(texts))) as (account, _):
        written = write(account, WriteConfig(num_records=2 * ROUND_SIZE + 1), FREE)
    assert (written.ending, written.rejections) == (Ending.DONE, {})


def test_what_came_before_an_error_of_the_teacher_can_be_had(asking: Asking) -> None:
    numbers = itertools.count()

    def answer(asked: Asked) -> str | int:
        return speak(asked) if next(numbers) < 5 else 401

    with asking(answer, 1) as (account, _):
        writer = Writer(JOB, account, WriteConfig(num_records=10), 0, lambda *_: None)
        with pytest.raises(EndpointError):
            writer.run()
        assert account.summary()["run"][0]["kept_records"] == len(writer.written.kept)
    assert writer.written.num_attempts == 5
    assert writer.written.ending is Ending.UNFINISHED
