"""Random arguments for programs: of the kinds that a schema names, near the constants that its code compares with."""

import ast
import random
import string
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache, partial
from typing import Any

from hornbook.errors import ConfigError

_WORDS_TEXT = (
    "apple banana level noon Anna river radar oak Elephant ice stats sky civic moon Otto USA tree kayak umbrella data "
    "Egg pear sun inside abba Paris OK cat x zoo area 42 007 hello World lamp open deed banner cocoa Iris py3 echo A "
    "bee tomato queue wow street little book ten Eve seed dance"
)
WORDS = _WORDS_TEXT.split()
_MARKS = ".,!?-_ ()[]:;'"


def _constants_of(code: str) -> tuple[list[float], list[str]]:
    """The numbers and the short strings that stand in the code."""
    values = [node.value for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Constant)]
    numbers = {float(one) for one in values if isinstance(one, int | float) and not isinstance(one, bool)}
    texts = {one for one in values if isinstance(one, str) and 0 < len(one) <= 3}
    return sorted(numbers), sorted(texts)


@lru_cache(maxsize=256)
def _parsed(type_: str) -> ast.expr:
    return ast.parse(type_, mode="eval").body


class Inputs:
    """Draws arguments for one program.

    Args:
        code: Its source; constants in it come up in the arguments.
        item: The kind that T is.
        kinds: A user's types, with examples of their values.
    """

    def __init__(self, code: str, item: str, kinds: Mapping[str, tuple[Any, ...]], rng: random.Random) -> None:
        self._numbers, self._texts = _constants_of(code)
        self._item = item
        self._rng = rng
        self._makers: dict[str, Callable[[], Any]] = {
            "int": self._int,
            "float": self._float,
            "str": self._word,
            "Char": self._char,
            "Text": self._text,
            "Numeral": lambda: rng.choice((str(self._int()), str(self._int()), f"{self._int()}.5", self._word())),
            "Size": lambda: rng.choice((0, 1, 2, 3, 4, 5, 7, 9, 12)),
            "Natural": lambda: rng.choice((0, 1, rng.randrange(2, 30), rng.randrange(2, 30), rng.randrange(30, 200))),
            "bool": lambda: rng.random() < 0.5,
            **{name: partial(rng.choice, values) for name, values in kinds.items()},
        }

    def draw(self, types: Sequence[str]) -> tuple[Any, ...]:
        """One value of each type, in the notation of schemas: `list[T]`, `dict[str, int]`, `Text`.

        Raises:
            ConfigError: A type is not known.
        """
        values = [self._value(_parsed(one)) for one in types]
        items = next((value for value, type_ in zip(values, types, strict=True) if type_ == "list[T]"), ())
        if items and "T" in types and self._rng.random() < 0.7:  # An item, or a part of one, is worth comparing with.
            item = self._rng.choice(items)
            ends = (item[:2], item[-1:], item) if isinstance(item, str) else (item,)
            values[types.index("T")] = self._rng.choice(ends)
        return tuple(values)

    def _value(self, node: ast.expr) -> Any:
        rng = self._rng
        match node:
            case ast.Name("T"):
                return self._makers[self._item]()
            case ast.Name(name) if name in self._makers:
                return self._makers[name]()
            case ast.Subscript(ast.Name("list"), ast.Subscript(ast.Name("list"), inside)):
                width = rng.choice((1, 2, 3, 3, 4))
                return [[self._value(inside) for _ in range(width)] for _ in range(rng.choice((1, 2, 2, 3, 3, 4)))]
            case ast.Subscript(ast.Name("list" | "NonEmpty" as kind), inside):
                lengths = (0, 1, 2, 3, 4, 5, 5, 6, 7, 8)
                values = [self._value(inside) for _ in range(rng.choice(lengths[kind == "NonEmpty" :]))]
                if len(values) > 2 and rng.random() < 0.4:  # Equal items, which ties and counts need.
                    values[rng.randrange(len(values))] = values[rng.randrange(len(values))]
                return values
            case ast.Subscript(ast.Name("tuple"), ast.Tuple(parts)):
                return tuple(self._value(part) for part in parts)
            case ast.Subscript(ast.Name("dict"), ast.Tuple([key, inside])):
                return {self._value(key): self._value(inside) for _ in range(rng.choice((0, 1, 2, 3, 4, 5)))}
        raise ConfigError(f"no argument of the type `{ast.unparse(node)}` can be made")

    def _int(self) -> int:
        rng = self._rng
        if self._numbers and rng.random() < 0.5:
            near = int(rng.choice(self._numbers))
            return near * rng.choice((1, 1, 1, 2, 3, -1)) + rng.choice((-1, 0, 0, 1))
        return rng.choice((rng.randrange(-9, 10), rng.randrange(0, 13), rng.randrange(0, 40), rng.randrange(0, 150)))

    def _float(self) -> float:
        rng = self._rng
        if self._numbers and rng.random() < 0.3:
            return float(rng.choice(self._numbers)) + rng.choice((-0.5, 0.0, 0.25))
        return round(rng.choice((rng.uniform(-3, 3), rng.uniform(0, 12))), rng.choice((0, 1, 1, 2)))

    def _word(self) -> str:
        rng = self._rng
        word = rng.choice(WORDS)
        if self._texts and rng.random() < 0.6:
            text = rng.choice(self._texts)
            return rng.choice((text + word, word + text, word[:2] + text + word[2:], text, word[:1] + text + text))
        return rng.choice((word, word, word.lower(), word.upper(), word[: rng.randrange(1, 4)]))

    def _char(self) -> str:
        rng = self._rng
        if self._texts and rng.random() < 0.3:
            return rng.choice(rng.choice(self._texts))
        return rng.choice(
            (rng.choice("aeioubcdxyz"), rng.choice(string.ascii_letters), rng.choice("0123456789" + _MARKS))
        )

    def _text(self) -> str:
        rng = self._rng
        if rng.random() < 0.5:
            return " ".join(self._word() for _ in range(rng.choice((0, 1, 2, 3, 4))))
        return "".join(self._char() for _ in range(rng.choice((1, 3, 5, 6, 8))))
