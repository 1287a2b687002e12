"""What commands share: the options that are the same everywhere, and the run of a source, a stage and an output."""

import json
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Group, Parameter

from hornbook.parallel import Engine
from hornbook.pipeline import DEFAULT_STORE

if TYPE_CHECKING:
    from hornbook.pipeline.runs import RunFolder
    from hornbook.pipeline.stage import Artifact, Stage
    from hornbook.pipeline.store import Store
    from hornbook.teacher.account import Account

OUTPUT = Group("Output", sort_key=0)
RULES = Group("Rules", sort_key=1)
READING = Group("Reading", sort_key=2)
TEACHER = Group("Teacher", sort_key=8)
EXECUTION = Group("Execution", sort_key=9)
Inputs = Annotated[
    str,
    Parameter(
        help="Folders of code or notebooks, git repositories, a site-packages folder, files of rows (.jsonl, .gz, "
        ".zst, .parquet; also s3:// and hf://), The Stack's files, a dump's Posts.xml; or standard-library.",
        negative=(),
    ),
]
Output = Annotated[
    Path,
    Parameter(name=("--output", "-o"), help="File to write: .jsonl or .parquet.", group=OUTPUT),
]
StoreFolder = Annotated[
    Path,
    Parameter(name="--store", env_var="HORNBOOK_STORE", group=EXECUTION, help="Folder of artifacts and runs."),
]
Seed = Annotated[int, Parameter(name="--seed", group=EXECUTION, help="Seed of every random choice.")]
AsJson = Annotated[
    bool, Parameter(name="--json", negative=(), group=EXECUTION, help="Print one JSON object on the last line.")
]
Quiet = Annotated[bool, Parameter(name="--quiet", negative=(), group=EXECUTION, help="Print no progress.")]


@Parameter(name="*", group=EXECUTION)
@dataclass(frozen=True, kw_only=True)
class Execution:
    """Where a command works, and what it prints; nothing of it changes the output."""

    store: Annotated[Path | None, Parameter(env_var="HORNBOOK_STORE")] = None
    """Keep the artifacts of all stages in this folder and reuse them. Without it they lie beside the output, and only
    until it is whole."""
    engine: Annotated[Engine, Parameter(show_choices=True)] = Engine.LOCAL
    """Work on the parts of tables in processes here, or as tasks on a Ray cluster."""
    ray_address: str | None = None
    """Address of a running Ray cluster; without it one is started here."""
    as_json: AsJson = False
    quiet: Quiet = False


@Parameter(name="*", group=EXECUTION)
@dataclass(frozen=True, kw_only=True)
class RunExecution(Execution):
    """Where a command works that keeps a run in a store."""

    store: StoreFolder = Path(DEFAULT_STORE)


@dataclass
class Finished:
    """The artifacts of a command, and what it says of itself."""

    artifacts: "Mapping[str, Artifact]"
    begun: float
    facts: dict[str, Any] = field(default_factory=dict)
    """Printed at the end, in this order."""

    def __getitem__(self, stage: str) -> "Artifact":
        return self.artifacts[stage]


@contextmanager
def finished(
    last: "Stage",
    output: Path | None,
    execution: Execution,
    *,
    seed: int = 0,
    account: "Account | None" = None,
) -> Iterator[Finished]:
    """Run a stage and all that it needs; the body publishes what came out, then the artifacts may go.

    Args:
        last: The command's stage.
        output: Path that a person named; None where the command only prints.
        execution: Where to work.
        seed: Of every random choice.
        account: With the teacher that the stage asks; at the end it says what that took.

    Raises:
        HornbookError: A stage failed; the same command goes on where it was.
    """
    from hornbook.commands.teacher import print_account
    from hornbook.display import TerminalObserver, make_console
    from hornbook.parallel import open_engine
    from hornbook.pipeline.run import Pipeline, run
    from hornbook.pipeline.stage import Context

    open_teacher = None if account is None else lambda *_: nullcontext(account)
    context = Context(engine=open_engine(execution.engine, execution.ray_address), open_teacher=open_teacher)
    pipeline = Pipeline.ending_in(last.name, last, seed=seed)
    begun = time.monotonic()
    console = make_console(stderr=True, quiet=execution.quiet)
    with _opened(execution.store, output) as store:
        with TerminalObserver(console) as observer:
            outcomes = run(pipeline, store, observer, context)
        done = Finished({name: outcome.artifact for name, outcome in outcomes.items()}, begun)
        yield done
    done.facts |= {**({} if output is None else {"output": str(output)}), "seconds": round(time.monotonic() - begun, 2)}
    if account is not None and execution.as_json:
        done.facts["account"] = account.summary()
    _print_facts(done.facts, as_json=execution.as_json)
    if account is not None and not execution.as_json:
        print_account(account.summary(), make_console())


def dropped_counts(artifacts: "Sequence[Artifact]") -> dict[str, int]:
    """Reason → number of records dropped, over some stages, the largest first."""
    counts: dict[str, int] = {}
    for artifact in artifacts:
        for reason, number in artifact.manifest.dropped.items():
            counts[reason] = counts.get(reason, 0) + number
    return dict(sorted(counts.items(), key=lambda item: -item[1]))


def print_json(values: Mapping[str, Any]) -> None:
    """Print one JSON object on a line of its own, the last of a command's output."""
    print(json.dumps(values))  # noqa: T201


def show_run(folder: "RunFolder", *, as_json: bool, stages: bool = False) -> None:
    """Print what a run has: as one JSON object, or for people, with its stages where they are asked for."""
    from hornbook.display import make_console
    from hornbook.report.summary import describe_run, print_summary

    if as_json:
        print_json(describe_run(folder))
    else:
        print_summary(folder, make_console(), stages=stages)


@contextmanager
def _opened(folder: Path | None, output: Path | None) -> "Iterator[Store]":
    from hornbook.pipeline.store import Store, store_beside

    if folder is None and output is not None:
        with store_beside(output) as store:
            yield store
    elif folder is None:
        with tempfile.TemporaryDirectory() as place:
            store = Store(Path(place), is_durable=False)
            store.open_for_writing()
            yield store
            store.close()
    else:
        store = Store(folder)
        store.open_for_writing()
        yield store


def _print_facts(facts: Mapping[str, Any], *, as_json: bool) -> None:
    from hornbook.display import make_console

    if as_json:
        print_json(facts)
        return
    console = make_console()
    for name, value in facts.items():
        title = name.replace("_", " ")
        if isinstance(value, Mapping):
            if value:
                console.print(f"{title}:", highlight=False, markup=False)
            for key, number in value.items():
                shown = f"{number:,}" if isinstance(number, int | float) else str(number)
                console.print(f"{shown:>12} {key}", highlight=False, markup=False)
        elif value not in ("", None):
            text = f"{value:,}" if isinstance(value, int | float) and not isinstance(value, bool) else str(value)
            console.print(f"{title:<20} {text}", highlight=False, markup=False)
