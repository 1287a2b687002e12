import ast
import random
import re
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from hornbook.synthesis.curriculum.formats import FORMATS

Ways = Callable[[str], list[Callable[..., Any]]]


def _drawn(name: str, count: int = 200) -> list[Any]:
    """Values in a form, its corner cases among them."""
    rng = random.Random(name)
    return [*FORMATS[name].corners, *(FORMATS[name].draw(rng) for _ in range(count))]


def _postfix_by_recursion(parts: list[str]) -> int:
    last = parts.pop()
    if last.isdigit():
        return int(last)
    right = _postfix_by_recursion(parts)
    left = _postfix_by_recursion(parts)
    return {"+": left + right, "-": left - right, "*": left * right}[last]


def _is_balanced_by_rule(text: str) -> bool:
    signs = re.sub(r"[^()]", "", text)
    depths = [signs[:end].count("(") - signs[:end].count(")") for end in range(len(signs) + 1)]
    return min(depths) == 0 and depths[-1] == 0


def _roman_by_table(text: str) -> int:
    digits = {"IV": 4, "IX": 9, "XL": 40, "XC": 90, "CD": 400, "CM": 900}
    digits |= {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100, "D": 500, "M": 1000}
    return sum(digits[part] for part in re.findall("IV|IX|XL|XC|CD|CM|[IVXLCDM]", text))


def _ranges_by_match(text: str) -> list[int]:
    found = []
    for first, last in re.findall(r"(\d+)(?:-(\d+))?", text):
        found += list(range(int(first), int(last or first) + 1))
    return found


def _tally_by_counter(text: str) -> dict[str, int]:
    total: Counter[str] = Counter()
    for name, number in re.findall(r"(\w+):(\d+)", text):
        total[name] += int(number)
    return dict(total)


def _outside_by_removal(text: str) -> str:
    while re.search(r"\([^()]*\)", text):
        text = re.sub(r"\([^()]*\)", "", text)
    return text


ORACLES: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "parse_entries": ("entries", lambda text: {name: int(number) for name, number in re.findall(r"(\w+)=(\d+)", text)}),
    "add_up_tallies": ("tallies", _tally_by_counter),
    "setting_names": ("query", lambda text: re.findall(r"(\w+)=", text)),
    "setting_values": ("query", lambda text: [int(number) for number in re.findall(r"=(\d+)", text)]),
    "parse_numbers": ("numlist", lambda text: list(ast.literal_eval(f"[{text}]"))),
    "expand_ranges": ("ranges", _ranges_by_match),
    "count_filled_fields": ("fields", lambda text: len(re.findall("[a-z]+", text))),
    "parse_rows": ("rowtext", lambda text: ast.literal_eval(f"[[{text.replace(' ', ',').replace('/', '],[')}]]")),
    "parse_points": ("pointtext", lambda text: ast.literal_eval(f"[({text.replace(' ', '),(')})]")),
    "file_of_path": ("path", lambda text: re.search("[^/]*$", text)[0]),  # type: ignore[index]
    "ending_of_path": ("path", lambda text: re.search(r"\w+$", text)[0]),  # type: ignore[index]
    "folders_of_path": ("path", lambda text: re.findall("([^/]+)/", text)),
    "colour_parts": ("colour", lambda text: list(bytes.fromhex(text[1:]))),
    "roman_value": ("roman", _roman_by_table),
    "snake_case": ("camel", lambda text: re.sub("[A-Z]", lambda match: f"_{match[0].lower()}", text)),
    "camel_case": ("snake", lambda text: re.sub("_(.)", lambda match: match[1].upper(), text)),
    "strip_comment": ("commented", lambda text: re.sub(" *(#.*)?$", "", text, count=1)),
    "encode_runs": ("runs", lambda text: re.sub(r"(.)\1*", lambda match: f"{match[1]}{len(match[0])}", text)),
    "decode_runs": ("coded", lambda text: re.sub(r"(.)(\d)", lambda match: match[1] * int(match[2]), text)),
    "value_of_sum": ("terms", eval),
    "value_of_signed_terms": ("plusminus", eval),
    "value_with_precedence": ("arithmetic", eval),
    "value_of_postfix": ("postfix", lambda text: _postfix_by_recursion(text.split())),
    "tokens_of_expression": ("arithmetic", lambda text: re.findall(r"\d+|[+*-]", text)),
    "is_balanced": ("brackets", _is_balanced_by_rule),
}


@pytest.mark.parametrize("name", ORACLES)
def test_every_way_to_parse_agrees_with_another_method(ways: Ways, name: str) -> None:
    form, oracle = ORACLES[name]
    for run in ways(name):
        for text in _drawn(form):
            assert run(text) == oracle(text), text


def test_roman_numerals_are_read_as_they_are_written(ways: Ways) -> None:
    for write in ways("to_roman"):
        for read in ways("roman_value"):
            assert [read(write(number)) for number in range(1, 400)] == list(range(1, 400))
        assert write(1994) == "MCMXCIV"


def test_encoded_runs_are_decoded(ways: Ways) -> None:
    for text in _drawn("runs"):
        assert {decode(encode(text)) for encode in ways("encode_runs") for decode in ways("decode_runs")} == {text}


def test_versions_are_compared_as_numbers(ways: Ways) -> None:
    for run in ways("is_newer_version"):
        assert run("2.10.3", "2.9.9")
        assert not run("2.9.9", "2.10.3")
        assert not run("1.4.2", "1.4.2")


def test_integers_in_a_text_are_its_runs_of_digits(ways: Ways) -> None:
    for run in ways("integers_in_text"):
        for text in ("", "room 12", "x1y2", "a-3b007", "9"):
            assert run(text) == [int(found) for found in re.findall(r"\d+", text)]


def test_letters_outside_balanced_brackets_are_those_left_when_brackets_are_removed(ways: Ways) -> None:
    balanced = [text for text in _drawn("brackets", 400) if _is_balanced_by_rule(text)]
    assert len(balanced) > 100
    for run in ways("text_outside_brackets"):
        for text in balanced:
            assert run(text) == _outside_by_removal(text)


def test_an_address_needs_four_numbers_below_256(ways: Ways) -> None:
    for run in ways("is_valid_address"):
        assert run("192.168.0.1")
        assert not run("192.168.0.256")
        assert not run("1.2.3")
        assert not run("1.2.3.4.5")
