import random
from dataclasses import replace
from itertools import pairwise

import pytest
from tests.decontamination.own_problems import problem_of

from hornbook.decontamination import words as words_module
from hornbook.decontamination.functions import ReadText, read_text
from hornbook.decontamination.rule import Detector
from hornbook.decontamination.words import (
    PhraseIndex,
    description_of,
    docstring_of,
    function_around,
    is_text,
    ngrams,
    words_of,
)
from hornbook.records import Problem

TOLD = (
    "A porter carries crates from the quay to the attic. The strain of a crate is the number of stairs that the porter"
    " has climbed with it so far. Return the crate with the most strain, the heavier one of two."
)
OTHER = (
    "Sailors polish the brass of a ship. The strain of a crate is the number of stairs that the porter has climbed with"
    " it so far, and every deck needs its own cloth. Fold each cloth along the longer side until it fits the drawer,"
    " then say in which drawer the third cloth lies."
)

TWO = '''def outer(a):
    """Weigh a."""
    def inner(b):
        """Weigh b, which is in a."""
        return b
    return inner(a)


def other(c):
    return c
'''


def of_words(told: str) -> Problem:
    return problem_of(f'def solve(a):\n    """{told}"""\n', "    return a\n", name="solve")


def exercise(told: str) -> ReadText:
    return read_text(f'def answer(x):\n    """{told}"""\n    return x\n')


def scores(index: PhraseIndex, *texts: str) -> list[float]:
    found = {match.text: match.score for match in index.matches([read_text(text) for text in texts])}
    return [found.get(at, 0.0) for at in range(len(texts))]


def index_of(*told: str, texts: list[ReadText] | None = None) -> PhraseIndex:
    problems = [of_words(one) for one in told]
    return PhraseIndex(problems, PhraseIndex(problems).count(texts) if texts is not None else None)


@pytest.fixture
def low(monkeypatch: pytest.MonkeyPatch) -> None:
    """To see scores that are no match."""
    monkeypatch.setattr(words_module, "MIN_SCORE", 0.01)


def test_the_whole_description_in_whatever_lines_is_a_match_that_says_where_and_what_and_a_row_of_numbers_none() -> (
    None
):
    wrapped = TOLD.replace(". ", ".\n    # ").upper()
    index = index_of(TOLD + "\n    >>> solve(3)\n    4")
    assert scores(index, TOLD, wrapped, "Nothing of all this.") == pytest.approx([1.0, 1.0, 0.0])
    text = f'import math\n\n\ndef answer(x):\n    """Hello. {TOLD}"""\n    return x\n'
    [match] = index_of(TOLD).matches([read_text(text)])
    assert text[slice(*match.window)] == TOLD.removesuffix(".")
    assert (match.text, match.problem, match.detector, match.function) == (0, 0, Detector.NGRAM, "answer")
    numbers = " ".join(str(number) for number in range(60))
    assert index_of().matches([read_text(TOLD)]) == []
    assert scores(index_of(numbers, ""), numbers, "", TOLD) == [0, 0, 0]


def test_the_evidence_is_the_longest_run_and_none_across_a_gap() -> None:
    words = words_of(TOLD)
    text = " ".join([*words[:16], "something", "else", *words[16:26], "and", "more", *words[26:]])
    [match] = index_of(TOLD).matches([read_text(text)])
    assert match.evidence == f'{len(words)} of {len(words)} words, "{" ".join(words[:16])}"'
    assert text[slice(*match.window)] == text


@pytest.mark.usefixtures("low")
def test_a_phrase_of_another_task_is_little_and_less_if_many_texts_or_problems_have_it() -> None:
    assert 0 < scores(index_of(TOLD), OTHER)[0] < 0.5
    of_others = [f"Take boat {name}. The strain of a crate is the number of stairs, in all." for name in "abcdefgh"]
    assert scores(index_of(TOLD, *of_others), OTHER)[0] < 0.8 * scores(index_of(TOLD), OTHER)[0]
    said = "the strain of a crate is the number of stairs that the porter has climbed with it so far"
    others = [exercise(f"Tell {said}, and {at} more.") for at in range(300)]
    [before] = scores(index_of(TOLD, texts=[exercise(said)]), OTHER)
    [after] = scores(index_of(TOLD, texts=others), OTHER)
    assert after < 0.2 * before


def test_a_description_that_was_copied_into_most_texts_is_still_the_problems_own() -> None:
    copies = [exercise(TOLD)] * 2_000 + [exercise(f"Count the pears of tree {at}.") for at in range(1_000)]
    assert scores(index_of(TOLD, texts=copies), TOLD, OTHER)[0] == pytest.approx(1.0)


def test_stock_words_alone_prove_nothing_unless_they_are_the_whole_docstring() -> None:
    told = "Return the length of the string.\n    >>> solve('ab')\n    2\n    "
    index = PhraseIndex([of_words(told)])
    found = index.matches([exercise(told.replace("\n    ", "\n        "))])
    copy = max(found, key=lambda match: match.score)
    assert (copy.score, copy.detector, copy.function) == (1.0, Detector.NGRAM, "answer")
    assert all(match.score < 0.5 for match in index.matches([exercise("Return the length of the string.")]))


def test_the_window_in_a_book_is_where_the_copy_stands() -> None:
    filling = " ".join(f"The porter has climbed stair {at}. A crate is the number." for at in range(2_000))
    book = f"{filling}\n\n{TOLD}\n\n{filling}"
    [match] = index_of(TOLD).matches([read_text(book)])
    assert match.score == pytest.approx(1.0)
    assert TOLD.removesuffix(".") in book[match.window[0] : match.window[1] + 200]
    assert match.window[1] - match.window[0] < 2 * len(TOLD)


@pytest.mark.usefixtures("low")
def test_the_score_is_that_of_trying_every_window(monkeypatch: pytest.MonkeyPatch) -> None:
    generator = random.Random(0)
    monkeypatch.setattr(words_module, "TELLING_NATS", 1e-6)
    monkeypatch.setattr(words_module, "WINDOW_RATIO", 1.0)
    monkeypatch.setattr(words_module, "NGRAM_SIZE", 2)
    for _ in range(60):
        told = [generator.choice("abcde") * 2 for _ in range(8)]
        words = [generator.choice("abcdexyz") * 2 for _ in range(40)]
        [score] = scores(index_of(" ".join(told)), " ".join(words))
        assert score == pytest.approx(best_by_hand(told, words), abs=1e-9)


def best_by_hand(told: list[str], words: list[str]) -> float:
    """All words tell the same and no phrase is stock, so that only the covered share counts."""
    shares = [0.0]
    for start in range(len(words)):
        part = words[start : start + len(told) + 1]
        pairs = set(pairwise(part))
        covered = {at + step for at in range(len(told) - 1) if (told[at], told[at + 1]) in pairs for step in (0, 1)}
        shares.append(len(covered) / len(told))
    return max(shares)


def test_a_description_ends_where_the_examples_begin_and_the_prompt_stands_for_a_docstring_that_cannot_be_read() -> (
    None
):
    told = "Weigh the crates on the scale.\n"
    for examples in (">>> weigh(1)\n2", "Examples:\nweigh(1) is 2", "For example, weigh(1) is 2", "  e.g. weigh(1)"):
        assert description_of(told + examples) == told
    for whole in ("Give an example of a crate.", "Weigh.\n>>> weigh(1)\n2\n"):
        assert description_of(whole) == whole
    assert docstring_of(of_words("Weigh a.")) == "Weigh a."
    for prompt in ("def weigh(a):\n    # Weigh a.\n", "def weigh(a:\n"):
        assert docstring_of(replace(of_words(""), prompt=prompt)) == prompt


def test_the_smallest_function_with_most_of_a_window_is_named() -> None:
    read = read_text(TWO)
    for phrase, name in (("Weigh a.", "outer"), ("which is in a", "inner"), ("return c", "other")):
        start = TWO.index(phrase)
        assert function_around(read, (start, start + len(phrase))) == name
    text = "# " + "something about crates " * 10 + "\ndef weigh(a):\n    return a\n"
    assert function_around(read_text(text), (0, text.index("return"))) == "", "mostly outside of it"


def test_words_are_those_without_case_and_punctuation_ngrams_are_neighbours_and_rows_of_numbers_are_no_text() -> None:
    assert words_of("Don't  STOP,\n(now): x_1!") == ["don", "t", "stop", "now", "x_1"]
    assert ngrams(["a", "b", "c", "d"], 3) == [("a", "b", "c"), ("b", "c", "d")]
    assert ngrams(["a", "b"], 3) == []
    assert is_text(("a", "1"))
    assert not is_text(("a", "1", "2"))
