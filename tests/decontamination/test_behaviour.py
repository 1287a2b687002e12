from collections import Counter

import pytest

from hornbook.decontamination.behaviour import BehaviourConfig, BehaviourSearch, is_telling, same_behaviour
from hornbook.decontamination.benchmark_inputs import Behaviour, argument_list, behaviours_of
from hornbook.decontamination.labelled_set import PairKind, load_labelled_set
from hornbook.decontamination.record_functions import candidates
from hornbook.errors import ConfigError, SandboxError
from hornbook.records import Outcome, Problem
from hornbook.sandbox.jail import Jail

PROBLEMS, PAIRS = load_labelled_set()
CONFIG = BehaviourConfig()
INPUTS = ("[]", "[1]", "[3, 1, 2]", "[2, 2]", "[5, -5]", "[9, 8, 7]", "[0, 0, 4]")
TOTAL = "def add_up(values):\n    return sum(values)\n"
HOSTILE = {
    "an endless loop": ("def f(x):\n    while True:\n        pass\n", Outcome.CPU_TIMED_OUT),
    "an endless module": ("while True:\n    pass\ndef f(x):\n    return sum(x)\n", Outcome.CPU_TIMED_OUT),
    "an exit": ("def f(x):\n    raise SystemExit(0)\n", Outcome.RAISED),
    "a hard exit": ("import os\ndef f(x):\n    os._exit(0)\n", Outcome.RAISED),
    "a module that exits": ("raise SystemExit(0)\ndef f(x):\n    return sum(x)\n", Outcome.RAISED),
    "much memory": ("def f(x):\n    return len('a' * 10 ** 10)\n", Outcome.OUT_OF_MEMORY),
    "a printed answer": (
        "import os\ndef f(x):\n"
        '    os.write(1, b\'hornbook-seen-0 [{"outcome": "passed", "groups": [[["v", 0]]]}]\\n\')\n',
        Outcome.PASSED,
    ),
    "a value that equals everything": (
        "class Equal:\n    def __eq__(self, other):\n        return True\n    __hash__ = None\n"
        "def f(x):\n    return Equal()\n",
        Outcome.PASSED,
    ),
    "an integer that equals everything": (
        "class Equal(int):\n    def __eq__(self, other):\n        return True\n    __hash__ = int.__hash__\n"
        "def f(x):\n    return Equal(77)\n",
        Outcome.PASSED,
    ),
    "arguments that are emptied": ("def f(x):\n    x.clear()\n    return sum(x)\n", Outcome.PASSED),
}


def problem(source: str, name: str) -> Problem:
    return Problem(
        task_id=f"invented/{name}", prompt="", entry_point=name, canonical_solution=source, test="", category=""
    )


def behaviour_of(jail: Jail, source: str, name: str, inputs: tuple[str, ...] = INPUTS) -> Behaviour:
    one = problem(source, name)
    [found] = behaviours_of([one], {one.task_id: inputs}, jail)
    return found


def search(jail: Jail, behaviours: list[Behaviour], *records: str, config: BehaviourConfig = CONFIG) -> BehaviourSearch:
    pairs = [(record, place) for record in range(len(records)) for place in range(len(behaviours))]
    return same_behaviour(records, behaviours, pairs, jail, config)


@pytest.fixture(scope="module")
def labelled(jail: Jail) -> list[Behaviour]:
    inputs = {one.problem.task_id: [argument_list(text) for text in one.inputs] for one in PROBLEMS}
    return behaviours_of([one.problem for one in PROBLEMS], inputs, jail)


@pytest.fixture(scope="module")
def total(jail: Jail) -> Behaviour:
    return behaviour_of(jail, TOTAL, "add_up")


def test_every_leak_is_found_and_no_clean_record_for_any_problem(jail: Jail, labelled: list[Behaviour]) -> None:
    assert all(is_telling(one, CONFIG) for one in labelled)
    found = search(jail, labelled, *(pair.text for pair in PAIRS))
    seen = [(PAIRS[match.record].task_id, PAIRS[match.record].kind, match.task_id) for match in found.matches]
    assert all(own == task_id for own, _, task_id in seen)
    leaks = {kind: len(PROBLEMS) for kind in PairKind if kind.is_leak}
    assert Counter(kind for _, kind, _ in set(seen)) == leaks


def test_the_cheap_candidates_lose_no_leak(labelled: list[Behaviour]) -> None:
    texts = [pair.text for pair in PAIRS]
    offered = {(PAIRS[record].text, labelled[place].problem.task_id) for record, place in candidates(texts, labelled)}
    assert [pair for pair in PAIRS if pair.kind.is_leak and (pair.text, pair.task_id) not in offered] == []
    assert len(offered) < len(PAIRS) * len(PROBLEMS) / 2


@pytest.mark.parametrize(("code", "outcome"), HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_record_is_no_match_and_costs_its_neighbours_nothing(
    jail: Jail, total: Behaviour, code: str, outcome: Outcome
) -> None:
    good = "def g(numbers):\n    found = 0\n    for one in numbers:\n        found += one\n    return found\n"
    found = search(jail, [total], good, code, good)
    assert [match.record for match in found.matches] == [0, 2]
    assert found.outcomes == Counter([Outcome.PASSED, Outcome.PASSED, outcome])


def test_what_fails_on_one_problem_is_still_held_against_another(jail: Jail, total: Behaviour) -> None:
    ending = "import os\ndef f(x):\n    if x == [100]:\n        os._exit(0)\n    return sum(x)\n"
    other = behaviour_of(jail, "def last(x):\n    return max(x) + 1\n", "last", ("[100]", "[1]", "[2]", "[3]", "[4]"))
    found = search(jail, [other, total], ending)
    assert [match.task_id for match in found.matches] == ["invented/add_up"]
    assert found.outcomes == {Outcome.PASSED: 1, Outcome.RAISED: 1}


def test_a_match_says_what_it_rests_on(jail: Jail, total: Behaviour) -> None:
    [match] = search(jail, [total], "def unlike(a, b):\n    return a\n" + TOTAL).matches
    assert (match.function, match.task_id, match.score) == ("add_up", "invented/add_up", 1.0)
    assert match.evidence == "equal on 7 of 7 inputs, 5 different outputs"


def test_one_input_that_differs_is_enough_unless_less_is_asked_for(jail: Jail, total: Behaviour) -> None:
    near = "def f(x):\n    return sum(x) if len(x) != 1 else 77\n"
    raising = "def f(x):\n    return sum(x) if len(x) != 1 else 1 / 0\n"
    assert search(jail, [total], near, raising).matches == ()
    loose = search(jail, [total], near, raising, config=BehaviourConfig(min_score=0.85))
    assert [match.score for match in loose.matches] == [pytest.approx(6 / 7)] * 2


@pytest.mark.parametrize(
    ("source", "inputs"),
    [
        ("def p(x):\n    return sum(x)\n", INPUTS[:4]),
        ("def p(x):\n    return len(x) > 2\n", INPUTS),
        ("def p(x):\n    return x\n", INPUTS),
    ],
    ids=["few inputs", "yes or no", "the argument itself"],
)
def test_a_problem_that_much_code_solves_by_chance_proves_nothing(
    jail: Jail, source: str, inputs: tuple[str, ...]
) -> None:
    one = behaviour_of(jail, source, "p", inputs)
    assert not is_telling(one, CONFIG)
    assert search(jail, [one], source) == BehaviourSearch(matches=(), outcomes={})


@pytest.mark.parametrize(
    ("problem_body", "record_body", "is_same"),
    [
        ("return [y + 1 for y in x]", "return tuple(y + 1 for y in x)", True),
        ("return [y + 1 for y in x]", "for y in x:\n        yield y + 1", True),
        ("return sum(x) / 3", "return sum(y / 3 for y in x)", True),
        ("return sum(x)", "return float(sum(x))", True),
        ("return [y > 1 for y in x]", "return [int(y > 1) for y in x]", False),
        ("return sum(x)", "return str(sum(x))", False),
        ("return set(x)", "return sorted(set(x))", False),
        ("x.append(len(x))", "x += [len(x)]", True),
    ],
)
def test_values_are_equal_as_python_values_whatever_holds_a_row_of_them(
    jail: Jail, problem_body: str, record_body: str, *, is_same: bool
) -> None:
    one = behaviour_of(jail, f"def p(x):\n    {problem_body}\n", "p")
    assert is_telling(one, CONFIG)
    assert bool(search(jail, [one], f"def f(x):\n    {record_body}\n").matches) is is_same


def test_a_function_is_found_in_prose_and_before_code_that_fails(jail: Jail, total: Behaviour) -> None:
    prose = f"Adding up:\n```python\nimport math\n```\nand so\n```python\n{TOTAL}```\n"
    failing = f"{TOTAL}print(add_up([1]))\nraise ValueError\n"
    assert [match.record for match in search(jail, [total], prose, failing).matches] == [0, 1]


def test_parameters_that_need_not_be_given_do_not_hide_a_function(jail: Jail, total: Behaviour) -> None:
    records = [
        "def f(x, start=0, *, step=1):\n    return sum(x) + start\n",
        "def f(*xs):\n    return sum(xs[0])\n",
        "def f(x, *, start):\n    return sum(x)\n",
        "def f(x, y):\n    return sum(x)\n",
    ]
    assert [match.record for match in search(jail, [total], *records).matches] == [0, 1]


def test_a_sandbox_that_breaks_down_is_an_error_and_no_verdict(total: Behaviour) -> None:
    class Broken(Jail):
        def run(self, *_arguments: object, **_keywords: object) -> list:  # type: ignore[override,type-arg]
            raise SandboxError("the machine is full")

    with pytest.raises(SandboxError, match="full"):
        same_behaviour([TOTAL], [total], [(0, 0)], Broken(), CONFIG)


@pytest.mark.parametrize("fields", [{"min_score": 0.0}, {"min_inputs": 0}, {"min_outputs": 0}], ids=str)
def test_a_config_without_meaning_is_refused(fields: dict[str, float]) -> None:
    with pytest.raises(ConfigError, match=next(iter(fields))):
        BehaviourConfig(**fields)  # type: ignore[arg-type]
