import random

from hornbook.decontamination.benchmark_inputs import arguments_of
from hornbook.decontamination.more_inputs import more_inputs

KNOWN = ["[1, 2, 5], 2", "[3, 4], 1", "[2, 6, 7, 8], 3"]


def more(known: list[str], number: int = 40, seed: int = 0) -> dict[str, int]:
    return more_inputs(known, number, random.Random(seed))


def test_those_that_break_no_habit_come_first() -> None:
    made = more(KNOWN)
    assert list(made.values()) == sorted(made.values())
    kept = [arguments_of(text) for text, broken in made.items() if broken == 0]
    assert len(kept) > 5
    for values, count in kept:
        assert values == sorted(set(values))
        assert count <= len(values)


def test_none_is_known_and_equal_seeds_make_the_same() -> None:
    assert not set(more(KNOWN)) & set(KNOWN)
    assert more(KNOWN) == more(KNOWN)
    assert list(more(KNOWN)) != list(more(KNOWN, seed=1))


def test_inputs_of_several_lengths_keep_to_their_kin() -> None:
    assert {len(arguments_of(text)) for text in more(["1, 2", "3", "4, 5", "6"])} == {1, 2}


def test_of_inputs_with_keywords_or_without_arguments_nothing_can_be_made() -> None:
    assert more(["1, k=3"]) == {}
    assert more([""]) == {}
    assert more([]) == {}


def test_where_few_inputs_are_possible_few_are_made() -> None:
    assert set(more(["True, None"])) == {"False, None"}
