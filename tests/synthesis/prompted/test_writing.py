import dataclasses
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import pytest
from tests.synthesis.prompted.exercise_texts import GOOD, fenced
from tests.teacher.scripted import ScriptedTeacher

from hornbook.errors import ConfigError, EndpointError
from hornbook.records import Exercise
from hornbook.synthesis.prompted.exercise_prompts import Constraint, ExerciseIngredients, ExercisePromptConfig
from hornbook.synthesis.prompted.exercises import ExerciseJob
from hornbook.synthesis.prompted.forms import read_layouts
from hornbook.synthesis.prompted.function_rules import FunctionRules
from hornbook.synthesis.prompted.word_lists import Topic
from hornbook.synthesis.prompted.writing import Ending, WhenStale, WriteConfig, Writer, Written, stream_seed, write
from hornbook.teacher.teacher import Reply, ReplyOutcome, TeacherRequest

INGREDIENTS = ExerciseIngredients(
    names=[f"count_{letter}{number}" for letter in "abcdefghij" for number in range(40)],
    topics=[Topic(f"area {number % 3}", f"topic {number}") for number in range(12)],
    professions=["a baker"],
    twists=["It stops early."],
    layouts=read_layouts()[:2],
)
JOB = ExerciseJob(INGREDIENTS, ExercisePromptConfig(constraint=Constraint.NAME), FunctionRules(), "tiny")


def name_in(request: TeacherRequest) -> str:
    text = request.body("")["messages"][-1]["content"]
    return str(text.split("Function name: `")[1].split("`")[0])


def speak(request: TeacherRequest) -> str | Reply:
    """Mostly a good exercise of the name asked for; the last digit of the name decides."""
    name = name_in(request)
    match name[-1]:
        case "3":
            return "I cannot think of anything."
        case "5":
            return Reply(outcome=ReplyOutcome.CUT, text="```python\ndef", completion_tokens=2)
        case "7":
            return fenced(GOOD)  # Another name than was asked for.
    return Reply(outcome=ReplyOutcome.ANSWERED, text=fenced(GOOD.replace("count_boxes", name)), completion_tokens=50)


def written_with(teacher: ScriptedTeacher, config: WriteConfig, seed: int = 0) -> Written[Exercise]:
    with teacher:
        return write(JOB, teacher, config, seed)


def test_as_many_as_wanted_are_kept_and_every_other_answer_has_a_reason() -> None:
    written = written_with(ScriptedTeacher(speak), WriteConfig(num_records=50))
    assert len(written.kept) == 50
    assert written.ending is Ending.DONE
    assert set(written.rejections) == {"no code", "cut off", "no function of the name asked for"}
    assert written.num_attempts == 50 + sum(written.rejections.values()) == len(written.commissions)
    assert written.completion_tokens == 50 * 50 + 2 * written.rejections["cut off"]
    assert written.kept_tokens == 50 * 50
    assert len(written.answers) == len(written.dropped)


@pytest.mark.parametrize("num_ahead", [1, 3, 40])
def test_records_do_not_depend_on_the_order_in_which_replies_come(num_ahead: int) -> None:
    config = WriteConfig(num_records=40, round_size=7)
    calm = written_with(ScriptedTeacher(speak), config)
    shuffled = written_with(ScriptedTeacher(speak, num_ahead=num_ahead, shuffle=random.Random(num_ahead)), config)
    assert dataclasses.asdict(calm) == dataclasses.asdict(shuffled)


def test_a_commission_leads_from_each_record_to_what_was_asked() -> None:
    teacher = ScriptedTeacher(speak, num_ahead=5, shuffle=random.Random(1))
    written = written_with(teacher, WriteConfig(num_records=20))
    assert [one.index for one in written.commissions] == list(range(written.num_attempts))
    kept = {one.record_id: one for one in written.commissions if one.outcome == "kept"}
    assert [kept[exercise.id].name for exercise in written.kept] == [exercise.entry_point for exercise in written.kept]
    put_aside = {one.record_id: one.outcome for one in written.commissions if one.outcome != "kept"}
    assert put_aside == {entry.id: entry.reason for entry in written.dropped}
    assert len({one.prompt_sha256 for one in written.commissions}) == written.num_attempts


def test_few_more_requests_are_asked_than_are_read() -> None:
    teacher = ScriptedTeacher(speak)
    written = written_with(teacher, WriteConfig(num_records=100))
    assert len(teacher.asked) <= written.num_attempts + 5


def test_the_writer_gives_up_when_its_attempts_are_used_up() -> None:
    teacher = ScriptedTeacher(lambda _: "nothing")
    written = written_with(teacher, WriteConfig(num_records=10, max_attempts=33))
    assert written.ending is Ending.ATTEMPTS
    assert written.num_attempts == len(teacher.asked) == 33
    assert written.kept == []
    assert WriteConfig(num_records=10).most_attempts == 40
    assert WriteConfig(num_records=1).most_attempts == 20


def test_the_same_text_is_kept_once() -> None:
    job = ExerciseJob(
        INGREDIENTS, ExercisePromptConfig(constraint=Constraint.FIXED, temperature=1.0), FunctionRules(), "tiny"
    )
    with ScriptedTeacher(lambda _: fenced(GOOD)) as teacher:
        written = write(job, teacher, WriteConfig(num_records=3, max_attempts=5), 0)
    assert len(written.kept) == 1
    assert written.rejections == {"was written before": 4}
    assert {entry.detail for entry in written.dropped} == {written.kept[0].id}


@dataclass
class Watcher:
    """Says that the records are stale after each of these rounds."""

    stale_after: Callable[[int], bool]
    seen: list[list[str]] = field(default_factory=list)
    num_windows: int = 1

    def add(self, records: Sequence[Exercise], /) -> None:
        self.seen.append([record.entry_point for record in records])

    def stale(self) -> tuple[str, ...]:
        return ("all alike",) if self.stale_after(len(self.seen)) else ()

    def begin_window(self) -> None:
        self.num_windows += 1


def watched(config: WriteConfig, watcher: Watcher) -> tuple[Written[Exercise], ScriptedTeacher]:
    with ScriptedTeacher(speak, num_ahead=4) as teacher:
        return write(JOB, teacher, config, 0, monitor=watcher), teacher


def test_the_monitor_sees_the_kept_records_in_their_order_round_by_round() -> None:
    watcher = Watcher(lambda _: False)
    written, _ = watched(WriteConfig(num_records=35, round_size=10), watcher)
    assert watcher.seen == [[one.entry_point for one in written.kept[at : at + 10]] for at in (0, 10, 20)]
    assert written.stale_reasons == ()


def test_a_stale_generation_stops_with_the_reason_and_keeps_what_there_is() -> None:
    written, teacher = watched(WriteConfig(num_records=100, round_size=10), Watcher(lambda rounds: rounds == 2))
    assert written.ending is Ending.STALE
    assert written.stale_reasons == ("all alike",)
    assert len(written.kept) == 20
    assert len(teacher.asked) <= written.num_attempts + 4


def test_a_stale_generation_can_go_on_with_another_stream_of_seeds() -> None:
    watcher = Watcher(lambda rounds: rounds == 2)
    config = WriteConfig(num_records=40, round_size=10, when_stale=WhenStale.RESEED)
    written, _ = watched(config, watcher)
    assert written.ending is Ending.DONE
    assert (written.num_reseeds, watcher.num_windows) == (1, 2)
    streams = [(one.stream, one.index) for one in written.commissions]
    assert streams == sorted(streams)
    assert {stream for stream, _ in streams} == {0, 1}
    assert next(one.index for one in written.commissions if one.stream == 1) == 0
    assert stream_seed(0, 0) == 0 != stream_seed(0, 1) != stream_seed(0, 2)


def test_after_some_reseedings_a_stale_generation_stops() -> None:
    config = WriteConfig(num_records=100, round_size=10, when_stale=WhenStale.RESEED, max_reseeds=2)
    written, _ = watched(config, Watcher(lambda _: True))
    assert written.ending is Ending.STALE
    assert written.num_reseeds == 2
    assert len(written.kept) == 30


def test_what_came_before_an_error_of_the_teacher_can_be_had() -> None:
    lines = [speak, speak, EndpointError("gone")]
    script = iter(lines)
    teacher = ScriptedTeacher(lambda request: line(request) if callable(line := next(script)) else line)
    with teacher:
        writer = Writer(JOB, teacher, WriteConfig(num_records=10), 0)
        with pytest.raises(EndpointError, match="gone"):
            writer.run()
    assert writer.written.num_attempts == 2
    assert writer.written.ending is Ending.UNFINISHED


def test_progress_is_told_after_each_reply() -> None:
    told: list[tuple[int, int, str]] = []
    with ScriptedTeacher(speak) as teacher:
        written = write(JOB, teacher, WriteConfig(num_records=12), 0, progress=lambda *said: told.append(said))
    assert len(told) == written.num_attempts
    assert told[-1] == (12, 12, f"{12 / written.num_attempts:.0%} of the answers kept")


@pytest.mark.parametrize(
    "fields", [{"num_records": 0}, {"num_records": 1, "round_size": 0}, {"num_records": 1, "max_attempts": 0}]
)
def test_a_config_that_cannot_be_used_is_refused(fields: dict[str, int]) -> None:
    with pytest.raises(ConfigError, match="must be at least"):
        WriteConfig(**fields)
