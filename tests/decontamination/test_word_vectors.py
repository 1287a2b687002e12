import random

import numpy as np
import pytest

from hornbook.decontamination.frequencies import Frequencies
from hornbook.decontamination.word_vectors import WordVectorConfig, WordVectors, stem
from hornbook.errors import ConfigError

TEXTS = [
    "Sort the crates by weight, the heaviest first.",
    "The crates are sorted by their weights; heaviest first!",
    "Tell how many sailors polish the brass.",
    "heaviestCrate sort_by_weight",
    "",
]


def cosines(vectors: WordVectors, texts: list[str]) -> np.ndarray:
    rows = vectors.encode(texts)
    return np.asarray((rows @ rows.T).todense())


def test_endings_and_the_writing_of_identifiers_do_not_count() -> None:
    assert stem("Sorted") == stem("sorting") == stem("sorts") == stem("sort")
    assert stem("stopped") == stem("stop")
    assert stem("is") == "is"
    found = cosines(WordVectors(WordVectorConfig(pair_weight=0.0)), TEXTS)
    assert found[0, 1] > 0.9
    assert found[0, 3] > 0.8
    assert found[0, 2] < 0.1


def test_rows_have_length_one_and_no_words_make_no_row() -> None:
    lengths = np.diag(cosines(WordVectors(WordVectorConfig()), TEXTS))
    assert lengths == pytest.approx([1, 1, 1, 1, 0], abs=1e-5)


def test_a_row_is_the_same_whatever_is_beside_it() -> None:
    vectors = WordVectors(WordVectorConfig())
    together = vectors.encode(TEXTS).toarray()
    for row, text in zip(together, TEXTS, strict=True):
        assert np.array_equal(vectors.encode([text]).toarray()[0], row)


def test_pairs_of_neighbours_set_apart_what_has_the_same_words() -> None:
    texts = ["crate porter attic quay", "quay porter crate attic"]
    assert cosines(WordVectors(WordVectorConfig(pair_weight=0.0)), texts)[0, 1] == pytest.approx(1, abs=1e-5)
    assert cosines(WordVectors(WordVectorConfig(pair_weight=1.0)), texts)[0, 1] < 0.7


def test_pairs_do_not_reach_from_one_text_into_the_next() -> None:
    vectors = WordVectors(WordVectorConfig())
    rows = vectors.encode(["crate porter", "attic quay"])
    assert np.diff(rows.indptr).tolist() == [3, 3]


def test_words_of_many_texts_count_little() -> None:
    config = WordVectorConfig(pair_weight=0.0)
    texts = ["crate porter", "crate sailor"]
    counted = WordVectors(config).count([f"crate number{at}" for at in range(1_000)])
    before = cosines(WordVectors(config), texts)[0, 1]
    after = cosines(WordVectors(config, counted), texts)[0, 1]
    assert before == pytest.approx(0.5, abs=1e-5)
    assert after < 0.05


def test_counts_are_those_of_counting_words_in_every_text() -> None:
    generator = random.Random(0)
    words = [f"{a}{b}" for a in ("kel", "mur", "pav") for b in ("nak", "tov")]
    texts = [" ".join(generator.choices(words, k=5)) for _ in range(50)]
    vectors = WordVectors(WordVectorConfig())
    counted = vectors.count(texts)
    half = WordVectorConfig().num_columns // 2
    by_hand = sorted(sum(word in text.split() for text in texts) for word in words)
    assert counted.num_texts == 50
    assert sorted(count for count in counted.counts[:half].tolist() if count) == by_hand
    parts = vectors.count(texts[:20]) + vectors.count([]) + vectors.count(texts[20:])
    assert parts.counts.tolist() == counted.counts.tolist()


def test_what_does_not_fit_together_is_refused() -> None:
    with pytest.raises(ValueError, match="3 columns"):
        WordVectors(WordVectorConfig(), Frequencies(num_texts=0, counts=np.zeros(3, dtype=np.int64)))
    for name, value in (("num_columns", 3), ("pair_weight", 1.5)):
        with pytest.raises(ConfigError, match=f"`{name}`.*{value}"):
            WordVectorConfig(**{name: value})
