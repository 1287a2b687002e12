import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest
import torch
from tests.evaluation.invented_leaks import benchmark_metrics, leak_metrics, manifest
from tests.evaluation.small import problem, verdict

from hornbook.errors import ConfigError
from hornbook.export.huggingface import EXPORTED_FILES
from hornbook.export.stages import ExportConfig, describe_model, run_export, write_model_card
from hornbook.model.config import ModelConfig, num_parameters
from hornbook.model.phi import Phi
from hornbook.model.weights import save_model
from hornbook.pipeline.stage import Artifact, Workspace
from hornbook.records import Document, DocumentKind, Problem, Verdict
from hornbook.tokens.tokenizer import TokenizerConfig, train_tokenizer

SHAPE = ModelConfig(vocab_size=300, num_layers=1, hidden_size=16, intermediate_size=32, num_heads=2, max_position=32)
CODE = Document(
    id="code-0",
    kind=DocumentKind.CODE,
    text="x = 1\n",
    metadata='{"source": "invented-1.0", "path": "a.py", "licenses": ["CC0-1.0"]}',
)


def artifact(root: Path, stage: str, *, metrics: dict[str, Any] | None = None, **dropped: int) -> Artifact:
    folder = root / stage
    folder.mkdir()
    return Artifact(folder, replace(manifest(metrics or {}, **dropped), stage=stage, kept=10, unit="things"))


@pytest.fixture
def inputs(tmp_path: Path) -> dict[str, Artifact]:
    """The inputs of `export`, all of them invented but the weights and the tokenizer."""
    training = {
        "num_parameters": num_parameters(SHAPE),
        "tokens_seen": 320,
        "validation_loss": 1.25,
        "model": asdict(SHAPE),
    }
    score = {"benchmark": "humaneval", "pass@1": 0.25, "ci95": [0.1, 0.4], "num_problems": 164, "protocol": "greedy"}
    counted = leak_metrics(
        benchmark_metrics("humaneval", "HumanEval", 164),
        benchmark_metrics("held_out", "held-out exercises", 300),
    )
    found = {
        "pretrain": artifact(tmp_path, "pretrain", metrics=training),
        "model": artifact(tmp_path, "finetune", metrics=training),
        "tokenizer": artifact(tmp_path, "tokenizer"),
        "filters": artifact(tmp_path, "filters", generated=4),
        "select": artifact(tmp_path, "select", below=3),
        "decontaminate": artifact(tmp_path, "decontaminate", metrics=counted, leak=2),
        "evaluate-base": artifact(tmp_path, "evaluate-base", metrics={"scores": [score]}),
        "evaluate-tuned": artifact(tmp_path, "evaluate-tuned", metrics={"scores": [{**score, "pass@1": 0.5}]}),
    }
    save_model(Phi(SHAPE).initialize(torch.Generator().manual_seed(0)), found["model"].folder)
    document = Document(id="code-0", kind=DocumentKind.CODE, text="x = 1\n")
    train_tokenizer([document], TokenizerConfig(vocab_size=300)).save(str(found["tokenizer"].folder / "tokenizer.json"))
    workspace_of(found["select"].folder).write_records("documents", Document, [CODE])
    return found


def workspace_of(folder: Path) -> Workspace:
    folder.mkdir(exist_ok=True)
    return Workspace(folder, folder, 0, lambda done, total, note="": None)


def test_the_folder_is_whole_and_its_card_says_what_the_manifests_say(
    inputs: dict[str, Artifact], tmp_path: Path
) -> None:
    result = run_export(ExportConfig(name="invented"), inputs, workspace_of(tmp_path / "out"))
    folder = tmp_path / "out" / "model"
    assert {path.name for path in folder.iterdir()} == set(EXPORTED_FILES)
    card = (folder / "README.md").read_text().splitlines()
    for line in (
        "# invented",
        "| HumanEval | base | 25.0 % | 10.0 to 40.0 % | 164 |",
        "| HumanEval | tuned | 50.0 % | 10.0 to 40.0 % | 164 |",
        "| filters | 10 things | 4 generated |",
        "| select | 10 things | 3 below |",
        "- 1 sample of real code from `invented-1.0`, licence CC0-1.0",
        "| finetune | 10 | 320 | 1.250 |",
        "12 training documents were compared with HumanEval (164 problems), held-out exercises (300 problems); "
        "dropped: 2 (2 leak).",
        "| HumanEval | tuned | 50.0 % (10.0 to 40.0), 164 problems | the same: none leaked |",
    ):
        assert line in card
    assert json.loads((folder / "config.json").read_text())["hidden_size"] == 16
    assert set(result.metrics) == {"model_sha256", "name", "num_parameters"}
    exported, trained = folder / "model.safetensors", inputs["model"].path("model.safetensors")
    assert exported.read_bytes() == trained.read_bytes()


def test_the_card_has_the_score_on_the_problems_that_did_not_leak(inputs: dict[str, Artifact], tmp_path: Path) -> None:
    problems = [problem(f"t/{at}") for at in range(4)]
    verdicts = [verdict(f"t/{at}", at < 2) for at in range(4)]
    for key in ("evaluate-base", "evaluate-tuned"):
        workspace_of(inputs[key].folder).write_records("humaneval-problems", Problem, problems)
        workspace_of(inputs[key].folder).write_records("humaneval-verdicts", Verdict, verdicts)
    leaked = leak_metrics(benchmark_metrics("humaneval", "HumanEval", 4, ["t/0"], num_telling=3))
    (tmp_path / "leaked").mkdir()
    inputs["decontaminate"] = artifact(tmp_path / "leaked", "decontaminate", metrics=leaked, leak=1)
    found = describe_model(ExportConfig(), inputs)["contamination"]
    scores = {(score["model"], score["benchmark"]): score["clean"] for score in found["clean"]}
    assert list(scores) == [("base", "HumanEval"), ("tuned", "HumanEval")]
    tuned = scores["tuned", "HumanEval"]
    assert (tuned["pass@1"], tuned["num_problems"]) == (pytest.approx(1 / 3, abs=1e-6), 3)
    assert found["not_checked"][0].startswith("The behaviour of 1 of 4 problems of HumanEval")


@pytest.mark.parametrize(
    "missing",
    [
        ("evaluate-base", "evaluate-tuned"),
        ("decontaminate",),
        ("pretrain",),
        ("select",),
        ("pretrain", "filters", "select", "decontaminate", "evaluate-base", "evaluate-tuned"),
    ],
)
def test_a_model_is_exported_whatever_stages_its_recipe_lacks(
    inputs: dict[str, Artifact], tmp_path: Path, missing: tuple[str, ...]
) -> None:
    left = {name: value for name, value in inputs.items() if name not in missing}
    run_export(ExportConfig(), left, workspace_of(tmp_path / "out"))
    card = (tmp_path / "out" / "model" / "README.md").read_text()
    assert ("Not evaluated" in card, "Not decontaminated" in card) == (
        "evaluate-tuned" in missing,
        "decontaminate" in missing,
    )
    assert ("| pretrain |" in card, "real code" in card) == ("pretrain" not in missing, "select" not in missing)


def test_stages_of_ones_own_that_say_nothing_leave_their_part_of_the_card_out(
    inputs: dict[str, Artifact], tmp_path: Path
) -> None:
    (tmp_path / "mine").mkdir()
    for name in ("pretrain", "select", "decontaminate", "evaluate-base", "evaluate-tuned"):
        inputs[name] = artifact(tmp_path / "mine", name)
    card = write_model_card(describe_model(ExportConfig(), inputs)).splitlines()
    assert "| pretrain | 10 | not counted | not measured |" in card
    assert "| select | 10 things | nothing |" in card
    assert "Not evaluated: no score of this model was measured." in card


def test_a_name_that_is_no_file_name_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"`name` must consist of letters, digits, .* got 'a/b'"):
        ExportConfig(name="a/b")
