import io
import random
import time
import tokenize
from pathlib import Path

import pytest

from hornbook.curation.hygiene.literals import find_literals


def insides(text: str) -> list[str]:
    return [text[start:end] for start, end in find_literals(text).spans]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x = 'a' + \"b\"  # c", ["a", "b", " c"]),
        ("x = '''a'b''' \"\"\"c\"d\"\"\"", ["a'b", 'c"d']),
        (r"x = 'a\'b'", [r"a\'b"]),
        (r"x = rb'a\\'", [r"a\\"]),
        ("x = '#' # '", ["#", " '"]),
        ("x = 'open\ny = 'b'", ["open", "b"]),
        ("x = '''open\n'a' \\", ["open\n'a' \\"]),
        ("x = ''  \"\" '''''' #", []),
        ("x = 'a\\\nb'", ["a\\\nb"]),
        ("# a\rx = 'b'\r\n# c\r\n", [" a", "b", " c"]),
    ],
)
def test_strings_and_comments_are_found(text: str, expected: list[str]) -> None:
    assert insides(text) == expected


def test_the_scan_agrees_with_pythons_own_tokenizer_on_the_standard_library() -> None:
    files = sorted(Path(tokenize.__file__).parent.glob("*.py"))
    for path in random.Random(0).sample(files, 30):
        text = path.read_text(encoding="utf8")
        tokens = list(tokenize.generate_tokens(io.StringIO(text).readline))
        strings = [token.string for token in tokens if token.type == tokenize.STRING]
        comments = [token.string[1:] for token in tokens if token.type == tokenize.COMMENT]
        literals = find_literals(text)
        assert literals.string_sizes == [len(string.lstrip("rRbBuUfF")) for string in strings], path
        found = [text[start:end] for start, end in literals.spans if text[start - 1] == "#" and start]
        assert set(comments) - {""} - set(found) == set(), path


def test_code_keeps_everything_but_the_literals() -> None:
    literals = find_literals("a = b'xyz' + f(1)  # note\nb = '''\n'''\n")
    assert literals.code == 'a = b"" + f(1)  \nb = ""\n'
    assert literals.string_sizes == [5, 7]


@pytest.mark.parametrize("piece", ["'", '"', "'''", '"""', "\\'", "'\\\n", "'\"", "#'", '"""\\"""', "''"])
def test_open_strings_take_time_in_proportion(piece: str) -> None:
    began = time.process_time()
    find_literals("x = " + piece * 200_000)
    assert time.process_time() - began < 5  # Quadratic, it would take hours.
