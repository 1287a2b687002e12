from typing import Any

import pytest

from hornbook.decontamination.input_kinds import domain_of, kinds_of


@pytest.mark.parametrize(
    ("rows", "kinds"),
    [
        ([[[1, 2.5]], [[True]]], ("list[num]",)),
        ([[[]], [["a"]]], ("list[str]",)),
        ([[[]]], ("list[any]",)),
        ([[[1, "a"]]], ("list[any]",)),
        ([[(1, 2), {"a"}]], ("list[num]", "set[str]")),
        ([[{"a": [1]}], [{}]], ("dict[str, list[num]]",)),
        ([[None], [3]], ("num",)),
        ([[3], ["a"]], ("any",)),
    ],
)
def test_the_kind_is_that_of_all_inputs(rows: list[list[Any]], kinds: tuple[str, ...]) -> None:
    assert kinds_of(rows) == kinds


@pytest.mark.parametrize(
    ("inputs", "like", "unlike"),
    [
        ([[[1, 2, 5]], [[2, 3, 4, 9]]], [[1, 3]], [[3, 1]]),
        ([[[1, 5, 2]]], [[4, 2, 5]], [[-4, 2, 5]]),
        ([[[1, 5, 2]]], [[4, 2, 5]], [[4, 4, 2]]),
        ([["12"], ["3"]], ["45"], ["4a"]),
        ([["(())"]], ["()"], ["[]"]),
        ([[12]], [7], [13]),
        ([[12]], [7], [7.5]),
        ([[[1, 5, 2]]], [[4, 2]], [[]]),
    ],
)
def test_other_inputs_are_like_a_problems_own_if_nothing_about_them_is_new(
    inputs: list[list[Any]], like: list[Any], unlike: list[Any]
) -> None:
    domain = domain_of(inputs)
    assert domain.holds(domain_of([like]))
    assert not domain.holds(domain_of([unlike]))


def test_how_arguments_compare_belongs_to_the_domain() -> None:
    domain = domain_of([[[1, 4, 2], 2], [[5, 3, 7], 1]])
    assert domain.holds(domain_of([[[2, 1, 3], 2]]))
    assert not domain.holds(domain_of([[[2, 1], 2]]))
