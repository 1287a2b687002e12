"""Textbook passages built round a function: a concept, the function, how it works, a call and what it prints, a remark.

Source: Gunasekar et al. 2023, section 2.2: the shape of the sample that the paper shows. What is said of a function is
taken from its tree (`explaining.py`), and what a call prints from running it.
"""

import ast
import itertools
import random
import textwrap
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial

from hornbook.errors import ConfigError
from hornbook.records import CURRICULUM, Document, content_id, textbook_passage
from hornbook.synthesis.curriculum.compose import Composed, compose
from hornbook.synthesis.curriculum.docstrings import short_calls
from hornbook.synthesis.curriculum.exercises import CHUNK_SIZE, NUM_VAIN_DRAWS, Author, ExerciseRules, build_author
from hornbook.synthesis.curriculum.explaining import explain, remark_on
from hornbook.synthesis.curriculum.task import draw_task
from hornbook.synthesis.curriculum.telling import tell
from hornbook.synthesis.prompted.passages import PassagePromptConfig

CONCEPTS: Mapping[str, tuple[str, ...]] = {
    "accumulate": (
        "Many programs go through a list and build up a result as they go.",
        "A variable that collects a result step by step is called an accumulator.",
    ),
    "best": (
        "To find the best of many items, remember the best one so far and compare it with each that follows.",
        "A search for an extreme needs a rule for ties and an answer for an empty list.",
    ),
    "conditions": (
        "A program makes decisions with `if`, `elif` and `else`; the first condition that holds decides.",
        "Conditions are tested in the order in which they are written.",
    ),
    "grouping": (
        "A dictionary maps keys to values, which makes it the natural tool for counting and grouping.",
        "Looking up a key in a dictionary or a set takes the same time however large it is.",
    ),
    "matrices": (
        "A matrix can be stored as a list of rows, each of which is a list of numbers.",
        "To visit every cell of a table, put a loop over the columns inside a loop over the rows.",
    ),
    "neighbours": (
        "Some questions are not about single items but about items that stand side by side.",
        "To compare an item with the one before it, keep the last one or use an index.",
    ),
    "numbers": (
        "Integers have digits, divisors and remainders, and a few operators are enough to get at them.",
        "The operators `//` and `%` give the quotient and the remainder of a division.",
    ),
    "ordering": (
        "Sorting puts items in order by a key, and many questions become easy once that is done.",
        "The key of a sort says by which value the items are compared.",
    ),
    "recursion": (
        "A recursive function solves a problem by calling itself on a smaller one.",
        "Every recursion needs a case that is answered without a further call.",
    ),
    "search": (
        "A search looks at items one after the other until one of them decides.",
        "A function may return in the middle of a loop, as soon as it knows the answer.",
    ),
    "sequences": (
        "A sequence can be made item by item, each from those before it.",
        "Working through a list in pieces is a matter of indices and steps.",
    ),
    "simulations": (
        "A simulation keeps a state and changes it by the same rules at each step.",
        "To follow what happens over time, keep the state in variables and update them in a loop.",
    ),
    "straight": (
        "Not every function needs a loop: often one formula or one built-in function is enough.",
        "A complicated formula is easier to read when its parts have names.",
    ),
    "texts": (
        "A string is a sequence of characters, and a loop visits them one by one.",
        "Strings cannot be changed in place; a new string is built instead.",
    ),
}
"""Family → sentences that open a passage."""
AUDIENCES = {"beginners": 5, "students": 4, "programmers": 3}
"""Audience → the most sentences about the code that it is given before the passage points to the code itself."""


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
    schemas: tuple[str, ...] = ()
    """Python files with schemas and words of one's own. Half of the passages are about theirs."""

    def __post_init__(self) -> None:
        if self.num_passages < 1:
            raise ConfigError(f"`num_passages` must be at least 1, got {self.num_passages!r}")
        if not 0 < self.held_out_share < 1:
            raise ConfigError(f"`held_out_share` must lie in (0, 1), got {self.held_out_share!r}")


@dataclass(frozen=True, kw_only=True)
class TextbooksConfig(TextbookRules):
    """The rules, and who writes."""

    teacher: str = CURRICULUM
    """Who writes: `curriculum`, or the name of a language model."""
    prompts: PassagePromptConfig = field(default_factory=PassagePromptConfig)
    """How a language model is asked."""

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.teacher:
            raise ConfigError("`teacher` must be `curriculum` or the name of a language model, got ''")


def write_passages(
    config: TextbooksConfig, seed: int, chunks: Iterable[Iterable[Document]] | None = None
) -> Iterator[Document]:
    """`config.num_passages` different passages: a pure function of the config and `seed`.

    Args:
        config: What is written.
        seed: Of all choices.
        chunks: The chunks in their order, as `write_chunk` writes them; None: they are written here.
    """
    seen: set[str] = set()
    for chunk in map(partial(write_chunk, config, seed), itertools.count()) if chunks is None else chunks:
        for passage in chunk:
            if passage.id not in seen:
                seen.add(passage.id)
                yield passage
            if len(seen) == config.num_passages:
                return


def write_chunk(config: TextbooksConfig, seed: int, number: int) -> list[Document]:
    """The passages of chunk `number`, those that repeat one another included."""
    rules = ExerciseRules(held_out_share=config.held_out_share, families=config.families, schemas=config.schemas)
    author = build_author(rules, seed)
    size = min(CHUNK_SIZE, config.num_passages)
    return [_write(author, index, seed) for index in range(number * size, (number + 1) * size)]


def _write(author: Author, index: int, seed: int) -> Document:
    rules = author.rules()
    for attempt in range(NUM_VAIN_DRAWS):
        drawn_from = f"passage:{seed}:{index}:{attempt}"
        task = draw_task(author.schema(index + 2 * attempt), author.shown.lexicon, drawn_from)
        if task is None or author.is_apart(task):
            continue
        composed = compose(task, drawn_from, rules)
        calls = list(short_calls(composed.entry_point, composed.trials)) if composed else []
        if composed and calls:
            return _passage(composed, calls, random.Random(f"{drawn_from}:passage"))
    raise ConfigError("the schemas give no passages: random arguments do not reach all of their branches")


def _passage(composed: Composed, calls: list[tuple[str, str]], rng: random.Random) -> Document:
    schema = composed.task.schema
    audience, style = rng.choice([*AUDIENCES]), rng.choice([*STYLES])
    docstring = textwrap.fill(composed.told, 88)
    quotes = '"""'
    close = "\n" if "\n" in docstring else ""
    docstring = textwrap.indent(f"{quotes}{docstring}{close}{quotes}", "    ")
    code = f"{composed.head()}{docstring}\n{composed.solution}".rstrip()
    shown = sorted(calls, key=lambda call: call[1] in _PLAIN_OUTCOMES)[: rng.choice((1, 2, 2, 3))]
    prints = "\n".join(f"print({call})" for call, _ in shown)
    outputs = "\n".join(_printed(outcome) for _, outcome in shown)
    function = next(node for node in reversed(ast.parse(code).body) if isinstance(node, ast.FunctionDef))
    sentences = explain(function)[: AUDIENCES[audience] * 2]
    parts = Parts(
        concept=rng.choice(CONCEPTS.get(schema.family, (f"This is about {schema.family}.",))),
        title=schema.name.replace("_", " ").capitalize(),
        told=tell(composed.task, composed.names, rng),
        name=composed.entry_point,
        code=f"```python\n{code}\n```",
        explained=" ".join(sentences),
        listed="\n".join(f"{number}. {one}" for number, one in enumerate(sentences, 1)),
        called=f"```python\n{prints}\n```\n\n```\n{outputs}\n```",
        outcome=shown[0],
        remark=remark_on(function),
    )
    text = STYLES[style](parts) + "\n"
    return textbook_passage(
        id=content_id("passage", text),
        text=text,
        family=schema.family,
        topic=schema.name,
        audience=audience,
        style=style,
        teacher=CURRICULUM,
    )


@dataclass(frozen=True)
class Parts:
    """What a passage is put together from."""

    concept: str
    title: str
    told: str
    name: str
    code: str
    explained: str
    listed: str
    called: str
    outcome: tuple[str, str]
    remark: str


STYLES: Mapping[str, Callable[[Parts], str]] = {
    "lesson": lambda it: (
        f"# {it.title}\n\n{it.concept} An example: {it.told}\n\n{it.code}\n\n"
        f"{it.explained}\n\nHere is how it is used:\n\n{it.called}\n\n{it.remark}"
    ),
    "numbered steps": lambda it: (
        f"# {it.title}\n\n{it.concept}\n\n{it.code}\n\nHow `{it.name}` works:\n\n{it.listed}\n\n"
        f"Let us try it:\n\n{it.called}\n\n{it.remark}"
    ),
    "question and answer": lambda it: (
        f"**Question.** {it.told} What does `{it.outcome[0]}` return?\n\n"
        f"**Answer.** It returns `{it.outcome[1]}`. {it.concept} The function can be written like this:\n\n"
        f"{it.code}\n\n{it.explained}\n\n{it.called}"
    ),
    "notes": lambda it: f"{it.concept}\n\n{it.code}\n\n{it.called}\n\n{it.remark} {it.explained}",
}
"""Style → how a passage is put together."""


def _printed(outcome: str) -> str:
    """What `print` writes for a value of this representation."""
    value = ast.literal_eval(outcome)
    return value if isinstance(value, str) else outcome
