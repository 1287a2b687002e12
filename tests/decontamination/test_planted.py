import random
from collections import Counter
from dataclasses import replace

import pytest
from tests.decontamination.planted_problem import OWN

from hornbook.decontamination.planted import PlantConfig, plant
from hornbook.decontamination.planted_kinds import LeakKind, still_solving
from hornbook.errors import ConfigError
from hornbook.records import Document, DocumentKind, Problem
from hornbook.sandbox.jail import Jail


def exercise(number: int, kind: DocumentKind = DocumentKind.EXERCISE) -> Document:
    return Document(id=f"document-{number}", kind=kind, text=f"def of_{number}(x):\n    return x + {number}\n")


def own_problems(number: int) -> list[Problem]:
    return [replace(OWN, task_id=f"own/{at}") for at in range(number)]


def test_the_leaks_go_round_the_problems_and_each_problem_round_the_kinds(jail: Jail) -> None:
    planted = plant([exercise(1)], own_problems(9), PlantConfig(num_leaks=12, num_problems=2), random.Random(0), jail)
    assert Counter(leak.task_id for leak in planted.leaks).most_common()[0][1] == 6
    assert len({leak.task_id for leak in planted.leaks}) == 2
    by_problem = {
        leak.task_id: [one.kind for one in planted.leaks if one.task_id == leak.task_id] for leak in planted.leaks
    }
    assert set(map(tuple, by_problem.values())) == {(*LeakKind, LeakKind.VERBATIM)}
    assert len({leak.document_id for leak in planted.leaks}) == 12


def test_each_leak_stands_there_as_often_as_is_asked(jail: Jail) -> None:
    config = PlantConfig(num_leaks=5, num_problems=1, num_copies=3)
    planted = plant([exercise(1)], own_problems(9), config, random.Random(0), jail)
    assert Counter(leak.kind for leak in planted.leaks) == dict.fromkeys(LeakKind, 3)
    leaks = {leak.document_id for leak in planted.leaks}
    assert len(leaks) == 15
    texts = Counter(one.text for one in planted.documents if one.id in leaks)
    assert set(texts.values()) == {3}


def test_the_given_documents_stay_in_order_and_leaks_come_among_the_exercises(jail: Jail) -> None:
    documents = [*(exercise(at, DocumentKind.CODE) for at in range(50)), *(exercise(at) for at in range(50, 100))]
    planted = plant(documents, own_problems(9), PlantConfig(num_leaks=36), random.Random(3), jail)
    leaks = {leak.document_id for leak in planted.leaks}
    assert [one for one in planted.documents if one.id not in leaks] == documents
    places = [at for at, one in enumerate(planted.documents) if one.id in leaks]
    assert len(places) == 36
    assert min(places) >= 50
    assert max(places) - min(places) > 36, "they stand in one row"


def test_equal_seeds_plant_equal_documents(jail: Jail) -> None:
    config = PlantConfig(num_leaks=12)
    first, again, other = (
        plant([exercise(1)], own_problems(9), config, random.Random(seed), jail).documents for seed in (0, 0, 1)
    )
    assert first == again != other


def test_a_config_that_cannot_be_planted_is_refused(jail: Jail) -> None:
    with pytest.raises(ConfigError, match="`num_leaks` must be at least 1, got 0"):
        PlantConfig(num_leaks=0)
    with pytest.raises(ConfigError, match=r"`num_problems` must lie in \[0, 3\].*got 4"):
        PlantConfig(num_leaks=3, num_problems=4)
    with pytest.raises(ConfigError, match="`num_problems` must be at most the benchmark's 2, got 3"):
        plant([], own_problems(2), PlantConfig(num_leaks=12), random.Random(0), jail)


def test_only_what_still_solves_the_problem_is_planted_and_the_problem_itself(jail: Jail) -> None:
    """The problem's own solution looks at the names of its variables, so that no leak with other names passes."""
    body = "    rows = [row for row in rows if sum(row) < limit]\n    return rows if 'rows' in locals() else None\n"
    problem = replace(OWN, canonical_solution=body)
    planted = plant([exercise(1)], [problem], PlantConfig(num_leaks=5), random.Random(0), jail)
    assert [leak.kind for leak in planted.leaks] == [LeakKind.VERBATIM] * 5
    planted = plant([exercise(1)], own_problems(2), PlantConfig(num_leaks=10), random.Random(0), jail)
    texts = {document.id: document.text for document in planted.documents}
    assert all(still_solving([(OWN, texts[leak.document_id]) for leak in planted.leaks], jail))
