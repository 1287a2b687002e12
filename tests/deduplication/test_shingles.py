import random

import pytest
from tests.deduplication.sets import jaccard as sets_alike
from tests.deduplication.sets import runs_of

from hornbook.deduplication.shingles import Shingler, jaccard


@pytest.mark.parametrize("size", [1, 3, 5])
def test_the_similarity_is_that_of_the_sets_of_runs(size: int) -> None:
    chance = random.Random(size)
    shingler = Shingler(size)
    for _ in range(100):
        first, second = ([chance.choice("ab(c") for _ in range(chance.randrange(1, 40))] for _ in range(2))
        sets = runs_of(first, size), runs_of(second, size)
        hashed = [shingler.shingles_of(" ".join(words)) for words in (first, second)]
        assert [len(shingles) for shingles in hashed] == [len(one) for one in sets]
        assert jaccard(*hashed) == sets_alike(*sets)


def test_what_the_sizes_rule_out_is_not_compared() -> None:
    shingler = Shingler(1)
    small, large = shingler.shingles_of("a b"), shingler.shingles_of("a b c d")
    assert jaccard(small, large, at_least=0.5) == 0.5
    assert jaccard(small, large, at_least=0.51) == 0.0


def test_the_hashes_do_not_depend_on_what_was_seen_before() -> None:
    one, other = Shingler(2), Shingler(2)
    other.shingles_of("c b a")
    assert one.shingles_of("a b c").tolist() == other.shingles_of("a b c").tolist()
