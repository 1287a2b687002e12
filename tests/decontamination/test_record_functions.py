from hornbook.decontamination.functions import read_text
from hornbook.decontamination.record_functions import may_stand_for, parameters_of, window_of
from hornbook.records import Problem

TWO = "def f(x):\n    return 1\n\n\ndef g(x):\n    return 2\n"


def test_the_window_of_a_method_is_that_of_its_last_definition() -> None:
    assert TWO[slice(*window_of(read_text(TWO), "A.g"))].strip() == "def g(x):\n    return 2"
    assert window_of(read_text(TWO), "h") == (0, len(TWO))


def test_names_speak_against_another_order() -> None:
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


def test_the_parameters_of_a_problem_are_those_of_its_entry_point() -> None:
    source = "def other(z):\n    return z\n\n\ndef p(x, /, y=1, *, k=2):\n    return x\n"
    one = Problem(task_id="p", prompt=source, entry_point="p", canonical_solution="", test="", category="")
    assert parameters_of(one) == ("x", "y")
