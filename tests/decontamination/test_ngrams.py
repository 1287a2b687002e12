import numpy as np

from hornbook.decontamination.ngrams import NgramIndex, SharedRun, words_of

SENTENCE = "the quick brown fox jumps over the lazy dog while seven cats watch it from a wall"
WORDS = SENTENCE.split()


def brute_force(docstring: list[str], text: list[str], size: int) -> int:
    """Length of the longest run that both share, if at least `size`."""
    return max(
        (
            length
            for length in range(size, len(docstring) + 1)
            for a in range(len(docstring) - length + 1)
            for b in range(len(text) - length + 1)
            if docstring[a : a + length] == text[b : b + length]
        ),
        default=0,
    )


def test_case_and_punctuation_do_not_count() -> None:
    assert words_of("Don't  STOP,\n(now): x_1!") == ["don", "t", "stop", "now", "x_1"]


def test_a_run_of_thirteen_words_is_found_and_one_of_twelve_is_not() -> None:
    index = NgramIndex({"a/1": " ".join(WORDS)}, 13)
    assert index.shared_runs("zzz " + ", ".join(WORDS[2:15]).upper() + " zzz") == [
        SharedRun(task_id="a/1", words=" ".join(WORDS[2:15]), num_words=13)
    ]
    assert index.shared_runs(" ".join(WORDS[2:14])) == []
    assert index.shared_runs(" ".join(WORDS))[0].num_words == len(WORDS)


def test_runs_are_those_of_comparing_everything() -> None:
    generator = np.random.default_rng(0)
    vocabulary = np.array(list("abcd"))
    for _ in range(60):
        docstring, text = (generator.choice(vocabulary, size=14).tolist() for _ in range(2))
        runs = NgramIndex({"p": " ".join(docstring)}, 3).shared_runs(" ".join(text))
        longest = brute_force(docstring, text, 3)
        # A run that joins two places of the docstring may be longer than any that stands in it.
        assert (runs[0].num_words if runs else 0) >= longest
        assert bool(runs) == bool(longest)


def test_short_docstrings_and_rows_of_numbers_have_no_ngrams() -> None:
    numbers = " ".join(str(number) for number in range(40))
    index = NgramIndex({"short": "Add two numbers.", "numbers": numbers, "long": " ".join(WORDS)}, 13)
    assert index.num_indexed == 1
    assert index.shared_runs(numbers) == []


def test_two_problems_with_one_phrase_are_both_named() -> None:
    phrase = " ".join(WORDS)
    runs = NgramIndex({"a": phrase, "b": "x " + phrase}, 5).shared_runs(phrase)
    assert [(run.task_id, run.num_words) for run in runs] == [("a", len(WORDS)), ("b", len(WORDS))]
