"""A byte-level BPE tokenizer trained on the run's own documents.

Reads:  the documents that training will see.
Writes: `tokenizer.json`, readable by the `tokenizers` and `transformers` libraries.
Source: the byte-level BPE of GPT-2 and CodeGen (phi-1's tokenizer), with a vocabulary that fits a small model and the
        pre-tokenizer of Qwen2, which parts the end of a line from the indentation of the next.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers

from hornbook.errors import ConfigError, MissingInputError
from hornbook.records import Document

TOKENIZER = "tokenizer.json"
END_OF_TEXT = "<|endoftext|>"
NUM_BYTES = 256
MIN_FREQUENCY = 2
"""A pair is merged only where it occurs at least this often."""
GPT_2, QWEN2 = "gpt-2", "qwen2"
"""Pre-tokenizers, which part a text into pieces that no token reaches across. The names are llama.cpp's, for
`tokenizer.ggml.pre` of a GGUF file."""
_QWEN2_PIECE = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*"
    r"|\s*[\r\n]+|\s+(?!\S)|\s+"
)


@dataclass(frozen=True, kw_only=True)
class TokenizerConfig:
    """How the vocabulary is learned."""

    vocab_size: int = 2048
    """Number of tokens, the 256 bytes and `<|endoftext|>` included. Fewer result where the text has no more pairs to
    merge."""
    training_bytes: int = 24_000_000
    """Bytes of text, about, that the merges are learned from. Of more text some documents are chosen by their ids."""

    def __post_init__(self) -> None:
        if self.training_bytes < 1:
            raise ConfigError(f"`training_bytes` must be at least 1, got {self.training_bytes!r}")
        if not NUM_BYTES < self.vocab_size <= 2**17:
            raise ConfigError(f"`vocab_size` must lie in 257 to 131072, got {self.vocab_size!r}")


def train_tokenizer(documents: Iterable[Document], config: TokenizerConfig) -> Tokenizer:
    """Learn a tokenizer; equal documents and config give an equal tokenizer, in any process.

    Every text survives `decode(encode(text))` byte for byte. `<|endoftext|>` is token 0. Where a line starts that holds
    more than whitespace, a token starts, whatever stands before it: a prompt that ends there has the tokens that
    training showed. The documents are iterated over several times: a list, or a `Table`, which is streamed.

    Raises:
        MissingInputError: There is no document.
    """
    if next(iter(documents), None) is None:
        raise MissingInputError("a tokenizer needs at least one document to learn from, got none")
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = _pre_tokenizers()[QWEN2]
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=config.vocab_size,
        min_frequency=MIN_FREQUENCY,
        special_tokens=[END_OF_TEXT],
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        show_progress=False,
    )
    tokenizer.train_from_iterator(_sampled_texts(documents, config.training_bytes), trainer=trainer)
    return tokenizer


def load_tokenizer(path: Path) -> Tokenizer:
    """Read a `tokenizer.json`.

    Raises:
        MissingInputError: The file is missing or no tokenizer, or it lacks `<|endoftext|>`.
    """
    try:
        tokenizer = Tokenizer.from_str(path.read_text(encoding="utf-8"))
    except Exception as error:  # the library raises bare `Exception`
        raise MissingInputError(f"`{path}` cannot be read as a tokenizer: {error}") from error
    if tokenizer.token_to_id(END_OF_TEXT) is None:
        raise MissingInputError(f"the tokenizer `{path}` lacks the token `{END_OF_TEXT}`")
    return tokenizer


def name_of_pre_tokenizer(tokenizer: Tokenizer) -> str | None:
    """`GPT_2`, `QWEN2`, or None for any other, by what `tokenizer.json` describes."""
    described = _described_pre_tokenizer(tokenizer.pre_tokenizer)
    names = (name for name, one in _pre_tokenizers().items() if _described_pre_tokenizer(one) == described)
    return next(names, None)


def may_end_in_newline(tokenizer: Tokenizer) -> bool:
    """Whether a prompt that ends in a newline has the tokens of the whole text, so that no token healing is needed."""
    prompt, completion = 'def one():\n    """Return 1."""\n', "    return 1\n"
    parts = [tokenizer.encode(text, add_special_tokens=False).ids for text in (prompt, completion, prompt + completion)]
    return bool(parts[0] + parts[1] == parts[2])


def tokenizer_hash(tokenizer: Tokenizer) -> str:
    """SHA-256 of what determines the tokens of a text, in hexadecimal: equal for files that differ otherwise.

    Left out is what changes no token: how tokens become text again, what is added around a text when that is asked for
    (Hornbook never asks), truncation and padding, and which added tokens count as special.
    """
    described = json.loads(tokenizer.to_str())
    no_effect = {"special"} if described["normalizer"] else {"special", "normalized"}
    whole = {
        "normalizer": described["normalizer"],
        "pre_tokenizer": _without_offsets(described["pre_tokenizer"]),
        "model": {name: value for name, value in described["model"].items() if value},  # "" and False are as absent
        "added_tokens": [
            {name: value for name, value in added.items() if name not in no_effect}
            for added in described["added_tokens"]
        ],
    }
    return hashlib.sha256(json.dumps(whole, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def token_bytes(tokenizer: Tokenizer) -> list[bytes]:
    """The bytes that each token stands for, by token id; special tokens stand for none.

    Tokens that were added to the vocabulary, such as CodeGen's runs of spaces, are written as plain text, the others in
    the byte-level alphabet.

    Raises:
        ConfigError: The tokenizer is not byte-level.
    """
    byte_of = byte_of_character()
    added = tokenizer.get_added_tokens_decoder()
    vocabulary = tokenizer.get_vocab()
    spelled = [b""] * (max(vocabulary.values(), default=-1) + 1)
    for text, index in vocabulary.items():
        if index in added:
            spelled[index] = b"" if added[index].special else text.encode()
            continue
        try:
            spelled[index] = bytes(byte_of[character] for character in text)
        except KeyError as error:
            raise ConfigError(f"the tokenizer is not byte-level: it has the token {text!r} (id {index})") from error
    return spelled


def document_share(document_id: str, salt: str) -> float:
    """A fixed number in [0, 1) for a document: the same in each run, spread evenly over documents."""
    digest = hashlib.sha256(f"{salt}\0{document_id}".encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2**64


def _sampled_texts(documents: Iterable[Document], training_bytes: int) -> Iterator[str]:
    total = sum(len(document.text.encode()) for document in documents)
    share = training_bytes / max(total, 1)
    for document in documents:
        if share >= 1 or document_share(document.id, "tokenizer") < share:
            yield document.text


def byte_of_character() -> dict[str, int]:
    """The byte-level alphabet: printable Latin-1 stands for itself, the other bytes for characters from 256 on."""
    printable = [*range(ord("!"), ord("~") + 1), *range(ord("¡"), ord("¬") + 1), *range(ord("®"), ord("ÿ") + 1)]
    others = [byte for byte in range(NUM_BYTES) if byte not in printable]
    mapping = {chr(byte): byte for byte in printable}
    mapping.update({chr(NUM_BYTES + offset): byte for offset, byte in enumerate(others)})
    return mapping


def _pre_tokenizers() -> dict[str, Any]:
    """Name → pre-tokenizer."""
    as_bytes = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    return {
        GPT_2: pre_tokenizers.ByteLevel(add_prefix_space=False),
        QWEN2: pre_tokenizers.Sequence([pre_tokenizers.Split(Regex(_QWEN2_PIECE), behavior="isolated"), as_bytes]),
    }


def _described_pre_tokenizer(pre_tokenizer: Any) -> Any:
    bare = Tokenizer(models.BPE())
    if pre_tokenizer is not None:
        bare.pre_tokenizer = pre_tokenizer
    return _without_offsets(json.loads(bare.to_str())["pre_tokenizer"])


def _without_offsets(description: Any) -> Any:
    """Without `trim_offsets`, which says where in the text a token stands, not which token it is."""
    if isinstance(description, dict):
        return {name: _without_offsets(value) for name, value in description.items() if name != "trim_offsets"}
    return [_without_offsets(one) for one in description] if isinstance(description, list) else description
