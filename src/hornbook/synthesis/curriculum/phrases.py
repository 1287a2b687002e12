"""Say in English what a task asks for: as one noun phrase, as a sentence of steps, or as a numbered list."""

import random
import re
from dataclasses import dataclass, replace

from hornbook.synthesis.curriculum.kinds import WORDS_OF_KIND, Kind
from hornbook.synthesis.curriculum.operation import Form, Operation, fill
from hornbook.synthesis.curriculum.task import Argument, Step, Task

_OWNED = re.compile(r"the ([\w-]+(?: [\w$-]+){0,2}) of \$x(?= (whose|with|that)\b)?")
_SUPERLATIVES = ("largest", "smallest", "first", "last", "second", "most", "longest", "shortest", "maximum", "minimum", "one", "order")
_SOUGHT = ("largest", "smallest", "longest", "shortest", "index", "key", "second", "most", "one", "first", "last")
_PLURAL = (Kind.NUMBERS, Kind.WORDS)
_RESULTING = {
    Kind.NUMBER: "the resulting number",
    Kind.TEXT: "the resulting string",
    Kind.NUMBERS: "the resulting numbers",
    Kind.WORDS: "the resulting strings",
    Kind.COUNTS: "the result",
    Kind.GRID: "the result",
    Kind.NESTED: "the resulting list",
    Kind.FLAG: "the resulting truth value",
}


@dataclass(frozen=True)
class Description:
    """A task in words."""

    sentences: tuple[str, ...]
    """What to do, then the notes and corner cases; each a whole sentence."""
    steps: tuple[str, ...]
    """The same as imperative clauses, one per operation, the last one starting with `return`."""
    result: str
    """A noun phrase for what is returned."""
    num_actions: int
    """How many of `sentences` say what to do; the rest are notes and corner cases."""


@dataclass(frozen=True)
class NounPhrase:
    """A value in words, kept in parts as long as adjectives and clauses may still attach to its noun."""

    text: str
    noun: str = ""
    tail: str = ""
    has_clause: bool = False
    is_argument: bool = False
    is_closed: bool = False
    """Whether it ends with words that would be misread inside a longer phrase."""

    def may_be_embedded(self, operation: Operation) -> bool:
        """Whether a phrase for the operation's result can be built around this one without being misread."""
        if self.has_clause and operation.gives in _PLURAL and operation.form is not Form.FILTER:
            return False
        return not self.is_closed

    @property
    def onward(self) -> str:
        """The phrase as part of a longer one."""
        return f"the {self.noun} {self.tail}" if self.noun else self.text

    @property
    def is_open(self) -> bool:
        """Whether words that follow are sure to be understood of the whole phrase."""
        return self.is_argument or (self.noun != "" and not self.has_clause)

    @property
    def bare(self) -> str:
        """The phrase without its article."""
        return self.onward.removeprefix("the ")


def describe(task: Task, rng: random.Random) -> Description:
    """Put a task into words; which words is drawn from `rng`."""
    start = value_phrase(task.arguments[0], rng)
    nominal = _nominal(task.steps, start, rng)
    clauses = _clauses(task.steps, start, rng)
    if nominal is not None and (len(task.steps) == 1 or rng.random() < 0.5):
        head = _nominal_sentence(nominal, task, rng)
    else:
        head = _sequence(task.steps, start, rng)
    result = nominal if nominal is not None else _last_noun(task.steps[-1], rng)
    return Description((*head, *_notes(task), *_corners(task, rng)), clauses, result, len(head))


def question(step: Step, phrase: NounPhrase, rng: random.Random) -> str:
    """What one operation does, as words that fit behind "how to"."""
    operation = step.operation
    if operation.acts:
        return _act(step, phrase, rng)
    noun = _said(rng.choice(operation.nouns), operation.takes, phrase, step.in_words())
    return f"tell {noun}" if noun.startswith("whether") else f"find {noun}"


def value_phrase(argument: Argument, rng: random.Random) -> NounPhrase:
    """The first argument in words: "the numbers in `values`", or its bare name where it is one value."""
    name = f"`{argument.name}`"
    if argument.kind not in _PLURAL:
        return NounPhrase(name, is_argument=True)
    noun = rng.choice(WORDS_OF_KIND[argument.kind].units)
    return NounPhrase(f"the {noun} in {name}", noun, f"in {name}")


def _nominal(steps: tuple[Step, ...], start: NounPhrase, rng: random.Random) -> str | None:
    phrase: NounPhrase | None = start
    for step in steps:
        assert phrase is not None
        phrase = _extend(phrase, step, rng)
        if phrase is None:
            return None
    assert phrase is not None
    return phrase.text if phrase.text.count(" of ") <= 3 else None


def _extend(phrase: NounPhrase, step: Step, rng: random.Random) -> NounPhrase | None:
    """The phrase for a step's result, or none if it could be misread."""
    operation = step.operation
    words = step.in_words()
    if not phrase.may_be_embedded(operation):
        return None
    if operation.form is Form.FILTER:
        return _narrow(phrase, operation, words, rng)
    template = rng.choice(operation.nouns).split("|")[0]
    follows = not (template.endswith("$x") or template.endswith("$bare"))
    if (follows and not phrase.is_open) or (template.count("$x") > 1 and not phrase.is_argument):
        return None
    text = fill(template, {"x": phrase.onward, "bare": phrase.bare, **words})
    if operation.head is not None and phrase.is_argument:
        noun, tail = operation.head
        tail = fill(tail, {"x": phrase.text, **words})
        return NounPhrase(text, noun, tail)
    return NounPhrase(text, is_closed=follows or text.startswith(("a ", "'", "two ", "whether ")))


def _narrow(phrase: NounPhrase, operation: Operation, words: dict[str, str], rng: random.Random) -> NounPhrase | None:
    if not phrase.noun or phrase.has_clause:
        return None
    if operation.adjective and rng.random() < 0.75:
        noun = f"{operation.adjective} {phrase.noun}"
        return replace(phrase, text=f"the {noun} {phrase.tail}", noun=noun)
    clause = fill(rng.choice(operation.clauses), words)
    tail = f"{phrase.tail} {clause}"
    return NounPhrase(f"the {phrase.noun} {tail}", phrase.noun, tail, has_clause=True)


def _sequence(steps: tuple[Step, ...], start: NounPhrase, rng: random.Random) -> tuple[str, ...]:
    """One or two sentences: some operations named by a noun phrase, the others as steps."""
    clauses = list(_clauses(steps, start, rng))
    if len(steps) > 2 and rng.random() < 0.5:
        lead = _nominal(steps[:2], start, rng)
        if lead is not None and len(clauses) > 2:
            clauses = [f"take {lead}", *clauses[2:]]
    if len(clauses) == 1:
        return (_sentence(clauses[0]),)
    if len(clauses) > 2 and rng.random() < 0.3:
        return _sentence(_listed(clauses[:-1], "then" if rng.random() < 0.5 else "and")), _sentence(clauses[-1])
    if any("," in clause or " and " in clause for clause in clauses[:-1]):
        return (_sentence(", then ".join(clauses)),) if len(clauses) == 2 else tuple(map(_sentence, clauses))
    if len(clauses) == 2:
        return (_sentence(f"{clauses[0]} and {clauses[1]}" if rng.random() < 0.6 else f"{clauses[0]}, then {clauses[1]}"),)
    return (_sentence(f"{', '.join(clauses[:-1])}{rng.choice((', and ', ', then '))}{clauses[-1]}"),)


def _listed(clauses: list[str], joint: str) -> str:
    if len(clauses) == 1:
        return clauses[0]
    joint = ", then" if joint == "then" else " and"
    return f"{', '.join(clauses[:-1])}{joint} {clauses[-1]}"


def _clauses(steps: tuple[Step, ...], start: NounPhrase, rng: random.Random) -> tuple[str, ...]:
    clauses = []
    for place, step in enumerate(steps):
        is_last = place == len(steps) - 1
        phrase = start if place == 0 else None
        clauses.append(_return_clause(step, phrase, rng) if is_last else _act(step, phrase, rng))
    return tuple(clauses)


def _act(step: Step, phrase: NounPhrase | None, rng: random.Random) -> str:
    """An imperative clause for a step, on `phrase` or, without one, on what the sentence spoke of last."""
    operation = step.operation
    words = step.in_words()
    if operation.form is Form.FILTER:
        template = rng.choice(operation.acts)
        if phrase is None:
            return fill(template.replace("{those}", "those").replace("{ones}", "ones"), words)
        if "{ones}" in template:
            return fill(f"keep only the {operation.adjective} {phrase.noun} {phrase.tail}", words)
        if template.startswith("remove"):
            template = template.replace("remove {those}", f"remove from `{_name_in(phrase)}` the {phrase.noun}") if "`" in phrase.tail and phrase.tail.startswith("in ") else template
        return fill(template.replace("{those}", phrase.text), words)
    template = rng.choice(operation.acts) if operation.acts else f"take {rng.choice(operation.nouns).replace('|', '|take ')}"
    return _said(template, operation.takes, phrase, words)


def _name_in(phrase: NounPhrase) -> str:
    return phrase.tail.split("`")[1]


def _return_clause(step: Step, phrase: NounPhrase | None, rng: random.Random) -> str:
    operation = step.operation
    words = step.in_words()
    if operation.form is not Form.FILTER:
        return _said(f"return {rng.choice(operation.nouns).replace('|', '|return ')}", operation.takes, phrase, words)
    clause = fill(rng.choice(operation.clauses), words)
    if phrase is not None:
        return f"return the {phrase.noun} {phrase.tail} {clause}"
    return f"return the {operation.adjective} ones" if operation.adjective and rng.random() < 0.6 else f"return those {clause}"


def _said(template: str, kind: Kind, phrase: NounPhrase | None, words: dict[str, str]) -> str:
    direct, _, referring = template.partition("|")
    if phrase is not None:
        return fill(direct, {"x": phrase.text, "bare": phrase.bare, **words})
    pronoun = WORDS_OF_KIND[kind].pronoun
    said = fill(referring or _with_possessive(direct, pronoun), {"x": pronoun, "bare": pronoun, **words})
    return said.replace("whether them ", "whether they ")


def _with_possessive(template: str, pronoun: str) -> str:
    """Turn "the keys of $x" into "its keys", unless the noun is a superlative, which "their" would distort."""
    if pronoun not in ("it", "them"):
        return template

    def own(match: re.Match[str]) -> str:
        owned = match[1]
        if (owned.split()[0] in _SUPERLATIVES and pronoun == "them") or owned.split()[0] in ("number", "order"):
            return match[0]
        if match[2]:
            return f"the {owned}"
        return f"{'its' if pronoun == 'it' else 'their'} {owned}"

    return _OWNED.sub(own, template)


def _nominal_sentence(nominal: str, task: Task, rng: random.Random) -> tuple[str, ...]:
    if nominal.startswith("whether "):
        condition = nominal.removeprefix("whether ")
        templates = (f"return {nominal}", f"check {nominal}", f"return True if {condition}, otherwise False", f"tell {nominal}")
        return (_sentence(rng.choice(templates)),)
    argument = task.arguments[0]
    if rng.random() < 0.1 and len(task.arguments) == 1 and "," not in described(argument):
        return (_sentence(f"given {described(argument)} `{argument.name}`, return {nominal}"),)
    verbs = ["return"] * 5
    if nominal.startswith("the ") and nominal.split()[1] in _SOUGHT:
        verbs += ["find"] * 2
    elif task.gives is Kind.NUMBER and nominal.startswith("the "):
        verbs += ["compute", "calculate"]
    elif task.gives is not Kind.TEXT and not nominal.startswith(("'", "1 ")):
        verbs += ["get"]
    return (_sentence(f"{rng.choice(verbs)} {nominal}"),)


def described(argument: Argument) -> str:
    """An argument's kind as a noun phrase with article, with what it must satisfy."""
    properties = argument.properties
    if argument.kind is Kind.NUMBER:
        if "positive" in properties:
            return "a positive integer"
        return "a non-negative integer" if "nonneg" in properties else "an integer"
    if argument.kind is Kind.NUMBERS and "nonneg" in properties:
        return "a list of non-negative integers"
    if argument.kind is Kind.COUNTS and "nonneg" in properties:
        return "a dictionary from strings to non-negative integers"
    if argument.kind is Kind.NESTED and "nonneg" in properties:
        return "a list of non-negative integers and further such lists, nested to any depth"
    integers = "non-negative integers" if "nonneg" in properties else "integers"
    if argument.kind is Kind.GRID and "square" in properties:
        return f"a list of rows of {integers}, as many rows as columns"
    if argument.kind is Kind.GRID and "rect" in properties:
        return f"a list of rows of {integers}, all of the same length"
    if argument.kind is Kind.GRID:
        return f"a list of rows of {integers}"
    return WORDS_OF_KIND[argument.kind].described[0]


def _last_noun(step: Step, rng: random.Random) -> str:
    operation = step.operation
    resulting = _RESULTING[operation.takes]
    if operation.form is Form.FILTER:
        return f"{resulting} {fill(rng.choice(operation.clauses), step.in_words())}"
    template = rng.choice(operation.nouns).split("|")[0]
    if template.count("$x") > 1:
        return _RESULTING[operation.gives]
    return fill(template, {"x": resulting, "bare": resulting.removeprefix("the "), **step.in_words()})


def _notes(task: Task) -> tuple[str, ...]:
    notes = [fill(step.operation.note, step.in_words()) for step in task.steps if step.operation.note]
    return tuple(dict.fromkeys(notes))


def _corners(task: Task, rng: random.Random) -> tuple[str, ...]:
    """What happens with an empty value, for each operation that must say so."""
    argument = task.arguments[0]
    sentences = []
    state = f"`{argument.name}` is empty"
    is_surely_filled = argument.kind is Kind.NUMBER
    for place, step in enumerate(task.steps):
        operation = step.operation
        if operation.empty is not None and not is_surely_filled:
            default, what = operation.empty
            if place == len(task.steps) - 1:
                sentences.append(rng.choice((f"If {state}, return {default}.", f"Return {default} if {state}.")))
            else:
                sentences.append(f"If {state}, {what} is {default}.")
        is_surely_filled = "nonempty" in operation.adds or (is_surely_filled and _keeps_length(operation))
        if not _keeps_length(operation):
            state = _empty_state(operation)
    return tuple(sentences)


def _keeps_length(operation: Operation) -> bool:
    return operation.form is Form.MAP or operation.group in ("order", "rotate", "running", "turn", "cells", "value", "case")


def _empty_state(operation: Operation) -> str:
    if operation.gives is Kind.NUMBERS:
        return "no numbers are left" if operation.form is Form.FILTER else "there are no numbers"
    if operation.gives is Kind.WORDS:
        return "no strings are left" if operation.form is Form.FILTER else "there are no strings"
    if operation.gives is Kind.COUNTS:
        return "there are no entries"
    return "there are no rows" if operation.gives is Kind.GRID else "there is nothing"


def _sentence(text: str) -> str:
    text = text[0].upper() + text[1:]
    return text if text.endswith("...'") else f"{text}."
