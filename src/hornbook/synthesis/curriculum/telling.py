"""Tell a task in words: one of its schema's tellings, in one of many voices, with names for what it takes."""

import random
import re
from collections.abc import Callable, Mapping, Sequence

from hornbook.synthesis.curriculum.lexicon import NOUNS, Said
from hornbook.synthesis.curriculum.schema import Parameter
from hornbook.synthesis.curriculum.task import Task

_COLLECTIONS = {"int": "list of numbers", "float": "list of floats", "str": "list of words"}
_NOUNS_OF_TYPES = {
    "Text": "string",
    "str": "string",
    "int": "number",
    "Size": "number",
    "Natural": "number",
    "float": "number",
    "list[list[int]]": "matrix",
    "dict[str, int]": "dictionary",
    "Char": "character",
}
_NOT_AN = re.compile(r"^(uni|one|use|eu)", re.IGNORECASE)
_NO_VERBS = frozenset(("A", "Among", "An", "Each", "For", "From", "If", "In", "The", "Two", "With"))
"""First words of sentences that are no commands."""
_SECOND_VERB = re.compile(
    r"(, | and |; |: )(take|add|return|join|put|keep|go|copy|write|collect|find|count|stop|give|compute|multiply|"
    r"subtract|leave|but|then|look|order|merge|skip|compare|raise|remove|move|drop|always)\b"
)
_LOWER_LATER = re.compile(r"^[A-Z](?=[a-z])")


def noun_of_argument(parameter: Parameter, item: str) -> str:
    """What an argument is called: `list of numbers`."""
    if parameter.type in ("T", "list[T]"):
        return _COLLECTIONS[item] if parameter.type == "list[T]" else NOUNS[item][0]
    if match := re.fullmatch(r"list\[(int|float|str)\]", parameter.type):
        return _COLLECTIONS[match[1]]
    if match := re.fullmatch(r"list\[(\w+)\]", parameter.type):
        return f"list of {_noun_of_kind(match[1])}s"
    return _NOUNS_OF_TYPES.get(parameter.type) or _noun_of_kind(parameter.type)


def _noun_of_kind(name: str) -> str:
    """What a user's type is called: `ChessSquare` → `chess square`."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower() if name.isidentifier() else "value"


def tell(task: Task, names: Mapping[str, str], rng: random.Random) -> str:
    """The task in one or more sentences.

    Args:
        task: What is told.
        names: Argument of the schema → its name in the function.
        rng: Chooses the telling, the voice, and how arguments are mentioned.
    """
    kind = task.item or _kind_of_items(task)
    noun = rng.choice(NOUNS.get(kind) or (_noun_of_kind(kind),))
    fields: dict[str, object] = {"x": Said(noun), **task.constants}
    for hole in task.schema.holes:
        if hole.name in task.words:
            takes = hole.type.partition("[")[2].partition(",")[0].removesuffix("]")
            fields[hole.name] = Said("character" if takes == "Char" else noun, task.words[hole.name])
    arguments = task.schema.arguments
    mention = rng.choice(_mentions(arguments, task.item))
    fields |= {one.name: f"<{one.name}>" for one in arguments}  # Filled in later: `a` may be an argument's name.
    text = _with_articles(rng.choice(task.schema.tellings).format(**fields))
    for one in arguments:
        text = text.replace(f"<{one.name}>", mention(one, names[one.name]))
    return rng.choice(VOICES)(text, _listed(arguments, names, task.item))


def _kind_of_items(task: Task) -> str:
    types = " ".join(one.type for one in task.schema.parameters)
    found = re.findall(r"\[(\w+)", types)
    return next((kind for kind in ("Char", "float", "str", "int") if kind in found), found[0] if found else "int")


def _mentions(arguments: Sequence[Parameter], item: str) -> list[Callable[[Parameter, str], str]]:
    """Ways to mention an argument in a sentence."""
    nouns = [noun_of_argument(one, item) for one in arguments]
    ways: list[Callable[[Parameter, str], str]] = [
        lambda _, name: f"`{name}`",
        lambda _, name: name,
        lambda _, name: name,
        lambda one, name: f"the {noun_of_argument(one, item).partition(' of ')[0]} {name}",
        lambda one, name: f"the {noun_of_argument(one, item).partition(' of ')[0]} `{name}`",
    ]
    if len(set(nouns)) == len(nouns):
        ways += [
            lambda one, _: f"the given {noun_of_argument(one, item).partition(' of ')[0]}",
            lambda one, _: f"the {noun_of_argument(one, item).partition(' of ')[0]}",
        ]
    return ways


def _with_articles(text: str) -> str:
    """`a even number` → `an even number`, `an number` → `a number`."""

    def right(match: re.Match[str]) -> str:
        word = match[2]
        is_vowel = word[0].lower() in "aeiou" and not _NOT_AN.match(word)
        return f"{match[1]}{'n' if is_vowel else ''} {word}"

    return re.sub(r"\b([Aa])n? ([A-Za-z][\w-]*)", right, text)


def _listed(arguments: Sequence[Parameter], names: Mapping[str, str], item: str) -> str:
    """`a list of numbers xs and a number k`."""
    parts = [f"{_with_articles(f'a {noun_of_argument(one, item)}')} {names[one.name]}" for one in arguments]
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def _third_person(text: str) -> str:
    """`Return the sum` → `Returns the sum`."""
    verb, _, rest = text.partition(" ")
    ending = "es" if verb.endswith(("ch", "s", "x", "sh")) or verb == "Go" else "s"
    return f"{verb}{ending} {rest}"


def _lowered(text: str) -> str:
    return _LOWER_LATER.sub(lambda letter: letter[0].lower(), text)


def _is_command(text: str) -> bool:
    """Whether it is one sentence with one verb that commands, at its beginning."""
    is_single = ". " not in text and not _SECOND_VERB.search(text)
    return is_single and text.partition(" ")[0] not in _NO_VERBS


def _function_that(text: str, _arguments: str) -> str:
    return f"Write a function that {_lowered(_third_person(text))}" if _is_command(text) else text


def _returns(text: str, _arguments: str) -> str:
    return _third_person(text) if _is_command(text) else text


VOICES: tuple[Callable[[str, str], str], ...] = (
    lambda text, _: text,
    lambda text, _: text,
    lambda text, _: text,
    lambda text, arguments: f"You are given {arguments}. {text}",
    lambda text, arguments: f"Given {arguments}, {_lowered(text)}",
    lambda text, _: f"Your task is to {_lowered(text)}" if text.partition(" ")[0] not in _NO_VERBS else text,
    lambda text, arguments: f"The function takes {arguments}. {text}",
    _function_that,
    _returns,
)
"""Each makes of an imperative and a list of the arguments what the docstring says."""
