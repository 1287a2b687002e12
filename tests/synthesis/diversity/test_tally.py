import random
from collections import Counter

from hornbook.synthesis.diversity.tally import Tally


def test_counts_and_the_commonest_are_those_of_a_counter() -> None:
    rng = random.Random(3)
    drawn = [f"kind {int(rng.paretovariate(0.7))}" for _ in range(5_000)]
    tally, counter = Tally(), Counter[str]()
    for name in drawn:
        assert tally.add_name(name) == counter[name]
        counter[name] += 1
    assert tally.total == 5_000
    assert len(tally) == len(counter)
    assert tally.counts().tolist() == sorted(counter.values(), reverse=True)
    assert tally.common(8) == sorted(counter.items(), key=lambda item: (-item[1], item[0]))[:8]


def test_what_came_once_is_not_common() -> None:
    tally = Tally()
    for name in ("a", "b", "c", "b"):
        tally.add_name(name)
    assert tally.common(5) == [("b", 2)]
    assert Tally().common(5) == []
