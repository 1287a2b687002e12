import numpy as np

from hornbook.decontamination.ngrams import NgramIndex, SharedRun, ngrams, words_of

SENTENCE = "the quick brown fox jumps over the lazy dog while seven cats watch it from a wall"
WORDS = SENTENCE.split()


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
    assert index.shared_runs("zzz " + ", ".join(WORDS[2:15]).upper() + " zzz") == [
        SharedRun(task_id="a/1", words=" ".join(WORDS[2:15]), num_words=13)
    ]
    assert index.shared_runs(" ".join(WORDS[2:14])) == []


def test_a_run_ends_at_a_gap_and_words_on_both_sides_of_it_make_none() -> None:
    index = NgramIndex({"a": SENTENCE, "b": "other words stand here in a row"}, 4)
    assert index.shared_runs(" ".join([*WORDS[:5], "gap", *WORDS[5:9], "gap", *WORDS[9:12]])) == [
        SharedRun(task_id="a", words=" ".join(WORDS[:5]), num_words=5)
    ]
    assert index.shared_runs(" ".join([*WORDS[:3], "gap", *WORDS[3:6]])) == []
    between = " ".join([*WORDS[:4], "other words stand here", *WORDS[4:8]])
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
        ("long", len(WORDS)),
        ("too", len(WORDS)),
    ]
