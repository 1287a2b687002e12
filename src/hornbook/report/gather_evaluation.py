"""All that the report of an evaluation says, read from its artifact."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hornbook.artifacts.stage import Artifact
from hornbook.errors import ConfigError, MissingInputError
from hornbook.records import Problem
from hornbook.report.attempts import attempts_of, joined
from hornbook.report.beside import beside_of, our_row
from hornbook.report.evaluated import BenchmarkFacts, EvaluationData, ModelFacts
from hornbook.report.facts import environment_of, metric, stages_of
from hornbook.report.grades import grades_of, understanding_of
from hornbook.report.scored import Beside, Score
from hornbook.report.scores import EVALUATE, sandbox_of, scores_by_name

MODEL = "model"
"""Under which name the attempts of the one model are shown."""

_SETTINGS = {"max_new_tokens": "new tokens, at most", "num_samples": "samples per problem", "top_p": "top-p"}
"""A setting's name → for people, where it is not the name with spaces."""


@dataclass(frozen=True, kw_only=True)
class EvaluationReportConfig:
    """What the report shows of the many."""

    num_samples_shown: int = 5
    """Of each problem, the first ones; all are counted."""

    def __post_init__(self) -> None:
        """Refuse a page without answers.

        Raises:
            ConfigError: Names the field and the value.
        """
        if self.num_samples_shown < 1:
            raise ConfigError(f"`num_samples_shown` must be at least 1, got {self.num_samples_shown!r}")


def gather_evaluation(artifact: Artifact, config: EvaluationReportConfig) -> EvaluationData:
    """Read the artifact of the stage `evaluate`.

    Args:
        artifact: For each benchmark NAME the tables `NAME-problems`, `NAME-completions` and `NAME-verdicts`, and
            where there are any `NAME-grades` and `measured/NAME-times`.
        config: How much to show.

    Raises:
        MissingInputError: It lacks something.
    """
    artifacts = {EVALUATE: artifact}
    sandbox = sandbox_of(artifacts)
    model = _model(metric(artifact, "model"))
    scores = scores_by_name(model.name, artifact)
    if sandbox is None or not scores:
        raise MissingInputError(f"the artifact `{artifact.folder.name}` holds no scores")
    return EvaluationData(
        model=model,
        sandbox=sandbox,
        sampling=tuple(
            (_SETTINGS.get(name, name.replace("_", " ")), _text(value))
            for name, value in sorted(metric(artifact, "sampling").items())
        ),
        benchmarks=tuple(_benchmark(artifact, name, score, config) for name, score in scores.items()),
        stages=stages_of(artifacts),
        environment=environment_of(artifacts),
    )


def _model(found: Mapping[str, str]) -> ModelFacts:
    digest = found["digest"]
    return ModelFacts(
        kind=found["kind"],
        name=found["name"],
        digest=digest[:12] if re.fullmatch(r"[0-9a-f]{64}", digest) else digest,
        dtype=found.get("dtype", ""),
    )


def _benchmark(artifact: Artifact, name: str, score: Score, config: EvaluationReportConfig) -> BenchmarkFacts:
    problems = artifact.records(f"{name}-problems", Problem)
    attempts = attempts_of(MODEL, artifact, name, config.num_samples_shown)
    return BenchmarkFacts(
        name=name,
        score=score,
        beside=_beside(artifact, name, score),
        grades=grades_of(artifact, name),
        problems=joined(problems, {MODEL: attempts}),
    )


def _beside(artifact: Artifact, name: str, score: Score) -> Beside | None:
    ours = our_row(score.model, score.pass_at_1, score.ci95, "tuned")
    by_tests = beside_of(name, score.benchmark, [ours])
    graded: Mapping[str, Any] | None = metric(artifact, "grades").get(name)
    if by_tests is not None or graded is None:
        return by_tests
    grade, ci95 = understanding_of(graded)
    return beside_of(name, score.benchmark, [our_row(score.model, grade, ci95, "tuned")], measure="understanding")


def _text(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(repr(item) for item in value) or "none"
    return "none" if value is None else str(value)
