"""A run: a name that a person gave, the artifacts it led to, and links to them by readable names."""

import json
import os
import shutil
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from hornbook.errors import ConfigError, DamagedArtifactError, MissingInputError
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
    overrides: dict[str, str] = field(default_factory=dict)
    """What `--set` changed: `finetune.num_steps` → `500`."""
    until: str | None = None
    """The stage after which the run was to stop; None for the whole recipe."""
    command: str = ""
    """What makes the run again; empty for `hornbook run RECIPE`."""
    finished: bool = False
    stages: tuple[RunStage, ...] = ()


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

    def exists(self) -> bool:
        """Whether there is a run of this name."""
        return (self.path / FILE_NAME).is_file()

    def begin(self, run: Run) -> None:
        """Start the run's record afresh. Artifacts stay where they are; only the links of an earlier run go."""
        shutil.rmtree(self.path, ignore_errors=True)
        self.path.mkdir(parents=True)
        self._write(run)

    def add(self, outcome: StageOutcome) -> None:
        """Record a stage and link to its artifact."""
        manifest = outcome.artifact.manifest
        stage = RunStage(
            name=manifest.stage,
            fingerprint=manifest.fingerprint,
            seconds=manifest.seconds,
            reused=outcome.reused,
        )
        run = self.read()
        self._write(replace(run, stages=(*run.stages, stage)))
        link = self.path / manifest.stage
        link.symlink_to(os.path.relpath(outcome.artifact.folder, self.path), target_is_directory=True)

    def finish(self) -> None:
        """Say that the run came to its end."""
        self._write(replace(self.read(), finished=True))

    def read(self) -> Run:
        """The run's record.

        Raises:
            MissingInputError: There is no such run; the message lists those that there are.
            DamagedArtifactError: The record cannot be read.
        """
        try:
            values = json.loads((self.path / FILE_NAME).read_text(encoding="utf8"))
            stages = tuple(RunStage(**stage) for stage in values.pop("stages"))
            return Run(**values, stages=stages)
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
                    f"the artifact `{stage.name}` of the run `{run.name}` is gone; "
                    f"`{run.command or f'hornbook run {run.recipe}'}` rebuilds it"
                )
            found[stage.name] = artifact
        return found

    def _write(self, run: Run) -> None:
        values: dict[str, Any] = asdict(run)
        aside = self.path / f".{FILE_NAME}"
        aside.write_text(canonical_json(values), encoding="utf8")
        aside.rename(self.path / FILE_NAME)
