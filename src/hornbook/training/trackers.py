"""Send the lines of the log to trackio, Weights & Biases or TensorBoard; `log.jsonl` stays the truth.

Reads:  `tracked.json` beside the log, so that a resumed run goes on in the same place.
Writes: `tracked.json`; what each tracker writes where it always does: `wandb/` and `runs/` in the working directory,
        trackio's own folder. Names of metrics are those of the log.

A tracker's package is imported only when the tracker was asked for. One that fails, at the start or later, is left
behind with one remark: a training is worth more than its curves.
"""

import contextlib
import importlib.util
import io
import json
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from hornbook.artifacts.stage import Progress
from hornbook.errors import ConfigError

PROJECT = "hornbook"
"""Under which trackio and Weights & Biases list the runs."""
EVENTS = "runs"
"""TensorBoard's usual folder."""
KEPT = "tracked.json"
NO_METRICS = ("step", "run")
"""Of a line: where it stands, not what was measured."""

Line = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class TrackedRun:
    """What a tracker is told of a run before its first line."""

    name: str
    """The same after each resume, and no other run's."""
    step: int
    """Finished steps: lines of later ones, from before a kill, come again."""
    settings: Mapping[str, Any]
    """JSON values that determine the run, for people to compare."""


class Tracker(Protocol):
    """Shows numbers over steps."""

    where: str
    """For people: where to look at the run."""

    def log(self, step: int, values: Mapping[str, float]) -> None:
        """Add what was measured after `step` steps; within one process steps never fall, and one may come again."""

    def close(self) -> None:
        """Hand over what is still held back."""


class TrackioTracker:
    """A table on this machine, or a space of the hub where trackio's own variables say so."""

    where = f"`trackio show --project {PROJECT}`"

    def __init__(self, run: TrackedRun) -> None:
        """Begin the run, or go on with it."""
        import trackio

        self._trackio = trackio
        with contextlib.redirect_stdout(io.StringIO()):
            trackio.init(project=PROJECT, name=run.name, config=dict(run.settings), resume="allow", embed=False)

    def log(self, step: int, values: Mapping[str, float]) -> None:
        """See `Tracker`."""
        self._trackio.log(dict(values), step=step)

    def close(self) -> None:
        """See `Tracker`."""
        with contextlib.redirect_stdout(io.StringIO()):
            self._trackio.finish()


class WandbTracker:
    """Weights & Biases; without a key the run is recorded on this machine, to be uploaded later."""

    def __init__(self, run: TrackedRun) -> None:
        """Begin the run, or go on with it. Nobody is asked for a key: there may be nobody to answer."""
        import wandb

        is_without_key = wandb.setup().settings.mode == "online" and not wandb.login(prompt=False)
        self._run = wandb.init(
            project=PROJECT,
            id=run.name,
            name=run.name,
            config=dict(run.settings),
            resume="allow",
            mode="offline" if is_without_key else None,
            settings=wandb.Settings(console="off", silent=True),
        )
        folder = Path(self._run.dir).parent
        self.where = f"`wandb sync {folder}`" if self._run.offline else str(self._run.url)

    def log(self, step: int, values: Mapping[str, float]) -> None:
        """See `Tracker`."""
        self._run.log(dict(values), step=step)

    def close(self) -> None:
        """See `Tracker`."""
        self._run.finish()


class TensorBoardTracker:
    """Files of events, below the working directory."""

    where = f"`tensorboard --logdir {EVENTS}`"

    def __init__(self, run: TrackedRun) -> None:
        """Begin the run, or go on with it: events of steps that come again are passed over by TensorBoard."""
        from torch.utils.tensorboard import SummaryWriter

        self._writer = SummaryWriter(Path(EVENTS) / run.name, purge_step=run.step + 1)

    def log(self, step: int, values: Mapping[str, float]) -> None:
        """See `Tracker`."""
        for name, value in values.items():
            self._writer.add_scalar(name, value, step)

    def close(self) -> None:
        """See `Tracker`."""
        self._writer.close()


MAKERS: dict[str, Callable[[TrackedRun], Tracker]] = {
    "trackio": TrackioTracker,
    "wandb": WandbTracker,
    "tensorboard": TensorBoardTracker,
}
"""By the name that a person types, which is also that of the package and of our extra."""


def require_trackers(names: Sequence[str]) -> None:
    """Refuse trackers that are not installed, before any work.

    Raises:
        ConfigError: It names the extra to install.
    """
    for name in names:
        if not _is_installed(name):
            raise ConfigError(f"the tracker `{name}` is not installed: pip install 'hornbook[{name}]', or leave it out")


class Trackers:
    """Those that were asked for and have not failed."""

    def __init__(
        self,
        names: Sequence[str],
        folder: Path,
        step: int,
        settings: Mapping[str, Any],
        progress: Progress,
        makers: Mapping[str, Callable[[TrackedRun], Tracker]] = MAKERS,
    ) -> None:
        """Begin a run with each tracker, or go on with the run of `folder`.

        Args:
            names: Keys of `makers`.
            folder: The log's; `tracked.json` is kept there.
            step: Finished steps.
            settings: See `TrackedRun`.
            progress: Told where to look, and of each tracker that fails.
            makers: How each begins.
        """
        self._progress = progress
        self._working: dict[str, Tracker] = {}
        if not names:
            return
        run = TrackedRun(name=_name_of_run(folder), step=step, settings=settings)
        for name in names:
            try:
                self._working[name] = makers[name](run)
                progress(0, 0, f"tracked as {run.name}: {self._working[name].where}")
            except Exception as error:  # whatever the tracker's package raises
                self._say(name, error)

    def log(self, line: Line) -> None:
        """Tell a line of the log: its numbers, under their names."""
        values = {name: value for name, value in line.items() if _is_number(value) and name not in NO_METRICS}
        self._each(lambda tracker: tracker.log(int(line["step"]), values))

    def close(self) -> None:
        """End the run with each tracker."""
        self._each(lambda tracker: tracker.close())
        self._working.clear()

    def _each(self, tell: Callable[[Tracker], None]) -> None:
        for name, tracker in list(self._working.items()):
            try:
                tell(tracker)
            except Exception as error:  # whatever the tracker's package raises
                del self._working[name]
                self._say(name, error)

    def _say(self, name: str, error: Exception) -> None:
        what = " ".join(f"{type(error).__name__}: {error}".split())
        self._progress(0, 0, f"the tracker `{name}` failed and is left behind; the log has it all ({what[:200]})")


def _name_of_run(folder: Path) -> str:
    """The name that the run in `folder` has, or a new one: the run's folder, which is one above, and a random part."""
    path = folder / KEPT
    try:
        name: str = json.loads(path.read_text(encoding="utf-8"))["name"]
    except (OSError, ValueError, KeyError, TypeError):
        name = f"{folder.absolute().parent.name}-{uuid.uuid4().hex[:8]}"
        folder.mkdir(parents=True, exist_ok=True)
        aside = path.with_suffix(".new")
        aside.write_text(json.dumps({"name": name}), encoding="utf-8")
        aside.replace(path)
    return name


def _is_installed(name: str) -> bool:
    """Whether there is a package; a plain folder of this name in the working directory, as wandb makes one, is none."""
    spec = importlib.util.find_spec(name)
    return spec is not None and spec.origin is not None


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
