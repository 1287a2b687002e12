import base64
import io
import random
import tokenize
from pathlib import Path

import pytest

from hornbook.filters.data import data_in_code, find_literals
from hornbook.filters.filters import Refusal

CODE = "def mean(values):\n    '''The mean of numbers.'''\n    return sum(values) / len(values)\n\n\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x = '''a'b''' \"\"\"c\"d\"\"\"  # c", ["a'b", 'c"d', " c"]),
        (r"x = 'a\'b' rb'a\\'", [r"a\'b", r"a\\"]),
        ("x = '#' # '", ["#", " '"]),
        ("x = 'open\ny = 'b'", ["open", "b"]),
        ("x = '''open\n'a' \\", ["open\n'a' \\"]),
        ("x = ''  \"\" '''''' #", []),
        ("# a\rx = 'b'\r\n# c\r\n", [" a", "b", " c"]),
    ],
)
def test_strings_and_comments_are_found(text: str, expected: list[str]) -> None:
    assert [text[start:end] for start, end in find_literals(text).spans] == expected
    assert find_literals("a = b'xyz' + f(1)  # note\nb = '''\n'''\n").code == 'a = b"" + f(1)  \nb = ""\n'


def test_the_scan_agrees_with_pythons_own_tokenizer_on_the_standard_library() -> None:
    files = sorted(Path(tokenize.__file__).parent.glob("*.py"))
    for path in random.Random(0).sample(files, 12):
        text = path.read_text(encoding="utf8")
        tokens = list(tokenize.generate_tokens(io.StringIO(text).readline))
        strings = [token.string for token in tokens if token.type == tokenize.STRING]
        comments = [token.string[1:] for token in tokens if token.type == tokenize.COMMENT]
        literals = find_literals(text)
        assert literals.string_sizes == [len(string.lstrip("rRbBuUfF")) for string in strings], path
        found = [text[start:end] for start, end in literals.spans if text[start - 1] == "#" and start]
        assert set(comments) - {""} - set(found) == set(), path


def judged(text: str) -> Refusal | None:
    return data_in_code(text, find_literals(text), max_share=0.5)


def table(item: str, number: int = 300) -> str:
    return "TABLE = [\n" + "".join(f"    {item},\n" for _ in range(number)) + "]\n"


def test_tables_of_literals_and_encoded_strings_are_data() -> None:
    for item in ("12, -3.5e-7, 0x1F, 1_000", "'AF': {'name': 'Afghanistan', 'until': None}", "[b'a', r'd'], 1j"):
        refusal = judged(CODE + table(item))
        assert refusal
        assert "listings" in refusal.detail
    drawn = random.Random(0).randbytes(3000)
    for encoded in (base64.b64encode(drawn).decode(), drawn.hex(), "".join(f"\\x{byte:02x}" for byte in drawn)):
        refusal = judged(f"{CODE}DATA = b'{encoded}'\n")
        assert refusal
        assert "encoded" in refusal.detail


def test_half_of_a_file_and_any_small_one_may_be_data() -> None:
    assert judged(CODE * 60 + table("1, 2, 3")) is None
    assert judged(CODE * 5 + table("1, 2, 3")) is not None
    # 19 and 20 numbers in a row, again and again: only the second is a listing.
    assert judged(("x = f(" + "12345, " * 19 + "y)\n") * 30) is None
    assert judged(("x = f(" + "12345, " * 20 + "y)\n") * 30) is not None
    assert judged(table("1, 2, 3", 20)) is None


@pytest.mark.parametrize(
    "text",
    [
        "'''" + "A long text about means and what they are good for. " * 100 + "'''\n" + CODE,
        "".join(f"check({number}, 'text', [1, 2, 3])\n" for number in range(500)),
        "# " + "-" * 100 + "\n" + "# A comment, not data: 1, 2, 3, 4, 5, 6, 7, 8, 9\n" * 100,
        "NAMES = [" + ", ".join(f"name_{number}" for number in range(500)) + "]\n",
        "",
    ],
    ids=lambda text: text[:20],
)
def test_prose_comments_names_and_calls_are_no_data(text: str) -> None:
    assert judged(text) is None
