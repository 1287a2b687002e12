import pytest

from hornbook.observers.jailed.kinds import takes


@pytest.mark.parametrize(
    ("annotation", "kind", "fits"),
    [
        ("", "list[num]", True),
        ("list[int]", "list[num]", True),
        ("'List[int]'", "list[num]", True),
        ("typing.List[str]", "list[num]", False),
        ("list[str]", "list[any]", True),
        ("list", "list[str]", True),
        ("list[list[int]]", "list[num]", False),
        ("tuple[int, str]", "list[num]", True),
        ("Sequence[str]", "str", True),
        ("Iterable[int]", "str", False),
        ("Iterable[int]", "set[num]", True),
        ("dict[str, int]", "dict[str, num]", True),
        ("dict[str, int]", "dict[str, str]", False),
        ("Optional[int]", "num", True),
        ("int | str", "list[num]", False),
        ("int | None", "None", True),
        ("float", "num", True),
        ("bool", "str", False),
        ("Callable[[int], int]", "num", False),
        ("Anything", "dict[str, num]", True),
        ("not an annotation", "num", True),
    ],
)
def test_a_parameter_takes_what_its_annotation_names(annotation: str, kind: str, *, fits: bool) -> None:
    assert takes(annotation, kind) is fits
