"""Observes a function: whether it runs, whether its examples hold, and what it does with its inputs."""

import ast
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from hornbook.sandbox.probes.tasks import TimeUpError, attempt, describe, run_source
from hornbook.sandbox.probes.values import encode

MODULE_SECONDS = 1.0
CALL_SECONDS = 0.15
_MOST_TIME_OUTS = 2
_ERROR_NAME = re.compile(r"\b([A-Z]\w*(?:Error|Exception|Interrupt|Exit|Iteration|Warning))\b")


def observe(task: Mapping[str, Any]) -> dict[str, Any]:
    """See one function.

    Args:
        task: `code`, a module; `name` of its function; `test`, source that defines `check`, may be empty; `examples`,
            each a form, a source and what it is said to give; `inputs`, argument lists as Python source;
            `max_characters` of a value; `twice`: whether to look if the function does the same a second time.

    Returns:
        `outcome` and `detail` of the module; `test`: what was wrong with its test, null if nothing was; `examples`:
            for each null (no claim), or whether it held and what was seen; `calls`: one per input, see `call_function`,
            and null if the function was too slow before; `varies`: the indices of inputs with which it did something
            else the second time; `printed`: whether it printed.
    """
    names: dict[str, Any] = {"__name__": "exercise"}
    seen: dict[str, Any] = {"outcome": "passed", "detail": "", "test": None, "examples": [], "calls": [], "varies": []}
    function = _load(task, names, seen)
    if function is None:
        return seen
    seen["examples"] = [_example(example, names) for example in task["examples"]]
    first = _call_all(function, task, names, task["inputs"])
    seen["calls"] = first
    if task["twice"]:
        known = [text if call and call[0] != "t" else None for text, call in zip(task["inputs"], first, strict=True)]
        second = _call_all(function, task, names, known)
        seen["varies"] = [place for place, call in enumerate(first) if call != second[place] and second[place]]
    seen["test"] = _test(function, task["test"], names)
    seen["printed"] = bool(getattr(sys.stdout, "tell", int)())
    return seen


def _load(task: Mapping[str, Any], names: dict[str, Any], seen: dict[str, Any]) -> Callable[..., Any] | None:
    """Run the module and find the function; None if that came to nothing, which then stands in `seen`."""
    try:
        module = compile(task["code"], "<exercise>", "exec", dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError) as refused:
        seen["outcome"], seen["detail"] = "syntax error", describe(refused)
        return None

    def define() -> Any:
        exec(module, names)
        function = names.get(task["name"])
        if not callable(function):
            raise NameError(f"it defines no function `{task['name']}`")
        return function

    function: Callable[..., Any] | None
    function, error = attempt(MODULE_SECONDS, define)
    if type(error) is TimeUpError:
        seen["outcome"], seen["detail"] = "timed out (CPU)", f"its module used {MODULE_SECONDS:g} s of CPU time"
    elif error is not None:
        seen["outcome"], seen["detail"] = "raised", describe(error)
    return function


def _test(function: Callable[..., Any], test: str, names: Mapping[str, Any]) -> str | None:
    """What is wrong with the exercise's own test; null if it passes or there is none."""

    def check() -> None:
        own = dict(names)
        exec(compile(test, "<test>", "exec", dont_inherit=True), own)
        own["check"](function)

    _, error = attempt(MODULE_SECONDS, check) if test else (None, None)
    if error is None:
        return None
    if type(error) is TimeUpError:
        return "its own test comes to no end"
    return f"its own test: {describe(error)}"


def _call_all(
    function: Callable[..., Any], task: Mapping[str, Any], names: Mapping[str, Any], inputs: Sequence[str | None]
) -> list[Any]:
    calls: list[Any] = []
    num_slow = 0
    for text in inputs:
        call = None
        if text is not None and num_slow < _MOST_TIME_OUTS:
            call = call_function(function, text, names, task["max_characters"])
        num_slow += call == ["t"]
        calls.append(call)
    return calls


def call_function(function: Callable[..., Any], text: str, names: Mapping[str, Any], max_characters: int) -> list[Any]:
    """`["v", result]`, with the arguments as third where they were changed; `["e", type, message]`; `["t"]`: no end."""

    def call() -> list[Any]:
        arguments, keywords = eval(f"__take__({text})", {**names, "__take__": _take})
        before = encode([arguments, keywords], max_characters)
        result = encode(function(*arguments, **keywords), max_characters)
        after = encode([arguments, keywords], max_characters)
        return ["v", result] if before == after else ["v", result, after]

    seen, error = attempt(CALL_SECONDS, call)
    if error is None:
        return list(seen)
    return ["t"] if type(error) is TimeUpError else ["e", type(error).__name__, describe(error)]


def _take(*arguments: Any, **keywords: Any) -> tuple[tuple[Any, ...], dict[str, Any]]:
    return arguments, keywords


def _example(example: list[str], names: dict[str, Any]) -> list[Any] | None:
    """Whether an example holds and what was seen in its place; null if nothing was claimed."""
    form, source, wanted = example

    def compare() -> list[Any] | None:
        shown, value, has_value = _answer(source, names)
        if form == "setup":
            return None
        held = _is_shown(shown, wanted) or (has_value and _is_value(value, wanted, names))
        return [held, "" if held else f"{source} gives {shown or 'nothing'}"[:300]]

    result, error = attempt(CALL_SECONDS, compare)
    if error is None:
        return None if result is None else list(result)
    if type(error) is TimeUpError:
        return [False, f"{source} comes to no end"[:300]]
    if form == "setup":
        return None
    names_of_error = {kind.__name__ for kind in type(error).__mro__} - {"object", "BaseException", "Exception"}
    held = bool(names_of_error.intersection(_ERROR_NAME.findall(wanted)))
    return [held, "" if held else f"{source} raises {describe(error)}"[:300]]


def _answer(source: str, names: dict[str, Any]) -> tuple[str, Any, bool]:
    """What an interactive session would show for `source`; its value, and whether it has one."""
    stream = sys.stdout
    start = stream.tell()
    value, has_value = run_source(source, names)
    stream.seek(start)
    shown = stream.read()
    if has_value and value is not None:
        shown += repr(value)
    return _plain(shown), value, has_value


def _plain(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.strip("\n").splitlines())


def _is_shown(shown: str, wanted: str) -> bool:
    """Whether the text is the wanted one; `...` stands for any text, and a sentence may follow a one-line answer."""
    if shown == _plain(wanted) or (shown and shown == _plain(wanted).split("\n")[0]):
        return True
    if "..." not in wanted or wanted.strip() == "...":
        return False
    pattern = ".*".join(re.escape(part.strip()) for part in wanted.split("..."))
    return re.fullmatch(pattern, shown, re.DOTALL) is not None


def _is_value(value: Any, wanted: str, names: dict[str, Any]) -> bool:
    """Whether `wanted` is another way to write the value: other quotes, the order of a set, more digits."""
    for text in (wanted.strip(), wanted.strip().split("\n")[0]):
        try:
            literal = ast.literal_eval(text)
        except (ValueError, SyntaxError, MemoryError, RecursionError, TypeError):
            try:
                literal = eval(compile(text, "<claim>", "eval", dont_inherit=True), dict(names))
            except Exception:
                continue
        if type(literal) is type(value) and encode(value, 10**6) == encode(literal, 10**6):
            return True
        is_number = all(isinstance(one, int | float) and not isinstance(one, bool) for one in (value, literal))
        if is_number and abs(value - literal) <= 1e-9 * max(1.0, abs(value)):
            return True
    return False
