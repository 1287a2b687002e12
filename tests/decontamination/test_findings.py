import random
from dataclasses import replace
from typing import Any

from tests.decontamination.own_problems import row

from hornbook.decontamination.findings import Compared, Decision, FoundRow, leaks_of, measure, nearest_of, strongest
from hornbook.decontamination.matches import Detector
from hornbook.decontamination.syntax_trees import MATCH_RATES

BENCHMARKS = [
    Compared(name="one", title="One", task_ids=("one/0", "one/1", "one/2"), num_telling=2),
    Compared(name="two", title="Two", task_ids=("two/0", "two/1", "two/2"), num_telling=3),
    Compared(name="three", title="Three", task_ids=("three/0",), num_telling=0),
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
                        detector,
                        score=draw.choice([0.3, 0.8, 0.85, 0.9, 0.97]),
                        decision=decision,
                        decided_by=decided_by,
                    )
                    for detector in detectors
                ]
    return rows


def test_the_counts_are_those_of_looking_at_all_rows_at_once() -> None:
    for seed in range(60):
        rows = drawn_rows(seed)
        for one, said in zip(BENCHMARKS, measure(iter(rows), BENCHMARKS, was_judged=True), strict=True):
            own = [found for found in rows if found.benchmark == one.title]
            leaks = [found for found in own if found.decision is Decision.LEAK]
            assert said["num_leaking_documents"] == len({found.document_id for found in leaks})
            assert said["leaked_problems"] == sorted({found.task_id for found in leaks})
            assert (said["name"], said["num_problems"], said["num_telling"]) == (
                one.name,
                len(one.task_ids),
                one.num_telling,
            )
            decided = [found.detector for found in leaks_of(own).values()]
            for detector in Detector:
                seen = [found for found in own if found.detector is detector]
                assert said["detectors"][detector.value] == {
                    "num_documents": len({found.document_id for found in seen}),
                    "num_problems": len({found.task_id for found in seen}),
                    "num_decided": decided.count(detector),
                }
            for rate in MATCH_RATES:
                trees = [found for found in own if found.detector is Detector.SYNTAX_TREE and found.score >= rate]
                assert said["by_match_rate"][str(rate)] == {
                    "num_documents": len({found.document_id for found in trees}),
                    "num_problems": len({found.task_id for found in trees}),
                }


def test_the_nearest_rows_are_those_of_sorting_all_and_leaks_of_a_problem_come_first() -> None:
    for seed in range(60):
        rows = drawn_rows(seed)
        nearest = nearest_of(rows, 2)
        for key in {(one.task_id, one.detector) for one in rows}:
            same = [one for one in rows if (one.task_id, one.detector) == key]
            wanted = sorted(same, key=lambda one: (one.decision is not Decision.LEAK, -one.score))[:2]
            assert [one for one in nearest if (one.task_id, one.detector) == key] == wanted
        order = [(one.benchmark, one.task_id, one.decision is not Decision.LEAK) for one in nearest]
        assert order == sorted(order)


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
    compared = Compared(name="one", title="One", task_ids=("t",), num_telling=1)
    everything = set(Detector)
    assert set(compared.detectors(was_judged=True)) == everything
    assert set(compared.detectors(was_judged=False)) == everything - {Detector.JUDGE}
    idle = {Detector.JUDGE, Detector.BEHAVIOUR}
    assert set(replace(compared, ran_code=False).detectors(was_judged=False)) == everything - idle
