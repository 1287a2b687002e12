import hashlib
import itertools

import numpy as np
import pyarrow as pa
import pytest
from tests.deduplication.sets import first_members, jaccard, runs_of

from hornbook.deduplication.exact import exact_groups, normalised_hash
from hornbook.deduplication.minhash import (
    MIN_RECALL,
    NearConfig,
    agreeing,
    band_keys,
    band_shape,
    near_duplicates,
    signatures_of,
    with_signature,
    with_tokens,
)
from hornbook.errors import ConfigError
from hornbook.parallel import collect, frame_of


def texts_with_edits(num_originals: int, seed: int) -> list[str]:
    """Random texts of 120 words, each with copies in which a word in 40, 20 or 10 is replaced."""
    generator = np.random.default_rng(seed)
    vocabulary = [f"w{number}" for number in range(500)]
    texts = []
    for _ in range(num_originals):
        words = generator.choice(vocabulary, size=120)
        texts.append(" ".join(words))
        for rate in (40, 20, 10):
            changed = np.where(generator.random(120) < 1 / rate, generator.choice(vocabulary, size=120), words)
            texts.append(" ".join(changed))
    generator.shuffle(texts)
    return texts


@pytest.mark.parametrize("threshold", [0.6, 0.8])
def test_clusters_are_those_of_comparing_all_pairs(threshold: float) -> None:
    texts = texts_with_edits(60, seed=1)
    config = NearConfig(threshold=threshold)
    shingles = [runs_of(text.split(), 5) for text in texts]
    pairs = itertools.combinations(range(len(texts)), 2)
    near = [(a, b) for a, b in pairs if jaccard(shingles[a], shingles[b]) >= threshold]
    expected = first_members(len(texts), near)
    result = near_duplicates(texts, config)
    assert len(near) > 20
    assert result.keepers == expected
    assert result.jaccard == {
        index: jaccard(shingles[index], shingles[keeper]) for index, keeper in enumerate(expected) if index != keeper
    }


def test_signatures_agree_as_often_as_the_shingles_do() -> None:
    texts = texts_with_edits(10, seed=2)
    table = pa.table({"row": range(len(texts)), "text": texts})
    signed = collect(with_signature(with_tokens(frame_of(table)), 512), sort_by="row", num_rows=len(table))
    assert signed.column("tokens").to_pylist() == texts
    signatures = signatures_of(signed)
    for a, b in itertools.combinations(range(len(texts)), 2):
        true = jaccard(runs_of(texts[a].split(), 5), runs_of(texts[b].split(), 5))
        assert (signatures[a] == signatures[b]).mean() == pytest.approx(true, abs=0.12)


def test_layout_is_no_difference_and_punctuation_is() -> None:
    texts = ["f(a,b)\nreturn  a+b", "f ( a , b ) return a + b", "f(a,b)\nreturn  a-b"]
    result = near_duplicates(texts, NearConfig(threshold=1.0))
    assert result.keepers == [0, 0, 2]
    assert result.jaccard == {1: 1.0}


def test_texts_shorter_than_a_shingle_and_empty_ones_are_compared_whole() -> None:
    assert near_duplicates(["a b", "a b", "a c", "", " "], NearConfig()).keepers == [0, 0, 2, 3, 3]
    assert near_duplicates([], NearConfig()).keepers == []


def test_a_pair_at_the_threshold_is_a_candidate_with_the_promised_probability() -> None:
    for threshold in (0.5, 0.8, 0.9, 0.95):
        num_bands, rows = band_shape(threshold, 128)
        assert num_bands * rows <= 128
        assert 1 - (1 - threshold**rows) ** num_bands >= MIN_RECALL
    assert band_shape(0.01, 16) == (16, 1)


def test_candidates_are_the_pairs_that_agree_in_a_whole_band() -> None:
    generator = np.random.default_rng(3)
    signatures = generator.integers(3, size=(40, 8), dtype=np.uint32)
    num_bands, rows = band_shape(0.8, 8)
    expected = {
        (a, b)
        for a, b in itertools.combinations(range(40), 2)
        for band in range(num_bands)
        if (signatures[a, band * rows : (band + 1) * rows] == signatures[b, band * rows : (band + 1) * rows]).all()
    }
    groups = [members.tolist() for keys in band_keys(signatures, 0.8) for members in agreeing(keys)]
    assert all(members == sorted(members) for members in groups)
    assert {pair for members in groups for pair in itertools.combinations(members, 2)} == expected


def test_a_wrong_threshold_is_named() -> None:
    for value in (0, 1.1):
        with pytest.raises(ConfigError, match="`threshold`"):
            NearConfig(threshold=value)


def test_indentation_counts_and_blank_lines_and_spaces_at_line_ends_do_not() -> None:
    assert exact_groups(["x", "y", "x\n", "", "y ", "\n\n"]) == [0, 1, 0, 3, 1, 3]
    texts = ["if a:\n    b()\nc()\n", "if a:\n    b()\n    c()\n", "if a:  \n\n\n    b()\nc()"]
    assert exact_groups(texts) == [0, 1, 0]
    assert normalised_hash("a = 1\n") == hashlib.sha256(b"a = 1").digest()
