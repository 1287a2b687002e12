import random
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from tests.decontamination.own_problems import problem_of

from hornbook.decontamination import phrases
from hornbook.decontamination.frequencies import (
    believed_share,
    information_of,
)
from hornbook.decontamination.functions import ReadText, read_text
from hornbook.decontamination.matches import Detector
from hornbook.decontamination.ngrams import NgramIndex, SharedRun, ngrams, words_of
from hornbook.decontamination.phrases import NGRAM_SIZE, PhraseIndex, description_of, docstring_of, function_around
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


def index_of(*told: str, size: int = NGRAM_SIZE, texts: list[ReadText] | None = None) -> PhraseIndex:
    problems = [of_words(one) for one in told]
    counted = PhraseIndex(problems, size).count(texts) if texts is not None else None
    return PhraseIndex(problems, size, counted)


@pytest.fixture
def low(monkeypatch: pytest.MonkeyPatch) -> None:
    """To see scores that are no match."""
    monkeypatch.setattr(phrases, "MIN_SCORE", 0.01)


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


@pytest.mark.usefixtures("low")
def test_a_description_of_stock_words_alone_proves_nothing() -> None:
    stock = "Return the sum of a list of integers."
    assert scores(index_of(stock), stock)[0] < 0.4


def test_the_whole_docstring_is_a_copy_even_of_stock_words_alone() -> None:
    told = "Return the length of the string.\n    >>> solve('ab')\n    2\n    "
    index = PhraseIndex([of_words(told)])
    found = index.matches([exercise(told.replace("\n    ", "\n        "))])
    copy = max(found, key=lambda match: match.score)
    assert (copy.score, copy.detector, copy.function) == (1.0, Detector.NGRAM, "answer")
    assert all(match.score < 0.5 for match in index.matches([exercise("Return the length of the string.")]))


@pytest.mark.usefixtures("low")
def test_what_is_scattered_over_a_long_text_is_not_in_one_place() -> None:
    words = TOLD.split()
    pieces = [" ".join(words[at : at + 6]) for at in range(0, len(words), 6)]
    filling = " ".join(f"filling{at}" for at in range(200))
    index = index_of(TOLD)
    [scattered, together] = scores(index, f" {filling} ".join(pieces), f" {filling} {' or '.join(pieces)} {filling} ")
    assert scattered < 0.3 < 0.6 < together


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
    monkeypatch.setattr(phrases, "TELLING_NATS", 1e-6)
    monkeypatch.setattr(phrases, "WINDOW_RATIO", 1.0)
    for _ in range(60):
        told = [generator.choice("abcde") * 2 for _ in range(8)]
        words = [generator.choice("abcdexyz") * 2 for _ in range(40)]
        [score] = scores(index_of(" ".join(told), size=2), " ".join(words))
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


def test_a_description_ends_where_the_examples_begin() -> None:
    told = "Weigh the crates on the scale.\n"
    for examples in (">>> weigh(1)\n2", "Examples:\nweigh(1) is 2", "For example, weigh(1) is 2", "  e.g. weigh(1)"):
        assert description_of(told + examples) == told
    for whole in ("Give an example of a crate.", "Weigh.\n>>> weigh(1)\n2\n"):
        assert description_of(whole) == whole


def test_where_no_docstring_can_be_read_the_prompt_is_taken() -> None:
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


SENTENCE = "the quick brown fox jumps over the lazy dog while seven cats watch it from a wall"
SENTENCE_WORDS = SENTENCE.split()


def longest_run(docstring: list[str], text: list[str], size: int) -> list[str]:
    """The first longest piece of the text in which every n-gram is one of the docstring."""
    known = {tuple(docstring[at : at + size]) for at in range(len(docstring) - size + 1)}
    best: list[str] = []
    for start in range(len(text)):
        for stop in range(start + size, len(text) + 1):
            piece = text[start:stop]
            is_shared = all(tuple(piece[at : at + size]) in known for at in range(len(piece) - size + 1))
            if is_shared and len(piece) > len(best):
                best = piece
    return best


def test_words_are_those_without_case_and_punctuation_and_ngrams_are_neighbours() -> None:
    assert words_of("Don't  STOP,\n(now): x_1!") == ["don", "t", "stop", "now", "x_1"]
    assert ngrams(["a", "b", "c", "d"], 3) == [("a", "b", "c"), ("b", "c", "d")]
    assert ngrams(["a", "b"], 3) == []


def test_a_run_of_thirteen_words_is_found_and_one_of_twelve_is_not() -> None:
    index = NgramIndex({"a/1": SENTENCE}, 13)
    assert index.shared_runs("zzz " + ", ".join(SENTENCE_WORDS[2:15]).upper() + " zzz") == [
        SharedRun(task_id="a/1", words=" ".join(SENTENCE_WORDS[2:15]), num_words=13)
    ]
    assert index.shared_runs(" ".join(SENTENCE_WORDS[2:14])) == []


def test_a_run_ends_at_a_gap_and_words_on_both_sides_of_it_make_none() -> None:
    index = NgramIndex({"a": SENTENCE, "b": "other words stand here in a row"}, 4)
    assert index.shared_runs(
        " ".join([*SENTENCE_WORDS[:5], "gap", *SENTENCE_WORDS[5:9], "gap", *SENTENCE_WORDS[9:12]])
    ) == [SharedRun(task_id="a", words=" ".join(SENTENCE_WORDS[:5]), num_words=5)]
    assert index.shared_runs(" ".join([*SENTENCE_WORDS[:3], "gap", *SENTENCE_WORDS[3:6]])) == []
    between = " ".join([*SENTENCE_WORDS[:4], "other words stand here", *SENTENCE_WORDS[4:8]])
    assert [(run.task_id, run.num_words) for run in index.shared_runs(between)] == [("a", 4), ("b", 4)]
    index = NgramIndex({"a": "p q r s and s t u v", "b": "q r s t u"}, 4)
    runs = [(run.task_id, run.words) for run in index.shared_runs("p q r s t u v")]
    assert runs == [("a", "p q r s"), ("b", "q r s t u")], "words of another problem are a gap, too"


def test_runs_are_those_of_trying_every_piece_of_the_text() -> None:
    generator = np.random.default_rng(0)
    vocabulary = np.array(list("abcd"))
    num_found = 0
    for _ in range(80):
        docstring, text = generator.choice(vocabulary, size=14).tolist(), generator.choice(vocabulary, size=24).tolist()
        runs = NgramIndex({"p": " ".join(docstring)}, 3).shared_runs(" ".join(text))
        assert [run.words.split() for run in runs] == [piece for piece in [longest_run(docstring, text, 3)] if piece]
        num_found += bool(runs)
    assert 20 < num_found < 80


def test_short_docstrings_and_rows_of_numbers_have_no_ngrams_and_a_shared_phrase_names_both_problems() -> None:
    numbers = " ".join(str(number) for number in range(40))
    index = NgramIndex({"short": "Add two numbers.", "numbers": numbers, "long": SENTENCE, "too": f"x {SENTENCE}"}, 13)
    assert index.shared_runs(f"{numbers} Add two numbers.") == []
    assert [(run.task_id, run.num_words) for run in index.shared_runs(SENTENCE)] == [
        ("long", len(SENTENCE_WORDS)),
        ("too", len(SENTENCE_WORDS)),
    ]


def test_a_stock_word_tells_less_until_many_texts_were_counted() -> None:
    shares = np.array([believed_share(word) for word in ("list", "7", "n", "bucket")])
    stock, number, letter, other = information_of(shares, np.zeros(4, dtype=np.int64), 0)
    assert stock == number == letter < other / 4
    rare, common = information_of(shares[[0, 3]], np.array([10, 90_000]), 100_000)
    assert common < 0.2
    assert rare > 7
