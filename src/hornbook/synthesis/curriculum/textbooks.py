"""Textbook passages built round a function: a concept, the function, how it works, a call and what it prints, a remark.

Source: Gunasekar et al. 2023, section 2.2: the shape of the sample that the paper shows. What is said of a function is
taken from its tree (`explaining.py`), and what a call prints from running it.
"""

import ast
import itertools
import random
import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial

from hornbook.errors import ConfigError
from hornbook.pipeline.fingerprint import NOT_IN_FINGERPRINT
from hornbook.records import CURRICULUM, Document, content_id, textbook_passage
from hornbook.synthesis.curriculum.compose import Rules, compose
from hornbook.synthesis.curriculum.docstrings import short_calls
from hornbook.synthesis.curriculum.exercises import (
    ExerciseRules,
    build_author,
    check_share,
    check_teacher,
    different,
    indices_of_chunk,
)
from hornbook.synthesis.curriculum.explaining import explain, remark_on
from hornbook.synthesis.curriculum.task import Task
from hornbook.synthesis.curriculum.telling import tell
from hornbook.synthesis.prompted.passages import PassagePromptConfig

CONCEPTS = """
accumulate | Many programs go through a list and build up a result as they go.
accumulate | A variable that collects a result step by step is called an accumulator.
basics | A function takes values, does one thing with them, and returns the result.
basics | What a function does is said by its name, its arguments and its docstring.
best | To find the best of many items, remember the best one so far and compare it with each that follows.
best | A search for an extreme needs a rule for ties and an answer for an empty list.
conditions | A program makes decisions with `if`, `elif` and `else`; the first condition that holds decides.
conditions | Conditions are tested in the order in which they are written.
grouping | A dictionary maps keys to values, which makes it the natural tool for counting and grouping.
grouping | Looking up a key in a dictionary or a set takes the same time however large it is.
matrices | A matrix can be stored as a list of rows, each of which is a list of numbers.
matrices | To visit every cell of a table, put a loop over the columns inside a loop over the rows.
neighbours | Some questions are not about single items but about items that stand side by side.
neighbours | To compare an item with the one before it, keep the last one or use an index.
numbers | Integers have digits, divisors and remainders, and a few operators are enough to get at them.
numbers | The operators `//` and `%` give the quotient and the remainder of a division.
ordering | Sorting puts items in order by a key, and many questions become easy once that is done.
ordering | The key of a sort says by which value the items are compared.
recursion | A recursive function solves a problem by calling itself on a smaller one.
recursion | Every recursion needs a case that is answered without a further call.
search | A search looks at items one after the other until one of them decides.
search | A function may return in the middle of a loop, as soon as it knows the answer.
sequences | A sequence can be made item by item, each from those before it.
sequences | Indices and steps say which places of a list a loop visits.
simulations | A simulation keeps a state and changes it by the same rules at each step.
simulations | To follow what happens over time, keep the state in variables and update them in a loop.
straight | Not every function needs a loop: often one formula or one built-in function is enough.
straight | A complicated formula is easier to read when its parts have names.
texts | A string is a sequence of characters, and a loop visits them one by one.
texts | Strings cannot be changed in place; a new string is built instead.
"""
"""Family | a sentence that opens a passage."""
_CONCEPTS = [line.split(" | ") for line in CONCEPTS.strip().splitlines()]
AUDIENCES = {"beginners": 5, "students": 4, "programmers": 3}
"""Audience → the most sentences about the code that it is given before the passage points to the code itself."""
STYLES = {
    "lesson": (
        "# {title}\n\n{concept} An example: {told}\n\n{code}\n\n"
        "{explained}\n\nHere is how it is used:\n\n{used}\n\n{remark}"
    ),
    "numbered steps": (
        "# {title}\n\n{concept}\n\n{code}\n\nHow `{name}` works:\n\n{listed}\n\nLet us try it:\n\n{used}\n\n{remark}"
    ),
    "question and answer": (
        "**Question.** {told} What does `{call}` return?\n\n**Answer.** It returns `{outcome}`. {concept} The function "
        "can be written like this:\n\n{code}\n\n{explained}\n\n{used}"
    ),
    "notes": "{concept}\n\n{code}\n\n{used}\n\n{remark} {explained}",
}
"""Style → how a passage is put together."""
_PLAIN_OUTCOMES = frozenset(("''", "[]", "{}", "None", "0", "False"))
"""Shown last, since they say little."""


@dataclass(frozen=True, kw_only=True)
class TextbookRules:
    """How many passages, and what the curriculum writes them from."""

    num_passages: int = 1_000
    """Passages to write, all different."""
    held_out_share: float = 0.1
    """Share of schemas, combinations, and names that no passage shows, as of `write-exercises` with the same seed."""
    families: tuple[str, ...] = ()
    """Families of schemas that passages are about, such as `search` and `texts`; without any, all."""
    schemas: tuple[str, ...] = field(default=(), metadata=NOT_IN_FINGERPRINT)  # Their contents are.
    """Python files with schemas and words of one's own. Half of the passages are about theirs."""

    def __post_init__(self) -> None:
        if self.num_passages < 1:
            raise ConfigError(f"`num_passages` must be at least 1, got {self.num_passages!r}")
        check_share(self.held_out_share)


@dataclass(frozen=True, kw_only=True)
class TextbooksConfig(TextbookRules):
    """The rules, and who writes."""

    teacher: str = CURRICULUM
    """Who writes: `curriculum`, or the name of a language model."""
    prompts: PassagePromptConfig = field(default_factory=PassagePromptConfig)
    """How a language model is asked."""

    def __post_init__(self) -> None:
        super().__post_init__()
        check_teacher(self.teacher)


def write_passages(
    config: TextbooksConfig, seed: int, chunks: Iterable[Iterable[Document]] | None = None
) -> Iterator[Document]:
    """`config.num_passages` different passages: a pure function of the config and `seed`.

    Arguments and errors are those of `write_exercises`.
    """
    chunks = map(partial(write_chunk, config, seed), itertools.count()) if chunks is None else chunks
    return different(chunks, config.num_passages, "num_passages")


def write_chunk(config: TextbooksConfig, seed: int, number: int) -> list[Document]:
    """The passages of chunk `number`, those that repeat one another included."""
    rules = ExerciseRules(held_out_share=config.held_out_share, families=config.families, schemas=config.schemas)
    author = build_author(rules, seed)
    return [
        author.write("passage", _write_passage, seed, index) for index in indices_of_chunk(number, config.num_passages)
    ]


def _write_passage(task: Task, seed: str, rules: Rules) -> Document | None:
    """The passage about a task; None as `compose`, or where no call is short enough to be shown."""
    composed = compose(task, seed, rules)
    calls = list(short_calls(composed.entry_point, composed.trials)) if composed else []
    if not composed or not calls:
        return None
    rng = random.Random(f"{seed}:passage")
    schema = task.schema
    audience, style = rng.choice([*AUDIENCES]), rng.choice([*STYLES])
    told = textwrap.fill(composed.told, 88)
    docstring = f'"""{told}\n"""' if "\n" in told else f'"""{told}"""'
    code = f"{composed.head()}{textwrap.indent(docstring, '    ')}\n{composed.solution}".rstrip()
    shown = sorted(calls, key=lambda call: call[1] in _PLAIN_OUTCOMES)[: rng.choice((1, 2, 2, 3))]
    prints = "\n".join(f"print({call})" for call, _ in shown)
    outputs = "\n".join(_printed(outcome) for _, outcome in shown)
    function = next(node for node in reversed(ast.parse(code).body) if isinstance(node, ast.FunctionDef))
    sentences = explain(function)[: AUDIENCES[audience] * 2]
    concepts = [one for family, one in _CONCEPTS if family == schema.family] or [f"This is about {schema.family}."]
    passage = STYLES[style].format(
        concept=rng.choice(concepts),
        title=schema.name.replace("_", " ").capitalize(),
        told=tell(task, composed.names, rng),
        name=composed.entry_point,
        code=f"```python\n{code}\n```",
        explained=" ".join(sentences),
        listed="\n".join(f"{number}. {one}" for number, one in enumerate(sentences, 1)),
        used=f"```python\n{prints}\n```\n\n```\n{outputs}\n```",
        call=shown[0][0],
        outcome=shown[0][1],
        remark=remark_on(function),
    )
    text = f"{passage}\n"
    return textbook_passage(
        id=content_id("passage", text),
        text=text,
        family=schema.family,
        topic=schema.name,
        audience=audience,
        style=style,
        teacher=CURRICULUM,
    )


def _printed(outcome: str) -> str:
    """What `print` writes for a value of this representation."""
    value = ast.literal_eval(outcome)
    return value if isinstance(value, str) else outcome
