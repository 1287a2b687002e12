"""Find a causal language model of the Hugging Face world, and load its lower layers.

Reads:  a folder, a model of the hub, or what the stage `export` of a run left: `config.json`, weights, the tokenizer's
        files. Code that a model brings along is never run.
"""

from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from hornbook.errors import ConfigError, DamagedArtifactError, MissingInputError
from hornbook.pipeline.fingerprint import digest_of
from hornbook.pipeline.manifest import hash_file
from hornbook.pipeline.runs import RunFolder
from hornbook.pipeline.store import Store
from hornbook.sources.transformers_folder import (
    CONFIG_AND_TOKENIZER,
    WEIGHTS,
    fetch,
    fetch_weights,
    first_line,
    load_config,
    load_tokenizer,
    quiet,
    require_transformers,
)


@dataclass(frozen=True)
class LowerLayers:
    """A language model without its upper layers and without its head."""

    model: Any
    """Of transformers; gives the state of each token behind the layer asked for."""
    tokenizer: Any
    width: int
    """Numbers in a token's state."""
    max_position: int | None
    """Longest text that it can read, in tokens; None: it has no such limit."""
    last_layer: Any
    """The layer asked for, in the model."""


def find_language_model(name: str, store: Store | None = None, *, revision: str | None = None) -> Path:
    """The folder of the model that `name` means, fetched from the hub where it is one of its names.

    Args:
        name: A run of the store, else a folder, else a name of the hub, `owner/model`.
        store: Where runs are looked for; None: nowhere.
        revision: Of a name of the hub: branch, tag or commit.

    Raises:
        MissingInputError: There is nothing of that name, it cannot be fetched, or the run has no exported model yet.
        ConfigError: `revision` is given for what is no name of the hub.
        DamagedArtifactError: An artifact of the run is damaged.
    """
    folder = Path(name).expanduser()
    is_run = store is not None and _is_run(name, store)
    if revision is not None and (is_run or folder.is_dir()):
        raise ConfigError(f"`revision` is for a name of the hub, and `{name}` is {'a run' if is_run else 'a folder'}")
    if is_run and store is not None:
        exported = RunFolder(store, name).artifacts().get("export")
        if exported is None:
            raise MissingInputError(
                f"the run `{name}` has no model yet: its stage `export` is not done; run it to the end"
            )
        return exported.path("model/config.json").parent
    if folder.is_dir():
        return folder
    if name.count("/") != 1 or name.startswith((".", "/", "~")):
        where = "" if store is None else f", and no such run in the store `{store.root}`"
        raise MissingInputError(
            f"no language model `{name}`: there is no such folder{where}. It is a run, a folder that `save_pretrained` "
            "of transformers wrote, or a name of the hub (owner/model)"
        )
    fetched = fetch(name, revision, CONFIG_AND_TOKENIZER)
    fetch_weights(name, fetched.name)
    return fetched


def hash_language_model(folder: Path) -> str:
    """SHA-256 over the names and bytes of the files that determine what the model says, wherever they lie.

    Raises:
        MissingInputError: There are no weights, or a file cannot be read.
    """
    names = sorted(path.name for path in folder.iterdir() if path.is_file())
    if not any(fnmatch(name, pattern) for name in names for pattern in WEIGHTS):
        raise MissingInputError(f"`{folder}` holds no weights of a language model (`model.safetensors`)")
    decisive = [name for name in names if any(fnmatch(name, one) for one in (*CONFIG_AND_TOKENIZER, *WEIGHTS))]
    try:
        return digest_of({name: hash_file(folder / name) for name in decisive})
    except OSError as error:
        raise MissingInputError(f"a file of the language model `{folder}` cannot be read: {error}") from error


def load_lower_layers(folder: Path, layer: int | None, *, dtype: str, device: str) -> LowerLayers:
    """Load the layers up to `layer`; those above are neither read nor computed.

    Args:
        folder: Of a causal language model.
        layer: Counted from 1; from the end if negative: -1 is the last; None: two thirds of the way up.
        dtype: `float32`, `bfloat16` or `float16`.
        device: As torch names it.

    Raises:
        MissingInputError: transformers is not installed, or the folder's model cannot be used.
        ConfigError: The model has no such layer.
    """
    require_transformers(str(folder))
    import torch
    from transformers import AutoModel

    with quiet():
        config = load_config(folder, str(folder))
        tokenizer = load_tokenizer(folder, str(folder))
        tokenizer.truncation_side = "right"
        text_config = config.get_text_config()
        num_layers = int(text_config.num_hidden_layers)
        if layer is None:
            layer = max(1, round(num_layers * 2 / 3))
        kept = layer if layer > 0 else num_layers + 1 + layer
        if not 1 <= kept <= num_layers:
            raise ConfigError(
                f"`layer` must lie in 1 to {num_layers} or -{num_layers} to -1 for this model, got {layer}"
            )
        _cut(text_config, kept)
        try:
            model, report = AutoModel.from_pretrained(
                folder,
                config=config,
                dtype=getattr(torch, dtype),
                local_files_only=True,
                trust_remote_code=False,
                output_loading_info=True,
            )
        except Exception as error:  # several libraries read the weights, each raises errors of its own
            raise DamagedArtifactError(f"the weights of `{folder}` cannot be loaded: {first_line(error)}") from error
    if report["missing_keys"]:
        lacking = sorted(report["missing_keys"])
        raise MissingInputError(f"the weights of `{folder}` lack {len(lacking)} tensors, `{lacking[0]}` among them")
    positions: int | None = getattr(text_config, "max_position_embeddings", None)
    stacks = (part for part in model.modules() if isinstance(part, torch.nn.ModuleList) and len(part) == kept)
    return LowerLayers(
        model=model.to(device).eval(),
        tokenizer=tokenizer,
        width=text_config.hidden_size,
        max_position=positions,
        last_layer=next(stacks)[-1],
    )


def _is_run(name: str, store: Store) -> bool:
    return Path(name).name == name and not name.startswith(".") and RunFolder(store, name).exists()


def _cut(text_config: Any, num_layers: int) -> None:
    """Make a config that of the lower layers, what it says of each layer included."""
    whole = text_config.num_hidden_layers
    text_config.num_hidden_layers = num_layers
    for name in ("layer_types", "attention_layers", "mlp_layer_types"):
        listed = getattr(text_config, name, None)
        if isinstance(listed, list) and len(listed) == whole:
            setattr(text_config, name, listed[:num_layers])
