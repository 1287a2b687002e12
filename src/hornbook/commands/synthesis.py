"""The commands that write textbooks and exercises, verify them, and measure how varied they are."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from functools import partial
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Group, Parameter
from rich.table import Table as Grid

from hornbook.benchmarks.humaneval import structure_of_humaneval
from hornbook.commands.data import open_inputs, publish_documents, reading_config
from hornbook.commands.one_stage import (
    READING,
    RULES,
    Execution,
    Inputs,
    Output,
    Seed,
    dropped_counts,
    finished,
)
from hornbook.commands.teacher import Teacher, TeacherOptions, open_account
from hornbook.curation.collect import collect as collect_stage
from hornbook.display import make_console
from hornbook.pipeline.publish import (
    beside,
    publish,
    require_writable,
)
from hornbook.pipeline.stage import Artifact, Stage
from hornbook.pipeline.table import Table
from hornbook.python_code.structure import distance_between
from hornbook.records import CURRICULUM, Document, Exercise, Problem, Record
from hornbook.report.plain import plain
from hornbook.sources.find import SourcesConfig, open_sources
from hornbook.synthesis.check import EVIDENCE, Change
from hornbook.synthesis.curriculum.exercises import ExerciseRules, ExercisesConfig
from hornbook.synthesis.curriculum.textbooks import TextbookRules, TextbooksConfig
from hornbook.synthesis.diversity.measure import DiversityConfig
from hornbook.synthesis.diversity.measure import diversity as diversity_stage
from hornbook.synthesis.levels import Level, VerifyConfig, VerifyRules
from hornbook.synthesis.prompted.commission import Commission, RejectedAnswer
from hornbook.synthesis.prompted.exercises import ExercisePromptConfig
from hornbook.synthesis.prompted.passages import PassagePromptConfig
from hornbook.synthesis.verify import verify as verify_stage
from hornbook.synthesis.write import write_exercises as exercises_stage
from hornbook.synthesis.write import write_textbooks as textbooks_stage

_PROMPTS = Group("What a language model is asked", sort_key=1)
_EXECUTION, _SOURCES, _OPTIONS = Execution(), SourcesConfig(), TeacherOptions()
_FILES = {"verifications": "verdicts", "passage_checks": "checks"}
"""Tables of evidence that are published under another name."""
_DASH = "–"
_MAX_CELL_CHARACTERS = 34


def write_textbooks(
    *,
    output: Output,
    rules: Annotated[TextbookRules, Parameter(name="*", group=RULES)] = TextbookRules(),  # noqa: B008
    prompts: Annotated[PassagePromptConfig, Parameter(name="*", group=_PROMPTS)] = PassagePromptConfig(),  # noqa: B008
    teacher: Teacher = _OPTIONS,
    seed: Seed = 0,
    execution: Execution = _EXECUTION,
) -> None:
    """Write textbook passages: prose with programs and what they print.

    The curriculum writes, or a language model where a teacher is named; then `FILE.commissions` says what was asked
    for, and `FILE.rejected` has the answers that are no passages. `hornbook verify` runs the programs. An interrupted
    command continues when it is typed again, and no answer is paid twice.
    """

    def make(writer: str) -> Stage:
        return textbooks_stage(TextbooksConfig(**_fields(rules), prompts=prompts, teacher=writer))

    _write("write-textbooks", make, Document, output, teacher, seed, execution)


def write_exercises(
    *,
    output: Output,
    rules: Annotated[ExerciseRules, Parameter(name="*", group=RULES)] = ExerciseRules(),  # noqa: B008
    prompts: Annotated[ExercisePromptConfig, Parameter(name="*", group=_PROMPTS)] = ExercisePromptConfig(),  # noqa: B008
    teacher: Teacher = _OPTIONS,
    seed: Seed = 0,
    execution: Execution = _EXECUTION,
) -> None:
    """Write exercises: a signature with types, a docstring, a short solution.

    The curriculum writes, or a language model where a teacher is named; then `FILE.commissions` says what was asked
    for, and `FILE.rejected` has the answers that are no exercises. Held-out problems are in `FILE.held_out`,
    `FILE.held_out_schemas` and `FILE.held_out_forms`. `hornbook verify` runs the exercises. An interrupted command
    continues when it is typed again, and no answer is paid twice.
    """

    def make(writer: str) -> Stage:
        return exercises_stage(ExercisesConfig(**_fields(rules), prompts=prompts, teacher=writer))

    _write("write-exercises", make, Exercise, output, teacher, seed, execution)


def verify(
    *inputs: Inputs,
    output: Output,
    rules: Annotated[VerifyRules, Parameter(name="*", group=RULES)] = VerifyRules(),  # noqa: B008
    teacher: Teacher = _OPTIONS,
    sources: Annotated[SourcesConfig, Parameter(name="*", group=READING)] = _SOURCES,
    seed: Seed = 0,
    execution: Execution = _EXECUTION,
) -> None:
    """Execute exercises, passages and modules, and drop what does not do what it says.

    An exercise parses and runs, and its docstring's examples hold; where a teacher is named, its solutions of the same
    docstring do the same. The code of a passage runs and prints what the passage shows. The examples in a module's
    docstrings hold. What has nothing to check is kept and counted. Rows of files are published as they stand there,
    but for repaired outputs and tests that are filled in. Beside the output: what was seen, and what was dropped. An
    interrupted command continues when it is typed again, and another strictness asks a teacher nothing anew.
    """
    reading, opened = open_inputs(inputs, sources, output)
    if not teacher.teacher:
        VerifyConfig(**_fields(rules))  # A level that needs a teacher is told before any work.
    with open_account("verify", teacher, output) as account:
        config = VerifyConfig(**_fields(rules), teacher=account.name if account else "")
        last = verify_stage(collect_stage(reading), config=config)
        with finished(last, output, execution, seed=seed, account=account) as done:
            checked = done[last.name]
            changes = _Renamed(checked.table("changes", Change), sources.text_field) if checked.has("changes") else ()
            published = publish_documents(output, opened, done["collect"], checked, changes)
            for table, record in EVIDENCE.items():
                if table != "changes":
                    _publish_beside(output, _FILES.get(table, table), checked, table, record)
            metrics = checked.manifest.metrics
            levels = dict(metrics.get("levels", {}))
            if account is None:
                levels.pop(Level.CONSISTENT.value, None)
            done.facts |= {
                **published,
                "nothing_to_check": metrics.get("num_without_anything_to_check", 0),
                "levels": levels,
                "passages": metrics.get("passages", {}),
            }


def diversity(
    *inputs: Inputs,
    config: Annotated[DiversityConfig, Parameter(name="*", group=RULES)] = DiversityConfig(),  # noqa: B008
    sources: Annotated[SourcesConfig, Parameter(name="*", group=READING)] = _SOURCES,
    execution: Execution = _EXECUTION,
) -> None:
    """Measure how varied exercises, passages or modules are, input beside input.

    A larger collection repeats itself more, so of each input equally many records are measured. It is said, too, after
    which record the monitor would have stopped the generation.
    """
    open_sources(inputs, reading_config(inputs, sources))  # An input that is not there is told before any work.
    names = Counter(Path(one).name for one in inputs)
    collections = {
        Path(one).name if names[Path(one).name] == 1 else one: collect_stage(
            reading_config((one,), sources), name=f"collect-{number}"
        )
        for number, one in enumerate(inputs, start=1)
    }
    with finished(diversity_stage(collections, config), None, execution) as done:
        metrics = done["diversity"].manifest.metrics
        found = metrics["collections"]
        done.facts["at"] = metrics["at"]
        dropped = dropped_counts([artifact for name, artifact in done.artifacts.items() if name != "diversity"])
        done.facts |= {"dropped": dropped} if dropped else {}
        if execution.as_json:
            done.facts["files"] = [{"name": name, **figures} for name, figures in found.items()]
        else:
            _print_diversity(found)


def _write(
    command: str,
    make: Callable[[str], Stage],
    record: type[Record],
    output: Path,
    teacher: TeacherOptions,
    seed: int,
    execution: Execution,
) -> None:
    """Run the stage that writes, given who writes, and publish its tables."""
    require_writable(output)
    with open_account(command, teacher, output) as account:
        last = make(account.name if account else CURRICULUM)
        with finished(last, output, execution, seed=seed, account=account) as done:
            written = done[last.name]
            publish(output, written.table("exercises" if record is Exercise else "documents", record))
            held_out = dict.fromkeys(("held_out", "held_out_schemas", "held_out_forms"), Problem)
            for name, other in {"rejected": RejectedAnswer, "commissions": Commission, **held_out}.items():
                _publish_beside(output, name, written, name, other)
            metrics = written.manifest.metrics
            done.facts |= {"kept": written.manifest.kept, "unit": written.manifest.unit}
            if account is not None:
                done.facts |= {
                    "answers": metrics["num_answers"],
                    "rejected": dict(written.manifest.dropped),
                    "ending": metrics["ending"],
                    "stale": metrics["stale"] if execution.as_json else "; ".join(metrics["stale"]),
                    "reseeds": metrics["num_reseeds"],
                    "topics_covered": metrics["num_topics"],
                }


def _publish_beside(output: Path, what: str, artifact: Artifact, table: str, record: type[Record]) -> None:
    """Publish a table that has rows; where there is none, remove an earlier command's file."""
    path = beside(output, what)
    if artifact.has(table) and artifact.table(table, record).num_rows:
        publish(path, artifact.table(table, record))
    else:
        path.unlink(missing_ok=True)


@dataclass(frozen=True)
class _Renamed:
    """Changes of rows whose text stands in another field."""

    changes: Table[Change]
    text_field: str

    def __iter__(self) -> Iterator[Change]:
        for one in self.changes:
            yield replace(one, field=self.text_field) if one.field == "text" else one


def _fields(config: Any) -> dict[str, Any]:
    return {field.name: getattr(config, field.name) for field in fields(config)}


def _print_diversity(found: Mapping[str, Mapping[str, Any]]) -> None:
    """Print all figures side by side, and under them where each generation would have been stopped and why."""
    console = make_console()
    grid = Grid(box=None, pad_edge=False, header_style="bold")
    grid.add_column("")
    for name in found:
        grid.add_column(plain(name), justify="right", overflow="fold")
    rows = dict(_ROWS)
    if structure := next((figures["structure"] for figures in found.values() if figures["structure"]), None):
        theirs = structure_of_humaneval()
        for name in structure["shares"]:
            rows[f"{name} (HumanEval {theirs['shares'][name]:.0%})"] = partial(_trait, name)
        rows["mean difference of these"] = partial(_distance, theirs)
    for title, cell in rows.items():
        grid.add_row(title, *(plain(cell(figures)) for figures in found.values()))
    console.print(grid, highlight=False, emoji=False)
    console.print()
    for name, figures in found.items():
        if figures["stopped_after"] is None:
            console.print(f"[bold]{plain(name)}[/]: [green]would not have been stopped[/]", highlight=False)
            continue
        where = f"[yellow]would have been stopped after record {figures['stopped_after']:,}[/]"
        console.print(f"[bold]{plain(name)}[/]: {where}:", highlight=False)
        for reason in figures["stop_reasons"]:
            console.print(f"  {plain(reason)}", highlight=False, emoji=False)


def _share(variety: Mapping[str, Any]) -> str:
    return _DASH if variety["share"] is None else f"{variety['share']:.1%} of {variety['count']:,}"


def _trait(name: str, figures: Mapping[str, Any]) -> str:
    found = figures["structure"]
    return f"{found['shares'][name]:.0%}" if found else _DASH


def _distance(theirs: Mapping[str, Any], figures: Mapping[str, Any]) -> str:
    found = figures["structure"]
    return f"{100 * distance_between(found, theirs):.1f} points" if found else _DASH


def _commonest(variety: Mapping[str, Any]) -> str:
    if not variety["common"]:
        return _DASH
    name, count = next(iter(variety["common"].items()))
    shown = name if len(name) <= _MAX_CELL_CHARACTERS else f"{name[: _MAX_CELL_CHARACTERS - 1]}…"
    return f"{shown} {count / variety['count']:.1%}"


_ROWS: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "records": lambda found: f"{found['num_records']:,}",
    "measured": lambda found: f"{found['num_measured']:,}",
    "exact duplicates": lambda found: f"{found['exact_share']:.1%}",
    "near duplicates": lambda found: f"{found['near_share']:.1%}",
    "different names": lambda found: _share(found["names"]),
    "different words in names": lambda found: _share(found["name_words"]),
    "different openings": lambda found: _share(found["openings"]),
    "different shapes of code": lambda found: _share(found["shapes"]),
    "commonest name": lambda found: _commonest(found["names"]),
    "commonest opening": lambda found: _commonest(found["openings"]),
    "compression ratio": lambda found: _DASH if found["compression"] is None else f"{found['compression']:.2f}",
}
