"""Run tasks and solutions: the reference value of each, and whether every operation of a chain matters."""

import itertools
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from hornbook.synthesis.curriculum.idioms import reference_source
from hornbook.synthesis.curriculum.kinds import Kind, source_of
from hornbook.synthesis.curriculum.operation import Form, Operation
from hornbook.synthesis.curriculum.outcomes import NUM_TAKEN, Called, Refused
from hornbook.synthesis.curriculum.task import Shape, Step, Task
from hornbook.synthesis.curriculum.world import World

MAX_NUMBER = 10**7
MAX_SMALL = 15
MAX_COUNTED = 5_000
MAX_MEMBERS = 40
MAX_SAME_SHARE = 0.8

Run = Callable[..., Any]


class Reference:
    """The meaning of tasks, computed operation by operation, independent of any idiom."""

    def __init__(self, world: World) -> None:
        self._runs: Mapping[str, Run] = {name: compile_operation(op) for name, op in world.operations.items()}

    def evaluate(self, task: Task, arguments: Sequence[Any], skip: int = -1) -> Any:
        """The task's result on `arguments`, or that of the task without its step number `skip`.

        A generator's result is the list of what it yields, of an endless one the first `NUM_TAKEN`; a method's result
        is `Called`; a refused value gives `Refused`, or None where the function returns that.
        """
        names = {argument.name: value for argument, value in zip(task.arguments, arguments, strict=True)}
        value = held = arguments[0]
        for place, step in enumerate(task.steps):
            if place == skip:
                continue
            made = self._apply(step, value, names)
            match step.operation.form:
                case Form.GUARD if made:
                    return _refused(step)
                case Form.GUARD:
                    pass
                case Form.STATE:
                    value, held = made
                case Form.YIELD:
                    value = list(itertools.islice(made, NUM_TAKEN if step.operation.is_endless else None))
                case _:
                    value = made
        if task.shape is not Shape.METHOD:
            return value
        return Called(None if task.gives is Kind.NOTHING else value, held)

    def _apply(self, step: Step, value: Any, names: Mapping[str, Any]) -> Any:
        if isinstance(value, int) and not isinstance(value, bool):
            self._refuse_slow(step.operation, value)
        literals = dict(step.literals)
        places = dict(step.arguments)
        given = (
            literals[parameter.name] if parameter.name in literals else names[places[parameter.name]]
            for parameter in step.operation.parameters
        )
        return self._runs[step.operation.name](value, *given)

    def _refuse_slow(self, operation: Operation, value: int) -> None:
        if "small" in operation.needs and value > MAX_SMALL:
            raise OverflowError(f"{value} is too large for {operation.name}")
        if abs(value) > MAX_COUNTED and any(
            "range(" in text or "while" in text for text in (*operation.code, *operation.blocks)
        ):
            raise OverflowError(f"{operation.name} would count up to {value}")

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
        try:
            return any(
                self.evaluate(task, arguments, skip=place) != result
                for arguments, result in zip(inputs, results, strict=True)
            )
        except (ValueError, IndexError, OverflowError, ZeroDivisionError, TypeError):
            return True


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
