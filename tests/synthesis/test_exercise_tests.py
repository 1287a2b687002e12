import pytest

from hornbook.sandbox.jail_tasks import function_task
from hornbook.sandbox.probes.calls import observe
from hornbook.synthesis.exercise_tests import build_test


def test_of(code: str, inputs: list[str]) -> str:
    return build_test(inputs, observe(function_task(code, "f", inputs))["calls"])


def passes(code: str, test: str) -> bool:
    names: dict[str, object] = {}
    exec(code + "\n" + test, names)
    try:
        names["check"](names["f"])  # type: ignore[operator]
    except AssertionError:
        return False
    return True


test_of.__test__ = False  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("code", "wrong", "inputs"),
    [
        ("def f(x):\n    return x + 1", "def f(x):\n    return x + 2", ["1", "-5"]),
        ("def f(x):\n    return x / 3", "def f(x):\n    return x / 2", ["1", "-2"]),
        ("def f(x):\n    return [x, (x,), {x: None}]", "def f(x):\n    return []", ["'a'"]),
        ("def f(x):\n    x.sort()", "def f(x):\n    pass", ["[2, 1]"]),
        ("def f(x):\n    yield from x", "def f(x):\n    yield 0", ["[2, 1]"]),
        ("def f(x):\n    return x > 1", "def f(x):\n    return 1", ["0", "3"]),
        ("def f(x):\n    raise ValueError(x)", "def f(x):\n    return x", ["1"]),
        ("def f(x):\n    return set(x)", "def f(x):\n    return x", ["[1, 2]", "[]"]),
    ],
)
def test_a_test_passes_what_it_was_made_of_and_fails_something_else(code: str, wrong: str, inputs: list[str]) -> None:
    test = test_of(code, inputs)
    assert passes(code, test)
    assert not passes(wrong, test)


def test_results_that_cannot_be_said_are_left_out_and_ten_assertions_are_enough() -> None:
    for unsaid in ("object()", "[x / 3]", "'a' * 1000"):
        assert test_of(f"def f(x):\n    return {unsaid}", ["1"]) == ""
    assert test_of("def f(x):\n    return x", [str(number) for number in range(30)]).count("assert") == 10
