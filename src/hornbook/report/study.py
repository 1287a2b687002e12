"""What leaks are worth: a model on similar and other problems, as trained and trained again on pruned exercises.

Reads:  the similar pairs by each label; the verdicts of the model as trained, and of each that was trained again.
Writes: the study as JSON values: for each label what goes, and for each group of problems both accuracies with 95 %
        intervals, their difference and its test; and the same as a table for people.
Source: section 5 of the paper, table 3, which has the accuracies alone.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from hornbook.artifacts.stage import Artifact, Result, Workspace
from hornbook.errors import ConfigError, MissingInputError
from hornbook.evaluation.compare import CommonProblems, compare
from hornbook.evaluation.score import score_verdicts
from hornbook.records import Outcome, Problem, Verdict
from hornbook.report.plain import visible
from hornbook.stats import sign_flip_p

VERSION = 2
STUDY = "study"
"""The stage's name."""
GROUPS = ("similar", "non-similar", "total", "gap")
"""Problems that at least one exercise is similar to, the others, all; and the accuracy on the first less that on the
second."""
_NUM_RESAMPLES = 10_000
_RESAMPLES_AT_ONCE = 500
_SMALLEST_UNIT = 40_000
"""Of a difference of shares, as its reciprocal."""
_DIGITS = 6
_SIGNIFICANT_DIGITS = 4
"""Of a p value."""

_Shares = npt.NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class StudyRowConfig:
    """A label and the model that was trained again for it."""

    label: str
    evaluation: str
    """The input that holds its verdicts; `as_trained` where nothing goes."""
    control_of: str = ""
    """The label by which problems are similar, where this is the row of a control; empty for the label's own row."""

    @property
    def similar_by(self) -> str:
        """The label of the similar pairs."""
        return self.control_of or self.label


@dataclass(frozen=True, kw_only=True)
class StudyConfig:
    """What is compared."""

    benchmark: str
    """Its name in the evaluations: `held_out`, `humaneval`."""
    rows: tuple[StudyRowConfig, ...]

    def __post_init__(self) -> None:
        if not self.rows:
            raise ConfigError(f"`rows` must hold at least one label, got {self.rows!r}")


def run_study(config: StudyConfig, inputs: Mapping[str, Artifact], workspace: Workspace) -> Result:
    """Compare the model as trained with each that was trained again.

    Args:
        config: The rows, in the order in which they are shown.
        inputs: `similar`; `as_trained`, an evaluation; and the evaluations that the rows name.
        workspace: Gets no table: the metrics are the study, as `study_text` takes it. Each of their `rows` has
            `label`, `evaluation` (the stage that asked the model that was trained again), `control_of`, `num_removed`
            (exercises that go), `num_similar` (problems), `planted` (kind of leak → how many are `found` among what
            goes, `of` how many), and `groups` (group → `group_figures`).
    """
    similar, as_trained = inputs["similar"], inputs["as_trained"]
    problems = as_trained.records(f"{config.benchmark}-problems", Problem)
    pairs = similar.table("similar").to_pylist()
    before = as_trained.records(f"{config.benchmark}-verdicts", Verdict)
    rows = []
    for done, row in enumerate(config.rows):
        workspace.progress(done, len(config.rows), row.label)
        task_ids = frozenset(pair["task_id"] for pair in pairs if pair["label"] == row.similar_by)
        after = inputs[row.evaluation].records(f"{config.benchmark}-verdicts", Verdict)
        found = similar.manifest.metrics["labels"][row.similar_by]
        rows.append(
            {
                **found,
                "planted": {} if row.control_of else found["planted"],
                "label": row.label,
                "control_of": row.control_of,
                "evaluation": inputs[row.evaluation].manifest.stage,
                "groups": group_figures(row.similar_by, problems, task_ids, before, after, workspace.seed),
            }
        )
    workspace.progress(len(config.rows), len(config.rows), "")
    titles = {score["benchmark"]: score["title"] for score in as_trained.manifest.metrics["scores"]}
    return Result(
        kept=len(rows),
        unit="labels",
        metrics={
            "benchmark": titles[config.benchmark],
            "num_problems": len(problems),
            "num_exercises": similar.manifest.metrics["num_exercises"],
            "rows": rows,
        },
    )


def group_figures(
    label: str,
    problems: Sequence[Problem],
    similar: frozenset[str],
    as_trained: Sequence[Verdict],
    retrained: Sequence[Verdict],
    seed: int,
) -> dict[str, dict[str, float]]:
    """Compare two models within similar and other problems, on all of them, and in the gap between the two groups.

    Args:
        label: By which the problems are similar.
        problems: Of the benchmark, at least one.
        similar: Task ids.
        as_trained: At least one verdict for each problem.
        retrained: The same of the other model.
        seed: Of the bootstrap: equal seeds, equal figures.

    Returns:
        Group → figures, for each of `GROUPS` that has problems, and no gap without both: `num_problems`; `as_trained`,
        `retrained` and `difference` (the second less the first), shares from -1 to 1, each with `_low` and `_high`, its
        95 % interval; `only_as_trained` and `only_retrained`, the problems of which one model passed a greater share;
        and `p_value`: how often a difference at least as large comes out when the two models' results on each problem
        are exchanged at random, with one sample per problem McNemar's exact test.

    Raises:
        MissingInputError: A task id belongs to no problem, or a problem lacks verdicts.
    """
    unknown = similar - {problem.task_id for problem in problems}
    if unknown:
        raise MissingInputError(f"`{min(unknown)}`, similar by `{label}`, is none of the problems that were asked")
    near = [problem for problem in problems if problem.task_id in similar]
    others = [problem for problem in problems if problem.task_id not in similar]
    figures = {
        group: _group(asked, as_trained, retrained, seed)
        for group, asked in zip(GROUPS, (near, others, problems), strict=False)
        if asked
    }
    if near and others:
        figures["gap"] = _gap(near, others, as_trained, retrained, seed)
    for of_group in figures.values():
        p_value = of_group.pop("p_value")
        of_group.update({name: round(value, _DIGITS) for name, value in of_group.items()})
        of_group["p_value"] = float(f"{p_value:.{_SIGNIFICANT_DIGITS}g}")
    return figures


def _group(
    problems: Sequence[Problem], as_trained: Sequence[Verdict], retrained: Sequence[Verdict], seed: int
) -> dict[str, float]:
    task_ids = {problem.task_id for problem in problems}
    sides = [[one for one in of_model if one.task_id in task_ids] for of_model in (as_trained, retrained)]
    before, after = (
        score_verdicts("", problems, side, protocol="", generator=np.random.default_rng(seed), ks=(1,))
        for side in sides
    )
    compared = compare(
        CommonProblems(problems=tuple(problems), only_a=(), only_b=(), asked_differently=()),
        *sides,
        benchmark="",
        name_a="as trained",
        name_b="retrained",
        generator=np.random.default_rng(seed),
    )
    return {
        "num_problems": len(problems),
        **_with_interval("as_trained", compared.score_a, before.ci95),
        **_with_interval("retrained", compared.score_b, after.ci95),
        **_with_interval("difference", compared.difference, compared.ci95),
        "only_as_trained": compared.better_a,
        "only_retrained": compared.better_b,
        "p_value": compared.sign_flip_p,
    }


def _gap(
    near: Sequence[Problem],
    others: Sequence[Problem],
    as_trained: Sequence[Verdict],
    retrained: Sequence[Verdict],
    seed: int,
) -> dict[str, float]:
    """As `_group`, of the mean over similar problems less that over the others; each problem weighed by its group."""
    unit = 1
    shares: list[list[_Shares]] = []
    for verdicts in (as_trained, retrained):
        passed: dict[str, list[bool]] = {}
        for verdict in verdicts:
            passed.setdefault(verdict.task_id, []).append(verdict.outcome is Outcome.PASSED)
        unit = math.lcm(unit, *map(len, passed.values()))
        shares.append([np.array([np.mean(passed[one.task_id]) for one in group]) for group in (near, others)])
    before, after = shares
    differences = [second - first for first, second in zip(before, after, strict=True)]
    unit = min(_SMALLEST_UNIT, unit)
    # In whole numbers, so that the test is exact: a problem counts by one over the size of its group.
    flips = [round(value * unit) * len(others) for value in differences[0].tolist()]
    flips += [-round(value * unit) * len(near) for value in differences[1].tolist()]
    return {
        "num_problems": len(near) + len(others),
        **_gap_with_interval("as_trained", before, seed),
        **_gap_with_interval("retrained", after, seed),
        **_gap_with_interval("difference", differences, seed),
        "only_as_trained": sum(value < 0 for value in flips),
        "only_retrained": sum(value > 0 for value in flips),
        "p_value": sign_flip_p(flips),
    }


def _gap_with_interval(name: str, groups: Sequence[_Shares], seed: int) -> dict[str, float]:
    """The difference of two means; its interval draws each group's problems anew, 10,000 times."""
    generator = np.random.default_rng(seed)
    gaps = []
    for _ in range(_NUM_RESAMPLES // _RESAMPLES_AT_ONCE):
        first, second = (
            group[generator.integers(len(group), size=(_RESAMPLES_AT_ONCE, len(group)))].mean(axis=1)
            for group in groups
        )
        gaps.append(first - second)
    low, high = np.quantile(np.concatenate(gaps), [0.025, 0.975])
    return _with_interval(name, float(groups[0].mean() - groups[1].mean()), (float(low), float(high)))


def _with_interval(name: str, value: float, ends: tuple[float, float]) -> dict[str, float]:
    return {name: value, f"{name}_low": ends[0], f"{name}_high": ends[1]}


def study_text(study: Mapping[str, Any]) -> str:
    """The study as a Markdown table that is also read as it stands, what goes by each label above it.

    Args:
        study: The metrics that `run_study` gives.
    """
    head = ("label", "problems", "n", "as trained", "retrained", "difference, points", "p")
    cells = [
        (
            row["label"],
            group,
            f"{figures['num_problems']:,}",
            *(
                _points(figures, name, signed=group == "gap" or name == "difference")
                for name in ("as_trained", "retrained", "difference")
            ),
            f"{figures['p_value']:.3f}" if figures["p_value"] >= 0.001 else f"{figures['p_value']:.1e}",
        )
        for row in study["rows"]
        for group, figures in sorted(row["groups"].items(), key=lambda item: GROUPS.index(item[0]))
    ]
    widths = [max(map(len, column)) for column in zip(head, *cells, strict=True)]
    lines = [f"{study['benchmark']}: {study['num_problems']:,} problems, {study['num_exercises']:,} exercises.", ""]
    lines += [f"- `{row['label']}`: {_what_goes(row)}" for row in study["rows"]]
    lines += ["", "Accuracies in %, with 95 % intervals; the difference and its test are paired by problem.", ""]
    for row in (head, ["-" * width for width in widths], *cells):
        lines.append("| " + " | ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)) + " |")
    return "\n".join(map(visible, lines)) + "\n"


def _what_goes(row: Mapping[str, Any]) -> str:
    if not row["num_removed"]:
        return "no exercise is similar to a problem: nothing goes, and nothing was trained again"
    if row["control_of"]:
        return f"{row['num_removed']:,} other exercises go, drawn at random ({row['evaluation']})"
    planted = ", ".join(f"{count['found']} of {count['of']} {kind}" for kind, count in row["planted"].items())
    return f"{row['num_removed']:,} exercises go, {row['num_similar']:,} problems are similar ({row['evaluation']})" + (
        f"; planted leaks that go: {planted}" if planted else ""
    )


def _points(figures: Mapping[str, float], name: str, *, signed: bool) -> str:
    value, low, high = (100 * figures[key] for key in (name, f"{name}_low", f"{name}_high"))
    sign = "+" if signed else ""
    return f"{value:{sign}.1f} ({low:{sign}.1f} to {high:{sign}.1f})"
