from hornbook.decontamination.benchmark_inputs import behaviours_of
from hornbook.decontamination.probes import Probe, ProbeGroup, choose_probes, look_up
from hornbook.records import Problem
from hornbook.sandbox.jail import Jail

SORTED = ("[1, 2, 3]", "[1, 2, 4, 7]", "[2, 3, 5]", "[1, 4, 6, 9]", "[]")
UNSORTED = ("[3, 1, 2]", "[9, 1, 4, 2]", "[5, 2, 3]", "[8, 7, 1]", "[2, 1]")


def chosen(jail: Jail, problems: dict[str, tuple[str, ...]]) -> tuple[ProbeGroup, ...]:
    made = [
        Problem(task_id=f"{n}", prompt=source, entry_point="p", canonical_solution="", test="", category="")
        for n, source in enumerate(problems)
    ]
    behaviours = behaviours_of(made, {f"{n}": inputs for n, inputs in enumerate(problems.values())}, jail)
    return choose_probes(
        behaviours, [len(one.inputs) for one in behaviours], range(len(made)), jail, lambda _done, _total: None
    )


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


def test_a_class_has_no_probes(jail: Jail) -> None:
    source = "class p:\n    def __init__(self, x):\n        self.x = x\n"
    assert [group.probes for group in chosen(jail, {source: UNSORTED})] == [()]


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
