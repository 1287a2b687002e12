"""The nouns that flow between stages, and their Arrow schemas.

A record is a frozen dataclass; a table of them has the schema `schema_of(Record)`. Records are never rewritten: labels,
predicted values and verdicts are tables of their own, keyed by the record's id.
"""

import dataclasses
import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, ClassVar, Protocol, TypeVar, get_args, get_origin, get_type_hints

import pyarrow as pa


class Record(Protocol):
    """Any frozen dataclass whose fields are strings, integers, floats, enums of strings, or tuples of strings."""

    __dataclass_fields__: ClassVar[dict[str, Any]]


R = TypeVar("R", bound=Record)

CURRICULUM = "curriculum"
"""The teacher that is no language model: a program that composes passages and exercises."""


class SampleKind(StrEnum):
    """What a document that was split from a source file is there; `sample_kind` in its metadata."""

    FUNCTION = "function"
    CLASS = "class"
    MODULE = "module"


class DocumentKind(StrEnum):
    """Which part of the training data a document belongs to. Source: section 2 of the paper."""

    CODE = "code"
    TEXTBOOK = "textbook"
    EXERCISE = "exercise"


class Outcome(StrEnum):
    """What became of an untrusted program. A failure of the machine is no outcome: it raises `SandboxError`."""

    PASSED = "passed"
    WRONG = "wrong"
    """An assertion failed."""
    RAISED = "raised"
    """Any other exception, an exit included."""
    SYNTAX_ERROR = "syntax error"
    CPU_TIMED_OUT = "timed out (CPU)"
    """It used up its CPU time: it would do so on any machine of this speed, however busy."""
    WALL_TIMED_OUT = "timed out (wall)"
    """It slept or waited until the safety net caught it."""
    OUT_OF_MEMORY = "out of memory"
    OUTPUT_LIMIT = "output limit"
    KILLED = "killed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """One reading of one document's educational value."""

    id: str
    """Of the document."""
    score: int
    """0 (nothing to learn) to 5 (textbook quality); `curation/educational_value/rubric.md`."""
    reason: str
    annotator: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """What the quality classifier says of one document."""

    id: str
    value: float
    """Probability that a reader would give the document a score of at least 3; 0 to 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exercise:
    """A function to complete: signature and docstring, then the solution's body."""

    id: str
    prompt: str
    """Imports if any, signature, docstring or comment; ends with a newline."""
    solution: str
    """The body, indented by four spaces; `prompt + solution` is a whole module that ends with a newline."""
    entry_point: str
    test: str
    """Source that defines `check(candidate)`, as in HumanEval."""
    family: str
    operations: tuple[str, ...]
    """The schema, and the words and constants that fill it; empty where the teacher is a language model."""
    docstring_style: str
    teacher: str


EXERCISE_METADATA = ("entry_point", "test", "family", "operations", "docstring_style", "teacher")
"""The fields of an exercise that stand in the metadata of its document."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """A benchmark problem in HumanEval's terms."""

    task_id: str
    prompt: str
    entry_point: str
    canonical_solution: str
    test: str
    """Source that defines `check(candidate)`."""
    category: str
    """The set that a held-out problem belongs to; empty where the benchmark has none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Completion:
    """What a model wrote for a problem."""

    task_id: str
    sample_index: int
    raw: str
    """As generated, after the prompt."""
    text: str
    """`raw` cut at the end of the function: what is executed, behind the prompt."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What the sandbox saw when it ran one completion against its problem's tests."""

    task_id: str
    sample_index: int
    outcome: Outcome
    detail: str
    """The error in one bounded line; empty where it passed."""
    stderr: str
    """The beginning of what the program itself wrote to stderr, bounded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """How long one completion ran. Kept apart from its verdict, because no two runs take equally long."""

    task_id: str
    sample_index: int
    cpu_seconds: float
    """User and system time of its process."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grade:
    """How a language model that plays the teacher graded one completion, without running it."""

    task_id: str
    sample_index: int
    grading_index: int
    """Several gradings of one completion are counted from 0."""
    assessment: str
    """The short verbal evaluation that precedes the number."""
    grade: int
    """0 to 10."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A text for training, whatever it came from."""

    id: str
    kind: DocumentKind
    text: str
    metadata: str = "{}"
    """What else is known of it, a JSON object: source, path, licenses, origin."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dropped:
    """Why a record goes no further, or why a row of a file is no record."""

    id: str
    """Of the record; of a row that is none its place, `part.jsonl:17`."""
    reason: str
    """A short, countable phrase: `exact duplicate`."""
    detail: str
    """The evidence: the record that it duplicates, the problem it resembles, the score it lacked."""


def textbook_passage(
    *,
    id: str,  # noqa: A002
    text: str,
    family: str = "",
    topic: str = "",
    audience: str = "",
    style: str = "",
    teacher: str = "",
) -> Document:
    """A textbook passage: prose that explains, with code and the output that it prints.

    Args:
        id: Of the document.
        text: In Markdown.
        family: The family of concepts: `strings`.
        topic: The operation or concept that the passage explains.
        audience: Whom it addresses.
        style: How it is written.
        teacher: Who wrote it: `curriculum`, or the name of a model.
    """
    metadata = {"family": family, "topic": topic, "audience": audience, "style": style, "teacher": teacher}
    return Document(id=id, kind=DocumentKind.TEXTBOOK, text=text, metadata=json.dumps(metadata))


def as_document(record: "Document | Exercise") -> Document:
    """The text that a model is trained on: an exercise is its prompt and its solution.

    The metadata have the other fields of the record; `exercise_of` makes an exercise of them again.
    """
    match record:
        case Document():
            return record
        case Exercise():
            fields = {name: getattr(record, name) for name in EXERCISE_METADATA}
            fields["prompt_length"] = len(record.prompt)
            text = record.prompt + record.solution
            return Document(id=record.id, kind=DocumentKind.EXERCISE, text=text, metadata=json.dumps(fields))


def exercise_of(document: Document) -> Exercise:
    """The exercise that a document of this kind was made from.

    Raises:
        KeyError: The metadata are not those of an exercise.
    """
    metadata = json.loads(document.metadata)
    fields = {name: metadata[name] for name in EXERCISE_METADATA}
    length = metadata["prompt_length"]
    return Exercise(
        id=document.id,
        prompt=document.text[:length],
        solution=document.text[length:],
        **{**fields, "operations": tuple(fields["operations"])},
    )


def record_type_of(schema: pa.Schema) -> type[Any]:
    """The record with a text whose schema this is.

    Raises:
        KeyError: There is none.
    """
    names = set(schema.names)
    for record in (Document, Exercise):
        if names == {field.name for field in dataclasses.fields(record)}:
            return record
    raise KeyError(f"no record has the columns {', '.join(schema.names)}")


def content_id(prefix: str, *parts: str) -> str:
    """Name a record by what it says: equal content, equal id, on any machine.

    Args:
        prefix: What the record is: `code`, `passage`, `exercise`.
        parts: The texts that determine the record; their boundaries count.

    Returns:
        `prefix-` and 16 hexadecimal digits of a SHA-256.
    """
    digest = hashlib.sha256()
    for part in parts:
        encoded = part.encode()
        digest.update(len(encoded).to_bytes(8, "little"))
        digest.update(encoded)
    return f"{prefix}-{digest.hexdigest()[:16]}"


def schema_of(record: type[Record]) -> pa.Schema:
    """The Arrow schema of a table of `record`; every field is required.

    Raises:
        TypeError: A field has a type that no table holds.
    """
    hints = get_type_hints(record)
    fields = dataclasses.fields(record)
    return pa.schema([pa.field(field.name, _arrow_type(hints[field.name]), nullable=False) for field in fields])


def table_of(record: type[R], records: Iterable[R]) -> pa.Table:
    """A table with one row per record, in the given order."""
    rows = list(records)
    schema = schema_of(record)
    columns = [pa.array([getattr(row, name) for row in rows], type=schema.field(name).type) for name in schema.names]
    return pa.Table.from_arrays(columns, schema=schema)


def records_of(record: type[R], table: pa.Table) -> list[R]:
    """The rows of a table as records, in order.

    Raises:
        KeyError: The table lacks a column of the record.
    """
    hints = get_type_hints(record)
    names = [field.name for field in dataclasses.fields(record)]
    columns: Sequence[list[Any]] = [
        [_python_value(hints[name], cell) for cell in table.column(name).to_pylist()] for name in names
    ]
    return [record(**dict(zip(names, cells, strict=True))) for cells in zip(*columns, strict=True)]


def _arrow_type(hint: Any) -> pa.DataType:
    if get_origin(hint) is tuple and get_args(hint) == (str, ...):
        return pa.list_(pa.string())
    if isinstance(hint, type) and issubclass(hint, str):
        return pa.string()
    if hint is int:
        return pa.int64()
    if hint is float:
        return pa.float64()
    raise TypeError(f"a record's field cannot have the type {hint!r}")


def _python_value(hint: Any, cell: Any) -> Any:
    if get_origin(hint) is tuple:
        return tuple(cell)
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return hint(cell)
    return cell
