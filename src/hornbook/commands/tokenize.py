"""`hornbook tokenize`: token shards of documents of one's own, as a stream, for `hornbook train`."""

import json
import shlex
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hornbook.commands.input_options import FilesOption, IdFieldOption, InputsArgument, TextFieldOption
from hornbook.errors import ConfigError, StoreError

if TYPE_CHECKING:
    from tokenizers import Tokenizer

    from hornbook.pipeline.stage import Progress
    from hornbook.tokens.inputs import Inputs
    from hornbook.tokens.write import PackedCounts

_MEGABYTE = 1_000_000

TokenizerOption = Annotated[
    str,
    typer.Option(
        "--tokenizer",
        metavar="FILE|FOLDER|NAME",
        help="A tokenizer.json, a folder with one (a model's), or a name of the Hugging Face hub.",
        show_default=False,
    ),
]
OutputOption = Annotated[
    Path, typer.Option("--output", "-o", metavar="DIR", help="Where the shards go.", show_default=False)
]
HeldOutOption = Annotated[
    float, typer.Option("--held-out-share", help="Share of the documents kept for the held-out loss; 0 to 1.")
]
WorkersOption = Annotated[
    int | None, typer.Option("--workers", min=1, help="Processes; one a core where not given.", show_default=False)
]


def tokenize(
    inputs: InputsArgument,
    tokenizer: TokenizerOption,
    output: OutputOption,
    held_out_share: HeldOutOption = 0.01,
    text_field: TextFieldOption = "text",
    id_field: IdFieldOption = None,
    files: FilesOption = "*.py",
    workers: WorkersOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Turn documents into token shards, on all cores and however many there are.

    The same command goes on where an interrupted one was. Which documents are held out depends on their ids alone.
    """
    from hornbook.display import make_console, show_progress
    from hornbook.sources.input_files import find_files
    from hornbook.tokens.inputs import Inputs
    from hornbook.tokens.stages import TokenizeConfig
    from hornbook.tokens.write import write_shards

    config = TokenizeConfig(held_out_share=held_out_share)
    found = find_files(inputs, pattern=files)
    documents = Inputs(found, text_field=text_field, id_field=id_field)
    given = _find_tokenizer(tokenizer)
    _require_shards_or_nothing(output)
    begun = time.monotonic()
    try:
        with show_progress(make_console(stderr=True), "tokenize") as progress:
            reporter = _Reporter(documents, progress)
            counts = write_shards(
                documents.documents,
                given,
                output,
                held_out_share=config.held_out_share,
                report=reporter,
                source={"files": len(found), "content": documents.content},
                state=documents.state,
                num_workers=workers,
            )
        (output / "tokenizer.json").write_text(given.to_str(pretty=True), encoding="utf-8")
    except OSError as error:
        raise StoreError(f"`{output}` cannot be written: {error.strerror or error}") from error
    described = _described(counts, given, output, reporter.num_bytes, time.monotonic() - begun)
    if as_json:
        typer.echo(json.dumps(described))
    else:
        _print(counts, described, output)


class _Reporter:
    """Says how far the work is, how fast, and about how long it will take."""

    def __init__(self, documents: "Inputs", progress: "Progress") -> None:
        self._documents = documents
        self._progress = progress
        self._begun = time.monotonic()
        self._bytes_before: int | None = None
        self.num_bytes = 0
        """Of texts, since this command began; 0 where there was nothing left to do."""

    def __call__(self, num_documents: int, num_bytes: int) -> None:
        if self._bytes_before is None:
            self._bytes_before = num_bytes
            if num_documents:
                self._progress(0, 0, f"goes on behind {num_documents:,} documents")
        self.num_bytes = num_bytes - self._bytes_before
        speed = self.num_bytes / max(time.monotonic() - self._begun, 1e-9)
        read, total = self._documents.bytes_read, self._documents.num_bytes
        note = f"MB; {num_documents:,} documents, {speed / _MEGABYTE:.1f} MB/s"
        if self.num_bytes and read:
            text_left = (total - read) * num_bytes / read
            note += f", {_spoken(text_left / speed)} left"
        self._progress(read // _MEGABYTE, max(total // _MEGABYTE, 1), note)


def _spoken(seconds: float) -> str:
    minutes = round(seconds / 60)
    if minutes < 2:
        return f"{seconds:.0f} s"
    return f"{minutes} min" if minutes < 120 else f"{minutes / 60:.1f} h"


def _find_tokenizer(name: str) -> "Tokenizer":
    from hornbook.tokens.sources import GivenTokenizerConfig, find_tokenizer

    try:
        config = GivenTokenizerConfig(source=name)
    except ConfigError as error:
        raise ConfigError(f"`--tokenizer`: {error}") from error
    return find_tokenizer(config)


def _require_shards_or_nothing(output: Path) -> None:
    from hornbook.tokens.write import DESCRIPTION, PROGRESS

    if output.exists() and not output.is_dir():
        raise ConfigError(f"`--output` `{output}` is no folder")
    names = {path.name for path in output.iterdir()} if output.is_dir() else set()
    if names - {f"{PROGRESS}.partial"} and not names & {DESCRIPTION, PROGRESS}:
        raise ConfigError(f"`--output` `{output}` is not empty and holds no token shards: give a new folder")


def _described(
    counts: "PackedCounts", tokenizer: "Tokenizer", output: Path, num_bytes: int, seconds: float
) -> dict[str, object]:
    from hornbook.tokens.tokenizer import tokenizer_hash

    num_documents, num_tokens = sum(counts.num_documents.values()), sum(counts.num_tokens.values())
    return {
        "folder": str(output),
        "tokenizer_sha256": tokenizer_hash(tokenizer),
        "num_documents": counts.num_documents,
        "num_tokens": counts.num_tokens,
        "num_bytes": counts.num_bytes,
        "num_left_out": counts.num_empty,
        "bytes_per_token": round(counts.num_bytes / max(num_tokens - num_documents, 1), 3),
        "seconds": round(seconds, 2),
        "mb_per_second": round(num_bytes / _MEGABYTE / seconds, 2) if num_bytes else None,
    }


def _print(counts: "PackedCounts", described: dict[str, object], output: Path) -> None:
    for split, name in (("train", "training"), ("held-out", "held-out loss")):
        tokens, documents = counts.num_tokens[split], counts.num_documents[split]
        typer.echo(f"{tokens:>15,} tokens of {documents:,} documents for the {name}")
    if counts.num_empty:
        typer.echo(f"{counts.num_empty:,} documents left out: empty, or source files that are not UTF-8")
    speed = described["mb_per_second"]
    took = "nothing was left to do" if speed is None else f"{described['seconds']} s, {speed} MB/s"
    megabytes = counts.num_bytes / _MEGABYTE
    typer.echo(f"{megabytes:,.1f} MB of text, {described['bytes_per_token']} bytes per token; {took}")
    typer.echo(f"the shards are in {output}")
    rest = "--shape laptop --num-steps 1000 --batch-size 32 --learning-rate 1e-3 --output MODEL"
    typer.echo(f"next: hornbook train {shlex.quote(str(output))} {rest}")
