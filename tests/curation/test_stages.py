import dataclasses
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from hornbook.curation.corpus import Corpus, cut_module
from hornbook.curation.stages import SampleFiltersConfig, describe_hygiene, run_hygiene
from tests.curation.conftest import artifact, sample, workspace

from hornbook.curation.classifier import ClassifierConfig
from hornbook.curation.classify import ClassifyConfig, run_classify
from hornbook.curation.saved_classifier import SavedClassifier
from hornbook.curation.select import SelectConfig, run_select
from hornbook.curation.train_classifier import run_train_classifier
from hornbook.errors import ConfigError, MissingInputError
from hornbook.filters.config import FiltersConfig
from hornbook.pipeline.stage import Artifact, Result
from hornbook.records import CodeSample, Dropped, Label, Value, schema_of

LOOP = 'def sum_{0}(items):\n    """Sum."""\n    t = 0\n    for i in items:\n        t += i * {0}\n    return t\n'
GLUE = "def set_{0}(self):\n    self.a{0} = 1\n    self.b = None\n"


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
    return {"documents": artifact(tmp_path / "corpus"), "labels": artifact(tmp_path / "labels")}


def test_values_separate_the_labels_and_selection_keeps_the_valuable(
    inputs: dict[str, Artifact], tmp_path: Path
) -> None:
    config = ClassifierConfig(num_bootstrap_samples=20)
    trained = run_train_classifier(config, inputs, workspace(tmp_path / "classifier"))
    assert (trained.kept, trained.unit) == (80, "labels")
    assert trained.metrics["held_out"]["auc"]["value"] == 1.0
    assert {"id", "module", "qualname", "score", "value", "reason"} == set(trained.metrics["held_out"]["surprises"][0])
    inputs["classifier"] = artifact(tmp_path / "classifier")
    (tmp_path / "scratch").mkdir()
    result = run_classify(ClassifyConfig(), inputs, workspace(tmp_path / "values", tmp_path / "scratch"))
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
    (tmp_path / "scratch 2").mkdir()
    selected = run_select(SelectConfig(keep_share=0.3), inputs, workspace(tmp_path / "select", tmp_path / "scratch 2"))
    output = artifact(tmp_path / "select")
    kept, dropped = list(output.documents()), output.records("dropped", Dropped)
    assert all("def sum" in document.text for document in kept)
    assert len(kept) + len(dropped) == 80 == selected.kept + sum(selected.dropped.values())
    assert 0.9 < selected.metrics["threshold"] <= 1
    workspace(tmp_path / "others").write_records(
        "labels", Label, [Label(sample_id="code-0", score=1, reason="r", annotator="a")]
    )
    with pytest.raises(MissingInputError, match="code-0"):
        run_train_classifier(
            ClassifierConfig(), {**inputs, "labels": artifact(tmp_path / "others")}, workspace(tmp_path / "o")
        )


MAIL = 'def write():\n    """Ask ada@lovelace.dev, or 93.184.216.34, for more than this."""\n    return None\n'
LISTING = "def table():\n    return {\n" + "".join(f"        {n}: 'entry {n}',\n" for n in range(99)) + "    }\n"
CLEAN = LOOP.format(1)


def sample_of(text: str, path: str = "a.py", license_name: str = "PSF-2.0") -> CodeSample:
    name = f"code-{path}-{len(text)}-{license_name}"
    return sample(name, path, last_line=6 + text.count("\n"), text=text, license=license_name)


def clean(
    samples: list[CodeSample], folder: Path, config: SampleFiltersConfig | None = None
) -> tuple[Result, list[CodeSample], dict[str, Dropped]]:
    """What the stage `hygiene` says, keeps and drops, the last by id."""
    folder.mkdir(exist_ok=True)
    workspace(folder / "before").write_records("samples", CodeSample, samples)
    inputs = {"corpus": artifact(folder / "before")}
    result = run_hygiene(config or describe_hygiene(), inputs, workspace(folder / "after"))
    output = artifact(folder / "after")
    return (
        result,
        output.records("samples", CodeSample),
        {dropped.id: dropped for dropped in output.records("dropped", Dropped)},
    )


def test_a_sample_with_addresses_is_masked_and_else_as_it_was(tmp_path: Path) -> None:
    given = [sample_of(MAIL), sample_of(CLEAN)]
    result, kept, dropped = clean(given, tmp_path)
    masked = MAIL.replace("ada@lovelace.dev", "<EMAIL>").replace("93.184.216.34", "<IP>")
    assert kept == [dataclasses.replace(given[0], text=masked), given[1]]
    assert dropped == {}
    assert (result.kept, result.unit, result.dropped) == (2, "samples", {})
    assert result.metrics == {"masked": {"email": 1, "ip": 1}}


def test_each_sample_that_is_not_fit_is_dropped_with_its_reason(tmp_path: Path) -> None:
    reason_of = {
        sample_of("# Generated by gencodec.py. DO NOT EDIT.\n" + CLEAN): "generated",
        sample_of(CLEAN, path="proto/a_pb2.py"): "generated",
        sample_of(LISTING): "data in code",
        sample_of(CLEAN, license_name="GPL-3.0-only"): "licence not allowed",
        sample_of(CLEAN, license_name="PSF-2.0 AND GPL-3.0-only"): "licence not allowed",
        sample_of("class Error(Exception):\n    pass\n"): "too short",
    }
    fit = sample_of(CLEAN)
    result, kept, dropped = clean([*reason_of, fit], tmp_path)
    assert kept == [fit]
    assert {id_: one.reason for id_, one in dropped.items()} == {one.id: reason for one, reason in reason_of.items()}
    assert all(one.detail for one in dropped.values())
    assert result.dropped == Counter(reason_of.values())
    with pytest.raises(MissingInputError, match="licence not allowed"):
        clean([sample_of(CLEAN, license_name="GPL-3.0-only")], tmp_path / "none")
    for other in ({"rules_version": 0}, {"detector": "kingfisher-secret-scanner 0.1"}):
        with pytest.raises(ConfigError, match=next(iter(other))):
            clean([fit], tmp_path / next(iter(other)), dataclasses.replace(describe_hygiene(), **other))


@pytest.mark.slow
def test_the_standard_library_passes_but_for_what_is_short_or_data(standard_library: Corpus, tmp_path: Path) -> None:
    samples = standard_library.samples
    result, kept, dropped = clean(samples, tmp_path)
    assert sorted([*(sample.id for sample in kept), *dropped]) == sorted(sample.id for sample in samples)
    assert [sample.id for sample in kept] == [sample.id for sample in samples if sample.id not in dropped]
    before = {sample.id: sample for sample in samples}
    changed = [sample for sample in kept if sample != before[sample.id]]
    assert all(dataclasses.replace(sample, text=before[sample.id].text) == before[sample.id] for sample in changed)
    assert all("<EMAIL>" in sample.text or "<IP>" in sample.text for sample in changed)
    assert 0 < len(changed) <= sum(result.metrics["masked"].values())
    assert "key" not in result.metrics["masked"]
    assert set(result.dropped) <= {"too short", "data in code", "generated", "long lines"}
    assert 0.9 * len(samples) < len(kept) < len(samples)
    refused = [before[id_] for id_, one in dropped.items() if one.reason == "too short"]
    assert all(len("".join(sample.text.split())) < FiltersConfig().min_characters for sample in refused)


SCRIPT = """
import ast
import hashlib
import numpy as np
from hornbook.curation.classifier import ClassifierConfig, Learner, fit_value
from pathlib import Path
from hornbook.curation.corpus import cut_module
from hornbook.curation.encode import encode
files = sorted(Path(ast.__file__).parent.glob("a[a-i]*.py"))
cuts = [cut_module(file.read_bytes(), path=file.name, source="s", max_module_lines=80) for file in files]
samples = [sample for cut in cuts for sample in cut]
config = ClassifierConfig()
scores = np.array([len(sample.text) % 6 for sample in samples])
features = encode([sample.text for sample in samples], config.encode)
values = fit_value(Learner(features, scores, config), 1).predict(features)
print(hashlib.sha256(repr((samples, values.tolist())).encode()).hexdigest())
"""


def test_corpus_and_values_do_not_depend_on_the_hash_seed(capsys: pytest.CaptureFixture[str]) -> None:
    exec(SCRIPT, {})  # Here the seed is a random one.
    other = subprocess.run(
        [sys.executable, "-c", SCRIPT], env={**os.environ, "PYTHONHASHSEED": "1"}, capture_output=True, check=True
    )
    assert other.stdout.decode() == capsys.readouterr().out
