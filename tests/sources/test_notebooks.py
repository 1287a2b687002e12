import ast
import json
from pathlib import Path

import pytest
from tests.sources.real_formats import (
    MIT,
    code,
    documents,
    dropped,
    markdown,
    notebook,
    old_notebook,
    open_one,
    write_json,
)

from hornbook.records import Dropped
from hornbook.sources.file_text import text_of_file


def text_of(*cells: str) -> str:
    found = text_of_file("a.ipynb", json.dumps(notebook(*map(code, cells))).encode())
    assert isinstance(found, str), found
    return found


def test_cells_come_in_order_prose_as_comments_and_without_outputs(tmp_path: Path) -> None:
    write_json(
        tmp_path / "a.ipynb",
        notebook(
            markdown(["# Title\n", "\n", "Some *prose*."]),
            code(["x = 1\n", "print(x)\n"]),
            {"cell_type": "raw", "metadata": {}, "source": "raw"},
            code(""),
            code("y = x"),
        ),
    )
    (tmp_path / "LICENSE").write_text(MIT)
    source = open_one(tmp_path)
    (document,) = documents(source)
    assert document.text == "# # Title\n#\n# Some *prose*.\n\nx = 1\nprint(x)\n\n# raw\n\ny = x\n"
    assert (source.layout, document.path, document.licenses) == ("notebooks", "a.ipynb", ("MIT",))


def test_format_3_is_read_too(tmp_path: Path) -> None:
    cells = [
        {"cell_type": "heading", "level": 2, "metadata": {}, "source": ["Loops"]},
        {"cell_type": "code", "collapsed": False, "input": ["for i in x:\n", "    print i"], "language": "python",
         "metadata": {}, "outputs": [{"output_type": "stream", "stream": "stdout", "text": ["out"]}],
         "prompt_number": 1},
    ]  # fmt: skip
    found = text_of_file("a.ipynb", json.dumps(old_notebook(*cells)).encode())
    assert found == "# ## Loops\n\nfor i in x:\n    print i\n"
    of_julia = [{**cell, "language": "julia"} for cell in cells]
    assert isinstance(text_of_file("a.ipynb", json.dumps(old_notebook(*of_julia)).encode()), Dropped)


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("!pip install it's\nx = 1", "# !pip install it's\nx = 1\n"),
        ("if x:\n    !ls \\\n     -l\ny = 1", "if x:\n    pass  # !ls \\\n    #      -l\ny = 1\n"),
        ("files = !ls\nt = %timeit -o f()\nx = 1", "# files = !ls\n# t = %timeit -o f()\nx = 1\n"),
        ("print?\nlen??\n?len\nx = 1", "# print?\n# len??\n# ?len\nx = 1\n"),
        ("%%time\n%cd x\nx = 1", "# %%time\n# %cd x\nx = 1\n"),
        ("x = (1\n% 2)\n!ls", "x = (1\n% 2)\n# !ls\n"),
        ('s = """\n%not magic\n!nor this\n"""\n%magic', 's = """\n%not magic\n!nor this\n"""\n# %magic\n'),
        ("x = 5 \\\n% 2\n%magic", "x = 5 \\\n% 2\n# %magic\n"),
        ("def f(:\n    'unclosed\n  x ))", "def f(:\n    'unclosed\n  x ))\n"),
    ],
)
def test_what_only_ipython_understands_becomes_a_comment_and_broken_code_stays(cell: str, expected: str) -> None:
    assert text_of(cell) == expected
    assert text_of("%%bash\necho 1\n", cell) == "# %%bash\n# echo 1\n\n" + expected
    if "unclosed" not in cell:
        ast.parse(expected)


def test_what_is_no_notebook_says_why(tmp_path: Path) -> None:
    reasons = {
        b"{": "not JSON",
        b"\xff\xfe": "not UTF-8",
        b"[]": "no notebook",
        b'{"cells": 3}': "no notebook",
        json.dumps(notebook(code("x <- 1"), language="R")).encode(): "not a Python notebook",
        json.dumps(notebook(markdown("x"))).encode(): "no code",
        json.dumps(notebook(code("!ls"))).encode(): "no code",
        json.dumps(notebook(code("x = '\ud800'"))).encode(): "not UTF-8",
        json.dumps(notebook(code({"a": 1}), code(["x = 1", 3]))).encode(): "no notebook",
        b"[" * 200_000: "not JSON",
    }
    for number, content in enumerate(reasons):
        (tmp_path / f"{number}.ipynb").write_bytes(content)
    source = open_one(tmp_path)
    assert [reason for _, reason in dropped(source)] == list(reasons.values())
    assert documents(source) == []
