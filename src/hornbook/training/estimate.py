"""Estimates of what a training takes, from configs alone: memory by arithmetic, tokens, operations and disk for plans.

The memory estimate counts the tensors that `model/phi.py`, `model/attention.py` and `model/loss.py` save (tests count
them in a real backward pass). It estimates the peak, rather too high than too low, without the CUDA context and
libraries (about half a gibibyte), fragmentation, and NCCL's buffers.

Source: Chowdhery et al. 2022, "PaLM", appendix B, for the count of operations in a utilisation.
"""

from dataclasses import dataclass, fields

import torch

from hornbook.errors import ConfigError
from hornbook.model.attention import BLOCK
from hornbook.model.config import ModelConfig, block_parameters, flops_per_token, num_parameters
from hornbook.pipeline.stage import Estimate, Hardware, Stage
from hornbook.training.checkpoint import KEEP_LAST
from hornbook.training.config import TrainConfig
from hornbook.training.hardware import listed_peak

USABLE_SHARE = 0.9
"""Share of a device's memory for training; the rest is left to driver, libraries and fragmentation."""
MASTER_BYTES = 4
"""Per parameter of the float32 weights, of their gradients, and of each tensor of the optimiser's state."""
LOSS_CHUNK = 1024
"""Tokens whose logits the loss holds at a time."""
LOGIT_BYTES = 12
"""Per logit of a chunk, in any type: logit, float32 copy, softmax, and the previous chunk's."""
MEMORY_GIGABYTES = {"h100": 80, "h200": 141, "gh200": 96, "b200": 180, "a100": 80, "a40": 48, "l40s": 48, "v100": 32}
"""Memory of one GPU; the larger one if two are sold under a name. Source: data sheets."""
PAPER_GPU, PAPER_UTILISATION = "a100", 0.53
"""GPU of the phi-1 paper, and the utilisation that 770 GPU hours for 50.3 billion tokens imply."""
CHECKPOINT_BYTES = 12
"""Per parameter of a checkpoint: the weight and AdamW's two moments in float32."""


@dataclass(frozen=True, kw_only=True)
class MemoryEstimate:
    """Bytes on one device at the peak of a training step."""

    weights: int
    """The float32 weights, and their copy if the model computes in another type."""
    gradients: int
    optimizer: int
    activations: int
    """Tensors saved for the backward pass of one micro-batch."""
    loss: int
    """Gradient of the head, and the larger of a chunk of logits and the temporaries of one block's backward pass."""
    update: int = 0
    """Temporaries of the optimiser's step, which runs after the activations are freed."""
    checkpoint: int = 0
    """The copy that is being written to disk, if the device is a CPU."""

    @property
    def total(self) -> int:
        """The peak, since not all of these exist at the same time."""
        always = self.weights + self.gradients + self.optimizer + self.checkpoint
        return always + max(self.activations + self.loss, self.update)

    def describe_parts(self) -> str:
        """One line, `weights 7.3 GiB, gradients 7.3 GiB, …`, without parts of size 0."""
        parts = {field.name: getattr(self, field.name) for field in fields(self)}
        if self.update <= self.activations + self.loss:
            del parts["update"]
        return ", ".join(f"{name} {format_bytes(size)}" for name, size in parts.items() if size)


def format_bytes(num_bytes: int) -> str:
    """`31.2 GiB`, and below one gibibyte `412 MiB`."""
    return f"{num_bytes / 2**30:.1f} GiB" if num_bytes >= 2**30 else f"{num_bytes / 2**20:.0f} MiB"


def estimate_memory(
    shape: ModelConfig,
    config: TrainConfig,
    *,
    micro_batch: int,
    dtype: torch.dtype,
    num_shards: int = 1,
    on_cpu: bool = False,
) -> MemoryEstimate:
    """The peak of a training step's memory on one device.

    `num_shards` is the number of devices among which FSDP shards weights, gradients and the optimiser's state. With
    `on_cpu`, Hornbook's attention for CPUs runs, which saves all attention weights.
    """
    sequence_length, optimizer = config.sequence_length, config.optimizer
    parameters, bytes_of = num_parameters(shape), dtype.itemsize
    copied = 0 if dtype == torch.float32 else bytes_of * parameters
    weights, gradients = MASTER_BYTES * parameters + copied, MASTER_BYTES * parameters + copied
    if num_shards > 1:
        # FSDP gathers the parameters outside the blocks, one block and the next one; it accumulates whole gradients.
        block = block_parameters(shape)
        outside = parameters - shape.num_layers * block
        weights = MASTER_BYTES * parameters // num_shards + bytes_of * (outside + 2 * block)
        gradients = MASTER_BYTES * parameters // num_shards + MASTER_BYTES * parameters
    tokens = micro_batch * sequence_length
    saved = _saved_by_block(shape, config, bytes_of, on_cpu)
    inputs = bytes_of * shape.hidden_size
    per_token = shape.num_layers * saved
    if config.execution.checkpoint_activations:
        per_token = shape.num_layers * inputs + saved
    per_token += 2 * inputs  # the final LayerNorm's input, and the gradient of its output, which the loss saves
    mask = bytes_of * tokens * sequence_length if config.mask_documents and not on_cpu else 0
    head = shape.vocab_size * shape.hidden_size * (4 + bytes_of)  # in float32, and one chunk's in the compute type
    chunk = min(tokens, LOSS_CHUNK) * shape.vocab_size * LOGIT_BYTES
    return MemoryEstimate(
        weights=weights,
        gradients=gradients,
        optimizer=_optimizer_bytes(shape, optimizer) // num_shards,
        activations=tokens * per_token + mask,
        loss=head + max(chunk, tokens * _block_temporaries(shape, sequence_length, bytes_of, on_cpu)),
        update=_muon_temporaries(shape, bytes_of) if optimizer == "muon" else 0,
        checkpoint=3 * MASTER_BYTES * parameters if on_cpu else 0,
    )


def estimate(stage: Stage, hardware: Hardware | None = None) -> Estimate:
    """Tokens, operations, memory and disk of a training stage, without its validation."""
    config: TrainConfig = stage.config
    shape = _shape_of(stage)
    tokens = config.last_step * config.batch_size * config.sequence_length
    parameters = num_parameters(shape)
    checkpoints = KEEP_LAST + 1 + config.keep_best
    memory_bytes, memory_basis = _memory(shape, config, hardware) if hardware else (0, ())
    return Estimate(
        parameters=parameters,
        tokens=tokens,
        # As in the utilisation of PaLM, Megatron and nanoGPT, the masked half of attention counts as well.
        flops=tokens * flops_per_token(shape, 2 * config.sequence_length),
        memory_bytes=memory_bytes,
        disk_bytes=parameters * (checkpoints * CHECKPOINT_BYTES + MASTER_BYTES),
        assumptions=(
            "FLOPs: 6 for each weight and token, and attention counted whole, as where shares of a peak are stated "
            "(PaLM, appendix B); without validation.",
            f"Disk of a training: the checkpoints that exist while it runs, {CHECKPOINT_BYTES} bytes per parameter "
            "each, and the model's weights in float32.",
        ),
        memory_basis=tuple(f"{stage.name}: {sentence}" for sentence in memory_basis),
        missing=_missing(stage),
    )


def _missing(stage: Stage) -> tuple[str, ...]:
    """The best checkpoint is chosen by the validation loss, for which some documents must be held out."""
    config: TrainConfig = stage.config
    tokenize = stage.inputs.get("tokenize")
    if not config.keep_best or tokenize is None or getattr(tokenize.config, "held_out_share", True):
        return ()
    return (f"{tokenize.name}.held_out_share=0.01",)


def paper_hardware() -> Hardware:
    """The eight GPUs of the phi-1 paper."""
    return find_hardware(PAPER_GPU, num_gpus=8, utilisation=PAPER_UTILISATION)


def find_hardware(gpu: str, *, num_gpus: int, utilisation: float) -> Hardware:
    """Look up GPUs by their name in `hardware.GPUS`, ignoring case; `utilisation` is the expected share of the peak.

    Raises:
        ConfigError: The GPU is unknown, or a number is out of range.
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
    """Bytes on one GPU and the assumption: the largest micro-batch size that fits, if the config leaves it open."""
    room = USABLE_SHARE * hardware.memory_bytes

    def total(micro_batch: int, num_shards: int) -> int:
        return estimate_memory(
            shape,
            config,
            micro_batch=micro_batch,
            dtype=torch.float32 if config.precision == "float32" else torch.bfloat16,
            num_shards=num_shards,
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
    how = f"the weights sharded over {num_shards} GPUs" if sharded else "the whole model on each GPU"
    return total(rows, num_shards), (f"memory with a micro-batch size of {rows} and {how}.",)


def _shape_of(stage: Stage) -> ModelConfig:
    config: TrainConfig = stage.config
    return config.model if config.model is not None else _shape_of(stage.inputs["base"])


def _saved_by_block(shape: ModelConfig, config: TrainConfig, bytes_of: int, on_cpu: bool) -> int:
    """Bytes per token that autograd saves in one block.

    Of `hidden_size` each: the inputs of LayerNorm and of the four projections after it, queries, keys, values, and the
    output of attention. Of `intermediate_size` each: input and output of GELU. Two float32 statistics of LayerNorm.
    """
    hidden, heads = shape.hidden_size, shape.num_heads
    saved = bytes_of * (6 * hidden + 2 * shape.intermediate_size) + 8
    if config.residual_dropout > 0:  # dropout's noise, in the type of the activations, or its mask of booleans
        saved += 2 * hidden * (bytes_of if on_cpu else 1)
    if not on_cpu:
        return saved + 4 * heads
    per_weight = bytes_of + (config.attention_dropout > 0)
    return saved + round(heads * mean_block_keys(config.sequence_length) * per_weight)


def mean_block_keys(sequence_length: int) -> float:
    """Attention weights per token and head, on average, that attention on CPUs saves: up to the end of each block."""
    blocks = [(start, min(start + BLOCK, sequence_length)) for start in range(0, sequence_length, BLOCK)]
    return sum((end - start) * end for start, end in blocks) / sequence_length


def _block_temporaries(shape: ModelConfig, sequence_length: int, bytes_of: int, on_cpu: bool) -> int:
    """Bytes per token of the gradients that exist together during one block's backward pass."""
    work = bytes_of * (3 * shape.intermediate_size + 8 * shape.hidden_size)
    if on_cpu:  # per block of attention: gradients of weights and scores, and a temporary
        work += 3 * bytes_of * shape.num_heads * min(BLOCK, sequence_length)
    return work


def _optimizer_bytes(shape: ModelConfig, optimizer: str) -> int:
    """AdamW has two moments of every parameter, Muon one momentum of each matrix in the blocks."""
    both = 2 * MASTER_BYTES * num_parameters(shape)
    matrices = shape.num_layers * (4 * shape.hidden_size**2 + 2 * shape.hidden_size * shape.intermediate_size)
    return both - MASTER_BYTES * matrices if optimizer == "muon" else both


def _muon_temporaries(shape: ModelConfig, bytes_of: int) -> int:
    """Muon stacks all matrices of one shape: their momenta in float32 and five temporaries of its iteration."""
    square, oblong = 4 * shape.hidden_size**2, shape.hidden_size * shape.intermediate_size
    return shape.num_layers * max(square, oblong) * (MASTER_BYTES + 5 * bytes_of)
