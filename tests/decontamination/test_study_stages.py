from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from hornbook.artifacts.stage import Artifact, Result, Stage, Workspace
from hornbook.artifacts.store import Store
from hornbook.benchmarks.humaneval import read_humaneval
from hornbook.decontamination.planted import Leak, PlantConfig
from hornbook.decontamination.study import SimilarPair
from hornbook.decontamination.study_stages import (
    VERSION,
    PruneConfig,
    SimilarConfig,
    run_plant,
    run_prune,
    run_similar,
)
from hornbook.errors import ConfigError
from hornbook.records import Document, DocumentKind, Dropped, Problem

PROBLEMS = read_humaneval()[:30]
VERBATIM = PROBLEMS[1].prompt + PROBLEMS[1].canonical_solution
DOCUMENTS = [
    Document(id="code-0", kind=DocumentKind.CODE, text=VERBATIM),
    Document(id="exercise-0", kind=DocumentKind.EXERCISE, text=VERBATIM),
    *(
        Document(id=f"exercise-{at}", kind=DocumentKind.EXERCISE, text=f"def of_{at}(x):\n    return x * {at}\n")
        for at in range(1, 9)
    ),
]


@dataclass(frozen=True)
class Nothing:
    pass


def write_documents(config: Nothing, inputs: Mapping[str, Artifact], workspace: Workspace) -> Result:
    workspace.write_records("documents", Document, DOCUMENTS)
    return Result(kept=len(DOCUMENTS), unit="documents")


def write_held_out(config: Nothing, inputs: Mapping[str, Artifact], workspace: Workspace) -> Result:
    workspace.write_records("held_out", Problem, PROBLEMS)
    return Result(kept=len(PROBLEMS), unit="problems")


def say_nothing(done: int, total: int, note: str = "") -> None:
    pass


class Built:
    """Artifacts of the stages, made in one store."""

    def __init__(self, root: Path) -> None:
        self.store = Store(root)
        self.store.open_for_writing()
        self.documents = self.build("decontaminate", write_documents, Nothing())
        self.held_out = self.build("exercises", write_held_out, Nothing())

    def build(self, name: str, run: object, config: object, **inputs: Artifact) -> Artifact:
        stages = {key: Stage(one.manifest.stage, run, config, 1) for key, one in inputs.items()}  # type: ignore[arg-type]
        stage = Stage(name, run, config, VERSION, stages, 5)  # type: ignore[arg-type]
        return self.store.build(stage, inputs, say_nothing)

    def similar(self, documents: Artifact, config: SimilarConfig | None = None) -> Artifact:
        return self.build(
            "similar", run_similar, config or SimilarConfig(), documents=documents, held_out=self.held_out
        )

    def plant(self, number: int) -> Artifact:
        return self.build(
            "plant", run_plant, PlantConfig(num_leaks=number), decontaminate=self.documents, held_out=self.held_out
        )


@pytest.fixture
def built(tmp_path: Path) -> Built:
    return Built(tmp_path)


def test_only_exercises_are_similar_and_only_they_go(built: Built) -> None:
    similar = built.similar(built.documents)
    pairs = similar.records("similar", SimilarPair)
    assert {pair.document_id for pair in pairs} == {"exercise-0"}
    assert {pair.label for pair in pairs} == {"0.95", "0.9", "0.85", "0.8", "rule"}
    assert similar.manifest.metrics["num_exercises"] == 9
    assert similar.manifest.metrics["labels"]["0.8"] == {"num_documents": 1, "num_problems": 1}
    pruned = built.build("prune-0.9", run_prune, PruneConfig(label="0.9"), documents=built.documents, similar=similar)
    assert pruned.records("documents", Document) == [one for one in DOCUMENTS if one.id != "exercise-0"]
    [dropped] = pruned.records("dropped", Dropped)
    assert (dropped.id, dropped.detail) == ("exercise-0", PROBLEMS[1].task_id)
    assert pruned.manifest.dropped == {"similar to a problem (0.9)": 1}


def test_a_control_takes_as_many_other_exercises_and_nothing_that_is_similar(built: Built) -> None:
    planted = built.plant(3)
    similar = built.similar(planted)
    config = PruneConfig(label="planted", is_control=True)
    control = built.build("prune-planted-control", run_prune, config, documents=planted, similar=similar)
    gone = {one.id for one in control.records("dropped", Dropped)}
    assert len(gone) == 3
    assert gone <= {f"exercise-{at}" for at in range(9)}
    left = [one for one in planted.records("documents", Document) if one.id not in gone]
    assert control.records("documents", Document) == left


def test_a_control_for_which_there_are_too_few_others_is_refused(built: Built) -> None:
    planted = built.plant(10)
    similar = built.similar(planted)
    with pytest.raises(ConfigError, match="`planted` takes 10 exercises, and only 9 others are there"):
        built.build(
            "control", run_prune, PruneConfig(label="planted", is_control=True), documents=planted, similar=similar
        )


def test_without_held_out_problems_humaneval_is_compared(built: Built) -> None:
    similar = built.build("similar", run_similar, SimilarConfig(), documents=built.documents)
    assert similar.manifest.metrics["num_problems"] == 164


def test_without_the_planted_leaks_the_documents_are_what_they_were(built: Built) -> None:
    planted = built.plant(20)
    assert len(planted.records("documents", Document)) == len(DOCUMENTS) + 20
    similar = built.similar(planted)
    pruned = built.build("prune-planted", run_prune, PruneConfig(label="planted"), documents=planted, similar=similar)
    assert pruned.path("documents.parquet").read_bytes() == built.documents.path("documents.parquet").read_bytes()


def test_it_is_counted_how_many_planted_leaks_of_each_kind_a_label_takes(built: Built) -> None:
    planted = built.plant(20)
    similar = built.similar(planted)
    leaks = planted.records("leaks", Leak)
    for label, counts in similar.manifest.metrics["labels"].items():
        ids = {pair.document_id for pair in similar.records("similar", SimilarPair) if pair.label == label}
        for kind, found in counts["planted"].items():
            of_kind = [leak for leak in leaks if leak.kind == kind]
            assert found == {"found": sum(leak.document_id in ids for leak in of_kind), "of": len(of_kind)}
    assert similar.manifest.metrics["labels"]["0.95"]["planted"]["verbatim"] == {"found": 6, "of": 6}
    assert similar.manifest.metrics["labels"]["planted"]["num_problems"] == 4


@pytest.mark.parametrize("rates", [(), (0.9, 0.9), (1.5,)])
def test_rates_that_label_nothing_are_refused(rates: tuple[float, ...]) -> None:
    with pytest.raises(ConfigError, match="`rates` must"):
        SimilarConfig(rates=rates)
