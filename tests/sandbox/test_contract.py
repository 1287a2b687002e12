"""What every sandbox promises, whether it has a jail or not; all programs here are harmless."""

import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence

import pytest

from hornbook.records import Outcome
from hornbook.sandbox.jail import Jail
from hornbook.sandbox.program import Limits, Program, Report, Sandbox, run_time_outs_again
from hornbook.sandbox.unjailed import Unjailed

MEMORY_BYTES = 256 * 2**20
ENDINGS = [
    ("assert 1 + 1 == 2", Outcome.PASSED, ""),
    ("x = 1\nassert x == 2, 'not two'", Outcome.WRONG, "line 2: AssertionError: not two"),
    ("def f():\n    return 1 / 0\n\nf()", Outcome.RAISED, "line 2: ZeroDivisionError: division by zero"),
    ("raise SystemExit(0)", Outcome.RAISED, "line 1: SystemExit: 0"),
    ("import os\nos._exit(0)", Outcome.RAISED, "left with status 0 before its end"),
    ("raise ValueError('first\\nsecond')", Outcome.RAISED, "line 1: ValueError: first"),
    ("raise type('A\\nB', (Exception,), {})", Outcome.RAISED, "line 1: A B"),
    ("x = 1\ndef f(:", Outcome.SYNTAX_ERROR, "line 2: SyntaxError: invalid syntax"),
    ("while True: pass", Outcome.CPU_TIMED_OUT, "used its 0.3 s of CPU time"),
    ("print('x' * 10**6)", Outcome.OUTPUT_LIMIT, "wrote more than 65536 bytes"),
    (
        "import sys\nprint('x' * 40000)\nprint('y' * 40000, file=sys.stderr)",
        Outcome.OUTPUT_LIMIT,
        "wrote more than 65536 bytes",
    ),
    ("import os\nos.abort()", Outcome.KILLED, "by signal 6"),
    ("input()", Outcome.RAISED, "line 1: EOFError: EOF when reading a line"),
    ("exec('def f(:')", Outcome.RAISED, "line 1: SyntaxError: invalid syntax"),
    ("raise ValueError(object())", Outcome.RAISED, "line 1: ValueError: <object object at 0x…>"),
]


def jail(limits: Limits) -> Sandbox:
    return Jail(limits)


def unjailed(limits: Limits) -> Sandbox:
    return Unjailed(limits)


@pytest.fixture(scope="module", params=[jail, unjailed], ids=["jail", "unjailed"])
def make(request: pytest.FixtureRequest) -> Callable[[Limits], Sandbox]:
    made: Callable[[Limits], Sandbox] = request.param
    return made


@pytest.fixture(scope="module")
def sandbox(make: Callable[[Limits], Sandbox]) -> Iterator[Sandbox]:
    with make(Limits(cpu_seconds=0.3, memory_bytes=MEMORY_BYTES)) as sandbox:
        yield sandbox


def test_a_program_that_sleeps_is_stopped_by_the_wall_clock(make: Callable[[Limits], Sandbox]) -> None:
    with make(Limits(cpu_seconds=0.3, wall_seconds=0.5)) as hasty:
        [report] = hasty.run([Program("import time\nprint('so far', flush=True)\ntime.sleep(60)")])
    assert (report.outcome, report.detail) == (Outcome.WALL_TIMED_OUT, "still running after 0.5 s")
    assert report.stdout == "so far\n"


def test_each_way_to_end_has_its_outcome_and_detail_and_each_report_is_told_once_time_outs_last(
    sandbox: Sandbox,
) -> None:
    told: list[tuple[int, Report]] = []
    programs = [Program(source) for source, _, _ in ENDINGS]
    reports = sandbox.run(programs, on_report=lambda index, report: told.append((index, report)))
    assert [(report.outcome, report.detail) for report in reports] == [ending[1:] for ending in ENDINGS]
    assert sorted(index for index, _ in told) == list(range(len(ENDINGS)))
    assert all(report is reports[index] for index, report in told)
    assert told[-1][1].outcome is Outcome.CPU_TIMED_OUT
    assert sandbox.run([]) == []


@pytest.mark.skipif(sys.platform == "darwin", reason="macOS has no limit on memory")
def test_a_program_that_hoards_runs_out_of_memory(sandbox: Sandbox) -> None:
    reports = sandbox.run([Program("x = 'a' * 10**10"), Program("x = []\nwhile True:\n    x.append(bytes(10**7))")])
    assert [report.outcome for report in reports] == [Outcome.OUT_OF_MEMORY] * 2


def test_reports_come_in_the_order_of_the_programs_and_progress_counts_them(sandbox: Sandbox) -> None:
    sources = [f"import time; time.sleep({0.05 * (number % 2)})\nprint({number})" for number in range(6)]
    counted: list[tuple[int, int]] = []
    reports = sandbox.run([Program(source) for source in sources], lambda done, total: counted.append((done, total)))
    assert [report.stdout for report in reports] == [f"{number}\n" for number in range(6)]
    assert counted == [(number, 6) for number in range(1, 7)]


def test_an_error_of_the_caller_ends_the_run_and_the_sandbox_goes_on(sandbox: Sandbox) -> None:
    def full(_index: int, _report: Report) -> None:
        raise OSError("the disk is full")

    with pytest.raises(OSError, match="the disk is full"):
        sandbox.run([Program("import time; time.sleep(0.05)")] * 6, on_report=full)
    assert [report.stdout for report in sandbox.run([Program("print(1)")])] == ["1\n"]


def test_what_a_program_prints_is_in_the_report_and_excerpts_are_bounded(sandbox: Sandbox) -> None:
    talks = Program("import sys\nprint('ünï')\nprint('e' * 5000, file=sys.stderr)\nassert False")
    long = Program("raise type('A\\u2028' * 900, (Exception,), {})('x' * 900)")
    most = Program("import sys\nsys.stdout.write('x' * 65536)")
    first, second, third = sandbox.run([talks, long, most])
    assert (first.stdout, first.stderr, first.detail) == ("ünï\n", "e" * 2000, "line 4: AssertionError")
    assert (len(second.detail), len(second.detail.splitlines())) == (400, 1)
    assert (third.outcome, third.stdout) == (Outcome.PASSED, "x" * 65536)


def test_cpu_time_is_the_programs_own_with_all_its_threads(sandbox: Sandbox) -> None:
    burn = "import time\ndef burn():\n    end = time.thread_time() + 0.05\n    while time.thread_time() < end: pass\n"
    threads = (
        "import threading\nfor _ in range(3):\n    t = threading.Thread(target=burn)\n    t.start()\n    t.join()\n"
    )
    busy, idle = sandbox.run([Program(burn + threads), Program("pass")])
    assert busy.cpu_seconds >= 0.15
    assert idle.cpu_seconds < busy.cpu_seconds


def test_a_program_sees_no_variable_of_ours_and_an_empty_folder(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("API_KEY", "secret")
    look = "import os\nassert not os.listdir() and not set(os.environ) & {'API_KEY', 'USER', 'PATH'}\nopen('left', 'w')"
    assert [report.outcome for report in sandbox.run([Program(look)] * 3)] == [Outcome.PASSED] * 3


def test_hashes_and_random_numbers_are_the_same_in_every_sandbox() -> None:
    program = Program("import random\nprint(hash('a'), random.random(), list({'x', 'y', 'z', 'w'}))")
    outputs = set()
    for make in (jail, unjailed):
        with make(Limits()) as sandbox:
            outputs |= {report.stdout for report in sandbox.run([program] * 2)}
    assert len(outputs) == 1


def test_a_sandbox_says_what_it_is_made_of() -> None:
    limits = Limits(cpu_seconds=1.0, wall_seconds=5.0, memory_bytes=2**28)
    numbers = {"cpu_seconds": 1.0, "wall_seconds": 5.0, "memory_bytes": 2**28, "output_bytes": 65536}
    assert jail(limits).describe() == {"backend": "bubblewrap", "limits": numbers}
    assert unjailed(limits).describe() == {"backend": "none: programs run without a jail", "limits": numbers}


@pytest.mark.skipif(sys.platform != "linux", reason="the test waits for a process that is not its child")
def test_a_program_without_a_jail_leaves_no_process_behind(ends: Callable[[int], bool]) -> None:
    source = "import os, time\nif (child := os.fork()) == 0:\n    time.sleep(60)\nprint(child)"
    with Unjailed() as sandbox:
        [report] = sandbox.run([Program(source)])
    assert report.outcome is Outcome.PASSED
    assert ends(int(report.stdout))


def test_a_time_out_counts_only_if_the_program_runs_out_of_time_alone_as_well() -> None:
    def report_of(outcome: Outcome) -> Report:
        return Report(outcome=outcome, cpu_seconds=0.0, detail="", stdout="", stderr="")

    crowded = [Outcome.CPU_TIMED_OUT, Outcome.PASSED, Outcome.WALL_TIMED_OUT, Outcome.OUT_OF_MEMORY]
    alone = {0: Outcome.PASSED, 2: Outcome.WALL_TIMED_OUT}
    runs: list[list[int]] = []

    def run(indices: Sequence[int], tell: Callable[[int, Report], None]) -> None:
        runs.append(list(indices))
        for index in indices:
            tell(index, report_of(crowded[index] if len(runs) == 1 else alone[index]))

    told: list[tuple[int, Outcome]] = []
    counted: list[tuple[int, int]] = []
    reports = run_time_outs_again(
        4, run, lambda *numbers: counted.append(numbers), lambda index, report: told.append((index, report.outcome))
    )
    assert runs == [[0, 1, 2, 3], [0], [2]]
    assert [report.outcome for report in reports] == [Outcome.PASSED, *crowded[1:]]
    assert told == [(1, crowded[1]), (3, crowded[3]), (0, Outcome.PASSED), (2, crowded[2])]
    assert counted == [(1, 4), (2, 4), (3, 4), (4, 4)]


def test_both_sandboxes_can_be_imported_and_one_be_used_where_there_is_no_linux() -> None:
    script = (
        "import os, select, sys\nsys.platform = 'darwin'\n"
        "for name in ('pidfd_open', 'sched_getaffinity', 'memfd_create'):\n    delattr(os, name)\n"
        "from hornbook.errors import SandboxError\nfrom hornbook.sandbox.jail import Jail\n"
        "from hornbook.sandbox.program import Program\nfrom hornbook.sandbox.unjailed import Unjailed\n"
        "try:\n    Jail().__enter__()\nexcept SandboxError as error:\n    print(error)\n"
        "with Unjailed() as sandbox:\n    print(sandbox.run([Program('print(1)')])[0].stdout)\n"
    )
    finished = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    first, *rest = finished.stdout.splitlines()
    assert first.startswith("no jail on darwin.")
    assert first.endswith("`--execute-without-jail`")
    assert rest[0] == "1"
