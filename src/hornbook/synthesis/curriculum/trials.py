"""Run a program on random inputs, and choose the inputs that its tests need: every branch taken, every outcome told.

The programs are the curriculum's own, so they run in this process. One that takes too many steps raises.
"""

import ast
import marshal
import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

_MAX_STEPS = 20_000
_MAX_LITERAL = 300
"""Characters of an argument or outcome in a test."""
_MOST_EQUAL = 0.9
"""Share of inputs that may have the same outcome."""


class TooLongError(Exception):
    """A program took more steps than a small one needs."""


@dataclass(frozen=True, slots=True)
class Trial:
    """A program's outcome for its arguments."""

    arguments: tuple[Any, ...]
    outcome: Any
    """What it returned; for an exception its type."""
    is_error: bool
    branches: frozenset[tuple[int, bool]]
    """Number of a condition or loop, and which way it went."""
    is_generator: bool
    """Whether the function yields; the outcome is then the list of what it yielded."""

    def call(self, name: str) -> str:
        """The call whose value the outcome is, as source."""
        call = f"{name}({', '.join(map(repr, self.arguments))})"
        return f"list({call})" if self.is_generator else call


class Program:
    """A program that notes its branches.

    Args:
        code: Source with imports and helpers; it defines `name`.
    """

    def __init__(self, code: str, name: str) -> None:
        marked = _Mark()
        tree = ast.fix_missing_locations(marked.visit(ast.parse(code)))
        self.branches = frozenset(
            (number, way) for number in range(marked.number) for way in (False, True)
        ) - frozenset((number, False) for number in marked.endless)
        self._taken: set[tuple[int, bool]] = set()
        self._num_steps = 0
        self._is_generator = any(
            isinstance(node, ast.Yield)
            for definition in tree.body
            if isinstance(definition, ast.FunctionDef) and definition.name == name
            for node in ast.walk(definition)
        )
        namespace: dict[str, Any] = {"_took": self._took, "_each": self._each}
        exec(compile(tree, "<program>", "exec"), namespace)
        self._function: Callable[..., Any] = namespace[name]

    def run(self, arguments: tuple[Any, ...]) -> Trial | None:
        """The outcome; None where it takes too long, changes its arguments, or gives what no test can say."""
        self._taken.clear()
        self._num_steps = 0
        given = marshal.loads(marshal.dumps(arguments))  # A copy; the values are plain.
        is_error = False
        try:
            outcome = self._function(*given)
            outcome = list(outcome) if self._is_generator else outcome
        except (ValueError, KeyError) as error:
            outcome, is_error = type(error), True
        except (TooLongError, RecursionError, IndexError, TypeError, ZeroDivisionError):
            return None
        can_be_tested = is_error or (len(repr(outcome)) <= _MAX_LITERAL and _is_plain(outcome))
        if given != arguments or not can_be_tested:
            return None
        return Trial(arguments, outcome, is_error, frozenset(self._taken), self._is_generator)

    def _took(self, number: int, value: Any) -> Any:
        self._num_steps += 1
        if self._num_steps > _MAX_STEPS:
            raise TooLongError
        self._taken.add((number, bool(value)))
        return value

    def _each(self, number: int, values: Iterable[Any]) -> Iterable[Any]:
        is_empty = True
        for value in values:
            is_empty = False
            self._took(number, True)
            yield value
        if is_empty:
            self._took(number, False)


class _Mark(ast.NodeTransformer):
    """Wraps conditions and the iterables of loops, so that they note which way they go."""

    def __init__(self) -> None:
        self.number = 0
        self.endless: set[int] = set()
        """Loops that need not be seen empty."""

    def _wrapped(self, function: str, value: ast.expr) -> ast.expr:
        self.number += 1
        return ast.Call(ast.Name(function, ast.Load()), [ast.Constant(self.number - 1), value], [])

    def visit_If(self, node: ast.If | ast.IfExp) -> ast.AST:
        self.generic_visit(node)
        node.test = self._wrapped("_took", node.test)
        return node

    visit_IfExp = visit_If  # noqa: N815

    def visit_While(self, node: ast.While) -> ast.AST:
        self.generic_visit(node)
        if isinstance(node.test, ast.Constant):
            self.endless.add(self.number)
        node.test = self._wrapped("_took", node.test)
        return node

    def visit_For(self, node: ast.For) -> ast.AST:
        self.generic_visit(node)
        self.endless.add(self.number)
        node.iter = self._wrapped("_each", node.iter)
        return node

    def visit_comprehension(self, node: ast.comprehension) -> ast.AST:
        self.generic_visit(node)
        node.ifs = [self._wrapped("_took", test) for test in node.ifs]
        return node


def _is_plain(value: Any) -> bool:
    """Whether a literal can say the value."""
    match value:
        case float():
            return math.isfinite(value)
        case dict():
            return all(map(_is_plain, value)) and all(map(_is_plain, value.values()))
        case list() | tuple():
            return all(map(_is_plain, value))
    return value is None or isinstance(value, int | str)


def choose_trials(program: Program, inputs: Iterable[tuple[Any, ...]], *, most: int) -> list[Trial] | None:
    """Trials that take every branch and have at least two outcomes, the first ones that add something first.

    Returns:
        None where the inputs leave a branch untaken, or nearly all outcomes are the same.
    """
    found: dict[str, Trial] = {}
    for arguments in inputs:
        trial = program.run(arguments)
        if trial is not None and len(repr(arguments)) <= _MAX_LITERAL:
            found.setdefault(repr(arguments), trial)
    chosen: list[Trial] = []
    open_branches, outcomes = set(program.branches), set[str]()
    rest = list(found.values())
    for trial in rest:
        if trial.branches & open_branches or (repr(trial.outcome) not in outcomes and len(chosen) < most):
            open_branches -= trial.branches
            outcomes.add(repr(trial.outcome))
            chosen.append(trial)
    counts = Counter(repr(trial.outcome) for trial in rest)
    if open_branches or len(outcomes) < 2 or max(counts.values()) > _MOST_EQUAL * len(rest):
        return None
    spare = [trial for trial in rest if trial not in chosen]
    return chosen + spare[: max(0, most - len(chosen))]


def write_test(trials: Sequence[Trial]) -> str:
    """Source that defines `check(candidate)`."""
    lines = ["def check(candidate):"]
    for trial in trials:
        call = trial.call("candidate")
        if trial.is_error:
            lines += [
                "    try:",
                f"        {call}",
                "        assert False",
                f"    except {trial.outcome.__name__}:",
                "        pass",
            ]
        elif isinstance(trial.outcome, bool) or trial.outcome is None:
            lines.append(f"    assert {call} is {trial.outcome}")
        else:
            lines.append(f"    assert {call} == {trial.outcome!r}")
    return "\n".join(lines) + "\n"
