"""Find a model by its name: an endpoint's URL, a run, a folder, or a model on the Hugging Face hub."""

import json
from dataclasses import dataclass, field
from pathlib import Path

from hornbook.errors import ConfigError, MissingInputError
from hornbook.evaluation.endpoint import Api, EndpointModel
from hornbook.evaluation.models import Model, RunModel
from hornbook.pipeline.runs import FILE_NAME, RunFolder
from hornbook.pipeline.store import Store


@dataclass(frozen=True, kw_only=True)
class ModelOptions:
    """Options of a model, each for some kinds of models only."""

    base: bool = False
    """Of a run: use the model before finetuning."""
    device: str = "auto"
    """Device of a model that runs locally."""
    dtype: str = "auto"
    """Type that a Hugging Face model computes in."""
    revision: str | None = None
    """Branch, tag or commit of a model on the hub."""
    api: str = Api.CHAT.value
    """API of an endpoint: `chat` or `completions`."""
    endpoint_model: str = ""
    """Model name, for an endpoint that serves several models."""
    api_key: str = field(default="", repr=False)
    """API key of an endpoint."""
    concurrency: int = 8
    """Concurrent requests to an endpoint."""


def find_model(name: str, store: Store, options: ModelOptions) -> Model:
    """The model of a name.

    Args:
        name: A URL that starts with `http://` or `https://`; else a run of the store; else a folder with a model in
            Hornbook's or a Hugging Face format; else a model on the hub, `owner/model`.
        store: The store of runs.
        options: Options of the model.

    Raises:
        MissingInputError: There is no model of that name.
        ConfigError: An option does not apply.
    """
    if name.startswith(("http://", "https://")):
        if options.api not in set(Api):
            raise ConfigError(f"`--api` must be one of {', '.join(Api)}, got {options.api!r}")
        from hornbook.teacher.http import EndpointConfig

        config = EndpointConfig(
            url=name, model=options.endpoint_model, api_key=options.api_key, max_concurrency=options.concurrency
        )
        return EndpointModel(config, Api(options.api))
    folder = Path(name).expanduser()
    if is_run(name, store) or _is_trained_here(folder):
        files = find_files(name, store, base=options.base)
        return RunModel(files.folder, files.tokenizer, name=files.name, device=options.device)
    if not folder.is_dir() and (name.count("/") != 1 or name.startswith((".", "/", "~"))):
        raise MissingInputError(
            f"no model `{name}`: there is no such folder, and no such run in the store `{store.root}`. A model is a "
            "run, a folder that `hornbook train` or `save_pretrained` of transformers wrote, a model on the "
            "hub (owner/model), or an endpoint's URL (http://…)"
        )
    from hornbook.evaluation.huggingface import HuggingFaceModel

    named = str(folder) if folder.is_dir() else name
    return HuggingFaceModel(named, device=options.device, dtype=options.dtype, revision=options.revision)


@dataclass(frozen=True)
class ModelFiles:
    """The files of a phi model in Hornbook's or a Hugging Face format."""

    folder: Path
    """Folder with weights and `config.json`."""
    tokenizer: Path
    """Path of `tokenizer.json`, which may be missing in a folder."""
    name: str
    """Display name."""


def find_files(name: str, store: Store, *, base: bool = False) -> ModelFiles:
    """The files of the model of a run of the store, with `base` that before finetuning, or else of a folder.

    Raises:
        MissingInputError: There is neither, or it has no model.
        ConfigError: `base` is given for a folder.
    """
    if is_run(name, store):
        return _files_of_run(RunFolder(store, name), base)
    folder = Path(name).expanduser()
    if not folder.is_dir():
        raise MissingInputError(f"no run `{name}` in the store `{store.root}`, and no such folder")
    if base:
        raise ConfigError(f"`--base` is for a run, and `{name}` is a folder: it holds one model")
    if not (folder / "config.json").is_file():
        raise MissingInputError(f"`{name}` holds no model: it has no `config.json`")
    return ModelFiles(folder, folder / "tokenizer.json", folder.resolve().name)


def is_run(name: str, store: Store) -> bool:
    """Whether the store has a run of this name."""
    return Path(name).name == name and (store.runs / name / FILE_NAME).is_file()


def _is_trained_here(folder: Path) -> bool:
    """Whether the folder holds a model in Hornbook's format."""
    try:
        fields = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(fields, dict) and "num_layers" in fields and "model_type" not in fields


def _files_of_run(run: RunFolder, base: bool) -> ModelFiles:
    """The model that the run exports, else the last that it trained; with `base`, the first that it trained."""
    record, artifacts = run.read(), run.artifacts()
    trained = [one for one in artifacts.values() if (one.folder / "config.json").is_file()]
    tokenizers = [one.path("tokenizer.json") for one in artifacts.values() if one.has("tokenizer.json")]
    is_whole = (record.finished and record.until is None) or any("base" in one.manifest.inputs for one in trained)
    if not tokenizers or not trained or not (base or is_whole):
        hint = "" if base or not trained else " (`--base` is the model before finetuning)"
        raise MissingInputError(f"the run `{record.name}` has no model yet{hint}: `{record.typed}` finishes it")
    exported = artifacts["export"].manifest.inputs.get("model") if "export" in artifacts else None
    last = next((one for one in trained if one.manifest.fingerprint == exported), trained[-1])
    name = f"{record.name}, base" if base else record.name
    return ModelFiles((trained[0] if base else last).folder, tokenizers[0], name)
