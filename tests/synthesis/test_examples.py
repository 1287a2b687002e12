import pytest

from hornbook.synthesis.examples import Form, argument_lists, docstring_of, literal_at_start, read_examples


@pytest.mark.parametrize(
    ("docstring", "source", "wanted"),
    [
        (">>> f(1)\n2", "f(1)", "2"),
        (">>> f(1)\n2\nNote that it adds.", "f(1)", "2\nNote that it adds."),
        (">>> f(\n...     1)\n2", "f(\n    1)", "2"),
        ("f(1) == 2", "f(1)", "2"),
        ("Example: f(1) returns 2.", "f(1)", "2"),
        ("f(1) -> 2", "f(1)", "2"),
        ("f(1) => 2", "f(1)", "2"),
        ("f(1) → 2", "f(1)", "2"),
        ("f(1) should return [1, 2], since it adds.", "f(1)", "[1, 2]"),
        ("`f('a)b')` gives `'b'`", "f('a)b')", "'b'"),
        ("f([1, (2)])  # (1, 2)", "f([1, (2)])", "(1, 2)"),
        ("f(1) returns: True", "f(1)", "True"),
        ("f(1) is 2.5 metres", "f(1)", "2.5"),
        ("f(1) outputs -3", "f(1)", "-3"),
        ("assert f(1) == 2", "f(1)", "2"),
        ("Example:\n    Input: [1, 2]\n    Output: 3", "f([1, 2])", "3"),
        ("Input: a = 1, b = 2\nOutput: 3", "f(a = 1, b = 2)", "3"),
        (">>> f(1)  # 2", "f(1)", "2"),
    ],
)
def test_what_a_docstring_claims_is_found(docstring: str, source: str, wanted: str) -> None:
    assert [(example.source, example.wanted) for example in read_examples(docstring, "f")] == [(source, wanted)]


@pytest.mark.parametrize(
    "docstring",
    [
        "f(1) returns the sum.",
        "f(x) -> x + 1",
        "f(1) returns 2 + x",
        "g(1) == 2",
        "self.f(1) == 2",
        "half(1) == 2",
        "f(1 == 2",
        "Input: a number\nOutput: a number",
        "Returns 2 if it is even.",
    ],
)
def test_prose_claims_nothing(docstring: str) -> None:
    assert read_examples(docstring, "f") == []


def test_a_line_of_a_session_that_shows_nothing_is_no_claim() -> None:
    forms = [example.form for example in read_examples(">>> x = [2, 1]\n>>> f(x)\n>>> x\n[1, 2]", "f")]
    assert forms == [Form.SETUP, Form.SETUP, Form.SESSION]


def test_arguments_are_taken_from_examples_unless_they_read_variables() -> None:
    examples = read_examples(">>> f([1], k=2)\n1\n>>> f(x)\n1\n\nf(float('inf')) == 3\nf([1], k=2) == 1", "f")
    assert argument_lists(examples, "f") == ["[1], k=2", "float('inf')"]


def test_the_docstring_of_one_function_of_a_module_is_read() -> None:
    code = 'def g():\n    """Not this."""\n\ndef f():\n    """This.\n\n    And this.\n    """\n'
    assert docstring_of(code, "f") == "This.\n\nAnd this."
    assert docstring_of(code, "h") == docstring_of("def f(:", "f") == ""


@pytest.mark.parametrize(
    ("text", "literal"),
    [("2", "2"), ("'a b' (sic)", "'a b'"), ("[1, 2].", "[1, 2]"), ("2 + x", ""), ("None if x", ""), ("the sum", "")],
)
def test_the_literal_at_the_start_of_a_text_is_taken_whole_or_not_at_all(text: str, literal: str) -> None:
    assert literal_at_start(text) == literal
