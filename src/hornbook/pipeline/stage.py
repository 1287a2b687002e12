"""A stage: a frozen config, a function, and the stages whose artifacts it reads, named as Python objects."""

import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from hornbook.errors import ConfigError, MissingInputError
from hornbook.parallel import Engine, Function, J, map_parts
from hornbook.pipeline.manifest import MEASURED, Manifest
from hornbook.pipeline.table import Table, num_rows_of, write_table
from hornbook.records import CURRICULUM, Document, Dropped, R

DOCUMENT_TABLES = ("documents", "exercises")
"""Tables whose records are, or can be read as, documents for training."""


class Progress(Protocol):
    """Where long work says how far it is."""

    def __call__(self, done: int, total: int, note: str = "") -> None:
        """Say that `done` of `total` units are finished; `note` is short, for people.

        With a `total` of 0 nothing is said of the units: the note is a remark that stays on the screen.
        """


@dataclass(frozen=True)
class Artifact:
    """The finished output of a stage. Its files are never changed."""

    folder: Path
    manifest: Manifest

    def path(self, name: str) -> Path:
        """The file or folder `name` inside the artifact.

        Raises:
            MissingInputError: The artifact has no such file.
        """
        path = self.folder / name
        if not path.exists():
            raise MissingInputError(f"the artifact `{self.folder.name}` has no `{name}`")
        return path

    def has(self, name: str) -> bool:
        """Whether the artifact holds the table, file or folder `name`."""
        return (self.folder / name).exists()

    def table(self, name: str, record: type[R]) -> Table[R]:
        """The table `name`, to be streamed."""
        return Table.of_folder(self.path(name), record)

    def arrow(self, name: str) -> pa.Table:
        """The table `name` whole, as an Arrow table."""
        return pq.read_table(self.path(name))

    def records(self, name: str, record: type[R]) -> list[R]:
        """All rows of the table `name`; for tables that fit in memory."""
        return list(self.table(name, record))

    def documents(self) -> Table[Document]:
        """The texts that the artifact holds for training: its code, textbooks, then exercises.

        Raises:
            MissingInputError: It holds none.
        """
        names = [name for name in DOCUMENT_TABLES if self.has(name)]
        if not names:
            raise MissingInputError(f"the artifact `{self.folder.name}` holds no documents")
        return Table(Document, tuple(part for name in names for part in self.table(name, Document).parts))


@dataclass(frozen=True)
class Context:
    """What stages are given to work with; it determines nothing of what they make."""

    engine: Engine = Engine.LOCAL
    """Where parts of tables are worked on."""
    open_teacher: Callable[[str, str], AbstractContextManager[Any]] | None = None
    """Opens the language model of this name for the stage of this name; None where no teacher was named."""
    call_ranks: Callable[[Any], None] | None = None
    """Asks the other processes of `torchrun` to take part in a training; None where there are none."""


@dataclass(frozen=True)
class Workspace:
    """Where a running stage writes.

    What lies in `folder` when the stage returns becomes the artifact. `scratch` survives a kill and is seen again by
    the next run of the same fingerprint: checkpoints and other half-finished work go there. It is deleted afterwards.
    """

    folder: Path
    scratch: Path
    seed: int
    progress: Progress
    context: Context = field(default_factory=Context)
    stage: str = ""
    """Name of the stage."""

    def open_teacher(self, model: str) -> AbstractContextManager[Any]:
        """Open the language model that the stage's config names.

        Raises:
            ConfigError: No teacher was named to the command.
        """
        if self.context.open_teacher is None:
            raise ConfigError(f"`teacher` is `{model}`, a language model: say where it answers with `--teacher URL`")
        return self.context.open_teacher(model, self.stage)

    def write_records(self, name: str, record: type[R], records: Iterable[R]) -> int:
        """Write records as the table `name`, part by part; returns their number."""
        return write_table(self.folder / name, record, records)

    def write_measured(self, name: str, record: type[R], records: list[R]) -> None:
        """Write what differs between two equal runs as the table `measured/name`; nothing downstream depends on it."""
        self.write_records(f"{MEASURED}/{name}", record, records)

    def map_parts(
        self, name: str, function: Function[J], jobs: Sequence[J], *, note: str = "", in_threads: bool = False
    ) -> list[Path]:
        """Apply a function to parts on the engine of the context; see `parallel.map_parts`.

        Args:
            name: Of this work; its results lie in `scratch`, where a run after a kill finds them again.
            function: What is applied.
            jobs: The parts.
            note: What is done, for the progress.
            in_threads: As for `parallel.map_parts`.

        Returns:
            The folder of each part's results.
        """
        results: list[Path] = []
        if not jobs:
            return results
        self.progress(0, len(jobs), note)
        for result in map_parts(function, jobs, self.scratch / name, self.context.engine, in_threads=in_threads):
            results.append(result)
            self.progress(len(results), len(jobs), note)
        return results

    def gather(self, results: Iterable[Path], name: str, record: type[R]) -> Table[R]:
        """Make the table `name` of the parts `name.parquet`, or the folders `name`, that results hold, in their order.

        The parts are linked, not moved: a run that is killed before the artifact is whole needs them again. Parts
        without rows are skipped, unless all are.
        """
        folder = self.folder / name
        folder.mkdir()
        found = [part for result in results for part in _parts_in(result, name)]
        full = [part for part in found if num_rows_of(part)]
        for number, part in enumerate(full or found[:1]):
            _link(part, folder / f"{number:05d}.parquet")
        if not found:
            write_table(folder, record, [])
        return Table.of_folder(folder, record)


def _link(part: Path, target: Path) -> None:
    try:
        target.hardlink_to(part)
    except OSError:  # The file system knows no links.
        shutil.copyfile(part, target)


def _parts_in(result: Path, name: str) -> list[Path]:
    single = result / f"{name}.parquet"
    return [single] if single.exists() else sorted((result / name).glob("*.parquet"))


def count_reasons(dropped: Table[Dropped]) -> dict[str, int]:
    """Reason → number of records dropped for it, by reason."""
    reasons = pc.value_counts(dropped.columns("reason").column("reason").combine_chunks()).to_pylist()
    return {str(one["values"]): one["counts"] for one in sorted(reasons, key=lambda one: str(one["values"]))}


@dataclass(frozen=True)
class Result:
    """What a stage says of its own work; it goes into the manifest."""

    kept: int
    """Number of records (or documents, tokens, steps: what `unit` says) that go on."""
    unit: str
    dropped: Mapping[str, int] = field(default_factory=dict)
    """Reason → number of records."""
    metrics: Mapping[str, Any] = field(default_factory=dict)
    """JSON values only, equal in each run of the same fingerprint; times do not belong here."""


@dataclass(frozen=True, kw_only=True)
class Hardware:
    """The GPUs that a plan counts with, all of one kind."""

    gpu: str
    """As a person names it: `h100`."""
    flops: float
    """Operations per second that one multiplies at most, dense, in the type that training uses."""
    memory_bytes: int
    """Of one; 0 where it is not known."""
    num_gpus: int
    utilisation: float
    """Share of `flops` that training is expected to reach, 0 to 1."""
    basis: str
    """Where `flops` comes from."""

    def hours(self, flops: float) -> float:
        """GPU-hours for so many operations: hours on one GPU, or the sum over several."""
        return flops / (self.flops * self.utilisation) / 3600


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """What a stage would take, computed from configs alone. A zero says that nothing is known or nothing is needed."""

    documents: int = 0
    """Documents that it writes."""
    data_tokens: int = 0
    """Tokens in them."""
    parameters: int = 0
    """Of the model that it trains, embeddings included."""
    tokens: int = 0
    """Tokens trained on, repetitions counted."""
    flops: float = 0.0
    """Floating-point operations of training."""
    memory_bytes: int = 0
    """Of one GPU."""
    disk_bytes: int = 0
    """Of its artifact, and of its half-finished work while it runs."""
    teacher_calls: int = 0
    teacher_tokens_in: int = 0
    teacher_tokens_out: int = 0
    price_usd: float = 0.0
    """Of the teacher's calls."""
    assumptions: tuple[str, ...] = ()
    """What the figures rest on, a sentence each."""
    memory_basis: tuple[str, ...] = ()
    """What the memory rests on."""
    missing: tuple[str, ...] = ()
    """Settings that a person must give before the stage can run, as typed: `--set code.folder=DIR`."""


FileHash = Callable[[Path], str]
"""The SHA-256 of a file; the store remembers it by the file's size and time."""
StageFunction = Callable[[Any, Mapping[str, Artifact], Workspace], Result]


@dataclass(frozen=True)
class Stage:
    """One step of a pipeline."""

    name: str
    run: StageFunction
    """`run(config, inputs, workspace)`; `inputs` has the keys of `Stage.inputs`."""
    config: Any
    """A frozen dataclass of literals: all of it enters the fingerprint."""
    version: int
    """Raised when the rule changes."""
    inputs: Mapping[str, "Stage"] = field(default_factory=dict)
    seed: int = 0
    identity: Callable[[Any, FileHash], Any] | None = None
    """`identity(config, sha256_of)` says which external data the stage reads, as JSON values: names and hashes, no
    paths of this machine. It is a part of the fingerprint."""
    estimate: "Callable[[Stage, Hardware | None], Estimate] | None" = None
    """What the stage would take on these GPUs, or on any; not part of the fingerprint."""

    @property
    def teacher(self) -> str:
        """The language model that the config names; empty where it names none."""
        name: str = getattr(self.config, "teacher", "")
        return "" if name == CURRICULUM else name

    def estimated(self, hardware: Hardware | None = None) -> Estimate:
        """What the stage would take; nothing where it cannot say."""
        return self.estimate(self, hardware) if self.estimate else Estimate()
