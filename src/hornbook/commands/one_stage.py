"""A command is a pipeline of a source, a stage and an output: what every such command shares."""

import json
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

from cyclopts import App, CycloptsError, Group, Parameter

from hornbook.display import TerminalObserver, make_console
from hornbook.errors import ConfigError, HornbookError
from hornbook.parallel import Engine, open_engine
from hornbook.pipeline.run import Pipeline, run
from hornbook.pipeline.stage import Artifact, Context, Stage
from hornbook.pipeline.store import Store, store_beside

OUTPUT = Group("Output", sort_key=0)
RULES = Group("Rules", sort_key=1)
READING = Group("Reading", sort_key=2)
_EXECUTION = Group("Execution", sort_key=3)
Inputs = Annotated[
    str,
    Parameter(
        help="Folders of code or notebooks, git repositories, a site-packages folder, files of rows (.jsonl, .gz, "
        ".zst, .parquet; also s3:// and hf://), The Stack's files, a dump's Posts.xml.",
        negative=(),
    ),
]
Output = Annotated[
    Path,
    Parameter(name=("--output", "-o"), help="File to write: .jsonl or .parquet.", group=OUTPUT),
]


@Parameter(name="*", group=_EXECUTION)
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
    as_json: Annotated[bool, Parameter(name="--json", negative=())] = False
    """Print one JSON object on the last line."""
    quiet: Annotated[bool, Parameter(negative=())] = False
    """Print no progress."""


@dataclass
class Finished:
    """The artifacts of a command, and what it says of itself."""

    artifacts: Mapping[str, Artifact]
    begun: float
    facts: dict[str, Any] = field(default_factory=dict)
    """Printed at the end, in this order."""

    def __getitem__(self, stage: str) -> Artifact:
        return self.artifacts[stage]


@contextmanager
def finished(
    last: Stage,
    output: Path | None,
    execution: Execution,
    *,
    seed: int = 0,
    open_teacher: Callable[[str, str], AbstractContextManager[Any]] | None = None,
) -> Iterator[Finished]:
    """Run a stage and all that it needs; the body publishes what came out, then the artifacts may go.

    Args:
        last: The command's stage.
        output: Path that a person named; None where the command only prints.
        execution: Where to work.
        seed: Of every random choice.
        open_teacher: As in `Context`.

    Raises:
        HornbookError: A stage failed; the same command goes on where it was.
    """
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
    _print_facts(done.facts, as_json=execution.as_json)


def dropped_counts(artifacts: Sequence[Artifact]) -> dict[str, int]:
    """Reason → number of records dropped, over some stages, the largest first."""
    counts: dict[str, int] = {}
    for artifact in artifacts:
        for reason, number in artifact.manifest.dropped.items():
            counts[reason] = counts.get(reason, 0) + number
    return dict(sorted(counts.items(), key=lambda item: -item[1]))


def call(app: App, tokens: Sequence[str]) -> None:
    """Run a command line; a mistake in it is a `ConfigError` like any other.

    Raises:
        ConfigError: An option is unknown, or a value does not fit.
    """
    try:
        app(tokens, exit_on_error=False, print_error=False, result_action="return_value")
    except CycloptsError as error:
        if isinstance(error.__cause__, HornbookError):
            raise error.__cause__ from error
        raise ConfigError(str(error)) from error


@contextmanager
def _opened(folder: Path | None, output: Path | None) -> Iterator[Store]:
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
    if as_json:
        print(json.dumps(facts))  # noqa: T201
        return
    console = make_console()
    for name, value in facts.items():
        title = name.replace("_", " ")
        if isinstance(value, Mapping):
            if value:
                console.print(f"{title}:", highlight=False, markup=False)
            for key, number in value.items():
                console.print(f"{number:>12,} {key}", highlight=False, markup=False)
        elif value not in ("", None):
            text = f"{value:,}" if isinstance(value, int | float) and not isinstance(value, bool) else str(value)
            console.print(f"{title:<20} {text}", highlight=False, markup=False)
