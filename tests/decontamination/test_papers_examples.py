"""What section 5 and appendix C of the paper show, in examples of our own."""

from hornbook.benchmarks.against import NamedProblems
from hornbook.decontamination.findings import Decision, FoundRow
from hornbook.decontamination.functions import functions_in, read_text
from hornbook.decontamination.matches import Detector
from hornbook.decontamination.ngrams import NgramIndex
from hornbook.decontamination.phrases import PhraseIndex
from hornbook.decontamination.prepare import prepare
from hornbook.decontamination.search import Search, SearchConfig
from hornbook.decontamination.syntax_trees import match_rate
from hornbook.records import Problem
from hornbook.sandbox.jail import Jail

TOWERS = '''def tallest_tower(boxes):
    """Boxes stand on places that are called by letters. The height of a tower is the number of times that its letter
    stands in the list of the boxes. Return the letter of the tower whose height is at least two and which is the
    highest, the first in the alphabet of several, or None.
    """
'''
TOWERS_BODY = """    best = None
    height = 1
    for letter in sorted(set(boxes)):
        if boxes.count(letter) > height:
            best = letter
            height = boxes.count(letter)
    return best
"""
PROBLEM = Problem(
    task_id="own/towers",
    prompt=TOWERS,
    entry_point="tallest_tower",
    canonical_solution=TOWERS_BODY,
    test="def check(candidate):\n"
    "    assert candidate(['a', 'b', 'b']) == 'b'\n    assert candidate(['a', 'b']) is None\n"
    "    assert candidate(['c', 'c', 'a', 'a']) == 'a'\n    assert candidate([]) is None\n"
    "    assert candidate(['x', 'y', 'x', 'z', 'x', 'y']) == 'x'\n",
    category="",
)
FALSE_POSITIVE = '''def flat_ground(boxes):
    """The height of a tower is the number of times that its letter stands in the list of the boxes. Return how many
    letters have a tower of exactly one box, so that a child can step over it.
    """
    return sum(boxes.count(letter) == 1 for letter in set(boxes))
'''

SPELLS = '''def longest_dry_spell(rainfall: list[float], limit: float) -> int:
    """Return the most days in a row on which less rain than the limit fell."""
    longest = 0
    current = 0
    for day, amount in enumerate(rainfall):
        if amount < limit:
            current += 1
            if current > longest:
                longest = current
        elif day > 0:
            current = 0
    return longest
'''
STORY_SWAP = '''def best_streak(times, par):
    """A swimmer wants to know how many laps in a row she swam faster than par."""
    record = 0
    run = 0
    for lap, seconds in enumerate(times):
        if seconds < par:
            run += 1
            if run > record:
                record = run
        elif lap > 0:
            run = 0
    return record
'''
OTHER_RETURN = STORY_SWAP.replace("return record", "return -record")
OTHER_START = STORY_SWAP.replace("record = 0", "record = len(times)").replace("elif lap > 0:", "else:")
OTHER_REASONING = '''def total_above(amounts, limit):
    """Add up what exceeds the limit."""
    total = 0
    for amount in amounts:
        if amount > limit:
            total += amount - limit
    return total
'''


def found_in(texts: list[str], jail: Jail | None) -> list[list[FoundRow]]:
    """What is found of each."""
    benchmark, read = NamedProblems(name="own", title="own", problems=(PROBLEM,)), [read_text(text) for text in texts]
    counts = PhraseIndex(benchmark.problems).count(read)
    search = Search(benchmark, prepare(benchmark, jail).behaviour, SearchConfig(), counts)
    rows = search.look([(at, "it") for at in range(len(texts))], read, jail)
    return [[row for row in rows if row.row == at] for at in range(len(texts))]


def test_the_papers_false_positive_shares_a_13_gram_and_is_no_leak_by_the_rule(jail: Jail) -> None:
    [run] = NgramIndex({"own/towers": functions_in(TOWERS + TOWERS_BODY)[0].docstring}, 13).shared_runs(FALSE_POSITIVE)
    assert run.num_words >= 13
    for sandbox, decision in ((jail, Decision.CLEARED), (None, Decision.CLEAN)):
        other, same = found_in([FALSE_POSITIVE, TOWERS + TOWERS_BODY], sandbox)
        assert Detector.NGRAM in {row.detector for row in other}
        assert {row.decision for row in other} == {decision}
        assert {row.decision for row in same} == {Decision.LEAK}


def test_the_trees_say_what_appendix_c_describes() -> None:
    rates = [
        match_rate(functions_in(SPELLS)[0].tree, functions_in(other)[0].tree)
        for other in (STORY_SWAP, OTHER_RETURN, OTHER_START, OTHER_REASONING)
    ]
    same_reasoning, other_return, other_start, other_reasoning = rates
    assert same_reasoning == 1.0
    assert 0.93 <= other_return < 1.0
    assert 0.8 <= other_start < other_return
    assert other_reasoning < 0.8
