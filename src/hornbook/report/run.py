"""The report of a run: gathered from its artifacts, drawn as one page.

A stage that the run does not have leaves its part empty and is named in `absent`; a stage that is there must have all
that is asked of it, or `MissingInputError` says what is missing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from hornbook.pipeline.manifest import Manifest
from hornbook.pipeline.stage import Artifact, Result, Workspace
from hornbook.records import Exercise, Passage
from hornbook.report.answers import (
    FamilyScore,
    ProblemAnswers,
    family_scores,
    held_out_answers,
    humaneval_answers,
    some_of,
)
from hornbook.report.beside import Beside, beside_of, our_row
from hornbook.report.charts import loss_plot, reliability_plot, threshold_plot
from hornbook.report.contamination import Contamination, contamination_of
from hornbook.report.explorer import explorer_of
from hornbook.report.facts import Training, absent_of, environment_of, in_order, trainings_of
from hornbook.report.filter import Calibration, CodeExcerpt, calibration_of, code_excerpts
from hornbook.report.flow import Corpus, Lane, MergedStep, corpora_of, lanes_of, merged_of
from hornbook.report.lessons import Diversity, diversity_of, exercise_excerpts, passage_excerpts
from hornbook.report.page import Page, Section, draw_page, sandbox_warnings, write_page
from hornbook.report.plain import count, duration, magnitude, percent
from hornbook.report.scores import (
    EVALUATIONS,
    SandboxFacts,
    Score,
    by_benchmark,
    protocols_of,
    sandbox_of,
    score_sentence,
    scores_of,
)

VERSION = 5
"""Raised when a page changes: it is part of the fingerprint."""
NUM_CODE_SAMPLES = 4
"""Shown of kept code, as many of code below the threshold, and of code that hygiene refused."""
NUM_PASSAGES = 6
NUM_EXERCISES = 8
NUM_HELD_OUT = 24
"""Held-out problems shown with their answers, half of them failed ones."""
NUM_NEAREST = 12
"""Benchmark problems shown with the training documents that resemble them most."""


@dataclass(frozen=True, kw_only=True)
class ReportData:
    """Everything that the report of one run shows."""

    recipe: str
    scores: tuple[Score, ...]
    stages: tuple[Manifest, ...]
    lanes: tuple[Lane, ...]
    merged: tuple[MergedStep, ...]
    corpora: tuple[Corpus, ...]
    calibration: Calibration | None
    code_kept: tuple[CodeExcerpt, ...]
    code_dropped: tuple[CodeExcerpt, ...]
    passages: Sequence[Passage]
    exercises: Sequence[Exercise]
    diversity: tuple[Diversity, ...]
    trainings: tuple[Training, ...]
    families: tuple[FamilyScore, ...]
    held_out: tuple[ProblemAnswers, ...]
    """A few held-out problems: some solved by the tuned model, some not."""
    humaneval: tuple[ProblemAnswers, ...]
    """Every problem."""
    beside: Beside | None
    """HumanEval scores of this run among published ones; None where HumanEval was not asked."""
    sandbox: SandboxFacts | None
    """None where nothing was evaluated; where evaluations had different ones, the worst."""
    contamination: Contamination | None
    environment: tuple[tuple[str, str], ...]
    absent: tuple[str, ...]
    """Stages of the whole chain that this run did not have."""


@dataclass(frozen=True, kw_only=True)
class ReportConfig:
    """Of which run the report is."""

    recipe: str = "laptop"
    """The run's title."""


def gather(artifacts: Mapping[str, Artifact], config: ReportConfig) -> ReportData:
    """Read the run.

    Args:
        artifacts: Stage's name → artifact, in any order.
        config: What the run is called.

    Raises:
        MissingInputError: A stage that is there lacks something.
    """
    artifacts = in_order(artifacts)
    code_kept, code_dropped = code_excerpts(artifacts, NUM_CODE_SAMPLES)
    held_out, scores = held_out_answers(artifacts), scores_of(artifacts)
    return ReportData(
        recipe=config.recipe,
        scores=scores,
        stages=tuple(artifact.manifest for artifact in artifacts.values()),
        lanes=lanes_of(artifacts),
        merged=merged_of(artifacts),
        corpora=corpora_of(artifacts),
        calibration=calibration_of(artifacts),
        code_kept=code_kept,
        code_dropped=code_dropped,
        passages=passage_excerpts(artifacts, NUM_PASSAGES),
        exercises=exercise_excerpts(artifacts, NUM_EXERCISES),
        diversity=diversity_of(artifacts),
        trainings=trainings_of(artifacts),
        families=family_scores(held_out),
        held_out=some_of(held_out, NUM_HELD_OUT),
        humaneval=humaneval_answers(artifacts),
        beside=_beside(scores),
        sandbox=sandbox_of(artifacts),
        contamination=contamination_of(artifacts, NUM_NEAREST),
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


def headline(data: ReportData) -> Markup:
    """The run in two or three sentences, from what is there."""
    sentences = []
    if data.trainings:
        text = "A code model of <strong>{} parameters</strong>, trained from nothing on {} tokens in {}."
        tokens = sum(training.num_tokens for training in data.trainings)
        names = {training.name for training in data.trainings}
        seconds = sum(stage.seconds for stage in data.stages if stage.stage in names)
        size = magnitude(data.trainings[-1].num_parameters)
        sentences.append(Markup(text).format(size, magnitude(tokens), duration(seconds)))
    found = {(score.model, score.benchmark): score for score in data.scores}
    tuned, base = (found.get((model, "held-out exercises")) for model in ("tuned", "base"))
    if tuned:
        before = f"; before its finetuning it solved {percent(base.pass_at_1)}" if base else ""
        text = "It solves <strong>{} of {} exercises</strong> whose compositions it never saw{}."
        sentences.append(Markup(text).format(percent(tuned.pass_at_1), count(tuned.num_problems), before))
    if humaneval := found.get(("tuned", "HumanEval")):
        sentences.append(score_sentence(humaneval))
    return Markup(" ").join(sentences) if sentences else Markup("A part of the chain, up to the stages listed below.")


def render_html(data: ReportData) -> str:
    """Draw the report.

    Args:
        data: What to say. Sections without data are left out and their stages named as absent.

    Returns:
        A whole HTML document, styles and script inside.
    """
    plots = [loss_plot(training) for training in data.trainings]
    calibration = [reliability_plot(data.calibration), threshold_plot(data.calibration)] if data.calibration else []
    page = Page(
        kind="the report of a run",
        heading=data.recipe,
        lead=headline(data),
        note=f"Not part of this run: {', '.join(data.absent)}." if data.absent else "",
        warnings=sandbox_warnings(data.sandbox),
        sections=_sections(data),
        made_from="the artifacts of this run",
    )
    return draw_page(
        page,
        data=data,
        benchmarks=by_benchmark(data.scores),
        protocols=protocols_of(data.scores),
        roles=[model for model, _ in EVALUATIONS],
        loss_plots=plots,
        calibration_plots=calibration,
        longest_stage=max((stage.seconds for stage in data.stages), default=0.0),
        total_seconds=sum(stage.seconds for stage in data.stages),
    )


def _sections(data: ReportData) -> list[Section]:
    """The sections for which there is something, in order."""
    sections = (
        (data.scores, "scores", "What it can do"),
        (data.lanes or data.merged, "data", "The data flow"),
        (data.calibration or data.code_kept or data.code_dropped, "filter", "The filter"),
        (data.passages or data.exercises, "lessons", "The lessons"),
        (data.trainings, "training", "The training"),
        (data.families or data.held_out, "held-out", "Exercises it never saw"),
        (data.contamination, "contamination", "What could have leaked"),
        (data.stages, "making", "How it was made"),
        (data.humaneval, "humaneval", "HumanEval, problem by problem"),
    )
    return [
        Section(
            anchor=anchor,
            title=title,
            template=anchor,
            content=explorer_of("p", data.humaneval) if anchor == "humaneval" else None,
        )
        for present, anchor, title in sections
        if present
    ]


def run_report(config: ReportConfig, inputs: Mapping[str, Artifact], workspace: Workspace) -> Result:
    """Write the report of a run, or of the part of it that is there.

    The times in it come from the inputs' manifests; equal manifests and tables give equal bytes.

    Raises:
        MissingInputError: A stage that is there lacks what the report says of it.
    """
    workspace.progress(0, 2, "reading the run")
    data = gather({artifact.manifest.stage: artifact for artifact in inputs.values()}, config)
    workspace.progress(1, 2, "writing the page")
    write_page(render_html(data), workspace)
    return Result(kept=1, unit="page", metrics={"absent": list(data.absent)})
