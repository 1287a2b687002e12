"""Say each step of a task as an imperative clause that refers back to what came before."""

import random
import re

from hornbook.synthesis.curriculum.kinds import WORDS_OF_KIND, Kind
from hornbook.synthesis.curriculum.nouns import NounPhrase
from hornbook.synthesis.curriculum.operation import Form, Operation, fill
from hornbook.synthesis.curriculum.task import Step

_OWNED = re.compile(r"the ([\w-]+(?: [\w$-]+){0,2}) of \$x(?= (whose|with|that)\b)?")
_NUMBER_OF = re.compile(r"the number of (\w+) of \$x")
_SUPERLATIVES = (
    "largest", "smallest", "first", "last", "second", "most", "longest", "shortest", "maximum", "minimum", "one"
)  # fmt: skip
_PARTS_NAMED = ("select", "keys", "second", "rows")
"""Groups of operations after which a sentence has spoken of rows or entries, so that "it" would be unclear."""


def clauses_of(steps: tuple[Step, ...], start: NounPhrase, rng: random.Random) -> tuple[str, ...]:
    """One clause per step, without capital and full stop; the last one starts with "return" or "yield"."""
    clauses = []
    for place, step in enumerate(steps):
        before = steps[place - 1].operation if place else None
        phrase = start if place == 0 else None
        write = return_clause if place == len(steps) - 1 else act_clause
        clauses.append(write(step, phrase, before, rng))
    return tuple(clauses)


def act_clause(step: Step, phrase: NounPhrase | None, before: Operation | None, rng: random.Random) -> str:
    """What to do, on `phrase` or, without one, on what the operation `before` made."""
    operation = step.operation
    words = step.in_words()
    if operation.form is not Form.FILTER:
        nouns = rng.choice(operation.nouns).replace("|", "|take ")
        template = rng.choice(operation.acts) if operation.acts else f"take {nouns}"
        return said(template, phrase, _pronoun(operation.takes, before), words)
    template = rng.choice(operation.acts)
    if phrase is None:
        return fill(template.replace("{those}", "those").replace("{ones}", "ones"), words)
    if "{ones}" in template:
        return fill(f"keep only the {operation.adjective} {phrase.noun} {phrase.tail}", words)
    if template.startswith("remove") and phrase.tail.startswith("in `"):
        name = phrase.tail.removeprefix("in ")
        return fill(template.replace("remove {those}", f"remove from {name} the {phrase.noun}"), words)
    return fill(template.replace("{those}", phrase.text), words)


def return_clause(step: Step, phrase: NounPhrase | None, before: Operation | None, rng: random.Random) -> str:
    """The last step, as what to return."""
    operation = step.operation
    words = step.in_words()
    if operation.form is not Form.FILTER:
        verb = "yield" if operation.form is Form.YIELD else "return"
        template = rng.choice(operation.nouns).replace("|", f"|{verb} ")
        return said(f"{verb} {template}", phrase, _pronoun(operation.takes, before), words)
    clause = fill(rng.choice(operation.clauses), words)
    if phrase is not None:
        return f"return the {phrase.noun} {phrase.tail} {clause}"
    if operation.adjective and rng.random() < 0.6:
        return f"return the {operation.adjective} ones"
    return f"return those {clause}"


def said(template: str, phrase: NounPhrase | None, pronoun: str, words: dict[str, str]) -> str:
    """A template with its places filled, by `phrase` or else by the pronoun."""
    direct, _, referring = template.partition("|")
    if phrase is not None:
        return fill(direct, {"x": phrase.text, "bare": phrase.bare, **words})
    text = fill(referring or _with_possessive(direct, pronoun), {"x": pronoun, "bare": pronoun, **words})
    return text.replace("whether them ", "whether they ")


def _pronoun(kind: Kind, before: Operation | None) -> str:
    if before is not None and kind in (Kind.GRID, Kind.COUNTS):
        is_clear = before.takes is kind or before.takes is Kind.WORDS
        if before.group in _PARTS_NAMED or not is_clear:
            return "the result"
    if before is not None and kind in (Kind.SET, Kind.PAIR) and before.takes is kind:
        return "the result"
    return WORDS_OF_KIND[kind].pronoun


def _with_possessive(template: str, pronoun: str) -> str:
    """Turn "the keys of $x" into "its keys", unless the noun is a superlative, which "their" would distort."""
    owner = {"it": "its", "them": "their"}.get(pronoun)

    def own(match: re.Match[str]) -> str:
        first, *rest = match[1].split()
        if match[2]:
            return f"the {match[1]}"
        is_pick = first in _SUPERLATIVES and (not rest or rest[0].startswith("$") or rest[0] in ("largest", "frequent"))
        if owner is None or "of" in rest or first == "order" or (pronoun == "them" and is_pick):
            return match[0]
        return f"{owner} {match[1]}"

    if owner is not None:
        template = _NUMBER_OF.sub(rf"the number of {owner} \1", template)
    return _OWNED.sub(own, template)
