"""`hornbook train`: one training run on token shards of one's own, alone or on every rank of `torchrun`."""

import os
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from cyclopts import Group, Parameter

from hornbook.commands.one_stage import AsJson, Quiet, Seed, StoreFolder, print_json
from hornbook.errors import ConfigError
from hornbook.model.config import ModelConfig
from hornbook.pipeline import DEFAULT_STORE
from hornbook.training.config import Execution, TrainConfig

if TYPE_CHECKING:
    from hornbook.training.parallel import Ranks

_TRAINING, _MODEL = Group("Training", sort_key=0), Group("Model", sort_key=1)
_DEVICES = Group("Devices and memory", sort_key=2)
_NOT_TYPED = Parameter(parse=False)
_ROWS_OF_A_TILE = 64
"""The vocabulary of a new model is rounded up to a multiple of this, which matrix products prefer."""


@Parameter(name="*", group=_MODEL)
@dataclass(frozen=True, kw_only=True)
class ModelOptions:
    """What the weights are at the beginning: those of another model, or new ones of a recipe's shape."""

    shape: Literal["laptop", "phi-1-small", "phi-1"] | None = None
    """Train a new model of this recipe's shape."""
    base: str | None = None
    """Train this model further: a run, or a folder with a phi model, Hornbook's or Hugging Face's."""
    num_layers: int | None = None
    """Number of blocks of a new model, in place of the shape's."""
    hidden_size: int | None = None
    """Width of a new model, in place of the shape's."""
    sequence_length: int | None = None
    """Tokens per row; by default the positions of the model."""
    tokenizer: Path | None = None
    """The tokenizer.json of the shards, which is kept beside the model; by default found beside the shards."""


@Parameter(name="*", group=_DEVICES, negative_bool=())
@dataclass(frozen=True, kw_only=True)
class TrainExecution(Execution):
    """How the run is executed; micro-batches are by default as large as the memory allows."""

    micro_batch: int | Literal["auto"] = "auto"
    """Rows per forward and backward pass on one device. `auto`: the most that fit. Changes rounding only."""


@dataclass(frozen=True, kw_only=True)
class TrainOptions(TrainConfig):
    """The fields of `TrainConfig`, but those that the model determines and those that nobody sets."""

    dataset: Annotated[str, _NOT_TYPED] = "pretrain"
    model: Annotated[ModelConfig | None, _NOT_TYPED] = None
    sequence_length: Annotated[int, _NOT_TYPED] = 1
    stop_step: Annotated[int | None, _NOT_TYPED] = TrainConfig.stop_step
    seed: Annotated[int | None, _NOT_TYPED] = TrainConfig.seed
    betas: Annotated[tuple[float, float], _NOT_TYPED] = TrainConfig.betas
    epsilon: Annotated[float, _NOT_TYPED] = TrainConfig.epsilon
    clip_norm: Annotated[float, _NOT_TYPED] = TrainConfig.clip_norm
    max_skipped_steps: Annotated[int, _NOT_TYPED] = TrainConfig.max_skipped_steps
    log_every: Annotated[int, _NOT_TYPED] = TrainConfig.log_every
    eval_rows: Annotated[int, _NOT_TYPED] = TrainConfig.eval_rows
    execution: TrainExecution = field(default_factory=TrainExecution)


def train(
    tokens: Annotated[Path, Parameter(help="Folder of token shards, as `hornbook tokenize` writes it.")],
    /,
    *,
    output: Annotated[Path, Parameter(name=("--output", "-o"), group=_TRAINING)],
    options: Annotated[TrainOptions, Parameter(name="*", group=_TRAINING, negative_bool=())],
    model: ModelOptions = ModelOptions(),
    seed: Seed = 0,
    store: StoreFolder = Path(DEFAULT_STORE),
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Train a model on token shards: a new one (--shape), or from another's weights (--base).

    The same command resumes a run that was killed. Under torchrun every rank runs this command.

    Parameters
    ----------
    output
        Folder of the model, and of checkpoints while it is trained.
    """
    from hornbook.display import make_console, show_progress
    from hornbook.training.parallel import joined_ranks
    from hornbook.training.stages import TrainingCall, train_in_folder

    base = _find_base(model.base, store) if model.base else None
    shape, positions = _shape_of(model, tokens, base)
    values = {one.name: getattr(options, one.name) for one in fields(TrainConfig)}
    values |= {
        "dataset": "pretrain" if base is None else "finetune",
        "model": shape,
        "sequence_length": positions if model.sequence_length is None else model.sequence_length,
    }
    config = TrainConfig(**values)
    console = make_console(quiet=quiet, stderr=as_json)
    with joined_ranks(os.environ) as ranks:
        console.quiet = quiet or not ranks.is_first
        with show_progress(console, "train") as progress:
            metrics = train_in_folder(TrainingCall(config, tokens, base, seed), model.tokenizer, output, progress)
        _print(metrics, output, ranks, as_json=as_json)


def _print(metrics: dict[str, Any], output: Path, ranks: "Ranks", *, as_json: bool) -> None:
    if not ranks.is_first:
        return
    if as_json:
        print_json({"folder": str(output), **metrics})
        return
    loss = metrics["validation_loss"]
    measured = "the held-out split is too short to be measured" if loss is None else f"validation loss {loss:.4f}"
    print(  # noqa: T201
        f"{metrics['num_parameters']:,} parameters, {metrics['tokens_seen']:,} tokens read "
        f"({metrics['epochs']} epochs), {measured} after step {metrics['result_step']}",
        f"model    {output}, its log {output}/measured/log.jsonl",
        f"try it   hornbook complete {output} 'def double(number: int) -> int:'",
        f"export   hornbook export {output} --to huggingface --output {output}-hf",
        sep="\n",
    )


def _find_base(base: str, store: Path) -> Path:
    """The folder of a model that was named by its folder or by a run's name."""
    from hornbook.evaluation.find import find_files
    from hornbook.pipeline.store import Store

    return Path(base) if Path(base).is_dir() else find_files(base, Store(store)).folder


def _shape_of(model: ModelOptions, tokens: Path, base: Path | None) -> tuple[ModelConfig | None, int]:
    """The shape of a new model, None with a base model; and the positions of either, in tokens."""
    import importlib

    from hornbook.model.weights import load_config
    from hornbook.tokens.pack import TokenStream

    if base is not None:
        for name in ("shape", "num_layers", "hidden_size"):
            if (value := getattr(model, name)) is not None:
                flag = f"--{name.replace('_', '-')}"
                raise ConfigError(f"`{flag}` is for a new model; the shape of `--base` is given, got {value!r}")
        return None, load_config(base).max_position
    if model.shape is None:
        raise ConfigError("name a new model's shape with `--shape` (laptop, phi-1-small or phi-1), or a `--base` model")
    like: ModelConfig = importlib.import_module(f"hornbook.recipes.{model.shape.replace('-', '_')}").MODEL
    num_tokens = TokenStream(tokens, "train").vocab_size
    rows = -(-num_tokens // _ROWS_OF_A_TILE) * _ROWS_OF_A_TILE
    hidden = like.hidden_size if model.hidden_size is None else model.hidden_size
    shape = replace(
        like,
        vocab_size=like.vocab_size if like.vocab_size >= num_tokens and model.shape != "laptop" else rows,
        num_layers=like.num_layers if model.num_layers is None else model.num_layers,
        hidden_size=hidden,
        intermediate_size=4 * hidden,
        num_heads=max(1, hidden // like.head_size),
        max_position=like.max_position if model.sequence_length is None else model.sequence_length,
    )
    return shape, shape.max_position
