"""Read a model folder of the transformers library. Code that a model brings along is never run."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hornbook.errors import ConfigError, MissingInputError

if TYPE_CHECKING:
    import torch

_MESSAGE_CHARACTERS = 160


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
