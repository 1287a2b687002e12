"""What determines a training run, pretraining or finetuning."""

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
    """What may differ between two machines that train the same model. Not part of a fingerprint."""

    device: str = "auto"
    """`auto` (a GPU where there is one), `cpu`, `cuda`."""
    micro_batch: int | str | None = None
    """Rows of one forward and backward pass on one device; `auto`: the most that fit; None: its whole share."""
    parallel: str = "auto"
    """Among several processes: `ddp` (each holds the whole model), `fsdp` (each a part), `auto`: ddp where it fits."""
    compile: str = "auto"
    """`on`, `off`, or `auto`: on for a GPU, off for a CPU, where it gains nothing over our own kernels."""
    checkpoint_activations: bool = False
    """Compute each block's activations again in the backward pass instead of keeping them."""
    trackers: tuple[str, ...] = ()
    """Who else hears of the log: `trackio`, `wandb`, `tensorboard`."""

    def __post_init__(self) -> None:
        if isinstance(self.micro_batch, str) and self.micro_batch != "auto":
            raise ConfigError(f"`micro_batch` must be a number of rows or `auto`, got {self.micro_batch!r}")
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
    """One run of the training loop. Devices and numbers of processes are no part of it."""

    dataset: str
    """`pretrain` or `finetune`: the folder of token shards."""
    model: ModelConfig | None = None
    """The shape of a new model; None where the run starts from a base model's weights."""
    num_steps: int
    """Optimiser steps; the learning rate falls to zero over them."""
    stop_step: int | None = None
    """End after this step, with the learning rate of a run of `num_steps`; None for all of them."""
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
    betas: tuple[float, float] = (0.9, 0.95)
    """AdamW's decay rates of its two moments."""
    epsilon: float = 1e-8
    """AdamW's term against division by zero."""
    clip_norm: float = 1.0
    """The gradient is scaled down to this Euclidean norm."""
    residual_dropout: float = 0.0
    """Probability, on the outputs of attention and MLP. The paper trains with 0.1."""
    attention_dropout: float = 0.0
    """Probability, on the weights of attention. The paper trains with 0.1."""
    mask_documents: bool = False
    """Attend within documents only; the paper attends across them."""
    max_skipped_steps: int = 10
    """Steps without a finite loss and gradient that are skipped; one more ends the run."""
    log_every: int = 10
    """Steps per line of the log."""
    eval_every: int = 200
    """Steps between measurements of the held-out loss; it is measured at the end in any case."""
    eval_rows: int = 64
    """At most so many rows of the held-out split are read for it."""
    checkpoint_every: int = 100
    """Steps between checkpoints."""
    keep_best: bool = False
    """The run's result is the checkpoint with the lowest held-out loss, not the last; measured every `eval_every`."""
    precision: str = "auto"
    """`float32`, `bfloat16`, `float16` (weights kept in float32), or `auto`: bfloat16 where the hardware has it."""
    execution: Execution = field(default_factory=Execution, metadata=NOT_IN_FINGERPRINT)
    """How it is computed: devices, processes, memory."""

    def __post_init__(self) -> None:
        if self.dataset not in DATASETS:
            raise ConfigError(f"`dataset` must be one of {', '.join(DATASETS)}, got {self.dataset!r}")
        positive = (
            "num_steps",
            "batch_size",
            "sequence_length",
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
        choices = {"optimizer": OPTIMIZERS, "precision": PRECISIONS}
        for name, allowed in choices.items():
            if getattr(self, name) not in allowed:
                raise ConfigError(f"`{name}` must be one of {', '.join(allowed)}, got {getattr(self, name)!r}")

    @property
    def last_step(self) -> int:
        """The step after which the run ends."""
        return self.num_steps if self.stop_step is None else self.stop_step
