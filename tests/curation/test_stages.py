import dataclasses
import os
import subprocess
import sys
from pathlib import Path

import pytest

from hornbook.artifacts.stage import Artifact, Workspace
from hornbook.curation.annotate import AnnotateConfig
from hornbook.curation.classifier import ClassifierConfig
from hornbook.curation.corpus import cut_module, describe_standard_library
from hornbook.curation.select import SelectConfig
from hornbook.curation.stages import run_classifier, run_corpus, run_select
from hornbook.errors import ConfigError, MissingInputError
from hornbook.records import CodeSample, Dropped, Label, PredictedValue, schema_of

LOOP = 'def sum_{0}(items):\n    """Sum."""\n    t = 0\n    for i in items:\n        t += i * {0}\n    return t\n'
GLUE = "def set_{0}(self):\n    self.a{0} = 1\n    self.b = None\n"


def workspace(folder: Path) -> Workspace:
    folder.mkdir()
    return Workspace(folder=folder, scratch=folder, seed=5, progress=lambda done, total, note="": None)


def artifact(folder: Path) -> Artifact:
    return Artifact(folder=folder, manifest=None)  # type: ignore[arg-type]


@pytest.fixture
def inputs(tmp_path: Path) -> dict[str, Artifact]:
    """Forty loops, scored 4, and forty setters, scored 0."""
    source = "\n\n".join((LOOP, GLUE)[number % 2].format(number) for number in range(80)).encode()
    samples = list(cut_module(source, path="a.py", source="s", max_module_lines=0))
    labels = [
        Label(sample_id=sample.id, score=4 if "sum" in sample.qualname else 0, reason="r", annotator="a")
        for sample in samples
    ]
    workspace(tmp_path / "corpus").write_records("samples", CodeSample, samples)
    workspace(tmp_path / "labels").write_records("labels", Label, labels)
    return {"corpus": artifact(tmp_path / "corpus"), "labels": artifact(tmp_path / "labels")}


def test_values_separate_the_labels_and_selection_keeps_the_valuable(
    inputs: dict[str, Artifact], tmp_path: Path
) -> None:
    result = run_classifier(ClassifierConfig(num_bootstrap_samples=20), inputs, workspace(tmp_path / "values"))
    inputs["values"] = artifact(tmp_path / "values")
    assert inputs["values"].table("values").schema == schema_of(PredictedValue)
    assert (result.kept, result.unit) == (80, "values")
    assert result.metrics["held_out"]["auc"]["value"] == 1.0
    assert {"sample_id", "module", "qualname", "score", "value", "reason"} == set(
        result.metrics["held_out"]["surprises"][0]
    )
    [of_module] = result.metrics["by_source"]
    assert (of_module["source"], of_module["num_samples"], of_module["num_labels"]) == ("a", 80, 80)
    assert of_module["observed"] == 0.5
    assert of_module["predicted"] == pytest.approx(0.5, abs=0.02)
    selected = run_select(SelectConfig(keep_share=0.3), inputs, workspace(tmp_path / "select"))
    output = artifact(tmp_path / "select")
    kept, dropped = output.records("kept", CodeSample), output.records("dropped", Dropped)
    assert all("sum" in sample.qualname for sample in kept)
    assert len(kept) + len(dropped) == 80 == selected.kept + sum(selected.dropped.values())
    assert 0.9 < selected.metrics["threshold"] <= 1


def test_a_label_without_a_sample_is_an_error(inputs: dict[str, Artifact], tmp_path: Path) -> None:
    label = Label(sample_id="code-0", score=1, reason="r", annotator="a")
    workspace(tmp_path / "others").write_records("labels", Label, [label])
    with pytest.raises(MissingInputError, match="code-0"):
        run_classifier(
            ClassifierConfig(), {**inputs, "labels": artifact(tmp_path / "others")}, workspace(tmp_path / "out")
        )


def test_another_library_is_refused_by_the_stage(tmp_path: Path) -> None:
    config = dataclasses.replace(describe_standard_library(), source_sha256="1" * 64)
    with pytest.raises(ConfigError, match="source_sha256"):
        run_corpus(config, {}, workspace(tmp_path / "out"))


def test_wrong_digests_of_labels_are_named() -> None:
    with pytest.raises(ConfigError, match="`labels_sha256`"):
        AnnotateConfig(labels_sha256="abc")


SCRIPT = """
import ast
import hashlib
import numpy as np
from hornbook.curation.classifier import ClassifierConfig, Learner, fit_value
from pathlib import Path
from hornbook.curation.corpus import cut_module
from hornbook.curation.encode import encode
files = sorted(Path(ast.__file__).parent.glob("a*.py"))
cuts = [cut_module(file.read_bytes(), path=file.name, source="s", max_module_lines=80) for file in files]
samples = [sample for cut in cuts for sample in cut]
config = ClassifierConfig()
scores = np.array([len(sample.text) % 6 for sample in samples])
features = encode([sample.text for sample in samples], config.encode)
values = fit_value(Learner(features, scores, config), 1).predict(features)
print(hashlib.sha256(repr((samples, values.tolist())).encode()).hexdigest())
"""


def test_corpus_and_values_do_not_depend_on_the_hash_seed() -> None:
    digests = {
        subprocess.run(
            [sys.executable, "-c", SCRIPT],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
            timeout=120,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(digests) == 1
