"""Turn code into features by what a language model thinks of it: its hidden states, their mean over the text.

Reads:  a causal language model (`language_model.py`); texts.
Writes: a row for each text: the mean of its states, and a last number that is 1 where the text is empty, else 0.
Source: section 2.1 of the paper: a random forest on the output embedding of a pretrained code model.

Names of tensors end in their shape: B texts of a batch, T tokens of the longest of them, D the model's width.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from hornbook.curation.encode import Features
from hornbook.curation.language_model import (
    LowerLayers,
    find_language_model,
    hash_language_model,
    load_lower_layers,
)
from hornbook.errors import ConfigError
from hornbook.pipeline.fingerprint import NOT_IN_FINGERPRINT
from hornbook.pipeline.store import Store
from hornbook.sources.transformers_folder import choose_device, require_transformers

if TYPE_CHECKING:
    import torch

DTYPES = ("float32", "bfloat16", "float16")

CHARACTERS_PER_TOKEN = 32
"""So many characters of a text for each of its first `max_tokens` are split into tokens, and none behind them."""


@dataclass(frozen=True, kw_only=True)
class HiddenStatesConfig:
    """Which model's states, and how they are taken. Where the model lies and where it is computed does not matter."""

    model_sha256: str
    """`hash_language_model` of the folder."""
    folder: str = field(metadata=NOT_IN_FINGERPRINT)
    """Holds the model."""
    model_name: str = field(default="", metadata=NOT_IN_FINGERPRINT)
    """For people; empty: the folder's."""
    layer: int | None = None
    """The layer whose states are taken; counted from 1, from the end if negative: -1 is the last. None: two thirds of
    the way up, near which they tell most (`docs/decisions/classifier-head.md`)."""
    is_normed: bool = True
    """Whether the model's last norm is applied to them; else they are as the layer leaves them."""
    max_tokens: int = 512
    """A text's first tokens, which are read; fewer where the model cannot read so many."""
    dtype: str = "float32"
    """Of the computation: `float32`, `bfloat16` or `float16`."""
    batch_tokens: int = field(default=4096, metadata=NOT_IN_FINGERPRINT)
    """Tokens of a batch, padding included."""
    device: str = field(default="auto", metadata=NOT_IN_FINGERPRINT)
    """`auto` (the GPU where there is one), `cpu`, `cuda`, `cuda:1`."""

    def __post_init__(self) -> None:
        if self.layer == 0:
            raise ConfigError("`layer` counts from 1, or from -1 at the end, got 0")
        if self.dtype not in DTYPES:
            raise ConfigError(f"`dtype` must be one of {', '.join(DTYPES)}, got {self.dtype!r}")
        for name in ("max_tokens", "batch_tokens"):
            if getattr(self, name) < 1:
                raise ConfigError(f"`{name}` must be at least 1, got {getattr(self, name)!r}")


def describe_language_model(
    name: str, store: Store | None = None, *, revision: str | None = None, device: str = "auto", dtype: str = "auto"
) -> HiddenStatesConfig:
    """The config for the model that `name` means; the other fields as they are by default.

    Args:
        name: A run of the store, a folder, or a name of the hub.
        store: Where runs are looked for.
        revision: Of a name of the hub: branch, tag or commit.
        device: As in the config.
        dtype: `auto` is bfloat16 on a GPU and float32 elsewhere: the one thing in which the machine decides.

    Raises:
        MissingInputError: transformers is not installed, or there is no such model.
        ConfigError: `revision`, `device` or `dtype` cannot be.
    """
    require_transformers(name)
    on_gpu = choose_device(device).type == "cuda"
    if dtype == "auto":
        dtype = "bfloat16" if on_gpu else "float32"
    folder = find_language_model(name, store, revision=revision)
    return HiddenStatesConfig(
        model_sha256=hash_language_model(folder),
        folder=str(folder),
        model_name=folder.resolve().name if Path(name).expanduser() == folder else name,
        device=device,
        dtype=dtype,
    )


class HiddenStatesEncoder:
    """Mean hidden states of texts.

    A text's row depends on its batch as far as floating point rounds in another order. Equal lists of texts give equal
    rows on one machine.
    """

    def __init__(self, config: HiddenStatesConfig) -> None:
        """Keep the config; the model is loaded when it is first asked.

        Raises:
            ConfigError: There is no such device.
        """
        self.config = config
        self._device = choose_device(config.device)

    def __reduce__(self) -> tuple[type["HiddenStatesEncoder"], tuple[HiddenStatesConfig]]:
        """Other processes load the model themselves."""
        return HiddenStatesEncoder, (self.config,)

    @property
    def name(self) -> str:
        """For people: model and layer."""
        config = self.config
        layer = "two thirds up" if config.layer is None else f"layer {config.layer}"
        layer += "" if config.is_normed else " without norm"
        return f"{config.model_name or Path(config.folder).resolve().name}, {layer}"

    def encode(self, texts: Sequence[str]) -> Features:
        """The mean states of each text; a last column marks the empty ones, whose states are 0.

        Raises:
            MissingInputError: transformers is not installed, or the model cannot be loaded.
            ConfigError: The files are not those of the config; the model has no such layer; a batch does not fit in
                memory; a state is not finite in this type.
        """
        from scipy.sparse import csr_matrix

        token_ids = self.tokenize(texts)
        rows = np.zeros((len(texts), self._lower.width + 1))
        for batch in batches_by_length([len(ids) for ids in token_ids], self.config.batch_tokens):
            rows[batch, :-1] = self._means([token_ids[index] for index in batch])
        rows[[not ids for ids in token_ids], -1] = 1
        if not np.isfinite(rows).all():
            raise ConfigError(f"states of `{self.name}` overflow in {self.config.dtype}: choose a wider `dtype`")
        return Features(tokens=csr_matrix((len(texts), 0)), dense=rows)

    def tokenize(self, texts: Sequence[str]) -> list[list[int]]:
        """The tokens that are read of each text, with those that the model expects around it; none of an empty one."""
        positions = self._lower.max_position
        limit = self.config.max_tokens if positions is None else min(self.config.max_tokens, positions)
        # Half of a surrogate pair is no text that a tokenizer takes.
        cut = [text[: limit * CHARACTERS_PER_TOKEN].encode(errors="replace").decode() for text in texts]
        filled = [index for index, text in enumerate(cut) if text]
        token_ids: list[list[int]] = [[] for _ in texts]
        if filled:
            read = self._lower.tokenizer([cut[index] for index in filled], truncation=True, max_length=limit)
            for index, ids in zip(filled, read["input_ids"], strict=True):
                token_ids[index] = ids
        return token_ids

    @cached_property
    def _lower(self) -> LowerLayers:
        folder = Path(self.config.folder)
        if hash_language_model(folder) != self.config.model_sha256:
            raise ConfigError(f"the files of the language model `{folder}` are not those that the config was made for")
        return load_lower_layers(folder, self.config.layer, dtype=self.config.dtype, device=str(self._device))

    def _means(self, token_ids: Sequence[Sequence[int]]) -> NDArray[np.float32]:
        """One vector for each text. Padded at the right, where no token of a causal model looks."""
        import torch

        longest = max(map(len, token_ids))
        ids_BT = torch.tensor([[*ids, *[0] * (longest - len(ids))] for ids in token_ids])
        lengths_B = torch.tensor([len(ids) for ids in token_ids])
        ids_BT, lengths_B = ids_BT.to(self._device), lengths_B.to(self._device)
        mask_BT = torch.arange(longest, device=self._device) < lengths_B[:, None]
        try:
            with torch.inference_mode():
                states_BTD = _states(self._lower, ids_BT, mask_BT.long(), is_normed=self.config.is_normed)
                means_BD = (states_BTD.float() * mask_BT[:, :, None]).sum(dim=1) / lengths_B[:, None]
        except torch.OutOfMemoryError as error:
            raise ConfigError(
                f"a batch of {ids_BT.numel()} tokens does not fit in the memory of `{self._device}`: choose a smaller "
                f"`batch_tokens` or `max_tokens`, got {self.config.batch_tokens} and {self.config.max_tokens}"
            ) from error
        means: NDArray[np.float32] = means_BD.cpu().numpy()
        return means


def batches_by_length(lengths: Sequence[int], batch_tokens: int) -> Iterator[list[int]]:
    """Indices in batches of like lengths, the longest first, so that memory that does not suffice shows at once.

    Args:
        lengths: Tokens of each text; those without any are in no batch.
        batch_tokens: Rows times the longest row are at most that many, unless one row alone has more.
    """
    batch: list[int] = []
    for index in sorted(range(len(lengths)), key=lambda index: -lengths[index]):
        if lengths[index] == 0:
            break
        if batch and (len(batch) + 1) * lengths[batch[0]] > batch_tokens:
            yield batch
            batch = []
        batch.append(index)
    if batch:
        yield batch


def _states(lower: LowerLayers, ids_BT: "torch.Tensor", mask_BT: "torch.Tensor", *, is_normed: bool) -> "torch.Tensor":
    left: list[Any] = []
    hook = lower.last_layer.register_forward_hook(lambda _layer, _read, wrote: left.append(wrote))
    try:
        read = lower.model(input_ids=ids_BT, attention_mask=mask_BT, use_cache=False)
    finally:
        hook.remove()
    if is_normed:
        normed_BTD: torch.Tensor = read.last_hidden_state
        return normed_BTD
    [wrote] = left
    states_BTD: torch.Tensor = wrote[0] if isinstance(wrote, tuple) else wrote
    return states_BTD
