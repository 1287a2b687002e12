"""A task: a chain of operations with its constants bound and its arguments named."""

from dataclasses import dataclass

from hornbook.synthesis.curriculum.kinds import Kind
from hornbook.synthesis.curriculum.operation import Family, Operation, Parameter


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

    @property
    def gives(self) -> Kind:
        """The kind of the result."""
        return self.steps[-1].operation.gives

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
