"""Names of functions, arguments and variables: common ones, abbreviations, single letters, and words that do not exist.

A model that has seen a few names only cannot copy others; so most names are drawn from thousands.
"""

import builtins
import keyword
import random
from collections.abc import Callable, Iterable, Mapping

_BY_TYPE: Mapping[str, tuple[str, ...]] = {
    "list[int]": (
        "numbers",
        "nums",
        "values",
        "lst",
        "arr",
        "xs",
        "items",
        "data",
        "l",
        "a",
        "ints",
        "sequence",
        "array",
    ),
    "list[float]": ("numbers", "values", "nums", "lst", "arr", "xs", "measurements", "data", "samples", "prices"),
    "list[str]": (
        "words",
        "strings",
        "lst",
        "texts",
        "names",
        "items",
        "tokens",
        "xs",
        "arr",
        "strs",
        "labels",
        "lines",
    ),
    "Text": ("text", "s", "string", "sentence", "message", "txt", "line", "input_string", "content", "phrase"),
    "str": ("word", "s", "text", "string", "name", "token", "w"),
    "int": ("n", "number", "num", "x", "value", "k", "a", "b", "m", "limit", "i"),
    "Size": ("n", "k", "size", "count", "length", "num", "m"),
    "Natural": ("n", "number", "num", "x", "value", "m", "limit"),
    "float": ("x", "value", "number", "threshold", "y", "amount"),
    "list[list[int]]": ("matrix", "grid", "rows", "table", "m", "mat", "lists"),
    "dict[str, int]": ("counts", "scores", "d", "table", "prices", "mapping", "ages", "stock", "dictionary"),
}
_SYNONYMS: Mapping[str, tuple[str, ...]] = {
    "x": ("x", "item", "value", "v", "n", "num", "w", "c", "element", "e", "el", "elem", "current"),
    "total": ("total", "result", "s", "acc", "res", "total_sum", "running"),
    "result": ("result", "res", "out", "output", "ans", "answer", "found", "r"),
    "count": ("count", "c", "cnt", "counter", "num", "n"),
    "i": ("i", "index", "idx", "j", "pos", "k"),
    "best": ("best", "winner", "top", "ans", "current_best", "chosen"),
    "first": ("first", "left", "yes", "head", "a"),
    "second": ("second", "right", "no", "rest", "b"),
    "found": ("found", "flag", "ok", "is_found", "result"),
    "value": ("value", "v", "val", "y", "key"),
    "matches": ("matches", "condition", "check", "is_valid", "keep", "ok"),
}
_SYLLABLES_TEXT = (
    "ba be bi bo ca ce co cu da de di do du fa fe fi fo ga ge go gu ha he ho ja jo ka ke ki ko la le li lo lu ma me "
    "mi mo mu na ne ni no nu pa pe pi po qua ra re ri ro ru sa se si so su ta te ti to tu va ve vi vo wa we wi xa xe "
    "ya yo za ze zo bra cli dro fle gri plu sta tri"
)
_SYLLABLES = _SYLLABLES_TEXT.split()
_ENDINGS = ("", "", "", "n", "r", "s", "l", "t", "x", "m")
_SUFFIXES = ("_list", "_values", "s", "_in", "2", "_1", "_arr", "_data", "")
_TAKEN = frozenset(keyword.kwlist) | frozenset(dir(builtins)) | {"check", "candidate"}
MADE_UP_SHARE = 0.5
"""Of the names of arguments: how many are drawn from letters and syllables."""


def made_up(rng: random.Random) -> str:
    """A letter, an abbreviation, or a word of one to three syllables: one of some hundred thousand names."""
    chance = rng.random()
    if chance < 0.12:
        return rng.choice("abcdefghkmnpqrstuvwxyz")
    word = "".join(rng.choice(_SYLLABLES) for _ in range(rng.choice((1, 2, 2, 2, 3)))) + rng.choice(_ENDINGS)
    if chance < 0.3:
        return "".join(letter for letter in word if letter not in "aeiou")[:4] or word
    return word + rng.choice(_SUFFIXES) if chance < 0.5 else word


def name_arguments(types: Iterable[str], is_allowed: Callable[[str], bool], rng: random.Random) -> list[str]:
    """Different names for arguments of these types, none of them a keyword or built-in function, all allowed."""
    used: set[str] = set()
    names: list[str] = []
    for one in types:
        pool = _BY_TYPE.get(one, ("value", "data", "items", "arg"))
        while True:
            name = made_up(rng) if rng.random() < MADE_UP_SHARE else rng.choice(pool)
            if name not in _TAKEN and name not in used and is_allowed(name):
                break
        used.add(name)
        names.append(name)
    return names


def rename_locals(names: Iterable[str], taken: Iterable[str], rng: random.Random) -> dict[str, str]:
    """Another name for each variable of a body: a synonym, at times its own."""
    used = set(taken)
    renamed: dict[str, str] = {}
    for name in names:
        pool = [one for one in _SYNONYMS.get(name, (name,)) if one not in used and one not in _TAKEN]
        choice = rng.choice(pool) if pool and rng.random() < 0.8 else name
        while choice in used:
            choice = f"{choice}_{len(used)}"
        used.add(choice)
        renamed[name] = choice
    return renamed
