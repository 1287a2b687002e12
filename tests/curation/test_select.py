import json
import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.curation.conftest import sample

from hornbook.curation.select import (
    OVER_BUDGET,
    OVERLAPPING,
    Budget,
    SelectConfig,
    choose,
    count_tokens,
    dropped_rows,
    select,
)
from hornbook.curation.value_files import ValuesById, measure_documents
from hornbook.errors import ConfigError, MissingInputError
from hornbook.pipeline.parts import Parts
from hornbook.records import PredictedValue
from hornbook.sources.documents import Document, LeftOut


def valued(**values: float) -> list[PredictedValue]:
    return [PredictedValue(sample_id=name, value=value) for name, value in values.items()]


FOUR = [sample(name, "a.py", 10 * at, 10 * at + 5) for at, name in enumerate("abcd")]


def test_the_most_valuable_fill_the_budget_and_keep_their_order() -> None:
    selection = select(FOUR, valued(a=0.1, b=0.7, c=0.2, d=0.9), SelectConfig(keep_share=0.5))
    assert [kept.id for kept in selection.kept] == ["b", "d"]
    assert [(dropped.id, dropped.reason) for dropped in selection.dropped] == [("a", OVER_BUDGET), ("c", OVER_BUDGET)]
    assert selection.dropped[0].detail == "value 0.100, threshold 0.700"
    assert (selection.threshold, selection.num_kept_tokens, selection.num_tokens) == (0.7, 20, 40)


def test_samples_overlap_from_one_shared_line_on() -> None:
    samples = [sample("first", "a.py", 10, 20), *(sample(f"at {at}", "a.py", at, at + 1) for at in (8, 9, 20, 21))]
    values = [PredictedValue(sample_id=one.id, value=0.9 - 0.1 * at) for at, one in enumerate(samples)]
    selection = select(samples, values, SelectConfig(keep_share=1))
    assert [kept.id for kept in selection.kept] == ["first", "at 8", "at 21"]
    assert [(one.id, one.reason) for one in selection.dropped] == [("at 9", OVERLAPPING), ("at 20", OVERLAPPING)]
    assert "first holds lines 10 to 20 of a.py" in selection.dropped[0].detail


def test_equal_values_are_taken_in_input_order_and_what_cannot_be_selected_is_an_error() -> None:
    selection = select(FOUR, valued(a=0.5, b=0.5, c=0.5, d=0.5), SelectConfig(keep_tokens=25))
    assert [kept.id for kept in selection.kept] == ["a", "b"]
    with pytest.raises(MissingInputError, match="no value for d"):
        select(FOUR, valued(a=0.1, b=0.7, c=0.2), SelectConfig())
    with pytest.raises(ConfigError, match="`keep_tokens` is 3"):
        select(FOUR, valued(a=0.1, b=0.7, c=0.2, d=0.9), SelectConfig(keep_tokens=3))
    for value in (0, 1.2):
        with pytest.raises(ConfigError, match="`keep_share`"):
            SelectConfig(keep_share=value)


CHANCE = random.Random(3)
SIZES = [CHANCE.randrange(1, 30) for _ in range(200)]
VALUES = [CHANCE.randrange(12) / 10 for _ in SIZES]


def written(path: Path, values: list[object]) -> Path:
    rows = [{"id": f"d{at}", "value": value} for at, value in enumerate(values)]
    path.write_text("".join(json.dumps(row) + "\n" for row in reversed(rows)))
    return path


def measured(folder: Path, part_characters: int) -> Parts:
    """Documents of so many words, with a row that is none behind each tenth."""

    def read(start: int) -> Iterator[Document | LeftOut]:
        rows: list[Document | LeftOut] = []
        for at, size in enumerate(SIZES):
            rows.append(Document(id=f"d{at}", text=" ".join(["x"] * size)))
            rows += [LeftOut(place=f"p{at}", reason="r", detail="")] * (at % 10 == 9)
        yield from rows[start:]

    folder.mkdir()
    return measure_documents(read, folder, count_tokens, report=lambda *_: None, part_characters=part_characters)


@pytest.fixture(scope="module")
def all_parts(tmp_path_factory: pytest.TempPathFactory) -> list[Parts]:
    """The same documents in many parts and in one."""
    return [measured(tmp_path_factory.mktemp("work") / "parts", size) for size in (500, 10**9)]


def test_what_stays_is_what_the_stage_keeps_in_however_many_parts(tmp_path: Path, all_parts: list[Parts]) -> None:
    samples = [sample(f"d{at}", f"{at}.py", 1, 2, text=" ".join(["x"] * size)) for at, size in enumerate(SIZES)]
    values = [PredictedValue(sample_id=f"d{at}", value=value) for at, value in enumerate(VALUES)]
    by_id = ValuesById(written(tmp_path / "values.jsonl", list(VALUES)))
    for parts in all_parts:
        for budget in ({"keep_share": 0.3}, {"keep_share": 1.0}, {"keep_tokens": 777}):
            expected = select(samples, values, SelectConfig(**budget))  # type: ignore[arg-type]
            chosen = choose(parts, by_id, Budget(**budget))  # type: ignore[arg-type]
            dropped = list(dropped_rows(parts, chosen))
            assert [(row.id, row.reason) for row in dropped] == [(row.id, row.reason) for row in expected.dropped]
            assert [row.value for row in dropped] == [VALUES[int(row.id[1:])] for row in dropped]
            assert chosen.rows.tolist() == [at + at // 10 for at in range(200)]
            assert (chosen.threshold, chosen.num_kept_tokens) == (expected.threshold, expected.num_kept_tokens)
            assert chosen.num_tokens == expected.num_tokens == sum(SIZES)


def test_a_threshold_keeps_what_has_at_least_that_value(tmp_path: Path, all_parts: list[Parts]) -> None:
    by_id = ValuesById(written(tmp_path / "values.jsonl", list(VALUES)))
    parts = all_parts[0]
    chosen = choose(parts, by_id, Budget(threshold=0.5))
    assert chosen.is_kept.tolist() == [value >= 0.5 for value in VALUES]
    assert chosen.threshold == 0.5
    with pytest.raises(ConfigError, match="nothing would stay"):
        choose(parts, ValuesById(written(tmp_path / "more.jsonl", [1.1] * 200)), Budget(keep_tokens=SIZES[0] - 1))


def test_documents_without_a_value_are_named_and_nothing_is_guessed(tmp_path: Path, all_parts: list[Parts]) -> None:
    parts = all_parts[0]
    by_id = ValuesById(written(tmp_path / "values.jsonl", list(VALUES[:190])))
    with pytest.raises(MissingInputError, match=r"10 documents have no value: `d190`, .*`d194`, …; `hornbook"):
        choose(parts, by_id, Budget(threshold=0.5))


def test_a_value_that_is_no_number_is_named(tmp_path: Path) -> None:
    for value in (None, "0.5", True, float("nan"), 10**400):
        with pytest.raises(MissingInputError, match=r"`values.jsonl:1` of the values: the `value` of `d1` is"):
            ValuesById(written(tmp_path / "values.jsonl", [0.5, value]))


def test_an_id_with_two_values_is_named_and_one_with_the_same_value_twice_is_not(tmp_path: Path) -> None:
    path = tmp_path / "values.jsonl"
    path.write_text('{"id": "a", "value": 1}\n{"id": "b", "value": 0.5}\n{"id": "a", "value": 1}\n')
    assert ValuesById(path).of(["b", "a"]).tolist() == [0.5, 1.0]
    assert ValuesById(path).of([]).tolist() == []
    path.write_text('{"id": "a", "value": 1}\n{"id": "b", "value": 0.5}\n{"id": "a", "value": 0}\n')
    with pytest.raises(MissingInputError, match=r"several values for `a`; ids must be unique"):
        ValuesById(path)
    path.write_text("")
    with pytest.raises(MissingInputError, match="holds no values"):
        ValuesById(path)


def test_a_budget_that_is_none_is_refused() -> None:
    for given in ({}, {"keep_tokens": 5, "threshold": 0.5}, {"keep_share": 0}, {"threshold": 1.5}, {"keep_tokens": 0}):
        with pytest.raises(ConfigError, match=r"keep|threshold"):
            Budget(**given)  # type: ignore[arg-type]


def test_lexical_tokens_are_words_numbers_and_marks() -> None:
    texts = ["a += 10\n\n", "2nd", "n2", "", " ", "1_000", "**", "é漢_½ \u2028x", "'a.b'"]
    assert count_tokens(texts) == [4, 2, 1, 0, 0, 2, 2, 2, 5]
