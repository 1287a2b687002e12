"""`hornbook export`: a trained model as a folder that other programs load."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hornbook.errors import ConfigError
from hornbook.pipeline import DEFAULT_STORE

if TYPE_CHECKING:
    from hornbook.export.huggingface import Exported

_FORMATS = ("huggingface",)
_MEGABYTE = 1_000_000

ModelArgument = Annotated[
    str,
    typer.Argument(
        help="A run; a folder that `hornbook train` wrote; or a folder of Hugging Face with a phi model.",
        metavar="MODEL",
        show_default=False,
    ),
]
OutputOption = Annotated[
    Path, typer.Option("--output", "-o", metavar="DIR", help="The folder to write.", show_default=False)
]
FormatOption = Annotated[str, typer.Option("--to", metavar="FORMAT", help="huggingface: a folder for transformers.")]
DtypeOption = Annotated[str, typer.Option("--dtype", help="Of the weights: float32, bfloat16 or float16.")]
TokenizerOption = Annotated[
    Path | None,
    typer.Option(
        "--tokenizer",
        metavar="FILE|FOLDER",
        help="The one that the model was trained with, where none lies beside it.",
        show_default=False,
    ),
]
BaseOption = Annotated[bool, typer.Option("--base", help="Of a run: the model as it was before finetuning.")]
ForceOption = Annotated[bool, typer.Option("--force", help="Replace an earlier export in --output.")]


def export(
    model: ModelArgument,
    output: OutputOption,
    to: FormatOption = "huggingface",
    dtype: DtypeOption = "float32",
    tokenizer: TokenizerOption = None,
    base: BaseOption = False,
    force: ForceOption = False,
    store: Annotated[
        Path, typer.Option("--store", metavar="DIR", envvar="HORNBOOK_STORE", help="Where runs are kept.")
    ] = Path(DEFAULT_STORE),
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Write a model with its tokenizer as a folder that other programs load."""
    from hornbook.export.folder import fill_aside, find_trained_model, require_free
    from hornbook.export.huggingface import export_huggingface
    from hornbook.pipeline.store import Store

    if to not in _FORMATS:
        raise ConfigError(f"`--to` must be one of {', '.join(_FORMATS)}, got {to!r}")
    kept = Store(store)
    require_free(output, kept, replace=force)
    files, card = find_trained_model(model, kept, base=base)
    beside = files.tokenizer if files.tokenizer.is_file() else files.folder
    exported = fill_aside(
        output, lambda folder: export_huggingface(files.folder, tokenizer or beside, card, folder, dtype=dtype)
    )
    if as_json:
        typer.echo(json.dumps(_described(exported, output, dtype, has_card=card is not None), indent=2))
    else:
        _print(exported, output, dtype, has_card=card is not None)


def _described(exported: "Exported", output: Path, dtype: str, *, has_card: bool) -> dict[str, object]:
    from hornbook.model.config import num_parameters

    return {
        "folder": str(output),
        "format": "huggingface",
        "dtype": dtype,
        "num_parameters": num_parameters(exported.config),
        "model_bytes": exported.model_bytes,
        "model_sha256": exported.model_sha256,
        "tokenizer_sha256": exported.tokenizer_sha256,
        "model_card": has_card,
    }


def _print(exported: "Exported", output: Path, dtype: str, *, has_card: bool) -> None:
    from hornbook.model.config import num_parameters

    size = exported.model_bytes / _MEGABYTE
    typer.echo(f"{output}: {num_parameters(exported.config):,} parameters in {dtype}, {size:,.1f} MB")
    if not has_card:
        typer.echo("without a model card: none is known for this model; write a README.md before you publish it")
    typer.echo(f"score it: hornbook evaluate {output}")
