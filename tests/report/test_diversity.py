from pathlib import Path
from typing import Any

import pytest

from hornbook.artifacts.manifest import Manifest
from hornbook.artifacts.stage import Artifact
from hornbook.records import Exercise
from hornbook.report.diversity import diversity_of
from hornbook.report.way import lanes_of
from hornbook.synthesis.diversity.measure import measure


def exercise(number: int) -> Exercise:
    return Exercise(
        id=f"exercise-{number}",
        prompt=f'def add_{number}(x: int) -> int:\n    """Add {number} to `x`, {"and " * number}no more."""\n',
        solution=f"    return x{' + 1' * number}\n",
        entry_point=f"add_{number}",
        test="",
        family="",
        operations=(),
        idiom="",
        docstring_style="",
        teacher="a-model",
    )


def artifact(stage: str, metrics: dict[str, Any]) -> Artifact:
    manifest = Manifest(
        stage=stage,
        fingerprint="0" * 64,
        version=1,
        seed=0,
        config={},
        inputs={},
        input_contents={},
        kept=30,
        unit="exercises",
        dropped={"no code": 4},
        metrics=metrics,
        files={},
        seconds=1.0,
        environment={},
    )
    return Artifact(folder=Path("nowhere"), manifest=manifest)


@pytest.fixture(scope="module")
def measured() -> dict[str, Any]:
    return measure([exercise(number) for number in range(30)]).as_json()


def test_what_the_monitor_measured_is_said_in_words(measured: dict[str, Any]) -> None:
    [said] = diversity_of({"exercises": artifact("exercises", {"diversity": measured})})
    assert (said.unit, said.num_records) == ("exercises", 30)
    rows = dict(said.rows)
    assert rows["exact duplicates"] == "0.0 %"
    assert rows["different function names among 30"] == "100.0 %"
    assert float(rows["compression ratio"]) > 1


def test_a_run_that_measured_nothing_says_nothing() -> None:
    assert diversity_of({"exercises": artifact("exercises", {})}) == ()
    assert diversity_of({}) == ()


def test_a_language_model_is_named_with_what_it_wrote() -> None:
    metrics = {"teacher": "a-model", "num_answers": 34, "num_completion_tokens": 5_100, "num_topics": 30}
    [lane] = lanes_of({"textbooks": artifact("textbooks", metrics)})
    [step] = lane.steps
    assert step.note == "By a-model: 34 answers, 5,100 tokens. On 30 topics."
    assert step.dropped == (("no code", 4),)
