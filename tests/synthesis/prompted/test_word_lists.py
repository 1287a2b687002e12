import keyword
import re
from collections import Counter
from pathlib import Path

import pytest

from hornbook.errors import ConfigError
from hornbook.synthesis.prompted.word_lists import Topic, read_entries, read_names, read_topics


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def test_the_topic_tree_that_comes_along_has_over_a_thousand_distinct_leaves_in_many_areas() -> None:
    topics = read_topics()
    areas = Counter(topic.area for topic in topics)
    assert len(topics) >= 1000
    assert len({topic.name.casefold() for topic in topics}) == len(topics)
    assert len(areas) >= 30
    assert min(areas.values()) >= 20


def test_the_names_that_come_along_are_over_twenty_thousand_that_python_takes() -> None:
    names = read_names()
    assert len(set(names)) == len(names) >= 20_000
    assert all(re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", name) and not keyword.iskeyword(name) for name in names)
    assert len({name.split("_")[0] for name in names}) >= 150


@pytest.mark.parametrize(("name", "least"), [("professions", 40), ("concepts", 500), ("skills", 20), ("twists", 30)])
def test_the_other_lists_that_come_along_are_long_enough_and_without_repetition(name: str, least: int) -> None:
    entries = read_entries(name)
    assert len({entry.casefold() for entry in entries}) == len(entries) >= least


def test_topics_are_read_with_their_areas_and_comments_are_passed_over(tmp_path: Path) -> None:
    path = write(tmp_path / "own.txt", "# mine\nKnitting\n  casting on\n\tcounting rows\n\nSewing\n    hems\n")
    assert read_topics(path) == (
        Topic("Knitting", "casting on"),
        Topic("Knitting", "counting rows"),
        Topic("Sewing", "hems"),
    )


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("  hems\nSewing\n", 1, "is a topic without an area above it"),
        ("Sewing\n  hems\n  seams\n  Hems\nKnitting\n  rows\n", 4, "stands already on line 2"),
        ("Sewing\n  hems\nSewing\n  seams\n", 3, "stands already on line 1"),
        ("Sewing\n  " + "x" * 121 + "\n", 2, "is longer than 120 characters"),
        ("Sewing\n  he\x00ms\n", 2, "holds a character that cannot be printed"),
    ],
)
def test_a_broken_line_of_topics_is_named_with_its_file_and_number(
    tmp_path: Path, text: str, line: int, said: str
) -> None:
    path = write(tmp_path / "own.txt", text)
    broken = text.split("\n")[line - 1].strip()[:100]
    with pytest.raises(ConfigError) as raised:
        read_topics(path)
    message = str(raised.value)
    assert f"`{path}`, line {line}, {said}" in message
    assert repr(broken)[1:-1] in message


def test_one_area_is_not_enough_for_pairs_of_different_areas(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="at least two areas"):
        read_topics(write(tmp_path / "own.txt", "Sewing\n  hems\nKnitting\n"))


def test_braces_in_a_name_stand_for_every_choice_and_each_name_counts_once(tmp_path: Path) -> None:
    path = write(tmp_path / "names.txt", "knit_{rows,hats}{,_twice}\nknit_rows\nplain\n")
    assert read_names(path) == ("knit_rows", "knit_rows_twice", "knit_hats", "knit_hats_twice", "plain")


@pytest.mark.parametrize("line", ["two words", "1st_row", "class", "knit_{rows,-hats}", "größe", "a_{b", "f()"])
def test_a_name_that_cannot_name_a_function_is_refused_with_its_line(tmp_path: Path, line: str) -> None:
    path = write(tmp_path / "names.txt", f"fine\n\n{line}\n")
    with pytest.raises(ConfigError, match=r"line 3, gives `.*`, which cannot name a function") as raised:
        read_names(path)
    assert repr(line) in str(raised.value)
    assert str(path) in str(raised.value)


def test_a_line_that_stands_for_millions_of_names_is_refused_before_it_is_expanded(tmp_path: Path) -> None:
    many = "{" + ",".join("abcdefghij") + "}"
    with pytest.raises(ConfigError, match="line 1, stands for 10,000,000,000 names"):
        read_names(write(tmp_path / "names.txt", many * 10))


def test_a_file_that_is_missing_empty_or_not_text_is_one_clear_mistake(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read: No such file"):
        read_topics(tmp_path / "none.txt")
    with pytest.raises(ConfigError, match="holds no name"):
        read_names(write(tmp_path / "empty.txt", "# nothing\n"))
    with pytest.raises(ConfigError, match="holds no entry"):
        read_entries("skills", write(tmp_path / "empty.txt", ""))
    (tmp_path / "latin.txt").write_bytes(b"fine\nna\xefve\n")
    with pytest.raises(ConfigError, match="line 2, is not UTF-8"):
        read_entries("skills", tmp_path / "latin.txt")
