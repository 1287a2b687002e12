from hornbook.benchmarks.humaneval import NUM_PROBLEMS, read_humaneval


def test_humaneval_has_its_164_problems_in_order() -> None:
    problems = read_humaneval()
    assert [problem.task_id for problem in problems] == [f"HumanEval/{number}" for number in range(NUM_PROBLEMS)]
    for problem in problems:
        assert f"def {problem.entry_point}(" in problem.prompt
        assert "def check(candidate):" in problem.test
