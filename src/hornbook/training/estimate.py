"""What a training stage would take, computed from configs alone."""

from hornbook.artifacts.stage import Estimate, Stage
from hornbook.model.config import ModelConfig, flops_per_token
from hornbook.training.config import TrainConfig


def estimate(stage: Stage) -> Estimate:
    """Tokens and floating-point operations of a training stage; its held-out measurements are left out."""
    config: TrainConfig = stage.config
    tokens = config.num_steps * config.batch_size * config.sequence_length
    return Estimate(tokens=tokens, flops=tokens * flops_per_token(_shape_of(stage), config.sequence_length))


def _shape_of(stage: Stage) -> ModelConfig:
    config: TrainConfig = stage.config
    return config.model if config.model is not None else _shape_of(stage.inputs["base"])
