from hornbook.decontamination.descriptions import description_of, docstring_of, function_around
from hornbook.decontamination.functions import read_text
from hornbook.records import Problem

TWO = '''def outer(a):
    """Weigh a."""
    def inner(b):
        """Weigh b, which is in a."""
        return b
    return inner(a)


def other(c):
    return c
'''


def problem(prompt: str, solution: str = "    return 1\n") -> Problem:
    return Problem(task_id="t/1", prompt=prompt, entry_point="weigh", canonical_solution=solution, test="", category="")


def test_a_description_ends_where_the_examples_begin() -> None:
    told = "Weigh the crates on the scale.\n"
    for examples in (">>> weigh(1)\n2", "Examples:\nweigh(1) is 2", "For example, weigh(1) is 2", "  e.g. weigh(1)"):
        assert description_of(told + examples) == told
    assert description_of("Give an example of a crate.") == "Give an example of a crate."


def test_a_docstring_of_nothing_but_examples_is_its_own_description() -> None:
    docstring = "Weigh.\n>>> weigh(1)\n2\n"
    assert description_of(docstring) == docstring


def test_where_no_docstring_can_be_read_the_prompt_is_taken() -> None:
    assert docstring_of(problem('def weigh(a):\n    """Weigh a."""\n')) == "Weigh a."
    for prompt in ("def weigh(a):\n    # Weigh a.\n", "def weigh(a:\n"):
        assert docstring_of(problem(prompt)) == prompt


def test_the_smallest_function_with_most_of_a_window_is_named() -> None:
    read = read_text(TWO)
    for phrase, name in (("Weigh a.", "outer"), ("which is in a", "inner"), ("return c", "other")):
        start = TWO.index(phrase)
        assert function_around(read, (start, start + len(phrase))) == name


def test_a_window_that_is_mostly_outside_of_functions_has_none() -> None:
    text = "# " + "something about crates " * 10 + "\ndef weigh(a):\n    return a\n"
    read = read_text(text)
    assert function_around(read, (0, text.index("return"))) == ""
