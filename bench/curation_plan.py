"""What the lines of `bench/curation.py` say: exponents, costs of a megabyte, and what a larger corpus would take.

Reads:  JSON lines, one for each step and size.
Writes: exponents; tables in Markdown.

Nothing in here measures. What a corpus of another size takes is arithmetic: a straight line through the measured sizes,
least squares, carried on.
"""

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

CHAIN = ("collect", "classify", "select", "deduplicate")
"""The steps, each of which reads what the ones before it wrote; `deduplicate` reads what `select` kept."""
STEPS = (*CHAIN, "deduplicate-all")
"""And `deduplicate` over all documents, for growth at sizes that `select` does not leave."""
GROWTH = ("seconds", "cpu_seconds", "peak_memory_megabytes")
IN_THREADS = ("deduplicate", "deduplicate-all")
"""Steps that work in threads of their first process, so that its time says nothing of what cannot be shared out."""
_HOUR = 3600
_TERABYTE = 1_000_000
"""In megabytes."""

Line = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Target:
    """The corpus that a plan is for."""

    num_files: float
    num_tokens: float
    bytes_per_token: float | None
    """None: as measured, a token being what `hornbook select` counts."""
    num_cores: int


def exponent(sizes: Sequence[float], costs: Sequence[float]) -> float:
    """The slope of log cost on log size, least squares: 1 is proportional, 0 is constant.

    Raises:
        ValueError: There are fewer than two different sizes.
    """
    return line_through([math.log(size) for size in sizes], [math.log(cost) for cost in costs])[1]


def line_through(xs: Sequence[float], ys: Sequence[float]) -> tuple[float, float]:
    """The straight line of least squares: its height at 0, and its slope.

    Raises:
        ValueError: There are fewer than two different xs.
    """
    mean_x, mean_y = sum(xs) / len(xs), sum(ys) / len(ys)
    spread = sum((x - mean_x) ** 2 for x in xs)
    if not spread:
        raise ValueError(f"a line needs two different sizes, got {list(xs)}")
    slope = sum((x - mean_x) * (y - mean_y) for x, y in zip(xs, ys, strict=True)) / spread
    return mean_y - slope * mean_x, slope


def read_lines(path: Path) -> list[Line]:
    """The lines of measured steps in a file that the bench printed."""
    lines = (json.loads(line) for line in path.read_text().splitlines() if line.startswith("{"))
    return [line for line in lines if "step" in line]


def exponents_of(lines: Sequence[Line]) -> dict[str, dict[str, float]]:
    """Step → what grows → its exponent; steps that were measured at one size alone are left out."""
    found = {}
    for step, measured in _by_step(lines).items():
        sizes = [line["input_megabytes"] for line in measured]
        if len(set(sizes)) > 1:
            found[step] = {name: round(exponent(sizes, [line[name] for line in measured]), 3) for name in GROWTH}
    return found


def plan_for(lines: Sequence[Line], target: Target) -> dict[str, Any]:
    """What each step of the chain would take: arithmetic over the measured lines.

    A step's input is its measured share of the corpus' bytes; CPU time and disk follow the line through the measured
    sizes. Memory holds parts that a small corpus does not fill, so it follows the line through the two largest sizes;
    it is that of one machine. The hours are no fewer than all CPU time on all cores, and no fewer than what the first
    process has to do by itself.
    """
    chain = {step: measured for step, measured in _by_step(lines).items() if step in CHAIN}
    largest = {step: measured[-1] for step, measured in chain.items()}
    per_token = target.bytes_per_token or largest["select"]["bytes_per_token"]
    megabytes = target.num_tokens * per_token / 1e6
    steps = {}
    for step, measured in chain.items():
        size = megabytes * largest[step]["input_megabytes"] / largest["collect"]["input_megabytes"]
        cpu = _carried_on(measured, "cpu_seconds", size) / _HOUR
        first = None if step in IN_THREADS else _carried_on(measured, "first_process_cpu_seconds", size) / _HOUR
        steps[step] = {
            "input_terabytes": size / _TERABYTE,
            "cpu_hours": cpu,
            "first_process_hours": first,
            "hours": max(cpu / target.num_cores, first or 0.0),
            "memory_gigabytes": _carried_on(measured[-2:], "peak_memory_megabytes", size) / 1000,
            "work_terabytes": _carried_on(measured, "work_megabytes", size) / _TERABYTE,
            "output_terabytes": _carried_on(measured, "output_megabytes", size) / _TERABYTE,
        }
    longest = max(steps, key=lambda step: steps[step]["cpu_hours"])
    kept = sum(step["output_terabytes"] for step in steps.values())
    return {
        "bytes_per_token": per_token,
        "megabytes_per_file": megabytes / target.num_files,
        "measured_megabytes_per_file": largest["collect"]["input_megabytes"] / largest["collect"]["num_documents"],
        "terabytes": megabytes / _TERABYTE,
        "num_cores": target.num_cores,
        "steps": steps,
        "cpu_hours": sum(step["cpu_hours"] for step in steps.values()),
        "hours": sum(step["hours"] for step in steps.values()),
        "disk_terabytes": kept + max(step["work_terabytes"] for step in steps.values()),
        "dominant_step": longest,
    }


def render(lines: Sequence[Line], target: Target) -> str:
    """The tables of `docs/scaling.md`."""
    blocks = {
        "Unit costs at the largest size (measured)": _render_costs(lines),
        "Growth (measured)": _render_growth(lines),
        f"Plan for {target.num_files:,.0f} files and {target.num_tokens:,.0f} tokens (arithmetic)": _render_plan(
            plan_for(lines, target)
        ),
    }
    return "\n\n".join("\n".join([f"### {title}", "", *block]) for title, block in blocks.items())


def _render_costs(lines: Sequence[Line]) -> list[str]:
    rows = []
    for step, measured in _by_step(lines).items():
        line = measured[-1]
        size = line["input_megabytes"]
        per_megabyte = [line[name] / size for name in ("cpu_seconds", "work_megabytes", "output_megabytes")]
        rows.append(
            [
                f"`{step}`",
                f"{size:.0f}",
                f"{line['seconds']:.1f}",
                f"{per_megabyte[0]:.3f}",
                f"{line['first_process_cpu_seconds'] / size:.3f}",
                f"{line['peak_memory_megabytes']:.0f}",
                f"{_further_memory(measured):.2f}" if len(measured) > 1 else "",
                f"{per_megabyte[1]:.2f}",
                f"{per_megabyte[2]:.2f}",
            ]
        )
    head = (
        "step|MB in|seconds|CPU-seconds a MB|of these in the first process|MB of memory|MB of memory a further MB|"
        "MB of work folder a MB|MB of output a MB"
    )
    return _table(head, rows)


def _further_memory(measured: Sequence[Line]) -> float:
    """Between the two largest sizes."""
    sizes = [line["input_megabytes"] for line in measured[-2:]]
    return line_through(sizes, [line["peak_memory_megabytes"] for line in measured[-2:]])[1]


def _render_growth(lines: Sequence[Line]) -> list[str]:
    by_step = _by_step(lines)
    asked = sorted({line["size_megabytes"] for line in lines})
    exponents = exponents_of(lines)
    rows = []
    for name, title in zip(GROWTH, ("seconds", "CPU-seconds", "MB of memory"), strict=True):
        for step, measured in by_step.items():
            found = {line["size_megabytes"]: line[name] for line in measured}
            cells = [f"{found[size]:.1f}" if size in found else "" for size in asked]
            power = exponents.get(step, {}).get(name)
            rows.append([f"`{step}`", title, *cells, "" if power is None else f"{power:.2f}"])
    return _table("|".join(["step", "", *(f"{size:.0f} MB" for size in asked), "exponent"]), rows)


def _render_plan(plan: dict[str, Any]) -> list[str]:
    rows = [
        [
            f"`{step}`",
            f"{one['input_terabytes']:.3f}",
            f"{one['cpu_hours']:.1f}",
            "" if one["first_process_hours"] is None else f"{one['first_process_hours']:.1f}",
            f"{one['hours']:.1f}",
            f"{one['memory_gigabytes']:.1f}",
            f"{one['work_terabytes']:.3f}",
            f"{one['output_terabytes']:.3f}",
        ]
        for step, one in plan["steps"].items()
    ]
    head = (
        f"step|TB in|CPU-hours|of these in the first process|hours on {plan['num_cores']} cores, at least|GB of memory|"
        "TB of work folder|TB of output"
    )
    return [
        *_table(head, rows),
        "",
        f"In all {plan['terabytes']:.3f} TB of text at {plan['bytes_per_token']:.2f} bytes a token, "
        f"{plan['megabytes_per_file'] * 1000:.1f} KB a file (measured files have "
        f"{plan['measured_megabytes_per_file'] * 1000:.1f}): {plan['cpu_hours']:.1f} CPU-hours, {plan['hours']:.1f} "
        f"hours on {plan['num_cores']} cores at least, {plan['disk_terabytes']:.2f} TB of disk for all outputs and the "
        f"largest work folder. `{plan['dominant_step']}` takes most CPU time.",
    ]


def _table(head: str, rows: Iterable[Sequence[str]]) -> list[str]:
    titles = head.split("|")
    return ["| " + " | ".join(cells) + " |" for cells in (titles, ["---"] * len(titles), *rows)]


def _by_step(lines: Sequence[Line]) -> dict[str, list[Line]]:
    """The lines of each step by size, the steps in their order."""
    ordered = sorted(lines, key=lambda line: line["input_megabytes"])
    found = {step: [line for line in ordered if line["step"] == step] for step in STEPS}
    return {step: measured for step, measured in found.items() if measured}


def _carried_on(measured: Sequence[Line], name: str, size: float) -> float:
    """What a step would take of something at another size; never less than at the largest measured one.

    One size alone is taken in proportion.
    """
    last = measured[-1]
    if len({line["input_megabytes"] for line in measured}) < 2:
        return float(last[name] * size / last["input_megabytes"])
    start, slope = line_through([line["input_megabytes"] for line in measured], [line[name] for line in measured])
    return float(max(start + slope * size, last[name]))
