import pickle

import pytest
from tests.decontamination.own_problems import NEAR_MISS, OWN, PROBLEM, PROSE, RETOLD, UNRELATED

from hornbook.decontamination.findings import Decision, FoundRow
from hornbook.decontamination.functions import read_text
from hornbook.decontamination.matches import Detector
from hornbook.decontamination.prepare import prepare
from hornbook.decontamination.search import EXCERPT_CHARACTERS, Search, SearchConfig, WordCounter
from hornbook.sandbox.jail import Jail

CONFIG = SearchConfig()
VERBATIM = PROBLEM.prompt + PROBLEM.canonical_solution
UNRUNNABLE = VERBATIM.replace("    return", "    import nothing_of_this_name\n    return")


@pytest.fixture(scope="module")
def search(jail: Jail) -> Search:
    behaviour = prepare(OWN, CONFIG.behaviour, jail).behaviour
    return Search(OWN, behaviour, CONFIG, WordCounter(OWN, CONFIG).count([]))


def look(search: Search, jail: Jail | None, *texts: str) -> list[FoundRow]:
    documents = [(at + 7, f"d{at}") for at in range(len(texts))]
    return search.look(documents, [read_text(text) for text in texts], jail)


def test_a_retold_problem_is_found_by_what_it_does(search: Search, jail: Jail) -> None:
    rows = look(search, jail, UNRELATED, RETOLD)
    assert {row.row for row in rows if row.decision is Decision.LEAK} == {8}
    [behaviour] = [row for row in rows if row.detector is Detector.BEHAVIOUR]
    assert (behaviour.document_id, behaviour.task_id, behaviour.function) == ("d1", "own/0", "total_for_pairs")
    assert behaviour.decided_by == Detector.BEHAVIOUR
    assert behaviour.document_excerpt == RETOLD[:EXCERPT_CHARACTERS]
    assert behaviour.problem_excerpt == PROBLEM.prompt


def test_what_looks_alike_and_does_something_else_is_cleared(search: Search, jail: Jail) -> None:
    rows = look(search, jail, NEAR_MISS)
    assert rows
    assert {(row.decision, row.decided_by) for row in rows} == {(Decision.CLEARED, "")}


def test_what_cannot_run_is_decided_by_words_and_trees(search: Search, jail: Jail) -> None:
    rows = look(search, jail, UNRUNNABLE)
    assert {row.decision for row in rows} == {Decision.LEAK}
    assert Detector.BEHAVIOUR not in {row.detector for row in rows}


def test_prose_and_other_tasks_are_like_nothing(search: Search, jail: Jail) -> None:
    assert look(search, jail, PROSE, UNRELATED, "") == []


def test_a_text_is_judged_by_itself(search: Search, jail: Jail) -> None:
    texts = [RETOLD, NEAR_MISS, VERBATIM, UNRELATED]
    together = [(row.row - 7, row.detector, row.score, row.decision) for row in look(search, jail, *texts)]
    alone = [
        (at, row.detector, row.score, row.decision) for at, text in enumerate(texts) for row in look(search, jail, text)
    ]
    assert together == alone


def test_rows_stand_by_text_then_problem_then_detector_one_for_each(search: Search, jail: Jail) -> None:
    rows = look(search, jail, VERBATIM + "\n\n" + VERBATIM, RETOLD)
    keys = [(row.row, row.task_id, list(Detector).index(row.detector)) for row in rows]
    assert keys == sorted(set(keys))


def test_without_an_index_of_behaviour_nothing_runs_and_near_misses_stay_suspect(jail: Jail) -> None:
    search = Search(OWN, None, CONFIG, WordCounter(OWN, CONFIG).count([]))
    assert not search.runs_code
    assert {row.decision for row in look(search, None, NEAR_MISS)} == {Decision.LEAK}
    assert Decision.LEAK not in {row.decision for row in look(search, None, RETOLD)}


def test_a_search_can_be_sent_to_another_process(search: Search, jail: Jail) -> None:
    sent = pickle.loads(pickle.dumps(search))
    assert sent.runs_code
    assert look(sent, jail, RETOLD, NEAR_MISS) == look(search, jail, RETOLD, NEAR_MISS)


def test_counts_of_parts_add_up() -> None:
    counter = WordCounter(OWN, CONFIG)
    texts = [read_text(text) for text in (RETOLD, NEAR_MISS, VERBATIM)]
    whole, parts = counter.count(texts), counter.count(texts[:1]) + counter.count(texts[1:])
    for one, other in ((whole.phrases, parts.phrases), (whole.docstrings, parts.docstrings)):
        assert one.num_texts == other.num_texts == 3
        assert one.counts.tolist() == other.counts.tolist()
        assert one.counts.any()
