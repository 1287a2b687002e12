"""Tell a task in words: one of its schema's tellings, in one of many voices, with names for what it takes."""

import random
import re
from collections.abc import Mapping, Sequence

from hornbook.synthesis.curriculum.lexicon import NOUNS, Said
from hornbook.synthesis.curriculum.schema import Parameter
from hornbook.synthesis.curriculum.task import Task

_COLLECTIONS: Mapping[str, tuple[str, ...]] = {
    "int": ("list of numbers", "list of integers", "list of numbers", "array of integers", "sequence of numbers"),
    "float": ("list of floats", "list of numbers", "array of numbers"),
    "str": ("list of words", "list of strings", "array of strings"),
    "Numeral": ("list of strings",),
}
_NOUNS_OF_TYPES: Mapping[str, tuple[str, ...]] = {
    "Text": ("string", "string", "text"),
    "str": ("string", "word"),
    "int": ("number", "integer"),
    "Size": ("number", "integer", "non-negative integer"),
    "Natural": ("number", "integer", "non-negative integer"),
    "float": ("number",),
    "list[list[int]]": ("matrix", "list of lists", "grid"),
    "dict[str, int]": ("dictionary", "dictionary", "mapping"),
    "Char": ("character",),
}
_NOT_AN = re.compile(r"^(uni|one|use|eu)", re.IGNORECASE)
_NO_VERBS = frozenset(("A", "Among", "An", "Each", "For", "From", "If", "In", "The", "Two", "With"))
"""First words of sentences that are no commands."""
_SYNONYMS_TEXT = r"""
^Return(?= the| how many| a list| every| each) | Return ; Return ; Find ; Get ; Compute ; Output ; Give
^Check (?:if|whether)\b | Check if ; Check whether ; See if ; Determine whether ; Test if ; Tell whether
\b[Rr]eturn True if\b | return True if ; return true if ; return True exactly if ; return True when ; answer True if
(?<!\d )\b[Ee]ach\b(?! other| of| group| time| equally| as) | each ; every
\b[Ee]very\b(?! other) | every ; each
\b(?:greatest|largest)\b | greatest ; largest ; biggest ; highest
\bsmallest\b | smallest ; lowest ; least
\bthe sum of\b | the sum of ; the sum of ; the total of ; the sum over
\bthe number of\b(?! times| occurrences) | the number of ; the count of
\bin the same order\b | in the same order ; keeping their order ; in their original order
\b[Ii]f there is none\b | if there is none ; if none exists ; if there isn't any ; when there is none
\bif there is no such\b | if there is no such ; if there isn't any such ; when there is no such
\ba list with\b | a list with ; a list of ; a list containing ; a list that contains
\ba new list\b | a new list ; another list ; a list
^Count\b | Count ; Count up ; Find the number of ; Return the number of
^Build\b | Build ; Create ; Make ; Construct
^Find\b | Find ; Return ; Get ; Look for
^(?:Take|Compute)(?= the\b| each\b| every\b) | Take ; Compute ; Calculate ; Determine
\b[Oo]therwise return False\b | otherwise return False ; and False otherwise ; else return False
, otherwise False\b | , otherwise False ; , False otherwise ; , else False ; , and False if not
\band keep only\b | and keep only ; and only keep ; so that only those remain:
\bas a tuple\b | as a tuple ; in a tuple
\bin increasing order\b | in increasing order ; in ascending order ; from smallest to largest
\bin ascending order\b | in ascending order ; in increasing order ; sorted upwards
\bas often as\b | as often as ; as many times as
\bat least one\b | at least one ; one or more
\ball\b(?= \w{3,}s in\b) | all ; all the ; all of the
^Go through\b | Go through ; Iterate over ; Loop over ; Walk through
^Remove\b | Remove ; Delete ; Drop ; Discard
^Sort\b | Sort ; Order ; Arrange
^(?:Split|Divide)\b | Split ; Divide ; Separate
\bfrom the left\b | from the left ; from left to right ; from the beginning ; starting on the left
\band return\b | and return ; then return ; and give back
Return the result\. | Return the result. ; Give back the result. ; The result is returned.
Return the list\. | Return the list. ; Return this list. ; The list is the result.
"""
"""A pattern of a sentence, and what can stand in its place."""
_SYNONYMS = [
    (re.compile(pattern), choices.split(" ; "))
    for pattern, _, choices in (line.partition(" | ") for line in _SYNONYMS_TEXT.strip().splitlines())
]
_FILLERS = (
    "The input can be empty.",
    "The argument must not be changed.",
    "You can assume that the arguments are valid.",
    "Think about edge cases.",
    "Efficiency does not matter.",
    "Only the standard library is needed.",
    "Please write clean code.",
    "Note that the input can be long.",
)
_FILLER_SHARE = 0.08
"""Of tasks: those with a sentence that says nothing about them."""
_TELEGRAPH_SHARE = 0.06
"""Of tasks: those told without `the`."""
_ARTICLE = re.compile(r"\bthe (?=[a-z])")
_ONE = re.compile(r"(?<!of )(?<!many )\b1 (digit|decimal|decimal place|character|vowel|bit|place|step)s\b")
_SECOND_VERB = re.compile(
    r"(, | and | then |; |: )(take|add|return|join|put|keep|go|copy|write|collect|find|count|stop|give|compute|"
    r"multiply|subtract|leave|but|then|look|order|merge|skip|compare|raise|remove|move|drop|always)\b"
)


def _nouns_of(parameter: Parameter, item: str) -> tuple[str, ...]:
    """What an argument may be called: `list of numbers`."""
    if parameter.type == "T":
        return NOUNS[item][:1]
    if match := re.fullmatch(r"(?:list|NonEmpty)\[(\w+)\]", parameter.type):
        kind = item if match[1] == "T" else match[1]
        return _COLLECTIONS.get(kind) or (f"list of {_noun_of_kind(kind)}s",)
    return _NOUNS_OF_TYPES.get(parameter.type) or (_noun_of_kind(parameter.type),)


def _noun_of_kind(name: str) -> str:
    """What a user's type is called: `ChessSquare` → `chess square`."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower() if name.isidentifier() else "value"


def tell(task: Task, names: Mapping[str, str], rng: random.Random) -> str:
    """The task in one or more sentences; `names` maps arguments of the schema to their names in the function."""
    kind = task.item or _kind_of_items(task)
    noun = rng.choice(NOUNS.get(kind) or (_noun_of_kind(kind),))
    fields: dict[str, object] = {"x": Said(noun), **task.constants}
    for hole in task.schema.holes:
        if hole.name in task.words:
            takes = hole.type.partition("[")[2].partition(",")[0].removesuffix("]")
            fields[hole.name] = Said("character" if takes == "Char" else noun, task.words[hole.name])
    arguments = task.schema.arguments
    nouns = {one.name: rng.choice(_nouns_of(one, task.item)) for one in arguments}
    mentions = _mentions(nouns, names, rng)
    fields |= {one.name: f"<{one.name}>" for one in arguments}  # Filled in later: `a` may be an argument's name.
    text = _with_articles(rng.choice(task.schema.tellings).format(**fields))
    text = _ONE.sub(r"1 \1", _reworded(text, rng))
    if rng.random() < _TELEGRAPH_SHARE:
        text = _ARTICLE.sub("", text)
    for one in arguments:
        text = text.replace(f"<{one.name}>", mentions[one.name])
    if rng.random() < _FILLER_SHARE:
        text = f"{text} {rng.choice(_FILLERS)}"
    return rng.choice(_voices(text, _listed(nouns, names)))


def _reworded(text: str, rng: random.Random) -> str:
    """The text with other phrases of the same meaning; capital letters stay where they are."""

    def other(match: re.Match[str], choices: Sequence[str]) -> str:
        chosen = rng.choice(choices)
        return chosen[0].upper() + chosen[1:] if match[0][0].isupper() else chosen

    for pattern, choices in _SYNONYMS:
        text = pattern.sub(lambda match, choices=choices: other(match, choices), text)  # type: ignore[misc]
    return text


def _kind_of_items(task: Task) -> str:
    types = " ".join(one.type for one in task.schema.parameters)
    found = re.findall(r"\[(\w+)", types)
    return next((kind for kind in ("Char", "float", "str", "int") if kind in found), found[0] if found else "int")


def _mentions(nouns: Mapping[str, str], names: Mapping[str, str], rng: random.Random) -> dict[str, str]:
    """Argument of the schema → how sentences mention it, all in the same way."""
    ways = ["`{name}`", "{name}", "{name}", "the {noun} {name}", "the {noun} `{name}`"]
    if len(set(nouns.values())) == len(nouns):
        ways += ["the given {noun}", "the {noun}"]
    way = rng.choice(ways)
    return {one: way.format(name=names[one], noun=noun.partition(" of ")[0]) for one, noun in nouns.items()}


def _with_articles(text: str) -> str:
    """`a even number` → `an even number`, `an number` → `a number`."""

    def right(match: re.Match[str]) -> str:
        word = match[2]
        is_vowel = word[0].lower() in "aeiou" and not _NOT_AN.match(word)
        return f"{match[1]}{'n' if is_vowel else ''} {word}"

    return re.sub(r"\b([Aa])n? ([A-Za-z][\w-]*)", right, text)


def _listed(nouns: Mapping[str, str], names: Mapping[str, str]) -> str:
    """`a list of numbers xs and a number k`."""
    parts = [f"{_with_articles(f'a {noun}')} {names[one]}" for one, noun in nouns.items()]
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def _voices(text: str, arguments: str) -> list[str]:
    """What the docstring may say, made of an imperative and a list of the arguments."""
    verb, _, rest = text.partition(" ")
    ending = "es" if verb.endswith(("ch", "s", "x", "sh")) or verb == "Go" else "s"
    third_person = f"{verb}{ending} {rest}"
    is_imperative = verb not in _NO_VERBS
    is_single = is_imperative and ". " not in text and not _SECOND_VERB.search(text)
    voices = [
        *(text, text, text, text),
        f"You are given {arguments}. {text}",
        f"Given {arguments}, {_lowered(text)}",
        f"The function takes {arguments}. {text}",
        f"For {arguments}, {_lowered(text)}",
        f"We have {arguments}. {text}",
    ]
    if is_imperative:
        voices.append(f"Your task is to {_lowered(text)}")
    if is_single:
        said = _lowered(third_person)
        voices += [
            third_person,
            f"Write a function that {said}",
            f"Create a function which {said}",
            f"Implement a function that {said}",
            f"I need a function that {said}",
            f"Write a function that takes {arguments} and {said}",
            f"This function {said}",
        ]
    return voices


def _lowered(text: str) -> str:
    return re.sub(r"^[A-Z](?=[a-z ])", lambda letter: letter[0].lower(), text)
