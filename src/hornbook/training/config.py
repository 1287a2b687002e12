"""What determines a training run, pretraining or finetuning."""

from dataclasses import dataclass

from hornbook.errors import ConfigError
from hornbook.model.config import ModelConfig

DATASETS = ("pretrain", "finetune")
OPTIMIZERS = ("adamw", "muon")
PRECISIONS = ("auto", "float32", "bfloat16")
COMPILE_CHOICES = ("auto", "on", "off")


@dataclass(frozen=True, kw_only=True)
class TrainConfig:
    """One run of the training loop. Devices and numbers of processes are no part of it."""

    dataset: str
    """`pretrain` or `finetune`: the folder of token shards."""
    model: ModelConfig | None = None
    """The shape of a new model; None where the run starts from a base model's weights."""
    num_steps: int
    """Optimiser steps; the learning rate falls to zero over them."""
    batch_size: int
    """Rows per optimiser step, over all processes and accumulated parts."""
    sequence_length: int
    """Tokens per row."""
    learning_rate: float
    """The highest, at the end of the warm-up."""
    warmup_steps: int
    optimizer: str = "adamw"
    """`adamw`, the paper's, or `muon`: Muon for the blocks' matrices, AdamW for the rest."""
    weight_decay: float = 0.1
    """Applied to matrices only."""
    gradient_accumulation_steps: int = 1
    """Parts into which a step's rows are cut, one forward and backward pass each."""
    clip_norm: float = 1.0
    """The gradient is scaled down to this Euclidean norm."""
    log_every: int = 10
    """Steps per line of the log."""
    eval_every: int = 200
    """Steps between measurements of the held-out loss; it is measured at the end in any case."""
    eval_rows: int = 64
    """At most so many rows of the held-out split are read for it."""
    checkpoint_every: int = 100
    """Steps between checkpoints."""
    precision: str = "auto"
    """`float32`, `bfloat16` (weights kept in float32), or `auto`: bfloat16 where the hardware multiplies in it."""
    compile: str = "auto"
    """`on`, `off`, or `auto`: on for a GPU, off for a CPU, where it gains nothing over our own kernels."""

    def __post_init__(self) -> None:
        if self.dataset not in DATASETS:
            raise ConfigError(f"`dataset` must be one of {', '.join(DATASETS)}, got {self.dataset!r}")
        positive = (
            "num_steps",
            "batch_size",
            "sequence_length",
            "gradient_accumulation_steps",
            "log_every",
            "eval_every",
            "checkpoint_every",
        )
        for name in positive:
            if getattr(self, name) < 1:
                raise ConfigError(f"`{name}` must be at least 1, got {getattr(self, name)!r}")
        for name in ("learning_rate", "clip_norm"):
            if not getattr(self, name) > 0:
                raise ConfigError(f"`{name}` must be positive, got {getattr(self, name)!r}")
        for name in ("warmup_steps", "weight_decay", "eval_rows"):
            if getattr(self, name) < 0:
                raise ConfigError(f"`{name}` must not be negative, got {getattr(self, name)!r}")
        if self.batch_size % self.gradient_accumulation_steps:
            raise ConfigError(
                f"`gradient_accumulation_steps` must divide `batch_size` {self.batch_size}, "
                f"got {self.gradient_accumulation_steps!r}"
            )
        if self.optimizer not in OPTIMIZERS:
            raise ConfigError(f"`optimizer` must be one of {', '.join(OPTIMIZERS)}, got {self.optimizer!r}")
        if self.precision not in PRECISIONS:
            raise ConfigError(f"`precision` must be one of {', '.join(PRECISIONS)}, got {self.precision!r}")
        if self.compile not in COMPILE_CHOICES:
            raise ConfigError(f"`compile` must be one of {', '.join(COMPILE_CHOICES)}, got {self.compile!r}")
