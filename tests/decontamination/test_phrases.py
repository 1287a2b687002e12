import pickle
import random
from dataclasses import replace
from itertools import pairwise

import pytest
from tests.decontamination.labelled_once import LABELLED, PAIRS

from hornbook.decontamination import phrases
from hornbook.decontamination.frequencies import no_frequencies
from hornbook.decontamination.functions import ReadText, read_text
from hornbook.decontamination.labelled_set import PairKind
from hornbook.decontamination.matches import Detector, Match
from hornbook.decontamination.ngrams import NgramIndex, words_of
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


def problem(told: str, name: str = "solve") -> Problem:
    return Problem(
        task_id=f"t/{name}",
        prompt=f'def {name}(a):\n    """{told}"""\n',
        entry_point=name,
        canonical_solution="    return a\n",
        test="",
        category="",
    )


def exercise(told: str) -> ReadText:
    return read_text(f'def answer(x):\n    """{told}"""\n    return x\n')


def scores(index: PhraseIndex, *texts: str) -> list[float]:
    found = {match.text: match.score for match in index.matches([read_text(text) for text in texts])}
    return [found.get(at, 0.0) for at in range(len(texts))]


def index_of(*told: str, size: int = NGRAM_SIZE, texts: list[ReadText] | None = None) -> PhraseIndex:
    problems = [problem(one) for one in told]
    counted = PhraseIndex(problems, size).count(texts) if texts is not None else None
    return PhraseIndex(problems, size, counted)


@pytest.fixture
def low(monkeypatch: pytest.MonkeyPatch) -> None:
    """To see scores that are no match."""
    monkeypatch.setattr(phrases, "MIN_SCORE", 0.01)


def test_what_copies_the_whole_description_has_one_whatever_its_line_breaks_and_examples() -> None:
    wrapped = TOLD.replace(". ", ".\n    # ").upper()
    index = index_of(TOLD + "\n    >>> solve(3)\n    4")
    assert scores(index, TOLD, wrapped, "Nothing of all this.") == pytest.approx([1.0, 1.0, 0.0])


def test_the_match_says_where_it_is_and_what_is_shared() -> None:
    words = words_of(TOLD)
    text = f'import math\n\n\ndef answer(x):\n    """Hello. {TOLD}"""\n    return x\n'
    [match] = index_of(TOLD).matches([read_text(text)])
    assert text[slice(*match.window)] == TOLD.removesuffix(".")
    assert match == Match(
        text=0,
        problem=0,
        detector=Detector.NGRAM,
        score=match.score,
        evidence=f'{len(words)} of {len(words)} words, "{" ".join(words)}"',
        function="answer",
        window=match.window,
    )


def test_the_evidence_is_the_longest_run_and_none_across_a_gap() -> None:
    words = words_of(TOLD)
    text = " ".join([*words[:16], "something", "else", *words[16:26], "and", "more", *words[26:]])
    [match] = index_of(TOLD).matches([read_text(text)])
    assert match.evidence == f'{len(words)} of {len(words)} words, "{" ".join(words[:16])}"'
    assert text[slice(*match.window)] == text


@pytest.mark.usefixtures("low")
def test_thirteen_shared_words_of_another_task_are_little() -> None:
    index = index_of(TOLD)
    plain = NgramIndex({"t": TOLD}, 13).shared_runs(OTHER)
    assert [run.num_words for run in plain] == [19]
    [same, other] = scores(index, TOLD, OTHER)
    assert same == 1
    assert 0 < other < 0.5


@pytest.mark.usefixtures("low")
def test_a_phrase_of_many_texts_weighs_less_than_one_of_a_single_text() -> None:
    said = "the strain of a crate is the number of stairs that the porter has climbed with it so far"
    others = [exercise(f"Tell {said}, and {at} more.") for at in range(300)]
    [before] = scores(index_of(TOLD, texts=[exercise(said)]), OTHER)
    [after] = scores(index_of(TOLD, texts=others), OTHER)
    assert after < 0.2 * before


@pytest.mark.usefixtures("low")
def test_a_phrase_of_several_problems_weighs_less_where_nothing_was_counted() -> None:
    others = [f"Take boat {name}. The strain of a crate is the number of stairs, in all." for name in "abcdefgh"]
    assert scores(index_of(TOLD, *others), OTHER)[0] < 0.8 * scores(index_of(TOLD), OTHER)[0]


def test_a_description_that_was_copied_into_most_texts_is_still_the_problems_own() -> None:
    copies = [exercise(TOLD)] * 2_000 + [exercise(f"Count the pears of tree {at}.") for at in range(1_000)]
    assert scores(index_of(TOLD, texts=copies), TOLD, OTHER)[0] == pytest.approx(1.0)


@pytest.mark.usefixtures("low")
def test_a_description_of_stock_words_alone_proves_nothing() -> None:
    stock = "Return the sum of a list of integers."
    assert scores(index_of(stock), stock)[0] < 0.4


def test_the_whole_docstring_is_a_copy_even_of_stock_words_alone() -> None:
    told = "Return the length of the string.\n    >>> solve('ab')\n    2\n    "
    index = PhraseIndex([problem(told)])
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


def test_renamed_leaks_are_found_and_the_parts_in_which_texts_are_counted_and_read_change_nothing() -> None:
    problems = [one.problem for one in LABELLED]
    texts = [read_text(pair.text) for pair in PAIRS]
    first = PhraseIndex(problems)
    parts = [texts[:7], [], texts[7:200], texts[200:]]
    counted = sum(map(first.count, parts), no_frequencies(first.num_features))
    assert counted.counts.tolist() == first.count(texts).counts.tolist()
    index = pickle.loads(pickle.dumps(PhraseIndex(problems, NGRAM_SIZE, counted)))
    whole = PhraseIndex(problems, NGRAM_SIZE, first.count(texts)).matches(texts)
    by_part = [(match.problem, match.score, match.window) for part in parts for match in index.matches(part)]
    assert by_part == [(match.problem, match.score, match.window) for match in whole]
    own = {match.text for match in whole if problems[match.problem].task_id == PAIRS[match.text].task_id}
    assert sum(PAIRS[at].kind is PairKind.RENAMED for at in own) >= 38
    assert not any(PAIRS[at].kind is PairKind.UNRELATED for at in own)


def test_no_problems_no_words_and_rows_of_numbers_are_never_found() -> None:
    numbers = " ".join(str(number) for number in range(60))
    assert index_of().matches([read_text(TOLD)]) == []
    assert scores(index_of(numbers, ""), numbers, "", TOLD) == [0, 0, 0]


def test_counts_of_another_index_are_refused() -> None:
    with pytest.raises(ValueError, match="features for an index"):
        PhraseIndex([problem(TOLD)], NGRAM_SIZE, PhraseIndex([problem(OTHER)]).count([]))


def test_a_description_ends_where_the_examples_begin() -> None:
    told = "Weigh the crates on the scale.\n"
    for examples in (">>> weigh(1)\n2", "Examples:\nweigh(1) is 2", "For example, weigh(1) is 2", "  e.g. weigh(1)"):
        assert description_of(told + examples) == told
    assert description_of("Give an example of a crate.") == "Give an example of a crate."


def test_a_docstring_of_nothing_but_examples_is_its_own_description() -> None:
    docstring = "Weigh.\n>>> weigh(1)\n2\n"
    assert description_of(docstring) == docstring


def test_where_no_docstring_can_be_read_the_prompt_is_taken() -> None:
    assert docstring_of(problem("Weigh a.")) == "Weigh a."
    for prompt in ("def weigh(a):\n    # Weigh a.\n", "def weigh(a:\n"):
        assert docstring_of(replace(problem(""), prompt=prompt)) == prompt


def test_the_smallest_function_with_most_of_a_window_is_named() -> None:
    read = read_text(TWO)
    for phrase, name in (("Weigh a.", "outer"), ("which is in a", "inner"), ("return c", "other")):
        start = TWO.index(phrase)
        assert function_around(read, (start, start + len(phrase))) == name


def test_a_window_that_is_mostly_outside_of_functions_has_none() -> None:
    text = "# " + "something about crates " * 10 + "\ndef weigh(a):\n    return a\n"
    read = read_text(text)
    assert function_around(read, (0, text.index("return"))) == ""
