"""`hornbook decontaminate`: drop the rows of one's own files that give away a benchmark's problems, and say which."""

import itertools
import json
import platform
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter

from hornbook import __version__
from hornbook.benchmarks.against import NamedProblems
from hornbook.commands.data import open_inputs, publish_documents
from hornbook.commands.one_stage import OUTPUT, READING, RULES, Execution, Inputs, Output, finished
from hornbook.commands.teacher import Teacher, TeacherOptions, open_account
from hornbook.curation.collect import collect as collect_stage
from hornbook.decontamination.findings import Decision, FoundRow, nearest_of, strongest
from hornbook.decontamination.judge import JudgedRow
from hornbook.decontamination.stage import NAME, DecontaminateConfig, RuleConfig, benchmarks_of
from hornbook.decontamination.stage import decontaminate as decontaminate_stage
from hornbook.errors import ConfigError, StoreError
from hornbook.pipeline.fingerprint import digest_of, encode
from hornbook.pipeline.publish import (
    beside,
    publish,
    publish_rows,
    require_writable,
)
from hornbook.pipeline.stage import Artifact
from hornbook.pipeline.table import Table
from hornbook.records import Document, Dropped
from hornbook.sources.find import SourcesConfig

_EXECUTION, _SOURCES, _RULE, _OPTIONS = Execution(), SourcesConfig(), RuleConfig(), TeacherOptions()
_COPIED = ("benchmark", "task_id", "score", "evidence", "function", "window_first", "window_last")
"""What a decision takes from the row that decides."""
_NEAREST_OF_DETECTOR = 3
_PACKAGES = ("numpy", "pyarrow", "rapidfuzz", "scikit-learn", "scipy")
"""Whose versions the report names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionRow:
    """What became of a document."""

    id: str
    decision: str
    """`leak`; `cleared`: it looks like a problem, but its code does something else; `clean`; `too long`."""
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


def decontaminate(
    *inputs: Inputs,
    output: Output,
    report: Annotated[Path | None, Parameter(group=OUTPUT)] = None,
    decisions: Annotated[Path | None, Parameter(group=OUTPUT)] = None,
    rule: Annotated[RuleConfig, Parameter(name="*", group=RULES)] = _RULE,
    teacher: Teacher = _OPTIONS,
    sources: Annotated[SourcesConfig, Parameter(name="*", group=READING)] = _SOURCES,
    execution: Execution = _EXECUTION,
) -> None:
    """Drop documents that give away a benchmark's problems, in other words or another story too, and say why.

    Functions of the documents run in a jail on the benchmarks' inputs; where none can run, words and syntax trees
    decide, or a language model in their place. Rows of files are published as they stand there. An interrupted
    command continues when it is typed again.

    Parameters
    ----------
    report
        File of counts, the nearest documents of each problem and the quality of the detectors: .json.
    decisions
        File with a line for each document: the decision, the problem, the evidence; .jsonl or .parquet.
    """
    rule = replace(rule, against=tuple(name for one in rule.against for name in one.split(",") if name.strip()))
    benchmarks = benchmarks_of(rule)
    _require_outputs(inputs, rule, output, decisions, report)
    reading, opened = open_inputs(inputs, sources, output)
    with open_account(NAME, teacher, output) as account:
        given = {field.name: getattr(rule, field.name) for field in fields(rule)}
        config = DecontaminateConfig(**given, teacher="" if account is None else account.name)
        last = decontaminate_stage(collect_stage(reading), config=config)
        with finished(last, output, execution, account=account) as done:
            clean, documents = done[last.name], done["collect"].table("documents", Document)
            described = publish_documents(output, opened, done["collect"], clean)
            described |= {name: clean.manifest.metrics[name] for name in ("benchmarks", "calibration")}
            if account is not None:
                publish(beside(output, "judged"), clean.table("judged", JudgedRow))
                described |= {"judge": clean.manifest.metrics["judge"], "account": account.summary()}
            if decisions is not None:
                publish_rows(decisions, _decisions(clean, documents), DecisionRow)
            if report is not None:
                _write_report(report, {**described, **_circumstances(config, benchmarks), "problems": _problems(clean)})
            done.facts |= described if execution.as_json else _for_people(described)


def _require_outputs(
    inputs: Sequence[str], rule: RuleConfig, output: Path, decisions: Path | None, report: Path | None
) -> None:
    read = [*inputs, *(one.rpartition("=")[2] for one in rule.against)]
    require_writable(output, read)
    if decisions is not None:
        require_writable(decisions, read)
    if report is not None:
        if report.suffix != ".json":
            raise ConfigError(f"`--report` must end in .json, got `{report}`")
        require_writable(report.with_suffix(output.suffix), read)
    written = [output, *(beside(output, name) for name in ("dropped", "judged"))]
    written += [path for path in (decisions, report) if path is not None]
    if len({path.resolve() for path in written}) < len(written):
        names = ", ".join(f"`{path}`" for path in written)
        raise ConfigError(f"the outputs must be different files, got {names}")


def _decisions(clean: Artifact, documents: Table[Document]) -> Iterator[DecisionRow]:
    """One for each document, in their order."""
    reasons = {one.id: one.reason for one in clean.table("dropped", Dropped) if one.reason == "too long"}
    groups = itertools.groupby(clean.table("found", FoundRow), key=lambda row: row.document_id)
    name, rows = next(groups, ("", iter(())))
    for document in documents:
        if document.id != name:
            yield DecisionRow(id=document.id, decision=reasons.get(document.id, Decision.CLEAN.value))
            continue
        found = list(rows)
        best = strongest(found)
        assert best is not None
        yield DecisionRow(
            id=document.id,
            decision=best.decision.value,
            detector=best.detector.value,
            **{field: getattr(best, field) for field in _COPIED},
            num_problems=len({(one.benchmark, one.task_id) for one in found if one.decision is Decision.LEAK}),
        )
        name, rows = next(groups, ("", iter(())))


def _circumstances(config: DecontaminateConfig, benchmarks: Sequence[NamedProblems]) -> dict[str, Any]:
    """What a report says of how it was made."""
    versions = {name: version(name) for name in _PACKAGES}
    return {
        "config": encode(config),
        "versions": {"hornbook": __version__, "python": platform.python_version(), **versions},
        "problems_sha256": {one.title: digest_of(encode(one.problems)) for one in benchmarks},
    }


def _problems(clean: Artifact) -> list[dict[str, Any]]:
    """The problems that anything is like, each with the nearest documents."""
    problems: dict[tuple[str, str], dict[str, Any]] = {}
    for one in nearest_of(clean.table("found", FoundRow), _NEAREST_OF_DETECTOR):
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


def _write_report(path: Path, told: dict[str, Any]) -> None:
    partial = path.with_name(f".{path.name}.partial")
    try:
        partial.write_text(json.dumps(told, indent=2, ensure_ascii=False) + "\n", "utf-8", errors="replace")
        partial.replace(path)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise StoreError(f"`{path}` cannot be written: {error.strerror or error}") from error


def _for_people(described: dict[str, Any]) -> dict[str, Any]:
    """The facts that are printed."""
    facts = {name: described[name] for name in ("num_rows", "kept", "dropped", "dropped_rows")}
    for one in described["benchmarks"]:
        line = f"{len(one['leaked_problems']):,} of {one['num_problems']:,} problems are given away"
        blind = one["num_problems"] - one["num_telling"]
        if "behaviour" in one["detectors"] and blind:
            line += f"; of {blind:,} no behaviour can tell, there words and trees decide"
        facts[one["title"]] = line
    if "judge" in described:
        judge = described["judge"]
        facts["teacher"] = (
            f"`{judge['teacher']}` was asked about {judge['asked']:,} pairs: {judge['same']:,} the same problem, "
            f"{judge['different']:,} different ones, {judge['none']:,} without a verdict, "
            f"{judge['left_out']:,} more not asked about"
        )
    calibration = described["calibration"]
    measured = next(row for row in calibration["rows"] if row["name"] == "rule")
    line = f"on the labelled set the rule finds {_percent(measured['recall'])} of {calibration['num_leaks']} leaks"
    if measured["precision"]:
        line += f"; {_percent(measured['precision'])} of what it flags are leaks"
    return {**facts, "quality": line}


def _percent(share: Sequence[float]) -> str:
    """A share with its interval."""
    middle, low, high = (100 * one for one in share)
    return f"{middle:.1f} % ({low:.1f} to {high:.1f})"
