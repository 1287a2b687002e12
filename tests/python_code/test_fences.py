import pytest

from hornbook.python_code.fences import prose_of, read_blocks, read_pieces

TEXT = (
    "Before.\n\n```python\nx = 1\n```\n\nBetween.\n\n  ~~~Text\n  a\n\n    b\n  ~~~\n"
    "- In a list:\n\n  ``` py\n  y\n  ```\n\n```\nz"
)


def test_blocks_are_read_without_their_indentation_and_know_their_places() -> None:
    blocks = read_blocks(TEXT)
    assert [(one.language, one.body, one.is_closed) for one in blocks] == [
        ("python", "x = 1\n", True),
        ("text", "a\n\n  b\n", True),
        ("py", "y\n", True),
        ("", "z", False),
    ]
    assert TEXT[blocks[1].start : blocks[1].end] == "  a\n\n    b\n"
    assert [TEXT[place:].split("\n")[0] for place in blocks[1].line_starts[:3]] == ["a", "", "  b"]
    assert TEXT[blocks[2].line_starts[0] :].startswith("y\n")
    assert prose_of(TEXT) == "Before.\n\n\nBetween.\n\n- In a list:\n\n\n"
    assert read_blocks("````\n```python\nx\n```\n````\n")[0].body == "```python\nx\n```\n"


def test_a_block_without_a_language_is_code_if_it_looks_like_it() -> None:
    bodies = {"x = 1": True, "print(1)": True, ">>> 1": True, "3": False, "it is 3": False, "[1]": False}
    assert {body: read_blocks(f"```\n{body}\n```\n")[0].is_code for body in bodies} == bodies
    assert not read_blocks("```yaml\nx = 1\n```\n")[0].is_code


def test_code_is_cut_into_statements_and_a_session_into_inputs_with_what_they_show() -> None:
    body = "import math; x = 1\n\n@staticmethod\ndef f():\n    return 2\n\nprint(\n    x\n)\n"
    pieces = read_pieces(read_blocks(f"```python\n{body}```\n")[0])
    assert pieces is not None
    places = [(piece.first_line, piece.last_line, piece.is_expression) for piece in pieces]
    assert places == [(0, 0, False), (2, 4, False), (6, 8, True)]
    assert pieces[1].source == "@staticmethod\ndef f():\n    return 2\n"
    session = "```python\n>>> def f():\n...     return 2\n>>> f()\n2\n  3\n\n>>> x = 1\n```\n"
    pieces = read_pieces(read_blocks(session)[0])
    assert pieces is not None
    assert [(piece.source, piece.shown, piece.first_line, piece.last_line) for piece in pieces] == [
        ("def f():\n    return 2\n", "", 0, 1),
        ("f()\n", "2\n  3", 2, 2),
        ("x = 1\n", "", 6, 6),
    ]
    assert read_pieces(read_blocks("```python\nx = = 1\n```\n")[0]) is None
    assert read_pieces(read_blocks("```python\n>>> x = = 1\n```\n")[0]) is None


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_block_knows_its_place_whatever_ends_its_lines(end: str) -> None:
    text = end.join(["Before.", "", "```python title=x", "x = 1", "```", "Behind."])
    [block] = read_blocks(text)
    assert (block.language, text[block.start : block.end], block.is_closed) == ("python", f"x = 1{end}", True)
    assert prose_of(text) == f"Before.{end}{end}Behind."
