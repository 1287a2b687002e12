"""Records with which arguments a test calls the function that it tests."""

import ast
import inspect
from collections.abc import Callable, Mapping
from typing import Any

from hornbook.sandbox.probes.tasks import attempt
from hornbook.sandbox.probes.values import encode

TEST_SECONDS = 2.0


class _EnoughError(BaseException):
    """There are as many inputs as are wanted."""


def observe(task: Mapping[str, Any]) -> list[str]:
    """Observe one test, to its end or its first failure.

    Args:
        task: `code`, a module that solves the problem; `name` of its function; `test`, source that calls it, or
            defines `check` that does; `max_inputs`; `max_characters` of an input.

    Returns:
        The first different argument lists as Python source, keywords by their position where that is possible. Those
        that are no literals, or too long, are left out.
    """
    inputs: dict[str, None] = {}

    def note(arguments: tuple[Any, ...], keywords: dict[str, Any]) -> None:
        text = _written(arguments, keywords, task["max_characters"])
        if text is not None:
            inputs[text] = None
            if len(inputs) >= task["max_inputs"]:
                raise _EnoughError

    def run() -> None:
        names: dict[str, Any] = {"__name__": "problem"}
        exec(compile(task["code"], "<problem>", "exec", dont_inherit=True), names)
        recorder = _recorder(names[task["name"]], note)
        own = {**names, task["name"]: recorder}
        exec(compile(task["test"], "<test>", "exec", dont_inherit=True), own)
        if "check" in own:
            own["check"](recorder)

    attempt(TEST_SECONDS, run)
    return list(inputs)


def _recorder(
    function: Callable[..., Any], note: Callable[[tuple[Any, ...], dict[str, Any]], None]
) -> Callable[..., Any]:
    signature = inspect.signature(function)

    def recorder(*arguments: Any, **keywords: Any) -> Any:
        bound = signature.bind(*arguments, **keywords)
        note(bound.args, bound.kwargs)
        return function(*arguments, **keywords)

    return recorder


def _written(arguments: tuple[Any, ...], keywords: dict[str, Any], max_characters: int) -> str | None:
    """The argument list; None if its text does not give the same values back."""
    parts = []
    for name, value in [*(("", value) for value in arguments), *keywords.items()]:
        text = repr(value)
        try:
            same = encode(ast.literal_eval(text), max_characters) == encode(value, max_characters)
        except (ValueError, TypeError, SyntaxError, RecursionError):
            return None
        if not same:
            return None
        parts.append(f"{name}={text}" if name else text)
    joined = ", ".join(parts)
    return joined if len(joined) <= max_characters else None
