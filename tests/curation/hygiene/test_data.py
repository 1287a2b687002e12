import base64
import random

import pytest

from hornbook.curation.hygiene.data import data_in_code
from hornbook.curation.hygiene.literals import find_literals
from hornbook.curation.hygiene.reasons import Refusal

CODE = "def mean(values):\n    '''The mean of numbers.'''\n    return sum(values) / len(values)\n\n\n"


def judged(text: str) -> Refusal | None:
    return data_in_code(text, find_literals(text), max_share=0.5, min_items=20, min_characters=1000)


def table(item: str, number: int = 300) -> str:
    return "TABLE = [\n" + "".join(f"    {item},\n" for _ in range(number)) + "]\n"


@pytest.mark.parametrize(
    "item",
    [
        "12, -3.5e-7, 0x1F, 1_000",
        "('AF', 'Afghanistan')",
        "'AF': {'name': 'Afghanistan', 'code': 93, 'euro': False, 'until': None}",
        "b'abc', r'def'",
        "[[1, 2], [3, 4]], 1j",
    ],
)
def test_tables_of_literals_are_data(item: str) -> None:
    refusal = judged(CODE + table(item))
    assert refusal
    assert "listings" in refusal.detail


def test_encoded_strings_are_data() -> None:
    encoded = base64.b64encode(random.Random(0).randbytes(3000)).decode()
    assert judged(f"{CODE}DATA = '{encoded}'\n")
    assert judged(f"{CODE}DATA = '{random.Random(0).randbytes(3000).hex()}'\n")
    escaped = "".join(f"\\x{byte:02x}" for byte in random.Random(0).randbytes(2000))
    refusal = judged(f"{CODE}DATA = b'{escaped}'\n")
    assert refusal
    assert "encoded" in refusal.detail


def test_half_of_a_file_may_be_data() -> None:
    assert judged(CODE * 60 + table("1, 2, 3")) is None
    assert judged(CODE * 5 + table("1, 2, 3")) is not None


@pytest.mark.parametrize(
    "text",
    [
        "'''" + "A long text about means and what they are good for. " * 100 + "'''\n" + CODE,
        "".join(f"x{number} = {number}\n" for number in range(500)),
        "".join(f"check({number}, 'text', [1, 2, 3])\n" for number in range(500)),
        "# " + "-" * 100 + "\n" + "# A comment, not data: 1, 2, 3, 4, 5, 6, 7, 8, 9\n" * 100,
        "NAMES = [" + ", ".join(f"name_{number}" for number in range(500)) + "]\n",
        "",
    ],
    ids=lambda text: text[:20],
)
def test_prose_comments_names_and_calls_are_no_data(text: str) -> None:
    assert judged(text) is None


def test_a_small_file_may_be_a_table() -> None:
    assert judged(table("1, 2, 3", 20)) is None
