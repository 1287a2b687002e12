"""Text to token ids, several times as fast as the `tokenizers` library does it, and with the same result.

Reads:  texts and a tokenizer.
Writes: the ids as bytes, ready for a shard.
Source: the patterns of GPT-2's byte-level BPE (Radford et al. 2019), which CodeGen and phi-1 share, and of Qwen2's
        (Yang et al. 2024), which Hornbook trains.

A text is parted into words, each word is encoded by itself, and the ids of a word depend on nothing around it. So words
are looked up in a table, and only those that are not in it yet are handed to the model. Tokenizers that part texts in
another way go through the library.
"""

import itertools
import json
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any

import numpy as np
from tokenizers import Tokenizer, pre_tokenizers

from hornbook.tokens.tokenizer import END_OF_TEXT, GPT_2, QWEN2, byte_of_character, name_of_pre_tokenizer

_MAX_WORDS = 2**18
"""Words in the table, about 40 MB; a second one holds those that were there when it was full the last time."""
_LONGEST_KEPT = 128
"""Longer words hardly come again."""
_PIECE = 2**18
"""Characters parted into words at a time: a list of words takes many times the memory of its text."""
_UNICODE_PIECE = 2**12
"""The same for a text that is not ASCII: only the pieces with other characters need stand-ins for them."""
_LETTER, _NUMBER, _SPACE, _SIGN = "a", "0", "\v", "!"
_LONG_S = 0x17F
"""The letter ſ, which is an S where case does not count."""
_NO_SPACES = r"'(?:[stmd]|re|ve|ll)| ?[A-Za-z]+| ?[0-9]+| ?[^\t-\r A-Za-z0-9]+"
"""GPT-2's pattern for ASCII, without its words of spaces."""
_WORDS = {
    GPT_2: re.compile(rf"{_NO_SPACES}|[\t-\r ]+(?![^\t-\r ])|[\t-\r ]+"),
    QWEN2: re.compile(
        r"'(?:[stmdSTMD]|[rR][eE]|[vV][eE]|[lL][lL])|[^\r\nA-Za-z0-9]?[A-Za-z]+|[0-9]| ?[^\t-\r A-Za-z0-9]+[\r\n]*"
        r"|[\t-\r ]*[\r\n]+|[\t-\r ]+(?![^\t-\r ])|[\t-\r ]+"
    ),
}
"""The patterns for ASCII; other characters are exchanged for one of ASCII that the pattern treats alike."""
_RUN = re.compile(r"[\t\n\f\r ]{2,}")
_CUT = re.compile(r"(?<=[!-~])(?= [!-~])|(?<=[A-Za-z0-9])(?=\n)")
"""Where a text can be cut without changing its words: before a single space that follows no space, or before a line's
end that follows a letter or number. To Qwen2 a line's end belongs to the sign before it."""
_ACROSS_CUT = re.compile(r"[^\t-\r ][\n ]")


class Encoder:
    """Encodes texts with one tokenizer.

    Special tokens that are written out in a text are text like any other, so that `<|endoftext|>` stands behind
    documents and nowhere else. A tokenizer's own settings for truncation and padding have no effect.
    """

    dtype: np.dtype[np.unsignedinteger]
    """Type of the ids; see `dtype_of`."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        """Copy a tokenizer, which stays as it is."""
        self._tokenizer = Tokenizer.from_str(tokenizer.to_str())
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        self._tokenizer.encode_special_tokens = True
        self.dtype = dtype_of(tokenizer)
        added = tokenizer.get_added_tokens_decoder()
        self._special = [token.content for token in added.values() if token.special]
        plain = {token.content: self._bytes([index]) for index, token in added.items() if not token.special}
        self._added = plain
        name = quick_pre_tokenizer(tokenizer)
        self._is_quick = name is not None
        are_runs = name == GPT_2 and all(map(_RUN.fullmatch, plain))
        self._find_words = (_word_or_run(plain) if plain and are_runs else _WORDS[name or GPT_2]).findall
        self._added_pattern = re.compile(f"({_any_of(plain)})") if plain and not are_runs else None
        self._model = self._tokenizer.model
        self._alphabet = {byte: character for character, byte in byte_of_character().items()}
        self._words = _Words(self._encode_word, plain)
        self._stand_ins = _StandIns()

    @property
    def end_of_text(self) -> bytes:
        """The token `<|endoftext|>`, which closes a document, as bytes of `dtype`."""
        return self._bytes([int(self._tokenizer.token_to_id(END_OF_TEXT) or 0)])

    def encode(self, text: str) -> bytes:
        """The ids of a text as bytes of `dtype`; nothing is added before or behind them."""
        return b"".join(self._encode_pieces(text)) if self._is_quick else self._encode_by_library(text)

    def _encode_pieces(self, text: str) -> Iterator[bytes]:
        if any(special in text for special in self._special):
            yield self._encode_by_library(text)
            return
        for piece in _pieces(text):
            if self._added_pattern is None:
                yield self._encode_words(piece)
                continue
            for number, part in enumerate(self._added_pattern.split(piece)):  # Every second one is an added token.
                yield self._added[part] if number % 2 else self._encode_words(part)

    def _encode_words(self, text: str) -> bytes:
        words = self._find_words(text) if text.isascii() else self._part(text)
        return b"".join(map(self._words.__getitem__, words))

    def _encode_word(self, word: str) -> bytes:
        tokens = self._model.tokenize("".join(map(self._alphabet.__getitem__, word.encode())))
        return self._bytes([token.id for token in tokens])

    def _part(self, text: str) -> Iterator[str]:
        start = 0
        for length in map(len, self._find_words(text.translate(self._stand_ins))):
            yield text[start : start + length]
            start += length

    def _encode_by_library(self, text: str) -> bytes:
        # One text at a time: a batch of several would start as many threads as cores in each process.
        (encoding,) = self._tokenizer.encode_batch_fast([text], add_special_tokens=False)
        return self._bytes(encoding.ids)

    def _bytes(self, ids: list[int]) -> bytes:
        return np.array(ids, dtype=self.dtype).tobytes()


def dtype_of(tokenizer: Tokenizer) -> np.dtype[np.unsignedinteger]:
    """The type of token ids in files: little-endian, 16 bit where the vocabulary allows it, else 32 bit."""
    return np.dtype("<u2") if tokenizer.get_vocab_size() <= 2**16 else np.dtype("<u4")


def quick_pre_tokenizer(tokenizer: Tokenizer) -> str | None:
    """The name of a pre-tokenizer whose words are encoded alike at each place; None where that does not hold."""
    described: dict[str, Any] = json.loads(tokenizer.to_str())
    plain = [token for token in tokenizer.get_added_tokens_decoder().values() if not token.special]
    words_are_alike = (
        described["normalizer"] is None
        and described["model"]["type"] == "BPE"
        and not described["model"].get("dropout")
        # Added tokens are found from left to right in one go, and none reaches over a cut.
        and len({token.normalized for token in plain}) <= 1
        and not any(token.lstrip or token.rstrip or token.single_word for token in plain)
        and not any(_ACROSS_CUT.search(token.content) for token in plain)
    )
    return name_of_pre_tokenizer(tokenizer) if words_are_alike else None


class _Words(dict[str, bytes]):
    """The ids of words, as bytes; what is not there yet is encoded when it is asked for."""

    def __init__(self, encode: Callable[[str], bytes], added: Mapping[str, bytes]) -> None:
        super().__init__(added)
        self._encode = encode
        self._added = added
        self._earlier = dict(added)

    def __missing__(self, word: str) -> bytes:
        ids = self._earlier.get(word)
        if ids is None:
            ids = self._encode(word)
        if len(word) <= _LONGEST_KEPT:
            if len(self) >= _MAX_WORDS:
                self._earlier = {**self._added, **self}
                self.clear()
            self[word] = ids
        return ids


class _StandIns(dict[int, str]):
    """For each character a letter, a number, a space or a sign of ASCII, whatever the library takes it for.

    The library is asked, since Python may know another version of Unicode.
    """

    def __init__(self) -> None:
        super().__init__({code: chr(code) for code in range(128)} | {_LONG_S: "S"})
        self._pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)

    def __missing__(self, code: int) -> str:
        for stand_in in (_LETTER, _NUMBER, _SIGN):
            if len(self._pre_tokenizer.pre_tokenize_str(stand_in + chr(code))) == 1:
                break
        else:
            stand_in = _SPACE
        self[code] = stand_in
        return stand_in


def _word_or_run(runs: Collection[str]) -> re.Pattern[str]:
    """Parts a text into GPT-2's words and added tokens in one go, where those are all runs of spaces and line ends.

    None of them can begin within a word of another kind, and a word of spaces ends where one begins.
    """
    run = _any_of(runs)
    spaces = rf"(?:(?!{run})[\t-\r ])+"
    return re.compile(rf"{_NO_SPACES}|{run}|{spaces}(?![^\t-\r ])|{spaces}")


def _any_of(texts: Collection[str]) -> str:
    """A pattern for the longest of these that stands in a place."""
    branches = []
    for _, group in itertools.groupby(sorted(filter(None, texts)), key=lambda text: text[0]):
        alike = list(group)
        same = itertools.takewhile(lambda pair: pair[0] == pair[1], zip(alike[0], alike[-1], strict=False))
        begin = "".join(first for first, _ in same)
        branches.append(re.escape(begin) + _any_of([text[len(begin) :] for text in alike]))
    return f"(?:{'|'.join(branches)}){'?' if '' in texts else ''}" if branches else ""


def _pieces(text: str) -> Iterator[str]:
    size = _PIECE if text.isascii() else min(_PIECE, _UNICODE_PIECE)
    start = 0
    while len(text) - start > size and (cut := _CUT.search(text, start + size)):
        yield text[start : cut.start()]
        start = cut.start()
    yield text[start:]
