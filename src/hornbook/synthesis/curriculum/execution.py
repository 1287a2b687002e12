"""Run tasks and solutions: the reference value of each, and whether every operation of a chain matters."""

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hornbook.synthesis.curriculum.idioms import reference_source
from hornbook.synthesis.curriculum.kinds import Kind, source_of
from hornbook.synthesis.curriculum.operation import Family, Form, Operation
from hornbook.synthesis.curriculum.outcomes import NUM_TAKEN, Called, Refused
from hornbook.synthesis.curriculum.task import Shape, Step, Task
from hornbook.synthesis.curriculum.world import World

MAX_NUMBER = 10**7
MAX_SMALL = 15
MAX_COUNTED = 5_000
MAX_BRANCHED = 16
"""Members of a list for a recursion, which may call itself twice for each of them."""
MAX_MEMBERS = 40
MAX_SAME_SHARE = 0.8

Run = Callable[..., Any]


class Reference:
    """The meaning of tasks, computed operation by operation, independent of any idiom."""

    def __init__(self, world: World) -> None:
        self._runs: Mapping[str, Run] = {name: compile_operation(op) for name, op in world.operations.items()}
        self._latest: tuple[Task, tuple[_Move, ...]] | None = None

    def evaluate(self, task: Task, arguments: Sequence[Any], skip: int = -1) -> Any:
        """The task's result on `arguments`, or that of the task without its step number `skip`.

        A generator's result is the list of what it yields, of an endless one the first `NUM_TAKEN`; a method's result
        is `Called`; a refused value gives `Refused`, or None where the function returns that.
        """
        value = held = arguments[0]
        for place, move in enumerate(self._moves(task)):
            if place == skip:
                continue
            if type(value) is int:
                _refuse_slow(move.operation, value)
            elif type(value) is list:
                _refuse_long(move.operation, value)
            made = move.run(value, *(arguments[at] if at >= 0 else literal for at, literal in move.given))
            match move.form:
                case Form.GUARD if made:
                    return _refused(task.steps[place])
                case Form.GUARD:
                    pass
                case Form.STATE:
                    value, held = made
                case Form.YIELD:
                    value = list(itertools.islice(made, NUM_TAKEN if move.operation.is_endless else None))
                case _:
                    value = made
        if task.shape is not Shape.METHOD:
            return value
        return Called(None if task.gives is Kind.NOTHING else value, held)

    def _moves(self, task: Task) -> tuple["_Move", ...]:
        """How the task's steps are run; those of the latest task are kept, since a task is run on many arguments."""
        if self._latest is None or self._latest[0] is not task:
            places = {argument.name: at for at, argument in enumerate(task.arguments)}
            self._latest = task, tuple(self._move(step, places) for step in task.steps)
        return self._latest[1]

    def _move(self, step: Step, places: Mapping[str, int]) -> "_Move":
        literals, names = dict(step.literals), dict(step.arguments)
        given = tuple(
            (-1, literals[parameter.name]) if parameter.name in literals else (places[names[parameter.name]], None)
            for parameter in step.operation.parameters
        )
        return _Move(step.operation, step.operation.form, self._runs[step.operation.name], given)

    def outputs(self, task: Task, inputs: Sequence[tuple[Any, ...]]) -> list[Any] | None:
        """The results on all inputs; none if the task is pointless on them, undefined, or grows out of hand.

        A task is pointless if its results hardly differ, if it only hands its value back, or if leaving out one
        operation that could be left out changes nothing.
        """
        try:
            results = [self.evaluate(task, arguments) for arguments in inputs]
        except (ValueError, IndexError, OverflowError, ZeroDivisionError):
            return None
        written = [source_of(result) for result in results]
        different = len(set(written))
        least = 2 if task.steps[-1].operation.last or task.gives is Kind.NUMBER else 4
        least += task.shape is Shape.GUARDED
        if different < least or not all(map(is_modest, results)):
            return None
        if max(map(written.count, set(written))) > len(inputs) * MAX_SAME_SHARE:
            return None
        for place, step in enumerate(task.steps):
            may_be_left_out = step.operation.takes == step.operation.gives and step.operation.code != ("$x",)
            if may_be_left_out and not self._matters(task, place, inputs, results):
                return None
        return results

    def _matters(self, task: Task, place: int, inputs: Sequence[tuple[Any, ...]], results: Sequence[Any]) -> bool:
        operation = task.steps[place].operation
        if operation.form is Form.GUARD:
            return any(result is None or isinstance(result, Refused) for result in results)
        if any(operation.adds & later.operation.needs for later in task.steps[place + 1 :]):
            return True  # What follows relies on it, and might not come to an end without it.
        try:
            return any(
                self.evaluate(task, arguments, skip=place) != result
                for arguments, result in zip(inputs, results, strict=True)
            )
        except (ValueError, IndexError, OverflowError, ZeroDivisionError, TypeError):
            return True


@dataclass(frozen=True)
class _Move:
    """A step ready to be run."""

    operation: Operation
    form: Form
    run: Run
    given: tuple[tuple[int, Any], ...]
    """For each parameter the place of the argument that gives it, or -1 and the literal."""


def _refuse_slow(operation: Operation, value: int) -> None:
    if "small" in operation.needs and value > MAX_SMALL:
        raise OverflowError(f"{value} is too large for {operation.name}")
    if abs(value) > MAX_COUNTED and operation.counts:
        raise OverflowError(f"{operation.name} would count up to {value}")


def _refuse_long(operation: Operation, value: list[Any]) -> None:
    longest = MAX_BRANCHED if operation.family is Family.RECURSION else operation.longest
    if longest and len(value) > longest:
        raise OverflowError(f"{len(value)} members are too many for {operation.name}")


def _refused(step: Step) -> Refused | None:
    """What comes of a refusal: the exception with its message, or None."""
    operation = step.operation
    return Refused(operation.refusal, str(dict(step.literals)["m"])) if operation.refusal else None


def compile_operation(operation: Operation) -> Run:
    """The operation alone as a function of its value and parameters."""
    names: dict[str, Any] = {}
    exec(reference_source(operation), names)  # Our own text.
    run: Run = names["run"]
    return run


def compile_function(source: str, name: str) -> Run:
    """The function `name` that the module `source` defines."""
    names: dict[str, Any] = {}
    exec(compile(source, f"<{name}>", "exec"), names)  # Written by the curriculum from its own tables.
    function: Run = names[name]
    return function


def is_modest(value: Any) -> bool:
    """Whether a value is small enough to be shown and compared."""
    if value is None or isinstance(value, bool | Refused):
        return True
    if isinstance(value, int):
        return abs(value) <= MAX_NUMBER
    if isinstance(value, str):
        return len(value) <= MAX_MEMBERS * 2
    if isinstance(value, dict):
        return len(value) <= MAX_MEMBERS and all(map(is_modest, value.values()))
    return len(value) <= MAX_MEMBERS and all(map(is_modest, value))
