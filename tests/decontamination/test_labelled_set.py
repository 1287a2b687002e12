import ast
import contextlib
import copy
import io
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from hornbook.decontamination.labelled_set import LabelledPair, LabelledProblem, PairKind, load_labelled_set

PROBLEMS, PAIRS = load_labelled_set()
BY_ID = {one.problem.task_id: one for one in PROBLEMS}


def last_function(source: str) -> Callable[..., Any]:
    names: dict[str, Any] = {}
    with contextlib.redirect_stdout(io.StringIO()):
        exec(source, names)  # Ours.
    name = [node.name for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)][-1]
    function: Callable[..., Any] = names[name]
    return function


def outputs_of(source: str, inputs: tuple[str, ...]) -> list[str]:
    function, seen = last_function(source), []
    for arguments in map(ast.literal_eval, inputs):
        try:
            seen.append(repr(function(*copy.deepcopy(arguments))))
        except Exception as error:
            seen.append(f"raises {type(error).__name__}")
    return seen


def answers(labelled: LabelledProblem) -> list[str]:
    return outputs_of(labelled.problem.prompt + labelled.problem.canonical_solution, labelled.inputs)


def test_there_are_more_than_two_hundred_pairs_half_of_them_leaks() -> None:
    assert len(PROBLEMS) == len(BY_ID) >= 40
    assert Counter(pair.kind for pair in PAIRS) == dict.fromkeys(PairKind, len(PROBLEMS))
    assert sum(kind.is_leak for kind in PairKind) == len(PairKind) / 2
    assert len({pair.text for pair in PAIRS}) == len(PAIRS)


@pytest.mark.parametrize("labelled", PROBLEMS, ids=lambda one: one.problem.entry_point)
def test_a_problem_answers_its_inputs_and_they_are_enough_to_tell(labelled: LabelledProblem) -> None:
    assert 8 <= len(labelled.inputs) <= 12
    found = answers(labelled)
    assert not any(one.startswith("raises") for one in found)
    assert len(set(found)) >= 3


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: f"{pair.task_id.removeprefix('labelled/')}-{pair.kind}")
def test_a_leak_computes_what_the_problem_asks_for_and_a_clean_record_does_not(pair: LabelledPair) -> None:
    labelled = BY_ID[pair.task_id]
    wanted, found = answers(labelled), outputs_of(pair.text, labelled.inputs)
    if pair.kind.is_leak:
        assert found == wanted
    else:
        different = sum(one != other for one, other in zip(found, wanted, strict=True))
        assert different >= (len(wanted) / 3 if pair.kind is PairKind.NEAR_MISS else 1)
