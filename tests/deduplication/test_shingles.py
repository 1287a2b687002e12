import random

import pytest

from hornbook.deduplication.shingles import Shingler, jaccard


def runs(words: list[str], size: int) -> set[tuple[str, ...]]:
    return {tuple(words[start : start + size]) for start in range(max(len(words) - size + 1, 1))}


@pytest.mark.parametrize("size", [1, 3, 5])
def test_the_similarity_is_that_of_the_sets_of_runs(size: int) -> None:
    chance = random.Random(size)
    shingler = Shingler(size)
    for _ in range(300):
        first, second = ([chance.choice("ab(c") for _ in range(chance.randrange(1, 40))] for _ in range(2))
        sets = runs(first, size), runs(second, size)
        hashed = [shingler.shingles_of(" ".join(words)) for words in (first, second)]
        assert [len(shingles) for shingles in hashed] == [len(one) for one in sets]
        assert jaccard(*hashed) == len(sets[0] & sets[1]) / len(sets[0] | sets[1])


def test_what_the_sizes_rule_out_is_not_compared() -> None:
    shingler = Shingler(1)
    small, large = shingler.shingles_of("a b"), shingler.shingles_of("a b c d")
    assert jaccard(small, large, at_least=0.5) == 0.5
    assert jaccard(small, large, at_least=0.51) == 0.0


def test_the_hashes_do_not_depend_on_what_was_seen_before() -> None:
    one, other = Shingler(2), Shingler(2)
    other.shingles_of("c b a")
    assert one.shingles_of("a b c").tolist() == other.shingles_of("a b c").tolist()
