from collections.abc import Sequence
from dataclasses import replace

import pytest
from tests.decontamination.own_problems import problem_of

from hornbook.decontamination.behaviour import BehaviourSearch, make_index
from hornbook.decontamination.benchmark_inputs import Behaviour, behaviours_of
from hornbook.decontamination.functions import read_text
from hornbook.decontamination.probes import Probe, ProbeGroup, choose_probes, look_up
from hornbook.decontamination.rule import Detector
from hornbook.decontamination.same_outputs import SameOutputs, is_same, is_telling, num_proving, telling_places
from hornbook.errors import SandboxError
from hornbook.sandbox.jail import Jail

INPUTS = ("[]", "[1]", "[3, 1, 2]", "[2, 2]", "[5, -5]", "[9, 8, 7]", "[0, 0, 4]", "[7, 1, 20, 3]", "[-8]", "[6, 6, 1]")
TOTAL = "def add_up(values):\n    return sum(values)\n"
HOSTILE = (
    "def f(x):\n    while True:\n        pass\n",
    "while True:\n    pass\ndef f(x):\n    return sum(x)\n",
    "def f(x):\n    raise SystemExit(0)\n",
    "def f(x):\n    return len('a' * 10 ** 10)\n",
    # A printed answer, an integer that equals everything, and arguments that are emptied.
    "import os\ndef f(x):\n"
    '    os.write(1, b\'hornbook-seen-0 [{"outcome": "passed", "runs": [["f", 0, [0], [], ["0"]]]}]\\n\')\n',
    "class Equal(int):\n    def __eq__(self, other):\n        return True\n    __hash__ = int.__hash__\n"
    "def f(x):\n    return Equal(77)\n",
    "def f(x):\n    x.clear()\n    return sum(x)\n",
)
EQUAL_VALUES = [
    ("return [y + 1 for y in x]", "return tuple(y + 1 for y in x)", True),
    ("return [y + 2 for y in x]", "for y in x:\n        yield y + 2", True),
    ("return sum(x) / 3", "return sum(y / 3 for y in x)", True),
    ("return sum(x) * 5", "return float(5 * sum(x))", True),
    ("x.append(len(x))", "x += [len(x)]", True),
    ("return [y > 1 for y in x]", "return [int(y > 1) for y in x]", False),
    ("return sum(x) * 9", "return str(9 * sum(x))", False),
    ("return set(x)", "return sorted(set(x))", False),
]


def behaviours(jail: Jail, sources: Sequence[str], *inputs: tuple[str, ...]) -> list[Behaviour]:
    """What functions called `p` do; the last inputs are those of all others, too."""
    problems = [problem_of("", source, task_id=f"{at}") for at, source in enumerate(sources)]
    given = {one.task_id: inputs[min(at, len(inputs) - 1)] for at, one in enumerate(problems)}
    return behaviours_of(problems, given, jail)


def search(jail: Jail, known: Sequence[Behaviour], *records: str) -> BehaviourSearch:
    return make_index(known, jail).search([read_text(record) for record in records], jail)


def found(result: BehaviourSearch) -> set[tuple[int, int]]:
    return {(match.text, match.problem) for match in result.matches}


@pytest.fixture(scope="module")
def total(jail: Jail) -> Behaviour:
    [one] = behaviours(jail, [TOTAL.replace("add_up", "p")], INPUTS)
    return one


def test_hostile_records_are_no_matches_and_cost_their_neighbours_nothing(jail: Jail, total: Behaviour) -> None:
    good = "def g(numbers):\n    found = 0\n    for one in numbers:\n        found += one\n    return found\n"
    records = [text for code in HOSTILE for text in (good, code)]
    ending = "import os\ndef f(x):\n    if x == [100]:\n        os._exit(0)\n    return sum(x)\n"
    sleeping = "import time\ndef f(x):\n    time.sleep(1000)\n    return sum(x)\n"
    leaving = "import os\nos._exit(0)\ndef f(x):\n    return sum(x)\n"
    [other] = behaviours(jail, ["def p(x):\n    return max(x) + 1\n"], ("[100]", "[1]", "[2]", "[3]", "[4]"))
    result = search(jail, [total, other], *records, ending, sleeping, leaving)
    last = len(records)
    assert found(result) == {(at, 0) for at in [*range(0, last, 2), last, last + 1, last + 2]}


def test_a_match_says_what_it_rests_on(jail: Jail, total: Behaviour) -> None:
    text = "def unlike(a, b):\n    return a\n\n\n" + TOTAL + "\n\nLAST = 1\n"
    [match] = search(jail, [total], "no code", text).matches
    assert (match.text, match.detector, match.function, match.problem) == (1, Detector.BEHAVIOUR, "add_up", 0)
    assert match.score == 1.0
    assert text[slice(*match.window)].strip() == TOTAL.strip()
    assert match.evidence == "equal on 10 of 10 inputs, 8 different outputs"


def test_a_made_input_may_differ_or_come_to_no_end_where_there_are_own_ones_enough(jail: Jail) -> None:
    inputs = tuple(f"[{n}, {n * n}]" for n in range(24))
    [own] = behaviours(jail, ["def p(x):\n    return sum(x)\n"], inputs)
    made, few = replace(own, num_made=20), replace(own, num_made=21)
    records = [f"def f(x):\n    while x[0] == {n}:\n        pass\n    return sum(x)\n" for n in (3, 9)]
    records += [
        f"def f(x):\n    return sum(x) if x[0] not in ({places}) else -1\n"
        for places in ("3,", "9, 10", "4, 9, 10, 11, 12")
    ]
    result = search(jail, [own, made, few], *records)
    assert found(result) == {(1, 1), (3, 1)}
    assert [match.score for match in result.matches] == [pytest.approx(23 / 24), pytest.approx(22 / 24)]
    assert [result.cleared(text, "f", 1) for text in range(5)] == [False, False, True, False, True]


@pytest.mark.parametrize(
    ("num_made", "own", "made", "returned", "wide", "wide_returned", "agrees"),
    [
        (16, 4, 16, 16, 0, 0, True),
        (16, 3, 16, 16, 0, 0, False),
        (16, 4, 8, 8, 0, 0, True),
        (16, 4, 7, 7, 0, 0, False),
        (16, 4, 8, 10, 0, 0, True),
        (16, 4, 8, 11, 0, 0, False),
        (16, 4, 16, 16, 7, 10, True),
        (16, 4, 16, 16, 6, 10, False),
        (16, 4, 16, 16, 0, 5, True),
        (16, 4, 16, 16, 4, 6, False),
        (17, 3, 17, 17, 0, 0, True),  # With few own inputs, all generated ones must be right.
        (17, 3, 16, 16, 0, 0, False),
        (17, 3, 16, 17, 0, 0, False),
    ],
)
def test_how_many_outputs_must_be_equal_at_the_limits(
    num_made: int, own: int, made: int, returned: int, wide: int, wide_returned: int, agrees: bool, total: Behaviour
) -> None:
    behaviour = replace(total, inputs=INPUTS * 2, outputs=total.outputs * 2, num_made=num_made)
    assert num_proving(behaviour) == (4 if num_made == 16 else 20)
    same = SameOutputs(
        num_own=own,
        num_made=made,
        num_made_returned=returned,
        num_wide=wide,
        num_wide_returned=wide_returned,
        num_different=0,
    )
    assert is_same(same, behaviour) is agrees
    assert telling_places([[1], [1], [2], [1], [3]], 4) == [0, 2, 4, 1]


def test_what_differs_beyond_the_benchmarks_inputs_is_cleared(jail: Jail, total: Behaviour) -> None:
    wide = tuple(f"[{n}, 1, 100]" for n in range(30, 42))
    [known] = behaviours_of([total.problem], {total.problem.task_id: wide}, jail)
    widened = replace(total, wide_inputs=known.inputs, wide_outputs=known.outputs)
    records = [
        TOTAL,
        "def add_up(x):\n    return sum(y for y in x if y < 100)\n",
        "def add_up(x):\n    return sum(x) + (x[:1] in ([31], [32], [33]))\n",
        "def add_up(x):\n    return sum(x) + (x[:1] in ([31], [32], [33], [34]))\n",
        "def add_up(x):\n    if 100 in x and x[0] > 34:\n        raise ValueError\n    return sum(x) + (100 in x)\n",
    ]
    result = search(jail, [widened], *records)
    assert [match.text for match in result.matches] == [0, 2, 4]
    assert result.matches[1].evidence.endswith("; on 9 of 12 beyond the benchmark's")
    assert [result.cleared(text, "add_up", 0) for text in range(5)] == [False, True, False, True, False]


def test_a_problem_that_much_code_solves_by_chance_proves_nothing(jail: Jail, total: Behaviour) -> None:
    sources = [f"def p(x):\n    return {what}\n" for what in ("sum(x)", "len(x) > 2", "x")]
    known = behaviours(jail, sources, INPUTS[:4], INPUTS)
    assert not any(map(is_telling, known))
    assert search(jail, known, *sources) == BehaviourSearch(matches=(), cleared_problems={})
    assert not is_telling(replace(total, inputs=INPUTS[:5], outputs=([1], [2], [3], [4], [9])))
    assert is_telling(total)


def test_values_are_equal_as_python_values_whatever_holds_a_row_of_them(jail: Jail) -> None:
    known = behaviours(jail, [f"def p(x):\n    {body}\n" for body, _, _ in EQUAL_VALUES], INPUTS)
    assert all(map(is_telling, known))
    result = found(search(jail, known, *(f"def f(x):\n    {body}\n" for _, body, _ in EQUAL_VALUES)))
    assert result == {(at, at) for at, (_, _, is_equal) in enumerate(EQUAL_VALUES) if is_equal}


def test_functions_are_found_wherever_they_can_be_called(jail: Jail, total: Behaviour) -> None:
    body = "        self.kept += x\n        return sum(self.kept)\n"
    imports = "import nowhere\nfrom nothing import at_all\n"
    records = {
        f"Adding up:\n```python\nimport math\n```\nand so\n```python\n{TOTAL}```\n": True,
        f"{TOTAL}print(add_up([1]))\nraise ValueError\n": True,
        f"{imports}START = 0\ndef f(x: at_all.Array) -> List[int]:\n    return sum(x) + START\n": True,
        f"raise SystemExit(0)\n{TOTAL}": True,
        "def f(x, start=0, *, step=1):\n    return sum(x) + start\n": True,
        "def f(*xs):\n    return sum(xs[0])\n": True,
        "def f(x, *, start):\n    return sum(x)\n": False,
        "def f(x, y):\n    return sum(x)\n": False,
        f"class A:\n    def __init__(self):\n        self.kept = []\n    def add(self, x):\n{body}": True,
        f"class A:\n    def __init__(self, kept):\n        self.kept = kept\n    def add(self, x):\n{body}": False,
        "class A:\n    def __init__(self, k): ...\n    @staticmethod\n    def add(x):\n        return sum(x)\n": True,
    }
    result = search(jail, [total], *records)
    assert found(result) == {(at, 0) for at, is_found in enumerate(records.values()) if is_found}


def test_arguments_are_given_in_the_order_in_which_the_function_takes_them(jail: Jail) -> None:
    known = behaviours(
        jail,
        [
            "def p(text, times):\n    return (text + str(times)) * times\n",
            "def p(stock, wanted):\n    return 7 * stock - wanted\n",
        ],
        tuple(f"{text!r}, {times}" for text in ("ab", "c", "") for times in (1, 2, 3)),
        tuple(f"{a}, {b}" for a in range(1, 4) for b in (2, 5, 9)),
    )
    records = [
        "def f(n: int, word: str) -> str:\n    return n * f'{word}{n}'\n",
        "def f(n, word):\n    return n * f'{word}{n}'\n",
        "def f(n: str, word: int) -> str:\n    return int(n) * f'{word}{n}'\n",
        "def f(stock, wanted):\n    return stock * 7 - wanted\n",
        "def f(stock, wanted):\n    return 7 * wanted - stock\n",
        "def f(bought, held):\n    return 7 * held - bought\n",
    ]
    result = search(jail, known, *records)
    assert found(result) == {(0, 0), (1, 0), (3, 1), (5, 1)}
    assert [result.cleared(text, "f", 1) for text in (3, 4, 5)] == [False, True, False]


def test_only_what_returned_something_else_is_cleared(jail: Jail, total: Behaviour) -> None:
    [weak] = behaviours(jail, ["def p(x):\n    return len(x) > 2\n"], INPUTS)
    one = "def f(x):\n    def g(x):\n        return 1\n    return g(x)\n"
    records = {
        "def f(x):\n    return sum(x) + 1\n": True,
        "def f(x):\n    return sum(x)\n": False,
        "def f(x):\n    return sum(x) if x != [1] else 77\n": True,
        "def f(x):\n    return sum(x) if x != [1] else 1 / 0\n": False,
        "def f(x):\n    raise ValueError\n": False,
        "def f(x):\n    while True: ...\n": False,
        "def f(x, y):\n    return 1\n": False,
        f"{one}class A:\n    def f(self, x):\n        return 1\n": True,
        f"{one}class A:\n    def __init__(self, y): ...\n    def f(self, x):\n        return 1\n": False,
    }
    result = search(jail, [total, weak], *records)
    assert found(result) == {(1, 0)}
    assert [result.cleared(text, "f", 0) for text in range(len(records))] == list(records.values())
    assert not any(result.cleared(text, "f", 1) or result.cleared(text, "g", 0) for text in range(len(records)))


def test_a_sandbox_that_breaks_down_is_an_error_and_no_verdict(jail: Jail, total: Behaviour) -> None:
    class Broken(Jail):
        def run(self, *_arguments: object, **_keywords: object) -> list:  # type: ignore[override,type-arg]
            raise SandboxError("the machine is full")

    with pytest.raises(SandboxError, match="full"):
        make_index([total], Broken())
    with pytest.raises(SandboxError, match="full"):
        make_index([total], jail).search([read_text(TOTAL)], Broken())


SORTED = ("[1, 2, 3]", "[1, 2, 4, 7]", "[2, 3, 5]", "[1, 4, 6, 9]", "[]")
UNSORTED = ("[3, 1, 2]", "[9, 1, 4, 2]", "[5, 2, 3]", "[8, 7, 1]", "[2, 1]")


def chosen(jail: Jail, problems: dict[str, tuple[str, ...]]) -> tuple[ProbeGroup, ...]:
    made = [problem_of(source, task_id=f"{n}") for n, source in enumerate(problems)]
    behaviours = behaviours_of(made, {f"{n}": inputs for n, inputs in enumerate(problems.values())}, jail)
    return choose_probes(behaviours, [len(one.inputs) for one in behaviours], range(len(made)), jail)


def test_problems_with_arguments_of_one_kind_share_their_probes(jail: Jail) -> None:
    groups = chosen(
        jail,
        {
            "def p(x):\n    return sum(x) * len(x)\n": UNSORTED,
            "def p(x):\n    return [y * 7 for y in x]\n": UNSORTED,
            "def p(s):\n    return s[::-1] + s\n": ("'abc'", "'de'", "'fgh'"),
        },
    )
    assert [(group.kinds, group.problems) for group in groups] == [(("list[num]",), 0b11), (("str",), 0b100)]
    assert [len(group.probes) for group in groups] == [2, 2]
    assert all(probe.speaks_for == probe.proves == 0b11 for probe in groups[0].probes)


def test_a_probe_speaks_for_no_problem_whose_own_inputs_are_unlike_it(jail: Jail) -> None:
    [group] = chosen(
        jail,
        {
            "def p(x):\n    return [y * 7 for y in x]\n": UNSORTED,
            "def p(x):\n    return [y * 3 for y in x if x == sorted(x)]\n": SORTED,
        },
    )
    speaking = [sum(probe.speaks_for >> place & 1 for probe in group.probes) for place in range(2)]
    assert min(speaking) >= 2
    assert all(not probe.speaks_for & 2 for probe in group.probes if probe.text in UNSORTED)
    assert all(probe.proves == 2 for probe in group.probes if probe.text in SORTED)


def test_outputs_that_tell_little_are_not_enough(jail: Jail) -> None:
    source = "def p(x):\n    return x[0] if len(x) > 3 else 0\n"
    [group] = chosen(jail, {source: ("[5, 1]", "[7, 2]", "[6, 3]", "[9, 1, 4, 2]", "[8, 7, 1, 3]")})
    assert {"[9, 1, 4, 2]", "[8, 7, 1, 3]"} == {probe.text for probe in group.probes}


def test_results_rule_problems_out_where_they_prove_or_most_are_wrong() -> None:
    group = ProbeGroup(
        kinds=("num",),
        problems=0b11,
        probes=(
            Probe(text="1", speaks_for=0b11, proves=0b01, problems_by_key={"a": 0b01, "b": 0b10}),
            Probe(text="2", speaks_for=0b11, proves=0b01, problems_by_key={"c": 0b11}),
            Probe(text="3", speaks_for=0b10, proves=0b00, problems_by_key={"d": 0b10}),
        ),
    )
    assert look_up(group, ["b", "c", "d"]) == (0b10, 0b01), "another output where it proves"
    assert look_up(group, ["a", "c", "x"]) == (0b01, 0b10), "two outputs of three are others"
    assert look_up(group, ["a", "c", "d"]) == (0b11, 0b00), "one of three is another one"
    assert look_up(group, [None, "c", "d"]) == (0b10, 0b00), "who raised gave no other output"
    assert look_up(group, [False, "c", "d"]) == (0b11, 0b00), "a call without an end says nothing"
