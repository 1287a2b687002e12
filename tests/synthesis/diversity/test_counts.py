import random

from hornbook.synthesis.diversity.counts import CompactMap
from hornbook.synthesis.diversity.keys import key_of


def test_it_answers_as_a_dict_does() -> None:
    rng = random.Random(5)
    compact, plain = CompactMap(), dict[int, int]()
    for _ in range(20_000):
        key = rng.choice([rng.randrange(1, 300), rng.randrange(1, 2**64), 64 * rng.randrange(1, 300)])
        assert compact.get(key, 7) == plain.get(key, 7)
        value = rng.randrange(2**32)
        assert compact.exchange(key, value, 7) == plain.get(key, 7)
        plain[key] = value
    assert len(compact) == len(plain)
    assert all(compact.get(key, -1) == value for key, value in plain.items())
    assert sorted(compact.values().tolist()) == sorted(plain.values())


def test_an_entry_takes_a_few_bytes() -> None:
    compact = CompactMap()
    for number in range(50_000):
        compact.exchange(key_of(str(number)), number, 0)
    assert compact.num_bytes <= 36 * len(compact)
