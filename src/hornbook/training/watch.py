"""Who watches a training run: a log that is the truth, a line on the screen, and the trackers that were asked for.

Reads:  an earlier process's log of the same run, to go on behind it.
Writes: `log_path`, one JSON object per line (fields: `Watch.line`), each written whole and at once; what the trackers
        write. A killed run may leave lines beyond its last checkpoint and half a line: `cut_log` takes both away.

Only the first rank measures, writes and shows. Nothing here changes what is trained: no random number is drawn, and a
tracker that fails is left behind with a remark.
"""

import json
import math
import os
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch

from hornbook.model.config import ModelConfig, flops_per_token
from hornbook.pipeline.fingerprint import encode
from hornbook.pipeline.stage import Progress
from hornbook.training.config import TrainConfig
from hornbook.training.device_peak import TERA, Peak, peak_flops
from hornbook.training.host_memory import resident_bytes
from hornbook.training.parallel import Ranks
from hornbook.training.trackers import Trackers

RECENT_STEPS = 20
"""The rate on the screen is theirs."""


class Watch:
    """Watches one process's part of a run: `resume` once, `step` after each step, `line` where one is due, `close`."""

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
        """Begin to count the seconds of this process; files are touched by `resume` or the first line.

        Args:
            shape: Of the model, for its operations per token.
            config: The run.
            device: Where this rank computes.
            dtype: In which it computes; the device's peak is that of this type.
            ranks: This process among all.
            log_path: The log; trackers keep what they need in its folder. None: no log and no trackers.
            progress: Told of each step.
            clock: Seconds from any start.
        """
        self._shape, self._config, self._device, self._dtype = shape, config, device, dtype
        self._ranks, self._progress = ranks, progress
        self._log_path = log_path
        self._clock, self._now, self._start = StepClock(clock), clock, clock()
        self._peak: Peak | None = None
        self._has_peak = False
        self._run: int | None = None
        self._trackers: Trackers | None = None
        self._loss: float | None = None
        self._held_out_loss: float | None = None

    def resume(self, step: int) -> None:
        """Go on after `step` finished steps: what the log says of later ones is dropped, `run` counts one up.

        Without this call the first line does the same for step 0.
        """
        if not self._ranks.is_first:
            return
        self._run = 1
        if self._log_path is None:
            return
        self._run += cut_log(self._log_path, step)
        settings = {**encode(self._config), "model": encode(self._shape)}
        names = self._config.execution.trackers
        self._trackers = Trackers(names, self._log_path.parent, step, settings, self._progress)

    def step(self, step: int, loss: float) -> None:
        """A step has ended: `step` are finished, the last had this mean loss over all ranks, in nats."""
        if not self._ranks.is_first:
            return
        self._clock.tick()
        self._loss = loss
        self._show(step)

    @contextmanager
    def paused(self) -> Iterator[None]:
        """What happens inside (held-out loss, checkpoint) is no time of training and lowers no rate."""
        with self._clock.paused():
            yield

    def line(self, values: Mapping[str, float | int]) -> None:
        """Write a line of the log, show it, and tell the trackers.

        To `values` come

        - `tokens_per_second`: of all ranks, over the steps since the last line, from the end of one step to the end of
          the next, without what was `paused` and without the writing of lines. The first step of a process has no
          beginning in this sense and holds compilation: it is left out. Null where no other step lies between.
        - `utilisation`: operations per second (`flops_per_token`) over the peak of all ranks' devices, 0 to 1.
          What `checkpoint_activations` computes again counts once. Null where a rate or the peak is unknown.
        - `memory_bytes`: on a GPU the most that tensors took so far, otherwise what of this process is resident now.
        - `seconds`: since this process began to watch.
        - `run`: 1, and one more after each resume.

        Args:
            values: `step`, and what is to be said of it.
        """
        if not self._ranks.is_first:
            return
        with self._clock.paused():
            if self._run is None:
                self.resume(0)
            rate = self._tokens_per_second(*self._clock.take())
            utilisation = self._utilisation(rate)
            line = {
                **values,
                "tokens_per_second": None if rate is None else round(rate, 1),
                "utilisation": None if utilisation is None else round(utilisation, 4),
                "memory_bytes": memory_bytes(self._device),
                "seconds": round(self._now() - self._start, 3),
                "run": self._run,
            }
            if self._log_path is not None:
                append_line(self._log_path, line)
            if self._trackers is not None:
                self._trackers.log(line)
            self._loss = values.get("loss", self._loss)
            self._held_out_loss = values.get("held_out_loss", self._held_out_loss)
            self._show(int(values["step"]))

    def close(self) -> None:
        """End what the trackers have begun."""
        if self._trackers is not None:
            self._trackers.close()

    def _tokens_per_second(self, steps: int, seconds: float) -> float | None:
        tokens = steps * self._config.batch_size * self._config.sequence_length
        return tokens / seconds if steps and seconds > 0 else None

    def _utilisation(self, rate: float | None) -> float | None:
        if rate is None:
            return None
        if not self._has_peak:  # measured where it is first needed: a run without lines has no use for it
            with self._clock.paused():
                self._peak, self._has_peak = peak_flops(self._device, self._dtype), True
            if self._peak is not None:
                rate_of_peak = f"{self._peak.flops / TERA:.3g} TFLOPS ({self._peak.basis})"
                self._progress(0, 0, f"peak of {self._device}: {rate_of_peak}")
        if self._peak is None:
            return None
        flops = rate * flops_per_token(self._shape, self._config.sequence_length)
        return flops / (self._peak.flops * self._ranks.world_size)

    def _show(self, step: int) -> None:
        """What a narrow terminal cuts off comes last."""
        total = self._config.last_step
        parts = [] if self._loss is None else [f"loss {self._loss:.3f}"]
        if self._held_out_loss is not None:
            parts.append(f"held out {self._held_out_loss:.3f}")
        per_step = self._clock.seconds_per_step()
        if per_step is not None and step < total:
            parts.append(f"{in_words((total - step) * per_step)} left")
        rate = self._tokens_per_second(*self._clock.recent())
        if rate is not None:
            parts.append(f"{rate:,.0f} tokens/s")
        utilisation = self._utilisation(rate) if self._has_peak else None
        if utilisation is not None:
            parts.append(f"{utilisation:.0%} of peak")
        self._progress(step, total, ", ".join(parts))


class StepClock:
    """The time that steps take, from the end of one to the end of the next, without the pauses between them."""

    def __init__(self, clock: Callable[[], float]) -> None:
        """Start; `clock` gives seconds."""
        self._now = clock
        self._first: float | None = None
        self._last = 0.0
        self._ticks = 0
        self._pause_depth = 0
        self._paused_seconds = 0.0
        self._recent: deque[float] = deque(maxlen=RECENT_STEPS)
        self._taken: tuple[int, float] = (0, 0.0)

    def tick(self) -> None:
        """A step has ended."""
        now = self._now()
        if self._first is None:
            self._first = now
        else:
            spent = now - self._last - self._paused_seconds
            self._recent.append(spent)
            self._taken = (self._taken[0] + 1, self._taken[1] + spent)
        self._last, self._paused_seconds = now, 0.0
        self._ticks += 1

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Leave out the time that passes inside; a pause within a pause counts once."""
        self._pause_depth += 1
        start = self._now()
        try:
            yield
        finally:
            self._pause_depth -= 1
            if self._pause_depth == 0:
                self._paused_seconds += self._now() - start

    def take(self) -> tuple[int, float]:
        """Steps and their seconds since the last call."""
        taken, self._taken = self._taken, (0, 0.0)
        return taken

    def recent(self) -> tuple[int, float]:
        """The last few steps and their seconds."""
        return len(self._recent), sum(self._recent)

    def seconds_per_step(self) -> float | None:
        """Over this whole process, pauses included: what a person waits; None before two steps."""
        return None if self._first is None or self._ticks < 2 else (self._last - self._first) / (self._ticks - 1)


def append_line(path: Path, line: Mapping[str, Any]) -> None:
    """Write one line of JSON values at the end and hand it to the operating system; NaN and infinity become null."""
    path.parent.mkdir(parents=True, exist_ok=True)
    finite = {name: None if _is_unfinite(value) else value for name, value in line.items()}
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(finite) + "\n")


def cut_log(path: Path, step: int) -> int:
    """Drop the lines of steps after `step`, and half a line at the end; the file is replaced whole or not at all.

    Returns:
        The highest `run` that any line had, dropped ones included; 0 without lines.
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


def memory_bytes(device: torch.device) -> int:
    """On a GPU the most that this process's tensors took so far; otherwise the process's resident set, now."""
    return torch.cuda.max_memory_allocated(device) if device.type == "cuda" else resident_bytes()


def in_words(seconds: float) -> str:
    """A duration for people: `40 s`, `12 min`, `3.5 h`, `2.1 days`."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    if seconds < 90 * 60:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h" if seconds < 48 * 3600 else f"{seconds / 86400:.1f} days"


def _read(path: Path) -> list[tuple[str, dict[str, Any]]]:
    """Each readable line with its text."""
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


def _is_unfinite(value: Any) -> bool:
    return isinstance(value, float) and not math.isfinite(value)
