"""The configs of a training run: what determines its result, and how it is executed."""

from dataclasses import dataclass, field

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
    """Rows per forward and backward pass on one device. `auto`: the most that fit; None: all its rows of a step."""
    parallel: str = "auto"
    """With several processes: `ddp` (each holds the whole model), `fsdp` (each a shard), or `auto`: ddp if it fits."""
    compile: str = "auto"
    """Whether to use `torch.compile`: `on`, `off`, or `auto`: on GPUs only."""
    checkpoint_activations: bool = False
    """Recompute each block's activations in the backward pass instead of saving them."""
    trackers: tuple[str, ...] = ()
    """Experiment trackers that receive the log: `trackio`, `wandb`, `tensorboard`."""

    def __post_init__(self) -> None:
        if isinstance(self.micro_batch, str) and self.micro_batch != "auto":
            raise ConfigError(f"`micro_batch` must be a number or `auto`, got {self.micro_batch!r}")
        if isinstance(self.micro_batch, int) and self.micro_batch < 1:
            raise ConfigError(f"`micro_batch` must be at least 1, got {self.micro_batch!r}")
        for name, allowed in {"parallel": PARALLEL_WAYS, "compile": COMPILE_CHOICES}.items():
            if getattr(self, name) not in allowed:
                raise ConfigError(f"`{name}` must be one of {', '.join(allowed)}, got {getattr(self, name)!r}")
        for name in self.trackers:
            if name not in TRACKERS:
                raise ConfigError(f"`trackers` may be {', '.join(TRACKERS)}, got {name!r}")


@dataclass(frozen=True, kw_only=True)
class TrainConfig:
    """A training run, whatever the devices and the number of processes."""

    dataset: str
    """Dataset of token shards: `pretrain` or `finetune`."""
    model: ModelConfig | None = None
    """Shape of a new model; None to start from a base model's weights."""
    num_steps: int
    """Optimiser steps over which the learning rate decays to zero."""
    stop_step: int | None = None
    """Stop after this step of the schedule of `num_steps`; None for all steps."""
    batch_size: int
    """Rows per optimiser step, over all processes and accumulated micro-batches."""
    sequence_length: int
    """Tokens per row."""
    learning_rate: float
    """Peak learning rate, at the end of the warm-up."""
    warmup_steps: int = 0
    """Steps over which the learning rate rises linearly."""
    optimizer: str = "adamw"
    """`adamw`, as in the paper, or `muon`: Muon for the matrices in the blocks, AdamW for the rest."""
    weight_decay: float = 0.1
    """Decoupled weight decay, of matrices only."""
    betas: tuple[float, float] = (0.9, 0.95)
    """AdamW's decay rates of its two moments."""
    epsilon: float = 1e-8
    """AdamW's term against division by zero."""
    clip_norm: float = 1.0
    """Maximum Euclidean norm of the gradient."""
    residual_dropout: float = 0.0
    """Dropout probability on the outputs of attention and MLP; 0.1 in the paper."""
    attention_dropout: float = 0.0
    """Dropout probability on attention weights; 0.1 in the paper."""
    mask_documents: bool = False
    """Attend within documents only; in the paper attention crosses documents."""
    max_skipped_steps: int = 10
    """Maximum number of skipped steps, whose loss or gradient is not finite; one more ends the run."""
    log_every: int = 10
    """Steps between lines of the log."""
    eval_every: int = 200
    """Steps between measurements of the validation loss, which is also measured at the end."""
    eval_rows: int = 64
    """Maximum number of rows of the held-out split for the validation loss."""
    checkpoint_every: int = 100
    """Steps between checkpoints."""
    keep_best: bool = False
    """Take the checkpoint with the lowest validation loss as the result, not the last."""
    precision: str = "auto"
    """Type to compute in, with master weights in float32: `float32`, `bfloat16`, `float16`, or `auto`: bfloat16 if the
    hardware has it."""
    execution: Execution = field(default_factory=Execution, metadata=NOT_IN_FINGERPRINT)
    """How the run is executed: devices, processes, memory."""

    def __post_init__(self) -> None:
        if self.dataset not in DATASETS:
            raise ConfigError(f"`dataset` must be one of {', '.join(DATASETS)}, got {self.dataset!r}")
        for name in ("num_steps", "batch_size", "sequence_length", "log_every", "eval_every", "checkpoint_every"):
            if getattr(self, name) < 1:
                raise ConfigError(f"`{name}` must be at least 1, got {getattr(self, name)!r}")
        for name in ("learning_rate", "clip_norm"):
            if not getattr(self, name) > 0:
                raise ConfigError(f"`{name}` must be positive, got {getattr(self, name)!r}")
        for name in ("warmup_steps", "weight_decay", "epsilon", "eval_rows", "max_skipped_steps"):
            if getattr(self, name) < 0:
                raise ConfigError(f"`{name}` must not be negative, got {getattr(self, name)!r}")
        for name in ("residual_dropout", "attention_dropout"):
            if not 0 <= getattr(self, name) < 1:
                raise ConfigError(f"`{name}` must lie in [0, 1), got {getattr(self, name)!r}")
        if not all(0 <= beta < 1 for beta in self.betas):
            raise ConfigError(f"`betas` must lie in [0, 1), got {self.betas!r}")
        if self.stop_step is not None and not 1 <= self.stop_step <= self.num_steps:
            raise ConfigError(f"`stop_step` must lie in 1 to `num_steps` {self.num_steps}, got {self.stop_step!r}")
        for name, allowed in {"optimizer": OPTIMIZERS, "precision": PRECISIONS}.items():
            if getattr(self, name) not in allowed:
                raise ConfigError(f"`{name}` must be one of {', '.join(allowed)}, got {getattr(self, name)!r}")

    @property
    def last_step(self) -> int:
        """The step after which the run ends."""
        return self.num_steps if self.stop_step is None else self.stop_step
