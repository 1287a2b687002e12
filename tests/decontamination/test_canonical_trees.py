import ast
import random
import statistics
import sysconfig
from pathlib import Path

import pytest
from tests.decontamination.idiom_pairs import DIFFERENT, SAME, Function, rates

from hornbook.decontamination.canonical_trees import canonical_tree_of
from hornbook.decontamination.functions import parse
from hornbook.decontamination.syntax_trees import match_rate, near_trees, tree_of

NUM_FILES = 60


def function_of(lines: str) -> Function:
    """A function with this body, one statement a line or separated by `|`."""
    body = "\n".join(f"    {line}" for line in lines.replace(" | ", "\n").split("\n"))
    function = ast.parse(f"def f(a, b, xs, ys, d, s):\n{body}\n").body[0]
    assert isinstance(function, Function)
    return function


def tree(lines: str) -> str:
    return canonical_tree_of(function_of(lines))


def loop(start: str, *steps: str) -> str:
    lines = "".join(f" | {'    ' * (depth + 1)}{step}" for depth, step in enumerate(steps))
    return f"r = {start} | for x in xs:{lines} | return r"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        # Comprehensions, generators, `map`, `filter` and the loops with an accumulator.
        ("return [g(x) for x in xs if x]", loop("[]", "if x:", "r.append(g(x))")),
        ("return {g(x) for x in xs}", loop("set()", "r.add(g(x))")),
        ("return {x: g(x) for x in xs}", loop("{}", "r[x] = g(x)")),
        ("return dict((x, g(x)) for x in xs)", loop("dict()", "r[x] = g(x)")),
        ("return list(map(lambda x: x * a, xs))", loop("[]", "r.append(x * a)")),
        ("return list(map(g, xs))", loop("[]", "r += [g(x)]")),
        ("return list(filter(lambda x: x > a, xs))", loop("list()", "if a < x:", "r = r + [x]")),
        ("return list(filter(None, xs))", "return [x for x in xs if x]"),
        ("return sum(x * a for x in xs if x != b)", loop("0", "if x != b:", "r += x * a")),
        ("return sum(xs)", loop("0", "r = r + x")),
        ("return sum(1 for x in xs if x > a)", loop("0", "if x > a:", "r += 1")),
        ("return len([x for x in xs if x > a])", "return sum(1 for x in xs if x > a)"),
        ("return sum(x > a for x in xs)", "return sum(1 for x in xs if x > a)"),
        ("return ''.join(g(x) for x in xs)", loop("''", "r += g(x)")),
        ("return max(g(x) for x in xs)", loop("None", "r = max(r, g(x))")),
        ("return min(xs)", loop("xs[0]", "if x < r:", "r = x")),
        ("return max(xs)", loop("None", "if r is None or x > r:", "r = x")),
        ("return any(g(x) for x in xs)", "for x in xs: |     if g(x): |         return True | return False"),
        ("return all(g(x) for x in xs)", "for x in xs: |     if not g(x): |         return False | return True"),
        ("return not any(g(x) for x in xs)", "return all(not g(x) for x in xs)"),
        ("return any(g(x) for x in xs)", loop("False", "if g(x):", "r = True")),
        ("return a in xs", "return any(x == a for x in xs)"),
        ("return a > 0 and all(g(x) for x in xs)", "if a <= 0: |     return False | return all(g(x) for x in xs)"),
        ("return [y for x in xs for y in x]", loop("[]", "r.extend(x)")),
        ("return [sum(x) for x in xs]",
         "r = [] | for x in xs: |     t = 0 |     for y in x: |         t += y |     r.append(t) | return r"),
        ("t = [g(x) for x in xs] | return [h(y) for y in t]", "return [h(g(x)) for x in xs]"),
        ("yield from (g(x) for x in xs)", "for x in xs: |     yield g(x)"),
        ("return sorted(x for x in xs if x)", "r = [x for x in xs if x] | r.sort() | return r"),
        ("return list(reversed(xs))", "return xs[::-1]"),
        # Assignments.
        ("a = a + b | return a", "a += b | return a"),
        ("a = b * a | return a", "a *= b | return a"),
        ("a: int = b | return a + a", "a = b | return a + a"),
        ("x, y = a, b | return x * x + y * y", "x = a | y = b | return x * x + y * y"),
        ("a, b = b, a | return a", "t = a | a = b | b = t | return a"),
        ("y = g(a) | return y", "return g(a)"),
        ("y = g(a) | z = h(b) | return y - z", "return g(a) - h(b)"),
        ("d[a] = d.get(a, 0) + 1", "if a in d: |     d[a] += 1 | else: |     d[a] = 1"),
        ("d[a] = d.get(a, 0) + 1", "if a not in d: |     d[a] = 0 | d[a] += 1"),
        # Comparisons and truth.
        ("return a > b", "return b < a"),
        ("return not a == b", "return a != b"),
        ("return a < b < s", "return a < b and b < s"),
        ("return not (a and b)", "return not a or not b"),
        ("return not (a < b or a in xs)", "return a >= b and a not in xs"),
        ("return len(xs) == 0", "return not xs"),
        ("return 0 == a", "return a == 0"),
        ("if len(xs) > 0: |     g()", "if xs: |     g()"),
        ("if a % 2: |     g()", "if a % 2 == 1: |     g()"),
        ("return a == 1 or a == 2", "return a in (1, 2)"),
        ("return g(a) and b", "return b and g(a)"),
        # Branches.
        ("if g(): |     return a | else: |     return b + 1", "return a if g() else b + 1"),
        ("if g(): |     return a | return b + 1", "if not g(): |     return b + 1 | return a"),
        ("if a < b: |     return True | return False", "return a < b"),
        ("if a < b: |     return False | else: |     return True", "return a >= b"),
        ("if a: |     if b: |         g()", "if a and b: |     g()"),
        ("if a: |     r = 1 | elif b: |     r = 2 | else: |     r = 3 | return r",
         "if a: |     return 1 | if b: |     return 2 | return 3"),
        ("for x in xs: |     if not x: |         continue |     g(x)", "for x in xs: |     if x: |         g(x)"),
        ("if a: |     x = 1 | else: |     x = b | return x * x", "x = 1 if a else b | return x * x"),
        # Loops.
        ("for i in range(len(xs)): |     g(xs[i])", "for x in xs: |     g(x)"),
        ("for i in range(len(xs)): |     g(i, xs[i])", "for i, x in enumerate(xs): |     g(i, x)"),
        ("for i, x in enumerate(xs): |     g(x)", "for x in xs: |     g(x)"),
        ("for i in range(min(len(xs), len(ys))): |     g(xs[i], ys[i])", "for x, y in zip(xs, ys): |     g(x, y)"),
        ("i = 0 | while i < a: |     g(i) |     i += 1", "for i in range(a): |     g(i)"),
        ("i = 1 | while i <= a: |     g(i) |     i = i + 1", "for i in range(1, a + 1): |     g(i)"),
        ("for k in d: |     g(k, d[k])", "for k, v in d.items(): |     g(k, v)"),
        ("for k in d.keys(): |     g(k)", "for k in d: |     g(k)"),
        ("for x in xs: |     if g(x): |         break | else: |     return 1 | return b",
         "t = True | for x in xs: |     if g(x): |         t = False |         break | if t: |     return 1"
         " | return b"),
        # Text.
        ("return f'{a} and {b}'", "return str(a) + ' and ' + str(b)"),
        ("return f'{a} and {b}'", "return '{} and {}'.format(a, b)"),
        ("return f'{a} and {b}'", "return '%s and %s' % (a, b)"),
    ],
)  # fmt: skip
def test_two_idioms_of_one_thing_have_equal_trees(first: str, second: str) -> None:
    assert tree(first) == tree(second)
    assert tree_of(function_of(first)) != tree_of(function_of(second))


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("return any(g(x) for x in xs)", "return all(g(x) for x in xs)"),
        ("return any(g(x) for x in xs)", "return not any(g(x) for x in xs)"),
        ("return sum(xs)", "return max(xs)"),
        ("return max(xs)", "return min(xs)"),
        ("return sum(xs)", "return len(xs)"),
        ("return sum(x for x in xs if x > a)", "return sum(1 for x in xs if x > a)"),
        ("return [x for x in xs if x > a]", "return {x for x in xs if x > a}"),
        ("return [x for x in xs if x > a]", "return [x for x in xs if x < a]"),
        ("return [x for x in xs if x > a]", "return [x > a for x in xs]"),
        ("return [y for x in xs for y in x]", "return [sum(x) for x in xs]"),
        ("return s.upper()", "return s.lower()"),
        ("return sorted(xs)", "return reversed(xs)"),
        ("return a - b < 0", "return a - b > 0"),
        ("return a < b", "return a <= b"),
        ("return a < b", "return b < a"),
        ("return a and b", "return a or b"),
        ("return g(a) - b", "return b - g(a)"),
        ("return a == 1 or b == 2", "return a in (1, 2)"),
        (loop("''", "r = r + x * a"), loop("''", "r = x * a + r")),
        (loop("[]", "r.append(x)"), loop("[]", "r.insert(0, x)")),
        ("a, b = b, a + b | return a", "a = b | b = a + b | return a"),
        ("for i in range(len(xs)): |     xs[i] = g(xs[i])", "for x in xs: |     g(x)"),
        ("for i in range(len(xs) - 1): |     g(xs[i])", "for x in xs: |     g(x)"),
        ("i = 0 | while i < a: |     g(i) |     i += b", "for i in range(a): |     g(i)"),
        ("for x in xs: |     if g(x): |         break |     h(x)", "for x in xs: |     if not g(x): |         h(x)"),
        ("r = g() | h() | return r", "h() | return g()"),
        ("d[a] = d.get(b, 0) + 1", "if a in d: |     d[a] += 1 | else: |     d[a] = 1"),
    ],
)
def test_different_computations_have_different_trees(first: str, second: str) -> None:
    assert tree(first) != tree(second)


def test_names_constants_hints_and_docstrings_do_not_count() -> None:
    first = ast.parse("def f(a: int) -> list:\n    'Doc.'\n    return [x + 1 for x in a]").body[0]
    second = ast.parse("@cache\ndef g(numbers):\n    return [number + 27 for number in numbers]").body[0]
    assert isinstance(first, Function)
    assert isinstance(second, Function)
    assert canonical_tree_of(first) == canonical_tree_of(second)


def test_one_computation_in_two_idioms_comes_near_and_like_shapes_do_not() -> None:
    same, different = rates(SAME, canonical_tree_of), rates(DIFFERENT, canonical_tree_of)
    assert len(SAME) >= 25
    assert len(DIFFERENT) >= 25
    assert statistics.median(same) > 0.95
    assert statistics.median(different) <= statistics.median(rates(DIFFERENT, tree_of))
    assert sum(rate > 0.9 for rate in same) >= 0.75 * len(same)
    assert max(different) < 0.9


def test_trees_serve_the_comparison_of_many() -> None:
    trees = [canonical_tree_of(first) for first, _ in SAME]
    others = [canonical_tree_of(second) for _, second in SAME]
    found = {(match.tree, match.problem) for match in near_trees(trees, others, 0.9)}
    expected = {(a, b) for a, x in enumerate(trees) for b, y in enumerate(others) if match_rate(x, y) >= 0.9}
    assert found == expected
    assert len(found) >= 20


def test_functions_of_the_standard_library_stay_as_they_are_and_their_trees_are_the_same_twice() -> None:
    files = sorted(Path(sysconfig.get_paths()["stdlib"]).rglob("*.py"))
    num_functions = 0
    for path in random.Random(7).sample(files, NUM_FILES):
        module = parse(path.read_text(encoding="utf8", errors="replace"))
        if module is None:
            continue
        functions = [node for node in ast.walk(module) if isinstance(node, Function)]
        before = ast.dump(module)
        trees = [canonical_tree_of(function) for function in functions]
        assert ast.dump(module) == before
        assert trees == [canonical_tree_of(function) for function in functions]
        assert all(trees)
        num_functions += len(trees)
    assert num_functions > 200


@pytest.mark.parametrize(
    "body",
    [
        "return " + " + ".join(["a"] * 800),
        "return " + " + ".join(["'a'"] * 800),
        "return " + "not " * 800 + "a",
        "return a" + ".b()" * 800,
        "return " + "(" * 60 + "a and not (b or " * 20 + "a" + ")" * 80,
        "return " + "[" * 90 + "a" + " for x in xs]" * 90,
        "return " + "sum(" * 90 + "xs" + ")" * 90,
        "return " + "a if b else " * 300 + "s",
        "if a: |     b = 1" + " | elif a: |     b = 2" * 300,
        " | ".join(["if a: |     return b"] * 300),
        " | ".join("    " * depth + "for x in xs:" for depth in range(19)) + " | " + "    " * 19 + "pass",
        "return " + " < ".join(["a"] * 1000),
    ],
    ids=[
        "sum",
        "text",
        "not",
        "calls",
        "and-or",
        "comprehensions",
        "folds",
        "choices",
        "elif",
        "guards",
        "loops",
        "chain",
    ],
)
def test_deeply_nested_texts_do_no_harm(body: str) -> None:
    module = parse(f"def f(a, b, xs, s):\n    {body}\n".replace(" | ", "\n    "))
    assert module is not None
    assert canonical_tree_of(module.body[0])  # type: ignore[arg-type]
