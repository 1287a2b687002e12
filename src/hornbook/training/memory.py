"""The memory that a training takes on one device, by arithmetic, and what to lower where it is too much.

The kept tensors are those of `model/phi.py`, `model/attention.py` and `model/loss.py` (tests count them in a real
backward pass); the estimate is of the peak, and rather too high than too low. Left out: the CUDA context and libraries
(about half a gibibyte), fragments, and on several devices the buffers of NCCL.

Letters in the comments: a bytes of an element, C hidden size, I intermediate size, H heads, T tokens of a row.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields

import torch

from hornbook.errors import TrainingError
from hornbook.model.attention import BLOCK
from hornbook.model.config import ModelConfig, num_parameters
from hornbook.training.config import TrainConfig

CPU_ALLOCATOR = "can't allocate memory"
"""What PyTorch says on a CPU, in a `RuntimeError` like any other."""
USABLE_SHARE = 0.9
"""Of a device's memory: the rest is left to the driver, the libraries and fragments."""
MASTER_BYTES = 4
"""Of an element of the master weights, their gradients and the optimiser's state: float32."""
LOSS_CHUNK = 1024
"""Tokens whose logits the loss holds at a time."""
LOGIT_BYTES = 12
"""Of one logit in a chunk, in any type: itself, in float32 for the log of the sum, the softmax, the last chunk's."""


@dataclass(frozen=True, kw_only=True)
class MemoryEstimate:
    """Bytes on one device at the peak of a step."""

    weights: int
    """The master weights, and where the model computes in a shorter type the copy that computes."""
    gradients: int
    optimizer: int
    activations: int
    """What is kept for the backward pass of one micro-batch."""
    loss: int
    """The head's gradient, and the larger of a chunk of logits and the work of one block's backward pass."""
    update: int = 0
    """What the optimiser's step takes for itself, when the activations are gone."""
    checkpoint: int = 0
    """The copy that is being written, where the device is the CPU."""

    @property
    def total(self) -> int:
        """The most that exists together."""
        always = self.weights + self.gradients + self.optimizer + self.checkpoint
        return always + max(self.activations + self.loss, self.update)

    def describe_parts(self) -> str:
        """One line for people: `weights 7.3 GiB, gradients 7.3 GiB, …`, without what takes nothing."""
        parts = {field.name: getattr(self, field.name) for field in fields(self)}
        if self.update <= self.activations + self.loss:
            del parts["update"]
        return ", ".join(f"{name} {in_words(size)}" for name, size in parts.items() if size)


def in_words(num_bytes: int) -> str:
    """`31.2 GiB`, and below one gibibyte `412 MiB`."""
    return f"{num_bytes / 2**30:.1f} GiB" if num_bytes >= 2**30 else f"{num_bytes / 2**20:.0f} MiB"


def estimate_memory(
    shape: ModelConfig,
    *,
    micro_batch: int,
    sequence_length: int,
    dtype: torch.dtype,
    optimizer: str,
    num_shards: int,
    checkpoint_activations: bool,
    on_cpu: bool = False,
    residual_dropout: float = 0.0,
    attention_dropout: float = 0.0,
    mask_documents: bool = False,
) -> MemoryEstimate:
    """The peak of a step's memory on one device.

    Args:
        shape: Of the model.
        micro_batch: Rows of one forward and backward pass.
        sequence_length: Tokens per row.
        dtype: In which the model computes.
        optimizer: `adamw` or `muon`.
        num_shards: Devices among which FSDP parts weights, gradients and the optimiser's state; 1 without FSDP.
        checkpoint_activations: Whether blocks keep their input only.
        on_cpu: Whether our own attention for CPUs runs, which keeps its weights; GPUs keep a sum per row instead.
        residual_dropout: Its probability; what counts is whether it is 0.
        attention_dropout: The same.
        mask_documents: Whether attention stays within documents, for which a GPU gets a mask of all pairs.
    """
    parameters, bytes_of = num_parameters(shape), dtype.itemsize
    is_sharded = num_shards > 1
    copied = 0 if dtype == torch.float32 else bytes_of * parameters
    weights, gradients = MASTER_BYTES * parameters + copied, MASTER_BYTES * parameters + copied
    if is_sharded:
        # Whole at a time: what lies outside the blocks, one block at work and the next one on its way. While
        # micro-batches add up, FSDP keeps their gradients whole.
        block = _block_parameters(shape)
        outside = parameters - shape.num_layers * block
        weights = MASTER_BYTES * parameters // num_shards + bytes_of * (outside + 2 * block)
        gradients = MASTER_BYTES * parameters // num_shards + MASTER_BYTES * parameters
    tokens = micro_batch * sequence_length
    kept = _kept_by_a_block(
        shape, sequence_length, bytes_of, on_cpu, residual_dropout > 0, attention_dropout > 0 and on_cpu
    )
    inputs = bytes_of * shape.hidden_size
    per_token = shape.num_layers * inputs + kept if checkpoint_activations else shape.num_layers * kept
    per_token += 2 * inputs  # the final LayerNorm's input, and the gradient that the loss keeps for its output
    mask = bytes_of * tokens * sequence_length if mask_documents and not on_cpu else 0
    head = shape.vocab_size * shape.hidden_size * (4 + bytes_of)  # it adds up in float32, a chunk's share beside it
    chunk = min(tokens, LOSS_CHUNK) * shape.vocab_size * LOGIT_BYTES
    return MemoryEstimate(
        weights=weights,
        gradients=gradients,
        optimizer=_optimizer_bytes(shape, optimizer) // num_shards,
        activations=tokens * per_token + mask,
        loss=head + max(chunk, tokens * _work_of_a_block(shape, sequence_length, bytes_of, on_cpu)),
        update=_muon_work(shape, bytes_of) if optimizer == "muon" else 0,
        checkpoint=3 * MASTER_BYTES * parameters if on_cpu else 0,
    )


@contextmanager
def explained_memory(
    config: TrainConfig, micro_batch: int, share: int, device: torch.device, *, is_whole: bool
) -> Iterator[None]:
    """Turn the errors of memory into one that a person can act on; arguments as for `ways_to_lower`.

    Raises:
        TrainingError: The message tells what to lower.
    """
    try:
        yield
    except (torch.OutOfMemoryError, MemoryError) as error:
        raise TrainingError(_out_of_memory(config, micro_batch, share, device, is_whole)) from error
    except RuntimeError as error:
        if CPU_ALLOCATOR in str(error):
            raise TrainingError(_out_of_memory(config, micro_batch, share, device, is_whole)) from error
        raise


def ways_to_lower(config: TrainConfig, micro_batch: int, share: int, *, is_whole: bool) -> str:
    """What takes less memory than this training, with the next values to type.

    Args:
        config: The run.
        micro_batch: Its rows of a pass.
        share: Rows per step of each process.
        is_whole: Whether each process holds the whole model.
    """
    ways, settings = [], []
    smaller = next((rows for rows in range(micro_batch // 2, 0, -1) if share % rows == 0), None)
    if smaller is not None:
        ways.append(f"`--micro-batch {smaller}` (now {micro_batch}; it changes rounding only)")
        settings.append(f"micro_batch={smaller}")
    if not config.execution.checkpoint_activations:
        ways.append("`--checkpoint-activations` (a third more work)")
        settings.append("checkpoint_activations=true")
    if is_whole:
        ways.append("`--parallel fsdp` on several GPUs")
    shorter = config.sequence_length // 2
    ways.append(f"`--sequence-length {shorter}` (now {config.sequence_length}; this is another training)")
    listed = " or ".join(", ".join(ways).rsplit(", ", 1))
    if not settings:
        return listed
    return f"{listed}; in a recipe: {' '.join(f'--set {config.dataset}.execution.{text}' for text in settings)}"


def _kept_by_a_block(
    shape: ModelConfig, sequence_length: int, bytes_of: int, on_cpu: bool, drops_residual: bool, keeps_dropped: bool
) -> int:
    """Bytes for a token that autograd keeps in one block.

    Of a·C: the block's input (for the LayerNorm), the LayerNorm's output (for four projections), queries, keys and
    values, and what attention gives (for the last projection). Of a·I: GELU's input and output. Two float32 of the
    LayerNorm's statistics.
    """
    hidden, heads = shape.hidden_size, shape.num_heads
    kept = bytes_of * (6 * hidden + 2 * shape.intermediate_size) + 8
    if on_cpu:
        per_weight = bytes_of + (1 if keeps_dropped else 0)
        kept += round(heads * mean_block_keys(sequence_length) * per_weight)
        kept += 2 * bytes_of * hidden if drops_residual else 0  # the noise, in the type of what it is multiplied with
    else:
        kept += 4 * heads
        kept += 2 * hidden if drops_residual else 0  # a boolean each
    return kept


def mean_block_keys(sequence_length: int) -> float:
    """Keys for which our attention on CPUs holds a weight, of a token on average: all up to the end of its block."""
    ends = [min(start + BLOCK, sequence_length) for start in range(0, sequence_length, BLOCK)]
    starts = range(0, sequence_length, BLOCK)
    return sum((end - start) * end for start, end in zip(starts, ends, strict=True)) / sequence_length


def _work_of_a_block(shape: ModelConfig, sequence_length: int, bytes_of: int, on_cpu: bool) -> int:
    """Bytes for a token of the gradients that exist together while a block's backward pass runs."""
    work = bytes_of * (3 * shape.intermediate_size + 8 * shape.hidden_size)
    if on_cpu:  # of one block of attention's weights: their gradient, that of the scores, and a temporary
        work += 3 * bytes_of * shape.num_heads * min(BLOCK, sequence_length)
    return work


def _block_parameters(shape: ModelConfig) -> int:
    hidden, inner = shape.hidden_size, shape.intermediate_size
    return 4 * (hidden * hidden + hidden) + 2 * hidden * inner + inner + hidden + 2 * hidden


def _optimizer_bytes(shape: ModelConfig, optimizer: str) -> int:
    """AdamW holds two moments of every parameter, Muon one momentum of the blocks' matrices."""
    both = 2 * MASTER_BYTES * num_parameters(shape)
    matrices = shape.num_layers * (4 * shape.hidden_size**2 + 2 * shape.hidden_size * shape.intermediate_size)
    return both - MASTER_BYTES * matrices if optimizer == "muon" else both


def _muon_work(shape: ModelConfig, bytes_of: int) -> int:
    """Muon takes all matrices of one shape together: their momenta in float32, and five of its iteration's stages."""
    square, oblong = 4 * shape.hidden_size**2, shape.hidden_size * shape.intermediate_size
    return shape.num_layers * max(square, oblong) * (MASTER_BYTES + 5 * bytes_of)


def _out_of_memory(config: TrainConfig, micro_batch: int, share: int, device: torch.device, is_whole: bool) -> str:
    ways = ways_to_lower(config, micro_batch, share, is_whole=is_whole)
    return f"the memory of {device} does not hold this training at {micro_batch} rows a pass; try {ways}"
