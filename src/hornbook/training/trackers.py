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
from pathlib import Path
from typing import Any, NamedTuple

from hornbook.errors import ConfigError
from hornbook.pipeline.stage import Progress

PROJECT = "hornbook"
"""Under which trackio and Weights & Biases list the runs."""
KEPT = "tracked.json"
NO_METRICS = ("step", "run")
"""Of a line: where it stands, not what was measured."""


class Tracker(NamedTuple):
    """A run that a tracker shows."""

    where: str
    """For people: where to look at the run."""
    log: Callable[[int, Mapping[str, float]], Any]
    """Adds what was measured after so many steps; within one process steps never fall, and one may come again."""
    close: Callable[[], Any]
    """Hands over what is still held back."""


def track_by_trackio(name: str, step: int, settings: Mapping[str, Any]) -> Tracker:
    """A table on this machine, or a space of the hub where trackio's own variables say so."""
    import trackio

    del step
    with contextlib.redirect_stdout(io.StringIO()):
        trackio.init(project=PROJECT, name=name, config=dict(settings), resume="allow", embed=False)

    def close() -> None:
        with contextlib.redirect_stdout(io.StringIO()):
            trackio.finish()

    where = f"`trackio show --project {PROJECT}`"
    return Tracker(where, lambda step, values: trackio.log(dict(values), step=step), close)


def track_by_wandb(name: str, step: int, settings: Mapping[str, Any]) -> Tracker:
    """Weights & Biases. Without a key, for which nobody is asked, the run is recorded here, to be uploaded later."""
    import wandb

    del step
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


def track_by_tensorboard(name: str, step: int, settings: Mapping[str, Any]) -> Tracker:
    """Files of events, below the working directory; those of steps that come again are passed over by TensorBoard."""
    from torch.utils.tensorboard import SummaryWriter

    del settings
    writer = SummaryWriter(Path("runs") / name, purge_step=step + 1)

    def log(step: int, values: Mapping[str, float]) -> None:
        for metric, value in values.items():
            writer.add_scalar(metric, value, step)

    return Tracker("`tensorboard --logdir runs`", log, writer.close)


Maker = Callable[[str, int, Mapping[str, Any]], Tracker]
"""Begins or goes on with a run: its name, the same after each resume and no other run's; the finished steps, of which
lines of later ones, from before a kill, come again; JSON values that determine the run, for people to compare."""
MAKERS: dict[str, Maker] = {
    "trackio": track_by_trackio,
    "wandb": track_by_wandb,
    "tensorboard": track_by_tensorboard,
}
"""By the name that a person types, which is also that of the package and of our extra."""


def require_trackers(names: Sequence[str]) -> None:
    """Refuse trackers that are not installed, before any work.

    Raises:
        ConfigError: It names the extra to install.
    """
    for name in names:
        spec = importlib.util.find_spec(name)
        # A plain folder of this name in the working directory, as wandb makes one, is no package.
        if spec is None or spec.origin is None:
            raise ConfigError(f"the tracker `{name}` is not installed: pip install 'hornbook[{name}]', or leave it out")


class Trackers:
    """Those that were asked for and have not failed."""

    def __init__(
        self, names: Sequence[str], folder: Path, step: int, settings: Mapping[str, Any], progress: Progress
    ) -> None:
        """Begin a run with each tracker, or go on with the run of `folder`.

        Args:
            names: Keys of `MAKERS`.
            folder: The log's; `tracked.json` is kept there.
            step: See `Maker`.
            settings: See `Maker`.
            progress: Told where to look, and of each tracker that fails.
        """
        self._progress = progress
        self._working: dict[str, Tracker] = {}
        for name in names:
            try:
                run = _name_of_run(folder)
                self._working[name] = MAKERS[name](run, step, settings)
                progress(0, 0, f"tracked as {run}: {self._working[name].where}")
            except Exception as error:  # whatever the tracker's package raises
                self._say(name, error)

    def log(self, line: Mapping[str, Any]) -> None:
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


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
