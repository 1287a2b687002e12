"""Leaks of benchmarks: what was found, how good the search is, and what a model's score owes to similar exercises.

Reads:  the metrics and the table `nearest` of `decontaminate`; for the study the pairs of exercises and problems that
        are similar by each label; the verdicts of evaluations.
Writes: the section of the report; the study as JSON values: for each label the number of removed exercises, and for
        each group of problems both accuracies with 95 % intervals, their difference and its test; and the same as a
        table.
Source: section 5 of the paper, table 3, which has the accuracies alone.
"""

import itertools
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from hornbook.errors import MissingInputError
from hornbook.evaluation.compare import outcomes_of, share_passed, units_per_share
from hornbook.evaluation.leaks import clean_scores, read_leaks
from hornbook.pipeline.stage import Artifact, Result, Workspace
from hornbook.records import Outcome, Problem, Verdict
from hornbook.report.plain import visible
from hornbook.report.scores import evaluated_benchmarks, evaluations_of
from hornbook.stats import bootstrap_interval, sign_flip_p, wilson_interval

VERSION = 2
STUDY = "study"
"""The stage's name."""
GROUPS = ("similar", "non-similar", "total", "gap")
"""Problems that at least one exercise is similar to, the others, all; and the accuracy on the first less that on the
second."""
_DIGITS = 6
_SIGNIFICANT_DIGITS = 4
"""Of a p value."""
_Samples = Mapping[str, Sequence[Outcome]]
"""Task id → the outcome of each sample."""
_DECISIONS = ("leak", "cleared", "clean")
"""The worst first."""
_DOCUMENTS_SHOWN = 3
"""Number of documents shown of each problem."""
_CODE = re.compile(r"^[ \t]*(?:(?:async )?def \w+\(|class \w+[:(]|from [\w.]+ import |@\w+|\w+ = )", re.MULTILINE)
_Row = Mapping[str, Any]
"""A row of the table `nearest`: the evidence of one detector that a document resembles a problem."""
_NUM_NEAREST = 12
"""About how many problems are shown with the training documents nearest to them."""


def contamination_of(run: Mapping[str, Artifact], num_nearest: int = _NUM_NEAREST) -> dict[str, Any]:
    """The section about the findings of `decontaminate`, which the run has, with about so many problems.

    Returns:
        `leaks`, the `clean` scores, and `nearest`: for each problem its `decision` (that of its worst document: `leak`
        before `cleared`, whose code does something else, before `clean`), its `documents`, the worst first, and
        `num_more` documents that are not shown. A document has its `decision`, the `form` in which it is shown (`code`,
        `passage` or `prose`), and `rows`, one for each detector with evidence.

    Raises:
        MissingInputError: `decontaminate` has no findings, or an evaluation lacks a table for the clean scores.
    """
    artifact = run["decontaminate"]
    leaks = read_leaks(artifact.manifest, evaluated_benchmarks(run))
    rows = artifact.arrow("nearest").to_pylist() if artifact.has("nearest") else []
    clean = clean_scores(leaks.benchmarks, evaluations_of(run))
    return {"leaks": leaks, "clean": clean, "nearest": _nearest(rows, num_nearest)}


def _nearest(rows: Sequence[_Row], number: int) -> list[dict[str, Any]]:
    """Problems of each benchmark, an equal share of each: leaked ones, cleared ones and clean ones in turn."""
    benchmarks = _grouped(rows, "benchmark")
    share = -(-number // len(benchmarks)) if benchmarks else 0
    nearest: list[dict[str, Any]] = []
    for of_benchmark in benchmarks:
        problems = [_problem(of_problem) for of_problem in _grouped(of_benchmark, "task_id")]
        by_decision = [[one for one in problems if one["decision"] == decision] for decision in _DECISIONS]
        in_turn = [one for turn in itertools.zip_longest(*by_decision) for one in turn if one is not None]
        nearest += sorted(in_turn[:share], key=_severity)
    return nearest


def _problem(rows: Sequence[_Row]) -> dict[str, Any]:
    documents = [
        {
            "decision": min(of_document, key=_severity)["decision"],
            "form": _form(of_document[0]["document_excerpt"]),
            "rows": of_document,
        }
        for of_document in _grouped(rows, "document_id")
    ]
    documents.sort(key=_severity)
    shown, more = documents[:_DOCUMENTS_SHOWN], documents[_DOCUMENTS_SHOWN:]
    return {"decision": shown[0]["decision"], "documents": shown, "num_more": len(more)}


def _severity(found: _Row) -> int:
    return _DECISIONS.index(found["decision"])


def _grouped(rows: Iterable[_Row], name: str) -> list[list[_Row]]:
    """The rows with equal values of one column together, in the order in which the values first come."""
    groups: dict[str, list[_Row]] = {}
    for row in rows:
        groups.setdefault(row[name], []).append(row)
    return list(groups.values())


def _form(text: str) -> str:
    if "```" in text:
        return "passage"
    return "code" if _CODE.search(text) else "prose"


@dataclass(frozen=True, kw_only=True)
class StudyRowConfig:
    """A label and the model that was trained again without what it marks."""

    label: str
    evaluation: str
    """The input that holds its verdicts; `as_trained` where no exercise is removed."""
    control_of: str = ""
    """The label by which problems are similar, where this is the row of a control; empty for the label's own row."""


@dataclass(frozen=True, kw_only=True)
class StudyConfig:
    """The benchmark and the models that are compared."""

    benchmark: str
    """Name of the benchmark in the evaluations: `held_out`, `humaneval`."""
    rows: tuple[StudyRowConfig, ...]
    """Rows of the study, in the order in which they are shown."""


def run_study(config: StudyConfig, inputs: Mapping[str, Artifact], workspace: Workspace) -> Result:
    """Compare the model as trained with each that was trained again.

    Inputs are `similar`, `as_trained` (an evaluation) and the evaluations that the rows name. The metrics are the
    study: each of their `rows` has `label`, `evaluation` (the stage that asked the model that was trained again),
    `control_of`, `num_removed` (exercises), `num_similar` (problems), `planted` (kind of leak → how many are
    `found` among those removed, `of` how many), and `groups` (group → `group_figures`).
    """
    similar, as_trained = inputs["similar"], inputs["as_trained"]
    problems = as_trained.records(f"{config.benchmark}-problems", Problem)
    pairs = similar.arrow("similar").to_pylist()
    before = as_trained.records(f"{config.benchmark}-verdicts", Verdict)
    rows = []
    for done, row in enumerate(config.rows):
        workspace.progress(done, len(config.rows), row.label)
        label = row.control_of or row.label
        task_ids = {pair["task_id"] for pair in pairs if pair["label"] == label}
        after = inputs[row.evaluation].records(f"{config.benchmark}-verdicts", Verdict)
        found = similar.manifest.metrics["labels"][label]
        rows.append(
            {
                **found,
                "planted": {} if row.control_of else found["planted"],
                "label": row.label,
                "control_of": row.control_of,
                "evaluation": inputs[row.evaluation].manifest.stage,
                "groups": group_figures(label, problems, task_ids, before, after, workspace.seed),
            }
        )
    titles = {score["benchmark"]: score["title"] for score in as_trained.manifest.metrics["scores"]}
    study = {
        "benchmark": titles[config.benchmark],
        "num_problems": len(problems),
        "num_exercises": similar.manifest.metrics["num_exercises"],
        "rows": rows,
    }
    return Result(kept=len(rows), unit="labels", metrics=study)


def group_figures(
    label: str,
    problems: Sequence[Problem],
    similar: set[str],
    as_trained: Sequence[Verdict],
    retrained: Sequence[Verdict],
    seed: int,
) -> dict[str, dict[str, float]]:
    """Compare two models within similar and other problems, on all of them, and in the gap between the two groups.

    There is at least one problem, and of each model at least one verdict for each. `similar` are the task ids of the
    problems that are similar by the label. Equal seeds of the bootstrap give equal figures.

    Returns:
        Group → figures, for each of `GROUPS` that has problems, and no gap without both: `num_problems`; `as_trained`,
        `retrained` and `difference` (the second less the first), shares from -1 to 1, each with `_low` and `_high`, its
        95 % interval; and `p_value`: how often a difference at least as large comes out when the two models' results on
        each problem are exchanged at random, with one sample per problem McNemar's exact test.

    Raises:
        MissingInputError: A task id belongs to no problem, or a problem lacks verdicts.
    """
    everything = [problem.task_id for problem in problems]
    unknown = similar - set(everything)
    if unknown:
        raise MissingInputError(f"`{min(unknown)}`, similar by `{label}`, is none of the problems that were asked")
    before = outcomes_of(problems, as_trained, "as trained")
    after = outcomes_of(problems, retrained, "retrained")
    near = [task_id for task_id in everything if task_id in similar]
    others = [task_id for task_id in everything if task_id not in similar]
    groups = zip(GROUPS, ((near, []), (others, []), (everything, []), (near, others)), strict=True)
    return {
        group: _figures(first, second, before, after, seed)
        for group, (first, second) in groups
        if first and (second or group != "gap")
    }


def _figures(
    first: Sequence[str], second: Sequence[str], before: _Samples, after: _Samples, seed: int
) -> dict[str, float]:
    """Of the mean over the first problems; where there are second ones, less the mean over these."""
    shares = [{task_id: share_passed(samples[task_id]) for task_id in samples} for samples in (before, after)]
    differences = {task_id: shares[1][task_id] - shares[0][task_id] for task_id in before}
    figures: dict[str, float] = {"num_problems": len(first) + len(second)}
    for name, values in (("as_trained", shares[0]), ("retrained", shares[1]), ("difference", differences)):
        of_first, of_second = ([values[task_id] for task_id in group] for group in (first, second))
        is_single = all(len(samples[task_id]) == 1 for samples in (before, after) for task_id in first)
        if is_single and not second and name != "difference":
            low, high = wilson_interval(round(sum(of_first)), len(first))
        else:
            low, high = bootstrap_interval(of_first, np.random.default_rng(seed), less=of_second)
        value = float(np.mean(of_first) - (np.mean(of_second) if second else 0.0))
        for key, number in ((name, value), (f"{name}_low", low), (f"{name}_high", high)):
            figures[key] = round(number, _DIGITS)
    # In whole numbers, so that the test is exact: a problem counts by one over the size of its group.
    unit = units_per_share([*before.values(), *after.values()])
    flips = [round(differences[task_id] * unit) * max(len(second), 1) for task_id in first]
    flips += [-round(differences[task_id] * unit) * len(first) for task_id in second]
    figures["p_value"] = float(f"{sign_flip_p(flips):.{_SIGNIFICANT_DIGITS}g}")
    return figures


def study_text(study: Mapping[str, Any]) -> str:
    """The metrics of `run_study` as a Markdown table, legible as plain text, after what was removed for each label."""
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
    lines += [f"- `{row['label']}`: {_removed_text(row)}" for row in study["rows"]]
    lines += ["", "Accuracies in %, with 95 % intervals; the difference and its test are paired by problem.", ""]
    for row in (head, ["-" * width for width in widths], *cells):
        lines.append("| " + " | ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)) + " |")
    return "\n".join(map(visible, lines)) + "\n"


def _removed_text(row: Mapping[str, Any]) -> str:
    if not row["num_removed"]:
        return "no exercise is similar to a problem: none was removed, and no model was trained again"
    if row["control_of"]:
        return f"{row['num_removed']:,} other exercises removed, drawn at random ({row['evaluation']})"
    planted = ", ".join(f"{count['found']} of {count['of']} {kind}" for kind, count in row["planted"].items())
    text = f"{row['num_removed']:,} exercises removed, {row['num_similar']:,} problems similar ({row['evaluation']})"
    return f"{text}; planted leaks removed: {planted}" if planted else text


def _points(figures: Mapping[str, float], name: str, *, signed: bool) -> str:
    value, low, high = (100 * figures[key] for key in (name, f"{name}_low", f"{name}_high"))
    sign = "+" if signed else ""
    return f"{value:{sign}.1f} ({low:{sign}.1f} to {high:{sign}.1f})"
