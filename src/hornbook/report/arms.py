"""Compare arms of an experiment, each trained several times: means over seeds, with intervals over seeds.

A claim about a recipe rests on several trainings; an interval over the problems of one benchmark says nothing about how
far another seed would come. Differences are paired by seed.

Reads:  evaluations, some of each arm and seed.
Writes: the comparison into the manifest, and `report.html`.
Source: Student's t for means of few values.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from hornbook.errors import ConfigError
from hornbook.pipeline.stage import Artifact, Result, Stage, Workspace
from hornbook.report.page import Page, draw_page
from hornbook.report.sections import PageSection, environment_of
from hornbook.stats import paired_t_p, t_interval

VERSION = 3
ARMS = "arms"
"""Name of the stage."""
PAGE = Path(ARMS) / "report.html"
_MEASURES = {
    "pass@1": ("pass@1", "%"),
    "bits_per_byte": ("bits per byte", "less is better"),
    "holds_share": ("share of texts that hold", "%"),
    "examples_share": ("share with examples", "%"),
    "near_share": ("share of near duplicates", "%"),
    "compression": ("compression ratio", "less is more varied"),
    "distance": ("distance of its structure to HumanEval's", "0 to 1, less is nearer"),
}
"""Key in a score → what it is called, and its unit."""
_DIGITS = 6


@dataclass(frozen=True, kw_only=True)
class ArmsConfig:
    """What is compared."""

    arms: tuple[str, ...]
    """In the order in which they are shown."""
    seeds: tuple[int, ...]
    """Of training, at least two."""
    against: tuple[str, ...] = ()
    """For each arm the one that it is compared with, or an empty text; without any, the one before it."""
    title: str = "arms"
    """Of the page."""
    question: str = ""
    """What the experiment asks, and what was claimed before, in a few sentences."""

    def __post_init__(self) -> None:
        if len(self.seeds) < 2:
            raise ConfigError(f"a comparison needs two seeds at least, got {len(self.seeds)}")

    @property
    def compared(self) -> Mapping[str, str]:
        """Arm → the one that it is compared with, or an empty text."""
        return dict(zip(self.arms, self.against or ("", *self.arms[:-1]), strict=True))


def compare_arms(
    evaluations: Mapping[tuple[str, int], Sequence[Stage]],
    against: Mapping[str, str] | None = None,
    title: str = "arms",
    question: str = "",
) -> Stage:
    """The stage that compares arms.

    Args:
        evaluations: (arm, seed) → the evaluations of a model that was trained so.
        against: Arm → the one that it is compared with; None: each with the one before it.
        title: Of the page.
        question: What the experiment asks.
    """
    arms = tuple(dict.fromkeys(arm for arm, _ in evaluations))
    config = ArmsConfig(
        arms=arms,
        seeds=tuple(dict.fromkeys(seed for _, seed in evaluations)),
        against=() if against is None else tuple(against.get(arm, "") for arm in arms),
        title=title,
        question=question,
    )
    inputs = {
        f"{arm}/{seed}/{number}": stage
        for (arm, seed), stages in evaluations.items()
        for number, stage in enumerate(stages)
    }
    return Stage(ARMS, run_arms, config, VERSION, inputs)


def run_arms(config: ArmsConfig, inputs: Mapping[str, Artifact], workspace: Workspace) -> Result:
    """Compare the arms on every benchmark that all of them were evaluated on.

    The metrics are `seeds` and `tables`: each with `benchmark`, `measure`, `num_problems`, and `rows`: `arm`, `values`
    in the order of the seeds, `mean`, `sd`, `ci95`; and for an arm that is compared with another one, `against`, the
    `difference` from it, its `difference_ci95`, and `p`, by a paired t test.
    """
    scores: dict[str, dict[str, Any]] = {}
    for name, artifact in inputs.items():
        for one in artifact.manifest.metrics["scores"]:
            scores.setdefault(name.rpartition("/")[0], {})[one["benchmark"]] = one
    shared = [name for name in next(iter(scores.values())) if all(name in found for found in scores.values())]
    tables = []
    for benchmark in shared:
        found = {arm: [scores[f"{arm}/{seed}"][benchmark] for seed in config.seeds] for arm in config.arms}
        first = found[config.arms[0]][0]
        for measure in _MEASURES:
            if all(measure in score for of_arm in found.values() for score in of_arm):
                values = {arm: [float(score[measure]) for score in of_arm] for arm, of_arm in found.items()}
                table = {"benchmark": first["title"], "num_problems": first["num_problems"], "measure": measure}
                tables.append({**table, "rows": _rows(values, config.compared)})
    metrics = {"title": config.title, "question": config.question, "seeds": list(config.seeds), "tables": tables}
    page = draw_page(_page_of(metrics, inputs))
    (workspace.folder / PAGE.name).write_text(page, encoding="utf-8")
    return Result(kept=len(tables), unit="tables", metrics=metrics)


def _rows(values: Mapping[str, Sequence[float]], compared: Mapping[str, str]) -> list[dict[str, Any]]:
    rows = []
    for arm, of_arm in values.items():
        row = {"arm": arm, "values": of_arm, "mean": _rounded(np.mean(of_arm)), "sd": _rounded(np.std(of_arm, ddof=1))}
        row["ci95"] = [_rounded(end) for end in t_interval(of_arm)]
        if other := compared[arm]:
            differences = [after - before for after, before in zip(of_arm, values[other], strict=True)]
            row["against"] = other
            row["difference"] = _rounded(np.mean(differences))
            row["difference_ci95"] = [_rounded(end) for end in t_interval(differences)]
            row["p"] = float(f"{paired_t_p(differences):.3g}")
        rows.append(row)
    return rows


def _rounded(value: Any) -> float:
    return round(float(value), _DIGITS)


def arms_text(metrics: Mapping[str, Any]) -> str:
    """The metrics of `run_arms` as Markdown tables, legible as plain text."""
    lines = [f"{len(metrics['seeds'])} seeds of training; in brackets 95 % intervals over the seeds."]
    for table in metrics["tables"]:
        head, cells = _HEAD, cells_of(table)
        widths = [max(map(len, column)) for column in zip(head, *cells, strict=True)]
        lines += ["", heading_of(table)]
        for cell_row in (head, ["-" * width for width in widths], *cells):
            padded = (f"{cell:<{width}}" for cell, width in zip(cell_row, widths, strict=True))
            lines.append(f"| {' | '.join(padded)} |")
    return "\n".join(lines) + "\n"


_HEAD = ("arm", "mean", "sd", "each seed", "difference", "from", "p")


def heading_of(table: Mapping[str, Any]) -> str:
    """`HumanEval, pass@1 (%), 164 problems`."""
    name, unit = _MEASURES[table["measure"]]
    return f"{table['benchmark']}, {name} ({unit}), {table['num_problems']:,} problems"


def cells_of(table: Mapping[str, Any]) -> list[tuple[str, ...]]:
    """The rows of a table as text, in the columns of `_HEAD`."""
    is_share = _is_share(table)
    return [
        (
            row["arm"],
            f"{_shown(row['mean'], is_share)} {_interval(row['ci95'], is_share)}",
            _shown(row["sd"], is_share),
            " ".join(_shown(value, is_share) for value in row["values"]),
            f"{_shown(row['difference'], is_share, signed=True)} {_interval(row['difference_ci95'], is_share)}"
            if "p" in row
            else "",
            row.get("against", ""),
            f"{row['p']:.3f}" if "p" in row else "",
        )
        for row in table["rows"]
    ]


def _is_share(table: Mapping[str, Any]) -> bool:
    return _MEASURES[table["measure"]][1].startswith("%")


def _page_of(metrics: Mapping[str, Any], inputs: Mapping[str, Artifact]) -> Page:
    drawn = [
        {"heading": heading_of(table), "head": _HEAD, "cells": cells_of(table), "dots": _dots_of(table)}
        for table in metrics["tables"]
    ]
    content = {"tables": drawn, "num_seeds": len(metrics["seeds"])}
    environment = {"stages": [one.manifest for one in inputs.values()], "environment": environment_of(inputs)}
    return Page(
        kind="the report of a study",
        heading=metrics["title"],
        lead={"trainings": [], "tuned": None, "base": None, "scores": [], "question": metrics["question"]},
        notes=[],
        sandbox=None,
        sections=[
            PageSection(anchor="arms", title="What was found", template="arms", content=content),
            PageSection(anchor="making", title="How it was made", template="making", content=environment),
        ],
        made_from="the artifacts of this study",
    )


def _dots_of(table: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Where each arm's mean, interval and values lie between the least and the greatest of all, in percent."""
    rows, is_share = table["rows"], _is_share(table)
    numbers = [value for row in rows for value in (*row["values"], *row["ci95"])]
    low, span = min(numbers), (max(numbers) - min(numbers)) or 1.0

    def place(value: float) -> float:
        return float(round(100 * (value - low) / span, 2))

    return [
        {
            "arm": row["arm"],
            "figure": _shown(row["mean"], is_share),
            "mean": place(row["mean"]),
            "start": place(row["ci95"][0]),
            "width": round(place(row["ci95"][1]) - place(row["ci95"][0]), 2),
            "values": [place(value) for value in row["values"]],
        }
        for row in rows
    ]


def _shown(value: float, is_share: bool, *, signed: bool = False) -> str:
    sign = "+" if signed else ""
    return f"{100 * value:{sign}.1f}" if is_share else f"{value:{sign}.3f}"


def _interval(ends: Sequence[float], is_share: bool) -> str:
    return f"({_shown(ends[0], is_share)} to {_shown(ends[1], is_share)})"
