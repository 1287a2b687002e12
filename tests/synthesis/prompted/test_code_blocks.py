import pytest

from hornbook.synthesis.prompted.code_blocks import (
    Block,
    fenced_blocks,
    longest_parsing,
    parse_code,
    unfenced_code,
    without_thoughts,
)


def test_blocks_are_found_with_their_language_and_an_open_one_is_said_to_be_open() -> None:
    text = "Here:\n```Python\nx = 1\n```\nthen\n~~~\ny\n~~~\n````py\n```\n````\n```\nz = 2\n"
    assert fenced_blocks(text) == [
        Block("python", "x = 1\n", is_closed=True),
        Block("", "y\n", is_closed=True),
        Block("py", "```\n", is_closed=True),
        Block("", "z = 2\n", is_closed=False),
    ]


def test_code_without_a_fence_starts_at_the_first_line_that_looks_like_it() -> None:
    assert unfenced_code("Sure.\n\nfrom math import pi\n\ndef f():\n    return pi") == (
        "from math import pi\n\ndef f():\n    return pi\n"
    )
    assert unfenced_code("I define nothing, and import nothing.") == ""


def test_thoughts_are_left_out_and_unfinished_thoughts_leave_nothing() -> None:
    assert without_thoughts("<think>hm\n</think>\nanswer") == "\nanswer"
    assert without_thoughts("<think>hm, so") == ""
    assert without_thoughts("answer") == "answer"


@pytest.mark.parametrize("rest", ["This returns one.\nIt is short.\n", "print(f(\n", "- a list\n- of points!\n"])
def test_what_follows_the_last_complete_statement_is_cut_off(rest: str) -> None:
    code = "def f():\n    return 1\n\n"
    assert longest_parsing(code + rest) == code.rstrip() + "\n"


def test_code_that_never_parses_leaves_nothing() -> None:
    assert longest_parsing("def f(:\n    return 1\n") == ""


def test_source_that_python_cannot_even_read_has_no_tree() -> None:
    assert parse_code("x = '\0'") is None
    assert parse_code("(" * 5000) is None
    assert parse_code(r"x = '\d'") is not None
