import random

from hornbook.benchmarks.humaneval import read_humaneval
from hornbook.decontamination.planted import PlantConfig, plant
from hornbook.decontamination.stages import HELD_OUT, HUMANEVAL, DecontaminateConfig, decontaminate
from hornbook.decontamination.study_rule import similar_by_rule
from hornbook.records import Document, DocumentKind

CONFIG = DecontaminateConfig()
PROBLEMS = read_humaneval()
CLEAN = [
    Document(id=f"clean-{at}", kind=DocumentKind.EXERCISE, text=f"def of_{at}(x):\n    return x * {at}\n")
    for at in range(5)
]
PLANTED = plant(CLEAN, PROBLEMS, PlantConfig(num_leaks=80), random.Random(0))


def test_the_rules_pairs_are_those_for_which_the_decontamination_drops() -> None:
    pairs = similar_by_rule(PLANTED.documents, PROBLEMS, HUMANEVAL, CONFIG)
    dropped = decontaminate(PLANTED.documents, PROBLEMS, [], CONFIG).dropped
    assert {document_id for document_id, _ in pairs} == {one.id for one in dropped}
    assert len(dropped) > 40
    assert len(set(pairs)) == len(pairs)


def test_against_held_out_problems_the_rule_is_the_one_for_these() -> None:
    pairs = similar_by_rule(PLANTED.documents, PROBLEMS, HELD_OUT, CONFIG)
    dropped = decontaminate(PLANTED.documents, [], PROBLEMS, CONFIG).dropped
    assert {document_id for document_id, _ in pairs} == {one.id for one in dropped}
    assert 0 < len(pairs) < len(similar_by_rule(PLANTED.documents, PROBLEMS, HUMANEVAL, CONFIG))


def test_the_pairs_come_in_the_order_of_documents_and_problems() -> None:
    pairs = similar_by_rule(PLANTED.documents, PROBLEMS, HUMANEVAL, CONFIG)
    document_ids = [document.id for document in PLANTED.documents]
    task_ids = [problem.task_id for problem in PROBLEMS]
    places = [(document_ids.index(document_id), task_ids.index(task_id)) for document_id, task_id in pairs]
    assert places == sorted(places)
