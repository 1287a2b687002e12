"""Find a tokenizer that somebody has: CodeGen's for phi-1, that of a run, or any other that works on bytes.

Reads: a `tokenizer.json`, a folder with one (or with GPT-2's `vocab.json` and `merges.txt`), those files of a model on
       the Hugging Face hub, which its cache on this machine keeps, or the tokenizer of a run.
"""

import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers

from hornbook.errors import ConfigError, DamagedArtifactError, MissingInputError
from hornbook.pipeline.fingerprint import NOT_IN_FINGERPRINT
from hornbook.pipeline.runs import FILE_NAME as RUN_FILE
from hornbook.pipeline.runs import RunFolder
from hornbook.pipeline.store import Store
from hornbook.tokens.tokenizer import END_OF_TEXT, NUM_BYTES, TOKENIZER, token_bytes, tokenizer_hash

CODEGEN = "Salesforce/codegen-350M-mono"
"""Whose tokenizer phi-1 has: GPT-2's 50,257 tokens and 38 runs of spaces and tabs. Source: Gunasekar et al., 2.3."""

_VOCABULARY, _MERGES, _ADDED = "vocab.json", "merges.txt", "added_tokens.json"
_STAGE = "tokenizer"
_NAME_ON_HUB = re.compile(r"[\w-][\w.-]*/[\w.-]+")
_PROBES = ("x", " x", "ABC\tÉ", 'def f(x):\n    """Naïve ☃ 🙂 İ."""\r\n\n        return  x  \n')
"""Texts that a tokenizer must give back byte for byte."""


@dataclass(frozen=True, kw_only=True)
class ReadTokenizerConfig:
    """Which tokenizer is read. The fingerprint has the hash of its tokens, or its name and revision on the hub."""

    source: str = field(metadata=NOT_IN_FINGERPRINT)
    """A run of `store`; else a `tokenizer.json` or a folder with one; else a model on the Hugging Face hub
    (owner/model)."""
    revision: str | None = field(default=None, metadata=NOT_IN_FINGERPRINT)
    """Branch, tag or commit on the hub; the main branch by default."""
    store: str = field(default="", metadata=NOT_IN_FINGERPRINT)
    """Folder of the store whose runs are looked up; none by default."""


def find_tokenizer(config: ReadTokenizerConfig) -> Tokenizer:
    """The tokenizer that the config names.

    Raises:
        MissingInputError: It cannot be had; the message says which file to put where.
        ConfigError: The config names none, or it is not suitable (`require_bytes`).
    """
    path = _path_of(config)
    tokenizer = read_tokenizer_files(path or fetch_tokenizer(config.source, config.revision))
    require_bytes(tokenizer, config.source)
    return tokenizer


def identity_of(config: ReadTokenizerConfig, _sha256_of: object) -> str:
    """What stands for the tokenizer in the fingerprint.

    Raises:
        MissingInputError: The file cannot be read as a tokenizer.
        ConfigError: The config names none.
    """
    path = _path_of(config)
    return (
        f"{config.source}@{config.revision or 'main'}" if path is None else tokenizer_hash(read_tokenizer_files(path))
    )


def _path_of(config: ReadTokenizerConfig) -> Path | None:
    """The file or folder that the config names; None for a name on the hub."""
    run = _run_of(config)
    path = Path(config.source).expanduser()
    if run is None and not path.exists():
        if _NAME_ON_HUB.fullmatch(config.source) and not config.source.endswith(".json"):
            return None
        runs = f"a run of the store `{config.store}`, " if config.store else ""
        raise ConfigError(
            f"`{config.source}` is no tokenizer: it must be {runs}a `{TOKENIZER}`, a folder with one, or a name of the "
            f"Hugging Face hub such as `{CODEGEN}`, and there is no such file or folder"
        )
    if config.revision is not None:
        raise ConfigError(f"`revision` is for a name of the hub, but `{config.source}` is here; leave it out")
    return path if run is None else _tokenizer_of(run)


def _run_of(config: ReadTokenizerConfig) -> RunFolder | None:
    store = Store(Path(config.store))
    is_name = bool(config.store) and Path(config.source).name == config.source
    is_run = is_name and (store.runs / config.source / RUN_FILE).is_file()
    return RunFolder(store, config.source) if is_run else None


def _tokenizer_of(run: RunFolder) -> Path:
    record = run.read()
    stage = next((one for one in record.stages if one.name == _STAGE), None)
    if stage is None:
        raise MissingInputError(f"the run `{record.name}` has no tokenizer yet; `{record.typed}` makes it")
    artifact = run.store.find(_STAGE, stage.fingerprint)
    if artifact is None:
        raise DamagedArtifactError(f"the tokenizer of the run `{record.name}` is gone; `{record.typed}` rebuilds it")
    return artifact.path(TOKENIZER)


def read_tokenizer_files(path: Path) -> Tokenizer:
    """Read a `tokenizer.json`, or from a folder one, or else `vocab.json` with `merges.txt`.

    Raises:
        MissingInputError: There is none, or it cannot be read.
    """
    file = path / TOKENIZER if path.is_dir() else path
    in_parts = path.is_dir() and not file.is_file() and (path / _VOCABULARY).is_file() and (path / _MERGES).is_file()
    if not file.is_file() and not in_parts:
        raise MissingInputError(f"`{path}` has no tokenizer: no `{TOKENIZER}`, and no `{_VOCABULARY}` with `{_MERGES}`")
    try:
        return _from_parts(path) if in_parts else Tokenizer.from_str(file.read_text(encoding="utf-8"))
    except Exception as error:  # the library raises bare `Exception`
        raise MissingInputError(f"`{path if in_parts else file}` cannot be read as a tokenizer: {error}") from error


def fetch_tokenizer(
    name: str, revision: str | None, *, endpoint: str | None = None, cache_folder: Path | None = None
) -> Path:
    """Get the tokenizer's files of a model on the hub, or from the cache where they lie since the last time.

    The hub's endpoint and the cache's folder are by default those that `huggingface_hub` is set up for.

    Raises:
        MissingInputError: They cannot be had; says which file to put where.
    """
    import huggingface_hub
    import huggingface_hub.utils

    asked = f"`{name}`" if revision is None else f"`{name}` at `{revision}`"
    bars: Any = huggingface_hub.utils
    were_silent = bars.are_progress_bars_disabled()
    bars.disable_progress_bars()
    try:
        folder = huggingface_hub.snapshot_download(
            name,
            revision=revision,
            allow_patterns=[TOKENIZER, _VOCABULARY, _MERGES, _ADDED],
            endpoint=endpoint,
            cache_dir=cache_folder,
        )
    except Exception as error:  # What it raises changes with its version and with the HTTP library below it.
        reason = str(error).strip().split("\n", 1)[0].rstrip(".") or type(error).__name__
        raise MissingInputError(
            f"the tokenizer of {asked} cannot be had from the Hugging Face hub: {reason}. Without a connection, put "
            f"its `{TOKENIZER}` into a folder and name that: `--set tokenizer.source=FOLDER`, or `--tokenizer FOLDER`"
        ) from error
    finally:
        if not were_silent:
            bars.enable_progress_bars()
    return Path(folder)


def require_bytes(tokenizer: Tokenizer, name: str) -> None:
    """Reject a tokenizer that Hornbook cannot pack documents with, or whose prompts it could not heal.

    Raises:
        ConfigError: It lacks `<|endoftext|>`, has gaps in its ids, or is not byte-level: some text would not come back.
    """
    added = tokenizer.get_added_tokens_decoder().values()
    special = {one.content for one in added if one.special}
    if END_OF_TEXT not in special:
        there = ", ".join(f"`{content}`" for content in sorted(special)) or "none"
        raise ConfigError(
            f"the tokenizer `{name}` lacks the special token `{END_OF_TEXT}`, which ends each document; "
            f"its special tokens: {there}"
        )
    spelled = token_bytes(tokenizer)
    if len(spelled) != tokenizer.get_vocab_size():
        raise ConfigError(
            f"the ids of the tokenizer `{name}` have gaps: {tokenizer.get_vocab_size()} tokens, "
            f"ids to {len(spelled) - 1}"
        )
    reasons = [f"its token `{one.content}` swallows the spaces around it" for one in added if one.lstrip or one.rstrip]
    if num_missing := NUM_BYTES - len({one for one in spelled if len(one) == 1}):
        reasons.append(f"{num_missing} of the 256 bytes are no tokens")
    reasons += [f"it does not keep {text!r}" for text in _PROBES if not _comes_back(tokenizer, spelled, text)]
    if reasons:
        raise ConfigError(f"the tokenizer `{name}` is not byte-level, so that not every text comes back: {reasons[0]}")


def _comes_back(tokenizer: Tokenizer, spelled: list[bytes], text: str) -> bool:
    tokens = tokenizer.encode(text, add_special_tokens=False).ids
    return b"".join(spelled[token] for token in tokens) == text.encode()


def _from_parts(folder: Path) -> Tokenizer:
    """GPT-2's byte-level BPE, and the tokens that `added_tokens.json` adds to it."""
    tokenizer = Tokenizer(models.BPE.from_file(str(folder / _VOCABULARY), str(folder / _MERGES)))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    path = folder / _ADDED
    added: dict[str, int] = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    end_of_text = tokenizer.token_to_id(END_OF_TEXT)
    if end_of_text is not None:
        added.setdefault(END_OF_TEXT, end_of_text)
    for text, index in sorted(added.items(), key=lambda item: item[1]):
        tokenizer.add_tokens([AddedToken(text, special=text == END_OF_TEXT, normalized=text != END_OF_TEXT)])
        if tokenizer.token_to_id(text) != index:
            raise ValueError(f"`{_ADDED}` gives {text!r} the id {index}, but the next one is free")
    return tokenizer
