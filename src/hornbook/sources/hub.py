"""Fetch a model's files from the Hugging Face hub, or from its cache where the hub cannot be reached."""

from collections.abc import Sequence
from pathlib import Path

from hornbook.errors import MissingInputError

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
