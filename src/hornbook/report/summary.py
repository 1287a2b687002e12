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
from hornbook.pipeline import DEFAULT_STORE
from hornbook.pipeline.runs import RunFolder
from hornbook.pipeline.stage import Artifact
from hornbook.report.arms import ARMS, arms_text
from hornbook.report.contamination import STUDY, study_text
from hornbook.report.data_flow import data_flow_of, metric
from hornbook.report.plain import plain
from hornbook.report.scores import (
    EVALUATE,
    HEADLINE,
    grade_line,
    raw_scores_of,
    sandbox_of,
    scores_by_name,
    scores_of,
)
from hornbook.report.sections import absent_roles, by_role
from hornbook.units import duration, magnitude, plural

if TYPE_CHECKING:
    from rich.console import Console

REPORT = Path("report") / "report.html"
MODEL = Path("export") / "model"
"""Where a run's folder shows the report and the exported model."""
_WIDTH = 80
_INDENT = " " * 14


def describe_run(run: RunFolder) -> dict[str, Any]:
    """The run as JSON values: stages, scores, the model's hash, and the paths of report and model.

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
    """Print the run's scores, its data, the time it took, where its report and model are, and if asked its stages.

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
    if ARMS in artifacts:
        lines += ["", *map(escape, arms_text(artifacts[ARMS].manifest.metrics).splitlines())]
    if STUDY in artifacts:
        lines += ["", *map(escape, study_text(artifacts[STUDY].manifest.metrics).splitlines())]
    lines += [*_sandbox_lines(roles), *_place_lines(run, artifacts)]
    for line in lines:
        console.print(line, highlight=False, emoji=False)


def _score_lines(run: Mapping[str, Artifact]) -> Iterator[str]:
    scores = scores_of(run)
    if scores:
        yield "\n[bold]pass@1[/] [dim](with its 95 % interval; bits per byte of the problems' own solutions)[/]"
    shown = ""
    width = max((len(score["benchmark"]) for score in scores), default=0)
    for score in scores:
        name = score["benchmark"] if score["benchmark"] != shown else ""
        shown = score["benchmark"]
        low, high = (100 * end for end in score["ci95"])
        share = f"[bold]{100 * score['pass_at_1']:5.1f} %[/]"
        bits = f"   {score['bits_per_byte']:.3f}" if "bits_per_byte" in score else ""
        yield (
            f"  {name:<{width}} {score['model']:<9} {share}   {low:5.1f} to {high:5.1f}"
            f"   {score['num_problems']:>5,} problems{bits}"
        )
        if score["long_solutions"]:
            too_long = f"{plural(score['long_solutions'], 'solutions')} too long, not in bits per byte"
            yield f"  {'':<{width}} [dim]{too_long}[/]"

    if quoted := next((one for one in scores if (one["model"], one["benchmark"]) == ("tuned", HEADLINE)), None):
        share = f"[bold]{100 * quoted['pass_at_1']:.1f} %[/]"
        yield f"\nThe tuned model passes {share} of exercises whose program and words training never combined,"
        yield "with argument names that training never had."


def _data_lines(run: Mapping[str, Artifact]) -> Iterator[str]:
    flow = data_flow_of(run)
    if flow is None:
        return
    yield "\n[bold]data[/]"
    for lane in flow["lanes"]:
        first, last = lane["steps"][0], lane["steps"][-1]
        kept = "" if first is last else f", {last.kept:,} kept"
        yield f"  {lane['title'].lower():<20} {first.kept:,} {first.unit}{kept}"
    for role, name in (("deduplicate", "without duplicates"), ("decontaminate", "without leaks")):
        if role in run:
            manifest = run[role].manifest
            yield f"  {name:<20} {manifest.kept:,} {manifest.unit}, {sum(manifest.dropped.values()):,} dropped"
            for found in manifest.metrics.get("benchmarks", []):
                if found["leaked_problems"]:
                    told = f"{len(found['leaked_problems']):,} of {found['num_problems']:,} problems"
                    yield f"  {'':<20} which gave away {told} of {found['title']}"
    if flow["training_sets"]:
        sets = [f"{magnitude(part['num_train_tokens'])} to {part['name']}" for part in flow["training_sets"]]
        yield f"  {'tokens':<20} {', '.join(sets)}"


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
    record, absent = run.read(), absent_roles(by_role(artifacts))
    is_part = record.until is not None or not record.finished
    if absent and is_part and EVALUATE not in artifacts:
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
    if sandbox is not None and not sandbox["jailed"]:
        yield "\n[bold red]programs ran without a jail[/]: what the model wrote could do all that you can,"
        yield "and could write its own verdict"


def _benchmark_lines(score: Mapping[str, Any]) -> Iterator[str]:
    samples = f", {score['num_samples']:,} samples of each" if score["num_samples"] > 1 else ""
    problems = f"{score['num_problems']:,} problems{samples}"
    yield f"[bold]{plain(score['benchmark'])}[/]  [dim]{problems}; with 95 % intervals[/]"
    for k, share, ci95 in ((1, score["pass_at_1"], score["ci95"]), *score["more_k"]):
        low, high = (100 * end for end in ci95)
        yield f"  {f'pass@{k}':<10}  [bold]{100 * share:5.1f} %[/]   {low:5.1f} to {high:5.1f}"
    if "bits_per_byte" in score:
        low, high = score["bits_per_byte_ci95"]
        yield f"  {'bits/byte':<10}  [bold]{score['bits_per_byte']:7.3f}[/]   {low:5.3f} to {high:5.3f}"
    if score["long_solutions"]:
        yield from _wrapped("solutions", f"{score['long_solutions']:,} too long for the model, not in bits/byte")
    yield from _wrapped("outcomes", ", ".join(f"{outcome} {number:,}" for outcome, number in score["outcomes"]))
    if score["protocol_name"]:
        yield from _wrapped("protocol", score["protocol_name"])
    if score["truncated_prompts"]:
        prompts = f"{score['truncated_prompts']:,} too long for the model, read from the middle on"
        yield from _wrapped("prompts", prompts)


def _wrapped(name: str, text: str) -> Iterator[str]:
    lines = textwrap.wrap(text, _WIDTH - len(_INDENT)) or [""]
    yield f"  {name:<{len(_INDENT) - 2}}{plain(lines[0])}"
    yield from (_INDENT + plain(line) for line in lines[1:])
