import dataclasses
from pathlib import Path

import pytest
from tests.evaluation.invented_leaks import manifest
from tests.evaluation.scripted_model import workspace

from hornbook.commands.study import seeds_study
from hornbook.errors import ConfigError
from hornbook.pipeline.stage import Artifact
from hornbook.recipes.laptop import laptop
from hornbook.report.arms import ArmsConfig, arms_text, run_arms

RATES = {"raw": (0.10, 0.14, 0.12), "taught": (0.20, 0.25, 0.21)}


def evaluation(share: float) -> Artifact:
    score = {"benchmark": "held_out", "title": "held-out exercises", "num_problems": 50, "pass@1": share}
    found = {"scores": [{**score, "bits_per_byte": 1 - share}, {**score, "benchmark": f"only-{share}"}]}
    return Artifact(folder=None, manifest=dataclasses.replace(manifest({}), metrics=found))  # type: ignore[arg-type]


def test_arms_are_compared_by_means_over_seeds_with_differences_paired_by_seed(tmp_path: Path) -> None:
    inputs = {f"{arm}/{seed}/0": evaluation(rate) for arm, rates in RATES.items() for seed, rate in enumerate(rates)}
    config = ArmsConfig(arms=tuple(RATES), seeds=(0, 1, 2))
    metrics = run_arms(config, inputs, workspace(tmp_path)).metrics
    passed, bits = metrics["tables"]
    assert (passed["benchmark"], passed["measure"], bits["measure"]) == (
        "held-out exercises",
        "pass@1",
        "bits_per_byte",
    )
    first, second = passed["rows"]
    assert first["mean"] == pytest.approx(0.12)
    assert first["ci95"] == pytest.approx([0.12 - 4.302653 * 0.02 / 3**0.5, 0.12 + 4.302653 * 0.02 / 3**0.5], abs=1e-6)
    assert second["difference"] == pytest.approx(0.1)
    assert second["p"] == pytest.approx(0.00332, abs=1e-5)  # t = 17.32 with 2 degrees of freedom.
    assert bits["rows"][1]["difference"] == pytest.approx(-0.1)
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert "Held-out exercises, bits per byte" in page
    text = arms_text(metrics)
    assert "| taught | 22.0 (15.4 to 28.6) | 2.6 | 20.0 25.0 21.0 | +10.0" in text
    with pytest.raises(ConfigError, match="two seeds"):
        ArmsConfig(arms=("raw",), seeds=(0,))


def test_a_study_of_seeds_trains_again_and_shares_the_data() -> None:
    run = laptop(3).until("evaluate-tuned")
    study = seeds_study(run, 2)
    names = {stage.name for stage in study.stages}
    assert {"pretrain-0", "finetune-1", "evaluate-tuned-1", "tokenize", "arms"} <= names
    assert "finetune" not in names
    assert "tokenize-0" not in names
    made = study.fingerprints()
    assert {made[name] for name in ("tokenize", "exercises")} == {
        run.fingerprints()[name] for name in ("tokenize", "exercises")
    }
    assert made["finetune-0"] != made["finetune-1"]
    assert study.stage("finetune-1").inputs["base"].name == "pretrain-1"
