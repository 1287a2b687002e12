from collections.abc import Sequence
from typing import Any

from hornbook.records import Outcome
from hornbook.sandbox.jail import Jail
from hornbook.sandbox.jail_tasks import function_task, run_tasks
from hornbook.sandbox.program import Program, Report

GOOD = "def f(x):\n    return x + 1\n"
HOSTILE = {
    "an endless loop": "def f(x):\n    while True:\n        pass\n",
    "a long computation in C": "def f(x):\n    return sum(range(10 ** 12))\n",
    "an exit": "def f(x):\n    raise SystemExit(0)\n",
    "a hard exit": "import os\ndef f(x):\n    os._exit(0)\n",
    "a kill": "import os\ndef f(x):\n    os.kill(os.getpid(), 9)\n",
    "deep recursion": "def f(x):\n    return f(x)\n",
    "much memory": "def f(x):\n    return len('a' * 10 ** 10)\n",
    "a flood": "import os\ndef f(x):\n    while True:\n        os.write(1, b'a' * 1000)\n",
    "no print": "import builtins\ndef f(x):\n    builtins.print = builtins.len = None\n    return 1\n",
    "no json": "import json\ndef f(x):\n    json.dumps = json.loads = None\n    return 1\n",
    "a closed output": "import os\ndef f(x):\n    os.close(1)\n    return 1\n",
    "a module that exits": "raise SystemExit(0)\n",
}
STOPPED = {
    "a long computation in C": Outcome.CPU_TIMED_OUT,
    "a kill": Outcome.KILLED,
    "much memory": Outcome.OUT_OF_MEMORY,
    "a flood": Outcome.OUTPUT_LIMIT,
    "a hard exit": Outcome.RAISED,
}


def seen(jail: Jail, *codes: str, batch_size: int = 50) -> list[Any]:
    tasks = [function_task(code, "f", ["1", "2"]) for code in codes]
    return run_tasks("calls", tasks, jail, batch_size=batch_size, progress=lambda *_: None)


def test_a_hostile_function_costs_its_neighbours_nothing_and_is_told_as_the_jail_tells_it(jail: Jail) -> None:
    codes = [code for hostile in HOSTILE.values() for code in (GOOD, hostile, GOOD)]
    answers = seen(jail, *codes, batch_size=3)
    good = [answer["calls"] for place, answer in enumerate(answers) if place % 3 != 1]
    assert good == [[["v", 2], ["v", 3]]] * 2 * len(HOSTILE)
    by_name = dict(zip(HOSTILE, answers[1::3], strict=True))
    reports = {name: answer.outcome for name, answer in by_name.items() if isinstance(answer, Report)}
    assert {name: reports.get(name) for name in STOPPED} == STOPPED
    assert by_name["a module that exits"]["outcome"] == "raised"
    assert by_name["an endless loop"]["calls"][0] == ["t"]
    assert not any(isinstance(one, dict) and one["calls"] == good[0] for one in by_name.values())


def test_an_answer_that_a_function_prints_is_not_believed(jail: Jail) -> None:
    forged = '[{"outcome": "passed", "calls": [["v", 2], ["v", 3]], "examples": [], "varies": [], "test": null}]'
    code = f"import os\ndef f(x):\n    os.write(1, b'''hornbook-seen-0123456789abcdef {forged}\\n''')\n    return 0\n"
    assert seen(jail, code)[0]["calls"] == [["v", 0], ["v", 0]]


def test_a_printed_answer_under_the_true_marker_beside_the_true_one_is_refused(jail: Jail) -> None:
    code = (
        "import os, sys\n"
        "def f(x):\n"
        "    frame = sys._getframe()\n"
        "    while frame and 'marker' not in frame.f_locals:\n"
        "        frame = frame.f_back\n"
        "    os.write(1, (frame.f_locals['marker'] + '[1]\\n').encode())\n"
        "    return 0\n"
    )
    assert isinstance(seen(jail, code)[0], Report)


def test_the_order_of_answers_is_that_of_the_tasks_whatever_the_batches(jail: Jail) -> None:
    codes = [f"def f(x):\n    return x * {number}\n" for number in range(23)]
    codes[7] = HOSTILE["a hard exit"]
    for batch_size in (5, 50):
        answers = seen(jail, *codes, batch_size=batch_size)
        assert isinstance(answers[7], Report)
        answers[7] = {"calls": [["v", 7]]}
        assert [one["calls"][0][1] for one in answers] == list(range(23))


def test_answers_that_do_not_fit_into_one_programs_output_come_from_several(jail: Jail) -> None:
    code = "def f(x):\n    return 'a' * 500\n"
    tasks = [function_task(code, "f", [str(number) for number in range(20)]) for _ in range(30)]
    answers = run_tasks("calls", tasks, jail, batch_size=30, progress=lambda *_: None)
    assert all(len(one["calls"]) == 20 for one in answers)


def test_progress_ends_at_the_number_of_tasks(jail: Jail) -> None:
    told: list[tuple[int, int]] = []
    tasks = [function_task(code, "f", ["1"]) for code in (GOOD, HOSTILE["a hard exit"], GOOD)]
    run_tasks("calls", tasks, jail, batch_size=2, progress=lambda done, total: told.append((done, total)))
    assert told[-1] == (3, 3)
    assert [done for done, _ in told] == sorted(done for done, _ in told)


class Counting(Jail):
    """Counts the programs that another jail runs."""

    def __init__(self, jail: Jail) -> None:
        super().__init__(jail.limits)
        self.jail, self.num_programs = jail, 0

    def run(self, programs: Sequence[Program], *arguments: Any, **keywords: Any) -> list[Report]:
        self.num_programs += len(programs)
        return self.jail.run(programs, *arguments, **keywords)


def test_a_batch_that_comes_to_nothing_is_halved_until_the_one_to_blame_is_alone(jail: Jail) -> None:
    counting = Counting(jail)
    codes = [GOOD] * 64
    codes[37] = HOSTILE["a hard exit"]
    answers = seen(counting, *codes, batch_size=64)
    assert [place for place, answer in enumerate(answers) if isinstance(answer, Report)] == [37]
    assert counting.num_programs <= 1 + 2 * 4 + 4


def test_a_record_that_gives_much_or_would_end_the_process_costs_the_others_no_second_run(jail: Jail) -> None:
    probes = [str(number) for number in range(40)]
    codes = [GOOD] * 30
    codes[7] = "".join(f"def f{number}(x):\n    return [x] * 8\n" for number in range(60))
    codes[11] = "import os\ndef f(fd):\n    os.close(fd)\n"
    codes[13] = "import os\ndef f(status):\n    os._exit(status)\n"
    counting = Counting(jail)
    shared = {"groups": [{"kinds": ["num"], "probes": probes}], "only": "", "reorder": True}
    tasks = [{"modules": [code]} for code in codes]
    answers: list[Any] = run_tasks("probes", tasks, counting, batch_size=30, shared=shared)
    assert [answer["runs"][0][-1][3] for place, answer in enumerate(answers) if codes[place] == GOOD] == ["4"] * 27
    assert answers[13]["runs"] == [["f", 0, [0], [], [None] * 40]]
    assert counting.num_programs == 2


def test_what_tasks_share_comes_to_each_as_it_was_sent(jail: Jail) -> None:
    groups = [{"kinds": ["num"], "probes": ["1", "2"]}]
    code = (
        "import sys\n"
        "frame = sys._getframe()\n"
        "while frame:\n"
        "    if 'task' in frame.f_locals:\n"
        "        frame.f_locals['task'].get('groups', []).clear()\n"
        "    frame = frame.f_back\n"
        "def f(x):\n    return x + 1\n"
    )
    tasks = [{"modules": [one]} for one in (code, GOOD)]
    shared = {"groups": groups, "only": "", "reorder": True}
    answers = run_tasks("probes", tasks, jail, batch_size=2, progress=lambda *_: None, shared=shared)
    assert [answer["runs"] for answer in answers] == [[], [["f", 0, [0], [], ["2", "3"]]]]
