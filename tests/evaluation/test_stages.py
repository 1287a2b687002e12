import dataclasses
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import torch

from hornbook.artifacts.manifest import Manifest
from hornbook.artifacts.stage import Artifact, Result, Workspace
from hornbook.benchmarks.humaneval import read_humaneval
from hornbook.errors import ConfigError, MissingInputError, SandboxError
from hornbook.evaluation.complete import Completer, complete_prompt
from hornbook.evaluation.stages import EvaluateConfig, evaluate, run_evaluate
from hornbook.model.config import ModelConfig
from hornbook.model.phi import Phi
from hornbook.model.weights import save_model
from hornbook.records import Completion, Document, DocumentKind, Outcome, Problem, Verdict, records_of, table_of
from hornbook.tokens.tokenizer import TokenizerConfig, train_tokenizer

PROBLEMS = read_humaneval()[:12]
MANIFEST = Manifest(
    stage="own",
    fingerprint="own",
    version=1,
    seed=0,
    config={},
    inputs={},
    input_contents={},
    kept=1,
    unit="records",
    dropped={},
    metrics={},
    files={},
    seconds=0.0,
)
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


def test_a_models_folder_is_completed_and_scored_the_same_way_each_time(tmp_path: Path) -> None:
    results = [_evaluate_tiny_model(tmp_path / name) for name in ("first", "second")]
    assert results[0] == results[1]
    [score] = results[0].metrics["scores"]
    assert (score["benchmark"], score["num_problems"], score["num_samples"]) == ("held_out", 5, 2)
    assert score["by_category"] == {"even": [0, 6], "odd": [0, 4]}
    assert results[0].metrics["truncated_prompts"] == {"held_out": 5}
    tables = [
        [(tmp_path / name / "out" / f"held_out-{table}.parquet").read_bytes() for table in ("completions", "verdicts")]
        for name in ("first", "second")
    ]
    assert tables[0] == tables[1]


def test_a_runs_model_answers_a_prompt_once_its_stage_is_done(tmp_path: Path) -> None:
    artifact = _tiny_model(tmp_path, PROBLEMS[:5])
    text = complete_prompt({"tokenizer": artifact, "finetune": artifact}, "def add(", max_new_tokens=8)
    assert isinstance(text, str)
    assert text == complete_prompt(
        {"tokenizer": artifact, "pretrain": artifact}, "def add(", base=True, max_new_tokens=8
    )
    with pytest.raises(MissingInputError, match="`finetune` is not done"):
        complete_prompt({"tokenizer": artifact, "pretrain": artifact}, "def add(")


def _tiny_model(folder: Path, problems: list[Problem]) -> Artifact:
    """A folder with an untrained model, its tokenizer and the problems."""
    documents = [
        Document(id=problem.task_id, kind=DocumentKind.EXERCISE, text=problem.prompt + problem.canonical_solution)
        for problem in problems
    ]
    train_tokenizer(documents, TokenizerConfig(vocab_size=300)).save(str(folder / "tokenizer.json"))
    config = ModelConfig(
        vocab_size=320, num_layers=1, hidden_size=16, intermediate_size=32, num_heads=2, max_position=128
    )
    save_model(Phi(config).initialize(torch.Generator().manual_seed(0)), folder)
    pq.write_table(table_of(Problem, problems), folder / "held_out.parquet")
    return Artifact(folder=folder, manifest=MANIFEST)


def _evaluate_tiny_model(folder: Path) -> Result:
    problems = [
        dataclasses.replace(problem, category=("even", "odd")[number % 2])
        for number, problem in enumerate(read_humaneval()[:5])
    ]
    space = workspace(folder)
    artifact = _tiny_model(folder, problems)
    return run_evaluate(
        EvaluateConfig(benchmarks=("held_out",), max_new_tokens=20, temperature=0.8, num_samples=2, batch_size=4),
        {"model": artifact, "tokenizer": artifact, "held_out": artifact},
        space,
    )


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
        ("top_p", 0.0),
        ("cpu_seconds", 0.0),
        ("memory_bytes", 1),
    ],
)
def test_a_value_that_cannot_be_is_refused_by_name(field: str, value: object) -> None:
    with pytest.raises(ConfigError, match=f"`{field}`"):
        EvaluateConfig(**{field: value})
