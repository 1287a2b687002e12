"""A stage: a frozen config, a function, and the stages whose artifacts it reads, named as Python objects."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa
import pyarrow.parquet as pq

from hornbook.errors import MissingInputError
from hornbook.pipeline.manifest import MEASURED, Manifest
from hornbook.records import R, records_of, table_of


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
        """Whether the artifact has the file, the folder or the table `name`."""
        return (self.folder / name).exists() or (self.folder / f"{name}.parquet").exists()

    def arrow(self, name: str) -> pa.Table:
        """The table `name` in Arrow's format, its rows in the order in which they were written."""
        return self.table(name)

    def table(self, name: str) -> pa.Table:
        """The Parquet table `name`, read whole, rows in the order in which they were written."""
        return pq.read_table(self.path(f"{name}.parquet"))

    def records(self, name: str, record: type[R]) -> list[R]:
        """The rows of the table `name` as records."""
        return records_of(record, self.table(name))


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

    def write_table(self, name: str, table: pa.Table) -> None:
        """Write `table` as `name`.parquet; equal tables give equal bytes."""
        pq.write_table(table, self.folder / f"{name}.parquet", compression="zstd")

    def write_records(self, name: str, record: type[R], records: list[R]) -> None:
        """Write the records as the table `name`."""
        self.write_table(name, table_of(record, records))

    def write_measured(self, name: str, record: type[R], records: list[R]) -> None:
        """Write what differs between two equal runs as the table `measured/name`; nothing downstream depends on it."""
        (self.folder / MEASURED).mkdir(exist_ok=True)
        self.write_records(f"{MEASURED}/{name}", record, records)


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
    estimate: "Callable[[Stage, Hardware | None], Estimate] | None" = None
    """What the stage would take on these GPUs, or on any; not part of the fingerprint."""

    def estimated(self, hardware: Hardware | None = None) -> Estimate:
        """What the stage would take; nothing where it cannot say."""
        return self.estimate(self, hardware) if self.estimate else Estimate()
