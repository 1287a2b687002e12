"""The studies that train many small models: what their arms read, and a whole one made small."""

from dataclasses import replace
from pathlib import Path

import pytest
from tests.curation.conftest import artifact, code, documents_of, workspace
from tests.pipeline.conftest import SilentObserver

from hornbook.curation.draw import DROPPED, KEPT, DrawConfig, run_draw
from hornbook.errors import ConfigError
from hornbook.evaluation.other_code import functions_in
from hornbook.evaluation.stages import EvaluateConfig
from hornbook.model.config import ModelConfig
from hornbook.pipeline.run import run
from hornbook.pipeline.store import Store
from hornbook.recipes import collapse, data_studies, laptop
from hornbook.records import Document, DocumentKind
from hornbook.tokens.tokenizer import TokenizerConfig

PASSAGE = Document(id="passage", kind=DocumentKind.TEXTBOOK, text="y " * 10, metadata="{}")
EXERCISE = Document(id="exercise", kind=DocumentKind.EXERCISE, text="z " * 99, metadata="{}")


def test_arms_are_drawn_by_kind_and_value_and_refused_where_there_is_too_little(tmp_path: Path) -> None:
    samples = [code(name) for name in "abcdef"]
    inputs = {
        "documents": documents_of(tmp_path / "all", [*samples, PASSAGE, EXERCISE]),
        "kept": documents_of(tmp_path / "kept", samples[:3]),
    }

    def drawn(name: str, **fields: object) -> set[str]:
        run_draw(DrawConfig(**fields), inputs, workspace(tmp_path / name))  # type: ignore[arg-type]
        return {one.id for one in artifact(tmp_path / name).documents()}

    assert drawn("1", code=KEPT, code_tokens=30) == {"a", "b", "c", "exercise"}
    assert drawn("2", code=DROPPED, code_tokens=30, textbook_tokens=10) == {"d", "e", "f", "passage", "exercise"}
    some, more = drawn("3", code_tokens=20), drawn("4", code_tokens=40)
    assert (len(some), len(more), some < more) == (3, 5, True)
    with pytest.raises(ConfigError, match="at most 30"):
        drawn("5", code=KEPT, code_tokens=60)


def test_functions_of_other_packages_are_cut_behind_their_docstrings() -> None:
    size = 'def size(path):\n    """The size."""\n    found = os.stat(path)\n    return found.st_size\n'
    [found] = functions_in([code("module", text=f"import os\n\n\n{size}\n\ndef no():\n    return 1\n")])
    assert found.prompt == 'def size(path):\n    """The size."""\n'
    assert found.canonical_solution == "    found = os.stat(path)\n    return found.st_size\n"


def test_arms_differ_in_their_data_alone() -> None:
    study = data_studies.data_quality(2)
    other = data_studies.code_filter(2)
    names = {stage.name for stage in study.stages}
    assert {"draw-raw-code", "filtered-textbooks-exercises-1", "filtered-code-0-evaluate"} <= names
    trained = [stage for stage in study.stages if "tokenize" in stage.inputs]
    assert len(trained) == 12
    assert len({(stage.config.num_steps, stage.config.batch_size) for stage in trained}) == 1
    config = study.stages[-1].config
    assert config.compared["filtered code, exercises"] == "raw code, exercises"
    assert config.compared["raw code, exercises"] == "raw code"
    assert config.compared["raw code"] == ""
    both = [{stage.name: stage for stage in one.stages} for one in (study, other)]
    assert all(one["filtered-code-0"].config == both[0]["filtered-code-0"].config for one in both)


def test_a_small_study_of_collapse_trains_each_generation_on_what_the_one_before_wrote(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(collapse, "NUM_EXERCISES", 40)
    monkeypatch.setattr(collapse, "NUM_HELD_OUT", 2)
    monkeypatch.setattr(collapse, "NUM_GENERATIONS", 2)
    monkeypatch.setattr(collapse, "ARMS", ((0.5, False), (0.5, True)))
    model = ModelConfig(
        vocab_size=512, num_layers=1, hidden_size=32, intermediate_size=64, num_heads=2, max_position=128
    )
    training = replace(collapse.TRAINING, model=model, num_steps=2, warmup_steps=1, sequence_length=128)
    monkeypatch.setattr(collapse, "TRAINING", training)
    monkeypatch.setattr(collapse, "EVALUATE", EvaluateConfig(benchmarks=("held_out",), max_new_tokens=8))
    monkeypatch.setattr(laptop, "TOKENIZER", TokenizerConfig(vocab_size=512))
    study = collapse.collapse(2)
    store = Store(tmp_path / "store")
    store.open_for_writing()
    made = run(study, store, SilentObserver())
    mixed = list(made["50-original-generation-2-0-mix"].artifact.documents())
    assert [one.kind for one in mixed] == [DocumentKind.EXERCISE] * 20  # An untrained model writes no exercise.
    tables = made["arms"].artifact.manifest.metrics["tables"]
    assert [row["arm"] for row in tables[0]["rows"]] == [
        "original",
        "50% original, generation 2",
        "50% original, verified, generation 2",
    ]
    page = (made["arms"].artifact.folder / "report.html").read_text(encoding="utf-8")
    assert "what the one before" in page or "predecessor" in page
    assert "Held-out exercises, pass@1" in page
