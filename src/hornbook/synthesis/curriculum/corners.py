"""Say what must be said besides: notes that settle doubts, and what happens with an empty value."""

import random
import re

from hornbook.synthesis.curriculum.formats import format_of
from hornbook.synthesis.curriculum.kinds import Kind
from hornbook.synthesis.curriculum.operation import Form, Operation, fill
from hornbook.synthesis.curriculum.task import Task

_SENTENCES = re.compile(r"(?<=[\w'`\])]\.) (?=[A-Z'`\d])")
_LENGTH_KEEPING = ("order", "rotate", "running", "turn", "cells", "value", "case")


def notes_of(task: Task) -> tuple[str, ...]:
    """The form of the first argument, if it has one, and the notes of the operations; each sentence once."""
    notes = [fill(step.operation.note, step.in_words()) for step in task.steps if step.operation.note]
    first = task.arguments[0]
    formatted = format_of(first.kind, first.properties)
    if formatted is not None and formatted.sentence:
        notes.insert(0, fill(formatted.sentence, {"x": f"`{first.name}`"}))
    return tuple(dict.fromkeys(sentence for note in notes for sentence in _SENTENCES.split(note)))


def corners_of(task: Task, rng: random.Random) -> tuple[str, ...]:
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
    return operation.form in (Form.MAP, Form.GUARD) or operation.group in _LENGTH_KEEPING


def _empty_state(operation: Operation) -> str:
    if operation.gives is Kind.NUMBERS:
        return "no numbers are left" if operation.form is Form.FILTER else "there are no numbers"
    if operation.gives is Kind.WORDS:
        return "no strings are left" if operation.form is Form.FILTER else "there are no strings"
    if operation.gives is Kind.PAIRS:
        return "no pairs are left" if operation.form is Form.FILTER else "there are no pairs"
    if operation.gives is Kind.SET:
        return "the set is empty"
    if operation.gives is Kind.COUNTS:
        return "there are no entries"
    return "there are no rows" if operation.gives is Kind.GRID else "there is nothing"
