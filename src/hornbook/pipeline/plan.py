"""What a run would do, told before it does anything.

A plan is computed from configs and from what the store holds; nothing runs. Figures that rest on assumptions say so.
"""

import textwrap
from dataclasses import asdict, dataclass
from typing import Any

from rich.console import Console

from hornbook.errors import DamagedArtifactError
from hornbook.pipeline.manifest import read_manifest
from hornbook.pipeline.run import Pipeline, Reuse, inspect
from hornbook.pipeline.stage import Estimate, Hardware
from hornbook.pipeline.store import Store

WIDTH = 98
"""Columns of the lines below the table."""
_WOULD = {Reuse.REUSED: "be reused", Reuse.MISSING: "run"}
_SUMMED = ("tokens", "flops", "disk_bytes", "teacher_calls", "teacher_tokens_in", "teacher_tokens_out", "price_usd")
_LARGEST = ("parameters", "memory_bytes")


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

    @property
    def would(self) -> str:
        """What a run would do with it, in words."""
        if self.reuse is not Reuse.REUSED and self.estimate.missing:
            return "need data"
        return _WOULD.get(self.reuse, "be rebuilt")


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What a run would do and take."""

    recipe: str
    stages: tuple[PlannedStage, ...]
    hardware: Hardware
    """What GPU-hours and memory are counted for."""
    reference: Hardware | None = None
    """A second kind of GPU to compare with."""

    @property
    def ahead(self) -> tuple[PlannedStage, ...]:
        """The stages that would run."""
        return tuple(step for step in self.stages if step.reuse is not Reuse.REUSED)

    @property
    def total(self) -> Estimate:
        """What the stages ahead take together: sums, the largest model and memory; no documents, since all pass on."""
        estimates = [step.estimate for step in self.ahead]
        return Estimate(
            **{name: sum(getattr(estimate, name) for estimate in estimates) for name in _SUMMED},
            **{name: max((getattr(one, name) for one in estimates), default=0) for name in _LARGEST},
            assumptions=tuple(dict.fromkeys(line for estimate in estimates for line in estimate.assumptions)),
            memory_basis=tuple(line for estimate in estimates for line in estimate.memory_basis),
            missing=tuple(setting for estimate in estimates for setting in estimate.missing),
        )

    def as_json(self) -> dict[str, Any]:
        """The plan as JSON values; GPU-hours are sums over all GPUs."""
        return {
            "recipe": self.recipe,
            "hardware": asdict(self.hardware),
            "reference": asdict(self.reference) if self.reference else None,
            "stages": [
                {
                    "name": step.name,
                    "fingerprint": step.fingerprint,
                    "reuse": step.reuse.value,
                    **asdict(step.estimate),
                    **self._hours(step.estimate.flops),
                    "seconds_last_time": step.seconds_last_time,
                }
                for step in self.stages
            ],
            "total": {**asdict(self.total), **self._hours(self.total.flops)},
        }

    def _hours(self, flops: float) -> dict[str, Any]:
        return {
            "gpu_hours": self.hardware.hours(flops),
            "reference_gpu_hours": self.reference.hours(flops) if self.reference else None,
        }


def make_plan(pipeline: Pipeline, store: Store, hardware: Hardware, reference: Hardware | None = None) -> Plan:
    """Tell for each stage whether it would run and what it would take. Reads the store, writes nothing.

    Args:
        pipeline: What would run.
        store: What could be reused.
        hardware: The GPUs that training would run on.
        reference: Other GPUs, for comparison.
    """
    steps = tuple(
        PlannedStage(
            status.stage.name,
            status.fingerprint,
            status.reuse,
            status.stage.estimated(hardware),
            _seconds_last_time(store, status.stage.name),
        )
        for status in inspect(pipeline, store)
    )
    return Plan(recipe=pipeline.recipe, stages=steps, hardware=hardware, reference=reference)


def print_plan(plan: Plan, console: Console, *, gpus: bool | None = None) -> None:
    """Print a plan: a table of the stages, the totals, and what the figures rest on.

    Args:
        plan: What to print.
        console: Where to.
        gpus: Whether to say what GPUs would take; None: where training takes a GPU-hour or more.
    """
    if gpus is None:
        gpus = plan.hardware.hours(sum(step.estimate.flops for step in plan.stages)) >= 1
    for line in _stage_lines(plan, gpus=gpus):
        console.print(line, highlight=False, markup=False)
    console.print()
    lines = [*_model_lines(plan), f"{len(plan.ahead)} of {len(plan.stages)} stages would run{_totals(plan)}"]
    if gpus and plan.total.flops:
        lines.append(_gpu_line(plan))
    lines += [_time_line(plan), *_teacher_lines(plan)]
    if plan.total.missing:
        lines.append("data not given: " + " ".join(f"--set {setting}" for setting in plan.total.missing))
    for line in lines:
        console.print(textwrap.fill(line, WIDTH, subsequent_indent="    "), highlight=False, markup=False)
    _print_assumptions(plan, console, gpus=gpus)


def _stage_lines(plan: Plan, *, gpus: bool) -> list[str]:
    """The table of stages; a column that would be empty is left out, and no figure is cut."""
    columns: dict[str, list[str]] = {
        "docs": [_magnitude(step.estimate.documents) for step in plan.stages],
        "tokens": [_magnitude(step.estimate.tokens or step.estimate.data_tokens) for step in plan.stages],
        "FLOPs": [f"{step.estimate.flops:.2e}" if step.estimate.flops else "" for step in plan.stages],
    }
    if gpus:
        hours = [plan.hardware.hours(step.estimate.flops) for step in plan.stages]
        columns["GPU-hours"] = [f"{value:,.1f}" if value else "" for value in hours]
        columns["GPU mem"] = [_size(step.estimate.memory_bytes) for step in plan.stages]
    columns["disk"] = [_size(step.estimate.disk_bytes) for step in plan.stages]
    seconds = [step.seconds_last_time for step in plan.stages]
    columns["last time"] = [f"{value:,.1f} s" if value is not None else "" for value in seconds]
    shown = {heading: cells for heading, cells in columns.items() if any(cells)}
    left = {"stage": [step.name for step in plan.stages], "would": [step.would for step in plan.stages]}
    widths = {heading: max(map(len, (heading, *cells))) for heading, cells in (left | shown).items()}
    rows = [list(left | shown), *zip(*(left | shown).values(), strict=True)]
    return [
        "  ".join(
            cell.ljust(width) if heading in left else cell.rjust(width)
            for cell, (heading, width) in zip(row, widths.items(), strict=True)
        ).rstrip()
        for row in rows
    ]


def _model_lines(plan: Plan) -> list[str]:
    """Of the first stage that trains; those behind it train the same model on."""
    sizes = (step.estimate.parameters for step in plan.stages)
    return [f"model: {size:,} parameters" for size in sizes if size][:1]


def _totals(plan: Plan) -> str:
    total = plan.total
    figures = [
        f"{total.tokens:,} tokens of training, {total.flops:.2e} FLOPs" if total.flops else "",
        f"at most {_size(total.disk_bytes)} of disk" if total.disk_bytes else "",
    ]
    shown = ", ".join(figure for figure in figures if figure)
    return f": {shown}" if shown else ""


def _gpu_line(plan: Plan) -> str:
    hours = plan.hardware.hours(plan.total.flops)
    days = hours / plan.hardware.num_gpus / 24
    line = (
        f"GPUs: {hours:,.0f} {plan.hardware.gpu}-hours at {plan.hardware.utilisation:.0%} of the peak, "
        f"{days:.1f} days on {plan.hardware.num_gpus} of them"
    )
    if plan.reference is not None:
        line += f"; {plan.reference.hours(plan.total.flops):,.0f} {plan.reference.gpu}-hours"
        line += f" at {plan.reference.utilisation:.0%}"
    return line


def _time_line(plan: Plan) -> str:
    known = [step.seconds_last_time for step in plan.ahead if step.seconds_last_time is not None]
    unknown = len(plan.ahead) - len(known)
    if known:
        rest = f", and {unknown} never timed here" if unknown else ""
        return f"time: {sum(known) / 60:.1f} minutes by what these stages took last{rest}"
    return "time: unknown, since none of these stages has run in this store yet" if plan.ahead else "time: none"


def _teacher_lines(plan: Plan) -> list[str]:
    if not plan.total.teacher_calls:
        return ["teacher: no calls, 0 USD"]
    lines = [
        f"  {step.name:<12} {work.teacher_calls:>9,} calls, {_magnitude(work.teacher_tokens_in)} tokens in, "
        f"{_magnitude(work.teacher_tokens_out)} out, {work.price_usd:,.0f} USD"
        for step in plan.ahead
        if (work := step.estimate).teacher_calls
    ]
    total = plan.total
    whose = "teacher, to make the data that is not given" if total.missing else "teacher"
    head = f"{whose}: {total.teacher_calls:,} calls, {total.price_usd:,.0f} USD"
    return [head, *lines]


def _print_assumptions(plan: Plan, console: Console, *, gpus: bool) -> None:
    lines = list(plan.total.assumptions)
    if gpus and plan.total.flops:
        lines += plan.total.memory_basis
        for hardware in (plan.hardware, plan.reference):
            if hardware is not None:
                peak = f"{hardware.flops / 1e12:.0f} TFLOPS ({hardware.basis})"
                lines.append(f"{hardware.gpu}-hours: {hardware.utilisation:.0%} of {peak}.")
    if lines:
        console.print("\nassumed", style="dim")
    for line in lines:
        wrapped = textwrap.fill(line, WIDTH, initial_indent="  ", subsequent_indent="    ")
        console.print(wrapped, style="dim", highlight=False, markup=False)


def _magnitude(number: int) -> str:
    """`879.5 K`, `6.00 M`, `50.33 B`; empty for zero."""
    for unit, name in ((10**9, "B"), (10**6, "M"), (10**3, "K")):
        if number >= unit:
            value = number / unit
            return f"{value:.0f} {name}" if value >= 100 else f"{value:.3g} {name}"
    return f"{number:,}" if number else ""


def _size(num_bytes: int) -> str:
    """`23.4 GB`, in powers of ten as disks and data sheets state them; empty for zero."""
    for unit, name in ((10**12, "TB"), (10**9, "GB"), (10**6, "MB"), (10**3, "KB")):
        if num_bytes >= unit:
            return f"{num_bytes / unit:.3g} {name}"
    return f"{num_bytes} B" if num_bytes else ""


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
