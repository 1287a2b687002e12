"""Find the modules of a text that are to be run, where a function stands, and what its parameters may stand for."""

import ast
from collections import Counter
from collections.abc import Sequence

from hornbook.decontamination.functions import FENCED_CODE, ReadText, parse
from hornbook.records import Problem

_FEWEST_LETTERS = 3


def modules_of(text: ReadText) -> list[str]:
    """The text itself where it is a module, else its fenced blocks that are; none where there is no function."""
    if not text.functions:
        return []
    if text.functions[0].source == text.text:
        return [text.text]
    return [block for block in FENCED_CODE.findall(text.text) if parse(block) is not None]


def name_of(path: str) -> str:
    """The function's own name; `path` has its class before it, if any."""
    return path.rpartition(".")[2]


def num_of_name(text: ReadText) -> Counter[str]:
    """How many functions of each name there are, those included that cannot be called by themselves."""
    return Counter(function.name for function in text.functions)


def window_of(text: ReadText, path: str) -> tuple[int, int]:
    """First character of the last function of that name, and the one after its last; the whole text if it has none."""
    found = [function for function in text.functions if function.name == name_of(path)]
    return text.window_of(found[-1]) if found else (0, len(text.text))


def parameters_of(problem: Problem) -> tuple[str, ...]:
    """Names of the parameters of the problem's function, by their place."""
    tree = parse(problem.prompt + problem.canonical_solution)
    for node in tree.body if tree is not None else ():
        if isinstance(node, ast.FunctionDef) and node.name == problem.entry_point:
            return tuple(one.arg for one in [*node.args.posonlyargs, *node.args.args])
    return ()


def may_stand_for(own: Sequence[str], order: Sequence[int], parameters: Sequence[str]) -> bool:
    """Whether a function's parameters may be given a problem's arguments in this order.

    A parameter that has the name of one of the problem's is that one, unless the name is so short that it says nothing:
    `surplus(stock, wanted)` is not `shortage(stock, wanted)` because it would be with its arguments exchanged.
    """
    if list(order) == sorted(order):
        return True
    return not any(
        len(name) >= _FEWEST_LETTERS and name in parameters and parameters.index(name) != place
        for name, place in zip(own, order, strict=False)
    )
