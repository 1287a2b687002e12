"""Pairs of small functions: of one computation in two idioms, and of two computations of like shape.

`python tests/decontamination/idiom_pairs.py` prints how near their trees are by the plain and by the canonical rate;
so for tasks of the curriculum. With `--standard-library` its functions are compared with HumanEval's solutions too.
"""

import argparse
import ast
import random
import statistics
import sys
import sysconfig
import time
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any
from unittest import mock

from hornbook.benchmarks.humaneval import read_humaneval
from hornbook.decontamination import canonical_blocks, canonical_expressions, canonical_names, canonical_trees
from hornbook.decontamination.canonical_trees import canonical_tree_of
from hornbook.decontamination.functions import parse, solution_of
from hornbook.decontamination.syntax_trees import match_rate, near_trees, tree_of
from hornbook.synthesis.curriculum.idioms import Idiom, write_solution
from hornbook.synthesis.curriculum.sampler import Composition, bind, draw_composition
from hornbook.synthesis.curriculum.world import build_world

MIN_TREE_NODES = 20
NUM_TASKS = 400
STEPS = (1, 7, 19, 43, 101)
WRITERS = {"plain": tree_of, "canonical": canonical_tree_of}
OTHERS = {"site-packages", "test", "tests", "idle_test", "lib2to3"}
GROUPS: dict[str, tuple[ModuleType, str, Callable[..., Any]]] = {
    "`map`, `filter`, folds of what is no generator": (canonical_expressions, "_call", lambda node: node),
    "comparisons": (canonical_expressions, "_comparison", lambda node: node),
    "members": (canonical_expressions, "_membership", lambda node: node),
    "text": (canonical_expressions, "_formatted", lambda node: node),
    "branches": (canonical_blocks, "_branched", lambda node, rest, in_loop: [node, *rest]),
    "loops over indices and counters": (canonical_blocks, "looped", lambda node, rest, before: [node, *rest]),
    "assignments": (canonical_blocks, "canonical_statements", lambda statement: [statement]),
    "folding where a list is filled": (canonical_names, "_fold", lambda *_: None),
    "joining loops": (canonical_names, "_join_loops", lambda *_: None),
    "temporaries": (canonical_names, "_without_temporaries", lambda *_: None),
    "flags": (canonical_names, "_without_flags", lambda *_: None),
    "leaving out beginnings": (canonical_trees, "without_beginnings", lambda *_: None),
}
FOLDER = Path(__file__).parent

Function = ast.FunctionDef | ast.AsyncFunctionDef
Pair = tuple[Function, Function]


def pairs_of(name: str) -> list[Pair]:
    """The functions of a file, two and two; between two pairs stand two empty lines."""
    pairs = []
    for text in (FOLDER / name).read_text(encoding="utf8").split("\n\n\n"):
        first, second = (node for node in ast.parse(text).body if isinstance(node, Function))
        pairs.append((first, second))
    return pairs


SAME = pairs_of("one_computation.txt")
DIFFERENT = pairs_of("like_shape.txt")


def rates(pairs: list[Pair], write: Callable[[Function], str]) -> list[float]:
    """The match rate of each pair."""
    return [match_rate(write(first), write(second)) for first, second in pairs]


def curriculum_pairs(seed: int) -> tuple[list[Pair], list[Pair], list[Composition]]:
    """Tasks of the curriculum with and without loops; each against five others; the tasks' compositions."""
    world, rng = build_world(), random.Random(seed)
    names = sorted(world.operations)
    same: list[Pair] = []
    compositions: list[Composition] = []
    while len(same) < NUM_TASKS:
        operations = draw_composition(world, rng.choice((1, 2, 3)), rng.choice(names), rng)
        task = bind(operations, rng) if operations else None
        if task is None or task.owner is not None:
            continue
        idioms = Idiom.LOOPS, rng.choice((Idiom.EXPRESSION, Idiom.FUNCTIONAL))
        bodies = [body for idiom in idioms if (body := write_solution(task, "f", idiom, rng)) is not None]
        heading = f"def f({', '.join(argument.name for argument in task.arguments)}):\n"
        functions = [node for body in bodies for node in ast.parse(heading + body).body if isinstance(node, Function)]
        if len(functions) == 2 and len(tree_of(functions[0])) >= MIN_TREE_NODES:
            same.append((functions[0], functions[1]))
            compositions.append(task.composition)
    other = [
        (same[at][0], same[(at + step) % NUM_TASKS][which])
        for at in range(NUM_TASKS)
        for step in STEPS
        for which in (0, 1)
        if compositions[at] != compositions[(at + step) % NUM_TASKS]
    ]
    return same, other, compositions


def standard_library() -> list[Function]:
    """The functions of the standard library, tests left out."""
    functions: list[Function] = []
    for path in sorted(Path(sysconfig.get_paths()["stdlib"]).rglob("*.py")):
        module = parse(path.read_text(encoding="utf8", errors="replace")) if OTHERS.isdisjoint(path.parts) else None
        if module is not None:
            functions += [node for node in ast.walk(module) if isinstance(node, Function)]
    return functions


def solutions() -> list[Function]:
    """HumanEval's canonical solutions of at least so many nodes."""
    found = []
    for problem in read_humaneval():
        solution = solution_of(problem)
        module = parse(problem.prompt + problem.canonical_solution)
        if solution is not None and module is not None and len(solution.tree) >= MIN_TREE_NODES:
            found += [node for node in module.body if isinstance(node, Function) and node.lineno == solution.first_line]
    return found


def _print_pairs(label: str, pairs: list[Pair]) -> None:
    for rate, write in WRITERS.items():
        found = rates(pairs, write)
        above = [f"{sum(value > limit for value in found)} of {len(found)}" for limit in (0.8, 0.9, 0.95)]
        print(f"| {label} | {rate} | {statistics.median(found):.2f} | {' | '.join(above)} |")


def _print_nearest(pairs: list[Pair], tasks: list[Composition]) -> None:
    """How near each task's loops come to another task without loops, at the nearest."""
    for rate, write in WRITERS.items():
        trees, others = [write(first) for first, _ in pairs], [write(second) for _, second in pairs]
        found = near_trees(trees, others, 0.8)
        found = [match for match in found if tasks[match.tree] != tasks[match.problem]]
        near = [len({match.tree for match in found if match.rate > limit}) for limit in (0.8, 0.9, 0.95)]
        print(f"| curriculum, the nearest other task | {rate} | | {' | '.join(f'{n} of {len(pairs)}' for n in near)} |")


def _print_without(sets: list[list[Pair]]) -> None:
    print("\n| taken out | idioms | like shape | curriculum, idioms | curriculum, two tasks |\n|---|---|---|---|---|")
    for label, (module, name, replacement) in {"nothing": (time, "time", time.time), **GROUPS}.items():
        with mock.patch.object(module, name, replacement):
            shares = [statistics.mean(rate > 0.9 for rate in rates(pairs, canonical_tree_of)) for pairs in sets]
        print(f"| {label} | {' | '.join(f'{share:.1%}' for share in shares)} |")


def _print_standard_library(show: bool) -> None:
    functions, problems = standard_library(), solutions()
    print(f"\n{len(functions)} functions, {len(problems)} solutions\n")
    print("| rate | pairs >= 0.8 | >= 0.9 | >= 0.8, canonical tree large enough too |\n|---|---|---|---|")
    sizes = [len(canonical_tree_of(problem)) for problem in problems]
    for rate, write in WRITERS.items():
        start = time.process_time()
        trees = [write(function) for function in functions]
        seconds = time.process_time() - start
        found = near_trees(trees, [write(problem) for problem in problems], 0.8)
        large = sum(sizes[match.problem] >= MIN_TREE_NODES for match in found)
        print(f"| {rate} | {len(found)} | {sum(match.rate >= 0.9 for match in found)} | {large} |")
        print(f"{len(functions) / seconds:.0f} functions per second", file=sys.stderr)
        for match in sorted(found, key=lambda match: -match.rate) if show else ():
            print(f"\n{match.rate:.2f}")
            print(ast.unparse(problems[match.problem]), ast.unparse(functions[match.tree]), sep="\n--\n")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--standard-library", action="store_true", help="compare it with HumanEval as well")
    parser.add_argument("--without", action="store_true", help="measure without each group of forms")
    parser.add_argument("--show", action="store_true", help="print the near pairs of the standard library")
    arguments = parser.parse_args()
    print("| pairs | rate | median | above 0.8 | above 0.9 | above 0.95 |\n|---|---|---|---|---|---|")
    _print_pairs("one computation, two idioms", SAME)
    _print_pairs("two computations, like shape", DIFFERENT)
    same, other, compositions = curriculum_pairs(seed=5)
    _print_pairs("curriculum, one task with and without loops", same)
    _print_pairs("curriculum, two tasks", other)
    _print_nearest(same, compositions)
    if arguments.without:
        _print_without([SAME, DIFFERENT, same, other])
    if arguments.standard_library:
        _print_standard_library(arguments.show)
