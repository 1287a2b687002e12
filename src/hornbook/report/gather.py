"""All that a report says, read from the artifacts of a run.

A stage that the run does not have leaves its part empty and is named in `absent`; a stage that is there must have all
that is asked of it, or `MissingInputError` says what is missing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hornbook.artifacts.stage import Artifact
from hornbook.errors import ConfigError
from hornbook.report.answers import family_scores, held_out_answers, humaneval_answers, some_of
from hornbook.report.beside import beside_of, our_row
from hornbook.report.calibration import calibration_of
from hornbook.report.contamination import contamination_of
from hornbook.report.data import ReportData
from hornbook.report.diversity import diversity_of
from hornbook.report.excerpts import code_excerpts, exercise_excerpts, passage_excerpts
from hornbook.report.facts import (
    absent_of,
    corpora_of,
    environment_of,
    in_order,
    stages_of,
    trainings_of,
)
from hornbook.report.scored import Beside, Score
from hornbook.report.scores import EVALUATIONS, sandbox_of, scores_of
from hornbook.report.way import lanes_of, merged_of


@dataclass(frozen=True, kw_only=True)
class ReportConfig:
    """What the report shows of the many."""

    recipe: str = "laptop"
    """The run's title."""
    num_code_samples: int = 4
    """Of kept code, as many of code below the threshold, and of code that hygiene refused."""
    num_passages: int = 6
    num_exercises: int = 8
    num_held_out: int = 24
    """Held-out problems shown with their answers, half of them failed ones."""
    num_nearest: int = 12
    """Benchmark problems shown with the training documents that resemble them most."""

    def __post_init__(self) -> None:
        for name in ("num_code_samples", "num_passages", "num_exercises", "num_held_out", "num_nearest"):
            if getattr(self, name) < 0:
                raise ConfigError(f"`{name}` must not be negative, got {getattr(self, name)!r}")


def gather(artifacts: Mapping[str, Artifact], config: ReportConfig) -> ReportData:
    """Read the run.

    Args:
        artifacts: Stage's name → artifact, in any order.
        config: How much to show.

    Raises:
        MissingInputError: A stage that is there lacks something.
    """
    artifacts = in_order(artifacts)
    code_kept, code_dropped = code_excerpts(artifacts, config.num_code_samples)
    held_out, scores = held_out_answers(artifacts), scores_of(artifacts)
    return ReportData(
        recipe=config.recipe,
        scores=scores,
        stages=stages_of(artifacts),
        lanes=lanes_of(artifacts),
        merged=merged_of(artifacts),
        corpora=corpora_of(artifacts),
        calibration=calibration_of(artifacts),
        code_kept=code_kept,
        code_dropped=code_dropped,
        passages=passage_excerpts(artifacts, config.num_passages),
        exercises=exercise_excerpts(artifacts, config.num_exercises),
        diversity=diversity_of(artifacts),
        trainings=trainings_of(artifacts),
        families=family_scores(held_out),
        held_out=some_of(held_out, config.num_held_out),
        humaneval=humaneval_answers(artifacts),
        beside=_beside(scores),
        sandbox=sandbox_of(artifacts),
        contamination=contamination_of(artifacts, config.num_nearest),
        environment=environment_of(artifacts),
        absent=absent_of(artifacts),
    )


def _beside(scores: Sequence[Score]) -> Beside | None:
    """HumanEval's scores of the run's models among published ones."""
    models = dict(EVALUATIONS)
    ours = [
        our_row(f"this run, {score.model}", score.pass_at_1, score.ci95, score.model)
        for score in scores
        if score.benchmark == "HumanEval" and score.model in models
    ]
    return beside_of("humaneval", "HumanEval", ours[::-1]) if ours else None
