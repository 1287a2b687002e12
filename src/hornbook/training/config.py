"""The configs of a training run: what determines its result, and how it is executed."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from hornbook.errors import ConfigError
from hornbook.model.config import ModelConfig
from hornbook.pipeline.fingerprint import NOT_IN_FINGERPRINT

DATASETS = ("pretrain", "finetune")
OPTIMIZERS = ("adamw", "muon")
PRECISIONS = ("auto", "float32", "bfloat16", "float16")
PARALLEL_WAYS = ("auto", "ddp", "fsdp")
COMPILE_CHOICES = ("auto", "on", "off")
TRACKERS = ("trackio", "wandb", "tensorboard")


@dataclass(frozen=True, kw_only=True)
class Execution:
    """How a training run is executed, which changes rounding at most. Not part of a fingerprint."""

    device: str = "auto"
    """`cpu`, `cuda`, or `auto`: a GPU if there is one."""
    micro_batch: int | str | None = None
    """Number of rows per forward and backward pass on one device; `auto` takes the most that fit; None takes all."""
    parallel: str = "auto"
    """With several processes: `ddp` (each holds the whole model), `fsdp` (each a shard), or `auto`: ddp if it fits."""
    compile: str = "auto"
    """Whether to use `torch.compile`: `on`, `off`, or `auto`: on GPUs only."""
    checkpoint_activations: bool = False
    """Recompute the activations of each block in the backward pass: less memory, a third more work."""
    trackers: tuple[str, ...] = ()
    """Experiment trackers that receive the log: `trackio`, `wandb`, `tensorboard`."""

    def __post_init__(self) -> None:
        rows = self.micro_batch
        if rows not in (None, "auto") and not (isinstance(rows, int) and rows >= 1):
            raise ConfigError(f"`micro_batch` must be a number from 1 or `auto`, got {rows!r}")
        _require_one_of(self, {"parallel": PARALLEL_WAYS, "compile": COMPILE_CHOICES})
        if unknown := set(self.trackers) - set(TRACKERS):
            raise ConfigError(f"`trackers` may be {', '.join(TRACKERS)}, got {', '.join(sorted(unknown))}")


@dataclass(frozen=True, kw_only=True)
class TrainConfig:
    """A training run, whatever the devices and the number of processes."""

    dataset: str
    """Dataset of the token shards: `pretrain` or `finetune`."""
    model: ModelConfig | None = None
    """Shape of a new model; None to start from a base model's weights."""
    num_steps: int
    """Number of optimiser steps, over which the learning rate decays to zero."""
    stop_step: int | None = None
    """Stop after this step of the schedule of `num_steps`; by default after the last."""
    batch_size: int
    """Number of rows per optimiser step, over all processes and accumulated micro-batches."""
    sequence_length: int
    """Number of tokens per row."""
    learning_rate: float
    """Peak learning rate, at the end of the warm-up."""
    warmup_steps: int = 0
    """Number of steps over which the learning rate rises linearly to its peak."""
    optimizer: str = "adamw"
    """`adamw`, as in the paper, or `muon`: Muon for the matrices in the blocks, AdamW for the rest."""
    weight_decay: float = 0.1
    """Decoupled weight decay, of matrices only."""
    betas: tuple[float, float] = (0.9, 0.95)
    """Decay rates of the two moments of AdamW."""
    epsilon: float = 1e-8
    """Term of AdamW that prevents a division by zero."""
    clip_norm: float = 1.0
    """Maximum Euclidean norm of the gradient, to which larger gradients are clipped."""
    residual_dropout: float = 0.0
    """Dropout probability on the outputs of attention and MLP; 0.1 in the paper."""
    attention_dropout: float = 0.0
    """Dropout probability on attention weights; 0.1 in the paper."""
    mask_documents: bool = False
    """Let tokens attend within their own document only; in the paper attention crosses documents."""
    max_skipped_steps: int = 10
    """Maximum number of steps that may be skipped because their loss or gradient is not finite."""
    log_every: int = 10
    """Number of steps between lines of the log."""
    eval_every: int = 200
    """Number of steps between measurements of the validation loss, which is also measured at the end."""
    eval_rows: int = 64
    """Maximum number of rows of the validation split that are used for the validation loss."""
    checkpoint_every: int = 100
    """Number of steps between checkpoints."""
    keep_best: bool = False
    """Whether the result is the checkpoint with the lowest validation loss instead of the last weights."""
    seed: int | None = None
    """Of new weights, the order of batches, and dropout; None: the seed of the run."""
    precision: str = "auto"
    """Type to compute in, with master weights in float32: `float32`, `bfloat16`, `float16`, or `auto`: bfloat16 if the
    hardware has it."""
    execution: Execution = field(default_factory=Execution, metadata=NOT_IN_FINGERPRINT)
    """How the run is executed: devices, processes, memory."""

    def __post_init__(self) -> None:
        _require_one_of(self, {"dataset": DATASETS, "optimizer": OPTIMIZERS, "precision": PRECISIONS})
        counts = ("num_steps", "batch_size", "sequence_length", "log_every", "eval_every", "checkpoint_every")
        _require(self, counts, lambda value: value >= 1, "be at least 1")
        _require(self, ("learning_rate", "clip_norm"), lambda value: value > 0, "be positive")
        amounts = ("warmup_steps", "weight_decay", "epsilon", "eval_rows", "max_skipped_steps")
        _require(self, amounts, lambda value: value >= 0, "not be negative")
        _require(self, ("residual_dropout", "attention_dropout"), lambda value: 0 <= value < 1, "lie in [0, 1)")
        _require(self, ("betas",), lambda betas: all(0 <= beta < 1 for beta in betas), "lie in [0, 1)")
        if self.stop_step is not None and not 1 <= self.stop_step <= self.num_steps:
            raise ConfigError(f"`stop_step` must lie in 1 to `num_steps` {self.num_steps}, got {self.stop_step!r}")

    @property
    def last_step(self) -> int:
        """The step after which the run ends."""
        return self.num_steps if self.stop_step is None else self.stop_step


def _require(config: object, names: Iterable[str], is_right: Callable[[Any], bool], rule: str) -> None:
    for name in names:
        if not is_right(getattr(config, name)):
            raise ConfigError(f"`{name}` must {rule}, got {getattr(config, name)!r}")


def _require_one_of(config: object, allowed: Mapping[str, tuple[str, ...]]) -> None:
    for name, values in allowed.items():
        _require(config, (name,), values.__contains__, f"be one of {', '.join(values)}")
