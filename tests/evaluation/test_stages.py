from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from hornbook.artifacts.stage import Workspace
from hornbook.benchmarks.humaneval import read_humaneval
from hornbook.errors import ConfigError, SandboxError
from hornbook.evaluation.complete import Completer
from hornbook.evaluation.stages import EvaluateConfig, evaluate
from hornbook.records import Completion, Outcome, Problem, Verdict, records_of

PROBLEMS = read_humaneval()[:12]
CONFIG = EvaluateConfig(benchmarks=("humaneval",), cpu_seconds=1.0)


class Scripted:
    """Knows every second solution, and counts how often it is asked."""

    def __init__(self) -> None:
        self.num_calls = 0

    def __call__(self, progress: Callable[[int, int], None]) -> Completer:
        def complete(prompts: list[str]) -> list[str]:
            self.num_calls += 1
            known = {problem.prompt: problem.canonical_solution for problem in PROBLEMS[::2]}
            progress(len(prompts), len(prompts))
            return [known.get(prompt, "    return object()\n") + "\nprint('more')\n" for prompt in prompts]

        return complete


def workspace(folder: Path, notes: list[str] | None = None) -> Workspace:
    def progress(done: int, total: int, note: str = "") -> None:
        if notes is not None and done == total:
            notes.append(note)

    for name in ("out", "scratch"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    return Workspace(folder=folder / "out", scratch=folder / "scratch", seed=3, progress=progress)


def test_half_of_the_problems_solved_is_a_score_of_one_half(tmp_path: Path) -> None:
    notes: list[str] = []
    result = evaluate(CONFIG, {"humaneval": PROBLEMS}, Scripted(), workspace(tmp_path, notes))
    [score] = result.metrics["scores"]
    assert (score["benchmark"], score["pass@1"], score["passed"], score["num_problems"]) == ("humaneval", 0.5, 6, 12)
    assert "greedy" in score["protocol"]
    assert result.metrics["sandbox"]["backend"] == "bubblewrap"
    assert (result.kept, result.unit) == (12, "verdicts")
    assert notes == ["humaneval: canonical solutions", "humaneval: completions", "humaneval: verdicts"]
    completions = records_of(Completion, pq.read_table(tmp_path / "out" / "humaneval-completions.parquet"))
    verdicts = records_of(Verdict, pq.read_table(tmp_path / "out" / "humaneval-verdicts.parquet"))
    assert [row.task_id for row in completions] == [problem.task_id for problem in PROBLEMS]
    assert [row.text for row in completions[::2]] == [problem.canonical_solution for problem in PROBLEMS[::2]]
    assert [verdict.outcome is Outcome.PASSED for verdict in verdicts] == [True, False] * 6


def test_two_runs_write_the_same_bytes(tmp_path: Path) -> None:
    for name in ("first", "second"):
        evaluate(CONFIG, {"humaneval": PROBLEMS}, Scripted(), workspace(tmp_path / name))
    first, second = (
        {path.name: path.read_bytes() for path in (tmp_path / name / "out").iterdir()} for name in ("first", "second")
    )
    assert sorted(first) == ["humaneval-completions.parquet", "humaneval-verdicts.parquet"]
    assert first == second


def test_a_run_that_was_killed_after_completing_does_not_ask_again(tmp_path: Path) -> None:
    scripted = Scripted()
    first = evaluate(CONFIG, {"humaneval": PROBLEMS}, scripted, workspace(tmp_path))
    again = evaluate(CONFIG, {"humaneval": PROBLEMS}, scripted, workspace(tmp_path))
    assert scripted.num_calls == 1
    assert first == again


def test_where_the_benchmarks_own_solutions_fail_no_model_is_asked(tmp_path: Path) -> None:
    broken = Problem(
        task_id="own/1", prompt="def f():\n", entry_point="g", canonical_solution="    pass\n", test="", category=""
    )
    scripted = Scripted()
    with pytest.raises(SandboxError, match="canonical solutions of `humaneval`"):
        evaluate(CONFIG, {"humaneval": [*PROBLEMS, broken]}, scripted, workspace(tmp_path))
    assert scripted.num_calls == 0
    assert not list((tmp_path / "out").iterdir())


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("benchmarks", ()),
        ("benchmarks", ("mbpp",)),
        ("benchmarks", ("humaneval", "humaneval")),
        ("max_new_tokens", 0),
        ("temperature", -1.0),
        ("num_samples", 0),
        ("num_samples", 2),
        ("batch_size", 0),
        ("cpu_seconds", 0.0),
        ("memory_bytes", 1),
    ],
)
def test_a_value_that_cannot_be_is_refused_by_name(field: str, value: object) -> None:
    with pytest.raises(ConfigError, match=f"`{field}`"):
        EvaluateConfig(**{field: value})
