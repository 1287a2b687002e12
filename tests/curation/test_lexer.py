import io
import sys
import tokenize
from pathlib import Path

import numpy as np
import pytest

from hornbook.curation.lexer import Lexed, Region, hashes_of, lex
from hornbook.curation.measures import measure, num_measures

WORDS = ["def", "f", "(", "x", ")", ":", "return", "+", "1", "é", "y2"]
WORD_OF = {int(hashed): word for hashed, word in zip(hashes_of(WORDS), WORDS, strict=True)} | {
    int(region): region.name for region in Region if region is not Region.CODE
}


def code_of(lexed: Lexed, text: int) -> list[str]:
    chosen = lexed.code.texts_T == text
    return [WORD_OF.get(int(hashed), "?") for hashed in lexed.code.hashes_T[chosen]]


def test_code_is_cut_into_words_and_marks_and_a_literal_is_one_token() -> None:
    lexed = lex(['def f(x):\n    """Doc."""\n    return x + 1  # why\n', "é+'a'\n", "", "y2"])
    assert code_of(lexed, 0) == ["def", "f", "(", "x", ")", ":", "LONG_STRING", "return", "x", "+", "1", "COMMENT"]
    assert code_of(lexed, 1) == ["é", "+", "STRING"]
    assert code_of(lexed, 2) == []
    assert code_of(lexed, 3) == ["y2"]
    assert lexed.num_tokens.tolist() == [20, 5, 0, 1]
    assert code_of(lex(["'''open", "def f"]), 1) == ["def", "f"]
    texts = [" " * distance + "def" for distance in (0, 1, 17, 1000)]
    assert set(lex(texts).code.hashes_T.tolist()) == set(hashes_of(["def"]).tolist())


@pytest.mark.parametrize(
    ("text", "lengths"),
    [
        ("'open\nx", [5]),
        ('"""a"b""c""" x', [12]),
        ("'''open\nx", [9]),
        ("x = '#' # '", [3, 3]),
        ('"" x ""', [2, 2]),
        ("'''a\\'''b''' x", [12]),
        ("'a\\\nb' x", [6]),
    ],
)
def test_comments_and_literals_end_where_python_ends_them(text: str, lengths: list[int]) -> None:
    assert lex([text]).spans.lengths_S.tolist() == lengths


def test_inner_words_are_in_lower_case_know_their_region_and_have_parts() -> None:
    lexed = lex(["# F\n'f'\n'''F'''\n"])
    wanted = hashes_of(["f"])[0]
    regions = lexed.inner.regions_T[lexed.inner.hashes_T == wanted]
    assert regions.tolist() == [Region.COMMENT, Region.STRING, Region.LONG_STRING]
    parts = lex(["# getName x_y HTTPServer plain\n"]).parts.hashes_T
    assert parts.tolist() == hashes_of(["get", "name", "x", "y", "http", "server"]).tolist()


def test_lines_know_their_indentation_and_first_token() -> None:
    lexed = lex(["def f\n\n   return", "# x"])
    assert lexed.lines.texts_L.tolist() == [0, 0, 0, 1]
    assert lexed.lines.indents_L.tolist() == [0, 0, 3, 0]
    firsts = lexed.lines.first_hashes_L
    assert firsts[[0, 2]].tolist() == hashes_of(["def", "return"]).tolist()
    assert firsts[1] == 0
    assert lexed.lines.regions_L.tolist() == [0, 0, 0, Region.COMMENT]


def test_literals_of_the_standard_library_are_those_that_python_finds() -> None:
    """The tokenizer of the language is the judge; f-strings, which it cuts from 3.12 on, are left out."""
    folder = Path(tokenize.__file__).parent
    for name in ("textwrap.py", "string.py", "shlex.py", "csv.py"):
        text = (folder / name).read_text(encoding="utf-8")
        if sys.version_info >= (3, 12) and ("f'" in text or 'f"' in text):
            continue
        found = [
            (token.type == tokenize.COMMENT, len(token.string.encode().lstrip(b"rRbBfFuU")))
            for token in tokenize.generate_tokens(io.StringIO(text).readline)
            if token.type in (tokenize.COMMENT, tokenize.STRING)
        ]
        spans = lex([text]).spans
        ours = zip((spans.regions_S == Region.COMMENT).tolist(), spans.lengths_S.tolist(), strict=True)
        assert list(ours) == found


@pytest.mark.parametrize(
    "text",
    [
        "def f(a):\n    b = a\n    return b\n",
        "def f(a):\n    for i, b in a:\n        return b\n",
        "def f(a):\n    from x import c, b\n    return b\n",
        "def f(a):\n    with a as b:\n        return b\n",
        "def f(a):\n    return a.b\n",
        "def f(a):\n    return a(b=1)\n",
        "def f(a):\n    return [b for b in a if b]\n",
        "f = lambda b: b\n",
        "def f(a):\n    if (b := a):\n        return b\n",
        "def f(a):\n    return 'b'  # b\n",
    ],
)
def test_a_name_that_is_bound_is_not_free(text: str) -> None:
    assert measure(lex([text]))[0, _free_column()] == 0


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("def f(a):\n    return b\n", 1),
        ("def f(a):\n    return b + b + c\n", 2),
        ("def f(a):\n    return b.c.d\n", 1),
        ("def f(a):\n    return a == b\n", 1),
        ("def f(a):\n    a(b, key=c)\n", 2),
    ],
)
def test_names_that_are_read_and_not_bound_are_counted_once(text: str, number: int) -> None:
    rows = measure(lex([text, "b = 1\n", text]))
    assert rows[:, _free_column()].tolist() == pytest.approx([np.log1p(number), 0, np.log1p(number)])


def test_documentation_and_layout_are_measured() -> None:
    plain = "def f(a):\n    return a\n"
    for other in (
        'def f(a):\n    """Give it."""\n    return a\n',
        "def f(a):\n    # Give it.\n    return a\n",
        "def f(a):\n\n    return a\n",
        "def _f(a):\n    return a\n",
    ):
        first, second = measure(lex([plain, other]))
        assert not np.allclose(first, second)
    assert measure(lex([plain, "", "x = 1"])).shape == (3, num_measures())


def _free_column() -> int:
    """The column that counts free names: 1 and 2 of them in the first two texts, none in the third."""
    one, two, none = measure(lex(["b + b\n", "b + c\n", "b = 1\n"]))
    (column, *_) = np.flatnonzero(np.isclose(one, np.log(2)) & np.isclose(two, np.log(3)) & (none == 0))
    return int(column)
