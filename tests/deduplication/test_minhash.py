import itertools
import random

import numpy as np
import pyarrow as pa
import pytest
from tests.deduplication.sets import jaccard as set_jaccard
from tests.deduplication.sets import runs_of

from hornbook.deduplication.minhash import (
    MIN_RECALL,
    Shingler,
    agreeing,
    band_keys,
    band_shape,
    jaccard,
    signatures_of,
    with_signature,
    with_tokens,
)
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


def test_signatures_agree_as_often_as_the_shingles_do() -> None:
    texts = texts_with_edits(10, seed=2)
    table = pa.table({"row": range(len(texts)), "text": texts})
    signed = collect(with_signature(with_tokens(frame_of(table)), 512), sort_by="row", num_rows=len(table))
    assert signed.column("tokens").to_pylist() == texts
    signatures = signatures_of(signed)
    for a, b in itertools.combinations(range(len(texts)), 2):
        true = set_jaccard(runs_of(texts[a].split(), 5), runs_of(texts[b].split(), 5))
        assert (signatures[a] == signatures[b]).mean() == pytest.approx(true, abs=0.12)


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


@pytest.mark.parametrize("size", [1, 3, 5])
def test_the_similarity_is_that_of_the_sets_of_runs(size: int) -> None:
    chance = random.Random(size)
    shingler = Shingler(size)
    for _ in range(100):
        first, second = ([chance.choice("ab(c") for _ in range(chance.randrange(1, 40))] for _ in range(2))
        sets = runs_of(first, size), runs_of(second, size)
        hashed = [shingler.shingles_of(" ".join(words)) for words in (first, second)]
        assert [len(shingles) for shingles in hashed] == [len(one) for one in sets]
        assert jaccard(*hashed) == set_jaccard(*sets)


def test_what_the_sizes_rule_out_is_not_compared() -> None:
    shingler = Shingler(1)
    small, large = shingler.shingles_of("a b"), shingler.shingles_of("a b c d")
    assert jaccard(small, large, at_least=0.5) == 0.5
    assert jaccard(small, large, at_least=0.51) == 0.0


def test_the_hashes_do_not_depend_on_what_was_seen_before() -> None:
    one, other = Shingler(2), Shingler(2)
    other.shingles_of("c b a")
    assert one.shingles_of("a b c").tolist() == other.shingles_of("a b c").tolist()
