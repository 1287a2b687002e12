import pickle
from dataclasses import replace

import pytest
from tests.decontamination.own_problems import NEAR_MISS, OWN, PROBLEM, PROSE, RETOLD, UNRELATED

from hornbook.decontamination.findings import Decision, FoundRow
from hornbook.decontamination.functions import read_text
from hornbook.decontamination.prepare import prepare
from hornbook.decontamination.rule import UNSEEN, WHOLE_DOCSTRING, Detector, deciding, least_score
from hornbook.decontamination.search import EXCERPT_CHARACTERS, ONE_TASK_CHARACTERS, Search
from hornbook.decontamination.words import PhraseIndex
from hornbook.sandbox.jail import Jail

NOTHING_COUNTED = PhraseIndex(OWN.problems).count([])
VERBATIM = PROBLEM.prompt + PROBLEM.canonical_solution
UNRUNNABLE = VERBATIM.replace("    return", "    import nothing_of_this_name\n    return")
TOLD = "# Double the even ones of the items, then add the doubled ones.\n"
OTHER_BELOW = TOLD + "def multiply(items):\n    return [7 * one for one in items]\n"
TWO = f"{NEAR_MISS}\n\ndef other(rows, *, needed):\n    return sum(2 * row for row in rows if row % 2 == 0)\n"
LONG_BELOW = OTHER_BELOW + "# .\n" * (ONE_TASK_CHARACTERS // 4)


@pytest.fixture(scope="module")
def search(jail: Jail) -> Search:
    return Search(OWN, prepare(OWN, jail).behaviour, NOTHING_COUNTED)


def look(search: Search, jail: Jail | None, *texts: str) -> list[FoundRow]:
    ids = [f"d{at}" for at in range(len(texts))]
    return search.look(ids, [read_text(text) for text in texts], jail)


def test_behaviour_decides_where_code_runs_and_words_and_trees_elsewhere(search: Search, jail: Jail) -> None:
    texts = [UNRELATED, RETOLD, NEAR_MISS, UNRUNNABLE, PROSE, OTHER_BELOW, LONG_BELOW, "", VERBATIM * 2, TWO]
    rows = look(search, jail, *texts)
    decisions = {
        at: {(row.decision, row.decided_by) for row in rows if row.document_id == f"d{at}"} for at in range(len(texts))
    }
    assert decisions == {
        0: set(),
        1: {(Decision.LEAK, "behaviour")},
        2: {(Decision.CLEARED, "")},
        3: {(Decision.LEAK, "n-gram")},
        4: set(),
        # Words outside of functions are cleared by the last function of a text about one task, and of no longer one.
        5: {(Decision.CLEARED, "")},
        6: {(Decision.LEAK, "n-gram")},
        7: set(),
        8: {(Decision.LEAK, "behaviour")},
        # What the second function does is not known.
        9: {(Decision.LEAK, "syntax tree")},
    }
    [behaviour] = [row for row in rows if row.document_id == "d1"]
    assert (behaviour.document_id, behaviour.task_id, behaviour.function) == ("d1", "own/0", "total_for_pairs")
    assert behaviour.detector is Detector.BEHAVIOUR
    assert behaviour.document_excerpt == RETOLD[:EXCERPT_CHARACTERS]
    assert behaviour.problem_excerpt == PROBLEM.prompt
    keys = [(row.document_id, row.task_id, list(Detector).index(row.detector)) for row in rows]
    assert keys == sorted(set(keys))
    sent = pickle.loads(pickle.dumps(search))
    assert [row for row in look(sent, jail, RETOLD, NEAR_MISS) if row.document_id == "d1"] == [
        row for row in look(search, jail, UNRELATED, NEAR_MISS) if row.document_id == "d1"
    ]


def test_without_an_index_of_behaviour_nothing_runs_and_near_misses_stay_suspect() -> None:
    without = Search(OWN, None, NOTHING_COUNTED)
    assert without.behaviour is None
    assert {row.decision for row in look(without, None, NEAR_MISS)} == {Decision.LEAK}
    assert Decision.LEAK not in {row.decision for row in look(without, None, RETOLD)}
    [tree] = [
        row
        for row in look(without, None, NEAR_MISS + NEAR_MISS.replace("double_evens", "again"))
        if row.detector is Detector.SYNTAX_TREE
    ]
    assert (tree.function, tree.score) == ("double_evens", 1.0), "of equally near functions the first one"


def test_of_several_matches_of_one_detector_the_best_counts() -> None:
    stock = replace(PROBLEM, prompt='def size(text):\n    """Return the length of the string."""\n', entry_point="size")
    benchmark = replace(OWN, problems=(stock,))
    found = Search(benchmark, None, PhraseIndex([stock]).count([]))
    [row] = look(found, None, 'def f(x):\n    """Return the length of the string."""\n    return [x]\n')
    assert (row.detector, row.score, row.decision) == (Detector.NGRAM, 1.0, Decision.LEAK)


def test_the_config_sets_how_many_words_and_which_match_rate_count() -> None:
    near = "def f(rows):\n    return sum(2 * row + 1 for row in rows if row % 2 == 0)\n"
    [tree] = [
        row for row in look(Search(OWN, None, NOTHING_COUNTED), None, near) if row.detector is Detector.SYNTAX_TREE
    ]
    assert 0.8 < tree.score < 0.95
    for rate, decision in ((tree.score - 0.001, Decision.LEAK), (tree.score + 0.001, Decision.CLEAN)):
        rows = look(Search(OWN, None, NOTHING_COUNTED, rate), None, near)
        assert {row.decision for row in rows if row.detector is Detector.SYNTAX_TREE} == {decision}
    rows = look(Search(OWN, None, NOTHING_COUNTED, 0.25), None, RETOLD)
    assert {row.decided_by for row in rows if row.score < 0.8} == {"syntax tree"}


def decided(*scores: tuple[Detector, float], cleared: bool = False) -> Detector | None:
    return deciding(dict(scores), 0.9, is_cleared=cleared)


def test_equal_behaviour_is_a_leak_whatever_else_was_seen_and_nothing_seen_is_clean() -> None:
    assert decided() is None
    assert decided((Detector.BEHAVIOUR, 1.0)) is Detector.BEHAVIOUR
    assert decided((Detector.BEHAVIOUR, 1.0), (Detector.NGRAM, 1.0), cleared=True) is Detector.BEHAVIOUR


@pytest.mark.parametrize(("detector", "least"), [(Detector.NGRAM, 0.8), (Detector.SYNTAX_TREE, 0.9)])
def test_where_no_code_could_tell_each_detector_decides_from_its_threshold_on(detector: Detector, least: float) -> None:
    assert detector in UNSEEN
    assert least_score(detector, 0.9) == least
    assert decided((detector, least)) is detector
    assert decided((detector, least - 0.001)) is None
    assert decided((detector, least), cleared=True) is None


def test_the_whole_docstring_is_a_leak_even_with_other_code_below_it() -> None:
    assert decided((Detector.NGRAM, WHOLE_DOCSTRING), cleared=True) is Detector.NGRAM
    assert decided((Detector.NGRAM, WHOLE_DOCSTRING - 0.01), cleared=True) is None
