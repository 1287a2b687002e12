import json
import random
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from tests.curation.conftest import artifact, code, workspace

from hornbook.curation.select import (
    OVER_BUDGET,
    OVERLAPPING,
    ReadValuesConfig,
    SelectConfig,
    ValuesById,
    count_tokens,
    run_read_values,
    run_select,
)
from hornbook.errors import ConfigError, MissingInputError
from hornbook.pipeline.stage import Artifact, Result
from hornbook.pipeline.table import Table, TableWriter, write_table
from hornbook.records import Document, Dropped, Value

FOUR = [code(name, "a.py", 10 * at, 10 * at + 5) for at, name in enumerate("abcd")]


def valued(**values: float) -> list[Value]:
    return [Value(id=name, value=value) for name, value in values.items()]


def select(
    folder: Path,
    samples: Sequence[Document],
    values: Sequence[Value],
    config: SelectConfig,
    part_characters: int | None = None,
) -> tuple[Result, list[str], list[Dropped]]:
    """What the stage says, the ids of what it keeps, and what it drops."""
    with TableWriter(folder / "documents" / "documents", Document, part_characters) as documents:
        for one in samples:
            documents.add(one)
    workspace(folder / "values").write_records("values", Value, values)
    inputs = {"documents": artifact(folder / "documents"), "values": artifact(folder / "values")}
    result = run_select(config, inputs, workspace(folder / "select", folder / "scratch"))
    output = artifact(folder / "select")
    assert [one for one in output.documents() if one not in samples] == []
    return result, [one.id for one in output.documents()], output.records("dropped", Dropped)


def test_the_most_valuable_fill_the_budget_and_keep_their_order(tmp_path: Path) -> None:
    result, kept, dropped = select(tmp_path, FOUR, valued(a=0.1, b=0.7, c=0.2, d=0.9), SelectConfig(keep_share=0.5))
    assert kept == ["b", "d"]
    assert [(one.id, one.reason) for one in dropped] == [("a", OVER_BUDGET), ("c", OVER_BUDGET)]
    assert dropped[0].detail == "value 0.100, threshold 0.700"
    assert (result.metrics["threshold"], result.metrics["num_kept_tokens"], result.metrics["num_tokens"]) == (
        0.7,
        20,
        40,
    )


def test_samples_overlap_from_one_shared_line_on(tmp_path: Path) -> None:
    samples = [code("first", "a.py", 10, 20), *(code(f"at {at}", "a.py", at, at + 1) for at in (8, 9, 20, 21))]
    samples.append(code("elsewhere", "b.py", 10, 20))
    values = [Value(id=one.id, value=0.9 - 0.1 * at) for at, one in enumerate(samples)]
    _, kept, dropped = select(tmp_path, samples, values, SelectConfig(keep_share=1))
    assert kept == ["first", "at 8", "at 21", "elsewhere"]
    assert [(one.id, one.reason) for one in dropped] == [("at 9", OVERLAPPING), ("at 20", OVERLAPPING)]
    assert "first holds lines 10 to 20 of the same file" in dropped[0].detail


def test_equal_values_are_taken_in_input_order_and_what_cannot_be_selected_is_an_error(tmp_path: Path) -> None:
    _, kept, _ = select(tmp_path / "1", FOUR, valued(a=0.5, b=0.5, c=0.5, d=0.5), SelectConfig(keep_tokens=25))
    assert kept == ["a", "b"]
    with pytest.raises(MissingInputError, match="1 documents have no value: `d`; `hornbook classify`"):
        select(tmp_path / "2", FOUR, valued(a=0.1, b=0.7, c=0.2), SelectConfig())
    for number, config in enumerate((SelectConfig(keep_tokens=3), SelectConfig(threshold=0.95))):
        with pytest.raises(ConfigError, match=r"nothing would stay: .* 10 of 40 tokens"):
            select(tmp_path / f"3{number}", FOUR, valued(a=0.1, b=0.7, c=0.2, d=0.9), config)


def test_a_budget_that_is_none_is_rejected() -> None:
    for given in ({"keep_tokens": 5, "threshold": 0.5}, {"keep_share": 0}, {"keep_share": 1.2}, {"keep_tokens": 0}):
        with pytest.raises(ConfigError, match="keep"):
            SelectConfig(**given)  # type: ignore[arg-type]
    with pytest.raises(ConfigError, match="`threshold`"):
        SelectConfig(threshold=1.5)


CHANCE = random.Random(3)
SIZES = [CHANCE.randrange(1, 30) for _ in range(200)]
VALUES = [CHANCE.randrange(12) / 10 for _ in SIZES]
MANY = [code(f"d{at}", f"{at}.py", 1, 2, text=" ".join(["x"] * size)) for at, size in enumerate(SIZES)]
MANY_VALUES = [Value(id=f"d{at}", value=value) for at, value in enumerate(VALUES)]


def chosen_plainly(budget: int) -> list[str]:
    left, kept = budget, []
    for at in sorted(range(len(SIZES)), key=lambda at: -VALUES[at]):
        left -= SIZES[at]
        if left < 0:
            break
        kept.append(at)
    return [f"d{at}" for at in sorted(kept)]


def test_the_same_stays_in_however_many_parts(tmp_path: Path) -> None:
    for number, (config, expected) in enumerate(
        [
            (SelectConfig(keep_share=0.3), chosen_plainly(int(0.3 * sum(SIZES)))),
            (SelectConfig(), chosen_plainly(int(0.17 * sum(SIZES)))),
            (SelectConfig(keep_share=1.0), [one.id for one in MANY]),
            (SelectConfig(keep_tokens=777), chosen_plainly(777)),
            (SelectConfig(threshold=0.5), [f"d{at}" for at, value in enumerate(VALUES) if value >= 0.5]),
        ]
    ):
        for part_characters in (500, 10**9):
            folder = tmp_path / f"{number}-{part_characters}"
            result, kept, dropped = select(folder, MANY, list(reversed(MANY_VALUES)), config, part_characters)
            assert kept == expected
            assert [one.id for one in dropped] == [one.id for one in MANY if one.id not in set(expected)]
            assert result.metrics["threshold"] == min(VALUES[int(name[1:])] for name in kept)
            assert result.metrics["num_kept_tokens"] == sum(SIZES[int(name[1:])] for name in kept)
            assert result.metrics["num_tokens"] == sum(SIZES)


def test_documents_without_a_value_are_named_and_nothing_is_guessed(tmp_path: Path) -> None:
    with pytest.raises(MissingInputError, match=r"10 documents have no value: `d190`, .*`d194`, …; `hornbook"):
        select(tmp_path, MANY, MANY_VALUES[:190], SelectConfig(threshold=0.5), 500)


def read(folder: Path, rows: list[str]) -> Artifact:
    """What the stage makes of a file of values."""
    folder.mkdir()
    (folder / "values.jsonl").write_text("".join(f"{row}\n" for row in rows))
    run_read_values(ReadValuesConfig(path=str(folder / "values.jsonl")), {}, workspace(folder / "out"))
    return artifact(folder / "out")


def test_a_value_that_is_no_number_is_named(tmp_path: Path) -> None:
    for number, value in enumerate((None, "0.5", True, float("nan"), 10**400)):
        with pytest.raises(MissingInputError, match=r"`values.jsonl:2` of the values: the `value` of `d1` is"):
            read(tmp_path / str(number), ['{"id": "d0", "value": 1}', json.dumps({"id": "d1", "value": value})])
    with pytest.raises(MissingInputError, match="no `id`"):
        read(tmp_path / "nameless", ['{"value": 1}'])
    with pytest.raises(MissingInputError, match="holds no values"):
        read(tmp_path / "empty", [])


def test_an_id_with_two_values_is_named_and_one_with_the_same_value_twice_is_not(tmp_path: Path) -> None:
    def by_id(name: str, *values: tuple[str, float]) -> ValuesById:
        write_table(tmp_path / name, Value, [Value(id=id_, value=value) for id_, value in values])
        return ValuesById(Table.of_folder(tmp_path / name, Value))

    values = by_id("1", ("a", 1.0), ("b", 0.5), ("a", 1.0))
    assert values.of(["b", "a"]).tolist() == [0.5, 1.0]
    assert np.isnan(values.of(["c"])).all()
    assert values.of([]).tolist() == []
    with pytest.raises(MissingInputError, match=r"several values for `a`; ids must be unique"):
        by_id("2", ("a", 1.0), ("b", 0.5), ("a", 0.0))


def test_lexical_tokens_are_words_numbers_and_marks() -> None:
    texts = ["a += 10\n\n", "2nd", "n2", "", " ", "1_000", "**", "é漢_½ \u2028x", "'a.b'"]
    assert count_tokens(texts) == [4, 2, 1, 0, 0, 2, 2, 2, 5]
