import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.curation.conftest import artifact, code, documents_of, workspace

from hornbook.curation.classifier import ClassifierConfig
from hornbook.curation.classify import ClassifyConfig, run_classify
from hornbook.curation.collect import split_module
from hornbook.curation.saved_classifier import SavedClassifier
from hornbook.curation.select import SelectConfig, run_select
from hornbook.curation.train_classifier import run_train_classifier
from hornbook.errors import MissingInputError
from hornbook.pipeline.stage import Artifact
from hornbook.records import Document, Dropped, Label, Value, schema_of

LOOP = 'def sum_{0}(items):\n    """Sum."""\n    t = 0\n    for i in items:\n        t += i * {0}\n    return t\n'
GLUE = "def set_{0}(self):\n    self.a{0} = 1\n    self.b = None\n"


@pytest.fixture
def inputs(tmp_path: Path) -> dict[str, Artifact]:
    """Forty loops, scored 4, and forty setters, scored 0."""
    source = "\n\n".join((LOOP, GLUE)[number % 2].format(number) for number in range(80))
    documents = [one for one in split_module(code("a", text=source)) if isinstance(one, Document)]
    labels = [Label(id=one.id, score=4 if "def sum" in one.text else 0, reason="r", annotator="a") for one in documents]
    workspace(tmp_path / "labels").write_records("labels", Label, labels)
    return {"documents": documents_of(tmp_path / "code", documents), "labels": artifact(tmp_path / "labels")}


def test_values_separate_the_labels_and_selection_keeps_the_valuable(
    inputs: dict[str, Artifact], tmp_path: Path
) -> None:
    config = ClassifierConfig(num_bootstrap_samples=20)
    trained = run_train_classifier(config, inputs, workspace(tmp_path / "classifier"))
    assert (trained.kept, trained.unit) == (80, "labels")
    assert trained.metrics["held_out"]["auc"]["value"] == 1.0
    assert {"id", "module", "qualname", "score", "value", "reason"} == set(trained.metrics["held_out"]["surprises"][0])
    inputs["classifier"] = artifact(tmp_path / "classifier")
    result = run_classify(ClassifyConfig(), inputs, workspace(tmp_path / "values"))
    inputs["values"] = artifact(tmp_path / "values")
    assert inputs["values"].arrow("values").schema == schema_of(Value)
    assert (result.kept, result.unit) == (80, "values")
    [of_module] = result.metrics["by_source"]
    assert (of_module["source"], of_module["num_samples"], of_module["num_labels"]) == ("a", 80, 80)
    assert of_module["observed"] == 0.5
    assert of_module["predicted"] == pytest.approx(0.5, abs=0.02)
    values = inputs["values"].records("values", Value)
    expected = SavedClassifier.load(tmp_path / "classifier" / "classifier")
    texts = {one.id: one.text for one in inputs["documents"].documents()}
    assert [one.value for one in values] == expected.predict(list(texts.values())).tolist()
    assert {"sum" in texts[one.id] for one in values if one.value > 0.9} == {True}
    selected = run_select(SelectConfig(keep_share=0.3), inputs, workspace(tmp_path / "select"))
    output = artifact(tmp_path / "select")
    kept, dropped = list(output.documents()), output.records("dropped", Dropped)
    assert all("def sum" in document.text for document in kept)
    assert len(kept) + len(dropped) == 80 == selected.kept + sum(selected.dropped.values())
    assert 0.9 < selected.metrics["threshold"] <= 1
    workspace(tmp_path / "others").write_records(
        "labels", Label, [Label(id="code-0", score=1, reason="r", annotator="a")]
    )
    with pytest.raises(MissingInputError, match="code-0"):
        run_train_classifier(
            ClassifierConfig(), {**inputs, "labels": artifact(tmp_path / "others")}, workspace(tmp_path / "o")
        )


SCRIPT = """
import ast
import hashlib
import numpy as np
from hornbook.curation.classifier import ClassifierConfig, Learner, fit_value
from pathlib import Path
from hornbook.curation.collect import split_module
from hornbook.curation.encode import encode
from hornbook.records import Document, DocumentKind
files = sorted(Path(ast.__file__).parent.glob("a[a-i]*.py"))
modules = [Document(id=file.name, kind=DocumentKind.CODE, text=file.read_text()) for file in files]
samples = [one for module in modules for one in split_module(module) if isinstance(one, Document)]
config = ClassifierConfig()
scores = np.array([len(sample.text) % 6 for sample in samples])
features = encode([sample.text for sample in samples], config.encode)
values = fit_value(Learner(features, scores, config), 1).predict(features)
print(hashlib.sha256(repr((samples, values.tolist())).encode()).hexdigest())
"""


def test_definitions_and_values_do_not_depend_on_the_hash_seed(capsys: pytest.CaptureFixture[str]) -> None:
    exec(SCRIPT, {})  # Here the seed is a random one.
    other = subprocess.run(
        [sys.executable, "-c", SCRIPT], env={**os.environ, "PYTHONHASHSEED": "1"}, capture_output=True, check=True
    )
    assert other.stdout.decode() == capsys.readouterr().out
