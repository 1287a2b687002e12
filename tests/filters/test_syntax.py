import subprocess
import sys
import textwrap

import pytest

from hornbook.filters.data import find_literals
from hornbook.filters.filters import Reason
from hornbook.filters.syntax import does_not_parse, parse_error, too_deep


def reason_of(text: str) -> str:
    refusal = does_not_parse(text, find_literals(text).code)
    return refusal.reason if refusal else ""


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("def f(x, /, *, y: int = 1) -> str:\n    return f'{x!r}'\n", ""),
        ("def f(:\n", Reason.DOES_NOT_PARSE),
        ("x = 1\0", Reason.DOES_NOT_PARSE),
        ("x = '\ud800'", Reason.DOES_NOT_PARSE),
        ("x = " + "9" * 5000, Reason.DOES_NOT_PARSE),
        ("def f(a, a): pass\n", Reason.DOES_NOT_PARSE),
        ("'''\nprint 'a'\n'''\nprint(x\n", Reason.DOES_NOT_PARSE),
        ("print 'a %s' % b\n", Reason.PYTHON_2),
        ("print >>f\nprint x\n", Reason.PYTHON_2),
        ("try:\n    pass\nexcept IOError, e:\n    pass\n", Reason.PYTHON_2),
        ("raise ValueError, 'a'\n", Reason.PYTHON_2),
        ("exec 'x = 1'\n", Reason.PYTHON_2),
        ("x = 0777\n", Reason.PYTHON_2),
        ("if a <> b:\n    pass\n", Reason.PYTHON_2),
    ],
    ids=lambda text: ascii(text[:12]),
)
@pytest.mark.filterwarnings("error")
def test_what_is_no_python_of_today_is_refused_and_never_raises(text: str, reason: str) -> None:
    assert reason_of(text) == reason
    assert parse_error("x = '\\d'\ny = 1 is 1\n") == "", "and no warning"


@pytest.mark.parametrize(
    "code",
    [
        "x = " + "[\n" * 100_000 + "]\n" * 100_000,
        "x = " + "-" * 10_000 + "1",
        "x = " + "lambda a, b: " * 10_000 + "1",
        "x = a" + ".b" * 10_000,
        "x = f" + "()" * 10_000,
        "x = " + "a + \\\r\n" * 10_000 + "a",
        "x = (" + "a\n+" * 10_000 + "a)",
        "x = " + "a if b else " * 10_000 + "a",
        "x = [a " + "for a in b " * 10_000 + "]",
        "if a:\n  pass\n" + "elif a:\n  pass\n" * 10_000,
    ],
    ids=lambda code: code[4:20],
)
def test_deep_code_is_refused_before_anything_parses_it(code: str) -> None:
    assert too_deep(code)


@pytest.mark.parametrize(
    "code",
    [
        "x = {\n" + "    a.b: lambda c, d=None: -1,\n" * 5_000 + "}\n",
        "if a:\n    pass\nelif b:\n    pass\n" * 2_000,
        ")" * 5_000 + "\n",
        "x = a + b * c\r" * 5_000,
        "",
    ],
    ids=lambda code: code[:20],
)
def test_long_code_that_is_not_deep_passes(code: str) -> None:
    assert too_deep(code) is None


def test_the_limit_is_exact_for_a_chain_and_its_line_is_named() -> None:
    assert too_deep("x = " + "not " * 49 + "y", max_depth=50) is None
    refusal = too_deep("a = 1\n\nx = " + "not " * 50 + "y", max_depth=50)
    assert refusal
    assert "line 3" in refusal.detail
    deep = "y = f(\n" + "    a +\n" * 60 + "    a\n)\n"
    refusal = too_deep("x = g(\n    1,\n)\n" * 40 + deep + "z = 1\n", max_depth=50)
    assert refusal
    assert "line 170" in refusal.detail


def test_what_the_depth_lets_pass_is_parsed_on_the_smallest_usual_stack() -> None:
    program = """
        import threading
        from hornbook.filters.syntax import parse_error, too_deep

        def judge_all():
            for prefix in ("lambda: ", "not ", "-", "a + ", "a if b else ", "a ** ", "[", "f(", "{1: "):
                text = "x = " + prefix * (990 if " if " not in prefix else 490) + "1"
                assert too_deep(text) is None
                parse_error(text)
            print("alive")

        threading.stack_size(512 * 1024)
        thread = threading.Thread(target=judge_all)
        thread.start()
        thread.join()
    """
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(program)], capture_output=True, text=True, check=False)
    assert done.stdout == "alive\n", done.stderr
