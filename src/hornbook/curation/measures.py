"""Numbers that describe a piece of code: its keywords and marks, which names it leaves open, how it is documented.

Reads:  lexed texts (`lexer.py`).
Writes: `NUM_MEASURES` numbers for each.

What a parser would know is read off the tokens around a name: `x` before `=` is bound, `x` after `.` is an attribute.
That is a guess where code is unusual, and it works on code that does not parse.
"""

import builtins
import functools
import sys

import numpy as np
from numpy.typing import NDArray

from hornbook.curation.lexer import Hashes, Lexed, Places, Region, hashes_of, mix

_KEYWORDS = (
    "False None True and as assert async await break class continue def del elif else except finally for from "
    "global if import in is lambda nonlocal not or pass raise return try while with yield"
)
"""Fixed, so that measures mean the same on each version of Python."""
_MARKS = tuple("()[]{}=:,.@+-*/%<>!&|^~;\\")
_BUILTINS, _MODULES = tuple(dir(builtins)), tuple(sorted(sys.stdlib_module_names))
_LONG_LINE_BYTES = 79
_MOST_LINE_BYTES = 400
"""Beyond, a line counts no more towards the mean length."""
_FOR_TARGET_TOKENS = 16
"""As many tokens behind a `for` are looked at for its targets."""
_SALT = np.uint64(0x51ED27)

Mask = NDArray[np.bool_]
Numbers = NDArray[np.float64]


@functools.lru_cache(maxsize=256)
def _hashes(*words: str) -> Hashes:
    return hashes_of(words)


def _hash(word: str) -> np.uint64:
    hashed: np.uint64 = _hashes(word)[0]
    return hashed


def keyword_hashes() -> Hashes:
    """Of Python's keywords."""
    return _hashes(*_KEYWORDS.split())


def num_measures() -> int:
    """How many numbers describe a text."""
    from hornbook.curation.lexer import lex

    return int(measure(lex([""])).shape[1])


def measure(lexed: Lexed) -> Numbers:
    """Describe texts.

    Returns:
        N × `num_measures()`: ln(1 + count) of each keyword and mark, the square root of its share among the tokens, and
        ln(1 + x) of measures of names, documentation, lines and size. All are finite and none is negative.
    """
    names = _Names(lexed)
    counts = names.counts_of(np.concatenate([keyword_hashes(), _hashes(*_MARKS)]))
    shares = np.sqrt(counts / names.num_code[:, None])
    return np.hstack([np.log1p(counts), shares, np.log1p(np.array([*names.measures(), *_layout(lexed)]).T)])


class _Names:
    """The code's tokens with what they are."""

    def __init__(self, lexed: Lexed) -> None:
        self._texts = lexed.code.texts_T
        self._num_texts = lexed.num_texts
        self._lines = lexed.code.lines_T
        self._hashes = lexed.code.hashes_T
        self._first_bytes = lexed.code.first_bytes_T
        self._next, self._previous = self._neighbour(1), self._neighbour(-1)
        self._depths = self._bracket_depths()
        self.num_code = np.maximum(1.0, self._count(np.ones(len(self._hashes), dtype=np.bool_)))

    def counts_of(self, words: Hashes) -> Numbers:
        """How often each of these words stands in each text: N × their number."""
        order = np.argsort(words)
        places = np.minimum(np.searchsorted(words[order], self._hashes), len(words) - 1)
        found = words[order][places] == self._hashes
        flat = self._texts[found] * len(words) + order[places[found]]
        counts = np.bincount(flat, minlength=self._num_texts * len(words))
        return counts.reshape(self._num_texts, len(words)).astype(np.float64)

    def measures(self) -> list[Numbers]:
        """A list of numbers for each text."""
        first = self._first_bytes
        is_word = (first == ord("_")) | (first >= 128) | _between(first, "a", "z") | _between(first, "A", "Z")
        is_name = is_word & ~np.isin(self._hashes, keyword_hashes())
        is_builtin = is_name & np.isin(self._hashes, _hashes(*_BUILTINS))
        is_self = (self._hashes == _hash("self")) | (self._hashes == _hash("cls"))
        is_attribute = is_name & (self._previous == _hash("."))
        is_parameter = self._is_parameter(is_name)
        is_keyword = self._is_keyword_argument(is_name) & ~is_parameter
        stands_alone = is_name & ~is_attribute & ~is_keyword
        is_bound = stands_alone & (is_parameter | self._is_target(is_name))
        is_read = stands_alone & ~is_bound
        keys = mix(self._hashes + (self._texts.astype(np.uint64) + np.uint64(1)) * _SALT)
        is_free = is_read & ~np.isin(keys, keys[is_bound]) & ~is_builtin & ~is_self
        is_private = first == ord("_")
        is_called = is_name & (self._next == _hash("("))
        is_called &= (self._previous != _hash("def")) & (self._previous != _hash("class"))
        is_definition = (self._hashes == _hash("def")) | (self._hashes == _hash("class"))
        is_number = _between(first, "0", "9")
        count, distinct = self._count, functools.partial(self._distinct, keys)
        num_reads, num_calls = np.maximum(1.0, count(is_read)), np.maximum(1.0, count(is_called))
        before_last = self._neighbour(-2)
        calls_self = is_called & is_attribute & ((before_last == _hash("self")) | (before_last == _hash("cls")))
        free, free_modules = distinct(is_free), distinct(is_free & np.isin(self._hashes, _hashes(*_MODULES)))
        return [
            *(
                count(is_definition),
                free,
                count(is_free),
                count(is_free) / num_reads,
                free_modules,
                free - free_modules,
            ),
            *(distinct(is_free & is_private), count(is_free & (self._next == _hash(".")))),
            *(count(is_free & (self._next == _hash("("))), count(is_read & is_builtin), distinct(is_read & is_builtin)),
            *self._with_share(is_self & (self._next == _hash("."))),
            *(count(is_attribute) / self.num_code, distinct(is_attribute), distinct(is_attribute) / num_reads),
            *self._with_share(is_attribute & is_private),
            *self._with_share(is_called),
            *(count(is_called & is_attribute) / num_calls, count(is_called & is_builtin & ~is_attribute)),
            *(count(calls_self), count(calls_self) / num_calls),
            *(distinct(is_bound), count(is_bound) / self.num_code, count(is_parameter), count(is_keyword)),
            *(distinct(is_name), distinct(is_name) / num_reads, count(is_name) / self.num_code),
            *self._with_share(is_number),
            self._distinct(keys, np.ones(len(keys), dtype=np.bool_)) / self.num_code,
            self._first_is_private(is_definition),
        ]

    def _count(self, mask: Mask) -> Numbers:
        return np.bincount(self._texts[mask], minlength=self._num_texts).astype(np.float64)

    def _distinct(self, keys: Hashes, mask: Mask) -> Numbers:
        _, first = np.unique(keys[mask], return_index=True)
        return np.bincount(self._texts[mask][first], minlength=self._num_texts).astype(np.float64)

    def _with_share(self, mask: Mask) -> tuple[Numbers, Numbers]:
        number = self._count(mask)
        return number, number / self.num_code

    def _neighbour(self, distance: int) -> Hashes:
        """The hash of the token so many places on; 0 where that is in another text."""
        neighbours = np.zeros_like(self._hashes)
        there, here = (slice(distance, None), slice(None, -distance))
        if distance < 0:
            there, here = slice(None, distance), slice(-distance, None)
        same = self._texts[there] == self._texts[here]
        neighbours[here] = np.where(same, self._hashes[there], 0)
        return neighbours

    def _is_one_of(self, words: str) -> Mask:
        return np.isin(self._hashes, _hashes(*words.split()))

    def _bracket_depths(self) -> Places:
        """In how many brackets of its text each token stands, an opening one in itself."""
        steps = self._is_one_of("( [ {").astype(np.int64) - self._is_one_of(") ] }")
        depths = np.cumsum(steps)
        begins = np.searchsorted(self._texts, np.arange(self._num_texts))
        before = np.where(begins > 0, np.append(depths, 0)[begins - 1], 0)
        return depths - before[self._texts]

    def _last_place(self, mask: Mask) -> Places:
        """The place of the last token up to each one, in any text, for which the mask holds; -1 where there is none."""
        return np.maximum.accumulate(np.where(mask, np.arange(len(mask)), -1)) if len(mask) else np.zeros(0, np.int64)

    def _is_behind(self, begin: Mask, end: Mask) -> Mask:
        """Whether the last `begin` before a token is behind the last `end`, and in the token's text."""
        begun = self._last_place(begin)
        found: Mask = (begun > self._last_place(end)) & (begun >= 0) & (self._texts[begun] == self._texts)
        return found

    def _is_keyword_argument(self, is_name: Mask) -> Mask:
        is_set = (self._next == _hash("=")) & (self._neighbour(2) != _hash("="))
        follows = (self._previous == _hash("(")) | (self._previous == _hash(","))
        found: Mask = is_name & is_set & follows & (self._depths > 0)
        return found

    def _is_parameter(self, is_name: Mask) -> Mask:
        ends_signature = (self._hashes == _hash(":")) & (self._depths == 0)
        in_signature = self._is_behind(self._hashes == _hash("def"), ends_signature)
        follows = np.isin(self._previous, _hashes("(", ",", "*"))
        found: Mask = is_name & in_signature & follows & (self._depths == 1)
        return found

    def _is_target(self, is_name: Mask) -> Mask:
        """Whether a name is bound in another way than as a parameter."""
        introduces = ["def", "class", "for", "as", "import", "global", "nonlocal", "except", "lambda"]
        in_import = np.zeros(int(self._lines[-1]) + 1 if len(self._lines) else 1, dtype=np.bool_)
        in_import[self._lines[self._hashes == _hash("import")]] = True
        is_walrus = (self._next == _hash(":")) & (self._neighbour(2) == _hash("="))
        in_lambda = self._is_behind(self._hashes == _hash("lambda"), self._hashes == _hash(":"))
        found: Mask = is_name & (
            np.isin(self._previous, _hashes(*introduces))
            | self._is_for_target()
            | in_lambda
            | self._is_assigned()
            | is_walrus
            | in_import[self._lines]
        )
        return found

    def _is_for_target(self) -> Mask:
        is_for = self._hashes == _hash("for")
        distance = np.arange(len(self._hashes)) - self._last_place(is_for)
        found: Mask = self._is_behind(is_for, self._hashes == _hash("in")) & (distance < _FOR_TARGET_TOKENS)
        return found

    def _is_assigned(self) -> Mask:
        """Whether a token stands outside of brackets, before the last `=` of its line."""
        is_sign = (self._hashes == _hash("=")) & (self._next != _hash("=")) & (self._depths == 0)
        signs = np.flatnonzero(is_sign & ~np.isin(self._previous, _hashes("=", "!", "<", ">")))
        last_sign = np.full(int(self._lines[-1]) + 1 if len(self._lines) else 1, -1)
        last_sign[self._lines[signs]] = signs
        found: Mask = (np.arange(len(self._hashes)) < last_sign[self._lines]) & (self._depths <= 0)
        return found

    def _first_is_private(self, is_definition: Mask) -> Numbers:
        """1 where the name of a text's first definition begins with an underscore."""
        places = np.flatnonzero(is_definition)
        texts, first = np.unique(self._texts[places], return_index=True)
        named = np.minimum(places[first] + 1, len(self._hashes) - 1)
        private = np.zeros(self._num_texts)
        private[texts] = self._first_bytes[named] == ord("_")
        return private


def _layout(lexed: Lexed) -> list[Numbers]:
    """Lines, comments, documentation and size."""
    num_texts, spans, lines = lexed.num_texts, lexed.spans, lexed.lines

    def sums(texts: Places, weights: NDArray[np.int64] | None = None) -> Numbers:
        return np.bincount(texts, weights, minlength=num_texts).astype(np.float64)

    def bytes_in(region: Region) -> Numbers:
        chosen = spans.regions_S == region
        return sums(spans.texts_S[chosen], spans.lengths_S[chosen])

    num_lines = sums(lines.texts_L)
    sizes = lexed.sizes.astype(np.float64)
    least_sizes = np.maximum(1.0, sizes)
    is_empty = lines.first_hashes_L == 0
    num_comments = sums(lines.texts_L[~is_empty & (lines.regions_L == Region.COMMENT)])
    is_code = ~is_empty & (lines.regions_L == Region.CODE)
    deepest = np.zeros(num_texts)
    np.maximum.at(deepest, lines.texts_L[is_code], lines.indents_L[is_code])
    mean_indent = sums(lines.texts_L[is_code], lines.indents_L[is_code]) / np.maximum(1, sums(lines.texts_L[is_code]))
    in_docs = bytes_in(Region.LONG_STRING)
    num_docs = sums(spans.texts_S[spans.regions_S == Region.LONG_STRING])
    is_definition = np.isin(lexed.code.hashes_T, _hashes("def", "class"))
    num_definitions = np.maximum(1.0, sums(lexed.code.texts_T[is_definition]))
    is_prose = lexed.inner.regions_T != Region.STRING
    num_prose = sums(lexed.inner.texts_T[is_prose])
    is_prompt = (lexed.inner.hashes_T == _hash(">")) & (lexed.inner.regions_T == Region.LONG_STRING)
    num_tokens = np.maximum(1.0, lexed.num_tokens)
    mean_length = sums(lines.texts_L, np.minimum(lines.lengths_L, _MOST_LINE_BYTES)) / np.maximum(1, num_lines)
    return [
        *(num_lines, sizes, mean_length, sums(lines.texts_L[lines.lengths_L > _LONG_LINE_BYTES])),
        *(num_comments, num_comments / num_lines, sums(lines.texts_L[is_empty]) / num_lines),
        *(
            in_docs,
            in_docs / least_sizes,
            bytes_in(Region.COMMENT) / least_sizes,
            bytes_in(Region.STRING) / least_sizes,
        ),
        *(sums(lexed.inner.texts_T[is_prompt]), num_docs, num_docs / num_definitions),
        *(num_prose, num_prose / num_tokens, sizes / num_tokens, deepest, mean_indent),
    ]


def _between(values: NDArray[np.uint8], least: str, most: str) -> Mask:
    return (values >= ord(least)) & (values <= ord(most))
