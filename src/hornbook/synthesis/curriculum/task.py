"""A task: a chain of operations with its constants bound and its arguments named."""

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from hornbook.synthesis.curriculum.difficulties import difficulty_of
from hornbook.synthesis.curriculum.kinds import Kind
from hornbook.synthesis.curriculum.operation import Family, Form, Operation, Parameter
from hornbook.synthesis.curriculum.owners import Owner


class Shape(StrEnum):
    """What is written for a task."""

    FUNCTION = "function"
    GENERATOR = "generator"
    GUARDED = "guarded function"
    """A function that refuses some arguments."""
    METHOD = "method"
    """A class, of which one method is to be completed."""


@dataclass(frozen=True)
class Argument:
    """An argument of the function."""

    name: str
    kind: Kind
    properties: frozenset[str] = frozenset()
    parameter: Parameter | None = None
    """The parameter that the argument stands for; none for the first argument, the chain's value."""


@dataclass(frozen=True)
class Step:
    """An operation with its parameters bound: to a literal, or to the name of an argument."""

    operation: Operation
    literals: tuple[tuple[str, int | str], ...] = ()
    arguments: tuple[tuple[str, str], ...] = ()

    def in_code(self) -> dict[str, str]:
        """The parameters as Python expressions."""
        values = {name: str(value) if isinstance(value, int) else f'"{value}"' for name, value in self.literals}
        return values | dict(self.arguments)

    def in_words(self) -> dict[str, str]:
        """The parameters as English writes them."""
        values = {name: str(value) if isinstance(value, int) else f"'{value}'" for name, value in self.literals}
        return values | {name: f"`{argument}`" for name, argument in self.arguments}


@dataclass(frozen=True)
class Task:
    """What a function is to do."""

    arguments: tuple[Argument, ...]
    steps: tuple[Step, ...]
    owner: Owner | None = None
    """The class, where the task is a method; its first argument then is the attribute."""

    @cached_property
    def shape(self) -> Shape:
        """What is to be written."""
        if self.steps[0].operation.form is Form.STATE:
            return Shape.METHOD
        if self.steps[0].operation.form is Form.GUARD:
            return Shape.GUARDED
        return Shape.GENERATOR if self.steps[-1].operation.form is Form.YIELD else Shape.FUNCTION

    @property
    def work(self) -> tuple[Step, ...]:
        """The steps behind a guard or a change of state."""
        return self.steps[1:] if self.shape in (Shape.GUARDED, Shape.METHOD) else self.steps

    @property
    def parameters(self) -> tuple[Argument, ...]:
        """The arguments that a call hands over: for a method all but the value that the object holds."""
        return self.arguments[1:] if self.shape is Shape.METHOD else self.arguments

    @property
    def may_be_none(self) -> bool:
        """Whether the function returns None for what it refuses."""
        return self.shape is Shape.GUARDED and not self.steps[0].operation.refusal

    @property
    def composition(self) -> tuple[str, ...]:
        """The names of the operations, in the order of the data."""
        return tuple(step.operation.name for step in self.steps)

    @property
    def key(self) -> tuple[object, ...]:
        """What distinguishes tasks: the composition, its literals, and which parameters are arguments."""
        return tuple(
            (step.operation.name, step.literals, tuple(name for name, _ in step.arguments)) for step in self.steps
        )

    @cached_property
    def gives(self) -> Kind:
        """The kind of the result."""
        last = self.steps[-1].operation
        is_change = last.form is Form.STATE and not last.state
        return Kind.NOTHING if is_change else last.gives

    @property
    def difficulty(self) -> int:
        """How difficult it is, 1 to 4."""
        return difficulty_of(step.operation for step in self.steps)

    @property
    def family(self) -> Family:
        """The most particular of the operations' families."""
        present = {step.operation.family for step in self.steps}
        for family in _MOST_PARTICULAR_FIRST:
            if family in present:
                return family
        raise AssertionError(f"no family in {present}")


_MOST_PARTICULAR_FIRST = (
    Family.ERRORS,
    Family.GENERATORS,
    Family.CLASSES,
    Family.SIMULATION,
    Family.PARSING,
    Family.DATES,
    Family.MATRICES,
    Family.SETS,
    Family.BITS,
    Family.SEARCHING,
    Family.NUMBER_THEORY,
    Family.RECURSION,
    Family.NESTED,
    Family.DICTIONARIES,
    Family.CONDITIONS,
    Family.WORDS,
    Family.STRINGS,
    Family.INTEGERS,
    Family.LISTS,
)
