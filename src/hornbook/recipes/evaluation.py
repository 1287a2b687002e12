"""The pipeline behind `hornbook evaluate`: score one model, then write the page about it.

Not a recipe to be run by name, since it needs a model; but the same machinery, so that an evaluation is an artifact
like any other: resumed after a kill, reused when nothing that determines it has changed, shown by `hornbook show`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hornbook.benchmarks.benchmark import Benchmark
from hornbook.evaluation.endpoint import CHAT_PROTOCOL_VERSION
from hornbook.evaluation.evaluate import EvaluationSettings, evaluate
from hornbook.evaluation.grade import GRADING_PROTOCOL_VERSION, Asker
from hornbook.evaluation.models import Model, ModelIdentity
from hornbook.evaluation.samples import GivenSamples
from hornbook.evaluation.stages import VERSION, BenchmarkIdentity, identify
from hornbook.pipeline.run import Pipeline
from hornbook.pipeline.stage import Artifact, Result, Stage, Workspace
from hornbook.report.stages import VERSION as REPORT_VERSION
from hornbook.report.stages import EvaluationReportConfig, run_evaluation_report


@dataclass(frozen=True, kw_only=True)
class EvaluationConfig:
    """All that determines the scores: it is the fingerprint of an evaluation."""

    model: ModelIdentity
    benchmarks: tuple[BenchmarkIdentity, ...]
    settings: EvaluationSettings
    chat_protocol_version: int = CHAT_PROTOCOL_VERSION
    grading_protocol_version: int = GRADING_PROTOCOL_VERSION


def evaluation(
    subject: Model | GivenSamples,
    benchmarks: Sequence[Benchmark],
    settings: EvaluationSettings,
    *,
    seed: int = 0,
    ask: Asker | None = None,
) -> Pipeline:
    """The pipeline with its two stages.

    Args:
        subject: What is scored; a model is loaded or contacted only when it is asked.
        benchmarks: At least one, their names unique.
        settings: Sampling, limits, grading.
        seed: The seed of every random choice.
        ask: How the grader is reached; needed where `settings.grading` is set.
    """
    config = EvaluationConfig(model=subject.identity(), benchmarks=identify(benchmarks), settings=settings)

    def run(_config: EvaluationConfig, _inputs: Mapping[str, Artifact], workspace: Workspace) -> Result:
        return evaluate(settings, benchmarks, subject, workspace, ask)

    scored = Stage("evaluate", run, config, VERSION, seed=seed)
    page = Stage("report", run_evaluation_report, EvaluationReportConfig(), REPORT_VERSION, {"evaluate": scored})
    return Pipeline("evaluate", (scored, page))
