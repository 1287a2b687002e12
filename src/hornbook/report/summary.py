"""A run in a few lines: for the terminal, and as JSON values for other programs.

The lines are at most 80 columns wide where paths allow it, and read the same in a file as in a terminal.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hornbook.artifacts import DEFAULT_STORE
from hornbook.artifacts.run import RunFolder
from hornbook.artifacts.stage import Artifact
from hornbook.evaluation.leaks import read_leaks
from hornbook.report.data import Lane
from hornbook.report.evaluation_summary import evaluation_lines, sandbox_lines
from hornbook.report.facts import absent_of, corpora_of, metric
from hornbook.report.phrases import duration, magnitude
from hornbook.report.scored import Score
from hornbook.report.scores import EVALUATE, raw_scores_of, scores_of
from hornbook.report.study_stage import STUDY, read_study
from hornbook.report.study_table import study_lines
from hornbook.report.way import lanes_of

if TYPE_CHECKING:
    from rich.console import Console

REPORT = Path("report") / "report.html"
MODEL = Path("export") / "model"
"""Where a run's folder shows the report and the exported model."""


def describe_run(run: RunFolder) -> dict[str, Any]:
    """The run as JSON values: its stages, scores, the model's hash, and where report and model lie.

    What the run does not have is null or an empty list.

    Raises:
        MissingInputError: There is no such run.
        DamagedArtifactError: One of its artifacts is not whole.
    """
    record, artifacts = run.read(), run.artifacts()
    reused = {stage.name: stage.reused for stage in record.stages}
    export = artifacts.get("export")
    return {
        "run": record.name,
        "recipe": record.recipe,
        "seed": record.seed,
        "finished": record.finished,
        "stages": [
            {
                "name": name,
                "fingerprint": artifact.manifest.fingerprint,
                "seconds": artifact.manifest.seconds,
                "reused": reused[name],
                "kept": artifact.manifest.kept,
                "unit": artifact.manifest.unit,
                "dropped": artifact.manifest.dropped,
            }
            for name, artifact in artifacts.items()
        ],
        "scores": raw_scores_of(artifacts),
        "grades": metric(artifacts[EVALUATE], "grades") if EVALUATE in artifacts else {},
        "model_sha256": export.manifest.metrics["model_sha256"] if export else None,
        "report": _existing(run.path / REPORT),
        "model": _existing(run.path / MODEL),
    }


def print_summary(run: RunFolder, console: "Console", *, stages: bool = False) -> None:
    """Print what the run can do, what it read, how long it took and where to look next.

    Args:
        run: The run.
        console: Where to.
        stages: Also one line per stage.

    Raises:
        MissingInputError: There is no such run.
        DamagedArtifactError: One of its artifacts is not whole.
    """
    record, artifacts = run.read(), run.artifacts()
    lines = [*_stage_lines(artifacts, {stage.name: stage.reused for stage in record.stages})] if stages else []
    if EVALUATE in artifacts:
        lines += [*evaluation_lines(artifacts[EVALUATE])]
    else:
        lines += [*_score_lines(scores_of(artifacts)), *_data_lines(artifacts)]
    if STUDY in artifacts:
        lines += study_lines(read_study(artifacts[STUDY]))
    lines += [*sandbox_lines(artifacts), *_place_lines(run, artifacts)]
    for line in lines:
        console.print(line, highlight=False, emoji=False)


def _score_lines(scores: Sequence[Score]) -> Iterator[str]:
    if scores:
        yield "\n[bold]pass@1[/] [dim](with its 95 % interval)[/]"
    shown = ""
    for score in scores:
        name = score.benchmark if score.benchmark != shown else ""
        shown = score.benchmark
        low, high = (100 * end for end in score.ci95)
        yield (
            f"  {name:<20} {score.model:<6} [bold]{100 * score.pass_at_1:5.1f} %[/]   {low:5.1f} to {high:5.1f}"
            f"   {score.num_problems:>5,} problems"
        )


def _data_lines(artifacts: Mapping[str, Artifact]) -> Iterator[str]:
    lanes, corpora = lanes_of(artifacts), corpora_of(artifacts)
    if lanes:
        yield "\n[bold]data[/]"
    for lane in lanes:
        yield f"  {lane.title.lower():<20} {_way_of(lane)}"
    for stage, name in (("deduplicate", "without duplicates"), ("decontaminate", "without leaks")):
        if stage in artifacts:
            manifest = artifacts[stage].manifest
            yield f"  {name:<20} {manifest.kept:,} {manifest.unit}, {sum(manifest.dropped.values()):,} put aside"
    if "decontaminate" in artifacts:
        yield from _leak_lines(artifacts["decontaminate"])
    if corpora:
        tokens = ", ".join(f"{magnitude(corpus.num_train_tokens)} to {corpus.name}" for corpus in corpora)
        yield f"  {'tokens':<20} {tokens}"


def _leak_lines(artifact: Artifact) -> Iterator[str]:
    """How many problems leaked, a line for each benchmark that has such; nothing of artifacts that do not say it."""
    if "benchmarks" not in artifact.manifest.metrics:
        return
    for found in read_leaks(artifact.manifest).benchmarks:
        if found.leaked_problems:
            told = f"{len(found.leaked_problems):,} of {found.num_problems:,} problems"
            yield f"  {'':<20} which gave away {told} of {found.title}"


def _way_of(lane: Lane) -> str:
    first, last = lane.steps[0], lane.steps[-1]
    if first is last:
        return f"{first.kept:,} {first.unit}"
    return f"{first.kept:,} {first.unit}, {last.kept:,} kept"


def _stage_lines(artifacts: Mapping[str, Artifact], reused: Mapping[str, bool]) -> Iterator[str]:
    yield "[bold]stages[/]"
    for name, artifact in artifacts.items():
        manifest = artifact.manifest
        again = "reused" if reused[name] else ""
        yield (
            f"  {name:<16} [dim]{manifest.fingerprint[:12]}[/] {manifest.seconds:>8.1f} s  {again:<6}"
            f"  {manifest.kept:,} {manifest.unit}"
        )


def _place_lines(run: RunFolder, artifacts: Mapping[str, Artifact]) -> Iterator[str]:
    yield ""
    yield f"{'time':<8} {duration(sum(artifact.manifest.seconds for artifact in artifacts.values()))} in all stages"
    absent = absent_of(artifacts)
    if absent and EVALUATE not in artifacts:
        yield f"{'not run':<8} {', '.join(absent)}"
    for name, path in (("report", run.path / REPORT), ("model", run.path / MODEL)):
        if path.exists():
            yield f"{name:<8} {path}"
    if (run.path / MODEL).exists():
        where = "" if run.store.root == Path(DEFAULT_STORE) else f"--store {run.store.root} "
        yield f"{'try it':<8} hornbook complete {where}{run.path.name} 'def double(number: int) -> int:'"


def _existing(path: Path) -> str | None:
    return str(path) if path.exists() else None
