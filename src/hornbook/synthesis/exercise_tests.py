"""Make a test for an exercise from inputs whose outputs are agreed on.

Source: the form is HumanEval's: a function `check(candidate)` that asserts.
"""

import builtins
from collections.abc import Sequence
from dataclasses import dataclass

from hornbook.python_code.values import Call, has_float, literal_of

_MOST_ASSERTIONS = 10
_MOST_CHARACTERS = 300
_TOLERANCE = "1e-6"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExerciseTest:
    """A test that the exercise's own solution passes."""

    exercise_id: str
    test: str
    """Source that defines `check(candidate)`."""


def build_test(inputs: Sequence[str], calls: Sequence[Call]) -> str:
    """A test that says what these calls did; empty if none of them can be said.

    Left out are results that have no literal, floats inside of containers, and what is very long.

    Args:
        inputs: Argument lists as Python source.
        calls: What the function did with each (`sandbox/probes/calls.py`).
    """
    assertions = [
        text for given, call in zip(inputs, calls, strict=True) if (text := _assertion(given, call)) is not None
    ]
    short = [text for text in assertions if len(text) <= _MOST_CHARACTERS][:_MOST_ASSERTIONS]
    return f"def check(candidate):\n{''.join(short)}" if short else ""


def _assertion(given: str, call: Call) -> str | None:
    if not call:
        return None
    if call[0] == "e":
        return _raises(given, call[1])
    if call[0] != "v":
        return None
    result = call[1]
    if result is None and len(call) > 2:
        return _changes(given, call)
    is_iterator = isinstance(result, list) and result[:1] == ["i"]
    wanted = literal_of(["l", *result[1:]] if is_iterator else result)
    called = f"list(candidate({given}))" if is_iterator else f"candidate({given})"
    if wanted is None:
        return None
    if isinstance(result, list) and result[:1] == ["f"]:
        return f"    assert abs({called} - {_bracketed(wanted)}) <= {_TOLERANCE}\n"
    if has_float(result):
        return None
    return f"    assert {called} {'is' if result is None or isinstance(result, bool) else '=='} {wanted}\n"


def _bracketed(number: str) -> str:
    return f"({number})" if number.startswith("-") else number


def _changes(given: str, call: Sequence[object]) -> str | None:
    """For a function that changes its arguments in place and gives nothing back."""
    after = call[2]
    if not isinstance(after, list) or len(after) != 3 or after[2] != ["d"] or has_float(after):
        return None
    wanted = literal_of(["l", *after[1][1:]])
    if wanted is None:
        return None
    return f"    given = [{given}]\n    candidate(*given)\n    assert given == {wanted}\n"


def _raises(given: str, error: str) -> str | None:
    kind = getattr(builtins, error, None)
    if not (isinstance(kind, type) and issubclass(kind, Exception)):
        return None
    lines = ["try:", f"    candidate({given})", f"except {error}:", "    pass", "else:"]
    lines.append(f'    raise AssertionError("it should raise {error}")')
    return "".join(f"    {line}\n" for line in lines)
