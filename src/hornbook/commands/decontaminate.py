"""`hornbook decontaminate`: drop the rows of one's own files that give away a benchmark's problems, and say which."""

import json
import time
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hornbook.commands.input_options import (
    EngineOption,
    FilesOption,
    IdFieldOption,
    InputsArgument,
    RayOption,
    TextFieldOption,
)
from hornbook.commands.judge_options import (
    STAGE,
    BothOrdersOption,
    JudgeOption,
    MaxNewTokensOption,
    MaxPairsOption,
    judge_found,
    judging_config,
    print_judge,
)
from hornbook.commands.rejected_rows import write_rejected
from hornbook.commands.teacher_options import (
    DEFAULT_CACHE,
    DEFAULT_CONCURRENCY,
    DEFAULT_KEY_VARIABLE,
    ApiKeyEnvOption,
    ApiKeyFileOption,
    BatchOption,
    BudgetOption,
    CacheOption,
    ConcurrencyOption,
    PricesOption,
    TeacherModelOption,
    open_account,
)
from hornbook.commands.work_folder import described_files, require_outside, work_beside
from hornbook.commands.written_files import beside, require_writable, write_records
from hornbook.errors import ConfigError, StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager

    from hornbook.decontamination.findings import FoundRow
    from hornbook.decontamination.prepare import Prepared
    from hornbook.reading.files import InputFile
    from hornbook.reading.parts import Parts
    from hornbook.teacher.account import Account

_MEGABYTE = 1_000_000

AgainstOption = Annotated[
    str,
    typer.Option(
        "--against",
        metavar="NAMES",
        help="Benchmarks, comma-separated: humaneval, mbpp=PATH, a FILE of problems (.jsonl, .json, .parquet), "
        "NAME=FILE.",
    ),
]
OutputOption = Annotated[
    Path,
    typer.Option(
        "--output",
        "-o",
        metavar="KEPT",
        help="Where the kept rows go, each as it stands: .jsonl or .parquet, as the inputs are.",
        show_default=False,
    ),
]
ReportOption = Annotated[
    Path | None,
    typer.Option(
        "--report",
        metavar="FILE",
        help="Counts, the nearest records of each problem with the evidence, and how good the detectors are: .json.",
        show_default=False,
    ),
]
DecisionsOption = Annotated[
    Path | None,
    typer.Option(
        "--decisions",
        metavar="FILE",
        help="A line for each row: the decision, the problem, the evidence. KEPT.decisions.jsonl where not given.",
        show_default=False,
    ),
]
WithoutCodeOption = Annotated[
    bool,
    typer.Option("--without-running-code", help="Run nothing: words, embeddings and trees decide alone."),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionRow:
    """What became of a row."""

    id: str
    decision: str
    """`leak`; `cleared`: it looks like a problem, but its code does something else; `clean`."""
    benchmark: str
    """Of the problem that it gives away, or else of the one that it is most like; empty where there is none."""
    task_id: str
    detector: str
    score: float
    evidence: str
    window_first: int
    """First character of the part of the text that matches, and the one after its last."""
    window_last: int
    num_problems: int
    """That it gives away."""


def decontaminate(
    inputs: InputsArgument,
    output: OutputOption,
    against: AgainstOption = "humaneval",
    report: ReportOption = None,
    decisions: DecisionsOption = None,
    without_running_code: WithoutCodeOption = False,
    text_field: TextFieldOption = "text",
    id_field: IdFieldOption = None,
    files: FilesOption = "*.py",
    engine: EngineOption = "local",
    ray_address: RayOption = None,
    judge: JudgeOption = None,
    teacher_model: TeacherModelOption = "",
    max_pairs: MaxPairsOption = 3,
    both_orders: BothOrdersOption = False,
    max_new_tokens: MaxNewTokensOption = 8,
    api_key_env: ApiKeyEnvOption = DEFAULT_KEY_VARIABLE,
    api_key_file: ApiKeyFileOption = None,
    concurrency: ConcurrencyOption = DEFAULT_CONCURRENCY,
    budget: BudgetOption = None,
    prices: PricesOption = None,
    cache: CacheOption = DEFAULT_CACHE,
    batch: BatchOption = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Drop rows that give away a benchmark's problems, in other words or another story too, and say why.

    Functions of the rows run in a jail on the benchmarks' inputs; where none can run, words, embeddings and syntax
    trees decide, or a language model in their place. An interrupted command, typed again, goes on where it was.
    """
    from hornbook.artifacts.fingerprint import encode
    from hornbook.benchmarks.against import read_against
    from hornbook.decontamination.over_parts import search_documents
    from hornbook.decontamination.prepare import calibrate, open_jail, prepare
    from hornbook.decontamination.search import SearchConfig
    from hornbook.display import make_console, show_progress
    from hornbook.engine import open_engine
    from hornbook.reading.documents import Fields, documents_of
    from hornbook.reading.files import find_files
    from hornbook.reading.kept_rows import require_same_form
    from hornbook.reading.parts import require_some

    decisions = decisions or beside(output, "decisions")
    _require_outputs(inputs, output, decisions, report)
    benchmarks = read_against([name.strip() for name in against.split(",") if name.strip()])
    found = find_files(inputs, pattern=files)
    require_same_form(found, output)
    where = open_engine(engine, ray_address)
    fields, config = Fields(text=text_field, id=id_field), SearchConfig()
    judging = judging_config(max_pairs=max_pairs, both_orders=both_orders, max_new_tokens=max_new_tokens)
    settings = {
        "files": described_files(found),
        "config": encode(config),
        "fields": encode(fields),
        "problems": encode(tuple(problem for one in benchmarks for problem in one.problems)),
        "runs_code": not without_running_code,
        "judging": encode(judging) if judge is not None else None,
    }
    opened: AbstractContextManager[Account | None] = nullcontext()
    if judge is not None:
        require_outside(beside(output, "judged"), inputs)
        opened = open_account(
            STAGE,
            judge,
            model=teacher_model,
            api_key_env=api_key_env,
            api_key_file=api_key_file,
            concurrency=concurrency,
            budget=budget,
            prices=prices,
            cache=cache,
            batch=batch,
        )
    begun = time.monotonic()
    with (
        opened as account,  # First, so that a wrong key is known before the search.
        work_beside(output, "decontaminating in", settings) as work,
        show_progress(make_console(stderr=True), "decontaminate") as progress,
    ):
        progress(0, 0, "running the benchmarks' solutions and measuring the detectors")
        with nullcontext() if without_running_code else open_jail() as sandbox:
            prepared = [prepare(one, config.behaviour, sandbox) for one in benchmarks]
            calibration = calibrate(config, sandbox)
        parts = search_documents(
            documents_of(found, fields),
            work,
            prepared,
            config,
            engine=where,
            num_characters=sum(file.size for file in found),
            report=lambda note, done, total: progress(done, total, note),
        )
        require_some(parts, fields)
        judged = (
            judge_found(parts, benchmarks, account, config.rule, judging, output, progress)
            if account is not None
            else None
        )
        described = _write(found, parts, prepared, calibration, judged, output, decisions, report)
    described["seconds"] = round(time.monotonic() - begun, 2)
    if as_json:
        typer.echo(json.dumps(described, indent=2))
    else:
        _print(described)


def _require_outputs(inputs: "Sequence[Path]", output: Path, decisions: Path, report: Path | None) -> None:
    """See that all outputs can be written, and that none is another one or an input."""
    require_writable(output)
    if decisions.suffix not in (".jsonl", ".parquet"):
        raise ConfigError(f"`--decisions` must end in .jsonl or .parquet, got `{decisions}`")
    if report is not None and report.suffix != ".json":
        raise ConfigError(f"`--report` must end in .json, got `{report}`")
    paths = [output, decisions, *([report] if report is not None else [])]
    for path in paths:
        if not path.absolute().parent.is_dir():
            raise ConfigError(f"`{path}`: there is no folder `{path.absolute().parent}`")
        require_outside(path, inputs)
    if len({path.resolve() for path in paths}) < len(paths):
        raise ConfigError("`--output`, `--decisions` and `--report` must be different files")


def _write(
    files: "Sequence[InputFile]",
    parts: "Parts",
    prepared: "Sequence[Prepared]",
    calibration: "Mapping[str, Any]",
    judged: "Mapping[str, Any] | None",
    output: Path,
    decisions: Path,
    report: Path | None,
) -> dict[str, Any]:
    """Write all outputs; returns what is printed."""
    import numpy as np

    from hornbook.decontamination.findings import leaks_of, measure, nearest_of
    from hornbook.decontamination.over_parts import found_in
    from hornbook.reading.kept_rows import write_kept

    rows = list(found_in(parts))
    leaks = leaks_of(rows)
    is_kept = np.zeros(parts.num_rows, dtype=np.bool_)
    for part in range(parts.num_parts):
        is_kept[parts.read(part, "row").column("row").to_numpy()] = True
    is_kept[sorted(leaks)] = False
    write_kept(files, parts, is_kept, output)
    write_records(decisions, DecisionRow, _decision_rows(parts))
    dropped: dict[str, int] = {}
    for leak in leaks.values():
        reason = f"{leak.detector} of {leak.benchmark}"
        dropped[reason] = dropped.get(reason, 0) + 1
    described = {
        "output": str(output),
        "decisions": str(decisions),
        **({"report": str(report)} if report is not None else {}),
        "num_rows": parts.num_rows,
        "kept": int(is_kept.sum()),
        "dropped": {**dict(sorted(dropped.items())), **write_rejected(parts, output)},
        "benchmarks": measure(rows, [one.compared for one in prepared], was_judged=judged is not None),
        **({"judge": judged} if judged is not None else {}),
        "calibration": calibration,
    }
    if report is not None:
        _write_report(report, {**described, "problems": _problems(nearest_of(rows))})
    return described


def _decision_rows(parts: "Parts") -> "Iterator[DecisionRow]":
    """One for each document, in their order."""
    from hornbook.decontamination.over_parts import found_in_part

    for part in range(parts.num_parts):
        table = parts.read(part, "row", "id")
        found: dict[int, list[FoundRow]] = {}
        for one in found_in_part(parts, part):
            found.setdefault(one.row, []).append(one)
        for row, name in zip(table.column("row").to_pylist(), table.column("id").to_pylist(), strict=True):
            yield _decision(name, found.get(row, []))


def _decision(name: str, found: "Sequence[FoundRow]") -> DecisionRow:
    from hornbook.decontamination.findings import Decision, strongest

    best = strongest(found)
    if best is None:
        return DecisionRow(
            id=name,
            decision=Decision.CLEAN.value,
            benchmark="",
            task_id="",
            detector="",
            score=0.0,
            evidence="",
            window_first=0,
            window_last=0,
            num_problems=0,
        )
    return DecisionRow(
        id=name,
        decision=best.decision.value,
        benchmark=best.benchmark,
        task_id=best.task_id,
        detector=best.detector.value,
        score=best.score,
        evidence=best.evidence,
        window_first=best.window_first,
        window_last=best.window_last,
        num_problems=len({(one.benchmark, one.task_id) for one in found if one.decision is Decision.LEAK}),
    )


def _problems(nearest: "Sequence[FoundRow]") -> list[dict[str, Any]]:
    """The problems that anything is like, each with the nearest records."""
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
                "score": one.score,
                "evidence": one.evidence,
                "window": [one.window_first, one.window_last],
                "text": one.document_excerpt,
            }
        )
    return list(problems.values())


def _write_report(path: Path, report: "Mapping[str, Any]") -> None:
    partial = path.with_name(f".{path.name}.partial")
    try:
        partial.write_text(json.dumps(report, indent=2, ensure_ascii=False) + "\n", encoding="utf-8", errors="replace")
        partial.replace(path)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise StoreError(f"`{path}` cannot be written: {error.strerror or error}") from error


def _print(described: "Mapping[str, Any]") -> None:
    typer.echo(f"{described['num_rows']:,} rows: {described['kept']:,} kept")
    for reason, number in described["dropped"].items():
        typer.echo(f"{number:>12,} {reason}")
    for one in described["benchmarks"]:
        typer.echo(
            f"{one['title']}: {len(one['leaked_problems']):,} of {one['num_problems']:,} problems are given away; "
            f"behaviour can tell for {one['num_telling']:,}"
        )
    if "judge" in described:
        print_judge(described["judge"])
    [rule] = [row for row in described["calibration"]["rows"] if row["name"] == "rule"]
    recall, precision = rule["recall"], rule["precision"]
    typer.echo(
        f"on {described['calibration']['num_leaks']} labelled leaks and {described['calibration']['num_clean']} clean "
        f"records the rule has recall {recall[0]:.3f} [{recall[1]:.3f}, {recall[2]:.3f}]"
        + (f", precision {precision[0]:.3f} [{precision[1]:.3f}, {precision[2]:.3f}]" if precision else "")
    )
    typer.echo(f"{described['num_rows']:,} rows in {described['seconds']} s")
    typer.echo(f"the kept rows are in {described['output']}, the decision on each row in {described['decisions']}")
    if "report" in described:
        typer.echo(f"the evidence is in {described['report']}")
