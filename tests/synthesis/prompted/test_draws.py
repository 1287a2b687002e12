from hornbook.synthesis.prompted.draws import draw_generator, draw_in_turn


def test_a_draw_depends_on_seed_purpose_and_index_alone() -> None:
    drawn = {
        (seed, purpose, index): draw_generator(seed, purpose, index).random()
        for seed in (0, 1)
        for purpose in ("a", "b")
        for index in (0, 1)
    }
    assert len(set(drawn.values())) == len(drawn)
    assert drawn == {key: draw_generator(*key).random() for key in reversed(drawn)}


def test_none_comes_twice_before_each_came_once_and_rounds_differ() -> None:
    entries = "abcdefghij"
    order = [draw_in_turn(entries, 3, "letter", index) for index in range(30)]
    rounds = [order[start : start + 10] for start in (0, 10, 20)]
    assert [sorted(one) for one in rounds] == [list(entries)] * 3
    assert len({"".join(one) for one in rounds}) == 3
    assert draw_in_turn(entries, 3, "letter", 17) == order[17]
    assert [draw_in_turn(entries, 4, "letter", index) for index in range(10)] != rounds[0]
