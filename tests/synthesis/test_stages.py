import dataclasses
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pytest
from tests.synthesis.conftest import Asking
from tests.synthesis.exercises_at_hand import exercise, metadata, passage

from hornbook.errors import ConfigError
from hornbook.pipeline.run import Pipeline
from hornbook.pipeline.stage import Artifact, Context, Result, Stage
from hornbook.pipeline.store import Store
from hornbook.recipes.laptop import laptop
from hornbook.records import CURRICULUM, Document, DocumentKind, Dropped, Exercise, as_document, exercise_of
from hornbook.synthesis import verify as module
from hornbook.synthesis import write
from hornbook.synthesis.check import Change, SliceChecker
from hornbook.synthesis.curriculum import exercises as curriculum
from hornbook.synthesis.curriculum.exercises import ExercisesConfig
from hornbook.synthesis.curriculum.textbooks import TextbooksConfig
from hornbook.synthesis.levels import VerifyConfig
from hornbook.synthesis.verify import verify
from hornbook.synthesis.write import write_exercises, write_textbooks

RIGHT = exercise("double(number: int) -> int", "Double it.\n\n>>> double(3)\n6", "return 2 * number")
WRONG = exercise("triple(number: int) -> int", "Triple it. triple(3) == 10", "return 3 * number")
TRUE, FALSE = (f"Adding.\n\n```python\nprint(2 + 3)\n```\n\n```\n{number}\n```\n" for number in (5, 6))
MODULES = {
    "true": 'def f(x):\n    return x\n\n\ndef g(x):\n    """Add.\n\n    >>> f(g(1))\n    2\n    """\n    return x+1\n',
    "false": 'def g(x):\n    """Add.\n\n    >>> g(1)\n    3\n    """\n    return x + 1\n',
    "without examples": "import sys\n\n\ndef h(x):\n    return sys.path\n",
    "needs another": 'import unknown\n\n\ndef g(x):\n    """Add.\n\n    >>> g(1)\n    3\n    """\n',
    "prose": "No code at all, but words.\n",
}


def modules() -> list[Document]:
    return [Document(id=name, kind=DocumentKind.CODE, text=text) for name, text in MODULES.items()]


def written(documents: Sequence[Document], name: str = "written") -> Stage:
    def run(_config: None, _inputs: object, workspace: Any) -> Result:
        return Result(kept=workspace.write_records("documents", Document, documents), unit="documents")

    return Stage(name, run, None, 1)


def build(stage: Stage, folder: Path, open_teacher: Any = None) -> Artifact:
    """The artifact of a stage, and before it those of its inputs."""
    store = Store(folder, is_durable=False)
    store.open_for_writing()
    artifacts: dict[str, Artifact] = {}
    for one in Pipeline.ending_in("test", stage, seed=3).stages:
        inputs = {key: artifacts[source.name] for key, source in one.inputs.items()}
        artifacts[one.name] = store.build(one, inputs, lambda *_: None, Context(open_teacher=open_teacher))
    return artifacts[stage.name]


def ids(records: Iterable[Any]) -> list[str]:
    return [one.id for one in records]


def test_exercises_passages_and_modules_are_checked_each_in_its_way(tmp_path: Path) -> None:
    others = [as_document(RIGHT), as_document(WRONG), passage(TRUE, called="true one"), passage(FALSE, called="mended")]
    config = VerifyConfig(num_inputs=4)
    made = build(verify(written(others), written(modules(), "modules"), config=config), tmp_path)
    kept = made.records("documents", Document)
    assert ids(kept) == ["double", "true one", "mended", "true", "without examples", "needs another", "prose"]
    reasons = {one.id: one.reason for one in made.table("dropped", Dropped)}
    assert reasons == {"triple": "shows a wrong example", "false": "shows a wrong example"}
    assert exercise_of(kept[0]).test.startswith("def check(candidate):")
    assert dataclasses.replace(exercise_of(kept[0]), test="") == RIGHT
    assert [one.text for one in kept[1:3]] == [TRUE, TRUE]
    assert kept[3:] == [one for one in modules() if one.id != "false"]
    metrics = made.manifest.metrics
    assert (metrics["num_exercises"], metrics["num_passages"], metrics["num_modules"]) == (1, 2, 4)
    assert metrics["num_without_anything_to_check"] == 3
    assert list(metrics["levels"].values()) == [5, 5, 4, 2, 0]
    expected = {"with Python": 2, "all code runs": 2, "outputs true as written": 1, "outputs repaired": 1}
    assert metrics["passages"] == expected
    assert [(one.id, one.field) for one in made.table("changes", Change)] == [("double", "test"), ("mended", "text")]
    strict = build(verify(written(others), config=dataclasses.replace(config, repair=False)), tmp_path)
    assert strict.manifest.dropped == {"shows a wrong example": 1, "shows a wrong output": 1}


def test_what_the_curriculum_wrote_is_held_to_all_that_it_says(tmp_path: Path) -> None:
    exercises = write_exercises(ExercisesConfig(num_exercises=12, num_held_out=3))
    textbooks = write_textbooks(TextbooksConfig(num_passages=10))
    made, told = build(exercises, tmp_path), build(textbooks, tmp_path)
    assert (made.manifest.kept, told.manifest.kept, made.manifest.metrics["num_held_out"]) == (12, 10, 21)
    assert made.manifest.metrics["diversity"]["num_records"] == 12
    assert sum(made.manifest.metrics["families"].values()) == sum(told.manifest.metrics["audiences"].values()) + 2 == 12
    first = made.records("exercises", Exercise)[0]
    broken = dataclasses.replace(first, id="broken", solution="    return undefined\n")
    wrong = [as_document(broken), passage(FALSE, called="false", teacher=CURRICULUM)]
    result = build(verify(textbooks, exercises, written(wrong)), tmp_path)
    assert ids(result.table("documents", Document)) == ids(told.documents()) + ids(made.documents())
    assert result.manifest.dropped == {"raises": 1, "shows a wrong output": 1}
    assert not result.has("verifications")


def test_the_curriculum_writes_the_same_in_processes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(curriculum, "CHUNK_SIZE", 50)
    stages = [
        write_exercises(ExercisesConfig(num_exercises=120)),
        write_textbooks(TextbooksConfig(num_passages=60)),
    ]
    alone = [build(stage, tmp_path / "alone").manifest.files for stage in stages]
    monkeypatch.setattr(write, "FEWEST_IN_PROCESSES", 1)
    assert [build(stage, tmp_path / "shared").manifest.files for stage in stages] == alone


def test_slices_and_a_kill_change_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    exercises = [exercise(f"add_{n}(x: int) -> int", f"add_{n}(1) == {n + n % 3}", f"return x + {n}") for n in range(9)]
    stage = verify(written([*map(as_document, exercises), *modules()]), config=VerifyConfig(num_inputs=4))
    whole = build(stage, tmp_path / "whole")
    monkeypatch.setattr(module, "SLICE_CHARACTERS", 200)
    check, is_killed, checked = SliceChecker.check, True, set()

    def watched(self: SliceChecker, job: Any, folder: Path) -> None:
        if is_killed and job[1] > 2:
            raise ConfigError("killed")
        checked.add(job[1])
        check(self, job, folder)

    monkeypatch.setattr(SliceChecker, "check", watched)
    monkeypatch.setattr("hornbook.parallel.num_cores", lambda: 1)
    with pytest.raises(ConfigError, match="killed"):
        build(stage, tmp_path / "slices")
    before, is_killed = set(checked), False
    checked.clear()
    sliced = build(stage, tmp_path / "slices")
    assert before
    assert not before & checked
    for name, record in (("documents", Document), ("dropped", Dropped), ("changes", Change)):
        assert sliced.records(name, record) == whole.records(name, record), name  # type: ignore[type-var]
    assert sliced.manifest.metrics == whole.manifest.metrics


def test_a_teacher_is_asked_slice_by_slice_and_its_answers_decide(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, asking: Asking
) -> None:
    monkeypatch.setattr(module, "SLICE_CHARACTERS", 100)
    square = exercise("square(number: int) -> int", "Square it.", "return number + number")
    given = [as_document(one) for one in (RIGHT, WRONG, square)]
    config = VerifyConfig(teacher="tiny", num_solutions=2, num_inputs=4)

    def solve(asked: Any) -> str:
        name, body = ("double", "number + number") if "def double" in asked.text else ("square", "number * number")
        return f"```python\ndef {name}(number: int) -> int:\n    return {body}\n```"

    with asking(solve) as (account, endpoint):
        made = build(verify(written(given), config=config), tmp_path, lambda *_: _Open(account))
        assert account.summary()["run"][0]["kept_records"] == 1
    assert len(endpoint.asked) == 4
    assert ids(made.table("documents", Document)) == ["double"]
    assert made.manifest.dropped == {"independent solutions disagree": 1, "shows a wrong example": 1}
    assert list(made.manifest.metrics["levels"].values()) == [3, 3, 3, 2, 1]


class _Open:
    """An account that is open already."""

    def __init__(self, account: Any) -> None:
        self.account = account

    def __enter__(self) -> Any:
        return self.account

    def __exit__(self, *_: object) -> None:
        pass


def test_a_model_that_nobody_can_reach_is_a_mistake(tmp_path: Path) -> None:
    for stage in (
        write_textbooks(TextbooksConfig(teacher="tiny")),
        verify(written(modules()), config=VerifyConfig(teacher="tiny")),
    ):
        with pytest.raises(ConfigError, match="--teacher URL"):
            build(stage, tmp_path)


def test_an_exercise_of_a_document_is_what_it_was_made_from() -> None:
    whole = dataclasses.replace(RIGHT, operations=("one", "two"), test="def check(f):\n    pass\n")
    assert exercise_of(as_document(whole)) == whole
    assert json.loads(as_document(whole).metadata)["operations"] == ["one", "two"]
    assert metadata(passage(TRUE), "teacher") == "tests"


def test_a_language_model_is_asked_more_often_than_it_is_wanted_to_write_and_the_curriculum_is_not_asked() -> None:
    stage = laptop().stage("exercises")
    assert isinstance(stage.config, ExercisesConfig)
    free = stage.estimated()
    assert (free.teacher_calls, free.price_usd) == (0, 0)
    taught = dataclasses.replace(
        stage, config=dataclasses.replace(stage.config, teacher="gpt-4o-mini", num_exercises=1000)
    ).estimated()
    assert taught.documents == 1000 < taught.teacher_calls < 1500
    assert taught.teacher_tokens_out == pytest.approx(150 * taught.teacher_calls)
    assert taught.price_usd > 0
    assert "can be used" in taught.assumptions[0]
