"""A run: a name that a person gave, the artifacts it led to, and links to them by readable names."""

import json
import os
import shlex
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from hornbook.errors import ConfigError, DamagedArtifactError, MissingInputError, StoreError
from hornbook.pipeline.alone import alone_in
from hornbook.pipeline.fingerprint import canonical_json
from hornbook.pipeline.run import StageOutcome
from hornbook.pipeline.stage import Artifact
from hornbook.pipeline.store import Store

FILE_NAME = "run.json"


@dataclass(frozen=True, kw_only=True)
class RunStage:
    """A stage of a run that has its artifact."""

    name: str
    fingerprint: str
    seconds: float
    """What it took when it was built, whether or not in this run."""
    reused: bool


@dataclass(frozen=True, kw_only=True)
class Run:
    """What was asked for and what is there."""

    name: str
    recipe: str
    seed: int
    sources: tuple[str, ...] = ()
    """What the recipe read, as typed: `--source`."""
    overrides: dict[str, str] = field(default_factory=dict)
    """What `--set` changed: `finetune.num_steps` → `500`."""
    until: str | None = None
    """The stage after which the run was to stop; None for the whole recipe."""
    command: str = ""
    """What makes the run again; empty for `hornbook run RECIPE`."""
    finished: bool = False
    stages: tuple[RunStage, ...] = ()

    @property
    def settings(self) -> tuple[str, int, tuple[str, ...], dict[str, str], str]:
        """What determines the artifacts, beside the version of the program."""
        return self.recipe, self.seed, self.sources, self.overrides, self.command

    @property
    def typed(self) -> str:
        """The command that makes the run."""
        if self.command:
            return self.command
        sources = [part for source in self.sources for part in ("--source", source)]
        seed = ["--seed", str(self.seed)] if self.seed else []
        changes = [part for key, value in self.overrides.items() for part in ("--set", f"{key}={value}")]
        return shlex.join(["hornbook", "run", self.recipe, *sources, *seed, *changes])


class RunFolder:
    """The folder of a run in a store.

    Raises:
        ConfigError: The name is no plain folder name.
    """

    def __init__(self, store: Store, name: str) -> None:
        if not name or name.startswith(".") or name != Path(name).name:
            raise ConfigError(f"a run's name must be a plain folder name, got {name!r}; choose another with --name")
        self.store = store
        self.path = store.runs / name
        self._made: list[RunStage] = []
        """The stages that this run has its artifacts of."""

    def exists(self) -> bool:
        """Whether there is a run of this name."""
        return (self.path / FILE_NAME).is_file()

    @contextmanager
    def recording(self, run: Run, *, is_replaced: bool = False) -> Iterator[None]:
        """Hold the run's name while its stages run; its record is finished when the body ends without an error.

        A run of fewer stages than an earlier one with the same settings leaves the earlier one's record as it is.

        Args:
            run: What was asked for.
            is_replaced: Whether the name may be taken from an earlier run with other settings.

        Raises:
            ConfigError: Another process runs under this name, or an earlier run with other settings has it.
        """
        self.path.mkdir(parents=True, exist_ok=True)
        with alone_in(self.path, "working on the run in"):
            earlier = self.read() if self.exists() else None
            if earlier is not None and earlier.stages and earlier.settings != run.settings and not is_replaced:
                raise ConfigError(
                    f"the run `{run.name}` was made by `{earlier.typed}`, and would be replaced; give this one another "
                    "name with --name, or let it take this one with --replace"
                )
            is_part = earlier is not None and earlier.settings == run.settings and run.until is not None
            self.begin(earlier if is_part and earlier is not None else run)
            yield
            if not is_part:
                self.finish()

    def begin(self, run: Run) -> None:
        """Start the run's record. What an earlier run of this name has stays until this one has it too."""
        self.path.mkdir(parents=True, exist_ok=True)
        self._made = []
        self._write(replace(run, stages=self.read().stages if self.exists() else run.stages))

    def add(self, outcome: StageOutcome) -> None:
        """Record a stage and link to its artifact."""
        manifest = outcome.artifact.manifest
        stage = RunStage(
            name=manifest.stage,
            fingerprint=manifest.fingerprint,
            seconds=manifest.seconds,
            reused=outcome.reused,
        )
        self._made.append(stage)
        run = self.read()
        names = {one.name for one in self._made}
        self._write(replace(run, stages=(*self._made, *(one for one in run.stages if one.name not in names))))
        link, aside = self.path / manifest.stage, self.path / f".{manifest.stage}.partial"
        aside.unlink(missing_ok=True)
        aside.symlink_to(os.path.relpath(outcome.artifact.folder, self.path), target_is_directory=True)
        aside.replace(link)

    def finish(self) -> None:
        """Record that the run came to its end; stages of an earlier run that this one has not are dropped."""
        self._write(replace(self.read(), finished=True, stages=tuple(self._made)))
        names = {one.name for one in self._made}
        for link in self.path.iterdir():
            if link.is_symlink() and link.name not in names:
                link.unlink()

    def remove(self) -> None:
        """Remove the run's record and links; artifacts stay.

        Raises:
            MissingInputError: There is no such run.
            ConfigError: A process works on it.
        """
        self.read()
        with alone_in(self.path, "working on the run in"):
            shutil.rmtree(self.path)

    def read(self) -> Run:
        """The run's record.

        Raises:
            MissingInputError: There is no such run; the message lists those that there are.
            DamagedArtifactError: The record cannot be read.
        """
        try:
            values = json.loads((self.path / FILE_NAME).read_text(encoding="utf8"))
            stages = tuple(RunStage(**stage) for stage in values.pop("stages"))
            sources = tuple(values.pop("sources", ()))  # Records of earlier versions have none.
            return Run(**values, sources=sources, stages=stages)
        except FileNotFoundError:
            known = sorted(path.name for path in self.store.runs.glob("*") if (path / FILE_NAME).exists())
            listed = (
                f"the runs there: {', '.join(known)}" if known else "no run is there yet; try `hornbook run laptop`"
            )
            raise MissingInputError(f"no run `{self.path.name}` in the store `{self.store.root}`; {listed}") from None
        except (KeyError, TypeError, ValueError) as error:
            raise DamagedArtifactError(f"the record of the run `{self.path.name}` cannot be read: {error}") from error

    def artifacts(self) -> dict[str, Artifact]:
        """Stage's name → artifact, in the run's order; every byte verified.

        Raises:
            DamagedArtifactError: An artifact is missing or damaged; running the recipe again rebuilds it.
        """
        found: dict[str, Artifact] = {}
        run = self.read()
        for stage in run.stages:
            artifact = self.store.find(stage.name, stage.fingerprint)
            if artifact is None:
                raise DamagedArtifactError(
                    f"the artifact `{stage.name}` of the run `{run.name}` is gone; `{run.typed}` rebuilds it"
                )
            found[stage.name] = artifact
        return found

    def _write(self, run: Run) -> None:
        values: dict[str, Any] = asdict(run)
        aside = self.path / f".{FILE_NAME}"
        try:
            aside.write_text(canonical_json(values), encoding="utf8")
            aside.rename(self.path / FILE_NAME)
        except OSError as error:
            raise StoreError(
                f"the record of the run `{self.path.name}` cannot be written ({error.strerror}); make room or choose "
                "another store with --store DIR, then run the same command again"
            ) from error


def list_runs(store: Store) -> list[Run]:
    """The runs of a store, the newest last; records that cannot be read are left out."""
    found = []
    for path in store.runs.glob(f"*/{FILE_NAME}"):
        with suppress(DamagedArtifactError, MissingInputError):
            found.append((path.stat().st_mtime, RunFolder(store, path.parent.name).read()))
    return [run for _, run in sorted(found, key=lambda pair: pair[0])]


def remove_unused(store: Store) -> dict[str, int]:
    """Delete the artifacts that no run has, and half-finished work.

    Returns:
        Name of the artifact → bytes on the disk.

    Raises:
        ConfigError: A run is going on in the store.
        DamagedArtifactError: The record of a run cannot be read: what it has is not known.
    """
    folders = [path.parent for path in store.runs.glob(f"*/{FILE_NAME}")]
    with ExitStack() as held:
        for folder in folders:
            held.enter_context(alone_in(folder, "working on the run in"))
        runs = [RunFolder(store, folder.name).read() for folder in folders]
        used = {store.folder_of(stage.name, stage.fingerprint) for run in runs for stage in run.stages}
        removed = {}
        for path in sorted([*store.artifacts.glob("*"), *store.partial.glob("*")]):
            if path not in used:
                removed[path.name] = sum(file.stat().st_size for file in path.rglob("*") if file.is_file())
                shutil.rmtree(path)
    return removed
