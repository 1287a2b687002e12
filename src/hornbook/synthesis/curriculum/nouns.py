"""Name a value by a noun phrase, as long as the phrase cannot be misread."""

import random
from dataclasses import dataclass, replace

from hornbook.synthesis.curriculum.formats import format_of
from hornbook.synthesis.curriculum.kinds import WORDS_OF_KIND, Kind
from hornbook.synthesis.curriculum.operation import Form, Operation, fill
from hornbook.synthesis.curriculum.task import Argument, Step

PLURAL = (Kind.NUMBERS, Kind.WORDS, Kind.PAIRS)


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
        if self.has_clause and operation.gives in PLURAL and operation.form is not Form.FILTER:
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


def value_phrase(argument: Argument, rng: random.Random) -> NounPhrase:
    """The first argument in words: "the numbers in `values`", or its bare name where it is one value."""
    name = f"`{argument.name}`"
    if argument.kind not in PLURAL:
        return NounPhrase(name, is_argument=True)
    form = format_of(argument.kind, argument.properties)
    noun = form.unit if form is not None and form.unit else rng.choice(WORDS_OF_KIND[argument.kind].units)
    return NounPhrase(f"the {noun} in {name}", noun, f"in {name}")


def name_result(steps: tuple[Step, ...], start: NounPhrase, rng: random.Random) -> str | None:
    """The result of `steps` on the value that `start` names, or none if every phrase for it could be misread."""
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
    follows = not template.endswith(("$x", "$bare"))
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
