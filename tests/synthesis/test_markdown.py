from hornbook.synthesis.markdown import prose_of, read_blocks, read_pieces

TEXT = "Before.\n\n```python\nx = 1\n```\n\nBetween.\n\n  ~~~Text\n  a\n\n    b\n  ~~~\nAfter.\n"


def test_blocks_are_read_without_their_indentation_and_know_their_places() -> None:
    first, second = read_blocks(TEXT)
    assert (first.language, first.body) == ("python", "x = 1\n")
    assert (second.language, second.body) == ("text", "a\n\n  b\n")
    assert TEXT[second.start : second.end] == "  a\n\n    b\n"
    assert [TEXT[place:].split("\n")[0] for place in second.line_starts[:3]] == ["a", "", "  b"]


def test_prose_is_what_stands_outside_of_the_fences() -> None:
    assert prose_of(TEXT) == "Before.\n\n\nBetween.\n\nAfter.\n"


def test_a_longer_fence_holds_a_shorter_one() -> None:
    (block,) = read_blocks("````\n```python\nx\n```\n````\n")
    assert block.body == "```python\nx\n```\n"


def test_a_block_without_a_language_is_code_if_it_looks_like_it() -> None:
    assert [read_blocks(f"```\n{body}\n```\n")[0].is_code for body in ("x = 1", "print(1)", "3", "it is 3", "[1]")] == [
        *(True, True, False, False, False)
    ]


def test_code_is_cut_into_statements_that_can_be_run_one_by_one() -> None:
    body = "import math; x = 1\n\n@staticmethod\ndef f():\n    return 2\n\nprint(\n    x\n)\n"
    pieces = read_pieces(read_blocks(f"```python\n{body}```\n")[0])
    assert pieces is not None
    assert [(piece.first_line, piece.last_line, piece.is_expression) for piece in pieces] == [
        (0, 0, False),
        (2, 4, False),
        (6, 8, True),
    ]
    assert pieces[1].source == "@staticmethod\ndef f():\n    return 2\n"


def test_a_session_is_cut_into_inputs_with_what_they_show() -> None:
    pieces = read_pieces(read_blocks("```python\n>>> def f():\n...     return 2\n>>> f()\n2\n\n>>> x = 1\n```\n")[0])
    assert pieces is not None
    assert [(piece.source, piece.shown) for piece in pieces] == [
        ("def f():\n    return 2\n", ""),
        ("f()\n", "2"),
        ("x = 1\n", ""),
    ]


def test_what_is_no_python_has_no_pieces() -> None:
    assert read_pieces(read_blocks("```python\nx = = 1\n```\n")[0]) is None
