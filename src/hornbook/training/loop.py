"""The training loop of pretraining and finetuning.

A run that is killed at any moment and started again with the same arguments ends with the same weights, bit for bit, on
the same number of processes and threads with the same libraries: batches, dropout and learning rate are functions of
the seed and the step, and a checkpoint holds all else. With another number of processes the global batches stay equal.

Source: Gunasekar et al. 2023, section 2.3.
"""

import math
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from types import FrameType
from typing import Any

import torch

from hornbook.errors import ConfigError, StoppedError
from hornbook.model.phi import Phi
from hornbook.pipeline.stage import Progress
from hornbook.tokens.batches import Rows, held_out_rows, num_rows
from hornbook.tokens.pack import TokenStream
from hornbook.training.checkpoint import (
    CheckpointWriter,
    explained_writing,
    identity_of,
    resumed,
    take_weights,
)
from hornbook.training.config import TrainConfig
from hornbook.training.engine import make_engine, validation_loss
from hornbook.training.hardware import choose_precision, keep_freed_memory
from hornbook.training.micro_batch import announced_plan, final_micro_batch
from hornbook.training.optimizer import make_optimizers, optimizer_tensors
from hornbook.training.parallel import current_ranks, gathered, on_first
from hornbook.training.step import (
    Line,
    Outcome,
    Request,
    Stepper,
    Training,
    Validation,
    check_skipped,
    named_documents,
    record_step,
)
from hornbook.training.trackers import require_trackers
from hornbook.training.watch import Watch


def train(
    model: Phi,
    stream: TokenStream,
    held_out: TokenStream,
    config: TrainConfig,
    *,
    seed: int,
    scratch: Path,
    progress: Progress,
    device: torch.device,
    log_path: Path | None = None,
) -> Training:
    """Train `model` in place up to `config.last_step`.

    Args:
        model: A model in float32; with several processes, only the first one's weights are read.
        stream: The training split.
        held_out: The validation split; without validation if it is shorter than one row.
        config: The run; `config.model` is ignored.
        seed: Determines the order of the rows and dropout.
        scratch: Folder of checkpoints. The run resumes from those of a killed run with the same arguments.
        progress: Called by the first process with memory, step, loss and speed.
        device: The device to which the model is moved.
        log_path: The log with speeds that is written during the run; None for none.

    Returns:
        The state with the log of the whole run, equal on all processes.

    Raises:
        ConfigError: The batch does not divide evenly among processes and micro-batches, a tracker is not installed, or
            the checkpoints in `scratch` belong to another run.
        StoppedError: The process received SIGTERM; a checkpoint is written.
        TrainingError: Too many steps had no finite loss, or the memory does not suffice.
        StoreError: A checkpoint or the log could not be written.
    """
    keep_freed_memory()
    ranks = current_ranks()
    num_rows(stream, config.sequence_length)  # raises an error if the stream has no row
    on_first(lambda: require_trackers(config.execution.trackers), ranks)
    validation = held_out_rows(held_out, sequence_length=config.sequence_length, max_rows=config.eval_rows)
    if config.keep_best and not len(validation):
        raise ConfigError("`keep_best` needs a validation loss, but the held-out split is shorter than one row")
    dtype = choose_precision(config.precision, device)
    plan = announced_plan(model, config, device, dtype, ranks, progress)
    config = plan.config
    watch = Watch(
        shape=model.config, config=config, device=device, dtype=dtype, ranks=ranks, log_path=log_path, progress=progress
    )
    with plan.explained_errors():
        separator = stream.end_of_text if config.mask_documents else None
        engine = make_engine(model, config, dtype, separator=separator, device=device, ranks=ranks, progress=progress)
        optimizers = make_optimizers(model, config, dtype)
        identity = identity_of(config, model.config, stream, seed)
        training = resumed(model, optimizers, scratch, identity, ranks, progress) or Training()
        training.micro_batch = micro_batch = final_micro_batch(plan, training.micro_batch, engine, ranks)
        if micro_batch != plan.micro_batch and ranks.is_first:
            progress(0, 0, f"micro-batch size {micro_batch}, {plan.share // micro_batch} micro-batches per step")
        with explained_writing(scratch):
            watch.resume(training.step)
    with replace(plan, micro_batch=micro_batch).explained_errors():
        stepper = Stepper(
            engine=engine,
            optimizers=optimizers,
            stream=stream,
            config=config,
            seed=seed,
            ranks=ranks,
            device=device,
            micro_batch=micro_batch,
        )
        with heard_interrupts() as heard, CheckpointWriter(scratch) as writer:
            run = _Run(stepper, validation, writer, scratch, identity, watch, training, progress)
            run.to_the_end(heard)
    if config.keep_best and training.best is not None and training.best.step != training.step:
        take_weights(model, scratch, training.best.step, ranks)
    return training


@contextmanager
def heard_interrupts() -> Iterator[list[signal.Signals]]:
    """Defer SIGTERM and SIGINT into a list; unless it was cleared, the first of them takes its usual effect at the end.

    A second SIGINT does not wait for the end of the step. Outside the main thread, where Python allows no handlers, the
    signals keep their usual effect.
    """
    heard: list[signal.Signals] = []
    if threading.current_thread() is not threading.main_thread():
        yield heard
        return

    def hear(number: int, _frame: FrameType | None) -> None:
        if number == signal.SIGINT and heard[:1] == [signal.SIGINT]:
            raise KeyboardInterrupt
        heard.append(signal.Signals(number))

    former = {number: signal.signal(number, hear) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield heard
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)
    if heard:
        signal.raise_signal(heard[0])


@dataclass(frozen=True)
class _Run:
    """The state of one process in the loop."""

    stepper: Stepper
    validation: Rows
    writer: CheckpointWriter
    scratch: Path
    identity: dict[str, Any]
    watch: Watch
    training: Training
    progress: Progress

    def to_the_end(self, heard: list[signal.Signals]) -> None:
        """Take steps up to `last_step`, or until any process is asked to stop."""
        try:
            while self.training.step < self.stepper.config.last_step:
                outcome = self._step(Request(asked_to_end=heard[0] if heard else None, failed=self.writer.has_failed))
                with self.watch.paused():
                    is_best = self._measure()
                    if self._is_due() or is_best or outcome.asked_to_end is not None:
                        self._save()
                if outcome.asked_to_end is not None:
                    heard.clear()
                    self._end(outcome.asked_to_end)
            on_first(self.writer.wait, self.stepper.ranks)
        finally:
            self.watch.close()

    def _step(self, request: Request) -> Outcome:
        training, stepper = self.training, self.stepper
        scale = training.loss_scale.value if stepper.config.precision == "float16" else 1.0
        outcome = stepper.take(training.step, scale, request)
        training.step += 1
        self.watch.step(training.step, outcome.loss)
        for line in record_step(training, outcome, stepper):
            self._show(line)
        check_skipped(training, stepper)
        if outcome.failed:
            on_first(self.writer.wait, stepper.ranks)
        return outcome

    def _measure(self) -> bool:
        """Measure the validation loss if due; returns whether to keep a checkpoint of it as the best."""
        stepper, training = self.stepper, self.training
        ends = training.step == stepper.config.last_step
        if not len(self.validation) or not (ends or training.step % stepper.config.eval_every == 0):
            return False
        stepper.engine.renew()
        loss = validation_loss(stepper.engine, self.validation, stepper.micro_batch, stepper.device, stepper.ranks)
        training.log.append({"step": training.step, "validation_loss": loss})
        self._show(training.log[-1])
        if not math.isfinite(loss) or (training.best is not None and training.best.loss <= loss):
            return False
        training.best = Validation(step=training.step, loss=loss)
        return stepper.config.keep_best and not ends

    def _is_due(self) -> bool:
        """Whether a checkpoint is due; a finished run needs none."""
        config = self.stepper.config
        return self.training.step % config.checkpoint_every == 0 and self.training.step != config.last_step

    def _save(self) -> None:
        stepper, training, writer = self.stepper, self.training, self.writer
        on_first(writer.wait, stepper.ranks)  # one copy of all tensors at a time
        model, optimizers = stepper.engine.model, stepper.optimizers
        tensors = gathered({**model.state_dict(), **optimizer_tensors(model, optimizers)}, stepper.ranks)
        state = {"run": self.identity, "training": training.as_json()}
        best = training.best.step if stepper.config.keep_best and training.best is not None else None
        on_first(lambda: writer.write(training.step, tensors, state, best), stepper.ranks)

    def _end(self, asked: signal.Signals) -> None:
        on_first(self.writer.wait, self.stepper.ranks)
        if asked == signal.SIGINT:
            raise KeyboardInterrupt
        raise StoppedError(
            f"stopped by SIGTERM after step {self.training.step} of {self.stepper.config.last_step}; a checkpoint is "
            "written, and the same command resumes from it"
        )

    def _show(self, line: Line) -> None:
        with explained_writing(self.scratch):
            self.watch.line(line)
        if "skipped_loss" in line and self.stepper.ranks.is_first:
            self.progress(
                0,
                0,
                f"step {line['step']} was skipped: its loss was {line['skipped_loss']}, its gradient's norm "
                f"{line['skipped_gradient_norm']}; documents {named_documents(line['documents'])}",
            )
