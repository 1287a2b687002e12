"""Words that fill the holes of schemas: their code, their names, and their wordings in the sentence that needs them."""

import ast
import random
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from hornbook.errors import ConfigError
from hornbook.synthesis.curriculum.inputs import WORDS
from hornbook.synthesis.curriculum.schema import ITEM_KINDS

NOUNS = {
    "int": ("number", "integer", "number", "integer", "element", "value"),
    "float": ("number", "value", "number", "element"),
    "str": ("word", "string", "word", "string", "element"),
    "Char": ("character",),
}
"""Kind of item → what it is called."""
_LETTERS = tuple(repr(letter) for letter in "aeiostrnldmpcb")
_VERBS = {"has": "have", "does": "do", "lies": "lie"}
_PLAIN_SHARE = 0.25
"""Of maps that give the kind that they take: those that change nothing, as in `the sum of the numbers`."""
_RANGE = re.compile(r"(-?\d+)\.\.(-?\d+)")
_IS_NEGATIVE = re.compile(r"\b(not|no|never)\b|!=|< A or|len\(set")
"""In a word's key or wording: what is negative already."""
_CONSTANT = re.compile(r"\b[ABK]\b")


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the lexicon."""

    role: str
    """`int` for a predicate of integers, `int>str` for a map from integers to strings."""
    code: str
    """An expression of `x`, of a second value `y` where it takes two, and of the constants A, B and K."""
    tag: str
    wordings: tuple[str, ...]
    constants: tuple[Mapping[str, str], ...]
    """Each a value of every constant, as Python writes it; one empty mapping where there is none."""
    is_new: bool = False
    """Whether training never shows these wordings."""


@dataclass(frozen=True, slots=True)
class Word:
    """What fills a hole: an entry with its constants, or several joined, and how it is worded."""

    code: str
    tag: str
    wording: str
    """A verb phrase or `~` with an adjective, for a predicate; a noun phrase with X, for a map."""
    key: str
    """The same for all wordings: `int|x > K|5`."""
    is_new: bool = False
    """Whether training never shows this wording."""

    @property
    def is_map(self) -> bool:
        """Whether it gives a value, not a truth value."""
        return ">" in self.key.partition("|")[0]


def read_lexicon(text: str) -> dict[str, tuple[Entry, ...]]:
    """The entries of a lexicon by their roles.

    Args:
        text: Lines as `words.py` describes them; empty lines and those that begin with `#` are skipped.

    Raises:
        ConfigError: A line is not as described; the message names it.
    """
    found: dict[str, list[Entry]] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip() and not line.lstrip().startswith("#"):
            try:
                entry = _read_entry(line)
                ast.parse(entry.code, mode="eval")
            except (ValueError, SyntaxError) as error:
                raise ConfigError(f"line {number} of the lexicon cannot be read ({error}): {line.strip()!r}") from None
            for kind in ITEM_KINDS if "[T]" in entry.role else ("",):
                role = entry.role.replace("[T]", f"[{kind}]")
                found.setdefault(role, []).append(replace(entry, role=role))
    return {role: tuple(entries) for role, entries in found.items()}


def _read_entry(line: str) -> Entry:
    fields = [field.strip() for field in line.split(" | ")]
    if len(fields) not in (4, 5):
        raise ValueError(f"it has {len(fields)} fields in place of 4 or 5")
    role, code, tag, wordings = fields[:4]
    listed = tuple(wording.strip() for wording in wordings.split("; "))
    is_map = ">" in role
    if is_map and not all("X" in wording or "{K}" in wording for wording in listed):
        raise ValueError("a wording of a map needs an X")
    return Entry(role, code, tag, listed, tuple(_read_constants(fields[4] if len(fields) == 5 else "")))


def _read_constants(text: str) -> Iterable[Mapping[str, str]]:
    if not text:
        yield {}
    elif text == "letters":
        yield from ({"K": letter} for letter in _LETTERS)
    elif match := _RANGE.fullmatch(text):
        yield from ({"K": str(value)} for value in range(int(match[1]), int(match[2]) + 1))
    elif match := re.match(r"([ABK],[ABK]) ", text):
        names = match[1].split(",")
        for pair in text[match.end() :].split():
            yield dict(zip(names, re.findall(r"'[^']*'|[^,]+", pair), strict=True))
    else:
        yield from ({"K": value} for value in re.findall(r"'[^']*'|\S+", text))


def word_of(entry: Entry, constants: Mapping[str, str], wording: str) -> Word:
    """The word that an entry is with these constants, in this wording."""
    code = _CONSTANT.sub(lambda name: constants.get(name[0], name[0]), entry.code)
    tag = "_".join(_in_name(constants[part]) if part in constants else part for part in entry.tag.split("_"))
    said = wording.format(**constants)
    key = f"{entry.role}|{entry.code}|{','.join(constants.values())}"
    return Word(code, re.sub("_+", "_", tag).strip("_"), said, key, entry.is_new)


def _in_name(constant: str) -> str:
    value = ast.literal_eval(constant)
    return (
        value.lower() if isinstance(value, str) and value.isalnum() else re.sub(r"\W", "", constant.replace(".", "_"))
    )


def joined(first: Word, second: Word, connective: str) -> Word:
    """Two predicates with `and` or `or` between them."""
    code = f"({first.code}) {connective} ({second.code})"
    wording = f"{verb_phrase(first.wording)} {connective} {verb_phrase(second.wording)}"
    key = f"({first.key}) {connective} ({second.key})"
    return Word(code, f"{first.tag}_{connective}_{second.tag}", wording, key, first.is_new or second.is_new)


def negated(word: Word) -> Word:
    """The opposite of a predicate."""
    verb, _, rest = verb_phrase(word.wording).partition(" ")
    wording = f"is not {rest}" if verb == "is" else f"does not {_base_of(verb)} {rest}"
    return Word(f"not ({word.code})", f"not_{word.tag}", wording, f"not ({word.key})", word.is_new)


def verb_phrase(wording: str) -> str:
    """A predicate's wording as a verb phrase in the singular."""
    return f"is {wording[1:]}" if wording.startswith("~") else wording


def plural(phrase: str) -> str:
    """A verb phrase in the plural, verbs behind `and` and `or` included: `is even or has` → `are even or have`."""
    parts = re.split(r"( (?:and|or) )(?=(?:is|has|does|lies|[a-z]+s) )", phrase)
    return "".join(part if part.startswith(" ") else _plural_clause(part) for part in parts)


def _plural_clause(phrase: str) -> str:
    verb, _, rest = phrase.partition(" ")
    if verb != "is":
        return f"{_base_of(verb)} {rest}".replace(" its ", " their ").rstrip()
    negation = "not " if rest.startswith("not ") else ""
    nouns = re.split(r" (or|but not) (?=an? )", rest.removeprefix(negation))
    return f"are {negation}" + " ".join(re.sub(r"^an? (.*?)(?= of | in |$)", r"\1s", noun) for noun in nouns).replace(
        " its ", " their "
    )


def _base_of(verb: str) -> str:
    """`contains` → `contain`."""
    return _VERBS.get(verb, verb.removesuffix("s"))


class Said:
    """A predicate, map or noun in a schema's sentence. The format's specification selects its form.

    Nouns: `{x}` number, `{x:s}` numbers.
    Predicates: `{p}` is even, `{p:s}` are even, `{p:one}` even number, `{p:many}` even numbers.
    Maps: `{f}` its square, as the square of it; `{f:each number}` the square of each number.
    With two values, the second one stands behind a bar: `{r:many|k}` numbers above k, `{f:a|b}` the sum of a and b.
    """

    def __init__(self, noun: str, word: Word | None = None) -> None:
        self._noun = noun
        self._word = word

    def __format__(self, specification: str) -> str:
        if self._word is None:
            return f"{self._noun}s" if specification == "s" else self._noun
        specification, _, second = specification.partition("|")
        wording = re.sub(r"\bY\b", second, self._word.wording)
        if self._word.is_map:
            return re.sub(r"\bX\b", specification or "it", wording)
        if specification in ("one", "many"):
            noun = self._noun if specification == "one" else f"{self._noun}s"
            if wording.startswith("~"):
                return f"{wording[1:]} {noun}"
            phrase = wording if specification == "one" else plural(wording)
            return f"{noun} that {phrase}"
        phrase = verb_phrase(wording)
        return plural(phrase) if specification == "s" else phrase


def draw_word(entries: Sequence[Entry], rng: random.Random, wording: random.Random) -> Word:
    """A random word; a predicate is at times joined with another one or negated, and a map changes nothing.

    Args:
        entries: Of one role.
        rng: Chooses entries and constants.
        wording: Chooses among wordings, so that one program can be told in other words.
    """
    first = _draw(entries, rng, wording)
    takes, _, gives = entries[0].role.partition(">")
    chance = rng.random()
    if gives:
        return Word("x", "", "X", f"{entries[0].role}|x|") if takes == gives and chance < _PLAIN_SHARE else first
    if "," in takes and chance >= 0.12:  # What two relations say of one value is hard to read.
        return first
    if chance < 0.12 and not _IS_NEGATIVE.search(f"{first.key} {first.wording}"):
        return negated(first)
    if chance < 0.32:
        connective = rng.choice(("and", "or"))
        drawn = (_draw(entries, rng, wording) for _ in range(9))
        second = next((one for one in drawn if _is_worth_joining(first, one, connective, entries[0].role)), None)
        return first if second is None else joined(first, second, connective)
    return first


_VALUES: Mapping[str, Sequence[Any]] = {
    "int": range(-12, 131),
    "float": [number / 4 for number in range(-24, 60)],
    "str": WORDS,
    "Char": [chr(code) for code in range(32, 127)],
}


def _is_worth_joining(first: Word, second: Word, connective: str, role: str) -> bool:
    """Whether, on some values, neither predicate implies the other, and both together say something."""
    if role not in _VALUES:
        return first.code != second.code
    pairs = set(zip(_truths(first.code, role), _truths(second.code, role), strict=True))
    return pairs >= {(True, False), (False, True), (connective == "and",) * 2}


@lru_cache(maxsize=4096)
def _truths(code: str, role: str) -> tuple[bool, ...]:
    test = eval(f"lambda x: {code}")
    return tuple(bool(test(value)) for value in _VALUES[role])


def _draw(entries: Sequence[Entry], rng: random.Random, wording: random.Random) -> Word:
    entry = rng.choice(entries)
    return word_of(entry, rng.choice(entry.constants), wording.choice(entry.wordings))
