"""From labels of one's own to a classifier, by commands."""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.commands.typed import is_one_mistake, read_json, type_in, write_lines
from tests.curation.test_stages import GLUE, LOOP
from tests.evaluation.scripted_endpoint import Asked, ScriptedEndpoint

from hornbook.curation.calibration import agreement_of


def score(asked: Asked) -> str:
    """The number of lines of the snippet, at most 5; snippets with `odd` have no score."""
    snippet = asked.text.split("```")[1].removeprefix("python\n")
    if "odd" in snippet:
        return "That is hard to say."
    return f"Reason: It has {snippet.count(chr(10))} lines.\nScore: {min(snippet.count(chr(10)), 5)}"


@pytest.fixture
def teacher() -> Iterator[ScriptedEndpoint]:
    with ScriptedEndpoint(score, models=("tiny",)) as running:
        yield running


@pytest.fixture
def code(tmp_path: Path) -> Path:
    rows = [{"id": f"row {number}", "text": "x = 1\n" * number} for number in range(1, 6)]
    return write_lines(tmp_path / "code.jsonl", [*rows, {"id": "odd one", "text": "odd = 1\n"}])


def annotate(teacher: ScriptedEndpoint, place: Path, *more: str | Path, status: int = 0) -> Any:
    """What was printed."""
    arguments = ["--teacher", teacher.url, "--cache", place / "cache.sqlite", "-o", place / "labels.jsonl"]
    return type_in("annotate", *more, *arguments, status=status)


def test_rows_get_labels_with_reasons_and_a_second_run_asks_nothing_again(
    teacher: ScriptedEndpoint, code: Path, tmp_path: Path
) -> None:
    printed = annotate(teacher, tmp_path, code)
    assert read_json(tmp_path / "labels.jsonl") == [
        {"id": f"row {number}", "score": number, "reason": f"It has {number} lines.", "annotator": "tiny"}
        for number in range(1, 6)
    ]
    dropped = [(row["id"], row["reason"]) for row in read_json(tmp_path / "labels.dropped.jsonl")]
    assert dropped == [("odd one", "no score")]
    assert "labels               5" in printed.out
    again = annotate(teacher, tmp_path, code, "--json").json
    assert (again["account"]["run"][0]["calls"], again["dropped"], len(teacher.asked)) == (0, {"no score": 1}, 6)


def test_python_files_of_a_folder_are_read_whole_and_long_ones_cut(teacher: ScriptedEndpoint, tmp_path: Path) -> None:
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "a.py").write_text("x = 1\n")
    (tmp_path / "src" / "b.py").write_text("value = 12345\n" * 100)
    described = annotate(teacher, tmp_path, tmp_path / "src", "--max-characters", "500", "--json").json
    assert (described["labels"], described["shortened"]) == (2, 1)
    assert max(len(asked.text) for asked in teacher.asked) < 600


def test_a_draw_is_one_of_the_ids_and_the_seed_and_a_larger_one_asks_only_about_what_is_new(
    teacher: ScriptedEndpoint, tmp_path: Path
) -> None:
    lines = [{"id": str(number), "text": f"x = {number}\n"} for number in range(60)]
    forth, back = (write_lines(tmp_path / f"{name}.jsonl", some) for name, some in (("a", lines), ("b", lines[::-1])))
    drawn = []
    for code, num, seed in ((forth, 15, 1), (back, 15, 1), (forth, 25, 1), (forth, 25, 2)):
        said = annotate(teacher, tmp_path, code, "--num", str(num), "--seed", str(seed), "--json").json
        assert (said["labels"], said["num_documents"]) == (num, 60)
        drawn.append({row["id"] for row in read_json(tmp_path / "labels.jsonl")})
    assert drawn[0] == drawn[1] < drawn[2]
    assert len(drawn[2] & drawn[3]) < 20
    assert len(teacher.asked) == len(drawn[2] | drawn[3])
    type_in("sample", forth, "-o", tmp_path / "some.jsonl", "--num", "15", "--seed", "1")
    lines_of = forth.read_text().splitlines(keepends=True)
    assert (tmp_path / "some.jsonl").read_text() == "".join(lines_of[int(name)] for name in sorted(drawn[0], key=int))


@pytest.mark.parametrize("key", ["id", "sha256"])
def test_known_scores_are_compared_by_id_or_by_the_hash_of_the_text(
    teacher: ScriptedEndpoint, code: Path, tmp_path: Path, key: str
) -> None:
    names = [f"row {number}" for number in range(1, 5)]
    if key == "sha256":
        names = [hashlib.sha256("\n".join(["x = 1"] * number).encode()).hexdigest() for number in range(1, 5)]
    known = [{key: name, "score": 5 - number} for number, name in enumerate(names, start=1)]
    labels = write_lines(tmp_path / "known.jsonl", [*known, {key: "another", "score": 3}])
    compared = annotate(teacher, tmp_path, code, "--against", labels, "--json").json["agreement"]
    assert (compared["compared"], compared["spearman"], len(teacher.asked)) == (4, -1.0, 4)
    assert (compared["exact"], compared["within_one"], compared["kappa_at_least_3"]) == (0.0, 0.5, -1.0)


def test_agreement_is_that_of_the_formulas() -> None:
    found = agreement_of([(0, 0), (1, 3), (3, 3), (5, 4), (4, 2), (2, 2)])
    # Both at least 3: 2 of 6; both below: 2; by chance 1/2.
    assert found["kappa_at_least_3"] == pytest.approx((4 / 6 - 1 / 2) / (1 - 1 / 2), abs=1e-4)
    assert (found["exact"], found["within_one"]) == (0.5, 0.6667)
    one_sided = agreement_of([(4, 4), (4, 5)])
    assert one_sided["kappa_at_least_3"] is one_sided["spearman"] is None


@pytest.mark.slow
def test_the_standard_library_is_compared_with_the_shipped_labels(teacher: ScriptedEndpoint, tmp_path: Path) -> None:
    modules = tmp_path / "modules.jsonl"
    type_in("collect", "standard-library", "--split", "definitions", "--no-filters", "-o", modules)
    described = annotate(
        teacher, tmp_path, modules, "--against", "shipped", "--num", "30", "--seed", "4", "--json"
    ).json
    assert described["labels"] + sum(described["dropped"].values()) == 30
    assert described["agreement"]["compared"] == described["labels"] > 0


def test_labels_train_a_classifier_whose_values_separate_them(tmp_path: Path) -> None:
    texts = [(LOOP, GLUE)[number % 2].format(number) for number in range(60)]
    code = write_lines(tmp_path / "code.jsonl", [{"id": f"d{at}", "text": text} for at, text in enumerate(texts)])
    labels = [{"id": f"d{at}", "score": 4 - 4 * (at % 2)} for at in range(20)]
    labels += [{"text": texts[at], "score": 4 - 4 * (at % 2)} for at in range(20, 40)]
    known = write_lines(tmp_path / "labels.jsonl", [*labels, {"id": "gone", "score": 1}])
    said = type_in("train-classifier", code, "--labels", known, "-o", tmp_path / "classifier", "--json").json
    assert (said["num_documents"], said["labels"], said["dropped"]) == (60, 40, {"no such document": 1})
    assert said["held_out"]["auc"] == 1.0
    type_in("classify", code, "-o", tmp_path / "values.jsonl", "--classifier", tmp_path / "classifier")
    values = [row["value"] for row in read_json(tmp_path / "values.jsonl")]
    assert min(values[::2]) > 0.9 > 0.1 > max(values[1::2])


def test_a_mistake_is_one_message_and_nothing_is_asked(
    teacher: ScriptedEndpoint, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write_lines(Path("code.jsonl"), [{"id": "1", "text": "x = 1\n"}, {"id": "2", "text": "x = 1\n"}])
    write_lines(Path("strangers.jsonl"), [{"id": "9", "score": 1}])
    write_lines(Path("nameless.jsonl"), [{"name": "9", "score": 1}])
    for arguments, said in (
        ([], "name at least one input"),
        (["code.jsonl", "--against", "code.jsonl"], "`score`"),
        (["code.jsonl", "--against", "strangers.jsonl"], "strangers.jsonl"),
        (["code.jsonl", "--against", "nameless.jsonl"], "names no document"),
        (["code.jsonl", "--id-field", "text"], "--id-field"),
        (["code.jsonl", "--max-characters", "5"], "at least 100"),
    ):
        *_, last = annotate(teacher, tmp_path, *arguments, status=2).err.splitlines()
        assert is_one_mistake(f"{last}\n", said), last
    assert teacher.asked == []
    assert is_one_mistake(type_in("annotate", "code.jsonl", "-o", "labels.jsonl", status=2).err, "--teacher URL")
    few = write_lines(Path("few.jsonl"), [{"id": "1", "score": 1}])
    err = type_in("train-classifier", "code.jsonl", "--labels", few, "-o", "classifier", status=2).err
    assert "labels are at least 3" in err
    assert not Path("classifier").exists()
