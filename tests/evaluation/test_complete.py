import pytest

from hornbook.evaluation.complete import complete_problems
from hornbook.records import Completion, Problem

PROBLEMS = [
    Problem(
        task_id=f"own/{name}", prompt=f"def {name}():\n", entry_point=name, canonical_solution="", test="", category=""
    )
    for name in ("one", "two")
]


def test_each_problem_is_asked_as_often_as_wanted_and_its_answer_cut() -> None:
    asked: list[list[str]] = []

    def completer(prompts: list[str]) -> list[str]:
        asked.append(prompts)
        return [f"    return {number}\nprint()\n" for number in range(len(prompts))]

    completions = complete_problems(PROBLEMS, completer, num_samples=2)
    assert asked == [["def one():\n"] * 2 + ["def two():\n"] * 2]
    assert completions[2] == Completion(
        task_id="own/two", sample_index=0, raw="    return 2\nprint()\n", text="    return 2\n"
    )
    assert [(row.task_id, row.sample_index) for row in completions] == [
        (f"own/{name}", index) for name in ("one", "two") for index in (0, 1)
    ]


def test_a_completer_that_loses_a_prompt_is_noticed() -> None:
    with pytest.raises(ValueError, match="shorter"):
        complete_problems(PROBLEMS, lambda prompts: prompts[1:])
