"""`hornbook train`: one training run on token shards of one's own, alone or on every rank of `torchrun`."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hornbook.errors import ConfigError
from hornbook.pipeline import DEFAULT_STORE

if TYPE_CHECKING:
    from hornbook.model.config import ModelConfig
    from hornbook.training.config import TrainConfig

_MODEL, _MEMORY, _KEEPING = "The model", "Devices and memory", "Measuring and keeping"
_SHAPES = ("laptop", "phi-1-small", "phi-1")
_ROWS_OF_A_TILE = 64
"""The vocabulary of a new model is rounded up to a multiple of this, which matrix products prefer."""

TokensArgument = Annotated[
    Path, typer.Argument(help="A folder of token shards, as `hornbook tokenize` writes it.", metavar="TOKENS")
]
OutputOption = Annotated[
    Path, typer.Option("--output", "-o", metavar="DIR", help="Where the model goes; checkpoints while it is trained.")
]
StepsOption = Annotated[int, typer.Option("--steps", min=1, help="Optimiser steps.")]
BatchSizeOption = Annotated[int, typer.Option("--batch-size", min=1, help="Rows per step, over all processes.")]
LearningRateOption = Annotated[float, typer.Option("--learning-rate", help="The highest, at the end of the warm-up.")]
SequenceLengthOption = Annotated[
    int | None,
    typer.Option("--sequence-length", help="Tokens per row; the model's positions where not given.", min=1),
]
WarmupOption = Annotated[int, typer.Option("--warmup-steps", min=0, help="Steps in which the rate rises.")]
OptimizerOption = Annotated[str, typer.Option("--optimizer", help="adamw, or muon for the blocks' matrices.")]
WeightDecayOption = Annotated[float, typer.Option("--weight-decay", help="Of matrices only.")]
DropoutOption = Annotated[float, typer.Option("--dropout", help="Of the residual stream and of attention.")]
MaskOption = Annotated[bool, typer.Option("--mask-documents", help="Attend within documents only.")]
PrecisionOption = Annotated[str, typer.Option("--precision", help="auto, bfloat16, float16 or float32.")]
SeedOption = Annotated[int, typer.Option("--seed", help="Of the rows' order, dropout and new weights.")]
BaseOption = Annotated[
    str | None,
    typer.Option(
        "--base",
        metavar="MODEL",
        help="Start from this model: a run's name, a folder of Hornbook's or of Hugging Face's with a phi model.",
        rich_help_panel=_MODEL,
    ),
]
ShapeOption = Annotated[
    str | None,
    typer.Option(
        "--shape",
        metavar="NAME",
        help=f"A new model of this recipe's shape: {', '.join(_SHAPES)}.",
        rich_help_panel=_MODEL,
    ),
]
LayersOption = Annotated[
    int | None, typer.Option("--layers", min=1, help="In place of the shape's.", rich_help_panel=_MODEL)
]
HiddenOption = Annotated[
    int | None, typer.Option("--hidden-size", min=1, help="In place of the shape's.", rich_help_panel=_MODEL)
]
TokenizerOption = Annotated[
    Path | None,
    typer.Option(
        "--tokenizer",
        metavar="FILE",
        help="The tokenizer.json of the shards, to be kept beside the model; found beside them where not given.",
        rich_help_panel=_MODEL,
    ),
]
DeviceOption = Annotated[str, typer.Option("--device", help="auto, cpu or cuda.", rich_help_panel=_MEMORY)]
MicroBatchOption = Annotated[
    str,
    typer.Option(
        "--micro-batch",
        metavar="ROWS|auto",
        help="Rows of one pass on one device; auto: the most that fit. Changes rounding only.",
        rich_help_panel=_MEMORY,
    ),
]
ParallelOption = Annotated[
    str, typer.Option("--parallel", help="auto, ddp or fsdp, among the ranks of torchrun.", rich_help_panel=_MEMORY)
]
CompileOption = Annotated[str, typer.Option("--compile", help="auto, on or off.", rich_help_panel=_MEMORY)]
ActivationsOption = Annotated[
    bool,
    typer.Option("--checkpoint-activations", help="Less memory, a third more work.", rich_help_panel=_MEMORY),
]
EvalEveryOption = Annotated[
    int, typer.Option("--eval-every", min=1, help="Steps between validation losses.", rich_help_panel=_KEEPING)
]
CheckpointEveryOption = Annotated[
    int, typer.Option("--checkpoint-every", min=1, help="Steps.", rich_help_panel=_KEEPING)
]
KeepBestOption = Annotated[
    bool,
    typer.Option(
        "--keep-best", help="The result is the checkpoint with the lowest validation loss.", rich_help_panel=_KEEPING
    ),
]
TrackerOption = Annotated[
    list[str] | None,
    typer.Option(
        "--tracker", metavar="NAME", help="trackio, wandb or tensorboard; may be repeated.", rich_help_panel=_KEEPING
    ),
]


def train(
    tokens: TokensArgument,
    output: OutputOption,
    steps: StepsOption,
    batch_size: BatchSizeOption,
    learning_rate: LearningRateOption,
    base: BaseOption = None,
    shape: ShapeOption = None,
    layers: LayersOption = None,
    hidden_size: HiddenOption = None,
    tokenizer: TokenizerOption = None,
    sequence_length: SequenceLengthOption = None,
    warmup_steps: WarmupOption = 0,
    optimizer: OptimizerOption = "adamw",
    weight_decay: WeightDecayOption = 0.1,
    dropout: DropoutOption = 0.0,
    mask_documents: MaskOption = False,
    precision: PrecisionOption = "auto",
    device: DeviceOption = "auto",
    micro_batch: MicroBatchOption = "auto",
    parallel: ParallelOption = "auto",
    compile_choice: CompileOption = "auto",
    checkpoint_activations: ActivationsOption = False,
    eval_every: EvalEveryOption = 200,
    checkpoint_every: CheckpointEveryOption = 200,
    keep_best: KeepBestOption = False,
    tracker: TrackerOption = None,
    store: Annotated[
        Path, typer.Option("--store", metavar="DIR", envvar="HORNBOOK_STORE", help="Where runs are kept, for --base.")
    ] = Path(DEFAULT_STORE),
    seed: SeedOption = 0,
) -> None:
    """Train a model on token shards: a new one (--shape) or from another's weights (--base).

    The same command goes on where a killed run was. Under torchrun every rank runs this command.
    """
    from hornbook.training.config import Execution, TrainConfig

    base_folder = _find_base(base, store) if base else None
    model, positions = _find_shape(tokens, base_folder, shape, layers, hidden_size, sequence_length)
    config = TrainConfig(
        dataset="pretrain" if base is None else "finetune",
        model=model,
        num_steps=steps,
        batch_size=batch_size,
        sequence_length=sequence_length or positions,
        learning_rate=learning_rate,
        warmup_steps=warmup_steps,
        optimizer=optimizer,
        weight_decay=weight_decay,
        residual_dropout=dropout,
        attention_dropout=dropout,
        mask_documents=mask_documents,
        eval_every=eval_every,
        checkpoint_every=checkpoint_every,
        keep_best=keep_best,
        precision=precision,
        execution=Execution(
            device=device,
            micro_batch=_parse_micro_batch(micro_batch),
            parallel=parallel,
            compile=compile_choice,
            checkpoint_activations=checkpoint_activations,
            trackers=tuple(tracker or ()),
        ),
    )
    _train(config, tokens, base_folder, tokenizer, output, seed)


def _train(
    config: "TrainConfig", tokens: Path, base: Path | None, tokenizer: Path | None, output: Path, seed: int
) -> None:
    from hornbook.display import make_console, show_progress
    from hornbook.training.parallel import joined_ranks
    from hornbook.training.stages import train_in_folder

    console = make_console()
    with joined_ranks(os.environ) as ranks:
        console.quiet = not ranks.is_first
        with show_progress(console, "train") as progress:
            metrics = train_in_folder(
                config, tokens, base, tokenizer, output, seed=seed, ranks=ranks, progress=progress
            )
    loss = metrics["validation_loss"]
    measured = "the held-out split is too short to be measured" if loss is None else f"validation loss {loss:.4f}"
    console.print(
        f"{metrics['num_parameters']:,} parameters, {metrics['tokens_seen']:,} tokens read "
        f"({metrics['epochs']} epochs), {measured} after step {metrics['result_step']}",
        highlight=False,
    )
    console.print(f"model    {output}, its log {output}/measured/log.jsonl", highlight=False)
    console.print(f"try it   hornbook complete {output} 'def double(number: int) -> int:'", highlight=False)
    console.print(f"export   hornbook export {output} --to huggingface --output {output}-hf", highlight=False)


def _find_base(base: str, store: Path) -> Path:
    """The folder of a model that was named by its folder or by a run's name."""
    from hornbook.evaluation.find import find_files
    from hornbook.pipeline.store import Store

    return Path(base) if Path(base).is_dir() else find_files(base, Store(store)).folder


def _find_shape(
    tokens: Path,
    base: Path | None,
    shape: str | None,
    layers: int | None,
    hidden_size: int | None,
    sequence_length: int | None,
) -> "tuple[ModelConfig | None, int]":
    """The shape of a new model, None with a base model; and the positions of either, in tokens."""
    import importlib
    from dataclasses import replace

    from hornbook.model.weights import load_config
    from hornbook.tokens.pack import TokenStream

    changes = {"--layers": layers, "--hidden-size": hidden_size}
    if base is not None:
        for flag, value in {"--shape": shape, **changes}.items():
            if value is not None:
                raise ConfigError(f"`{flag}` is for a new model; the shape of `--base` is given, got {value!r}")
        return None, load_config(base).max_position
    if shape not in _SHAPES:
        raise ConfigError(f"a new model needs `--shape`, one of {', '.join(_SHAPES)}, or `--base`; got {shape!r}")
    like: ModelConfig = importlib.import_module(f"hornbook.recipes.{shape.replace('-', '_')}").MODEL
    num_tokens = TokenStream(tokens, "train").vocab_size
    rows = -(-num_tokens // _ROWS_OF_A_TILE) * _ROWS_OF_A_TILE
    hidden = hidden_size or like.hidden_size
    model = replace(
        like,
        vocab_size=like.vocab_size if like.vocab_size >= num_tokens and shape != "laptop" else rows,
        num_layers=layers or like.num_layers,
        hidden_size=hidden,
        intermediate_size=4 * hidden,
        num_heads=max(1, hidden // like.head_size),
        max_position=sequence_length or like.max_position,
    )
    return model, model.max_position


def _parse_micro_batch(text: str) -> int | str:
    if text == "auto":
        return text
    if not text.isdecimal():
        raise ConfigError(f"`--micro-batch` takes a number of rows or `auto`, got {text!r}")
    return int(text)
