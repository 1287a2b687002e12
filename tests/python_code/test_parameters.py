from hornbook.python_code.parameters import Kind, kind_texts, read_kind, read_parameters

INT, STR = Kind("int"), Kind("str")


ANNOTATIONS = [
    ("int", INT),
    ("'int'", INT),
    ("List[str]", Kind("list", (STR,))),
    ("typing.List[typing.List[int]]", Kind("list", (Kind("list", (INT,)),))),
    ("dict[str, list[int]]", Kind("dict", (STR, Kind("list", (INT,))))),
    ("Tuple[int, str]", Kind("tuple", (INT, STR))),
    ("tuple[int, ...]", Kind("tuple of any length", (INT,))),
    ("Optional[int]", Kind("union", (INT, Kind("none")))),
    ("int | str | None", Kind("union", (INT, STR, Kind("none")))),
    ("Union[int, Callable]", Kind("union", (INT,))),
    ("Literal['a', 'b']", Kind("literal", values=("a", "b"))),
    ("Sequence[T]", Kind("list", (INT,))),
    ("datetime.date", Kind("date")),
    ("list", Kind("list")),
    ("Callable[[int], int]", None),
    ("Tree", None),
    ("list[Tree]", None),
]


def test_an_annotation_says_what_values_are_taken() -> None:
    for annotation, kind in ANNOTATIONS:
        assert read_kind(annotation) == kind


def test_a_bare_or_missing_annotation_is_filled_from_the_examples_and_then_from_the_name() -> None:
    code = "def f(a: list, words, thing, *rest, flag=False, **named):\n    pass\n"
    parameters = read_parameters(code, "f", [{"0": ["x"]}])
    assert parameters is not None
    read = [(one.name, one.kind and one.kind.name, one.is_required, one.is_keyword_only) for one in parameters]
    required = [("a", "list", True, False), ("words", "list", True, False), ("thing", None, True, False)]
    assert read == [*required, ("flag", None, False, True)]
    assert parameters[0].kind == Kind("list", (STR,))


def test_a_class_takes_what_its_init_takes_and_an_unknown_function_nothing() -> None:
    code = "class Box:\n    def __init__(self, size: int):\n        pass\n"
    assert [one.name for one in read_parameters(code, "Box") or []] == ["size"]
    found = read_parameters("def g(a, b, c=1, *, k, m=2):\n    pass\n", "g") or []
    assert [one.name for one in found if one.is_required] == ["a", "b", "k"]
    assert read_parameters(code, "f") is None
    assert read_parameters("def f(:", "f") is None


KINDS = [
    ([[[1, 2.5]], [[True]]], ("list[num]",)),
    ([[[]], [["a"]]], ("list[str]",)),
    ([[[]]], ("list[any]",)),
    ([[[1, "a"]]], ("list[any]",)),
    ([[(1, 2), {"a"}]], ("list[num]", "set[str]")),
    ([[{"a": [1]}], [{}]], ("dict[str, list[num]]",)),
    ([[None], [3]], ("num",)),
    ([[None]], ("None",)),
    ([[3], ["a"]], ("any",)),
    ([[b"a"]], ("any",)),
]


def test_the_kind_of_an_argument_is_that_of_all_inputs() -> None:
    for rows, kinds in KINDS:
        assert kind_texts(rows) == kinds
