"""Send the lines of the log to trackio, Weights & Biases or TensorBoard.

Reads:  `tracked.json` beside the log, so that a resumed run continues the same run of the tracker.
Writes: `tracked.json`; and each tracker its usual files: `wandb/` and `runs/` in the working directory, trackio's own
        folder. Metrics have the names of the log.

A tracker's package is imported only if the tracker is used. A tracker that fails is dropped with one message, and the
training continues.
"""

import contextlib
import importlib.util
import io
import json
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from hornbook.errors import ConfigError
from hornbook.pipeline.stage import Progress

PROJECT = "hornbook"
"""Project name in trackio and Weights & Biases."""
KEPT = "tracked.json"
NO_METRICS = ("step", "run")
"""Fields of a line that are no measurements."""


class Tracker(NamedTuple):
    """A run in a tracker."""

    where: str
    """Where to look at the run."""
    log: Callable[[int, Mapping[str, float]], Any]
    """Adds measurements after a number of steps, which does not decrease but may repeat."""
    close: Callable[[], Any]
    """Flushes and ends the run."""


Maker = Callable[[str, int, Mapping[str, Any]], Tracker]
"""Starts or continues a run: its unique name, the number of finished steps, and the settings of the run. After a kill,
lines of later steps are repeated."""


def track_by_trackio(name: str, _step: int, settings: Mapping[str, Any]) -> Tracker:
    """Track in a local table, or in a space of the hub if trackio's environment variables say so."""
    import trackio

    def close() -> None:
        with contextlib.redirect_stdout(io.StringIO()):
            trackio.finish()

    with contextlib.redirect_stdout(io.StringIO()):
        trackio.init(project=PROJECT, name=name, config=dict(settings), resume="allow", embed=False)
    where = f"`trackio show --project {PROJECT}`"
    return Tracker(where, lambda step, values: trackio.log(dict(values), step=step), close)


def track_by_wandb(name: str, _step: int, settings: Mapping[str, Any]) -> Tracker:
    """Track in Weights & Biases, offline if there is no API key; the user is not asked for one."""
    import wandb

    is_without_key = wandb.setup().settings.mode == "online" and not wandb.login(prompt=False)
    run = wandb.init(
        project=PROJECT,
        id=name,
        name=name,
        config=dict(settings),
        resume="allow",
        mode="offline" if is_without_key else None,
        settings=wandb.Settings(console="off", silent=True),
    )
    where = f"`wandb sync {Path(run.dir).parent}`" if run.offline else str(run.url)
    return Tracker(where, lambda step, values: run.log(dict(values), step=step), run.finish)


def track_by_tensorboard(name: str, step: int, _settings: Mapping[str, Any]) -> Tracker:
    """Write event files below the working directory; TensorBoard ignores those of repeated steps."""
    from torch.utils.tensorboard import SummaryWriter

    writer = SummaryWriter(Path("runs") / name, purge_step=step + 1)

    def log(step: int, values: Mapping[str, float]) -> None:
        for metric, value in values.items():
            writer.add_scalar(metric, value, step)

    return Tracker("`tensorboard --logdir runs`", log, writer.close)


MAKERS: dict[str, Maker] = {
    "trackio": track_by_trackio,
    "wandb": track_by_wandb,
    "tensorboard": track_by_tensorboard,
}
"""By the name of the tracker, of its package and of our extra."""


def require_trackers(names: Sequence[str]) -> None:
    """Raise a `ConfigError` that names the extra to install if a tracker is not installed."""
    for name in names:
        spec = importlib.util.find_spec(name)
        # A folder of this name in the working directory, as wandb creates one, is no package.
        if spec is None or spec.origin is None:
            raise ConfigError(f"the tracker `{name}` is not installed: pip install 'hornbook[{name}]', or leave it out")


class Trackers:
    """The trackers that have not failed."""

    def __init__(
        self, names: Sequence[str], folder: Path, step: int, settings: Mapping[str, Any], progress: Progress
    ) -> None:
        """Start a run in each tracker, or continue that of `folder`, the log's, after `step` steps."""
        self._progress = progress
        self._working: dict[str, Tracker] = {}
        for name in names:
            with self._dropped_on_failure(name):
                run = _name_of_run(folder)
                self._working[name] = MAKERS[name](run, step, settings)
                progress(0, 0, f"tracked as {run}: {self._working[name].where}")

    def log(self, line: Mapping[str, Any]) -> None:
        """Send the numbers in a line of the log."""
        values = {
            name: value
            for name, value in line.items()
            if isinstance(value, int | float) and not isinstance(value, bool) and name not in NO_METRICS
        }
        for name, tracker in list(self._working.items()):
            with self._dropped_on_failure(name):
                tracker.log(int(line["step"]), values)

    def close(self) -> None:
        """End the run in each tracker."""
        for name, tracker in list(self._working.items()):
            with self._dropped_on_failure(name):
                tracker.close()
        self._working.clear()

    @contextlib.contextmanager
    def _dropped_on_failure(self, name: str) -> Iterator[None]:
        try:
            yield
        except Exception as error:  # whatever the tracker's package raises
            self._working.pop(name, None)
            what = " ".join(f"{type(error).__name__}: {error}".split())
            self._progress(0, 0, f"the tracker `{name}` failed and is disabled; the log continues ({what[:200]})")


def _name_of_run(folder: Path) -> str:
    """The name of the run in `folder`, or a new one: the name of the parent folder and a random suffix."""
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
