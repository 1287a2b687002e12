"""Reports of a training run: the live log, the progress on the terminal, and experiment trackers.

Reads:  the log of the same run from before a resume, to append to it.
Writes: `log_path`, one JSON object per line (fields: `Watch.line`), each in one write. A killed run may leave lines
        beyond its last checkpoint and an incomplete line; `cut_log` removes both.

Only the first rank reports. Nothing here changes what is trained: no random number is drawn.
"""

import json
import math
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch

from hornbook.model.config import ModelConfig, flops_per_token
from hornbook.pipeline.fingerprint import encode
from hornbook.pipeline.stage import Progress
from hornbook.training.config import TrainConfig
from hornbook.training.hardware import TERA, Peak, peak_flops, resident_bytes
from hornbook.training.parallel import Ranks
from hornbook.training.trackers import Trackers

RECENT_STEPS = 20
"""Number of last steps for the rate on the terminal."""


class Watch:
    """Reports a run: call `resume` once, `step` after each step, `line` for each line of the log, and `close`."""

    def __init__(
        self,
        *,
        shape: ModelConfig,
        config: TrainConfig,
        device: torch.device,
        dtype: torch.dtype,
        ranks: Ranks,
        log_path: Path | None,
        progress: Progress,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        """Start the clock; `resume` or the first line touches files.

        `log_path` is None for no log and no trackers; `clock` returns seconds.
        """
        self._config, self._device, self._dtype = config, device, dtype
        self._flops_per_token = flops_per_token(shape, config.sequence_length)
        self._settings = {**encode(config), "model": encode(shape)}
        self._ranks, self._progress, self._log_path = ranks, progress, log_path
        self._clock, self._now, self._start = StepClock(clock), clock, clock()
        self._peak: Peak | None = None
        self._has_peak = False
        self._run: int | None = None
        self._trackers: Trackers | None = None
        self._loss: float | None = None
        self._validation_loss: float | None = None

    def resume(self, step: int) -> None:
        """Continue after `step` finished steps: later lines of the log are dropped, and `run` increases by one.

        Without this call the first line does the same for step 0.
        """
        if not self._ranks.is_first:
            return
        self._run = 1
        if self._log_path is not None:
            self._run += cut_log(self._log_path, step)
            names = self._config.execution.trackers
            self._trackers = Trackers(names, self._log_path.parent, step, self._settings, self._progress)

    def step(self, step: int, loss: float) -> None:
        """Report that `step` steps are finished, the last with this mean loss over all ranks, in nats."""
        if not self._ranks.is_first:
            return
        self._clock.tick()
        self._loss = loss
        self._show(step)

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Exclude the time inside, such as for validation and checkpoints, from the training speed."""
        with self._clock.paused():
            yield

    def line(self, values: Mapping[str, float | int]) -> None:
        """Write a line to the log, show it, and send it to the trackers.

        These fields are added to `values`, which contain `step`:

        - `tokens_per_second`: over all ranks and the steps since the last line, without `paused` time. The first step
          of a process, which includes compilation, is excluded. Null if there is no other step.
        - `utilisation`: operations per second (`flops_per_token`) over the peak of all ranks' devices, 0 to 1, without
          the recomputation of `checkpoint_activations`. Null if the rate or the peak is unknown.
        - `memory_bytes`: on a GPU the peak of allocated tensors, otherwise the resident memory of this process.
        - `seconds`: since the start of this process's clock.
        - `run`: 1, increased by each resume.
        """
        if not self._ranks.is_first:
            return
        with self._clock.paused():
            if self._run is None:
                self.resume(0)
            rate = self._tokens_per_second(self._clock.take())
            utilisation = self._utilisation(rate)
            line = {
                **values,
                "tokens_per_second": None if rate is None else round(rate, 1),
                "utilisation": None if utilisation is None else round(utilisation, 4),
                "memory_bytes": self._memory_bytes(),
                "seconds": round(self._now() - self._start, 3),
                "run": self._run,
            }
            if self._log_path is not None:
                append_line(self._log_path, line)
            if self._trackers is not None:
                self._trackers.log(line)
            self._loss = values.get("loss", self._loss)
            self._validation_loss = values.get("validation_loss", self._validation_loss)
            self._show(int(values["step"]))

    def close(self) -> None:
        """Close the trackers."""
        if self._trackers is not None:
            self._trackers.close()

    def _tokens_per_second(self, seconds_of_steps: Sequence[float]) -> float | None:
        tokens = len(seconds_of_steps) * self._config.batch_size * self._config.sequence_length
        return tokens / seconds if (seconds := sum(seconds_of_steps)) > 0 else None

    def _memory_bytes(self) -> int:
        is_on_gpu = self._device.type == "cuda"
        return torch.cuda.max_memory_allocated(self._device) if is_on_gpu else resident_bytes()

    def _utilisation(self, rate: float | None) -> float | None:
        if rate is None:
            return None
        if not self._has_peak:  # measured only when it is needed
            with self._clock.paused():
                self._peak, self._has_peak = peak_flops(self._device, self._dtype), True
            if self._peak is not None:
                rate_of_peak = f"{self._peak.flops / TERA:.3g} TFLOPS ({self._peak.basis})"
                self._progress(0, 0, f"peak of {self._device}: {rate_of_peak}")
        if self._peak is None:
            return None
        return rate * self._flops_per_token / (self._peak.flops * self._ranks.world_size)

    def _show(self, step: int) -> None:
        """Show the progress; a narrow terminal cuts off the last parts."""
        total = self._config.last_step
        parts = [] if self._loss is None else [f"loss {self._loss:.3f}"]
        if self._validation_loss is not None:
            parts.append(f"validation {self._validation_loss:.3f}")
        per_step = self._clock.seconds_per_step()
        if per_step is not None and step < total:
            parts.append(f"{format_duration((total - step) * per_step)} left")
        rate = self._tokens_per_second(self._clock.seconds[-RECENT_STEPS:])
        if rate is not None:
            parts.append(f"{rate:,.0f} tokens/s")
        utilisation = self._utilisation(rate) if self._has_peak else None
        if utilisation is not None:
            parts.append(f"{utilisation:.0%} of peak")
        self._progress(step, total, ", ".join(parts))


class StepClock:
    """Measures the time from the end of one step to the end of the next, without pauses."""

    def __init__(self, clock: Callable[[], float]) -> None:
        """Start with a function that returns seconds."""
        self._now = clock
        self._ends: tuple[float, float] | None = None
        """The ends of the first and of the last step."""
        self._pause_depth = 0
        self._paused_seconds = 0.0
        self._num_taken = 0
        self.seconds: list[float] = []
        """Seconds of each step of this process after the first."""

    def tick(self) -> None:
        """Record the end of a step."""
        now = self._now()
        if self._ends is not None:
            self.seconds.append(now - self._ends[1] - self._paused_seconds)
        self._ends = (now if self._ends is None else self._ends[0], now)
        self._paused_seconds = 0.0

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Exclude the time inside; pauses may be nested."""
        self._pause_depth += 1
        start = self._now()
        try:
            yield
        finally:
            self._pause_depth -= 1
            if self._pause_depth == 0:
                self._paused_seconds += self._now() - start

    def take(self) -> list[float]:
        """Seconds of the steps since the last call."""
        first, self._num_taken = self._num_taken, len(self.seconds)
        return self.seconds[first:]

    def seconds_per_step(self) -> float | None:
        """Mean over this process, pauses included; None before two steps."""
        return (self._ends[1] - self._ends[0]) / len(self.seconds) if self._ends and self.seconds else None


def append_line(path: Path, line: Mapping[str, Any]) -> None:
    """Append one line of JSON to a file; NaN and infinity become null."""
    path.parent.mkdir(parents=True, exist_ok=True)
    finite = {
        name: None if isinstance(value, float) and not math.isfinite(value) else value for name, value in line.items()
    }
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(finite) + "\n")


def cut_log(path: Path, step: int) -> int:
    """Remove lines of steps after `step` and an incomplete last line, atomically.

    Returns:
        The highest `run` of all lines, removed ones included; 0 without lines.
    """
    lines = _read(path)
    kept = "".join(text + "\n" for text, line in lines if line["step"] <= step)
    if path.exists() and kept != path.read_text(encoding="utf-8", errors="replace"):
        aside = path.with_name(path.name + ".tmp")
        with aside.open("w", encoding="utf-8") as file:
            file.write(kept)
            file.flush()
            os.fsync(file.fileno())
        aside.replace(path)
    return max((line.get("run", 0) for _, line in lines), default=0)


def format_duration(seconds: float) -> str:
    """A duration as text: `40 s`, `12 min`, `3.5 h`, `2.1 days`."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    if seconds < 90 * 60:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h" if seconds < 48 * 3600 else f"{seconds / 86400:.1f} days"


def _read(path: Path) -> list[tuple[str, dict[str, Any]]]:
    """The text and content of each readable line."""
    if not path.exists():
        return []
    lines = []
    for text in path.read_text(encoding="utf-8", errors="replace").splitlines():
        try:
            line = json.loads(text)
        except ValueError:
            continue
        if isinstance(line, dict) and isinstance(line.get("step"), int):
            lines.append((text, line))
    return lines
