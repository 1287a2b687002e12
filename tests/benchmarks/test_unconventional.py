import json
from collections import Counter
from pathlib import Path

import pytest
from hornbook.benchmarks.unconventional import find_unconventional, read_unconventional

from hornbook.errors import MissingInputError
from hornbook.evaluation.judge import assemble_program, check_canonical_solutions
from hornbook.records import Outcome
from hornbook.sandbox.jail import Jail

SOURCE = Path(__file__).parents[2] / "src" / "hornbook"
SOLUTIONS = Path(__file__).parent / "unconventional_50"


def outcomes_of(name: str, jail: Jail) -> Counter[str]:
    by_id = {problem.task_id: problem for problem in find_unconventional().problems}
    rows = [json.loads(line) for line in (SOLUTIONS / name).read_text().splitlines()]
    programs = [assemble_program(by_id[row["task_id"]], row["completion"]) for row in rows]
    return Counter("passed" if report.outcome is Outcome.PASSED else "failed" for report in jail.run(programs))


def test_there_are_50_problems_whose_category_is_their_difficulty() -> None:
    benchmark = find_unconventional()
    assert [problem.task_id for problem in benchmark.problems] == [f"Unconventional/{number}" for number in range(50)]
    assert Counter(problem.category for problem in benchmark.problems) == {"easy": 15, "medium": 25, "hard": 10}


def test_the_canonical_solutions_pass(jail: Jail) -> None:
    check_canonical_solutions("unconventional-50", find_unconventional().problems, jail)


def test_an_independent_second_solution_of_each_passes(jail: Jail) -> None:
    assert outcomes_of("second.jsonl", jail) == {"passed": 50}


def test_none_of_the_plausible_wrong_solutions_passes(jail: Jail) -> None:
    assert outcomes_of("wrong.jsonl", jail) == {"failed": 163}


def test_nothing_that_makes_training_data_reads_them() -> None:
    makers = [path for room in ("curation", "synthesis") for path in (SOURCE / room).rglob("*.py")]
    assert makers
    for path in makers:
        text = path.read_text(encoding="utf8")
        assert "unconventional" not in text, path
        assert "hornbook.benchmarks" not in text, path


def test_a_row_without_its_difficulty_is_named(tmp_path: Path) -> None:
    row = {"task_id": "a", "prompt": "", "entry_point": "f", "canonical_solution": "", "test": ""}
    (tmp_path / "u.jsonl").write_text(json.dumps(row))
    with pytest.raises(MissingInputError, match=r"line 1 of .*u\.jsonl` has no string `difficulty`"):
        read_unconventional(tmp_path / "u.jsonl")
