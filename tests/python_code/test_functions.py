import ast

from hornbook.python_code.functions import (
    bound_names,
    definition_of,
    docstring_of,
    last_function,
    read_names,
)


def test_of_several_definitions_of_a_name_the_last_one_counts_which_python_would_call() -> None:
    definition = definition_of("def f():\n    pass\n\nclass f:\n    def g(self): ...\n", "f")
    assert isinstance(definition, ast.ClassDef)
    assert definition_of("class A:\n    def f(self): ...\n", "f") is definition_of("def f(:", "f") is None


def test_the_docstring_of_one_function_of_a_module_is_read() -> None:
    code = 'def g():\n    """Not this."""\n\ndef f():\n    """This.\n\n    And this.\n    """\n'
    assert docstring_of(code, "f") == "This.\n\nAnd this."
    assert docstring_of(code, "h") == docstring_of("def f(:", "f") == ""


def test_the_function_that_a_prompt_leaves_open_is_the_last_one_it_begins() -> None:
    prompt = 'def helper(x):\n    return x\n\n\ndef f(x):\n    """Do."""\n'
    assert last_function(prompt, "    return helper(x)\n\n\ndef g():\n    pass\n") == "f"
    assert last_function(prompt, "    return (\n") == "f"
    assert last_function("x = 1\n", "") == ""


def test_names_are_read_from_the_module_and_bound_by_definitions_and_assignments() -> None:
    code = "import os\n\n@cache\ndef f(a, b=SIZE):\n    c = a\n    return [d + other for d in c if f(d)] + os.sep\n"
    assert read_names(code) == {"cache", "SIZE", "other"}
    assert read_names("def f(a, a): ...") == read_names("(" * 500) == set()
    bound = [bound_names(statement) for statement in ast.parse("def f(): ...\na, b.c = d[e] = 1\nprint(a)\n").body]
    assert bound == [{"f"}, {"a", "b", "d", "e"}, set()]
