import difflib
import itertools
from pathlib import Path

import pytest
from bench.decontamination_peers import flagged_by_datatrove, flagged_by_difflib, matched_share

from hornbook.records import Problem

PROMPT = '''def ferry_queue(cars, length):
    """Let cars onto the ferry in the order of the queue until the next one would not fit on the deck any more,
    and say how many of them are still waiting on the pier when the ferry leaves for the island.
    """
'''
SOLUTION = """    for number, car in enumerate(cars):
        length -= car
        if length < 0:
            return len(cars) - number
    return 0
"""
PROBLEM = Problem(
    task_id="invented/0", prompt=PROMPT, entry_point="ferry_queue", canonical_solution=SOLUTION, test="", category=""
)
UNRELATED = 'def double(x):\n    """Give back twice the number, whatever it may be."""\n    return 2 * x\n'
DOCSTRING_ALONE = PROMPT.replace("ferry_queue(cars, length)", "board(items, room)") + "    raise NotImplementedError\n"
SENTENCE = (
    "# Let cars onto the ferry in the order of the queue until the next one would not fit on the deck any more.\n"
)
RECORDS = [UNRELATED, PROMPT + SOLUTION, DOCSTRING_ALONE, SENTENCE + UNRELATED, "", SOLUTION]


def test_datatrove_flags_what_shares_twelve_words(tmp_path: Path) -> None:
    pytest.importorskip("datatrove")
    pytest.importorskip("spacy")
    assert flagged_by_datatrove(RECORDS, [PROBLEM], tmp_path) == {1, 2, 3, 5}


def test_difflib_flags_what_shares_more_than_half_of_the_problem() -> None:
    assert flagged_by_difflib(RECORDS, [PROBLEM]) == {1, 2}
    assert flagged_by_difflib(["LÉT" + PROMPT[3:] + SOLUTION.upper(), *RECORDS[:1]], [PROBLEM]) == {0}


def test_the_share_counts_blocks_of_six_characters_and_more() -> None:
    assert matched_share("abcdef", "abcdef") == 1
    assert matched_share("abcde", "abcde") == 0
    assert matched_share("abcdef.uvwxyz.12345", "abcdef-uvwxyz-12345") == pytest.approx(12 / 19)
    for first, second in itertools.permutations((PROMPT, SOLUTION, UNRELATED), 2):
        blocks = difflib.SequenceMatcher(None, first, second, autojunk=False).get_matching_blocks()
        most = sum(block.size for block in blocks if block.size > 5) / len(second)
        assert matched_share(first, second) <= most
