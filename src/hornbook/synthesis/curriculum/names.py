"""Name the function: the paper's means of diversity. Names come from the operations, in several patterns."""

import keyword
import random

from hornbook.synthesis.curriculum.kinds import Kind
from hornbook.synthesis.curriculum.task import Shape, Task

GENERIC = {
    Kind.NUMBER: ("solve", "compute", "evaluate", "calculate", "result_for"),
    Kind.FLAG: ("is_fulfilled", "answer", "holds", "decide"),
    Kind.TEXT: ("make_text", "build_string", "convert", "rewrite"),
    Kind.NUMBERS: ("process", "transform", "make_list", "rearrange"),
    Kind.WORDS: ("process_words", "make_words", "prepare", "transform"),
    Kind.COUNTS: ("make_table", "build_dict", "tabulate", "summarize"),
    Kind.GRID: ("make_grid", "build_rows", "arrange", "transform"),
    Kind.SET: ("make_set", "collect", "gather", "select_members"),
    Kind.PAIR: ("make_pair", "as_pair", "two_values", "find_pair"),
    Kind.PAIRS: ("make_pairs", "pair_up", "process_pairs", "match_up"),
    Kind.MAYBE: ("look_for", "try_to_find", "attempt", "number_or_none"),
    Kind.STREAM: ("generate", "produce", "stream", "walk"),
    Kind.WORD_STREAM: ("generate_words", "produce", "stream", "walk"),
    Kind.LIST_STREAM: ("generate_parts", "produce", "stream", "walk"),
    Kind.NOTHING: ("update", "change", "note_down", "record"),
    Kind.NESTED: ("rebuild", "transform_nested", "process_nested", "rework"),
}
MAX_LENGTH = 36
VERBS = ("get", "find", "compute", "make", "calc", "select")


def name_function(task: Task, rng: random.Random) -> str:
    """A valid name in snake case that is none of the task's arguments."""
    taken = {argument.name for argument in task.arguments}
    if task.owner is not None:
        taken |= {task.owner.attribute, task.owner.variable}
    fragments = [rng.choice(step.operation.fragments) for step in task.steps]
    roll = rng.random()
    if roll < 0.08:
        name = rng.choice(GENERIC[task.gives])
    elif roll < 0.5:
        name = "_".join(_few(fragments))
    elif task.shape is Shape.METHOD:
        name = _method_name(task, fragments, rng)
    elif roll < 0.8:
        name = "_".join([fragments[-1], *_few(fragments[:-1])])
    elif roll < 0.9 and task.shape is Shape.FUNCTION:
        name = f"{fragments[-1]}_of_{fragments[0]}" if len(fragments) > 1 else fragments[0]
    else:
        name = "_".join([rng.choice(VERBS), *(step.operation.fragments[0] for step in task.steps[-2:])])
    name = _without_echo(name)
    if len(name) > MAX_LENGTH:
        name = _without_echo("_".join(fragments[-2:]))
    return f"{name}_value" if name in taken or keyword.iskeyword(name) or name in _BUILTIN else name


def name_plainly(task: Task) -> str:
    """The plainest name, the same each time: for code that a passage shows."""
    fragments = [step.operation.fragments[0] for step in task.steps]
    taken = {argument.name for argument in task.arguments} | ({task.owner.attribute} if task.owner else set())
    name = _without_echo("_".join(fragments))
    return f"{name}_now" if name in taken or keyword.iskeyword(name) or name in _BUILTIN else name


def _method_name(task: Task, fragments: list[str], rng: random.Random) -> str:
    """What a method does to its object, then what it answers."""
    if task.steps[0].operation.state == "$x" and len(fragments) > 1:
        return "_".join(_few(fragments[1:]))
    return rng.choice(("_", "_and_")).join(dict.fromkeys((fragments[0], fragments[-1])))


def _few(fragments: list[str]) -> list[str]:
    """At most three fragments, so that names stay short."""
    return fragments if len(fragments) <= 3 else [fragments[0], *fragments[-2:]]


def _without_echo(name: str) -> str:
    words = name.split("_")
    return "_".join(word for place, word in enumerate(words) if place == 0 or word != words[place - 1])


_BUILTIN = frozenset(
    [
        "abs",
        "all",
        "any",
        "bin",
        "bool",
        "dict",
        "divmod",
        "enumerate",
        "filter",
        "float",
        "format",
        "int",
        "len",
        "list",
        "map",
        "max",
        "min",
        "pow",
        "print",
        "range",
        "reversed",
        "round",
        "set",
        "sorted",
        "str",
        "sum",
        "tuple",
        "zip",
        "hash",
        "id",
        "next",
        "ord",
        "chr",
        "repr",
        "super",
        "type",
        "open",
        "input",
        "iter",
    ]
)
