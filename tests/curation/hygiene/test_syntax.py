import subprocess
import sys
import textwrap
import warnings

import pytest

from hornbook.curation.hygiene.literals import find_literals
from hornbook.curation.hygiene.reasons import Reason
from hornbook.curation.hygiene.syntax import does_not_parse, parse_error


def reason_of(text: str) -> str:
    refusal = does_not_parse(text, find_literals(text).code)
    return refusal.reason if refusal else ""


def test_python_of_today_parses() -> None:
    assert reason_of("def f(x, /, *, y: int = 1) -> str:\n    return f'{x!r}'\n") == ""


@pytest.mark.parametrize(
    "text",
    [
        "def f(:\n",
        "x = '''open",
        "x = 1\0",
        "x = '\ud800'",
        "if x:\npass\n",
        "x = " + "9" * 5000,
        "def f(a, a): pass\n",
        "<?php echo 1; ?>",
    ],
    ids=lambda text: ascii(text[:12]),
)
def test_what_is_no_python_is_refused_and_never_raises(text: str) -> None:
    assert reason_of(text) == Reason.DOES_NOT_PARSE


@pytest.mark.parametrize(
    "text",
    [
        "print 'a'\n",
        "print >>sys.stderr, 'a'\nprint >>f\nprint >>f, 'a' 'b' % c,\nprint x\n",
        "print 'a %s' % b\n",
        "print x\n",
        "try:\n    pass\nexcept IOError, e:\n    pass\n",
        "raise ValueError, 'a'\n",
        "exec 'x = 1'\n",
        "x = 0777\n",
        "if a <> b:\n    pass\n",
        "x = 10L\n",
    ],
)
def test_python_2_has_its_own_reason(text: str) -> None:
    assert reason_of(text) == Reason.PYTHON_2


def test_a_print_statement_in_a_string_does_not_make_broken_code_python_2() -> None:
    assert reason_of("'''\nprint 'a'\n'''\nprint(x\n") == Reason.DOES_NOT_PARSE


def test_a_doubtful_escape_warns_nobody_and_refuses_nothing() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert parse_error("x = '\\d'\ny = 1 is 1\n") == ""


def test_what_the_depth_lets_pass_is_parsed_on_the_smallest_usual_stack() -> None:
    program = """
        import threading
        from hornbook.curation.hygiene.literals import find_literals
        from hornbook.curation.hygiene.nesting import too_deep
        from hornbook.curation.hygiene.syntax import parse_error

        def judge_all():
            for prefix in ("lambda: ", "not ", "-", "a + ", "a if b else ", "a ** ", "[", "f(", "{1: "):
                text = "x = " + prefix * (990 if " if " not in prefix else 490) + "1"
                assert too_deep(text, max_depth=1000) is None
                parse_error(text)
            print("alive")

        threading.stack_size(512 * 1024)
        thread = threading.Thread(target=judge_all)
        thread.start()
        thread.join()
    """
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(program)], capture_output=True, text=True, check=False)
    assert done.stdout == "alive\n", done.stderr
