import random
from typing import Any

import pytest
from tests.decontamination.own_problems import problem_of, row

from hornbook.benchmarks.against import NamedProblems
from hornbook.decontamination.behaviour import BehaviourIndex
from hornbook.decontamination.findings import Decision, FoundRow, leaks_of, measure, nearest_of, strongest
from hornbook.decontamination.prepare import Prepared
from hornbook.decontamination.rule import Detector
from hornbook.decontamination.trees import MATCH_RATES

NOTHING_TELLS = BehaviourIndex(behaviours=(), parameters=(), groups=())
BENCHMARKS = [
    Prepared(
        benchmark=NamedProblems(name=name.lower(), title=name, problems=(problem_of(""),) * 3), behaviour=NOTHING_TELLS
    )
    for name in ("One", "Two", "Three")
]


def leak(place: int, task_id: str, detector: Detector, **changes: Any) -> FoundRow:
    return row(place, task_id, detector, decision=Decision.LEAK, decided_by=detector.value, **changes)


def drawn_rows(seed: int) -> list[FoundRow]:
    """As a search gives them: benchmark by benchmark, and of each the documents in order."""
    draw = random.Random(seed)
    rows = []
    for title in ("one", "two"):
        for place in range(3):
            for number in range(3):
                detectors = draw.sample(list(Detector), draw.randrange(4))
                decision = draw.choice(list(Decision)) if detectors else Decision.CLEAN
                decided_by = draw.choice(detectors).value if decision is Decision.LEAK else ""
                rows += [
                    row(
                        place,
                        f"{title}/{number}",
                        one,
                        draw.choice([0.3, 0.8, 0.9, 0.97]),
                        decision=decision,
                        decided_by=decided_by,
                    )
                    for one in detectors
                ]
    return rows


@pytest.mark.parametrize("seed", range(0, 60, 12))
def test_counts_and_nearest_rows_are_those_of_looking_at_all_rows_at_once(seed: int) -> None:
    for rows in map(drawn_rows, range(seed, seed + 12)):
        for one, said in zip(BENCHMARKS, measure(iter(rows), BENCHMARKS, was_judged=True), strict=True):
            own = [found for found in rows if found.benchmark == one.benchmark.title]
            leaks = [found for found in own if found.decision is Decision.LEAK]
            assert said["num_leaking_documents"] == len({found.document_id for found in leaks})
            assert said["leaked_problems"] == sorted({found.task_id for found in leaks})
            assert (said["name"], said["num_problems"], said["num_telling"]) == (one.benchmark.name, 3, 0)
            decided = [found.detector for found in leaks_of(own).values()]
            for detector in Detector:
                assert said["detectors"][detector.value] == {
                    **counts([found for found in own if found.detector is detector]),
                    "num_decided": decided.count(detector),
                }
            for rate in MATCH_RATES:
                trees = [found for found in own if found.detector is Detector.SYNTAX_TREE and found.score >= rate]
                assert said["by_match_rate"][str(rate)] == counts(trees)
        nearest = nearest_of(rows, 2)
        for key in {(one.task_id, one.detector) for one in rows}:
            same = [one for one in rows if (one.task_id, one.detector) == key]
            wanted = sorted(same, key=lambda one: (one.decision is not Decision.LEAK, -one.score))[:2]
            assert [one for one in nearest if (one.task_id, one.detector) == key] == wanted
        order = [(one.benchmark, one.task_id, one.decision is not Decision.LEAK) for one in nearest]
        assert order == sorted(order)


def counts(rows: list[FoundRow]) -> dict[str, int]:
    return {
        "num_documents": len({found.document_id for found in rows}),
        "num_problems": len({found.task_id for found in rows}),
    }


def test_what_decides_on_a_document_is_the_evidence_of_its_leak() -> None:
    seen = row(0, "one/1", Detector.BEHAVIOUR, score=1.0)
    beside = row(0, "one/0", Detector.NGRAM, decision=Decision.LEAK, decided_by="syntax tree", score=1.0)
    decides = leak(0, "one/0", Detector.SYNTAX_TREE)
    for found in ([seen, beside, decides], [decides, beside, seen]):
        assert strongest(found) is decides
        assert leaks_of(found) == {"d0": decides}
    behaves, words = leak(0, "one/2", Detector.BEHAVIOUR, score=0.9), leak(0, "one/0", Detector.NGRAM, score=1.0)
    far_words = leak(0, "one/1", Detector.NGRAM, score=0.8)
    for found in ([words, behaves, far_words], [far_words, behaves, words]):
        assert leaks_of(found) == {"d0": behaves}
        assert strongest(found) is behaves
    assert leaks_of([far_words, words]) == leaks_of([words, far_words]) == {"d0": words}
    assert strongest([seen, row()]) is seen
    assert strongest([]) is None


def test_only_detectors_that_ran_have_counts() -> None:
    without = [Prepared(benchmark=one.benchmark, behaviour=None) for one in BENCHMARKS[:1]]
    [said] = measure([], without)
    assert list(said["detectors"]) == ["n-gram", "syntax tree"]
    [said] = measure([], BENCHMARKS[:1], was_judged=True)
    assert set(said["detectors"]) == set(Detector)
