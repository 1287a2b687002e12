import ast
import builtins
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from tests.decontamination.own_problems import problem_of

from hornbook.benchmarks.humaneval import read_humaneval
from hornbook.decontamination.functions import Function, read_text
from hornbook.decontamination.planted import LeakKind, PlantConfig, leak_text, plant, still_solving
from hornbook.decontamination.rewrite import (
    MOST_MATCH_RATE,
    MOST_SHARED_WORDS,
    in_another_idiom,
    renamed,
    reworded,
)
from hornbook.decontamination.trees import match_rate
from hornbook.errors import ConfigError
from hornbook.records import Document, DocumentKind, Problem
from hornbook.sandbox.jail import Jail

PROBLEMS = read_humaneval()[::10]
OWN = problem_of(
    (
        "def middle_pairs(rows, limit):\n"
        '    """Return the pairs of numbers in `rows` whose sum is below `limit`. A pair has two numbers.\n\n'
        "    Args:\n"
        "        rows: Pairs.\n"
        "        limit: A number.\n\n"
        "    >>> middle_pairs([(1, 2), (3, 4)], 5)\n"
        "    [(1, 2)]\n"
        '    """\n'
    ),
    body="    # Look at each.\n    return [(a, b) for a, b in rows if a + b < limit]\n",
    name="middle_pairs",
    task_id="own/1",
    test="def check(candidate):\n    assert candidate([(1, 2), (3, 4)], 5) == [(1, 2)]\n",
)
TEXT = OWN.prompt + OWN.canonical_solution
LOOPS = {
    "a loop that gathers": "out = []\nfor x in xs:\n    if x > 1:\n        out.append(x * 2)\nreturn out",
    "two generators": "return sorted(x * y for x in xs for y in xs if x != y)",
    "a set and a mapping": "return sorted({x % 3 for x in xs}), {x: x * x for x in xs}",
    "a loop that goes on": "total = 0\nfor x in xs:\n    if x == 2:\n        continue\n    total -= x\nreturn total",
    "a loop that stops": "for i, x in enumerate(xs):\n    if x == 2:\n        break\nelse:\n    return -1\nreturn i",
    "branches": "if len(xs) < 2:\n    return 0\nelif xs[0] >= 3:\n    return 1\nelse:\n    return 2",
    "a choice": "return min(xs) if xs and not sum(xs) <= 4 else max(xs, default=7)",
    "a nested function": "def double(x):\n    return [x, x]\nreturn [double(x) for x in xs]",
}

Made = dict[LeakKind, list[tuple[Problem, str]]]


@pytest.fixture(scope="module")
def made() -> Made:
    """A leak of each kind of every tenth problem of HumanEval, where there can be one."""
    found: Made = {kind: [] for kind in LeakKind}
    for at, problem in enumerate(PROBLEMS):
        for kind in LeakKind:
            text = leak_text(problem, kind, random.Random(at))
            if text is not None:
                found[kind].append((problem, text))
    return found


def own(kind: LeakKind, seed: int = 0) -> str:
    text = leak_text(OWN, kind, random.Random(seed))
    assert text is not None
    return text


def function_of(text: str) -> Function:
    return read_text(text).functions[-1]


def exercise(number: int, kind: DocumentKind = DocumentKind.EXERCISE) -> Document:
    return Document(id=f"document-{number}", kind=kind, text=f"def of_{number}(x):\n    return x + {number}\n")


def test_leaks_of_every_kind_can_be_made_of_most_problems_and_still_solve_them(jail: Jail, made: Made) -> None:
    for kind, leaks in made.items():
        failed = [one.task_id for (one, _), solves in zip(leaks, still_solving(leaks, jail), strict=True) if not solves]
        assert len(leaks) > len(PROBLEMS) * 0.8, kind
        assert len(failed) <= 1, (kind, failed)
    for problem, text in made[LeakKind.RENAMED]:
        stayed = bound_names(text) & bound_names(problem.prompt + problem.canonical_solution)
        assert stayed <= set(dir(builtins)), problem.task_id
    for problem, text in made[LeakKind.PARAPHRASED]:
        old, new = (
            " . ".join(one.docstring for one in read_text(each).functions)
            for each in (problem.prompt + problem.canonical_solution, text)
        )
        assert not runs(old) & runs(new), problem.task_id


def test_a_docstring_is_told_in_other_words_and_that_of_a_helper_goes() -> None:
    for text in ("def f(x):\n    return x\n", 'def f(x):\n    """Do it."""\n    return x\n', "def f(:"):
        assert reworded(text, "f") is None
    told = reworded('def helped(x):\n    """Do it."""\n\n\n' + TEXT, OWN.entry_point)
    assert told is not None
    helper, function = read_text(told).functions
    assert (helper.docstring, function.tree) == ("", function_of(TEXT).tree)


def test_each_kind_leaves_what_it_is_named_for() -> None:
    assert own(LeakKind.VERBATIM) == TEXT
    verbatim, renamed_, paraphrased, restructured, retold = (function_of(own(kind)) for kind in LeakKind)
    assert renamed_.tree == paraphrased.tree == verbatim.tree
    assert [">>>" in one.docstring for one in (renamed_, restructured, paraphrased, retold)] == [
        True,
        True,
        False,
        False,
    ]
    for one in (restructured, retold):
        assert match_rate(one.tree, verbatim.tree) < MOST_MATCH_RATE
    for kind in LeakKind:
        assert ("middle_pairs" in own(kind)) == ("limit" in own(kind)) == (kind is LeakKind.VERBATIM), kind
        assert own(kind, seed=3) == own(kind, seed=3)
    assert own(LeakKind.RENAMED) != own(LeakKind.RENAMED, seed=1)


def test_names_that_are_used_in_another_way_stay() -> None:
    text = (
        "import os\n\n\nclass Box:\n    size = 1\n\n"
        "    def fill(self, amount):\n        return self.size + amount\n\n\n"
        "def add(x, y, *, step=1):\n    try:\n        return os.sep * x\n    except ValueError as error:\n"
        "        return add(y, x, step=step)\n"
    )
    new = renamed(text, "add", random.Random(0))
    assert new is not None
    assert all(name in new for name in ("import os", "os.sep", "size", "fill", "error", "step=step", "self"))
    assert bound_names(new).isdisjoint({"add", "x", "y"})
    assert renamed("import os\n", "f", random.Random(0)) is renamed("def f(:", "f", random.Random(0)) is None
    text = (
        'def add(x, y):\n    """We add two numbers with `add`.\n    >>> add(1, 2)\n    3\n    """\n    return x + y\n'
    )
    function = function_of(renamed(text, "add", random.Random(0)) or "")
    assert f"We add two numbers with `{function.name}`.\n>>> {function.name}(1, 2)" in function.docstring


@pytest.mark.parametrize("name", LOOPS)
def test_another_idiom_computes_the_same(name: str) -> None:
    source = "def f(xs):\n" + "".join(f"    {line}\n" for line in LOOPS[name].splitlines())
    told = in_another_idiom(source, "f")
    assert told is not None
    for arguments in ([], [1], [2, 5], [3, 1, 2], [4, 4, 2, 0], [1, 2, 3]):
        assert loaded(told)(list(arguments)) == loaded(source)(list(arguments)), told
    assert match_rate(function_of(told).tree, function_of(source).tree) < MOST_MATCH_RATE
    assert in_another_idiom("def f(xs):\n    return xs\n", "f") is None


def test_leaks_go_round_the_problems_and_the_kinds_among_the_exercises_which_stay_in_order(jail: Jail) -> None:
    documents = [*(exercise(at, DocumentKind.CODE) for at in range(50)), *(exercise(at) for at in range(50, 100))]
    config = PlantConfig(num_leaks=12, num_copies=3)
    problems = [replace(OWN, task_id=f"own/{at}") for at in range(9)]
    first, again, other = (plant(documents, problems, config, random.Random(seed), jail) for seed in (0, 0, 1))
    assert first == again != other
    planted, leaks = first
    by_problem: dict[str, Counter[LeakKind]] = {}
    for leak in leaks:
        by_problem.setdefault(leak.task_id, Counter())[leak.kind] += 1
    assert sorted(map(len, by_problem.values())) == [4, 4, 4]
    assert {number for kinds in by_problem.values() for number in kinds.values()} == {3}
    ids = {leak.document_id for leak in leaks}
    assert len(ids) == len(leaks) == 36
    assert set(Counter(one.text for one in planted if one.id in ids).values()) <= {3, 6, 9}
    assert [one for one in planted if one.id not in ids] == documents
    places = [at for at, one in enumerate(planted) if one.id in ids]
    assert min(places) >= 50
    assert max(places) - min(places) > 36, "they stand in one row"
    for fields in ({"num_leaks": 0}, {"num_leaks": 1, "num_copies": 0}):
        with pytest.raises(ConfigError, match=f"`{list(fields)[-1]}`"):
            PlantConfig(**fields)
    with pytest.raises(ConfigError, match=r"at most 10.*got 11"):
        plant([], problems[:2], PlantConfig(num_leaks=11), random.Random(0), jail)


def test_only_what_still_solves_the_problem_is_planted_and_the_problem_itself(jail: Jail) -> None:
    """The problem's own solution looks at the names of its variables, so that no leak with other names passes."""
    body = "    rows = [row for row in rows if sum(row) < limit]\n    return rows if 'rows' in locals() else None\n"
    problem = replace(OWN, canonical_solution=body)
    _, leaks = plant([exercise(1)], [problem], PlantConfig(num_leaks=5), random.Random(0), jail)
    assert [leak.kind for leak in leaks] == [LeakKind.VERBATIM] * 5


def bound_names(source: str) -> set[str]:
    nodes = list(ast.walk(ast.parse(source)))
    stored = {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    functions = {node.name for node in nodes if isinstance(node, ast.FunctionDef)}
    return stored | functions | {node.arg for node in nodes if isinstance(node, ast.arg)}


def runs(text: str) -> set[str]:
    """Of more words in a row than may stay, by another way than the code's."""
    words = "".join(one if one.isalnum() or one == "_" else " " for one in text.lower()).split()
    size = MOST_SHARED_WORDS + 1
    return {" ".join(words[start : start + size]) for start in range(len(words) - size + 1)}


def loaded(source: str) -> Callable[[list[int]], Any]:
    namespace: dict[str, Any] = {}
    exec(source, namespace)
    function: Callable[[list[int]], Any] = namespace["f"]
    return function
