import pickle
from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from hornbook.decontamination.docstrings import DocstringConfig, DocstringIndex, pieces_of
from hornbook.decontamination.frequencies import no_frequencies
from hornbook.decontamination.functions import read_text
from hornbook.decontamination.labelled_set import PairKind, load_labelled_set
from hornbook.decontamination.matches import Detector
from hornbook.errors import ConfigError
from hornbook.records import Problem

TOLD = "Find the crate that the porter carried up the most stairs."
RETOLD = "Up how many stairs was every crate carried by its porter? The one with the most is returned."
OTHER = "Polish the brass of the ship before the captain wakes."


class Letters:
    """An encoder of another kind: how often each letter occurs, without any word."""

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        rows = np.array([[text.lower().count(letter) for letter in "abcdefghijklmnopqrstuvwxyz"] for text in texts])
        lengths = np.linalg.norm(rows, axis=1, keepdims=True)
        return (rows / np.maximum(lengths, 1e-9)).astype(np.float32)


def problem(told: str, name: str = "solve") -> Problem:
    return Problem(
        task_id=f"t/{name}",
        prompt=f'def {name}(a):\n    """{told}"""\n',
        entry_point=name,
        canonical_solution="    return a\n",
        test="",
        category="",
    )


def exercise(told: str, name: str = "answer") -> str:
    return f'def {name}(x):\n    """{told}"""\n    return x\n'


def test_a_docstring_in_another_order_of_words_is_near() -> None:
    index = DocstringIndex([problem(OTHER), problem(TOLD)], DocstringConfig(min_score=0.4))
    texts = [exercise("Wait for the tide."), exercise(OTHER) + "\n\n" + exercise(RETOLD, "stairs")]
    found = index.matches([read_text(text) for text in texts])
    assert [(match.text, match.problem, match.function) for match in found] == [(1, 0, "answer"), (1, 1, "stairs")]
    assert [match.detector for match in found] == [Detector.DOCSTRING] * 2
    assert found[0].score > found[1].score
    start, end = found[1].window
    assert texts[1][start:end].strip() == exercise(RETOLD, "stairs").strip()
    assert RETOLD in found[1].evidence


def test_the_same_name_and_docstring_have_one() -> None:
    [match] = DocstringIndex([problem(TOLD)], DocstringConfig()).matches([read_text(exercise(TOLD, "solve"))])
    assert match.score == pytest.approx(1.0, abs=1e-4)


def test_pieces_are_docstrings_with_the_comment_above_and_what_stands_between_functions() -> None:
    prose = " ".join(f"word{at}" for at in range(100))
    text = (
        f"# {prose}\nWEIGHT = 3\n\n# A crate is heavy.\n\n\n@cache\ndef weigh(a):\n    '''Weigh it.'''\n    return a\n"
    )
    pieces = list(pieces_of(read_text(text), 80))
    assert [piece.function for piece in pieces] == ["weigh", "", ""]
    assert "A crate is heavy." in pieces[0].words
    assert "Weigh it." in pieces[0].words
    assert pieces[1].words.split()[0] == "word0"
    assert pieces[1].words.split()[-1] == "word79"
    assert pieces[2].words.split()[0] == "word40"
    assert all(text[slice(*piece.window)] == piece.words for piece in pieces[1:])


def test_every_word_outside_of_functions_is_in_a_piece() -> None:
    for num_words in (4, 79, 80, 81, 119, 120, 121, 500):
        text = ", ".join(f"word{at}" for at in range(num_words)) + ", and so (on"
        pieces = list(pieces_of(read_text(text), 80))
        assert {f"word{at}" for at in range(num_words)} <= {
            word.strip(",") for piece in pieces for word in piece.words.split()
        }
        assert all(len(piece.words.split()) <= 80 for piece in pieces)


def test_a_task_told_in_prose_is_found_where_it_stands() -> None:
    filling = " ".join(f"Chapter {at} tells of the sea (and of gulls." for at in range(300))
    text = f"{filling} {RETOLD} {filling}"
    [match] = DocstringIndex([problem(TOLD)], DocstringConfig(window_words=30)).matches([read_text(text)])
    assert match.function == ""
    assert "every crate carried" in text[slice(*match.window)]


def test_functions_without_words_and_no_problems_are_no_match() -> None:
    assert DocstringIndex([], DocstringConfig()).matches([read_text(exercise(TOLD))]) == []
    assert DocstringIndex([problem(TOLD)], DocstringConfig()).matches([read_text(""), read_text("def f(): pass")]) == []


def test_the_parts_in_which_texts_are_counted_and_read_change_nothing() -> None:
    labelled, pairs = load_labelled_set()
    problems = [one.problem for one in labelled]
    texts = [read_text(pair.text) for pair in pairs]
    config = DocstringConfig()
    first = DocstringIndex(problems, config)
    parts = [texts[:7], [], texts[7:200], texts[200:]]
    counted = sum(map(first.count, parts), no_frequencies(config.vectors.num_columns))
    assert counted.counts.tolist() == first.count(texts).counts.tolist()
    index = pickle.loads(pickle.dumps(DocstringIndex(problems, config, counted)))
    whole = DocstringIndex(problems, config, first.count(texts)).matches(texts)
    by_part = [(match.problem, match.score, match.window) for part in parts for match in index.matches(part)]
    assert by_part == [(match.problem, match.score, match.window) for match in whole]


def test_every_renamed_leak_is_nearest_to_its_own_problem() -> None:
    labelled, pairs = load_labelled_set()
    problems = [one.problem for one in labelled]
    renamed = [pair for pair in pairs if pair.kind is PairKind.RENAMED]
    nearest: dict[int, tuple[float, int]] = {}
    for match in DocstringIndex(problems, DocstringConfig(min_score=0.1)).matches([read_text(p.text) for p in renamed]):
        nearest[match.text] = max(nearest.get(match.text, (0.0, -1)), (match.score, match.problem))
    right = [problems[nearest[at][1]].task_id == pair.task_id for at, pair in enumerate(renamed) if at in nearest]
    assert sum(right) >= 38


def test_another_encoder_takes_the_place_of_the_words() -> None:
    index = DocstringIndex([problem(TOLD, "x"), problem(OTHER, "x")], DocstringConfig(min_score=0.99), None, Letters())
    anagram = "".join(reversed(TOLD))
    [match] = index.matches([read_text(exercise(anagram, "x"))])
    assert match.problem == 0
    assert match.score == pytest.approx(1.0, abs=1e-4)


@pytest.mark.parametrize(("name", "value"), [("min_score", 0.0), ("window_words", 7)])
def test_a_config_that_cannot_be_names_its_field(name: str, value: float) -> None:
    with pytest.raises(ConfigError, match=f"`{name}`.*{value}"):
        DocstringConfig(**{name: value})
