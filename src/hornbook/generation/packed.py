"""The fastest reader for small models in float32 on a CPU: packed weights, and attention as sums over tables.

Weights: a step of generation multiplies few rows with every matrix of the model. PyTorch's matrix product rearranges
the matrix in each call; oneDNN takes one that was rearranged before, and adds the bias, GELU or the stream in the same
pass. Measured in float32 on two cores of an AMD EPYC (Zen 5), 64 rows through a matrix of 192 × 1344: 82 µs against
189 µs.

Attention: the cost of a step is reading keys and values. `embedding_bag`, which sums rows of a table with weights,
prefetches rows and reads at about 50 GB/s, where batched matrix products read at 27 (same CPU, 64 rows of 3 heads of
64 at 200 tokens, five layers; summing a tensor reads at 71). The outputs are sums of the values' rows with the softmax
as weights. Keys lie in transposed chunks of CHUNK slots, so that the scores of a chunk are the sum of its rows, one per
dimension, with the query as weights.

Logits agree with `Phi`'s to about 1e-6 of their size; only the order of the sums differs.

Shapes: B rows of the batch, G rows read together, T tokens, S slots filled, C hidden size, H heads, N batch times
heads, D dimensions of a head, R rotated dimensions, K chunks, c slots of a chunk, V vocabulary.
"""

from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from hornbook.generation.reader import keep_rows, visible
from hornbook.model.attention import rotation
from hornbook.model.config import ModelConfig
from hornbook.model.phi import Block, Phi

MAX_BYTES = 2**30
"""Packing doubles the memory of the weights, so that larger models are not packed."""
PROMPT_TOKENS = 1024
"""Tokens of prompts read together: enough for efficient matrix products, few enough to keep activations in cache."""
CHUNK = 64
"""Slots per chunk of keys."""


class PackedLinear:
    """`nn.Linear` with its weight in oneDNN's layout."""

    def __init__(self, weight: Tensor, bias: Tensor) -> None:
        """Pack copies of the weight, shape (outputs, inputs), and the bias."""
        self._weight = torch.ops.mkldnn._reorder_linear_weight(weight.detach().clone())
        self._bias = bias.detach().clone()

    def __call__(self, inputs: Tensor) -> Tensor:
        """Apply the linear map to the last dimension."""
        outputs: Tensor = torch.ops.mkldnn._linear_pointwise(inputs, self._weight, self._bias, "none", [], "")
        return outputs

    def gelu(self, inputs: Tensor) -> Tensor:
        """The tanh approximation of GELU of the linear map."""
        outputs: Tensor = torch.ops.mkldnn._linear_pointwise(inputs, self._weight, self._bias, "gelu", [], "tanh")
        return outputs

    def added_to(self, stream: Tensor, inputs: Tensor) -> Tensor:
        """The linear map plus `stream`."""
        summed: Tensor = torch.ops.mkldnn._linear_pointwise.binary(inputs, stream, self._weight, self._bias, "add")
        return summed


@dataclass(frozen=True)
class PackedBlock:
    """The weights of one block."""

    norm: nn.LayerNorm
    query_key_value: PackedLinear
    """The three projections as one, with queries scaled by `1 / sqrt(D)`. Dimensions that are rotated against each
    other are adjacent, as a complex number: permuting both queries and keys leaves scores unchanged."""
    dense: PackedLinear
    fc1: PackedLinear
    fc2: PackedLinear


class PackedPhi:
    """A copy of a model's weights for `PackedReader`; later changes of the model have no effect on it."""

    def __init__(self, model: Phi) -> None:
        """Pack a model for which `can_pack` holds."""
        trunk = model.model
        self.config = model.config
        self.embedding = trunk.embed_tokens
        self.blocks = [_packed(layer, model.config) for layer in trunk.layers if isinstance(layer, Block)]
        self.final_norm = trunk.final_layernorm
        self.head = PackedLinear(model.lm_head.weight, model.lm_head.bias)


class Bags(NamedTuple):
    """The rows of the tables that one step sums, the same in all layers."""

    keys: Tensor
    key_starts: Tensor
    values: Tensor
    value_starts: Tensor


class LayerBags:
    """The preallocated keys and values of one layer, read by `embedding_bag`."""

    def __init__(self, batch: int, slots: int, config: ModelConfig) -> None:
        """Allocate `slots` tokens for each of `batch` rows, in float32 on the CPU, uninitialised."""
        chunks = -(-slots // CHUNK)
        self._key_BHKDc = torch.empty(batch, config.num_heads, chunks, config.head_size, CHUNK)
        self._value_BHSD = torch.empty(batch, config.num_heads, slots, config.head_size)

    def write_prompts(self, rows: slice, key_GTHD: Tensor, value_GTHD: Tensor) -> None:
        """Write the first T slots of the given rows."""
        tokens = key_GTHD.shape[1]
        self._value_BHSD[rows, :, :tokens] = value_GTHD.transpose(1, 2)
        chunks = -(-tokens // CHUNK)
        padded_GTHD = functional.pad(key_GTHD, (0, 0, 0, 0, 0, chunks * CHUNK - tokens))
        chunks_GKcHD = padded_GTHD.view(-1, chunks, CHUNK, *key_GTHD.shape[2:])
        self._key_BHKDc[rows, :, :chunks] = chunks_GKcHD.permute(0, 3, 1, 4, 2)

    def write(self, slot: int, key_BHD: Tensor, value_BHD: Tensor) -> None:
        """Write one slot of every row."""
        self._key_BHKDc[:, :, slot // CHUNK, :, slot % CHUNK] = key_BHD
        self._value_BHSD[:, :, slot] = value_BHD

    def bags(self, length: int) -> Bags:
        """The bags for `length` filled slots."""
        batch, heads, chunks, size, _ = self._key_BHKDc.shape
        slots, filled, rows = self._value_BHSD.shape[2], -(-length // CHUNK), batch * heads
        first_N1 = torch.arange(rows).unsqueeze(1)
        chunk_NK1 = (first_N1 * chunks + torch.arange(filled)).unsqueeze(2)
        return Bags(
            keys=(chunk_NK1 * size + torch.arange(size)).flatten(),
            key_starts=torch.arange(0, rows * filled * size, size),
            values=(first_N1 * slots + torch.arange(length)).flatten(),
            value_starts=torch.arange(0, rows * length, length),
        )

    def attend(self, query_BHD: Tensor, bags: Bags, hidden_BS: Tensor | None) -> Tensor:
        """Attention of one query per row to all slots of `bags`; returns shape (B, H * D).

        Queries are rotated and scaled. `hidden_BS` is minus infinity where a row may not attend to a slot, else 0.
        """
        batch, heads, size = query_BHD.shape
        length = len(bags.values) // (batch * heads)
        filled = -(-length // CHUNK)
        queries = query_BHD.unsqueeze(2).expand(batch, heads, filled, size).reshape(-1)
        scores = _weighted_sums(self._key_BHKDc.view(-1, CHUNK), bags.keys, bags.key_starts, queries)
        scores_BHS = scores.view(batch, heads, -1)[:, :, :length]
        if hidden_BS is not None:
            scores_BHS = scores_BHS + hidden_BS.unsqueeze(1)
        weights = torch.softmax(scores_BHS, dim=-1).flatten()
        attended = _weighted_sums(self._value_BHSD.view(-1, size), bags.values, bags.value_starts, weights)
        return attended.view(batch, heads * size)

    def keep(self, rows: Tensor) -> None:
        """Keep only these rows of the batch; see `keep_rows`."""
        self._key_BHKDc = keep_rows(self._key_BHKDc, rows)
        self._value_BHSD = keep_rows(self._value_BHSD, rows)


def _weighted_sums(table: Tensor, rows: Tensor, starts: Tensor, weights: Tensor) -> Tensor:
    """For each bag, which ends where the next one starts, the weighted sum of its rows of the table."""
    sums: Tensor = torch.embedding_bag(table, rows, starts, False, 0, False, weights)[0]
    return sums


class PackedReader:
    """Reads one batch with packed weights; implements `Reader`."""

    def __init__(self, weights: PackedPhi, padding_B: Tensor, slots: int) -> None:
        """Allocate the cache; see `OpenReader`."""
        config = weights.config
        self._weights = weights
        self._padding_B = padding_B
        self._layers = [LayerBags(len(padding_B), slots, config) for _ in weights.blocks]
        cosine_S1R, sine_S1R = rotation(torch.arange(slots), config.rotary_size)
        self._turns_S1R = torch.complex(cosine_S1R, sine_S1R)
        self._hidden_BS = self._hidden(slots)
        self._length = 0

    def read(self, tokens_BT: Tensor) -> Tensor:
        """See `Reader.read`."""
        if self._length == 0:
            self._length = tokens_BT.shape[1]
            group = max(1, PROMPT_TOKENS // self._length)
            starts = range(0, len(tokens_BT), group)
            stream_BC = torch.cat([self._prompts(tokens_BT, slice(start, start + group)) for start in starts])
        else:
            stream_BC = self._step(tokens_BT[:, 0])
        logits_BV: Tensor = self._weights.head(self._weights.final_norm(stream_BC))
        return logits_BV

    def keep(self, rows: Tensor) -> None:
        """See `Reader.keep`."""
        self._padding_B = self._padding_B[rows]
        self._hidden_BS = None if self._hidden_BS is None else self._hidden_BS[rows]
        for layer in self._layers:
            layer.keep(rows)

    def _step(self, tokens_B: Tensor) -> Tensor:
        slot, self._length = self._length, self._length + 1
        turns_B1R = self._turns_S1R[slot - self._padding_B]
        hidden_BS = None if self._hidden_BS is None else self._hidden_BS[:, : self._length]
        bags = self._layers[0].bags(self._length)
        stream_BC: Tensor = self._weights.embedding(tokens_B)
        for block, layer in zip(self._weights.blocks, self._layers, strict=True):
            normed_BC = block.norm(stream_BC)
            query_BHD, key_BHD, value_BHD = self._projected(block, normed_BC, turns_B1R)
            layer.write(slot, key_BHD, value_BHD)
            attended_BC = layer.attend(query_BHD, bags, hidden_BS)
            stream_BC = _sum(block, stream_BC, normed_BC, attended_BC)
        return stream_BC

    def _prompts(self, tokens_BT: Tensor, rows: slice) -> Tensor:
        """Read the prompts of some rows; returns the stream at their last tokens, shape (G, C)."""
        tokens_GT, padding_G = tokens_BT[rows], self._padding_B[rows]
        slots_T = torch.arange(tokens_GT.shape[1])
        turns_GT1R = self._turns_S1R[(slots_T - padding_G.unsqueeze(1)).clamp_min(0)]
        visible_G1TT = visible(slots_T, 0, padding_G).unsqueeze(1) if padding_G.any() else None
        stream: Tensor = self._weights.embedding(tokens_GT)
        for number, (block, layer) in enumerate(zip(self._weights.blocks, self._layers, strict=True)):
            normed = block.norm(stream)
            query_GTHD, key_GTHD, value_GTHD = self._projected(block, normed, turns_GT1R)
            layer.write_prompts(rows, key_GTHD, value_GTHD)
            if number == len(self._layers) - 1:  # of the last layer only the last token is needed
                stream, normed, query_GTHD = stream[:, -1:], normed[:, -1:], query_GTHD[:, -1:]
            attended_GHTD = functional.scaled_dot_product_attention(
                query_GTHD.transpose(1, 2),
                key_GTHD.transpose(1, 2),
                value_GTHD.transpose(1, 2),
                attn_mask=None if visible_G1TT is None else visible_G1TT[:, :, -query_GTHD.shape[1] :],
                is_causal=visible_G1TT is None and query_GTHD.shape[1] > 1,
                scale=1.0,
            )
            stream = _sum(block, stream, normed, attended_GHTD.transpose(1, 2).flatten(2))
        return stream[:, -1]

    def _projected(self, block: PackedBlock, normed: Tensor, turns: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Rotated queries and keys, and values; each of shape (…, H, D)."""
        config = self._weights.config
        heads = block.query_key_value(normed).view(*normed.shape[:-1], 3 * config.num_heads, config.head_size)
        rotated = heads[..., : 2 * config.num_heads, : config.rotary_size]
        torch.view_as_complex(rotated.view(*rotated.shape[:-1], -1, 2)).mul_(turns)
        query, key, value = torch.tensor_split(heads, 3, dim=-2)
        return query, key, value

    def _hidden(self, slots: int) -> Tensor | None:
        """Minus infinity at each row's padding, else 0; None without padding."""
        if not self._padding_B.any():
            return None
        is_padded_BS = torch.arange(slots) < self._padding_B.unsqueeze(1)
        return torch.zeros(is_padded_BS.shape).masked_fill_(is_padded_BS, -torch.inf)


def can_pack(model: Phi) -> bool:
    """Whether a model can be packed: in float32 on an x86 CPU with oneDNN, and of at most `MAX_BYTES`."""
    weights = list(model.parameters())
    return (
        all(weight.device.type == "cpu" and weight.dtype == torch.float32 for weight in weights)
        and sum(weight.nbytes for weight in weights) <= MAX_BYTES
        and model.config.head_size % 2 == 0
        and torch.backends.mkldnn.is_available()  # type: ignore[no-untyped-call]
        and torch.backends.cpu.get_cpu_capability() in ("AVX2", "AVX512")
        and hasattr(torch.ops.mkldnn, "_linear_pointwise")
        and hasattr(torch.ops.mkldnn, "_reorder_linear_weight")
    )


def _packed(block: Block, config: ModelConfig) -> PackedBlock:
    attention = block.self_attn
    order_C = _neighbours(config)
    scale = config.head_size**-0.5
    query, key, value = attention.q_proj, attention.k_proj, attention.v_proj
    weight = torch.cat([query.weight[order_C] * scale, key.weight[order_C], value.weight])
    bias = torch.cat([query.bias[order_C] * scale, key.bias[order_C], value.bias])
    return PackedBlock(
        norm=block.input_layernorm,
        query_key_value=PackedLinear(weight, bias),
        dense=PackedLinear(attention.dense.weight, attention.dense.bias),
        fc1=PackedLinear(block.mlp.fc1.weight, block.mlp.fc1.bias),
        fc2=PackedLinear(block.mlp.fc2.weight, block.mlp.fc2.bias),
    )


def _neighbours(config: ModelConfig) -> Tensor:
    """The order of outputs in which dimensions n and n + R / 2 of a head are adjacent, for n below R / 2."""
    rotated_R = torch.arange(config.rotary_size).view(2, -1).t().flatten()
    order_D = torch.cat([rotated_R, torch.arange(config.rotary_size, config.head_size)])
    return (torch.arange(config.num_heads).unsqueeze(1) * config.head_size + order_D).flatten()


def _sum(block: PackedBlock, stream: Tensor, normed: Tensor, attended: Tensor) -> Tensor:
    """The stream plus the outputs of attention and MLP."""
    with_attention = block.dense.added_to(stream, attended)
    return block.fc2.added_to(with_attention, block.fc1.gelu(normed))
