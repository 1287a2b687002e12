import pytest

from hornbook.curation.hygiene.nesting import too_deep

LIMIT = 1000


@pytest.mark.parametrize(
    "code",
    [
        "x = " + "(" * 100_000 + ")" * 100_000,
        "x = " + "[\n" * 100_000 + "]\n" * 100_000,
        "x = " + "-" * 10_000 + "1",
        "x = " + "not " * 10_000 + "1",
        "x = " + "lambda: " * 10_000 + "1",
        "x = " + "lambda a, b: " * 10_000 + "1",
        "x = a" + ".b" * 10_000,
        "x = f" + "()" * 10_000,
        "x = f" + "[0]" * 10_000,
        "x = " + "a+" * 10_000 + "a",
        "x = " + "a + \\\n" * 10_000 + "a",
        "x = (" + "a\n+" * 10_000 + "a)",
        "x = " + "a if b else " * 10_000 + "a",
        "x = " + "a ** " * 10_000 + "a",
        "x = [a " + "for a in b " * 10_000 + "]",
        "x = " + "{1:" * 10_000,
        "x = " + "a + \\\r\n" * 10_000 + "a",
        "if a:\n  pass\n" + "elif a:\n  pass\n" * 10_000,
    ],
    ids=lambda code: code[4:20],
)
def test_deep_code_is_refused_before_anything_parses_it(code: str) -> None:
    assert too_deep(code, max_depth=LIMIT)


@pytest.mark.parametrize(
    "code",
    [
        "x = [" + ", ".join(["-f(a.b)[0]"] * 5_000) + "]\n",
        "x = {\n" + "    a.b: lambda c, d=None: -1,\n" * 5_000 + "}\n",
        "x = a + b * c\n" * 5_000,
        "if a:\n    pass\nelif b:\n    pass\n" * 2_000,
        "f(\n" + "    a.b.c,\n" * 5_000 + ")\n",
        ")" * 5_000 + "\n",
        "x = a + b * c\r" * 5_000,
        "",
    ],
    ids=lambda code: code[:20],
)
def test_long_code_that_is_not_deep_passes(code: str) -> None:
    assert too_deep(code, max_depth=LIMIT) is None


def test_the_limit_is_exact_for_a_chain() -> None:
    assert too_deep("x = " + "not " * 49 + "y", max_depth=50) is None
    refusal = too_deep("a = 1\n\nx = " + "not " * 50 + "y", max_depth=50)
    assert refusal
    assert "line 3" in refusal.detail


def test_a_statement_over_many_lines_is_found_behind_shallow_ones() -> None:
    deep = "y = f(\n" + "    a +\n" * 60 + "    a\n)\n"
    refusal = too_deep("x = g(\n    1,\n)\n" * 40 + deep + "z = 1\n", max_depth=50)
    assert refusal
    assert "line 170" in refusal.detail
