"""Fetch a model from the Hugging Face hub, and read its folder by the transformers library.

Without a connection the hub's cache is used. Code that a model brings along is never run.
"""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hornbook.errors import ConfigError, MissingInputError

if TYPE_CHECKING:
    import torch

CONFIG_AND_TOKENIZER = (
    "config.json",
    "generation_config.json",
    "tokenizer.json",
    "tokenizer_config.json",
    "special_tokens_map.json",
    "added_tokens.json",
    "vocab.json",
    "vocab.txt",
    "merges.txt",
    "*.model",
    "*.tiktoken",
)
_SAFETENSORS = ("model.safetensors", "model-*.safetensors", "model.safetensors.index.json")
_PICKLES = ("pytorch_model.bin", "pytorch_model-*.bin", "pytorch_model.bin.index.json")
WEIGHTS = (*_SAFETENSORS, *_PICKLES)
_MESSAGE_CHARACTERS = 160


def fetch(name: str, revision: str | None, patterns: Sequence[str]) -> Path:
    """Fetch those files of a model that match a pattern; folders within it are left out.

    Args:
        name: `owner/name`.
        revision: A branch, tag or commit; None for the main branch.
        patterns: Of file names, as the shell knows them.

    Returns:
        A folder named after the commit. Without a connection, what the cache has of it.

    Raises:
        MissingInputError: There is no such model or revision, it may not be read, or the hub cannot be reached.
    """
    from huggingface_hub import errors as hub
    from huggingface_hub import snapshot_download

    asked = f"`{name}`" if revision is None else f"`{name}` at `{revision}`"
    try:
        return Path(snapshot_download(name, revision=revision, allow_patterns=[*patterns], ignore_patterns=["*/*"]))
    except hub.HFValidationError as error:
        why = "it is neither a folder here nor a name of the Hugging Face hub, such as `microsoft/phi-1`"
        raise MissingInputError(f"there is no model {asked}: {why}") from error
    except hub.GatedRepoError as error:
        why = "its owners must grant access on its page; then log in with `hf auth login`"
        raise MissingInputError(f"the model {asked} cannot be fetched from the Hugging Face hub: {why}") from error
    except (hub.RepositoryNotFoundError, hub.RevisionNotFoundError) as error:
        why = "it is no folder here, and the Hugging Face hub has none of that name (or it is private)"
        raise MissingInputError(f"there is no model {asked}: {why}") from error
    except hub.LocalEntryNotFoundError as error:
        why = "it is no folder here, the Hugging Face hub cannot be reached, and its cache on this machine lacks it"
        raise MissingInputError(f"the model {asked} cannot be had: {why}") from error
    except Exception as error:  # of its HTTP library, of the disk
        why = " ".join(str(error).split())[:160]
        raise MissingInputError(f"the model {asked} cannot be fetched from the Hugging Face hub: {why}") from error


def fetch_weights(name: str, commit: str) -> None:
    """Fetch the weights into the folder of that commit: as safetensors, where the model has them.

    Raises:
        MissingInputError: As `fetch`.
    """
    folder = fetch(name, commit, _SAFETENSORS)
    if not any(folder.glob("*.safetensors")):
        fetch(name, commit, _PICKLES)


def require_transformers(asked: str) -> None:
    """Say how to install what reads such models.

    Raises:
        MissingInputError: transformers is not installed.
    """
    try:
        import transformers  # noqa: F401
    except ImportError as error:
        raise MissingInputError(
            f"the language model `{asked}` needs the transformers library: `pip install 'hornbook[huggingface]'`"
        ) from error


def load_config(folder: Path, asked: str) -> Any:
    """The config of a causal language model.

    Args:
        folder: Of the model.
        asked: What a person called it.

    Raises:
        MissingInputError: There is none, it is damaged, or of another kind.
    """
    from transformers import CONFIG_MAPPING, MODEL_FOR_CAUSAL_LM_MAPPING, AutoConfig

    try:
        content = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    except OSError as error:
        raise MissingInputError(f"`{asked}` holds no model: it has no `config.json`") from error
    except ValueError as error:
        raise MissingInputError(f"the `config.json` of `{asked}` is no JSON: {error}") from error
    kind = content.get("model_type") if isinstance(content, dict) else None
    if kind is None:
        raise MissingInputError(
            f"`{asked}` is no model of transformers: its `config.json` names no `model_type`. A model that a run of "
            "Hornbook made is evaluated by the run's name, or from its `export/model`"
        )
    if kind not in CONFIG_MAPPING:
        if "auto_map" in content:
            raise MissingInputError(f"`{asked}` is a `{kind}` and needs code of its own, which is never run")
        raise MissingInputError(f"`{asked}` is a `{kind}`, which the installed transformers does not know")
    try:
        config = AutoConfig.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
    except Exception as error:  # any error of a config's own checks
        raise MissingInputError(f"the `config.json` of `{asked}` cannot be used: {first_line(error)}") from error
    if type(config) not in MODEL_FOR_CAUSAL_LM_MAPPING:
        raise MissingInputError(f"`{asked}` is a `{kind}`, which is no causal language model")
    return config


def load_tokenizer(folder: Path, asked: str) -> Any:
    """The tokenizer in a folder that a person called `asked`.

    Raises:
        MissingInputError: There is none, or it is damaged.
    """
    from transformers import AutoTokenizer

    try:
        tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
        works = bool(tokenizer("x = 1")["input_ids"])
    except Exception as error:  # each kind of tokenizer raises errors of its own
        raise MissingInputError(f"`{asked}` has no tokenizer that can be read: {first_line(error)}") from error
    if not works:  # some kinds are made without a vocabulary where their files are missing
        raise MissingInputError(f"`{asked}` has no tokenizer: none of its files is there")
    return tokenizer


def choose_device(device: str) -> "torch.device":
    """The device of that name; for `auto` the GPU where there is one, else the CPU.

    Raises:
        ConfigError: There is no such device here.
    """
    import torch

    if device == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    try:
        chosen = torch.device(device)
        torch.empty(1, device=chosen)
    except (RuntimeError, AssertionError) as error:  # torch raises either where it is built without the device
        raise ConfigError(f"`device` must be one that this machine has, got {device!r}") from error
    return chosen


def first_line(error: Exception) -> str:
    """The beginning of an error's message; those of transformers run over many lines."""
    words = " ".join(str(error).split()) or type(error).__name__
    return words if len(words) <= _MESSAGE_CHARACTERS else words[:_MESSAGE_CHARACTERS].rsplit(" ", 1)[0] + " …"


@contextmanager
def quiet() -> Iterator[None]:
    """No progress bars and advice of transformers among our own lines; as it was, afterwards."""
    from transformers.utils import logging

    verbosity, has_bars = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        logging.set_verbosity(verbosity)
        if has_bars:
            logging.enable_progress_bar()
