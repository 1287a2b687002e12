"""A run in a few lines: for the terminal, and as JSON values for other programs.

The lines are at most 80 columns wide where paths allow it, and are the same in a file as in a terminal. What a run does
not have is not shown, whatever stages its recipe holds.
"""

import textwrap
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.markup import escape

from hornbook.errors import MissingInputError
from hornbook.evaluation.leaks import read_leaks
from hornbook.pipeline import DEFAULT_STORE
from hornbook.pipeline.runs import RunFolder
from hornbook.pipeline.stage import Artifact
from hornbook.report.contamination import STUDY, study_text
from hornbook.report.data_flow import Lane, data_flow_of, metric
from hornbook.report.plain import plain
from hornbook.report.scores import (
    EVALUATE,
    Score,
    grade_line,
    raw_scores_of,
    sandbox_of,
    scores_by_name,
    scores_of,
)
from hornbook.report.sections import absent_roles, by_role
from hornbook.units import duration, magnitude

if TYPE_CHECKING:
    from rich.console import Console

REPORT = Path("report") / "report.html"
MODEL = Path("export") / "model"
"""Where a run's folder shows the report and the exported model."""
_WIDTH = 80
_INDENT = " " * 14


def describe_run(run: RunFolder) -> dict[str, Any]:
    """The run as JSON values: its stages, scores, the model's hash, and where report and model lie.

    What the run does not have is null or an empty list.

    Raises:
        MissingInputError: There is no such run.
        DamagedArtifactError: One of its artifacts is not whole.
    """
    record, artifacts = run.read(), run.artifacts()
    reused = {stage.name: stage.reused for stage in record.stages}
    roles = by_role(artifacts)
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
        "scores": raw_scores_of(roles),
        "grades": artifacts[EVALUATE].manifest.metrics.get("grades", {}) if EVALUATE in artifacts else {},
        "model_sha256": export.manifest.metrics.get("model_sha256") if export else None,
        "report": _existing(run.path / REPORT),
        "model": _existing(run.path / MODEL),
    }


def print_summary(run: RunFolder, console: "Console", *, stages: bool = False) -> None:
    """Print the run's scores, its data, the time it took, and where its report and its model are.

    Args:
        run: The run.
        console: Where to.
        stages: Also one line per stage.

    Raises:
        MissingInputError: There is no such run.
        DamagedArtifactError: One of its artifacts is not whole.
    """
    record, artifacts = run.read(), run.artifacts()
    roles = by_role(artifacts)
    lines = [*_stage_lines(artifacts, {stage.name: stage.reused for stage in record.stages})] if stages else []
    for write in (_evaluation_lines if EVALUATE in roles else _score_lines, _data_lines):
        try:
            lines += [*write(roles)]
        except (MissingInputError, KeyError) as error:
            lines.append(f"not shown: {plain(str(error))}")
    if STUDY in artifacts:
        lines += ["", *map(escape, study_text(artifacts[STUDY].manifest.metrics).splitlines())]
    lines += [*_sandbox_lines(roles), *_place_lines(run, artifacts)]
    for line in lines:
        console.print(line, highlight=False, emoji=False)


def _score_lines(run: Mapping[str, Artifact]) -> Iterator[str]:
    scores = scores_of(run)
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


def _data_lines(run: Mapping[str, Artifact]) -> Iterator[str]:
    flow = data_flow_of(run)
    if flow is None:
        return
    yield "\n[bold]data[/]"
    for lane in flow.lanes:
        yield f"  {lane.title.lower():<20} {_lane_text(lane)}"
    for role, name in (("deduplicate", "without duplicates"), ("decontaminate", "without leaks")):
        if role in run:
            manifest = run[role].manifest
            yield f"  {name:<20} {manifest.kept:,} {manifest.unit}, {sum(manifest.dropped.values()):,} dropped"
    if "decontaminate" in run:
        yield from _leak_lines(run["decontaminate"])
    if flow.training_sets:
        tokens = ", ".join(f"{magnitude(part.num_train_tokens)} to {part.name}" for part in flow.training_sets)
        yield f"  {'tokens':<20} {tokens}"


def _leak_lines(artifact: Artifact) -> Iterator[str]:
    """The number of leaked problems, a line for each benchmark that has any."""
    if "benchmarks" not in artifact.manifest.metrics:
        return
    for found in read_leaks(artifact.manifest).benchmarks:
        if found["leaked_problems"]:
            told = f"{len(found['leaked_problems']):,} of {found['num_problems']:,} problems"
            yield f"  {'':<20} which gave away {told} of {found['title']}"


def _lane_text(lane: Lane) -> str:
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
    absent = absent_roles(by_role(artifacts))
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


def _evaluation_lines(run: Mapping[str, Artifact]) -> Iterator[str]:
    """The model, and for each benchmark its pass@k, protocol, outcomes and grades."""
    artifact = run[EVALUATE]
    model = metric(artifact, "model")
    yield f"\n[bold]{plain(model['name'])}[/] [dim]{plain(model['kind'])}[/]"
    for name, score in scores_by_name(model["name"], artifact).items():
        yield ""
        yield from _benchmark_lines(score)
        graded = metric(artifact, "grades").get(name)
        if graded is not None:
            yield from _wrapped("grades", grade_line(graded))


def _sandbox_lines(run: Mapping[str, Artifact]) -> Iterator[str]:
    """A warning where completions ran without a jail; nothing where they ran in one or not at all."""
    sandbox = sandbox_of(run)
    if sandbox is not None and not sandbox.jailed:
        yield "\n[bold red]programs ran without a jail[/]: what the model wrote could do all that you can,"
        yield "and could write its own verdict"


def _benchmark_lines(score: Score) -> Iterator[str]:
    title = plain(score.benchmark)
    samples = f", {score.num_samples:,} samples of each" if score.num_samples > 1 else ""
    yield f"[bold]{title}[/]  [dim]{score.num_problems:,} problems{samples}; with 95 % intervals[/]"
    for k, share, ci95 in ((1, score.pass_at_1, score.ci95), *score.more_k):
        low, high = (100 * end for end in ci95)
        yield f"  {f'pass@{k}':<10}  [bold]{100 * share:5.1f} %[/]   {low:5.1f} to {high:5.1f}"
    yield from _wrapped("outcomes", ", ".join(f"{outcome} {number:,}" for outcome, number in score.outcomes))
    if score.protocol_name:
        yield from _wrapped("protocol", score.protocol_name)
    if score.truncated_prompts:
        yield from _wrapped("prompts", f"{score.truncated_prompts:,} too long for the model, read from the middle on")


def _wrapped(name: str, text: str) -> Iterator[str]:
    lines = textwrap.wrap(text, _WIDTH - len(_INDENT)) or [""]
    yield f"  {name:<{len(_INDENT) - 2}}{plain(lines[0])}"
    yield from (_INDENT + plain(line) for line in lines[1:])
