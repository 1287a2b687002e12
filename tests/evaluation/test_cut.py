import ast
import random

import pytest

from hornbook.benchmarks.humaneval import read_humaneval
from hornbook.evaluation.cut import cut_completion

PROMPT = 'import math\n\n\ndef area(r):\n    """The area of a circle."""\n'


@pytest.mark.parametrize(
    ("kept", "cut"),
    [
        ("    return r\n", "\ndef other():\n    return 1\n"),
        ("    return r\n", "print(area(1))\n"),
        ("    return r\n", "@decorated\ndef other():\n    pass\n"),
        ("    return r\n", "\n\n# And now a test:\nassert area(0) == 0\n"),
        ("    return r\n", "    # nothing more\n\n"),
        ("    return r", ""),
        ("    return (r +", ""),
        ("\n    x = 1\n\n\n    return x\n", "\n\n"),
        ("    x = 1\n# at the margin, yet inside\n    return x\n", "x = 2\n"),
        ("    def inner():\n        return 1\n\n    return inner()\n", "def outer():\n"),
        (
            "    @cached\n    def inner():\n        return 1\n    class A:\n        b = 1\n    return inner()\n",
            "class A:\n",
        ),
        ('    text = """\nat the margin\ndef no():\n"""\n    return text\n', "x\n"),
        ("    text = '''it\\'''s\nhere'''\n    return text\n", "x\n"),
        ("    text = (\n'a'\n'b' # ) not here\n)\n    return text\n", "x\n"),
        ("    text = 1 + \\\n1\n    return text\n", "x\n"),
        ("    a = '#'; b = \"it's\"; c = f\"{r}\"\n    return rb'\\''\n", "x\n"),
        ("    text = 'never closed\n    return text\n", "x\n"),
        ("  return 'another width'\n", "x\n"),
        ("\treturn r\n", "x\n"),
        ("    if r:\n        return r\n    else:\n        return 0\n", "else:\n    pass\n"),
        ("    return r\r\n", "\r\nx\r\n"),
        ("", "return r\n"),
        ("", "\n\ndef other():\n    pass\n"),
        ("", ""),
    ],
)
def test_the_function_is_kept_and_the_rest_is_cut(kept: str, cut: str) -> None:
    assert cut_completion(PROMPT, kept + cut) == kept


def test_a_prompt_may_end_in_the_middle_of_a_line() -> None:
    assert cut_completion("def add(", "a, b):\n    return a + b\n\nadd(1, 2)\n") == "a, b):\n    return a + b\n"
    assert cut_completion("def add(a, b):\n    ", "return a + b\nadd(1, 2)\n") == "return a + b\n"
    assert cut_completion("def add(a, b):\n    return ", "a + b\n\nadd(1, 2)\n") == "a + b\n"
    assert (
        cut_completion('def add(a, b):\n    """Add', ' two.\n"""\n    return a + b\nx = 1')
        == ' two.\n"""\n    return a + b\n'
    )


def test_a_method_ends_where_the_next_one_starts() -> None:
    prompt = "class A:\n    def one(self):\n"
    assert cut_completion(prompt, "        return 1\n\n    def two(self):\n        return 2\n") == "        return 1\n"


def test_without_a_function_nothing_is_cut() -> None:
    assert cut_completion("x = 1\n", "y = 2\nz = 3\n") == "y = 2\nz = 3\n"


def test_on_humaneval_the_cut_agrees_with_the_syntax_tree() -> None:
    for problem in read_humaneval():
        rambling = (
            f"{problem.canonical_solution}\n\n# More\ndef {problem.entry_point}_2(x):\n    return x\n\nprint(1)\n"
        )
        text = cut_completion(problem.prompt, rambling)
        last = ast.parse(problem.prompt + rambling).body[-3]
        assert isinstance(last, ast.FunctionDef)
        assert last.name == problem.entry_point
        assert (problem.prompt + text).rstrip("\n").count("\n") + 1 == last.end_lineno
        assert problem.canonical_solution.startswith(text)


def test_any_rubbish_is_cut_to_a_prefix_that_another_cut_leaves_alone() -> None:
    generator = random.Random(1)
    pieces = ["'", '"', "'''", '"""', "\n", "\n    ", "(", ")", "#", "\\", "def f():", "x", " ", "é", "\r\n", "\t", "f"]
    for _ in range(2000):
        raw = "".join(generator.choices(pieces, k=generator.randrange(30)))
        text = cut_completion(PROMPT, raw)
        assert raw.startswith(text)
        assert cut_completion(PROMPT, text) == text
