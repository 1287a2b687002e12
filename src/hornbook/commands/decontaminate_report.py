"""What `hornbook decontaminate` leaves behind: kept rows, a decision on each row, a report, and its last lines.

Reads:  the rows; what was found in them, part by part, so that memory does not grow with what was found.
Writes: the kept rows as they stand; a `DecisionRow` for each row; the report as one JSON object.
"""

import json
import platform
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from hornbook import __version__
from hornbook.commands.judge_options import print_judge
from hornbook.commands.written_files import replaced, write_records, write_rejected

if TYPE_CHECKING:
    from hornbook.decontamination.findings import FoundRow
    from hornbook.decontamination.prepare import Prepared
    from hornbook.decontamination.search import SearchConfig
    from hornbook.pipeline.parts import Parts
    from hornbook.sources.input_files import InputFile

_COPIED = ("benchmark", "task_id", "score", "evidence", "function", "window_first", "window_last")
"""What a decision takes from the row that decides."""
_NEAREST_OF_DETECTOR = 3
_PACKAGES = ("numpy", "pyarrow", "rapidfuzz", "scikit-learn", "scipy")
"""Whose versions the report names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionRow:
    """What became of a row."""

    id: str
    decision: str
    """`leak`; `cleared`: it looks like a problem, but its code does something else; `clean`."""
    benchmark: str = ""
    """Of the problem that it gives away, or else of the one that it is most like; empty where there is none."""
    task_id: str = ""
    detector: str = ""
    score: float = 0.0
    evidence: str = ""
    function: str = ""
    """That matches; empty where it is none, or no one of them."""
    window_first: int = 0
    """First character of the part of the text that matches."""
    window_last: int = 0
    """The one after its last."""
    num_problems: int = 0
    """That it gives away."""


def write_outputs(
    files: "Sequence[InputFile]",
    parts: "Parts",
    prepared: "Sequence[Prepared]",
    calibration: "Mapping[str, Any]",
    config: "SearchConfig",
    output: Path,
    decisions: Path,
    report: Path | None,
    judged: "Mapping[str, Any] | None" = None,
) -> dict[str, Any]:
    """Write all outputs, each whole or not at all, and return what is printed, as JSON values.

    The parts are those of the files, searched; `judged` is what a language model was asked and answered, if it was.

    Raises:
        StoreError: The disk is full, or a folder cannot be written.
    """
    import numpy as np

    from hornbook.decontamination.findings import measure, nearest_of
    from hornbook.decontamination.over_parts import found_in
    from hornbook.pipeline.kept_rows import write_kept

    is_kept = np.zeros(parts.num_rows, dtype=np.bool_)
    dropped: Counter[str] = Counter()

    def decided() -> Iterator[DecisionRow]:
        for row, decision in _decisions(parts):
            is_kept[row] = decision.decision != "leak"
            if not is_kept[row]:
                dropped[f"{decision.detector} of {decision.benchmark}"] += 1
            yield decision

    write_records(decisions, DecisionRow, decided())
    write_kept(files, parts, is_kept, output)
    described = {
        "output": str(output),
        "decisions": str(decisions),
        **({"report": str(report)} if report is not None else {}),
        "num_rows": parts.num_rows,
        "kept": int(is_kept.sum()),
        "dropped": {**dict(sorted(dropped.items())), **write_rejected(parts, output)},
        "runs_code": any(one.behaviour is not None for one in prepared),
        "benchmarks": measure(found_in(parts), [one.compared for one in prepared], was_judged=judged is not None),
        **({"judge": judged} if judged is not None else {}),
        "calibration": calibration,
    }
    if report is not None:
        problems = _problems(nearest_of(found_in(parts), _NEAREST_OF_DETECTOR))
        told = {**described, **_circumstances(prepared, config), "problems": problems}
        with replaced(report) as partial:
            partial.write_text(json.dumps(told, indent=2, ensure_ascii=False) + "\n", "utf-8", errors="replace")
    return described


def print_result(described: "Mapping[str, Any]") -> None:
    """Print what `write_outputs` returned, for a person; `seconds` is in it."""
    typer.echo(f"{described['num_rows']:,} rows: {described['kept']:,} kept")
    for reason, number in described["dropped"].items():
        typer.echo(f"{number:>12,} {reason}")
    for one in described["benchmarks"]:
        line = f"{one['title']}: {len(one['leaked_problems']):,} of {one['num_problems']:,} problems are given away"
        blind = one["num_problems"] - one["num_telling"]
        if described["runs_code"] and blind:
            line += f"; of {blind:,} no behaviour can tell, there words and trees decide"
        typer.echo(line)
    if "judge" in described:
        print_judge(described["judge"])
    calibration = described["calibration"]
    rule = next(row for row in calibration["rows"] if row["name"] == "rule")
    line = f"on the labelled set the rule finds {_percent(rule['recall'])} of {calibration['num_leaks']} leaks"
    if rule["precision"]:
        line += f"; {_percent(rule['precision'])} of what it flags are leaks"
    typer.echo(line)
    typer.echo(f"{described['num_rows']:,} rows in {described['seconds']} s")
    typer.echo(f"the kept rows are in {described['output']}, the decision on each row in {described['decisions']}")
    if "report" in described:
        typer.echo(f"the nearest rows of each problem are in {described['report']}")


def _decisions(parts: "Parts") -> Iterator[tuple[int, DecisionRow]]:
    """One for each document, in their order, with its row."""
    from hornbook.decontamination.over_parts import found_in_part

    for part in range(parts.num_parts):
        table = parts.read(part, "row", "id")
        found: dict[int, list[FoundRow]] = {}
        for one in found_in_part(parts, part):
            found.setdefault(one.row, []).append(one)
        for row, name in zip(table.column("row").to_pylist(), table.column("id").to_pylist(), strict=True):
            yield row, _decision(name, found.get(row, []))


def _decision(name: str, found: "Sequence[FoundRow]") -> DecisionRow:
    from hornbook.decontamination.findings import Decision, strongest

    best = strongest(found)
    if best is None:
        return DecisionRow(id=name, decision=Decision.CLEAN.value)
    return DecisionRow(
        id=name,
        decision=best.decision.value,
        detector=best.detector.value,
        **{field: getattr(best, field) for field in _COPIED},
        num_problems=len({(one.benchmark, one.task_id) for one in found if one.decision is Decision.LEAK}),
    )


def _circumstances(prepared: "Sequence[Prepared]", config: "SearchConfig") -> dict[str, Any]:
    """All that determines the decisions beside the rows."""
    from importlib.metadata import version

    from hornbook.pipeline.fingerprint import digest_of, encode

    packages = {name: version(name) for name in _PACKAGES}
    versions = {"hornbook": __version__, "python": platform.python_version(), **packages}
    digests = {one.benchmark.title: digest_of(encode(one.benchmark.problems)) for one in prepared}
    return {"config": encode(config), "versions": versions, "problems_sha256": digests}


def _problems(nearest: "Sequence[FoundRow]") -> list[dict[str, Any]]:
    """The problems that anything is like, each with the nearest rows."""
    problems: dict[tuple[str, str], dict[str, Any]] = {}
    for one in nearest:
        entry = problems.setdefault(
            (one.benchmark, one.task_id),
            {"benchmark": one.benchmark, "task_id": one.task_id, "problem": one.problem_excerpt, "nearest": []},
        )
        entry["nearest"].append(
            {
                "id": one.document_id,
                "decision": one.decision.value,
                "detector": one.detector.value,
                "decided": one.decided_by == one.detector.value,
                "score": one.score,
                "evidence": one.evidence,
                "function": one.function,
                "window": [one.window_first, one.window_last],
                "text": one.document_excerpt,
            }
        )
    return list(problems.values())


def _percent(share: "Sequence[float]") -> str:
    """A share with its interval."""
    middle, low, high = (100 * one for one in share)
    return f"{middle:.1f} % ({low:.1f} to {high:.1f})"
