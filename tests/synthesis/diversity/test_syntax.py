import ast
import random

import pytest
from tests.synthesis.diversity.writers import exercise, varied, with_other_names

from hornbook.decontamination.syntax_trees import tree_of
from hornbook.synthesis.diversity.syntax import Syntax, code_blocks, read_syntax

SUM = (
    "def total(values: list[int]) -> int:\n    result = 0\n    for value in values:\n        result += value\n"
    "    return result\n"
)


def syntax(source: str) -> Syntax:
    found = read_syntax(source)
    assert found is not None
    return found


def test_shapes_are_equal_exactly_where_the_decontaminations_trees_are() -> None:
    rng = random.Random(1)
    exercises = [varied(rng) for _ in range(60)] + [with_other_names(rng) for _ in range(10)]
    sources = [one.prompt + one.solution for one in exercises]
    shapes = [syntax(source).shape for source in sources]
    trees = [tree_of(ast.parse(source)) for source in sources]
    assert [[a == b for b in shapes] for a in shapes] == [[a == b for b in trees] for a in trees]
    assert 30 < len(set(shapes)) < len(shapes)


@pytest.mark.parametrize(
    "same",
    [
        SUM.replace("result", "x").replace("value", "y").replace("total", "add_up"),
        SUM.replace("= 0", "= 17"),
        SUM.replace(": list[int]", "").replace(" -> int", ""),
        SUM.replace("    result = 0", '    """Add them up."""\n    result = 0  # from nothing'),
        "import math\nfrom typing import Any\n\n\n" + SUM,
    ],
    ids=["names", "constants", "type hints", "docstring and comment", "imports"],
)
def test_what_does_not_belong_to_the_shape_does_not_change_it(same: str) -> None:
    assert same != SUM
    assert syntax(same).shape == syntax(SUM).shape


@pytest.mark.parametrize("other", [SUM.replace("+=", "-="), SUM.replace("= 0", "= []"), SUM + "\n" + SUM])
def test_other_code_has_another_shape(other: str) -> None:
    assert syntax(other).shape != syntax(SUM).shape


@pytest.mark.parametrize(
    ("body", "branches"),
    [
        ("return x", 0),
        ("return x if x else 1", 1),
        ("return [y for y in x if y if y > 1]", 3),
        ("return x and y and z or w", 3),
        ("while x:\n        if x: break\n        elif y: pass\n    else: pass", 3),
        ("try: pass\n    except ValueError: pass\n    except TypeError: pass", 2),
        ("match x:\n        case 1: pass\n        case _: pass", 2),
    ],
)
def test_branches_are_the_decisions(body: str, branches: int) -> None:
    assert syntax(f"def f(x, y, z, w):\n    {body}\n").num_branches == branches


def test_functions_imports_and_the_docstring_are_named_in_order() -> None:
    source = (
        '"""A module."""\nimport os.path, re\nfrom collections import Counter\nfrom . import here\nimport re\n'
        'class A:\n    def b(self): pass\ndef c():\n    """Of c."""\n    import json\n    async def d(): pass\n'
    )
    found = syntax(source)
    assert found.functions == ("b", "c", "d")
    assert found.imports == ("os", "re", "collections", ".", "json")
    assert found.docstring == "Of c."
    assert syntax('"""A module."""\nx = 1\n').docstring == "A module."
    assert syntax("x = 1\n").docstring == ""


@pytest.mark.parametrize("source", ["def f(:", "x = '\0'", "(" * 500, "-" * 100_000 + "1"])
def test_what_does_not_parse_has_no_syntax(source: str) -> None:
    assert read_syntax(source) is None


def test_code_blocks_are_python_or_unnamed_and_sessions_lose_their_prompts() -> None:
    prose = (
        "One:\n```python\nx = 1\n```\ntwo\n```\n>>> y = 2\n>>> y\n2\n```\n  ```py\n  z = 3\n  ```\n```bash\nls\n```\n"
    )
    assert code_blocks(prose) == ["x = 1\n", "y = 2\ny", "z = 3\n"]
    assert code_blocks("no code") == []


def test_an_exercise_of_one_shape_under_many_names() -> None:
    rng = random.Random(2)
    made = [with_other_names(rng) for _ in range(5)]
    assert len({syntax(one.prompt + one.solution).shape for one in made}) == 1
    assert len({exercise(one.prompt, one.solution).id for one in made}) == 5
