"""What a run would do, told before it does anything."""

from dataclasses import dataclass
from typing import Any

from rich.console import Console
from rich.table import Table

from hornbook.artifacts.manifest import read_manifest
from hornbook.artifacts.pipeline import Pipeline, Reuse, inspect
from hornbook.artifacts.stage import Estimate
from hornbook.artifacts.store import Store
from hornbook.errors import DamagedArtifactError


@dataclass(frozen=True)
class PlannedStage:
    """One stage of a plan."""

    name: str
    fingerprint: str
    reuse: Reuse
    estimate: Estimate
    """Of the stage as if it ran; a reused one costs nothing."""
    seconds_last_time: float | None
    """What the newest artifact of this stage in the store took, whatever its config; None where there is none."""

    def as_json(self) -> dict[str, Any]:
        """The stage as JSON values."""
        return {
            "name": self.name,
            "fingerprint": self.fingerprint,
            "reuse": self.reuse.value,
            "tokens": self.estimate.tokens,
            "flops": self.estimate.flops,
            "teacher_calls": self.estimate.teacher_calls,
            "price_usd": self.estimate.price_usd,
            "seconds_last_time": self.seconds_last_time,
        }


def make_plan(pipeline: Pipeline, store: Store) -> list[PlannedStage]:
    """Tell for each stage whether it would run and what it would take. Reads the store, writes nothing."""
    planned = []
    for status in inspect(pipeline, store):
        estimate = status.stage.estimate(status.stage) if status.stage.estimate else Estimate()
        seconds = _seconds_last_time(store, status.stage.name)
        planned.append(PlannedStage(status.stage.name, status.fingerprint, status.reuse, estimate, seconds))
    return planned


def print_plan(steps: list[PlannedStage], console: Console) -> None:
    """Print a plan as a table with its totals."""
    table = Table(box=None, pad_edge=False, header_style="dim")
    for heading in ("stage", "would"):
        table.add_column(heading)
    for heading in ("tokens", "FLOPs", "last time"):
        table.add_column(heading, justify="right")
    ahead = [step for step in steps if step.reuse is not Reuse.REUSED]
    for step in steps:
        would = "be reused" if step.reuse is Reuse.REUSED else "run" if step.reuse is Reuse.MISSING else "be rebuilt"
        table.add_row(step.name, would, *_figures(step.estimate, step.seconds_last_time))
    console.print(table)
    known = [step.seconds_last_time for step in ahead if step.seconds_last_time is not None]
    unknown = len(ahead) - len(known)
    total = Estimate(
        tokens=sum(step.estimate.tokens for step in ahead),
        flops=sum(step.estimate.flops for step in ahead),
        teacher_calls=sum(step.estimate.teacher_calls for step in ahead),
        price_usd=sum(step.estimate.price_usd for step in ahead),
    )
    console.print(
        f"{len(ahead)} of {len(steps)} stages would run: {total.tokens:,} tokens of training, {total.flops:.2e} FLOPs, "
        f"{total.teacher_calls:,} teacher calls, {total.price_usd:.2f} USD",
        highlight=False,
    )
    if known:
        rest = f", and {unknown} never timed here" if unknown else ""
        console.print(f"time: {sum(known) / 60:.1f} minutes by what these stages took last{rest}", highlight=False)
    elif ahead:
        console.print("time: unknown, since none of these stages has run in this store yet", highlight=False)


def _figures(estimate: Estimate, seconds: float | None) -> tuple[str, str, str]:
    return (
        f"{estimate.tokens:,}" if estimate.tokens else "",
        f"{estimate.flops:.2e}" if estimate.flops else "",
        f"{seconds:.1f} s" if seconds is not None else "",
    )


def _seconds_last_time(store: Store, stage: str) -> float | None:
    newest: tuple[float, float] | None = None
    for folder in store.artifacts.glob(f"{stage}-*"):
        try:
            manifest = read_manifest(folder)
        except DamagedArtifactError:
            continue
        if manifest.stage == stage:
            made = (folder.stat().st_mtime, manifest.seconds)
            newest = max(newest, made) if newest else made
    return newest[1] if newest else None
