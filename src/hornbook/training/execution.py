"""How a training run is computed: devices, processes, memory. None of it changes more than rounding."""

from dataclasses import dataclass

from hornbook.errors import ConfigError

PARALLEL_CHOICES = ("auto", "ddp", "fsdp")
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
    asynchronous_checkpoints: bool = True
    """Write checkpoints beside the training, from a copy of the weights."""
    keep_last: int = 2
    """Checkpoints that stay while training: the newest, and those before it should the newest be damaged."""
    keep_every: int = 0
    """Checkpoints of steps that are multiples of this stay until the run ends; 0 for none."""
    trackers: tuple[str, ...] = ()
    """Who else hears of the log: `trackio`, `wandb`, `tensorboard`."""

    def __post_init__(self) -> None:
        if isinstance(self.micro_batch, str) and self.micro_batch != "auto":
            raise ConfigError(f"`micro_batch` must be a number of rows or `auto`, got {self.micro_batch!r}")
        if isinstance(self.micro_batch, int) and self.micro_batch < 1:
            raise ConfigError(f"`micro_batch` must be at least 1, got {self.micro_batch!r}")
        for name, allowed in {"parallel": PARALLEL_CHOICES, "compile": COMPILE_CHOICES}.items():
            if getattr(self, name) not in allowed:
                raise ConfigError(f"`{name}` must be one of {', '.join(allowed)}, got {getattr(self, name)!r}")
        if self.keep_last < 1:
            raise ConfigError(f"`keep_last` must be at least 1, got {self.keep_last!r}")
        if self.keep_every < 0:
            raise ConfigError(f"`keep_every` must not be negative, got {self.keep_every!r}")
        for name in self.trackers:
            if name not in TRACKERS:
                raise ConfigError(f"`trackers` may be {', '.join(TRACKERS)}, got {name!r}")
