import pytest

from hornbook.decontamination.record_functions import functions_of, modules_in


def test_methods_and_nested_functions_are_left_out_and_the_last_of_a_name_counts() -> None:
    text = "class A:\n    def m(self): ...\ndef f(x):\n    def inner(): ...\ndef f(x, y): ...\n"
    [function] = functions_of(modules_in(text))
    assert (function.name, function.fewest, function.most) == ("f", 2, 2)


@pytest.mark.parametrize(
    ("parameters", "arguments", "fits"),
    [
        ("x: list[int]", [[1]], True),
        ("x: 'List[int]'", [(1,)], True),
        ("x: list[int]", ["a"], False),
        ("x: typing.Sequence[str]", ["a"], True),
        ("x: float", [1], True),
        ("x: int | str", [[1]], True),
        ("x: int", [None], True),
        ("x: Anything", [{}], True),
        ("x: int, y=2", [1], True),
        ("x: int, *rest: int", [1, 2, 3], True),
        ("x, y", [1], False),
        ("x, *, y", [1], False),
    ],
)
def test_arguments_fit_by_number_and_by_what_the_annotations_name(
    parameters: str, arguments: list[object], *, fits: bool
) -> None:
    [function] = functions_of([f"def f({parameters}): ...\n"])
    assert function.takes(arguments) is fits
