from typing import Any

from hornbook.sandbox.jail import Jail
from hornbook.sandbox.jail_tasks import run_tasks
from hornbook.sandbox.probes.probes import takes


def runs(jail: Jail, source: str, groups: dict[tuple[str, ...], list[str]], **fields: Any) -> list[Any]:
    sent = [{"kinds": kinds, "probes": probes} for kinds, probes in groups.items()]
    task = {"modules": [source], "only": "", "reorder": True, "groups": sent, **fields}
    [answer] = run_tasks("probes", [task], jail, batch_size=1, progress=lambda *_: None)
    found: list[Any] = answer["runs"]
    return found


def test_every_function_meets_the_groups_that_it_takes_in_each_order(jail: Jail) -> None:
    source = "def f(n: int, word: str):\n    return word * n\ndef g(x, y):\n    return [x, y]\ndef h(x: set): ...\n"
    assert runs(jail, source, {("str", "num"): ["'ab', 2"], ("num",): ["1"]}) == [
        ["f", 0, [1, 0], ["n", "word"], ["'abab'"]],
        ["g", 0, [0, 1], [], ["['ab',2]"]],
        ["g", 0, [1, 0], ["x", "y"], ["[2,'ab']"]],
    ]
    only = runs(jail, source, {("str", "num"): ["'ab', 2"]}, only="g", reorder=False)
    assert only == [["g", 0, [0, 1], [], ["['ab',2]"]]]


def test_what_raises_or_does_not_end_is_told_apart(jail: Jail) -> None:
    source = "def f(x):\n    while x == 2: ...\n    return 1 // x\n"
    assert runs(jail, source, {("num",): ["0", "1", "2", "5"]}) == [["f", 0, [0], [], [None, "1", False, "0"]]]
    assert runs(jail, source, {("num",): ["2", "2", "1"]}) == [["f", 0, [0], [], [False, False]]]
    other_types = runs(jail, "def f(x):\n    return x.upper()\n", {("num",): ["1", "2", "3"]})
    assert other_types == [["f", 0, [0], [], [None, None]]]  # Given up after two.


def test_arguments_are_new_for_each_call_and_their_changes_are_the_result_of_a_function_without_one(jail: Jail) -> None:
    source = "def f(x):\n    x.sort()\ndef g(x):\n    return x.pop()\ndef h(x):\n    pass\n"
    groups = {("list[num]",): ["[2, 1]", "[2, 1]"]}
    assert [run[-1] for run in runs(jail, source, groups)] == [["![[1,2]]"] * 2, ["1", "1"], ["None", "None"]]


def test_a_function_that_waits_is_not_waited_for(jail: Jail) -> None:
    source = "import threading\ndef f(x):\n    threading.Event().wait()\ndef g(x):\n    return x\n"
    assert [run[-1] for run in runs(jail, source, {("num",): ["1", "2", "3"]})] == [[False, False], ["1", "2", "3"]]


def test_what_is_endless_on_others_inputs_is_still_tried_on_those_of_the_next_group(jail: Jail) -> None:
    source = "def f(x):\n    while isinstance(x, str): ...\n    return x\n"
    groups = {("str",): ["'a'", "'b'", "'c'"], ("num",): ["4"]}
    assert [run[-1] for run in runs(jail, source, groups)] == [[False, False], ["4"]]


ANNOTATIONS = [
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
]


def test_a_parameter_takes_what_its_annotation_names() -> None:
    for annotation, kind, fits in ANNOTATIONS:
        assert takes(annotation, kind) is fits
