"""Find what a person wants evaluated by what they typed: an endpoint's address, a folder, a run, a name of the hub."""

from dataclasses import dataclass, field
from pathlib import Path

from hornbook.artifacts.run import FILE_NAME, RunFolder
from hornbook.artifacts.store import Store
from hornbook.errors import ConfigError, MissingInputError
from hornbook.evaluation.endpoint import Api, EndpointModel
from hornbook.evaluation.models import Model, RunModel


@dataclass(frozen=True, kw_only=True)
class ModelOptions:
    """What else may be said of a model; each for some kinds only."""

    base: bool = False
    """Of a run: the model as it was before finetuning."""
    device: str = "auto"
    """Where a model that runs here is put."""
    dtype: str = "auto"
    """Of a Hugging Face model: the numbers that it computes with."""
    revision: str | None = None
    """Of a name of the hub: branch, tag or commit."""
    api: str = Api.CHAT.value
    """Of an endpoint: `chat` or `completions`."""
    endpoint_model: str = ""
    """Of an endpoint that serves several."""
    api_key: str = field(default="", repr=False)
    """Of an endpoint."""
    concurrency: int = 8
    """Of an endpoint: requests under way at once."""


def find_model(name: str, store: Store, options: ModelOptions) -> Model:
    """The model that `name` means.

    Args:
        name: An address that starts with `http://` or `https://`; else a run of the store; else a folder with a Hugging
            Face model; else a name of the hub, `owner/model`.
        store: Where runs are looked for.
        options: What else was said.

    Raises:
        MissingInputError: There is nothing of that name, or it is no model.
        ConfigError: An option cannot be used.
    """
    if name.startswith(("http://", "https://")):
        if options.api not in set(Api):
            raise ConfigError(f"`--api` must be one of {', '.join(Api)}, got {options.api!r}")
        from hornbook.teacher.config import EndpointConfig

        config = EndpointConfig(
            url=name, model=options.endpoint_model, api_key=options.api_key, max_concurrency=options.concurrency
        )
        return EndpointModel(config, Api(options.api))
    if Path(name).name == name and (store.runs / name / FILE_NAME).is_file():
        return _model_of_run(RunFolder(store, name), options)
    folder = Path(name).expanduser()
    is_folder = folder.is_dir()
    if not is_folder and (name.count("/") != 1 or name.startswith((".", "/", "~"))):
        raise MissingInputError(
            f"no model `{name}`: there is no such folder, and no such run in the store `{store.root}`. A model is a "
            "run, a folder that `save_pretrained` of transformers wrote, a name of the hub (owner/model), or an "
            "endpoint's address (http://…)"
        )
    from hornbook.evaluation.huggingface import HuggingFaceModel

    named = str(folder) if is_folder else name
    return HuggingFaceModel(named, device=options.device, dtype=options.dtype, revision=options.revision)


def _model_of_run(run: RunFolder, options: ModelOptions) -> Model:
    stage = "pretrain" if options.base else "finetune"
    artifacts = run.artifacts()
    for needed in ("tokenizer", stage):
        if needed not in artifacts:
            raise MissingInputError(
                f"the run `{run.path.name}` has no model to evaluate: its stage `{needed}` is not done"
            )
    name = f"{run.path.name}, base" if options.base else run.path.name
    tokenizer = artifacts["tokenizer"].path("tokenizer.json")
    return RunModel(artifacts[stage].folder, tokenizer, name=name, device=options.device)
