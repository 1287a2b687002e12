from hornbook.report.excerpts import by_turns, spread


def test_items_are_spread_from_the_first_to_the_last() -> None:
    assert spread(range(101), 5) == [0, 25, 50, 75, 100]
    assert spread([1, 2], 5) == [1, 2]
    assert spread([1, 2, 3], 1) == [1]
    assert spread([1, 2, 3], 0) == []
    assert spread([], 3) == []


def test_groups_take_turns() -> None:
    groups = ["a"] * 10 + ["b"] * 2 + ["c"]
    assert [groups[index] for index in by_turns(groups, 5)] == ["a", "b", "c", "a", "b"]
    assert len(set(by_turns(groups, 13))) == len(by_turns(groups, 13))
    assert by_turns([], 4) == []
    assert by_turns(groups, 0) == []


def test_every_item_is_chosen_where_all_are_asked_for_of_one_group() -> None:
    assert by_turns(["a"] * 4, 4) == [0, 1, 2, 3]
