import dataclasses
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import torch
from tests.evaluation.scripted_model import workspace

from hornbook.artifacts.manifest import Manifest
from hornbook.artifacts.stage import Artifact, Result
from hornbook.benchmarks.benchmark import Benchmark, Protocol
from hornbook.benchmarks.humaneval import read_humaneval
from hornbook.errors import ConfigError
from hornbook.evaluation.complete import complete_prompt
from hornbook.evaluation.stages import HELD_OUT, EvaluateConfig, held_out_benchmark, identify, run_evaluate
from hornbook.model.config import ModelConfig
from hornbook.model.phi import Phi
from hornbook.model.weights import load_model, save_model
from hornbook.records import Document, DocumentKind, Problem, table_of
from hornbook.tokens.tokenizer import TokenizerConfig, train_tokenizer

PROBLEMS = read_humaneval()[:5]
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


def test_a_models_folder_is_completed_and_scored_the_same_way_each_time(tmp_path: Path) -> None:
    results = [_evaluate_tiny_model(tmp_path / name) for name in ("first", "second")]
    assert results[0] == results[1]
    [score] = results[0].metrics["scores"]
    assert (score["benchmark"], score["num_problems"], score["num_samples"]) == ("held_out", 5, 2)
    assert score["by_category"] == {"even": [0, 6], "odd": [0, 4]}
    assert score["title"] == "held-out exercises"
    assert score["protocol_name"] == "held-out"
    assert results[0].metrics["truncated_prompts"] == {"held_out": 5}
    assert results[0].metrics["model"]["name"] == "own"
    first, second = (
        {path.name: path.read_bytes() for path in (tmp_path / name / "out").glob("*.parquet")}
        for name in ("first", "second")
    )
    assert sorted(first) == [f"held_out-{table}.parquet" for table in ("completions", "problems", "verdicts")]
    assert first == second
    tables = (tmp_path / "first" / "out" / "measured").iterdir()
    assert [path.name for path in tables] == ["held_out-times.parquet"]


def test_the_problems_that_a_run_kept_back_are_a_benchmark(tmp_path: Path) -> None:
    benchmark = held_out_benchmark(_tiny_model(tmp_path, PROBLEMS))
    assert (benchmark.name, benchmark.problems) == (HELD_OUT, tuple(PROBLEMS))


def test_all_that_determines_a_benchmark_is_in_its_identity() -> None:
    protocol = Protocol(name="own", version=1, description="")
    benchmark = Benchmark(name="own", title="Own", protocol=protocol, problems=tuple(PROBLEMS), source="here")
    [identity] = identify([benchmark])
    assert [identity] == [*identify([dataclasses.replace(benchmark, title="Mine", source="there")])]
    other = (
        dataclasses.replace(benchmark, name="other"),
        dataclasses.replace(benchmark, protocol=dataclasses.replace(protocol, version=2)),
        dataclasses.replace(benchmark, problems=benchmark.problems[1:]),
        dataclasses.replace(benchmark, problems=benchmark.problems[::-1]),
        *(
            dataclasses.replace(benchmark, problems=(dataclasses.replace(PROBLEMS[0], **{field.name: "x"}),))
            for field in dataclasses.fields(Problem)
        ),
    )
    assert identity not in [identify([one])[0] for one in other]
    assert [one.name for one in identify([other[0], benchmark])] == ["other", "own"]
    with pytest.raises(ConfigError, match="`own` is named twice"):
        identify([benchmark, other[0], other[1]])


def test_a_model_answers_a_prompt(tmp_path: Path) -> None:
    artifact = _tiny_model(tmp_path, PROBLEMS)
    files = (artifact.folder, artifact.path("tokenizer.json"))
    text = complete_prompt(*files, "def add(", max_new_tokens=8)
    assert isinstance(text, str)
    assert text == complete_prompt(*files, "def add(", max_new_tokens=8)
    assert text != complete_prompt(*files, "def add(", max_new_tokens=8, temperature=3.0, seed=2)


def test_a_tokenizer_other_than_the_models_is_refused(tmp_path: Path) -> None:
    folder = _tiny_model(tmp_path, PROBLEMS).folder
    save_model(load_model(folder), folder, tokenizer_sha256="0" * 64)
    with pytest.raises(ConfigError, match="was trained with the tokenizer 0000000000000000"):
        complete_prompt(folder, folder / "tokenizer.json", "def add(")


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
        dataclasses.replace(problem, category=("even", "odd")[number % 2]) for number, problem in enumerate(PROBLEMS)
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
