import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.commands.typed import is_one_mistake, type_in, write_lines
from tests.evaluation.scripted_endpoint import Asked, ScriptedEndpoint

from hornbook.curation.draw import DrawnSample
from hornbook.reading.rows import read_rows
from hornbook.records import table_of

NUM = 60


def score(asked: Asked) -> str:
    """A tenth of the number in the snippet, at most 5."""
    return f"Reason: It has a number.\nScore: {min(int(asked.text.split('number_')[1][:2]) // 10, 5)}"


@pytest.fixture
def teacher() -> Iterator[ScriptedEndpoint]:
    with ScriptedEndpoint(score, models=("tiny",)) as running:
        yield running


@pytest.fixture
def code(tmp_path: Path) -> Path:
    return write_lines(
        tmp_path / "code.jsonl", [{"id": f"row {number}", "text": text(number)} for number in range(NUM)]
    )


def text(number: int) -> str:
    return f"number_{number:02} = {number}\n" + "".join(f"w{number}_{line} = {line}\n" for line in range(number % 7))


@pytest.fixture
def values(tmp_path: Path) -> Path:
    return write_lines(tmp_path / "values.jsonl", [{"id": f"row {n}", "value": (n / NUM) ** 3} for n in range(NUM)])


def annotate(teacher: ScriptedEndpoint, place: Path, *more: str | Path, status: int = 0) -> str:
    arguments = ["--id-field", "id", "--teacher", teacher.url, "--cache", place / "cache.sqlite"]
    printed = type_in("annotate", *more, *arguments, status=status)
    return printed.err if status else printed.out


def rows(path: Path) -> list[dict[str, object]]:
    return [fields for _, fields in read_rows(path)]


def test_unsure_code_is_asked_about_and_the_weights_are_put_beside(
    teacher: ScriptedEndpoint, code: Path, values: Path, tmp_path: Path
) -> None:
    out = tmp_path / "labels.jsonl"
    described = json.loads(annotate(teacher, tmp_path, code, "--values", values, "--num", "20", "-o", out, "--json"))
    drawn = rows(tmp_path / "labels.drawn.jsonl")
    assert [row["sample_id"] for row in rows(out)] == [row["sample_id"] for row in drawn]
    assert len(teacher.asked) == len(drawn) == 20
    assert sum(row["weight"] for row in drawn) == pytest.approx(NUM)  # type: ignore[misc]
    rates = [stratum["drawn"] / stratum["size"] for stratum in described["draw"]["strata"]]
    assert rates[0] > 1.5 * rates[-1] > 0
    assert str(tmp_path / "labels.drawn.jsonl") in described["files"]
    estimate = described["draw"]["estimate"]
    low, high = estimate["at_least_3_ci95"]
    assert low <= 0.5 <= high
    assert described["draw"]["of"] == estimate["of"] == NUM
    assert sum(estimate["shares"].values()) == pytest.approx(1, abs=1e-3)


def test_the_weighted_scores_are_told(teacher: ScriptedEndpoint, code: Path, values: Path, tmp_path: Path) -> None:
    said = annotate(teacher, tmp_path, code, "--by", "uncertainty", "--values", values, "--num", "20")
    assert "20 were drawn from 60" in said
    assert "at 0.00 to 0.10 away from a value of 0.5" in said
    assert "weighted, for all 60: " in said
    assert "at least 3 have " in said


def test_a_larger_draw_asks_only_about_what_is_new(
    teacher: ScriptedEndpoint, code: Path, values: Path, tmp_path: Path
) -> None:
    for num in ("20", "30"):
        annotate(teacher, tmp_path, code, "--values", values, "--num", num)
    assert len(teacher.asked) == 30


def test_a_draw_at_random_has_weights_too(teacher: ScriptedEndpoint, code: Path, tmp_path: Path) -> None:
    annotate(teacher, tmp_path, code, "--num", "15", "-o", tmp_path / "labels.parquet")
    drawn = rows(tmp_path / "labels.drawn.parquet")
    assert {(row["stratum"], row["weight"], row["same_as"]) for row in drawn} == {("everything", 4.0, "")}
    assert set(drawn[0]) == set(table_of(DrawnSample, []).column_names)


def test_all_code_has_no_draw_to_speak_of(teacher: ScriptedEndpoint, code: Path, tmp_path: Path) -> None:
    described = json.loads(annotate(teacher, tmp_path, code, "-o", tmp_path / "labels.jsonl", "--json"))
    assert described["draw"] is None
    assert not (tmp_path / "labels.drawn.jsonl").exists()


def test_of_near_duplicates_one_is_asked_about_and_its_score_counts_for_the_others(
    teacher: ScriptedEndpoint, tmp_path: Path
) -> None:
    long = "".join(f"value_{line} = {line} * factor_{line} + offset_{line}\n" for line in range(40))
    texts = [*(f"number_{50 + place} = 1\n{long}" for place in range(3)), "number_00 = 0\n"]
    code = write_lines(tmp_path / "code.jsonl", [{"id": str(at), "text": one} for at, one in enumerate(texts)])
    values = write_lines(tmp_path / "values.jsonl", [{"id": str(at), "value": 0.5} for at in range(4)])
    out = tmp_path / "labels.jsonl"
    described = json.loads(annotate(teacher, tmp_path, code, "--values", values, "--num", "4", "-o", out, "--json"))
    assert [row["sample_id"] for row in rows(out)] == ["0", "3"]
    assert [row["same_as"] for row in rows(tmp_path / "labels.drawn.jsonl")] == ["", "0", "0", ""]
    assert described["draw"]["near_duplicates"] == 2
    assert described["draw"]["estimate"]["at_least_3"] == 0.75


def test_texts_without_a_word_are_drawn_and_put_aside(teacher: ScriptedEndpoint, tmp_path: Path) -> None:
    texts = ["number_10 = 1\n", "", "  \n", "number_30 = 1\n"]
    code = write_lines(tmp_path / "code.jsonl", [{"id": str(at), "text": one} for at, one in enumerate(texts)])
    values = write_lines(tmp_path / "values.jsonl", [{"id": str(at), "value": 0.2} for at in range(4)])
    described = json.loads(annotate(teacher, tmp_path, code, "--values", values, "--num", "4", "--json"))
    assert (described["labels"], described["draw"]["estimate"]["at_least_3"]) == (2, 0.5)
    assert set(described["rejected"]) == {"empty"}


def test_only_code_with_a_known_score_is_drawn_from(
    teacher: ScriptedEndpoint, code: Path, values: Path, tmp_path: Path
) -> None:
    known = write_lines(tmp_path / "known.jsonl", [{"id": f"row {number}", "score": 3} for number in range(25, 45)])
    more = ["--values", values, "--num", "10", "--against", known, "--json"]
    described = json.loads(annotate(teacher, tmp_path, code, *more))
    assert (described["draw"]["of"], described["agreement"]["compared"]) == (20, 10)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--by", "uncertainty", "--num", "5"], "`--by uncertainty` needs `--values FILE`"),
        (["--by", "random", "--values", "values.jsonl", "--num", "5"], "leave one of the two out"),
        (["--values", "values.jsonl"], "`--num` must say how many"),
        (["--values", "few.jsonl", "--num", "5"], "has no value for 59 of 60 pieces of code, 'row 1' one of them"),
        (["--values", "wordy.jsonl", "--num", "5"], "`wordy.jsonl:1` of `--values` needs `id` and a number in `value`"),
        (["--values", "large.jsonl", "--num", "5"], "'row 0' is no probability: 2.0"),
        (["--values", "missing.jsonl", "--num", "5"], "there is no file `missing.jsonl`"),
        (["--values", "values.jsonl", "--num", "5", "--random-share", "0"], "`random_share` must lie in (0, 1]"),
    ],
)
@pytest.mark.usefixtures("values")
def test_a_mistake_is_one_message_and_nothing_is_asked(
    teacher: ScriptedEndpoint,
    code: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    said: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    write_lines(Path("few.jsonl"), [{"id": "row 0", "value": 0.5}])
    write_lines(Path("wordy.jsonl"), [{"id": "row 0", "value": "high"}])
    write_lines(Path("large.jsonl"), [{"id": f"row {number}", "value": 2.0} for number in range(NUM)])
    err = annotate(teacher, tmp_path, code, *arguments, status=2)
    assert is_one_mistake(err, said), err
    assert teacher.asked == []
