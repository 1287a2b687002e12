import json
import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.curation.test_select import sample

from hornbook.curation.select import SelectConfig, select
from hornbook.curation.select_files import Budget, choose, dropped_rows, measure_documents
from hornbook.curation.values_by_id import ValuesById
from hornbook.errors import ConfigError, MissingInputError
from hornbook.reading.documents import Document, LeftOut
from hornbook.reading.parts import Parts
from hornbook.records import PredictedValue

CHANCE = random.Random(3)
SIZES = [CHANCE.randrange(1, 30) for _ in range(200)]
VALUES = [CHANCE.randrange(12) / 10 for _ in SIZES]


def written(path: Path, values: list[object]) -> Path:
    rows = [{"id": f"d{at}", "value": value} for at, value in enumerate(values)]
    path.write_text("".join(json.dumps(row) + "\n" for row in reversed(rows)))
    return path


def measured(folder: Path, part_characters: int = 100) -> Parts:
    """Documents of so many words, with a row that is none behind each tenth."""

    def read(start: int) -> Iterator[Document | LeftOut]:
        rows: list[Document | LeftOut] = []
        for at, size in enumerate(SIZES):
            rows.append(Document(id=f"d{at}", text=" ".join(["x"] * size)))
            rows += [LeftOut(place=f"p{at}", reason="r", detail="")] * (at % 10 == 9)
        yield from rows[start:]

    folder.mkdir()
    return measure_documents(read, folder, report=lambda *_: None, part_characters=part_characters)


@pytest.mark.parametrize("budget", [{"keep_share": 0.3}, {"keep_share": 1.0}, {"keep_tokens": 777}])
def test_what_stays_is_what_the_stage_keeps_in_however_many_parts(tmp_path: Path, budget: dict[str, float]) -> None:
    samples = [sample(f"d{at}", f"{at}.py", 1, 2, num_words=size) for at, size in enumerate(SIZES)]
    values = [PredictedValue(sample_id=f"d{at}", value=value) for at, value in enumerate(VALUES)]
    expected = select(samples, values, SelectConfig(**budget))  # type: ignore[arg-type]
    by_id = ValuesById(written(tmp_path / "values.jsonl", list(VALUES)))
    for part_characters in (1, 500, 10**9):
        parts = measured(tmp_path / str(part_characters), part_characters)
        chosen = choose(parts, by_id, Budget(**budget))  # type: ignore[arg-type]
        dropped = list(dropped_rows(parts, chosen))
        assert [(row.id, row.reason) for row in dropped] == [(row.id, row.reason) for row in expected.dropped]
        assert [row.value for row in dropped] == [VALUES[int(row.id[1:])] for row in dropped]
        assert chosen.rows.tolist() == [at + at // 10 for at in range(200)]
        assert int(chosen.is_kept.sum()) == len(expected.kept)
        assert (chosen.threshold, chosen.num_kept_tokens) == (expected.threshold, expected.num_kept_tokens)
        assert chosen.num_tokens == expected.num_tokens == sum(SIZES)


def test_a_threshold_keeps_what_has_at_least_that_value(tmp_path: Path) -> None:
    by_id = ValuesById(written(tmp_path / "values.jsonl", list(VALUES)))
    parts = measured(tmp_path / "work")
    chosen = choose(parts, by_id, Budget(threshold=0.5))
    assert chosen.is_kept.tolist() == [value >= 0.5 for value in VALUES]
    assert chosen.threshold == 0.5
    with pytest.raises(ConfigError, match=r"nothing would stay: the most valuable document has the value 1\.1"):
        choose(parts, ValuesById(written(tmp_path / "more.jsonl", [1.1] * 200)), Budget(keep_tokens=SIZES[0] - 1))


def test_documents_without_a_value_are_named_and_nothing_is_guessed(tmp_path: Path) -> None:
    parts = measured(tmp_path / "work")
    by_id = ValuesById(written(tmp_path / "values.jsonl", list(VALUES[:190])))
    with pytest.raises(MissingInputError, match=r"10 documents have no value: `d190`, .*`d194`, …; `hornbook"):
        choose(parts, by_id, Budget(threshold=0.5))


@pytest.mark.parametrize("value", [None, "0.5", True, float("nan"), float("inf"), pytest.param(10**400, id="large")])
def test_a_value_that_is_no_number_is_named(tmp_path: Path, value: object) -> None:
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


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({}, "give one of --keep-tokens, --keep-share and --threshold; none is given"),
        ({"keep_tokens": 5, "threshold": 0.5}, "--keep-tokens, --threshold is given"),
        ({"keep_share": 0}, "`keep_share` must lie in"),
        ({"threshold": 1.5}, "`threshold` must lie in"),
        ({"keep_tokens": 0}, "`keep_tokens` must be at least 1"),
    ],
)
def test_a_budget_that_is_none_is_refused(given: dict[str, float], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        Budget(**given)  # type: ignore[arg-type]
