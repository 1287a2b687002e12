"""Compare arms of an experiment, each trained several times: means over seeds, with intervals over seeds.

A claim about a recipe rests on several trainings; an interval over the problems of one benchmark says nothing about how
far another seed would come. Differences are paired by seed.

Reads:  evaluations, one of each arm and seed.
Writes: the comparison into the manifest.
Source: Student's t for means of few values.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from hornbook.errors import ConfigError
from hornbook.pipeline.stage import Artifact, Result, Stage, Workspace
from hornbook.stats import paired_t_p, t_interval

VERSION = 1
ARMS = "arms"
"""Name of the stage."""
_MEASURES = {"pass@1": "pass@1", "bits_per_byte": "bits per byte"}
_DIGITS = 6


@dataclass(frozen=True, kw_only=True)
class ArmsConfig:
    """What is compared."""

    arms: tuple[str, ...]
    """In the order in which they are shown; each is compared with the one before it."""
    seeds: tuple[int, ...]
    """Of training, at least two."""

    def __post_init__(self) -> None:
        if len(self.seeds) < 2:
            raise ConfigError(f"a comparison needs two seeds at least, got {len(self.seeds)}")


def compare_arms(evaluations: Mapping[tuple[str, int], Stage]) -> Stage:
    """The stage that compares arms: (arm, seed) → the evaluation of a model that was trained so."""
    arms = tuple(dict.fromkeys(arm for arm, _ in evaluations))
    seeds = tuple(dict.fromkeys(seed for _, seed in evaluations))
    inputs = {f"{arm}/{seed}": stage for (arm, seed), stage in evaluations.items()}
    return Stage(ARMS, run_arms, ArmsConfig(arms=arms, seeds=seeds), VERSION, inputs)


def run_arms(config: ArmsConfig, inputs: Mapping[str, Artifact], workspace: Workspace) -> Result:
    """Compare the arms on every benchmark that all of them were evaluated on.

    The metrics are `seeds` and `tables`: each with `benchmark`, `measure`, `num_problems`, and `rows`: `arm`, `values`
    in the order of the seeds, `mean`, `sd`, `ci95`; and for all arms but the first `difference` from the arm before,
    its `difference_ci95`, and `p`, by a paired t test.
    """
    del workspace
    scores = {
        name: {one["benchmark"]: one for one in artifact.manifest.metrics["scores"]}
        for name, artifact in inputs.items()
    }
    shared = [name for name in next(iter(scores.values())) if all(name in found for found in scores.values())]
    tables = []
    for benchmark in shared:
        found = {arm: [scores[f"{arm}/{seed}"][benchmark] for seed in config.seeds] for arm in config.arms}
        first = found[config.arms[0]][0]
        for measure in _MEASURES:
            if all(measure in score for of_arm in found.values() for score in of_arm):
                values = {arm: [float(score[measure]) for score in of_arm] for arm, of_arm in found.items()}
                table = {"benchmark": first["title"], "num_problems": first["num_problems"], "measure": measure}
                tables.append({**table, "rows": _rows(values)})
    return Result(kept=len(tables), unit="tables", metrics={"seeds": list(config.seeds), "tables": tables})


def _rows(values: Mapping[str, Sequence[float]]) -> list[dict[str, Any]]:
    rows = []
    before: Sequence[float] | None = None
    for arm, of_arm in values.items():
        row = {"arm": arm, "values": of_arm, "mean": _rounded(np.mean(of_arm)), "sd": _rounded(np.std(of_arm, ddof=1))}
        row["ci95"] = [_rounded(end) for end in t_interval(of_arm)]
        if before is not None:
            differences = [after - earlier for after, earlier in zip(of_arm, before, strict=True)]
            row["difference"] = _rounded(np.mean(differences))
            row["difference_ci95"] = [_rounded(end) for end in t_interval(differences)]
            row["p"] = float(f"{paired_t_p(differences):.3g}")
        rows.append(row)
        before = of_arm
    return rows


def _rounded(value: Any) -> float:
    return round(float(value), _DIGITS)


def arms_text(metrics: Mapping[str, Any]) -> str:
    """The metrics of `run_arms` as Markdown tables, legible as plain text."""
    lines = [f"{len(metrics['seeds'])} seeds of training; in brackets 95 % intervals over the seeds."]
    for table in metrics["tables"]:
        is_share = table["measure"] == "pass@1"
        head = ("arm", "mean", "sd", "each seed", "against the arm above", "p")
        cells = [
            (
                row["arm"],
                f"{_shown(row['mean'], is_share)} {_interval(row['ci95'], is_share)}",
                _shown(row["sd"], is_share),
                " ".join(_shown(value, is_share) for value in row["values"]),
                f"{_shown(row['difference'], is_share, signed=True)} {_interval(row['difference_ci95'], is_share)}"
                if "p" in row
                else "",
                f"{row['p']:.3f}" if "p" in row else "",
            )
            for row in table["rows"]
        ]
        widths = [max(map(len, column)) for column in zip(head, *cells, strict=True)]
        unit = "%" if is_share else "less is better"
        lines += ["", f"{table['benchmark']}, {_MEASURES[table['measure']]} ({unit}), {table['num_problems']} problems"]
        for cell_row in (head, ["-" * width for width in widths], *cells):
            padded = (f"{cell:<{width}}" for cell, width in zip(cell_row, widths, strict=True))
            lines.append(f"| {' | '.join(padded)} |")
    return "\n".join(lines) + "\n"


def _shown(value: float, is_share: bool, *, signed: bool = False) -> str:
    sign = "+" if signed else ""
    return f"{100 * value:{sign}.1f}" if is_share else f"{value:{sign}.3f}"


def _interval(ends: Sequence[float], is_share: bool) -> str:
    return f"({_shown(ends[0], is_share)} to {_shown(ends[1], is_share)})"
