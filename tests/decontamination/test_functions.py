import pytest
from tests.decontamination.own_problems import problem_of

from hornbook.benchmarks.humaneval import read_humaneval
from hornbook.decontamination.behaviour import may_stand_for, parameters_of, window_of
from hornbook.decontamination.functions import functions_in, read_text, solution_of
from hornbook.python_code.parse import parse_code

PASSAGE = '''# Sums

Add them *up*:

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


def test_functions_of_a_module_are_found_inside_classes_and_functions_too() -> None:
    source = "class A:\n    def m(self):\n        def inner(): pass\n\nasync def f():\n    'Doc.'\n"
    assert [function.name for function in functions_in(source)] == ["f", "m", "inner"]
    assert functions_in(source)[0].docstring == "Doc."
    assert functions_in(source)[1].code == "    def m(self):\n        def inner(): pass"


def test_code_is_shown_without_its_docstring() -> None:
    source = 'import os\n\n@cache\ndef f(a):\n    """Doc\n\n    more.\n    """\n    return a  # done\n'
    assert functions_in(source)[0].code == "def f(a):\n    return a  # done"
    assert functions_in("def f(): 'Doc.'; return 1\n")[0].code == "def f(): 'Doc.'; return 1"
    assert functions_in("def f():\n    'Doc.'\n")[0].code == "def f():\n    'Doc.'"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_function_knows_where_it_stands(end: str) -> None:
    source = end.join(["import os", "", "class A:", "    def m(self):", "        return '\f'", "", "x = 2"])
    [method] = read_text(source).functions
    first, last = method.window
    assert source[first:last] == f"    def m(self):{end}        return '\f'{end}"
    [_, size] = read_text(PASSAGE).functions
    assert PASSAGE[slice(*size.window)] == "    def size(self): return 1\n"


def test_a_text_is_one_module_or_its_fenced_blocks_that_parse() -> None:
    assert read_text("x = 1\n").modules == ("x = 1\n",)
    assert [module.split(":")[0] for module in read_text(PASSAGE).modules] == ["def total(items)", "class Box"]
    assert [function.name for function in functions_in(PASSAGE)] == ["total", "size"]
    assert functions_in("No code at all, only (words).") == ()
    assert parse_code("def broken(:") is parse_code("x = '\0'") is None
    assert parse_code("x = '\\d' is 3") is not None, "and no warning"


def test_the_solution_is_the_function_or_the_method_that_the_prompt_leaves_open() -> None:
    assert all(found is not None and found.docstring for found in map(solution_of, read_humaneval()))
    prompt = 'class Box:\n    def put(self):\n        return 1\n\n    def size(self):\n        """Measure."""\n'
    body = "        def inner():\n            return 2\n\n        return inner()\n"
    solution = solution_of(problem_of(prompt, body, name="Box"))
    assert solution is not None
    assert (solution.name, solution.docstring) == ("size", "Measure.")
    words = "Tell how many of a class are there.\n\n```python\ndef how_many(pupils):\n"
    assert solution_of(problem_of(words, "    return len(pupils)\n```\n", name="")) is None


def test_the_window_of_a_method_is_that_of_its_last_definition() -> None:
    two = "def f(x):\n    return 1\n\n\ndef g(x):\n    return 2\n"
    assert two[slice(*window_of(read_text(two), "A.g"))].strip() == "def g(x):\n    return 2"
    assert window_of(read_text(two), "h") == (0, len(two))


def test_names_speak_against_another_order_of_the_parameters_of_the_entry_point() -> None:
    source = "def other(z):\n    return z\n\n\ndef p(x, /, y=1, *, k=2):\n    return x\n"
    assert parameters_of(problem_of(source)) == ("x", "y")
    known = ("stock", "wanted")
    for own, order, parameters, may in (
        (("held", "bought"), (1, 0), known, True),
        (("wanted", "stock"), (1, 0), known, True),
        (("stock", "wanted"), (1, 0), known, False),
        (("stock", "wanted"), (0, 1), known, True),
        (("wanted", "held"), (0, 1), known, True),
        (("a", "b"), (1, 0), ("a", "b"), True),
    ):
        assert may_stand_for(own, order, parameters) is may, (own, order)
