"""A training outside a pipeline, in a folder of its own: what it was asked for, its checkpoints, its model.

Reads:  a folder of token shards; a base model's folder where there is one.
Writes: `training.json` (first what determines the run, at the end its result too), `checkpoints/` while it works,
        then what `stages.train_folder` writes, and `tokenizer.json`: a folder that other commands take as a model.
"""

import json
import shutil
from pathlib import Path
from typing import Any

from hornbook.errors import ConfigError
from hornbook.pipeline.fingerprint import canonical_json, encode
from hornbook.pipeline.manifest import hash_file
from hornbook.pipeline.stage import Progress
from hornbook.tokens.pack import TokenStream
from hornbook.tokens.tokenizer import load_tokenizer, tokenizer_hash
from hornbook.training.checkpoint import explained_writing
from hornbook.training.config import TrainConfig
from hornbook.training.parallel import Ranks, from_first, on_first
from hornbook.training.stages import train_folder

TRAINING = "training.json"
WORK = "work"
"""Checkpoints and the live log, until the model is there."""
_WEIGHTS = ("*.safetensors", "*.bin", "config.json")


def train_in_folder(
    config: TrainConfig,
    tokens: Path,
    base: Path | None,
    tokenizer: Path | None,
    output: Path,
    *,
    seed: int,
    ranks: Ranks,
    progress: Progress,
) -> dict[str, Any]:
    """Train a model into `output`; called again with the same arguments it goes on where it was, or is done.

    Args:
        config: The run.
        tokens: Token shards of one dataset, seen by all processes.
        base: A model to start from, Hornbook's or Hugging Face's; None for a new one.
        tokenizer: `tokenizer.json` of the shards; None: looked for beside the shards, one folder above, beside `base`.
        output: The first process's; made where it is not there.
        seed: Of new weights, the rows' order, and dropout.
        ranks: The processes; all call this together.
        progress: The first process's.

    Returns:
        The metrics of the result, on all processes.

    Raises:
        ConfigError: `output` holds another training or other files, or what `train_folder` refuses.
        MissingInputError: `tokenizer` cannot be read.
        StoppedError, TrainingError: See `train_folder`.
    """
    done = on_first(lambda: _begin(config, tokens, base, tokenizer, output, seed, progress), ranks)
    done = from_first(done, ranks)
    if done is not None:
        return done
    work = output / WORK
    result = train_folder(config, tokens, base, output, work, seed, progress)
    on_first(lambda: _finish(output, dict(result.metrics)), ranks)
    return dict(result.metrics)


def _begin(
    config: TrainConfig,
    tokens: Path,
    base: Path | None,
    tokenizer: Path | None,
    output: Path,
    seed: int,
    progress: Progress,
) -> dict[str, Any] | None:
    """Make the folder ready; returns the result where it is there already."""
    stream = TokenStream(tokens, "train")
    wanted = {
        **encode(config),
        "seed": seed,
        "tokenizer_sha256": stream.tokenizer_sha256,
        "num_training_tokens": len(stream),
        "base": None if base is None else _hashes(base),
    }
    path = output / TRAINING
    if path.is_file() and (kept := _read(path)) and _has_begun(output, kept):
        different = [name for name in {**wanted, **kept["run"]} if kept["run"].get(name) != wanted.get(name)]
        if different:
            listed = ", ".join(f"`{n}` {kept['run'].get(n)!r}, now {wanted.get(n)!r}" for n in different[:5])
            raise ConfigError(
                f"`--output` `{output}` holds another training ({listed}): give this one a folder of its own"
            )
        if kept["result"] is not None:
            result: dict[str, Any] = kept["result"]
            shutil.rmtree(output / WORK, ignore_errors=True)  # a kill may have come between the result and its deletion
            return result
    elif not path.is_file() and output.is_dir() and any(file != _aside(path) for file in output.iterdir()):
        raise ConfigError(f"`--output` `{output}` is not empty and holds no training: give a new folder")
    found = tokenizer or _find_tokenizer(tokens, base, stream.tokenizer_sha256)
    if found is None:
        progress(0, 0, f"no `tokenizer.json` near `{tokens}`: none is kept beside the model (see --tokenizer)")
    elif (sha256 := _hash_of(found)) != stream.tokenizer_sha256:
        raise ConfigError(
            f"`--tokenizer` `{found}` is not the one of the shards: its hash is {sha256[:16]}, theirs "
            f"{stream.tokenizer_sha256[:16]}"
        )
    with explained_writing(output):
        output.mkdir(parents=True, exist_ok=True)
        # First of all: without it, a killed command would find a folder of files that it does not know.
        _write(path, {"run": wanted, "result": None})
        (output / WORK).mkdir(exist_ok=True)
        if found is not None:
            shutil.copyfile(found, output / "tokenizer.json")
    return None


def _has_begun(output: Path, kept: dict[str, Any]) -> bool:
    """Whether there is work that another training would lose."""
    checkpoints = output / WORK / "checkpoints"
    return kept["result"] is not None or (checkpoints.is_dir() and any(checkpoints.iterdir()))


def _finish(output: Path, metrics: dict[str, Any]) -> None:
    path = output / TRAINING
    with explained_writing(output):
        _write(path, {**_read(path), "result": metrics})
    shutil.rmtree(output / WORK)


def _read(path: Path) -> dict[str, Any]:
    try:
        values: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        values["run"].items()
        values["result"]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ConfigError(f"`{path}` is not what a training wrote: give a new `--output`") from error
    return values


def _write(path: Path, values: dict[str, Any]) -> None:
    _aside(path).write_text(canonical_json(values), encoding="utf-8")
    _aside(path).replace(path)


def _aside(path: Path) -> Path:
    return path.with_suffix(".new")


def _hashes(folder: Path) -> dict[str, str]:
    return {path.name: hash_file(path) for pattern in _WEIGHTS for path in sorted(folder.glob(pattern))}


def _find_tokenizer(tokens: Path, base: Path | None, sha256: str) -> Path | None:
    """The one with that hash among the places where it usually lies."""
    folders = [tokens, tokens.resolve().parent, *([base] if base else [])]
    for path in (folder / "tokenizer.json" for folder in folders):
        if path.is_file() and _hash_of(path) == sha256:
            return path
    return None


def _hash_of(path: Path) -> str:
    return tokenizer_hash(load_tokenizer(path))
