import ast
import keyword
import re
from collections import Counter
from pathlib import Path

import pytest

from hornbook.errors import ConfigError
from hornbook.records import Exercise
from hornbook.synthesis.checker import check_exercise, check_passage
from hornbook.synthesis.prompted.exercise_answers import read_exercise, style_of_docstring
from hornbook.synthesis.prompted.ingredients import (
    Layout,
    Topic,
    draw_generator,
    draw_in_turn,
    read_audiences,
    read_entries,
    read_layouts,
    read_names,
    read_styles,
    read_topics,
)
from hornbook.teacher.api import Reply, ReplyOutcome

OTHER_LAYOUT = Layout(name="", instruction="", request="", example='def f():\n    """Do."""\n    return 0\n')


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def test_the_lists_that_come_along_are_long_and_without_repetition() -> None:
    topics, names = read_topics(), read_names()
    areas = Counter(topic.area for topic in topics)
    assert len({topic.name.casefold() for topic in topics}) == len(topics) >= 1000
    assert len(areas) >= 30
    assert min(areas.values()) >= 20
    assert len(set(names)) == len(names) >= 20_000
    assert all(re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", name) and not keyword.iskeyword(name) for name in names)
    assert len({name.split("_")[0] for name in names}) >= 150
    for name, least in (("professions", 40), ("concepts", 500), ("skills", 20), ("twists", 30)):
        entries = read_entries(name)
        assert len({entry.casefold() for entry in entries}) == len(entries) >= least
    for forms in (read_audiences(), read_styles()):
        assert len({form.name for form in forms}) == len(forms) >= 6
        assert all(form.instruction.count(".") >= 2 for form in forms), forms


def test_each_layouts_example_is_an_exercise_that_holds_and_is_asked_for_by_no_name() -> None:
    asked = set(read_names())
    looks = set()
    for layout in read_layouts():
        [name] = re.findall(r"`(\w+)`", layout.request)
        assert name not in asked
        reply = Reply(outcome=ReplyOutcome.ANSWERED, text=f"```python\n{layout.example.rstrip()}\n```")
        made = read_exercise(reply, name, "", OTHER_LAYOUT, "example")
        assert isinstance(made, Exercise), made
        assert check_exercise(made.prompt + made.solution, made.test or "def check(c): pass", name) is None
        assert bool(made.test) == any(kind in layout.name for kind in ("doctest", "comparison", "steps", "example"))
        looks.add(style_of_docstring(ast.get_docstring(ast.parse(layout.example).body[-1]) or ""))  # type: ignore[arg-type]
    assert len(looks) >= 6


def test_each_styles_example_prints_what_it_shows() -> None:
    examples = [style.example.strip() + "\n" for style in read_styles()]
    assert all("```python\n" in example for example in examples)
    assert [check_passage(example) for example in examples] == [None] * len(examples)
    assert check_passage(examples[0].replace("(1, -2)", "(2, -1)")) is not None


def test_own_topics_have_areas_and_names_may_hold_choices(tmp_path: Path) -> None:
    path = write(tmp_path / "own.txt", "# mine\nKnitting\n  casting on\n\tcounting rows\n\nSewing\n    hems\n")
    topics = (Topic("Knitting", "casting on"), Topic("Knitting", "counting rows"), Topic("Sewing", "hems"))
    assert read_topics(path) == topics
    path = write(tmp_path / "names.txt", "knit_{rows,hats}{,_twice}\nknit_rows\nplain\n")
    assert read_names(path) == ("knit_rows", "knit_rows_twice", "knit_hats", "knit_hats_twice", "plain")


def test_a_broken_line_is_named_with_its_file_and_number(tmp_path: Path) -> None:
    topics = {
        "  hems\nSewing\n": 1,
        "Sewing\n  hems\n  seams\n  Hems\nKnitting\n  rows\n": 4,
        "Sewing\n  hems\nSewing\n  seams\n": 3,
        "Sewing\n  " + "x" * 121 + "\n": 2,
        "Sewing\n  he\x00ms\n": 2,
    }
    for text, line in topics.items():
        path = write(tmp_path / "own.txt", text)
        with pytest.raises(ConfigError) as raised:
            read_topics(path)
        assert f"`{path}`, line {line}, " in str(raised.value)
        assert repr(text.split("\n")[line - 1].strip()[:100])[1:-1] in str(raised.value)
    for name in ("two words", "1st_row", "class", "knit_{rows,-hats}", "größe", "a_{b"):
        with pytest.raises(ConfigError, match="line 3, ") as raised:
            read_names(write(tmp_path / "names.txt", f"fine\n\n{name}\n"))
        assert repr(name) in str(raised.value)


def test_a_file_that_cannot_be_used_is_one_clear_mistake(tmp_path: Path) -> None:
    empty = write(tmp_path / "empty.txt", "# nothing\n")
    latin = tmp_path / "latin.txt"
    latin.write_bytes(b"fine\nna\xefve\n")
    many = write(tmp_path / "many.txt", ("{" + ",".join("abcdefghij") + "}") * 10)
    with pytest.raises(ConfigError, match=r"none\.txt"):
        read_topics(tmp_path / "none.txt")
    with pytest.raises(ConfigError, match="two areas"):
        read_topics(write(tmp_path / "one.txt", "Sewing\n  hems\nKnitting\n"))
    for path in (empty, many):
        with pytest.raises(ConfigError, match=path.name):
            read_names(path)
    for path in (empty, latin):
        with pytest.raises(ConfigError, match=path.name):
            read_entries("skills", path)


def test_a_draw_depends_on_seed_purpose_and_index_alone() -> None:
    keys = [(seed, purpose, index) for seed in (0, 1) for purpose in ("a", "b") for index in (0, 1)]
    drawn = {key: draw_generator(*key).random() for key in keys}
    assert len(set(drawn.values())) == len(keys)
    assert drawn == {key: draw_generator(*key).random() for key in reversed(keys)}
    entries = "abcdefghij"
    order = [draw_in_turn(entries, 3, "letter", index) for index in range(30)]
    rounds = ["".join(order[start : start + 10]) for start in (0, 10, 20)]
    assert ["".join(sorted(one)) for one in rounds] == [entries] * 3
    assert len(set(rounds)) == 3
    assert draw_in_turn(entries, 3, "letter", 17) == order[17]
    assert [draw_in_turn(entries, 4, "letter", index) for index in range(10)] != order[:10]
