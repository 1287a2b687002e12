import pytest

from hornbook.benchmarks.humaneval import read_humaneval
from hornbook.decontamination.functions import functions_in, parse, read_text, solution_of
from hornbook.records import Problem

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


def test_fenced_code_in_prose_is_read() -> None:
    assert [function.name for function in functions_in(PASSAGE)] == ["total", "size"]
    assert functions_in("No code at all, only (words).") == ()


def test_a_text_is_one_module_or_its_blocks_that_are() -> None:
    assert read_text("x = 1\n").modules == ("x = 1\n",)
    assert len(read_text(PASSAGE).modules) == 2
    assert read_text(PASSAGE).modules[0].startswith("def total")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_function_knows_where_it_stands(end: str) -> None:
    source = end.join(["import os", "", "class A:", "    def m(self):", "        return '\f'", "", "x = 2"])
    [method] = read_text(source).functions
    first, last = method.window
    assert source[first:last] == f"    def m(self):{end}        return '\f'{end}"
    [_, size] = read_text(PASSAGE).functions
    assert PASSAGE[slice(*size.window)] == "    def size(self): return 1\n"


def test_what_does_not_parse_is_none_and_warns_of_nothing() -> None:
    assert parse("def broken(:") is None
    assert parse("x = '\0'") is None
    assert parse("x = '\\d' is 3") is not None


def test_every_humaneval_problem_has_a_solution_with_a_docstring() -> None:
    solutions = [solution_of(problem) for problem in read_humaneval()]
    assert all(solution is not None and solution.docstring for solution in solutions)


def test_the_solution_of_a_class_is_the_method_that_its_prompt_leaves_open() -> None:
    prompt = 'class Box:\n    def put(self):\n        return 1\n\n    def size(self):\n        """Measure."""\n'
    problem = Problem(
        task_id="box/1",
        prompt=prompt,
        entry_point="Box",
        canonical_solution="        def inner():\n            return 2\n\n        return inner()\n",
        test="",
        category="",
    )
    solution = solution_of(problem)
    assert solution is not None
    assert (solution.name, solution.docstring) == ("size", "Measure.")


def test_a_problem_without_an_entry_point_has_no_solution_though_its_words_hold_a_class_and_a_function() -> None:
    problem = Problem(
        task_id="words/1",
        prompt="Tell how many of a class are there.\n\n```python\ndef how_many(pupils):\n",
        entry_point="",
        canonical_solution="    return len(pupils)\n```\n",
        test="",
        category="",
    )
    assert solution_of(problem) is None
