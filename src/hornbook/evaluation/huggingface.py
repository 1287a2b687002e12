"""Any causal language model of the transformers library, from a folder or from the Hugging Face hub.

Reads:  `config.json`, weights (safetensors, else PyTorch's), the tokenizer's files. Code that a model brings along is
        never run.
"""

from collections.abc import Collection, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from hornbook.errors import ConfigError, MissingInputError
from hornbook.evaluation.models import HUGGING_FACE, ModelIdentity, Request, hash_files, indices_of, prompt_of
from hornbook.generation.prompt import SamplingConfig
from hornbook.records import Problem
from hornbook.sources.transformers_folder import (
    CONFIG_AND_TOKENIZER,
    WEIGHTS,
    choose_device,
    fetch,
    fetch_weights,
    first_line,
    load_config,
    load_tokenizer,
    quiet,
    require_transformers,
)

if TYPE_CHECKING:
    from hornbook.generation.huggingface import LoadedModel

_DTYPES = ("auto", "float32", "bfloat16", "float16")


class HuggingFaceModel:
    """A model of transformers. The weights are loaded with the first request."""

    def __init__(
        self, name_or_folder: str, *, device: str = "auto", dtype: str = "auto", revision: str | None = None
    ) -> None:
        """Find the model and read its config and tokenizer.

        Args:
            name_or_folder: A folder, else a name of the hub: `owner/name`.
            device: `auto` (the GPU where there is one), `cpu`, `cuda`, `cuda:1`.
            dtype: `auto` (bfloat16 on a GPU, float16 where it has none, float32 on the CPU), `float32`, `bfloat16` or
                `float16`.
            revision: On the hub, a branch, tag or commit; by default the main branch.

        Raises:
            ConfigError: There is no such `device` or `dtype`.
            MissingInputError: transformers is not installed; the model cannot be fetched, is no causal language model,
                has no tokenizer, or needs code of its own.
        """
        if dtype not in _DTYPES:
            raise ConfigError(f"`dtype` must be one of {', '.join(_DTYPES)}, got {dtype!r}")
        require_transformers(name_or_folder)
        self._asked = name_or_folder
        self._device = choose_device(device)
        self._dtype = _choose_dtype(dtype, self._device.type)
        self._is_local = Path(name_or_folder).is_dir()
        if self._is_local:
            self._folder = Path(name_or_folder)
        else:
            self._folder = fetch(name_or_folder, revision, CONFIG_AND_TOKENIZER)
        with quiet():
            self._config = load_config(self._folder, name_or_folder)
            self._tokenizer = load_tokenizer(self._folder, name_or_folder)

    def identity(self) -> ModelIdentity:
        """Name, and hash of a folder's files or commit on the hub."""
        name = self._folder.resolve().name if self._is_local else self._asked
        return ModelIdentity(kind=HUGGING_FACE, name=name, digest=self._digest, dtype=self._dtype)

    def complete(
        self, requests: Sequence[Request], sampling: SamplingConfig, seed: int, done: Collection[tuple[str, int]]
    ) -> Iterator[list[tuple[int, str]]]:
        """See `Model` and `generation.huggingface.generate_batches`.

        Raises:
            MissingInputError: The weights cannot be fetched or loaded, or are not all there.
            ConfigError: The model's numbers overflow in its type.
        """
        from hornbook.generation.huggingface import generate_batches

        skip = indices_of(requests, done)
        if len(skip) == len(requests):
            return
        yield from generate_batches(self._loaded, [prompt_of(one) for one in requests], sampling, seed, skip)

    def count_truncated(self, requests: Sequence[Request], sampling: SamplingConfig) -> int:
        """See `Model`."""
        from hornbook.generation.huggingface import count_truncated

        prompts = [request.prompt for request in requests]
        return count_truncated(self._tokenizer, self._max_position, prompts, sampling)

    def solution_bits(self, problems: Sequence[Problem]) -> list[float | None]:
        """See `Model` and `generation.huggingface.text_bits`."""
        from hornbook.generation.huggingface import text_bits

        return text_bits(self._loaded, [(one.prompt, one.canonical_solution) for one in problems])

    @property
    def _max_position(self) -> int | None:
        positions: int | None = getattr(self._config.get_text_config(), "max_position_embeddings", None)
        return positions

    @cached_property
    def _digest(self) -> str:
        if self._is_local:
            patterns = [*CONFIG_AND_TOKENIZER, *WEIGHTS]
            files = [path for path in sorted(self._folder.iterdir()) if path.is_file()]
            return hash_files([path for path in files if any(map(path.match, patterns))])
        return f"{self._asked}@{self._folder.name}"

    @cached_property
    def _loaded(self) -> "LoadedModel":
        import torch
        from transformers import AutoModelForCausalLM, GenerationConfig

        from hornbook.generation.huggingface import LoadedModel

        if not self._is_local:
            fetch_weights(self._asked, self._folder.name)
        dtype = getattr(torch, self._dtype)
        with quiet():
            try:
                model, report = AutoModelForCausalLM.from_pretrained(
                    self._folder, dtype=dtype, local_files_only=True, trust_remote_code=False, output_loading_info=True
                )
            except Exception as error:  # several libraries read the weights, each raises errors of its own
                raise MissingInputError(
                    f"the weights of `{self._asked}` cannot be loaded: {first_line(error)}"
                ) from error
        lacking = sorted(report["missing_keys"])
        if lacking:
            raise MissingInputError(
                f"`{self._asked}` lacks {len(lacking)} of the tensors of a causal language model (`{lacking[0]}`): it "
                "was made for another purpose"
            )
        ends: set[int] = set()
        configured = (model.generation_config.eos_token_id, getattr(self._config, "eos_token_id", None))
        for tokens in (*configured, self._tokenizer.eos_token_id):
            ends.update([tokens] if isinstance(tokens, int) else tokens or [])
        model.generation_config = GenerationConfig()  # the model's own may hold penalties and cut-offs
        return LoadedModel(
            model=model.to(self._device).eval(),
            tokenizer=self._tokenizer,
            end_tokens=frozenset(ends),
            max_position=self._max_position,
        )


def _choose_dtype(dtype: str, device_type: str) -> str:
    import torch

    if dtype != "auto":
        return dtype
    if device_type != "cuda":
        return "float32"
    return "bfloat16" if torch.cuda.is_bf16_supported() else "float16"
