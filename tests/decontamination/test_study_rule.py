import random
from pathlib import Path

import pytest

from hornbook.benchmarks.humaneval import read_humaneval
from hornbook.decontamination.planted import PlantConfig, Planted, plant
from hornbook.decontamination.planted_kinds import LeakKind
from hornbook.decontamination.stages import DecontaminateConfig
from hornbook.decontamination.study import Pair
from hornbook.decontamination.study_rule import similar_by_rule
from hornbook.records import Document, DocumentKind
from hornbook.sandbox.jail import Jail

PROBLEMS = read_humaneval()[:40]
CLEAN = [
    Document(id=f"clean-{at}", kind=DocumentKind.EXERCISE, text=f"def of_{at}(x):\n    return x * {at}\n")
    for at in range(5)
]


def pairs_of(planted: Planted, folder: Path, config: DecontaminateConfig) -> list[Pair]:
    return similar_by_rule(planted.documents, PROBLEMS, config, folder, 0, lambda note, done, total: None)


@pytest.fixture(scope="module")
def planted(jail: Jail) -> Planted:
    return plant(CLEAN, PROBLEMS, PlantConfig(num_leaks=40), random.Random(0), jail)


@pytest.fixture(scope="module")
def pairs(planted: Planted, tmp_path_factory: pytest.TempPathFactory) -> list[Pair]:
    return pairs_of(planted, tmp_path_factory.mktemp("work"), DecontaminateConfig())


def test_all_verbatim_leaks_and_no_clean_exercise_are_leaks_by_the_rule(planted: Planted, pairs: list[Pair]) -> None:
    verbatim = {(leak.document_id, leak.task_id) for leak in planted.leaks if leak.kind == LeakKind.VERBATIM}
    assert verbatim <= set(pairs)
    assert not {document_id for document_id, _ in pairs} & {document.id for document in CLEAN}


def test_running_code_finds_what_words_and_trees_do_not(planted: Planted, pairs: list[Pair], tmp_path: Path) -> None:
    without = pairs_of(planted, tmp_path, DecontaminateConfig(runs_code=False))
    leaks = {(leak.document_id, leak.task_id) for leak in planted.leaks}
    assert len(leaks & set(without)) < len(leaks & set(pairs))


def test_the_pairs_come_once_each_in_the_order_of_documents_and_problems(planted: Planted, pairs: list[Pair]) -> None:
    document_ids = [document.id for document in planted.documents]
    task_ids = [problem.task_id for problem in PROBLEMS]
    places = [(document_ids.index(document_id), task_ids.index(task_id)) for document_id, task_id in pairs]
    assert places == sorted(set(places))
