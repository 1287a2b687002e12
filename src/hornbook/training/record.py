"""What a step leaves behind: lines of the log, the scale of float16, the count of steps that were skipped."""

import math
from typing import Any

from torch import Tensor
from torch.distributed.tensor import DTensor

from hornbook.errors import MissingInputError, TrainingError
from hornbook.tokens.batches import row_starts
from hornbook.training.state import Training
from hornbook.training.step import Outcome, Stepper

SHOWN_DOCUMENTS = 10
"""Ids in a message; the log has all."""

Line = dict[str, Any]


def record_step(training: Training, outcome: Outcome, stepper: Stepper) -> list[Line]:
    """Take the outcome of the step that just ended into `training`; returns the lines that were added to the log.

    A step whose loss or gradient is not finite has left the weights as they were. In float16 an overflow of the
    gradient halves the scale; where the scale cannot be at fault, the step counts as skipped.
    """
    config = stepper.config
    before = len(training.log)
    if outcome.is_taken:
        training.recent_losses.append(outcome.loss)
        if config.precision == "float16":
            training.loss_scale = training.loss_scale.after_good_step()
    elif config.precision == "float16" and math.isfinite(outcome.loss) and not training.loss_scale.is_lowest:
        training.loss_scale = training.loss_scale.after_overflow()
        training.log.append({"step": training.step, "loss_scale": training.loss_scale.value})
    else:
        training.num_skipped += 1
        training.log.append(
            {
                "step": training.step,
                "skipped_loss": str(outcome.loss),
                "skipped_gradient_norm": str(outcome.gradient_norm),
                "documents": documents_of_step(stepper, training.step - 1),
            }
        )
    is_due = training.step % config.log_every == 0 or training.step == config.last_step
    if is_due and training.recent_losses:
        training.log.append(
            {
                "step": training.step,
                "loss": sum(training.recent_losses) / len(training.recent_losses),
                "learning_rate": outcome.learning_rate,
                "gradient_norm": outcome.gradient_norm if outcome.is_taken else None,
            }
        )
        training.recent_losses.clear()
    return training.log[before:]


def check_skipped(training: Training, stepper: Stepper) -> None:
    """Refuse to go on after too many skipped steps.

    Raises:
        TrainingError: It names the steps, the last one's documents, and weights that are not finite themselves.
    """
    most = stepper.config.max_skipped_steps
    if training.num_skipped <= most:
        return
    skipped = [line for line in training.log if "skipped_loss" in line]
    broken = [name for name, weight in stepper.engine.model.named_parameters() if not _is_finite(weight)]
    cause = (
        f"the weights themselves are not finite, first `{broken[0]}`: check the base model"
        if broken
        else "lower `learning_rate`, look at the documents, or raise `max_skipped_steps`"
    )
    raise TrainingError(
        f"{len(skipped)} steps had no finite loss and gradient and were skipped, `max_skipped_steps` is {most}: steps "
        f"{', '.join(str(line['step']) for line in skipped)}; the last had the loss {skipped[-1]['skipped_loss']}, the "
        f"gradient's norm {skipped[-1]['skipped_gradient_norm']} and the documents "
        f"{named_documents(skipped[-1]['documents'])}; {cause}"
    )


def _is_finite(weight: Tensor) -> bool:
    """Of a whole tensor, or one that lies in parts on all processes, which must then all ask."""
    total = weight.detach().sum()
    return math.isfinite(float(total.full_tensor() if isinstance(total, DTensor) else total))


def named_documents(ids: list[str]) -> str:
    """The first few ids, and how many more there are."""
    more = f" and {len(ids) - SHOWN_DOCUMENTS} more" if len(ids) > SHOWN_DOCUMENTS else ""
    return (", ".join(ids[:SHOWN_DOCUMENTS]) or "that the shards do not name") + more


def documents_of_step(stepper: Stepper, step: int) -> list[str]:
    """The ids of the documents in the global batch of a step, each once, in the batch's order."""
    config = stepper.config
    starts = row_starts(
        stepper.stream,
        seed=stepper.seed,
        step=step,
        batch_size=config.batch_size,
        sequence_length=config.sequence_length,
    )
    ids: dict[str, None] = {}
    for start in starts:
        try:
            ids.update(dict.fromkeys(stepper.stream.documents_of(int(start), config.sequence_length + 1)))
        except MissingInputError:  # shards without their table still train; there is nothing to name
            return []
    return list(ids)
