import itertools

import pytest

from hornbook.benchmarks.humaneval import read_humaneval
from hornbook.decontamination.functions import functions_in, solution_of
from hornbook.decontamination.study import (
    NOTHING_GOES,
    equal_prunings,
    rate_label,
    similar_by_trees,
)
from hornbook.decontamination.syntax_trees import match_rate
from hornbook.decontamination.tree_index import MATCH_RATES
from hornbook.errors import ConfigError
from hornbook.records import Document, DocumentKind, Problem

PROBLEMS = read_humaneval()[:40]


def document(number: int, text: str) -> Document:
    return Document(id=f"document-{number}", kind=DocumentKind.EXERCISE, text=text)


def problem(name: str, solution: str) -> Problem:
    return Problem(
        task_id=f"own/{name}",
        prompt=f"def {name}(items):\n",
        entry_point=name,
        canonical_solution=solution,
        test="",
        category="",
    )


def shortened(one: Problem) -> str:
    """The solution without its last line but one, which brings the tree away from the problem's."""
    lines = (one.prompt + one.canonical_solution).rstrip().split("\n")
    return "\n".join([*lines[:-2], lines[-1]]) + "\n"


def test_the_pairs_are_those_of_a_search_through_all() -> None:
    texts = [text for one in PROBLEMS for text in (one.prompt + one.canonical_solution, shortened(one))]
    documents = [document(at, text) for at, text in enumerate([*texts, texts[0] + "\n\n" + texts[6], "no code ("])]
    expected: dict[str, list[tuple[str, str]]] = {rate_label(rate): [] for rate in MATCH_RATES}
    for one, asked, rate in itertools.product(documents, PROBLEMS, MATCH_RATES):
        solution = solution_of(asked)
        assert solution is not None
        near = [
            match_rate(function.tree, solution.tree)
            for function in functions_in(one.text)
            if len(solution.tree) >= 20 or (function.tree, function.name) == (solution.tree, asked.entry_point)
        ]
        if any(found >= rate for found in near):
            expected[rate_label(rate)].append((one.id, asked.task_id))
    found = similar_by_trees(documents, PROBLEMS, MATCH_RATES, min_tree_nodes=20)
    assert found == expected
    sizes = [len(found[rate_label(rate)]) for rate in MATCH_RATES]
    assert sizes == sorted(sizes)
    assert 40 < sizes[0] < sizes[-1]


def test_a_small_solution_is_similar_only_to_its_own_name_and_shape() -> None:
    small = problem("how_many", "    return len(items)\n")
    documents = [
        document(0, "def how_many(items):\n    return len(items)\n"),
        document(1, "def size_of(basket):\n    return len(basket)\n"),
        document(2, "def how_many(items):\n    return len(items) + 1\n"),
    ]
    found = similar_by_trees(documents, [small], (0.5,), min_tree_nodes=20)
    assert found == {"0.5": [("document-0", "own/how_many")]}
    assert len(similar_by_trees(documents, [small], (0.5,), min_tree_nodes=1)["0.5"]) == 3


def test_labels_by_which_the_same_documents_go_need_one_training_and_none_where_nothing_goes() -> None:
    similar = {
        "0.95": [],
        "0.9": [("x", "1"), ("y", "1")],
        "0.85": [("y", "2"), ("x", "1"), ("x", "2")],
        "0.8": [("x", "1")],
    }
    assert equal_prunings(similar) == {"0.95": NOTHING_GOES, "0.9": "0.9", "0.85": "0.9", "0.8": "0.8"}


@pytest.mark.parametrize("rate", [0.0, 1.01, -1.0])
def test_a_rate_outside_of_its_bounds_has_no_label(rate: float) -> None:
    with pytest.raises(ConfigError, match=r"`rates` must lie in \(0, 1\], got"):
        rate_label(rate)
