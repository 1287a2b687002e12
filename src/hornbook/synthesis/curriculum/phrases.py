"""Say in English what a task asks for: as one noun phrase, as a sentence of steps, or as a numbered list."""

import random
from dataclasses import dataclass, replace

from hornbook.synthesis.curriculum.clauses import act_clause, clauses_of, said
from hornbook.synthesis.curriculum.corners import corners_of, notes_of
from hornbook.synthesis.curriculum.formats import format_of
from hornbook.synthesis.curriculum.kinds import WORDS_OF_KIND, Kind
from hornbook.synthesis.curriculum.nouns import NounPhrase, name_result, value_phrase
from hornbook.synthesis.curriculum.operation import Form, fill
from hornbook.synthesis.curriculum.task import Argument, Shape, Step, Task

_SOUGHT = ("largest", "smallest", "longest", "shortest", "index", "key", "second", "most", "one", "first", "last")
_PLAIN_VERBS = ("Return", "Check", "Tell", "Find", "Compute", "Calculate", "Get", "Given", "Count")
_RESULTING = {
    Kind.MAYBE: "the result",
    Kind.STREAM: "the resulting numbers",
    Kind.WORD_STREAM: "the resulting strings",
    Kind.LIST_STREAM: "the resulting lists",
    Kind.NUMBER: "the resulting number",
    Kind.TEXT: "the resulting string",
    Kind.NUMBERS: "the resulting numbers",
    Kind.WORDS: "the resulting strings",
    Kind.COUNTS: "the result",
    Kind.GRID: "the result",
    Kind.NESTED: "the resulting list",
    Kind.FLAG: "the resulting truth value",
    Kind.SET: "the resulting set",
    Kind.PAIR: "the resulting pair",
    Kind.PAIRS: "the resulting pairs",
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


def describe(task: Task, rng: random.Random) -> Description:
    """Put a task into words; which words is drawn from `rng`."""
    start = value_phrase(task.arguments[0], rng)
    match task.shape:
        case Shape.GUARDED:
            said_first = _refusal(task, rng)
            work = _describe_work(task, start, rng)
            head = (said_first, *work.sentences) if rng.random() < 0.4 else (*work.sentences, said_first)
            work = Description(head, (said_first[0].lower() + said_first[1:-1], *work.steps), work.result, len(head))
        case Shape.METHOD:
            work = _describe_method(task, start, rng)
        case _:
            work = _describe_work(task, start, rng)
    sentences = (*work.sentences, *notes_of(task), *corners_of(task, rng))
    return Description(sentences, work.steps, work.result, work.num_actions)


def _describe_work(task: Task, start: NounPhrase, rng: random.Random, nominal_share: float = 0.5) -> Description:
    """The chain behind a guard or a change of state in words, without notes and corners."""
    steps = task.work
    if not steps:
        name = task.arguments[0].name
        same = rng.choice((f"`{name}` itself", f"`{name}` unchanged", f"`{name}` as it is"))
        return Description((f"Return {same}.",), (f"return {same}",), same, 1)
    nominal = name_result(steps, start, rng)
    clauses = clauses_of(steps, start, rng)
    if nominal is not None and (len(steps) == 1 or rng.random() < nominal_share):
        head = _nominal_sentence(nominal, task, rng)
    else:
        head = _sequence(steps, start, rng)
    result = nominal if nominal is not None else _last_noun(steps[-1], rng)
    return Description(head, clauses, result, len(head))


def _refusal(task: Task, rng: random.Random) -> str:
    """The sentence that says what is refused, and how."""
    guard = task.steps[0]
    words = {"x": f"`{task.arguments[0].name}`", **guard.in_words()}
    condition = fill(rng.choice(guard.operation.nouns), words)
    if not guard.operation.refusal:
        return rng.choice((f"Return None if {condition}.", f"If {condition}, return None."))
    raised = f"a {guard.operation.refusal} with the message {words['m']}"
    return rng.choice((f"Raise {raised} if {condition}.", f"If {condition}, raise {raised}."))


def _describe_method(task: Task, start: NounPhrase, rng: random.Random) -> Description:
    """A method in words: how it changes what is held, then what it returns."""
    change, held = task.steps[0], task.arguments[0].name
    words = {"x": f"`{held}`", **change.in_words()}
    if not change.operation.acts:
        work = _describe_work(task, start, rng, 0.8)
        return _without_change(work, f"Without changing `{held}`", task)
    act = fill(rng.choice(change.operation.acts), words)
    if not change.operation.state:
        if not task.work:
            return Description((_sentence(act),), (act,), "nothing", 1)
        work = _describe_work(task, start, rng, 0.8)
        work = _without_change(work, f"Without changing `{held}` any further", task)
    else:
        noun, tail = change.operation.head or (fill(rng.choice(change.operation.nouns), words), "")
        if not task.work:
            text = f"{act} and return {noun if not tail else f'the {noun} {tail}'}"
            return Description((_sentence(text),), (text,), f"the {noun} {tail}" if tail else noun, 1)
        phrase = NounPhrase(f"the {noun} {tail}", noun, tail) if tail else NounPhrase(noun, is_argument=True)
        work = _describe_work(task, phrase, rng, 0.8)
    first, *others = work.sentences
    steps = (act, *work.steps)
    if first.startswith("Return ") and rng.random() < 0.6 and ", then" not in first:
        joint = rng.choice((", then ", " and "))
        sentences = (f"{_sentence(act)[:-1]}{joint}r{first[1:]}", *others)
        return Description(sentences, steps, work.result, work.num_actions)
    return Description((_sentence(act), *work.sentences), steps, work.result, 1 + work.num_actions)


def _without_change(work: Description, lead: str, task: Task) -> Description:
    """The same words, with a lead where they could be taken to change what the object holds."""
    first, *others = work.sentences
    if not task.work or first.startswith(_PLAIN_VERBS):
        return work
    return replace(work, sentences=(f"{lead}, {first[0].lower()}{first[1:]}", *others))


def question(step: Step, phrase: NounPhrase, rng: random.Random) -> str:
    """What one operation does, as words that fit behind "how to"."""
    operation = step.operation
    if operation.form is Form.GUARD:
        return f"refuse the argument if {said(rng.choice(operation.nouns), phrase, '', step.in_words())}"
    if operation.form is Form.STATE and not operation.acts:
        return f"read what an object holds in {phrase.text}"
    if operation.acts:
        return act_clause(step, phrase, None, rng)
    noun = said(rng.choice(operation.nouns), phrase, "", step.in_words())
    if operation.form is Form.YIELD:
        return f"yield {noun}"
    return f"tell {noun}" if noun.startswith("whether") else f"find {noun}"


def described(argument: Argument) -> str:
    """An argument's kind as a noun phrase with article, with what it must satisfy."""
    properties = argument.properties
    formatted = format_of(argument.kind, properties)
    if formatted is not None:
        return formatted.described
    if argument.kind is Kind.NUMBER:
        if "positive" in properties:
            return "a positive integer"
        return "a non-negative integer" if "nonneg" in properties else "an integer"
    if argument.kind is Kind.NUMBERS and "sorted" in properties:
        return "a list of integers in ascending order"
    if argument.kind is Kind.NUMBERS and "nonneg" in properties:
        return f"a list of {'positive' if 'positive' in properties else 'non-negative'} integers"
    if argument.kind is Kind.SET and "nonneg" in properties:
        return "a set of non-negative integers"
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


def _nominal_sentence(nominal: str, task: Task, rng: random.Random) -> tuple[str, ...]:
    if nominal.startswith("whether "):
        condition = nominal.removeprefix("whether ")
        templates = (
            f"return {nominal}",
            f"check {nominal}",
            f"return True if {condition}, otherwise False",
            f"tell {nominal}",
        )
        return (_sentence(rng.choice(templates)),)
    argument = task.arguments[0]
    if task.shape is Shape.GENERATOR:
        templates = (f"yield {nominal}", f"yield {nominal}", f"yield {nominal}, one at a time", f"generate {nominal}")
        return (_sentence(rng.choice(templates[: 2 if "," in nominal else 4])),)
    is_alone = len(task.arguments) == 1 and task.shape is Shape.FUNCTION
    if rng.random() < 0.1 and is_alone and not set(",'") & set(described(argument)):
        return (_sentence(f"given {described(argument)} `{argument.name}`, return {nominal}"),)
    verbs = ["return"] * 5
    if nominal.startswith("the ") and nominal.split()[1] in _SOUGHT:
        verbs += ["find"] * 2
    elif task.gives is Kind.NUMBER and nominal.startswith("the "):
        verbs += ["compute", "calculate"]
    elif task.gives is not Kind.TEXT and not nominal.startswith(("'", "1 ")):
        verbs += ["get"]
    return (_sentence(f"{rng.choice(verbs)} {nominal}"),)


def _sequence(steps: tuple[Step, ...], start: NounPhrase, rng: random.Random) -> tuple[str, ...]:
    """One or two sentences: some operations named by a noun phrase, the others as steps."""
    clauses = list(clauses_of(steps, start, rng))
    if len(steps) > 2 and rng.random() < 0.5:
        lead = name_result(steps[:2], start, rng)
        if lead is not None and len(clauses) > 2:
            clauses = [f"take {lead}", *clauses[2:]]
    if len(clauses) == 1:
        return (_sentence(clauses[0]),)
    if any("," in clause or " and " in clause for clause in clauses[:-1]):
        return (_sentence(", then ".join(clauses)),) if len(clauses) == 2 else tuple(map(_sentence, clauses))
    if len(clauses) > 2 and rng.random() < 0.3:
        return _sentence(_listed(clauses[:-1], "then" if rng.random() < 0.5 else "and")), _sentence(clauses[-1])
    if len(clauses) == 2:
        return (
            _sentence(f"{clauses[0]} and {clauses[1]}" if rng.random() < 0.6 else f"{clauses[0]}, then {clauses[1]}"),
        )
    return (_sentence(f"{', '.join(clauses[:-1])}{rng.choice((', and ', ', then '))}{clauses[-1]}"),)


def _listed(clauses: list[str], joint: str) -> str:
    if len(clauses) == 1:
        return clauses[0]
    joint = ", then" if joint == "then" else " and"
    return f"{', '.join(clauses[:-1])}{joint} {clauses[-1]}"


def _last_noun(step: Step, rng: random.Random) -> str:
    operation = step.operation
    resulting = _RESULTING[operation.takes]
    if operation.form is Form.FILTER:
        return f"{resulting} {fill(rng.choice(operation.clauses), step.in_words())}"
    template = rng.choice(operation.nouns).split("|")[0]
    if template.count("$x") > 1:
        return _RESULTING[operation.gives]
    return fill(template, {"x": resulting, "bare": resulting.removeprefix("the "), **step.in_words()})


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}."
