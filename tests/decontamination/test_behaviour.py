import ast
import pickle
from collections import Counter
from dataclasses import replace

import pytest

from hornbook.decontamination.behaviour import BehaviourIndex, BehaviourSearch, make_index
from hornbook.decontamination.behaviour_config import BehaviourConfig, is_telling
from hornbook.decontamination.benchmark_inputs import (
    MAX_VALUE_CHARACTERS,
    Behaviour,
    behaviours_of,
    output_of,
)
from hornbook.decontamination.functions import read_text
from hornbook.decontamination.labelled_set import PairKind, load_labelled_set
from hornbook.decontamination.matches import Detector
from hornbook.errors import ConfigError, SandboxError
from hornbook.observers.agreement import values_agree
from hornbook.observers.arguments import argument_source
from hornbook.observers.jail_tasks import run_tasks
from hornbook.records import Outcome, Problem
from hornbook.sandbox.jail import Jail

PROBLEMS, PAIRS = load_labelled_set()
CONFIG = BehaviourConfig()
INPUTS = ("[]", "[1]", "[3, 1, 2]", "[2, 2]", "[5, -5]", "[9, 8, 7]", "[0, 0, 4]", "[7, 1, 20, 3]", "[-8]", "[6, 6, 1]")
TOTAL = "def add_up(values):\n    return sum(values)\n"
HOSTILE = {
    "an endless loop": ("def f(x):\n    while True:\n        pass\n", Outcome.CPU_TIMED_OUT),
    "an endless module": ("while True:\n    pass\ndef f(x):\n    return sum(x)\n", Outcome.CPU_TIMED_OUT),
    "an exit": ("def f(x):\n    raise SystemExit(0)\n", Outcome.RAISED),
    "a hard exit": ("import os\ndef f(x):\n    os._exit(0)\n", Outcome.RAISED),
    "a module that exits": ("import os\nos._exit(0)\ndef f(x):\n    return sum(x)\n", Outcome.RAISED),
    "much memory": ("def f(x):\n    return len('a' * 10 ** 10)\n", Outcome.OUT_OF_MEMORY),
    "a printed answer": (
        "import os\ndef f(x):\n"
        '    os.write(1, b\'hornbook-seen-0 [{"outcome": "passed", "runs": [["f", 0, [0], [], ["0"]]]}]\\n\')\n',
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
    return make_index(behaviours, config, jail).search([read_text(record) for record in records], jail)


def matches_by_brute_force(jail: Jail, behaviours: list[Behaviour], records: list[str]) -> set[tuple[int, int]]:
    """Run every function on all inputs of all problems that take as many arguments as its first input."""
    named = [[one.name for one in read_text(record).functions] for record in records]
    tasks = [
        {
            "modules": [record],
            "runs": [[name, [], [[0, one.inputs]]] for name in names for one in behaviours],
            "max_characters": MAX_VALUE_CHARACTERS,
        }
        for record, names in zip(records, named, strict=True)
    ]
    found = set()
    for place, answer in enumerate(
        run_tasks("behaviours", tasks, jail, batch_size=1, progress=lambda _done, _total: None)
    ):
        for number, calls in enumerate(answer["runs"]):
            outputs = behaviours[number % len(behaviours)].outputs
            seen = [output_of(call) for call in calls or []]
            if len(seen) == len(outputs) and all(map(values_agree, seen, outputs)):
                found.add((place, number % len(behaviours)))
    return found


@pytest.fixture(scope="module")
def labelled(jail: Jail) -> list[Behaviour]:
    inputs = {one.problem.task_id: [argument_source(ast.literal_eval(text)) for text in one.inputs] for one in PROBLEMS}
    return behaviours_of([one.problem for one in PROBLEMS], inputs, jail)


@pytest.fixture(scope="module")
def index(jail: Jail, labelled: list[Behaviour]) -> BehaviourIndex:
    return make_index(labelled, CONFIG, jail)


@pytest.fixture(scope="module")
def total(jail: Jail) -> Behaviour:
    return behaviour_of(jail, TOTAL, "add_up")


def test_every_leak_is_found_and_no_clean_record_for_any_problem(
    jail: Jail, labelled: list[Behaviour], index: BehaviourIndex
) -> None:
    assert all(is_telling(one, CONFIG) for one in labelled)
    found = index.search([read_text(pair.text) for pair in PAIRS], jail)
    seen = [
        (PAIRS[match.text].task_id, PAIRS[match.text].kind, labelled[match.problem].problem.task_id)
        for match in found.matches
    ]
    assert all(own == task_id for own, _, task_id in seen)
    leaks = {kind: len(PROBLEMS) for kind in PairKind if kind.is_leak}
    assert Counter(kind for _, kind, _ in set(seen)) == leaks
    places = {one.problem.task_id: place for place, one in enumerate(labelled)}
    names = [read_text(pair.text).functions[-1].name for pair in PAIRS]
    cleared = Counter(
        pair.kind for text, pair in enumerate(PAIRS) if found.cleared(text, names[text], places[pair.task_id])
    )
    assert not any(kind.is_leak for kind in cleared)
    assert cleared[PairKind.NEAR_MISS] > 30


def test_the_index_finds_what_running_everything_on_everything_finds(
    jail: Jail, labelled: list[Behaviour], index: BehaviourIndex
) -> None:
    kinds = (PairKind.RESTRUCTURED, PairKind.NEAR_MISS)
    records = [pair.text for pair in PAIRS if pair.kind in kinds][:40]
    found = {(match.text, match.problem) for match in index.search(list(map(read_text, records)), jail).matches}
    assert found == matches_by_brute_force(jail, labelled, records)
    assert len(found) == 20


@pytest.mark.parametrize("number", [4, 60])
def test_a_function_is_run_as_often_however_many_problems_take_its_arguments(jail: Jail, number: int) -> None:
    sources = [f"def p{n}(x):\n    return [y * {n} + len(x) for y in x]\n" for n in range(2, number + 2)]
    problems = [problem(source, f"p{n}") for n, source in enumerate(sources, start=2)]
    behaviours = behaviours_of(problems, {one.task_id: INPUTS for one in problems}, jail)
    made = make_index(behaviours, CONFIG, jail)
    [group] = made.groups
    assert len(group.probes) == 2
    text = "def f(rows: list[int]):\n    n = len(rows)\n    return tuple(3 * row + n for row in rows)\n"
    assert [match.problem for match in made.search([read_text(text)], jail).matches] == [1]


@pytest.mark.parametrize(("code", "outcome"), HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_record_is_no_match_and_costs_its_neighbours_nothing(
    jail: Jail, total: Behaviour, code: str, outcome: Outcome
) -> None:
    good = "def g(numbers):\n    found = 0\n    for one in numbers:\n        found += one\n    return found\n"
    found = search(jail, [total], good, code, good)
    assert [match.text for match in found.matches] == [0, 2]
    assert found.outcomes == Counter([Outcome.PASSED, Outcome.PASSED, outcome])


def test_what_fails_on_one_problem_is_still_held_against_another(jail: Jail, total: Behaviour) -> None:
    ending = "import os\ndef f(x):\n    if x == [100]:\n        os._exit(0)\n    return sum(x)\n"
    other = behaviour_of(jail, "def last(x):\n    return max(x) + 1\n", "last", ("[100]", "[1]", "[2]", "[3]", "[4]"))
    found = search(jail, [other, total], ending)
    assert [match.problem for match in found.matches] == [1]


def test_a_match_says_what_it_rests_on(jail: Jail, total: Behaviour) -> None:
    text = "def unlike(a, b):\n    return a\n\n\n" + TOTAL + "\n\nLAST = 1\n"
    [match] = search(jail, [total], text).matches
    assert (match.detector, match.function, match.problem, match.score) == (Detector.BEHAVIOUR, "add_up", 0, 1.0)
    assert text[slice(*match.window)].strip() == TOTAL.strip()
    assert match.evidence == "equal on 10 of 10 inputs, 8 different outputs"


def test_one_input_that_differs_is_enough_unless_less_is_asked_for(jail: Jail, total: Behaviour) -> None:
    near = "def f(x):\n    return sum(x) if x != [1] else 77\n"
    raising = "def f(x):\n    return sum(x) if x != [1] else 1 / 0\n"
    assert search(jail, [total], near, raising).matches == ()
    loose = search(jail, [total], near, raising, config=BehaviourConfig(min_own_score=0.9))
    assert [match.score for match in loose.matches] == [pytest.approx(0.9)] * 2


def test_a_made_input_may_differ_or_come_to_no_end_where_there_are_own_ones_enough(jail: Jail) -> None:
    inputs = tuple(f"[{n}, {n * n}]" for n in range(24))
    own = behaviour_of(jail, TOTAL, "add_up", inputs)
    made = replace(own, num_made=20)
    few = replace(own, num_made=21)
    records = [f"def f(x):\n    while x[0] == {n}:\n        pass\n    return sum(x)\n" for n in (3, 9)]
    records += [
        f"def f(x):\n    return sum(x) if x[0] not in ({places}) else -1\n"
        for places in ("3,", "9, 10", "4, 9, 10, 11, 12")
    ]
    found = search(jail, [own, made, few], *records)
    assert {(match.text, match.problem) for match in found.matches} == {(1, 1), (3, 1)}
    assert [match.score for match in found.matches] == [pytest.approx(23 / 24), pytest.approx(22 / 24)]
    assert not found.cleared(0, "f", 1)
    assert found.cleared(2, "f", 1)
    assert found.cleared(4, "f", 1)


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
    found = search(jail, [widened], *records)
    assert [match.text for match in found.matches] == [0, 2, 4]
    assert found.matches[1].evidence.endswith("; on 9 of 12 beyond the benchmark's")
    assert [found.cleared(text, "add_up", 0) for text in range(5)] == [False, True, False, True, False]


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
    assert search(jail, [one], source) == BehaviourSearch(matches=(), outcomes={}, cleared_problems={})


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
    assert [match.text for match in search(jail, [total], prose, failing).matches] == [0, 1]


def test_parameters_that_need_not_be_given_do_not_hide_a_function(jail: Jail, total: Behaviour) -> None:
    records = [
        "def f(x, start=0, *, step=1):\n    return sum(x) + start\n",
        "def f(*xs):\n    return sum(xs[0])\n",
        "def f(x, *, start):\n    return sum(x)\n",
        "def f(x, y):\n    return sum(x)\n",
    ]
    assert [match.text for match in search(jail, [total], *records).matches] == [0, 1]


def test_arguments_are_given_in_the_order_in_which_the_function_takes_them(jail: Jail) -> None:
    source = "def p(text, times):\n    return (text + str(times)) * times\n"
    inputs = tuple(f"{text!r}, {times}" for text in ("ab", "c", "") for times in (1, 2, 3))
    one = behaviour_of(jail, source, "p", inputs)
    records = [
        "def f(n: int, word: str) -> str:\n    return n * f'{word}{n}'\n",
        "def f(n, word):\n    return n * f'{word}{n}'\n",
        "def f(n: str, word: int) -> str:\n    return int(n) * f'{word}{n}'\n",
    ]
    assert [match.text for match in search(jail, [one], *records).matches] == [0, 1]


def test_a_parameter_with_the_name_of_one_of_the_problem_is_that_one(jail: Jail) -> None:
    inputs = tuple(f"{a}, {b}" for a in range(1, 4) for b in (2, 5, 9))
    one = behaviour_of(jail, "def p(stock, wanted):\n    return 7 * stock - wanted\n", "p", inputs)
    same = "def f(stock, wanted):\n    return stock * 7 - wanted\n"
    other = "def f(stock, wanted):\n    return 7 * wanted - stock\n"
    renamed = "def f(bought, held):\n    return 7 * held - bought\n"
    found = search(jail, [one], same, other, renamed)
    assert [match.text for match in found.matches] == [0, 2]
    assert [found.cleared(text, "f", 0) for text in range(3)] == [False, True, False]


def test_methods_are_run_on_new_objects_where_these_can_be_made(jail: Jail, total: Behaviour) -> None:
    body = "        self.kept += x\n        return sum(self.kept)\n"
    made = f"class A:\n    def __init__(self):\n        self.kept = []\n    def add(self, x):\n{body}"
    needy = f"class A:\n    def __init__(self, kept):\n        self.kept = kept\n    def add(self, x):\n{body}"
    static = "class A:\n    def __init__(self, kept): ...\n    @staticmethod\n    def add(x):\n        return sum(x)\n"
    found = search(jail, [total], made, needy, static)
    assert [(match.text, match.function) for match in found.matches] == [(0, "add"), (2, "add")]


def test_only_what_returned_something_else_is_cleared(jail: Jail, total: Behaviour) -> None:
    weak = behaviour_of(jail, "def weak(x):\n    return len(x) > 2\n", "weak")
    one = "def f(x):\n    def g(x):\n        return 1\n    return g(x)\n"
    records = {
        "def f(x):\n    return sum(x) + 1\n": True,
        "def f(x):\n    return sum(x)\n": False,
        "def f(x):\n    raise ValueError\n": False,
        "def f(x):\n    while True: ...\n": False,
        "def f(x, y):\n    return 1\n": False,
        f"{one}class A:\n    def f(self, x):\n        return 1\n": True,
        f"{one}class A:\n    def __init__(self, y): ...\n    def f(self, x):\n        return 1\n": False,
    }
    found = search(jail, [total, weak], *records)
    assert [found.cleared(text, "f", 0) for text in range(len(records))] == list(records.values())
    assert not any(found.cleared(text, "f", 1) or found.cleared(text, "g", 0) for text in range(len(records)))


def test_a_module_that_lacks_an_import_hides_no_function(jail: Jail, total: Behaviour) -> None:
    imports = "import nowhere\nfrom nothing import at_all\n"
    record = f"{imports}START = 0\ndef f(x: at_all.Array) -> List[int]:\n    return sum(x) + START\n"
    exiting = f"raise SystemExit(0)\n{TOTAL}"
    assert len(search(jail, [total], record, exiting).matches) == 2


def test_a_function_that_sleeps_is_not_waited_for(jail: Jail, total: Behaviour) -> None:
    record = "import time\ndef f(x):\n    time.sleep(1000)\n    return sum(x)\n"
    assert len(search(jail, [total], record).matches) == 1


def test_an_index_can_be_sent_to_another_process(jail: Jail, total: Behaviour) -> None:
    made = pickle.loads(pickle.dumps(make_index([total], CONFIG, jail)))
    assert len(made.search([read_text(TOTAL)], jail).matches) == 1


def test_progress_ends_at_the_number_of_texts(jail: Jail, total: Behaviour) -> None:
    told: list[tuple[int, int]] = []
    texts = [read_text(TOTAL), read_text("no code"), read_text(TOTAL)]
    make_index([total], CONFIG, jail).search(texts, jail, lambda done, of: told.append((done, of)))
    assert told[-1] == (3, 3)
    assert told == sorted(told)


def test_a_sandbox_that_breaks_down_is_an_error_and_no_verdict(jail: Jail, total: Behaviour) -> None:
    class Broken(Jail):
        def run(self, *_arguments: object, **_keywords: object) -> list:  # type: ignore[override,type-arg]
            raise SandboxError("the machine is full")

    with pytest.raises(SandboxError, match="full"):
        make_index([total], CONFIG, Broken())
    with pytest.raises(SandboxError, match="full"):
        make_index([total], CONFIG, jail).search([read_text(TOTAL)], Broken())


@pytest.mark.parametrize(
    "fields",
    [
        {"min_own_score": 0.0},
        {"min_made_score": 1.1},
        {"min_wide_score": -0.1},
        {"min_wide_inputs": 0},
        {"few_own_inputs": -1},
        {"min_inputs": 0},
        {"min_bits": 0.0},
    ],
    ids=str,
)
def test_a_config_without_meaning_is_refused(fields: dict[str, float]) -> None:
    with pytest.raises(ConfigError, match=next(iter(fields))):
        BehaviourConfig(**fields)  # type: ignore[arg-type]
