import itertools
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from hornbook.benchmarks.humaneval import read_humaneval
from hornbook.decontamination.functions import read_text, solution_of
from hornbook.decontamination.planted import Leak, LeakKind, PlantConfig
from hornbook.decontamination.stage import DecontaminateConfig
from hornbook.decontamination.study import (
    NOTHING_GOES,
    PLANTED,
    VERSION,
    PruneConfig,
    SimilarConfig,
    SimilarPair,
    equal_prunings,
    rate_label,
    run_plant,
    run_prune,
    run_similar,
    similar_by_trees,
)
from hornbook.decontamination.trees import MATCH_RATES, match_rate
from hornbook.errors import ConfigError
from hornbook.pipeline.stage import Artifact, Result, Stage, Workspace
from hornbook.pipeline.store import Store
from hornbook.records import Document, DocumentKind, Dropped, Problem

PROBLEMS = read_humaneval()[:12]
RATES = (1.0, *MATCH_RATES)
VERBATIM = PROBLEMS[1].prompt + PROBLEMS[1].canonical_solution
NEAR_MISS = PROBLEMS[0].prompt.split('"""')[0].rstrip() + "\n" + PROBLEMS[0].canonical_solution.replace("<", ">")
DOCUMENTS = [
    Document(id="code-0", kind=DocumentKind.CODE, text=VERBATIM),
    Document(id="exercise-0", kind=DocumentKind.EXERCISE, text=VERBATIM),
    *(
        Document(id=f"exercise-{at}", kind=DocumentKind.EXERCISE, text=f"def of_{at}(x):\n    return x * {at}\n")
        for at in range(1, 9)
    ),
    Document(id="exercise-9", kind=DocumentKind.EXERCISE, text=NEAR_MISS),
]


@dataclass(frozen=True)
class Nothing:
    pass


def written(table: str, record: type, rows: list) -> Callable[..., Result]:
    def write(config: Nothing, inputs: object, workspace: Workspace) -> Result:
        workspace.write_records(table, record, rows)
        return Result(kept=len(rows), unit=table)

    return write


class Built:
    """Artifacts of the stages, made in one store."""

    def __init__(self, root: Path) -> None:
        self.store = Store(root)
        self.store.open_for_writing()
        self.documents = self.build("decontaminate", written("documents", Document, DOCUMENTS), Nothing())
        self.held_out = self.build("exercises", written("held_out", Problem, PROBLEMS[:6]), Nothing())
        self.similar = self.look(self.documents, SimilarConfig())
        plant = PlantConfig(num_leaks=12)
        self.planted = self.build("plant", run_plant, plant, decontaminate=self.documents, held_out=self.held_out)
        self.similar_planted = self.look(self.planted, SimilarConfig())

    def build(self, name: str, run: object, config: object, **inputs: Artifact) -> Artifact:
        stages = {key: Stage(one.manifest.stage, run, config, 1) for key, one in inputs.items()}  # type: ignore[arg-type]
        stage = Stage(name, run, config, VERSION, stages, 5)  # type: ignore[arg-type]
        return self.store.build(stage, inputs, lambda done, total, note="": None)

    def look(self, documents: Artifact, config: SimilarConfig) -> Artifact:
        return self.build("similar", run_similar, config, documents=documents, held_out=self.held_out)

    def prune(self, config: PruneConfig, documents: Artifact, similar: Artifact) -> Artifact:
        return self.build("prune", run_prune, config, documents=documents, similar=similar)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    return Built(tmp_path_factory.mktemp("store"))


def pairs_of(similar: Artifact, label: str) -> list[tuple[str, str]]:
    found = similar.records("similar", SimilarPair)
    return [(pair.document_id, pair.task_id) for pair in found if pair.label == label]


def test_the_pairs_by_trees_are_those_of_a_search_through_all() -> None:
    def shortened(one: Problem) -> str:
        lines = (one.prompt + one.canonical_solution).rstrip().split("\n")
        return "\n".join([*lines[:-2], lines[-1]]) + "\n"

    texts = [text for one in PROBLEMS for text in (one.prompt + one.canonical_solution, shortened(one))]
    texts += [texts[0] + "\n\n" + texts[6], "no code ("]
    documents = [Document(id=str(at), kind=DocumentKind.EXERCISE, text=text) for at, text in enumerate(texts)]
    functions = {one.id: read_text(one.text).functions for one in documents}
    expected: dict[str, list[tuple[str, str]]] = {rate_label(rate): [] for rate in RATES}
    for one, asked in itertools.product(documents, PROBLEMS):
        solution = solution_of(asked)
        assert solution is not None
        near = [
            match_rate(function.tree, solution.tree)
            for function in functions[one.id]
            if len(solution.tree) >= 20 or (function.tree, function.name) == (solution.tree, asked.entry_point)
        ]
        for rate in RATES:
            if any(found >= rate for found in near):
                expected[rate_label(rate)].append((one.id, asked.task_id))
    found = similar_by_trees(documents, PROBLEMS, RATES)
    assert found == expected
    assert len(found["0.95"]) < len(found["0.8"])


def test_only_exercises_are_similar_and_only_they_go(built: Built) -> None:
    pairs = built.similar.records("similar", SimilarPair)
    both = {("exercise-0", PROBLEMS[1].task_id), ("exercise-9", PROBLEMS[0].task_id)}
    assert {(pair.document_id, pair.task_id) for pair in pairs} == both
    assert Counter(pair.label for pair in pairs) == {**dict.fromkeys(("0.95", "0.9", "0.85", "0.8"), 2), "rule": 1}
    metrics = built.similar.manifest.metrics
    assert (metrics["num_exercises"], metrics["num_problems"]) == (10, 6)
    assert metrics["labels"]["0.8"] == {"num_removed": 2, "num_similar": 2, "planted": {}}
    pruned = built.prune(PruneConfig(label="0.9"), built.documents, built.similar)
    assert pruned.records("documents", Document) == [one for one in DOCUMENTS if one.id not in dict(both)]
    assert {(one.id, one.detail) for one in pruned.records("dropped", Dropped)} == both
    assert pruned.manifest.dropped == {"similar to a problem (0.9)": 2}


def test_the_rule_takes_leaks_that_trees_leave_and_no_clean_exercise(built: Built) -> None:
    rows = built.planted.records("leaks", Leak)
    for label, counts in built.similar_planted.manifest.metrics["labels"].items():
        ids = {document_id for document_id, _ in pairs_of(built.similar_planted, label)}
        assert counts["num_removed"] == len(ids)
        for kind, found in counts["planted"].items():
            of_kind = [leak for leak in rows if leak.kind == kind]
            assert found == {"found": sum(leak.document_id in ids for leak in of_kind), "of": len(of_kind)}
    leaks = {(leak.document_id, leak.task_id): leak.kind for leak in rows}
    by_rule, by_trees = (pairs_of(built.similar_planted, label) for label in ("rule", "0.95"))
    assert {pair for pair, kind in leaks.items() if kind is LeakKind.VERBATIM} <= set(by_rule)
    assert len(leaks.keys() & by_trees) < len(leaks.keys() & by_rule)
    config = SimilarConfig(rates=(1.0,), rule=DecontaminateConfig(run_code=False))
    without = pairs_of(built.look(built.planted, config), "rule")
    assert ("exercise-9", PROBLEMS[0].task_id) in without, "nothing ran that could clear it"
    assert len(leaks.keys() & without) < len(leaks.keys() & by_rule)
    with pytest.raises(ConfigError, match="`rates` must"):
        SimilarConfig(rates=(0.9, 0.9))
    clean = {document.id for document in DOCUMENTS[2:]}
    assert clean.isdisjoint(document_id for document_id, _ in by_rule)
    order = {one.id: at for at, one in enumerate(built.planted.records("documents", Document))}
    places = [(order[document_id], task_id) for document_id, task_id in by_rule]
    assert len(set(places)) == len(places)
    assert [at for at, _ in places] == sorted(at for at, _ in places)


def test_pruned_of_the_planted_leaks_the_documents_are_what_they_were_and_a_control_takes_as_many_other_ones(
    built: Built,
) -> None:
    config = PruneConfig(label="0.9", is_control=True)
    assert len(built.planted.records("documents", Document)) == len(DOCUMENTS) + 12
    pruned = built.prune(PruneConfig(label=PLANTED), built.planted, built.similar_planted)
    assert pruned.records("documents", Document) == built.documents.records("documents", Document)
    control = built.prune(config, built.documents, built.similar)
    gone = {one.id for one in control.records("dropped", Dropped)}
    assert len(gone) == 2
    assert gone <= {f"exercise-{at}" for at in range(1, 9)}
    assert control.records("documents", Document) == [one for one in DOCUMENTS if one.id not in gone]
    with pytest.raises(ConfigError, match="takes 12 exercises, and only 10 others"):
        built.prune(PruneConfig(label=PLANTED, is_control=True), built.planted, built.similar_planted)


def test_labels_by_which_the_same_documents_go_need_one_training_and_none_where_nothing_goes() -> None:
    rows = {
        "0.95": [],
        "0.9": [("x", "1"), ("y", "1")],
        "0.85": [("y", "2"), ("x", "1"), ("x", "2")],
        "0.8": [("x", "1")],
        PLANTED: [("x", "3")],
    }
    pairs = [
        SimilarPair(label=label, document_id=document_id, task_id=task_id)
        for label, found in rows.items()
        for document_id, task_id in found
    ]
    assert equal_prunings(pairs, rows) == {
        "0.95": NOTHING_GOES,
        "0.9": "0.9",
        "0.85": "0.9",
        "0.8": PLANTED,
        PLANTED: PLANTED,
    }
