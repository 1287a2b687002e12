import dataclasses
from pathlib import Path
from typing import Any, cast

import pyarrow.parquet as pq
import pytest
from tests.synthesis.exercises_at_hand import exercise, passage, quiet

from hornbook.errors import ConfigError
from hornbook.pipeline.manifest import Manifest
from hornbook.pipeline.stage import Artifact, Workspace
from hornbook.records import Exercise, Passage
from hornbook.synthesis.curriculum.exercises import TEACHER, ExercisesConfig
from hornbook.synthesis.curriculum.textbooks import TextbooksConfig
from hornbook.synthesis.stages import run_exercises, run_textbooks, run_verify
from hornbook.synthesis.verify import VerifyConfig
from hornbook.synthesis.written import VerifyWrittenConfig

RIGHT = exercise("double(number: int) -> int", "Double it.\n\n>>> double(3)\n6", "return 2 * number")
WRONG = exercise("triple(number: int) -> int", "Triple it. triple(3) == 10", "return 3 * number")
TRUE, FALSE = (f"Adding.\n\n```python\nprint(2 + 3)\n```\n\n```\n{number}\n```\n" for number in (5, 6))


def workspace(path: Path) -> Workspace:
    path.mkdir()
    return Workspace(folder=path, scratch=path, seed=3, progress=quiet)


def artifact(path: Path, **tables: Any) -> Artifact:
    place = workspace(path)
    for name, (record, records) in tables.items():
        place.write_records(name, record, records)
    return Artifact(folder=path, manifest=cast("Manifest", None))


def rows(folder: Path, table: str, column: str) -> list[Any]:
    return pq.read_table(folder / table).column(column).to_pylist()


def inputs(path: Path, exercises: list[Exercise], passages: list[Passage]) -> dict[str, Artifact]:
    return {
        "exercises": artifact(path / "exercises", exercises=(Exercise, exercises)),
        "textbooks": artifact(path / "textbooks", passages=(Passage, passages)),
    }


def test_what_a_model_wrote_is_verified_level_by_level_and_its_passages_repaired(tmp_path: Path) -> None:
    config = VerifyConfig(written=VerifyWrittenConfig(num_inputs=4))
    given = inputs(tmp_path, [RIGHT, WRONG], [passage(TRUE), passage(FALSE, called="false")])
    result = run_verify(config, given, workspace(tmp_path / "verify"))
    assert (result.kept, result.dropped) == (3, {"shows a wrong example": 1})
    assert (result.metrics["num_exercises"], result.metrics["num_passages"]) == (1, 2)
    assert list(result.metrics["levels"].values()) == [2, 2, 2, 1, 0]
    folder = tmp_path / "verify"
    assert rows(folder, "kept", "entry_point") == ["double"]
    assert rows(folder, "kept", "test")[0].startswith("def check(candidate):")
    assert rows(folder, "passages", "text") == [TRUE, TRUE]
    assert rows(folder, "dropped", "id") == ["triple"]
    assert len(rows(folder, "verifications", "exercise_id")) == len(rows(folder, "passage_checks", "fate")) == 2
    assert rows(folder, "repairs", "true") == ["5"]
    assert not (folder / "solutions").exists()
    kept_as_is = run_verify(dataclasses.replace(config, repair=False), given, workspace(tmp_path / "as-is"))
    assert kept_as_is.dropped == {"shows a wrong example": 1, "shows a wrong output": 1}


def test_what_the_curriculum_wrote_is_held_to_all_that_it_says(tmp_path: Path) -> None:
    written = run_exercises(ExercisesConfig(num_exercises=12, num_held_out=19), {}, workspace(tmp_path / "written"))
    taught = run_textbooks(TextbooksConfig(num_passages=10), {}, workspace(tmp_path / "taught"))
    assert (written.kept, taught.kept, written.metrics["num_held_out"]) == (12, 10, 19)
    assert written.metrics["diversity"]["num_records"] == 12
    assert sum(written.metrics["families"].values()) == 12
    made = Artifact(folder=tmp_path / "written", manifest=cast("Manifest", None)).records("exercises", Exercise)
    told = Artifact(folder=tmp_path / "taught", manifest=cast("Manifest", None)).records("passages", Passage)
    broken = dataclasses.replace(made[0], id="broken", solution="    return undefined\n")
    false = dataclasses.replace(passage(FALSE, called="false"), teacher=TEACHER)
    given = inputs(tmp_path, [broken, *made], [*told, false])
    result = run_verify(VerifyConfig(), given, workspace(tmp_path / "verify"))
    assert (result.kept, result.dropped) == (22, {"raises": 1, "shows a wrong output": 1})
    assert rows(tmp_path / "verify", "kept", "id") == [one.id for one in made]
    assert rows(tmp_path / "verify", "dropped", "id") == ["broken", "false"]


def test_a_model_that_nobody_can_reach_is_a_mistake(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="--teacher URL"):
        run_textbooks(TextbooksConfig(teacher="tiny"), {}, workspace(tmp_path / "taught"))
