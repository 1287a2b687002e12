"""The paper's pipeline end to end on a few documents that a person provides."""

import json
from pathlib import Path

import pytest
from tests.artifacts.conftest import SilentObserver
from tests.recipes.tiny_phi import VERBS, recipe, write_data

from hornbook.artifacts import pipeline as pipelines
from hornbook.artifacts.override import apply_overrides
from hornbook.artifacts.pipeline import StageOutcome
from hornbook.artifacts.store import Store
from hornbook.errors import ConfigError
from hornbook.recipes.find import find_recipe
from hornbook.records import CodeSample, Document, Exercise
from hornbook.tokens.pack import TokenStream


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    write_data(folder)
    return folder


@pytest.fixture(scope="module")
def outcomes(data: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, StageOutcome]:
    """The pipeline, run up to the finetuning."""
    store = Store(tmp_path_factory.mktemp("store"))
    store.open_for_writing()
    return pipelines.run(recipe(0, data).until("finetune"), store, SilentObserver())


def test_provided_documents_come_through_to_tokens(outcomes: dict[str, StageOutcome]) -> None:
    samples = outcomes["code"].artifact.records("kept", CodeSample)
    assert [(sample.path, sample.license) for sample in samples[:2]] == [
        ("part.parquet:1", "MIT"),
        ("part.parquet:2", "MIT"),
    ]
    exercises = outcomes["exercises"].artifact
    assert exercises.manifest.dropped == {"is not valid Python": 1}
    first = exercises.records("exercises", Exercise)[0]
    assert first.entry_point == "add_all"
    assert first.prompt.endswith('"""Add each of the items by 1."""\n')
    documents = outcomes["decontaminate"].artifact.records("documents", Document)
    assert len({document.id for document in documents}) == len(documents) > 2 * len(VERBS)
    stream = TokenStream(outcomes["tokenize"].artifact.path("pretrain"), "train")
    assert len(stream) > 100


def test_both_trainings_run_on_them(outcomes: dict[str, StageOutcome]) -> None:
    for name in ("pretrain", "finetune"):
        assert outcomes[name].artifact.path("model.safetensors").is_file()
    lines = outcomes["finetune"].artifact.path("log.jsonl").read_text().splitlines()
    assert any("held_out_loss" in json.loads(line) for line in lines)


def test_without_data_a_run_stops_before_its_first_stage_and_names_the_settings(tmp_path: Path) -> None:
    store, observer = Store(tmp_path), SilentObserver()
    store.open_for_writing()
    with pytest.raises(ConfigError, match=r"--set code\.folder=DIR .*textbooks\.folder=DIR .*exercises\.folder=DIR"):
        pipelines.run(find_recipe("phi-1")(0), store, observer)
    assert observer.started == []


def test_a_folder_is_given_by_a_setting_and_only_its_bytes_count(data: Path, tmp_path: Path) -> None:
    def digest(folder: Path) -> str:
        overrides = {"code.folder": str(folder)}
        return apply_overrides(find_recipe("phi-1")(0), overrides).fingerprints()["code"]

    elsewhere = tmp_path / "moved"
    (elsewhere).mkdir()
    (elsewhere / "part.parquet").write_bytes((data / "code" / "part.parquet").read_bytes())
    assert digest(elsewhere) == digest(data / "code") != find_recipe("phi-1")(0).fingerprints()["code"]
    (elsewhere / "more.jsonl").write_text('{"text": "x = 1"}\n')
    assert digest(elsewhere) != digest(data / "code")
    with pytest.raises(ConfigError, match=r"code\.folder=.*nowhere"):
        digest(tmp_path / "nowhere")
