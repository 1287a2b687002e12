"""The shape of a phi model."""

from dataclasses import dataclass

from hornbook.errors import ConfigError


@dataclass(frozen=True, kw_only=True)
class ModelConfig:
    """All that determines a model's tensors and its function; dropout is training's. Source: phi-1's release."""

    vocab_size: int
    """Number of rows of the embedding; at least the size of the tokenizer's vocabulary."""
    num_layers: int
    """Number of blocks, each with attention and MLP side by side."""
    hidden_size: int
    """Width of the residual stream; a multiple of `num_heads`."""
    intermediate_size: int
    """Width of the MLP; in phi-1 four times `hidden_size`."""
    num_heads: int
    """Number of attention heads in each block."""
    rotary_fraction: float = 0.5
    """Share of the dimensions of each head that are rotated by position."""
    max_position: int = 2048
    """Number of tokens per row that the model is trained on; it does not limit the tensors."""
    layer_norm_epsilon: float = 1e-5
    """Term of LayerNorm that prevents a division by zero."""

    def __post_init__(self) -> None:
        for name in ("vocab_size", "num_layers", "hidden_size", "intermediate_size", "num_heads", "max_position"):
            if getattr(self, name) < 1:
                raise ConfigError(f"`{name}` must be at least 1, got {getattr(self, name)!r}")
        if self.hidden_size % self.num_heads:
            raise ConfigError(f"`hidden_size` must be a multiple of `num_heads`, got {self.hidden_size!r}")
        if not 0 < self.rotary_fraction <= 1 or self.rotary_size % 2 or self.rotary_size == 0:
            raise ConfigError(
                f"`rotary_fraction` must leave an even number of rotated dimensions of {self.head_size}, "
                f"got {self.rotary_fraction!r}"
            )
        if self.layer_norm_epsilon <= 0:
            raise ConfigError(f"`layer_norm_epsilon` must be positive, got {self.layer_norm_epsilon!r}")

    @property
    def head_size(self) -> int:
        """Dimensions of one attention head."""
        return self.hidden_size // self.num_heads

    @property
    def rotary_size(self) -> int:
        """Dimensions of a head that are rotated, the first ones."""
        return int(self.head_size * self.rotary_fraction)


def num_parameters(config: ModelConfig) -> int:
    """The exact number of parameters: embedding, blocks, final LayerNorm and the untied head with its bias."""
    embedding, head = config.vocab_size * config.hidden_size, config.vocab_size * (config.hidden_size + 1)
    return config.num_layers * block_parameters(config) + embedding + head + 2 * config.hidden_size


def block_parameters(config: ModelConfig) -> int:
    """The number of parameters of one block: attention, MLP and LayerNorm."""
    hidden, inner = config.hidden_size, config.intermediate_size
    return 4 * (hidden * hidden + hidden) + hidden * inner + inner + inner * hidden + hidden + 2 * hidden


def flops_per_token(config: ModelConfig, sequence_length: int) -> float:
    """Floating point operations that training spends on a token, forward and backward, attention included.

    Six per weight of a matrix that multiplies (the embedding looks up, it does not multiply), and twelve per layer,
    hidden dimension and attended position; half the sequence is attended on average.
    """
    hidden, inner = config.hidden_size, config.intermediate_size
    weights = config.num_layers * (4 * hidden * hidden + 2 * hidden * inner) + config.vocab_size * hidden
    return 6.0 * weights + 12.0 * config.num_layers * hidden * sequence_length / 2
