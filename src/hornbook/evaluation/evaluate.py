"""Score a model on benchmarks: completions, verdicts from the sandbox, grades where a grader is asked, rates.

Each completion, verdict and grade is appended to a journal in the scratch folder as soon as it is known, so that an
evaluation killed at any moment resumes without making, running or paying for any of them again.

Reads:  a model, or external samples; benchmarks.
Writes: for each benchmark the tables `NAME-problems`, `NAME-completions`, `NAME-verdicts`, `NAME-grades` (where graded)
        and `measured/NAME-times`; the scores, in the metrics.
Source: Chen et al. 2021 (protocol, estimator); Gunasekar et al. 2023, sections 3 and 4, for what is reported.
"""

import itertools
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import numpy as np

from hornbook.benchmarks.benchmark import Benchmark
from hornbook.errors import ConfigError, EndpointError
from hornbook.evaluation.complete import complete_benchmark, describe_asking, requests_of
from hornbook.evaluation.grade import Asker, GradeConfig, describe_grading, grade_completions, measure_agreement
from hornbook.evaluation.journal import Journal
from hornbook.evaluation.judge import JudgedSample, check_canonical_solutions, judge
from hornbook.evaluation.models import Model
from hornbook.evaluation.samples import GivenSamples
from hornbook.evaluation.score import score_bits, score_verdicts
from hornbook.generation.prompt import SamplingConfig
from hornbook.pipeline.stage import Result, Workspace
from hornbook.records import Completion, Grade, Problem, Timing, Verdict
from hornbook.sandbox.jail import Jail
from hornbook.sandbox.program import Limits, Sandbox
from hornbook.sandbox.unjailed import Unjailed

_WALL_PER_CPU_SECOND = 5.0


@dataclass(frozen=True, kw_only=True)
class EvaluationSettings:
    """How a model is prompted and how its completions are run."""

    sampling: SamplingConfig = field(default_factory=SamplingConfig)
    num_samples: int = 1
    """Completions per problem."""
    limits: Limits = field(default_factory=Limits)
    """Limits of each program."""
    jailed: bool = True
    """False runs what a model wrote with all rights of the user."""
    grading: GradeConfig | None = None
    """How a language model grades each completion; None for no grades."""
    grader: str = ""
    """Name of the grader."""

    def __post_init__(self) -> None:
        if self.num_samples < 1:
            raise ConfigError(f"`num_samples` must be at least 1, got {self.num_samples!r}")
        if self.num_samples > 1 and self.sampling.temperature == 0:
            raise ConfigError(
                f"`num_samples` above 1 needs a `temperature` above 0, got {self.num_samples!r} at temperature 0"
            )


def evaluate(
    settings: EvaluationSettings,
    benchmarks: Sequence[Benchmark],
    subject: Model | GivenSamples,
    workspace: Workspace,
    ask_grader: Asker | None = None,
) -> Result:
    """Score a model, or external samples, on each benchmark, in their order; their names are unique.

    The tables are written to the workspace's folder, the journals to its scratch folder. A grader, if there is one,
    grades the completions as `settings.grading` says.

    Returns:
        The metrics `scores`, `model`, `sampling`, `sandbox`, `grades` and `truncated_prompts`.

    Raises:
        SandboxError: There is no jail, or a benchmark's own solutions do not pass in it: nothing is scored.
        EndpointError: A model or grader behind an endpoint does not answer, or never gives a grade. The answers so far
            are kept.
        DamagedArtifactError: A journal is not what was written.
    """
    scores: list[dict[str, Any]] = []
    grades: dict[str, Any] = {}
    for benchmark in benchmarks:
        with open_sandbox(settings, benchmark) as sandbox:
            progress = _noted(workspace, f"{benchmark.name}: canonical solutions")
            check_canonical_solutions(benchmark.title, benchmark.problems, sandbox, progress)
    for benchmark in benchmarks:
        completions = _complete(settings, benchmark, subject, workspace)
        with open_sandbox(settings, benchmark) as sandbox:
            verdicts = _judge(benchmark, completions, sandbox, workspace)
            protocol = describe_protocol(settings, benchmark, subject)
            scores.append(_score(benchmark, subject, verdicts, protocol, sandbox, workspace))
        workspace.write_records(f"{benchmark.name}-problems", Problem, list(benchmark.problems))
        if ask_grader is not None:
            grades[benchmark.name] = _grade(settings, benchmark, subject, completions, verdicts, ask_grader, workspace)
    sampling: dict[str, Any] = {}
    truncated: dict[str, int] = {}
    if not isinstance(subject, GivenSamples):
        sampling = {**asdict(settings.sampling), "num_samples": settings.num_samples}
        truncated = {one.name: subject.count_truncated(requests_of(one, 1), settings.sampling) for one in benchmarks}
    return Result(
        kept=sum(sum(score["outcomes"].values()) for score in scores),
        unit="verdicts",
        metrics={
            "model": asdict(subject.identity()),
            "sampling": sampling,
            "scores": scores,
            "sandbox": scores[0]["sandbox"],
            "grades": grades,
            "truncated_prompts": truncated,
        },
    )


def open_sandbox(settings: EvaluationSettings, benchmark: Benchmark) -> Sandbox:
    """The sandbox of a benchmark's programs, with the CPU time of the settings or what the benchmark needs."""
    limits = _limits_for(settings, benchmark)
    return Jail(limits) if settings.jailed else Unjailed(limits)


def describe_protocol(settings: EvaluationSettings, benchmark: Benchmark, subject: Model | GivenSamples) -> str:
    """The protocol in one line, for the report and the model card."""
    limits = _limits_for(settings, benchmark)
    asked = "samples made elsewhere, run as they are"
    if not isinstance(subject, GivenSamples):
        sampling = settings.sampling
        how = f"temperature {sampling.temperature:g}, top-p {sampling.top_p:g}" if sampling.temperature else "greedy"
        samples = "1 sample" if settings.num_samples == 1 else f"{settings.num_samples} samples"
        asked = (
            f"{describe_asking(benchmark.protocol, subject.identity())}; {how}, {samples} per problem, at most "
            f"{sampling.max_new_tokens} new tokens"
        )
    return f"{asked}; {limits.cpu_seconds:g} s of CPU time and {limits.memory_bytes // 2**20} MiB per program"


def _complete(
    settings: EvaluationSettings, benchmark: Benchmark, subject: Model | GivenSamples, workspace: Workspace
) -> list[Completion]:
    if isinstance(subject, GivenSamples):
        completions = subject.completions
    else:
        with Journal(workspace.scratch / f"{benchmark.name}-completions.jsonl", Completion) as journal:
            completions = complete_benchmark(
                benchmark,
                subject,
                settings.sampling,
                num_samples=settings.num_samples,
                seed=workspace.seed,
                journal=journal,
                progress=_noted(workspace, f"{benchmark.name}: completions"),
            )
    workspace.write_records(f"{benchmark.name}-completions", Completion, completions)
    return completions


def _judge(
    benchmark: Benchmark, completions: Sequence[Completion], sandbox: Sandbox, workspace: Workspace
) -> list[Verdict]:
    """The verdicts of all completions; programs whose verdict is in the journal do not run again."""
    with Journal(workspace.scratch / f"{benchmark.name}-verdicts.jsonl", JudgedSample) as journal:
        judged = {(one.verdict.task_id, one.verdict.sample_index): one for one in journal.entries()}
        waiting = [one for one in completions if (one.task_id, one.sample_index) not in judged]
        progress = _noted(workspace, f"{benchmark.name}: verdicts", num_before=len(judged))
        for one in judge(benchmark.problems, waiting, sandbox, progress, lambda one: journal.append([one])):
            judged[one.verdict.task_id, one.verdict.sample_index] = one
    in_order = [judged[one.task_id, one.sample_index] for one in completions]
    verdicts = [one.verdict for one in in_order]
    workspace.write_records(f"{benchmark.name}-verdicts", Verdict, verdicts)
    workspace.write_measured(f"{benchmark.name}-times", Timing, [one.timing for one in in_order])
    return verdicts


def _score(
    benchmark: Benchmark,
    subject: Model | GivenSamples,
    verdicts: Sequence[Verdict],
    protocol: str,
    sandbox: Sandbox,
    workspace: Workspace,
) -> dict[str, Any]:
    generator = np.random.default_rng(workspace.seed)
    _noted(workspace, f"{benchmark.name}: bits per byte")(0, len(benchmark.problems))
    bits = [] if isinstance(subject, GivenSamples) else subject.solution_bits(benchmark.problems)
    return {
        **score_verdicts(benchmark.name, benchmark.problems, verdicts, protocol=protocol, generator=generator),
        **score_bits(benchmark.problems, bits, generator),
        "title": benchmark.title,
        "source": benchmark.source,
        "protocol_name": benchmark.protocol.name,
        "protocol_version": benchmark.protocol.version,
        "sandbox": sandbox.describe(),
    }


def _grade(
    settings: EvaluationSettings,
    benchmark: Benchmark,
    subject: Model | GivenSamples,
    completions: Sequence[Completion],
    verdicts: Sequence[Verdict],
    ask_grader: Asker,
    workspace: Workspace,
) -> dict[str, Any]:
    """The grades of all completions; those in the journal are not asked for again."""
    grading = settings.grading or GradeConfig()
    total = len(completions) * grading.num_gradings
    progress = _noted(workspace, f"{benchmark.name}: grades")
    with Journal(workspace.scratch / f"{benchmark.name}-grades.jsonl", Grade) as journal:
        known = journal.entries()
        progress(len(known), total)
        num_graded = itertools.count(len(known) + 1)

        def keep(grade: Grade) -> None:
            journal.append([grade])
            progress(next(num_graded), total)

        grades = grade_completions(benchmark.problems, completions, ask_grader, grading, keep, known)
    if not grades:
        raise EndpointError(
            f"the grader `{settings.grader}` answered {total} times without a grade from 0 to 10; ask "
            "another one, or evaluate without --grader"
        )
    workspace.write_records(f"{benchmark.name}-grades", Grade, grades)
    itself = settings.grader == subject.identity().name
    return {
        **measure_agreement(verdicts, grades, np.random.default_rng(workspace.seed)),
        "grader": f"{settings.grader}, the graded model itself" if itself else settings.grader,
        "protocol": describe_grading(grading),
        "ungraded": total - len(grades),
    }


def _limits_for(settings: EvaluationSettings, benchmark: Benchmark) -> Limits:
    limits = settings.limits
    cpu_seconds = max(limits.cpu_seconds, benchmark.protocol.min_cpu_seconds)
    wall_seconds = max(limits.wall_seconds, _WALL_PER_CPU_SECOND * cpu_seconds)
    return replace(limits, cpu_seconds=cpu_seconds, wall_seconds=wall_seconds)


def _noted(workspace: Workspace, note: str, num_before: int = 0) -> Callable[[int, int], None]:
    return lambda done, total: workspace.progress(num_before + done, num_before + total, note)
