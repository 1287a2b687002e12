"""What a training stage would take, computed from configs alone, and the GPUs that a plan counts with.

Source: Chowdhery et al. 2022, "PaLM", appendix B, for how operations are counted where a share of the peak is stated.
"""

import torch

from hornbook.errors import ConfigError
from hornbook.model.config import ModelConfig, flops_per_token, num_parameters
from hornbook.pipeline.stage import Estimate, Hardware, Stage
from hornbook.training.checkpoint import KEEP_LAST
from hornbook.training.config import TrainConfig
from hornbook.training.device_peak import listed_peak
from hornbook.training.memory import USABLE_SHARE, estimate_memory

MEMORY_GIGABYTES = {"h100": 80, "h200": 141, "gh200": 96, "b200": 180, "a100": 80, "a40": 48, "l40s": 48, "v100": 32}
"""Of one GPU by its name, the larger where it is sold with two. Source: the makers' data sheets."""
PAPER_GPU, PAPER_UTILISATION = "a100", 0.53
"""What phi-1 was trained on, and the share of its peak that the paper's 770 hours for 50.3 billion tokens come to."""
CHECKPOINT_BYTES = 12
"""Of a parameter in a checkpoint: the weight and AdamW's two moments, in float32."""
WEIGHT_BYTES = 4


def estimate(stage: Stage, hardware: Hardware | None = None) -> Estimate:
    """Tokens, operations, memory and disk of a training stage; its held-out measurements are left out."""
    config: TrainConfig = stage.config
    shape = _shape_of(stage)
    tokens = config.last_step * config.batch_size * config.sequence_length
    parameters = num_parameters(shape)
    checkpoints = KEEP_LAST + 1 + config.keep_best
    memory_bytes, memory_basis = _memory(shape, config, hardware) if hardware else (0, ())
    return Estimate(
        parameters=parameters,
        tokens=tokens,
        flops=tokens * training_flops_per_token(shape, config.sequence_length),
        memory_bytes=memory_bytes,
        disk_bytes=parameters * (checkpoints * CHECKPOINT_BYTES + WEIGHT_BYTES),
        assumptions=(
            "FLOPs: 6 for each weight and token, and attention counted whole, as where shares of a peak are stated "
            "(PaLM, appendix B); without held-out measurements.",
            f"Disk of a training: the checkpoints that stay while it runs, {CHECKPOINT_BYTES} bytes a parameter each, "
            "and the model's weights in float32.",
        ),
        memory_basis=tuple(f"{stage.name}: {sentence}" for sentence in memory_basis),
    )


def training_flops_per_token(shape: ModelConfig, sequence_length: int) -> float:
    """Operations that training spends on a token, by the count in which the field states shares of a peak.

    `flops_per_token` counts the half of the attention that a causal model needs; this counts all of it, as PaLM,
    Megatron and nanoGPT do.
    """
    return flops_per_token(shape, 2 * sequence_length)


def paper_hardware() -> Hardware:
    """The eight GPUs of the paper, for comparison."""
    return find_hardware(PAPER_GPU, num_gpus=8, utilisation=PAPER_UTILISATION)


def find_hardware(gpu: str, *, num_gpus: int, utilisation: float) -> Hardware:
    """The GPUs that a person named.

    Args:
        gpu: `h100`, `a100`, or what `device_peak.GPUS` knows, upper and lower case alike.
        num_gpus: At least 1.
        utilisation: Share of the peak that training is expected to reach.

    Raises:
        ConfigError: The GPU is not known, or a number lies out of its range.
    """
    if num_gpus < 1:
        raise ConfigError(f"`--num-gpus` must be at least 1, got {num_gpus!r}")
    if not 0 < utilisation <= 1:
        raise ConfigError(f"`--utilisation` is a share of the GPU's peak, in (0, 1], got {utilisation!r}")
    peaks = (listed_peak(gpu, dtype, tensor_float=True) for dtype in (torch.bfloat16, torch.float16))
    peak = next((peak for peak in peaks if peak is not None), None)
    if peak is None:
        raise ConfigError(f"`--gpu` {gpu!r} is not known; try {', '.join(MEMORY_GIGABYTES)}")
    return Hardware(
        gpu=gpu.lower(),
        flops=peak.flops,
        memory_bytes=MEMORY_GIGABYTES.get(gpu.lower(), 0) * 10**9,
        num_gpus=num_gpus,
        utilisation=utilisation,
        basis=peak.basis,
    )


def _memory(shape: ModelConfig, config: TrainConfig, hardware: Hardware) -> tuple[int, tuple[str, ...]]:
    """Bytes on one GPU, and what was assumed: the most rows a pass that fit where the config leaves them open."""
    room = USABLE_SHARE * hardware.memory_bytes

    def total(micro_batch: int, num_shards: int) -> int:
        return estimate_memory(
            shape,
            micro_batch=micro_batch,
            sequence_length=config.sequence_length,
            dtype=torch.float32 if config.precision == "float32" else torch.bfloat16,
            optimizer=config.optimizer,
            num_shards=num_shards,
            checkpoint_activations=config.execution.checkpoint_activations,
            residual_dropout=config.residual_dropout,
            attention_dropout=config.attention_dropout,
            mask_documents=config.mask_documents,
        ).total

    parallel = config.execution.parallel
    sharded = parallel == "fsdp" or (parallel == "auto" and 0 < room < total(1, 1))
    num_shards = hardware.num_gpus if sharded else 1
    share = max(config.batch_size // hardware.num_gpus, 1)
    rows = config.execution.micro_batch
    if rows is None:
        rows = share
    elif isinstance(rows, str):
        rows = 1
        while share % (2 * rows) == 0 and total(2 * rows, num_shards) <= room:
            rows *= 2
    how = f"the weights parted among {num_shards} GPUs" if sharded else "the whole model on each GPU"
    return total(rows, num_shards), (f"memory with {rows} rows a pass and {how}.",)


def _shape_of(stage: Stage) -> ModelConfig:
    config: TrainConfig = stage.config
    return config.model if config.model is not None else _shape_of(stage.inputs["base"])
