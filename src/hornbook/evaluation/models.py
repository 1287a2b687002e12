"""What can be evaluated: anything that completes prompts, behind one Protocol; and the model of a run.

The random numbers of a completion depend on the seed, the problem and the sample, never on what was completed before.
So an evaluation that was killed and resumed has the texts of an undisturbed one.
"""

import hashlib
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from hornbook.errors import MissingInputError
from hornbook.generation.prompt import Prompt, SamplingConfig, StopRule, max_prompt_tokens
from hornbook.records import Problem
from hornbook.sources.transformers_folder import choose_device

if TYPE_CHECKING:
    from tokenizers import Tokenizer

    from hornbook.model.phi import Phi

__all__ = ["Model", "ModelIdentity", "Request", "RunModel", "SamplingConfig"]


RUN, HUGGING_FACE, SAMPLES, MEMORISER = "run", "hugging face", "samples", "memoriser"
COMPLETION_ENDPOINT, CHAT_ENDPOINT = "endpoint, completions", "endpoint, chat"


@dataclass(frozen=True, kw_only=True)
class Request:
    """One completion to be made."""

    problem: Problem
    sample_index: int
    stop_strings: tuple[str, ...] = ()
    """The completion ends before the first of these; where there are none, at the end of the function that the prompt
    leaves open."""

    @property
    def task_id(self) -> str:
        """Task id of the problem."""
        return self.problem.task_id

    @property
    def prompt(self) -> str:
        """Prompt of the problem."""
        return self.problem.prompt


@dataclass(frozen=True, kw_only=True)
class ModelIdentity:
    """What determines a model's answers, as far as it can be known; part of fingerprints."""

    kind: str
    """`RUN`, `HUGGING_FACE`, `COMPLETION_ENDPOINT`, `CHAT_ENDPOINT`, `SAMPLES` or `MEMORISER`."""
    name: str
    """Display name: a run, a folder without its path, a name of the hub, a model of an endpoint."""
    digest: str
    """SHA-256 of weights and tokenizer, or of the file of samples; `name@commit` on the hub; empty for an endpoint."""
    dtype: str = ""
    """Type that a local model computes in: `float32`, `bfloat16`, `float16`."""


class Model(Protocol):
    """A model that completes prompts."""

    def identity(self) -> ModelIdentity:
        """Which model this is."""

    def complete(
        self, requests: Sequence[Request], sampling: SamplingConfig, seed: int, done: Collection[tuple[str, int]]
    ) -> Iterator[list[tuple[int, str]]]:
        """Complete the requests, group by group.

        Args:
            requests: All requests, those that are done included; no two of the same problem and sample.
            sampling: How tokens are chosen.
            seed: Seed for temperatures above 0.
            done: (`task_id`, `sample_index`) of finished completions. They are not yielded, and made again only where
                the others cannot be made without them.

        Yields:
            Completions as they are finished: the index of the request, the text after its prompt.
        """

    def count_truncated(self, requests: Sequence[Request], sampling: SamplingConfig) -> int:
        """Number of requests whose prompt is too long for the model, so that only its end is read."""

    def solution_bits(self, problems: Sequence[Problem]) -> list[float | None]:
        """Bits of each canonical solution behind its prompt: minus log2 of its probability; None where it is too long.

        Empty where the model tells no probabilities.
        """


class RunModel:
    """A model in Hornbook's format, in float32."""

    def __init__(self, folder: Path, tokenizer_file: Path, *, name: str, device: str = "auto") -> None:
        """Name the files; the model is loaded with the first request.

        The folder holds `model.safetensors` and `config.json`, as `training` writes them. The device is `auto` (the GPU
        where there is one), `cpu`, `cuda` or `cuda:1`.

        Raises:
            MissingInputError: A file is missing.
            ConfigError: There is no such device.
        """
        self._folder = folder
        self._tokenizer_file = tokenizer_file
        self._name = name
        self._device = choose_device(device)
        self._files = (folder / "config.json", folder / "model.safetensors", tokenizer_file)
        for path in self._files:
            if not path.is_file():
                raise MissingInputError(f"`{path.parent}` holds no model that can be asked: it has no `{path.name}`")

    @cached_property
    def _loaded(self) -> "tuple[Phi, Tokenizer]":
        from hornbook.model.weights import load_model
        from hornbook.tokens.tokenizer import load_tokenizer

        return load_model(self._folder).to(self._device), load_tokenizer(self._tokenizer_file)

    @cached_property
    def _identity(self) -> ModelIdentity:
        return ModelIdentity(kind=RUN, name=self._name, digest=hash_files(self._files), dtype="float32")

    def identity(self) -> ModelIdentity:
        """Name, and hash of the files; the weights are read for it, but not loaded.

        Raises:
            MissingInputError: A file is gone.
        """
        return self._identity

    def complete(
        self, requests: Sequence[Request], sampling: SamplingConfig, seed: int, done: Collection[tuple[str, int]]
    ) -> Iterator[list[tuple[int, str]]]:
        """See `Model` and `generation.sample.generate_batches`.

        Raises:
            MissingInputError: A file is gone or no tokenizer.
            DamagedArtifactError: The weights do not fit the config.
        """
        from hornbook.generation.sample import generate_batches

        skip = indices_of(requests, done)
        if len(skip) == len(requests):
            return
        model, tokenizer = self._loaded
        yield from generate_batches(model, tokenizer, [prompt_of(one) for one in requests], sampling, seed, skip)

    def count_truncated(self, requests: Sequence[Request], sampling: SamplingConfig) -> int:
        """See `Model`."""
        from hornbook.generation.choose import count_too_long
        from hornbook.model.weights import load_config
        from hornbook.tokens.tokenizer import load_tokenizer

        limit = max_prompt_tokens(load_config(self._folder).max_position, sampling.max_new_tokens)
        tokenizer = load_tokenizer(self._tokenizer_file)
        return count_too_long(tokenizer, [request.prompt for request in requests], limit)

    def solution_bits(self, problems: Sequence[Problem]) -> list[float | None]:
        """See `Model` and `generation.likelihood.text_bits`."""
        from hornbook.generation.likelihood import text_bits

        return text_bits(*self._loaded, [(one.prompt, one.canonical_solution) for one in problems])


def prompt_of(request: Request) -> Prompt:
    """The request in the terms of `generation`."""
    return Prompt(
        text=request.prompt,
        key=f"{request.task_id}/{request.sample_index}",
        stop=StopRule(strings=request.stop_strings, at_function_end=not request.stop_strings),
    )


def indices_of(requests: Sequence[Request], done: Collection[tuple[str, int]]) -> frozenset[int]:
    """The indices of the requests that are done."""
    known = frozenset(done)
    return frozenset(index for index, one in enumerate(requests) if (one.task_id, one.sample_index) in known)


def hash_files(files: Sequence[Path]) -> str:
    """SHA-256 over names and contents, whatever the order of the files and their folders.

    Raises:
        MissingInputError: A file cannot be read.
    """
    lines = []
    for path in files:
        try:
            with path.open("rb") as file:
                lines.append(f"{hashlib.file_digest(file, 'sha256').hexdigest()} {path.name}\n")
        except OSError as error:
            raise MissingInputError(f"`{path}` cannot be read: {error.strerror or error}") from error
    return hashlib.sha256("".join(sorted(lines)).encode()).hexdigest()


def derive_seed(seed: int, *parts: str) -> int:
    """A seed of 31 bits, which every endpoint accepts, for one request: equal parts, equal seed."""
    digest = hashlib.sha256("\0".join((str(seed), *parts)).encode()).digest()
    return int.from_bytes(digest[:4], "little") >> 1
