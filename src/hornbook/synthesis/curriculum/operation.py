"""A typed operation: what it means, how code writes it, how English says it.

Templates name their parts with a dollar sign: `$x` is the value that the operation takes, `$v` a member of it, `$out`
the variable that receives the result, and any other name a parameter of the operation. A phrase may hold a second
version after a bar, used where the sentence refers back to the value with a pronoun: `the order of $x|their order`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from hornbook.synthesis.curriculum.kinds import Kind

_NAME = re.compile(r"(?<![$.\w\"])[a-z_]\w*")
_PLACE = re.compile(r"\$([a-z]+)")


class Form(StrEnum):
    """How an operation works on its value; members of a run of `MAP` and `FILTER` fuse into one loop."""

    MAP = "map"
    FILTER = "filter"
    FOLD = "fold"
    WHOLE = "whole"
    YIELD = "yield"
    """It hands its results out one at a time and ends a chain: the function is a generator."""
    GUARD = "guard"
    """It refuses some values and hands the others on; it begins a chain."""
    STATE = "state"
    """It reads or changes what an object holds; it begins a chain: the function is a method."""


class Family(StrEnum):
    """The family of concepts that an operation belongs to."""

    INTEGERS = "integers"
    CONDITIONS = "conditions"
    LISTS = "lists"
    STRINGS = "strings"
    WORDS = "lists of words"
    DICTIONARIES = "dictionaries"
    NESTED = "nested lists"
    RECURSION = "recursion"
    NUMBER_THEORY = "number theory"
    BITS = "bit operations"
    DATES = "dates and times"
    SETS = "sets and tuples"
    MATRICES = "matrices"
    SEARCHING = "searching and sorting"
    PARSING = "parsing"
    SIMULATION = "simulation"
    CLASSES = "classes"
    GENERATORS = "generators"
    ERRORS = "error handling"


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """A constant of an operation, drawn from `choices`, or given to the function as an argument."""

    name: str
    kind: Kind = Kind.NUMBER
    choices: tuple[int | str, ...] = ()
    """Literals; empty if the parameter is always an argument."""
    argument_names: tuple[str, ...] = ()
    """Empty if the parameter is always a literal."""
    properties: frozenset[str] = frozenset()
    """Properties that an argument in its place must have."""


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One typed operation of the world."""

    name: str
    family: Family
    takes: Kind
    gives: Kind
    form: Form
    code: tuple[str, ...]
    """Expressions of equal meaning: of the member for `MAP`, a condition for `FILTER`, of the value otherwise.

    For `YIELD` an iterable, for `GUARD` the condition under which it refuses."""
    blocks: tuple[str, ...] = ()
    """Statements that set `$out`: of a whole value, or `start\\n---\\nupdate\\n---\\nfinish` for `FOLD`.

    For `YIELD` statements that yield, in either form; for `STATE` statements that change `$x` where it is."""
    nouns: tuple[str, ...]
    """Noun phrases for the result."""
    acts: tuple[str, ...]
    """Imperative phrases, lower case."""
    adjective: str = ""
    """A filter's adjective: `even`."""
    clauses: tuple[str, ...] = ()
    """A filter's clauses behind the noun: `greater than $k`."""
    head: tuple[str, str] | None = None
    """The result as a noun and what follows it (`digits`, `of $x`), if adjectives and clauses may attach to it."""
    fragments: tuple[str, ...]
    """Parts of a function's name."""
    result: str
    """Name of a variable that holds the result."""
    parameters: tuple[Parameter, ...] = ()
    needs: frozenset[str] = frozenset()
    """Properties that the value must have."""
    adds: frozenset[str] = frozenset()
    """Properties of the result."""
    keeps: frozenset[str] = frozenset()
    """Properties that the result has if the value has them."""
    avoids: frozenset[str] = frozenset()
    """Properties of the value that would make the operation pointless."""
    group: str = ""
    """Operations of one group do not meet in a task."""
    empty: tuple[str, str] | None = None
    """What the result is for an empty value, and what it stands for: (`0`, `the largest number`)."""
    note: str = ""
    """A sentence without which the description would be open to doubt."""
    last: bool = False
    """Nothing sensible follows."""
    state: str = ""
    """For `STATE`: what the object holds afterwards, where that is not the result."""
    refusal: str = ""
    """For `GUARD`: the exception that it raises with the message `$m`; empty if the function returns None."""
    is_endless: bool = False
    """For `YIELD`: whether it never stops by itself."""
    longest: int = 0
    """The most members of a list that it is run on, where its time grows faster than any power of them; 0 for any."""
    difficulty: int = 2
    """1 (a first lesson) to 4 (an algorithm that takes thought), of the operation on its own."""

    @cached_property
    def local_names(self) -> frozenset[str]:
        """The names that the operation's own text uses: arguments and results must have others."""
        return frozenset(name for text in (*self.code, *self.blocks, self.state) for name in _NAME.findall(text))

    @cached_property
    def counts(self) -> bool:
        """Whether it has a loop whose length may depend on the size of a number."""
        return any("range(" in text or "while" in text for text in (*self.code, *self.blocks))

    @property
    def is_one_use(self) -> bool:
        """Whether every expression mentions the value once, so that any expression may stand in its place."""
        return all(code.count("$x") == 1 for code in self.code)


def fill(template: str, values: Mapping[str, str]) -> str:
    """Put `values` into a template's places; a place without a value stays."""
    return _PLACE.sub(lambda match: values.get(match[1], match[0]), template)


def fill_code(template: str, values: Mapping[str, str]) -> str:
    """Put expressions into a template of code, indenting nothing, in brackets where precedence asks for them."""

    def put(match: re.Match[str]) -> str:
        value = values.get(match[1])
        if value is None:
            return match[0]
        return value if is_atom(value) or _stands_alone(template, match) else f"({value})"

    return _PLACE.sub(put, template)


def is_name(expression: str) -> bool:
    """Whether an expression is a name, or an attribute reached by names: `values`, `self.items`."""
    return all(part.isidentifier() for part in expression.split("."))


def is_atom(expression: str) -> bool:
    """Whether an expression can stand anywhere without brackets: a name, literal, call or bracketed display."""
    if re.fullmatch(r"-?[\w.]+|\"[^\"]*\"", expression):
        return not expression.startswith("-")
    if not re.match(r"[\w.]*[\(\[\{]|\"[^\"]*\"\.\w+\(", expression):
        return False
    depth = 0
    quoted = False
    for position, character in enumerate(expression):
        if character == '"':
            quoted = not quoted
        elif quoted:
            continue
        elif character in "([{":
            depth += 1
        elif character in ")]}":
            depth -= 1
            rest = expression[position + 1 :]
            if depth == 0 and rest and rest[0] not in ".[(":
                return False
        elif depth == 0 and not (character.isalnum() or character in "_."):
            return False
    return True


def _stands_alone(template: str, match: re.Match[str]) -> bool:
    before, after = template[: match.start()], template[match.end() :]
    opens = before == "" or before.endswith(("(", "[", ", ", "= ", "return ", "yield "))
    closes = after == "" or after[0] in ")],\n"
    return opens and closes
