import dataclasses
from pathlib import Path
from typing import Any

import pytest
from tests.evaluation.invented_leaks import manifest
from tests.evaluation.scripted_model import ScriptedModel, workspace
from tests.evaluation.small import benchmark, save_tiny_model

from hornbook.benchmarks.humaneval import read_humaneval
from hornbook.errors import ConfigError
from hornbook.evaluation.complete import complete_prompt
from hornbook.evaluation.evaluate import EvaluationSettings
from hornbook.evaluation.grade import GradeConfig
from hornbook.evaluation.models import SamplingConfig
from hornbook.evaluation.stages import HELD_OUT, EvaluateConfig, held_out_benchmark, identify, run_evaluate
from hornbook.model.weights import load_model, save_model
from hornbook.pipeline.fingerprint import fingerprint
from hornbook.pipeline.stage import Artifact
from hornbook.pipeline.table import write_table
from hornbook.recipes.evaluation import evaluation
from hornbook.records import Problem

PROBLEMS = read_humaneval()[:4]
OWN = benchmark(PROBLEMS)


def artifact_of(folder: Path) -> Artifact:
    """A model, its tokenizer and the held-out problems."""
    folder.mkdir(exist_ok=True)
    for table, category in (("held_out", "combination"), ("held_out_forms", "untyped")):
        write_table(folder / table, Problem, [dataclasses.replace(one, category=category) for one in PROBLEMS])
    return Artifact(folder=save_tiny_model(folder), manifest=dataclasses.replace(manifest({}), stage="own"))


def test_a_models_folder_is_completed_and_scored(tmp_path: Path) -> None:
    config = EvaluateConfig(
        benchmarks=("held_out",), max_new_tokens=20, temperature=0.8, num_samples=2, batch_size=4, memory_bytes=2**28
    )
    inputs = dict.fromkeys(("model", "tokenizer", "held_out"), artifact_of(tmp_path))
    metrics = run_evaluate(config, inputs, workspace(tmp_path)).metrics
    [score] = metrics["scores"]
    assert (score["benchmark"], score["num_problems"], score["num_samples"]) == ("held_out", 4, 2)
    assert score["by_category"]["combination"][1] == 8
    low, high = score["bits_per_byte_ci95"]
    assert 0 < low <= score["bits_per_byte"] <= high
    assert score["bits_per_byte_problems"] == 2  # the others' solutions alone are longer than the model's positions
    assert (score["protocol_name"], metrics["truncated_prompts"]) == ("held-out", {"held_out": 4})
    assert (metrics["model"]["name"], metrics["sampling"]["temperature"]) == ("own", 0.8)
    assert (metrics["sampling"]["max_new_tokens"], metrics["sampling"]["batch_size"]) == (20, 4)
    assert metrics["sandbox"]["limits"]["memory_bytes"] == 2**28
    tables = sorted(path.parent.name for path in (tmp_path / "out").glob("*/*.parquet"))
    assert tables == [f"held_out-{table}" for table in ("completions", "problems", "verdicts")]


def test_a_model_answers_a_prompt_with_its_own_tokenizer_only(tmp_path: Path) -> None:
    artifact = artifact_of(tmp_path / "model")
    assert {one.category for one in held_out_benchmark("held_out_untyped", artifact).problems} == {"untyped"}
    benchmark = held_out_benchmark(HELD_OUT, artifact)
    assert (benchmark.name, [one.prompt for one in benchmark.problems]) == (HELD_OUT, [one.prompt for one in PROBLEMS])
    files = (artifact.folder, artifact.path("tokenizer.json"))
    text = complete_prompt(*files, "def add(", max_new_tokens=8)
    assert text == complete_prompt(*files, "def add(", max_new_tokens=8)
    assert text != complete_prompt(*files, "def add(", max_new_tokens=8, temperature=3.0, seed=2)
    save_model(load_model(artifact.folder), artifact.folder, tokenizer_sha256="0" * 64)
    with pytest.raises(ConfigError, match="0000000000000000"):
        complete_prompt(*files, "def add(")


def test_all_that_determines_a_benchmark_is_in_its_identity() -> None:
    [identity] = identify([OWN])
    assert [identity] == [*identify([dataclasses.replace(OWN, title="Mine", source="there")])]
    other = dataclasses.replace(OWN, name="other")
    fields = ("task_id", "prompt", "entry_point", "canonical_solution", "test", "category")
    changed = (
        other,
        dataclasses.replace(OWN, protocol=dataclasses.replace(OWN.protocol, version=2)),
        dataclasses.replace(OWN, problems=OWN.problems[1:]),
        dataclasses.replace(OWN, problems=OWN.problems[::-1]),
        *(
            dataclasses.replace(OWN, problems=(dataclasses.replace(PROBLEMS[0], **{name: "x"}), *OWN.problems[1:]))
            for name in fields
        ),
    )
    identities = [identity, *(one for each in changed for one in identify([each]))]
    assert len(set(identities)) == len(changed) + 1
    with pytest.raises(ConfigError, match="`own`"):
        identify([OWN, other, OWN])


def test_a_value_that_cannot_be_is_refused_by_name() -> None:
    for field, value in (
        ("benchmarks", ()),
        ("benchmarks", ("mbpp",)),
        ("benchmarks", ("humaneval", "humaneval")),
        ("max_new_tokens", 0),
        ("temperature", -1.0),
        ("num_samples", 2),
        ("batch_size", 0),
        ("top_p", 0.0),
        ("cpu_seconds", 0.0),
        ("memory_bytes", 1),
    ):
        with pytest.raises(ConfigError, match=f"`{field}`"):
            EvaluateConfig(**{field: value})


def changes_of(config: Any) -> list[Any]:
    """The config with each of its fields changed, those of configs within it included."""
    changed = []
    for field in dataclasses.fields(config):
        value = getattr(config, field.name)
        if dataclasses.is_dataclass(value):
            changed += [dataclasses.replace(config, **{field.name: one}) for one in changes_of(value)]
            continue
        others = {
            bool: lambda flag: not flag,
            int: lambda number: number + 1,
            float: lambda number: number * 0.75 or 0.5,
            str: lambda text: text + "x",
            tuple: lambda items: (*items, "x") if items[-1:] != ("humaneval",) else items[:-1],
        }
        changed.append(dataclasses.replace(config, **{field.name: others[type(value)](value)}))
    return changed


def test_every_field_of_an_evaluation_changes_its_fingerprint() -> None:
    recipe = EvaluateConfig(temperature=0.5, num_samples=2, top_p=0.9)
    settings = EvaluationSettings(
        sampling=SamplingConfig(temperature=0.5, top_p=0.9),
        num_samples=2,
        grading=GradeConfig(),
        grader="x",
    )
    whole = evaluation(ScriptedModel(lambda _request: ""), [OWN], settings).stage("evaluate").config
    for config, num_fields in ((recipe, 8), (dataclasses.replace(whole, benchmarks=()), 3 + 2 + 4 + 4 + 3 + 2 + 1)):
        variants = [config, *changes_of(config)]
        prints = {fingerprint(stage="s", version=1, config=one, seed=0, inputs={}) for one in variants}
        assert len(prints) == len(variants) == num_fields + 1
