import pytest
from tests.decontamination.own_problems import problem_of

from hornbook.benchmarks.humaneval import read_humaneval
from hornbook.decontamination.behaviour import may_stand_for
from hornbook.decontamination.functions import read_text, solution_of

PASSAGE = '''# Sums

```python
def total(items):
    """Add."""
    return sum(items)
```

Broken, and no code:

```python
def broken(:
```

```
class Box:
    def size(self): return 1
```
'''


def test_functions_are_found_inside_classes_functions_and_the_fenced_blocks_that_parse() -> None:
    source = "class A:\n    def m(self):\n        def inner(): pass\n\nasync def f():\n    'Doc.'\n"
    read = read_text(source)
    assert read.modules == (source,)
    assert [(function.name, function.docstring) for function in read.functions] == [
        ("f", "Doc."),
        ("m", ""),
        ("inner", ""),
    ]
    passage = read_text(PASSAGE)
    assert [module.split(":")[0] for module in passage.modules] == ["def total(items)", "class Box"]
    assert [function.name for function in passage.functions] == ["total", "size"]
    assert read_text("No code at all, only (words).").functions == ()


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_function_knows_where_it_stands(end: str) -> None:
    source = end.join(["import os", "", "class A:", "    def m(self):", "        return '\f'", "", "x = 2"])
    [method] = read_text(source).functions
    first, last = method.window
    assert source[first:last] == f"    def m(self):{end}        return '\f'{end}"
    [_, size] = read_text(PASSAGE).functions
    assert PASSAGE[slice(*size.window)] == "    def size(self): return 1\n"


def test_the_solution_is_the_function_or_the_method_that_the_prompt_leaves_open() -> None:
    assert all(found is not None and found.docstring for found in map(solution_of, read_humaneval()))
    prompt = 'class Box:\n    def put(self):\n        return 1\n\n    def size(self):\n        """Measure."""\n'
    body = "        def inner():\n            return 2\n\n        return inner()\n"
    solution = solution_of(problem_of(prompt, body, name="Box"))
    assert solution is not None
    assert (solution.name, solution.docstring) == ("size", "Measure.")
    words = "Tell how many of a class are there.\n\n```python\ndef how_many(pupils):\n"
    assert solution_of(problem_of(words, "    return len(pupils)\n```\n", name="")) is None


@pytest.mark.parametrize(
    ("own", "order", "parameters", "may"),
    [
        (("held", "bought"), (1, 0), ("stock", "wanted"), True),
        (("wanted", "stock"), (1, 0), ("stock", "wanted"), True),
        (("stock", "wanted"), (1, 0), ("stock", "wanted"), False),
        (("wanted", "held"), (0, 1), ("stock", "wanted"), True),
        (("a", "b"), (1, 0), ("a", "b"), True),
    ],
)
def test_names_speak_against_another_order_of_the_parameters(
    own: tuple[str, ...], order: tuple[int, ...], parameters: tuple[str, ...], may: bool
) -> None:
    assert may_stand_for(own, order, parameters) is may
