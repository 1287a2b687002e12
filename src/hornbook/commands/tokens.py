"""`hornbook train-tokenizer` and `hornbook tokenize`: from documents of one's own to what `hornbook train` reads."""

import shlex
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from hornbook.commands.data import Reading, reading_config
from hornbook.commands.one_stage import OUTPUT, RULES, Execution, Inputs, dropped_counts, finished
from hornbook.curation.collect import collect
from hornbook.display import make_console
from hornbook.pipeline import DEFAULT_STORE
from hornbook.pipeline.publish import (
    publish_dropped,
    publish_file,
    publish_folder,
    require_writable,
    require_writable_folder,
)
from hornbook.records import Document, Dropped
from hornbook.sources.find import SourcesConfig
from hornbook.tokens.pretrained import ReadTokenizerConfig
from hornbook.tokens.shards import DESCRIPTION
from hornbook.tokens.stages import PRETRAIN, ShardsConfig, TokenizeConfig, read_tokenizer
from hornbook.tokens.stages import tokenize as tokenize_stage
from hornbook.tokens.stages import train_tokenizer as train_tokenizer_stage
from hornbook.tokens.tokenizer import TOKENIZER, TokenizerConfig

_EXECUTION, _SOURCES, _SHARDS, _TOKENIZER = Execution(), SourcesConfig(), ShardsConfig(), TokenizerConfig()
_WRITTEN = ("*.bin", "*-documents.parquet", DESCRIPTION, TOKENIZER)
_NEXT = "--shape laptop --num-steps 1000 --batch-size 32 --learning-rate 1e-3 --output MODEL"


def train_tokenizer(
    *inputs: Inputs,
    output: Annotated[Path, Parameter(name=("--output", "-o"), group=OUTPUT)],
    config: Annotated[TokenizerConfig, Parameter(name="*", group=RULES)] = _TOKENIZER,
    sources: Reading = _SOURCES,
    execution: Execution = _EXECUTION,
) -> None:
    """Learn a byte-level BPE tokenizer from documents.

    An interrupted command continues when it is typed again.

    Parameters
    ----------
    output
        File to write: tokenizer.json, which the libraries `tokenizers` and `transformers` read.
    """
    require_writable(output, inputs, endings=(".json",))
    collected = collect(reading_config(inputs, sources))
    last = train_tokenizer_stage(collected, config)
    with finished(last, output, execution) as done:
        read, learned = done[collected.name], done[last.name]
        publish_file(output, learned.path(TOKENIZER))
        done.facts |= {
            "num_documents": read.manifest.kept,
            "dropped": dropped_counts([read]),
            "vocab_size": learned.manifest.metrics["vocab_size"],
            "tokenizer_sha256": learned.manifest.metrics["sha256"],
        }


def tokenize(
    *inputs: Inputs,
    output: Annotated[Path, Parameter(name=("--output", "-o"), group=OUTPUT)],
    tokenizer: Annotated[str, Parameter(group=RULES)],
    config: Annotated[ShardsConfig, Parameter(name="*", group=RULES)] = _SHARDS,
    sources: Reading = _SOURCES,
    execution: Execution = _EXECUTION,
) -> None:
    """Turn documents into token shards for `hornbook train`.

    What was dropped is written beside the output with the reason. An interrupted command continues when it is typed
    again.

    Parameters
    ----------
    output
        Folder to write. Token shards that it holds already are replaced.
    tokenizer
        Run of the store, a tokenizer.json, a folder with one (a model's), or a model on the Hugging Face hub.
    """
    require_writable_folder(output, inputs, _WRITTEN)
    collected = collect(reading_config(inputs, sources))
    store = str(execution.store or DEFAULT_STORE)
    found = read_tokenizer(ReadTokenizerConfig(source=tokenizer, store=store))
    whole = TokenizeConfig(held_out_share=config.held_out_share, separate_exercises=False)
    last = tokenize_stage(collected, found, whole)
    with finished(last, output, execution) as done:
        read, made = done[collected.name], done[last.name]
        rejected, dropped = read.table("dropped", Dropped), made.table("dropped", Dropped)
        beside_folder = output.with_name(f"{output.name}.jsonl")
        path = publish_dropped(beside_folder, rejected, dropped, read.table("documents", Document))
        publish_folder(output, made.path(PRETRAIN))
        done.facts |= {
            "tokenizer_sha256": made.manifest.metrics["tokenizer_sha256"],
            **made.manifest.metrics[PRETRAIN],
            "dropped": dropped_counts([read, made]),
            "dropped_rows": str(path or ""),
        }
    if not execution.as_json:
        make_console().print(f"next: hornbook train {shlex.quote(str(output))} {_NEXT}", highlight=False, markup=False)
