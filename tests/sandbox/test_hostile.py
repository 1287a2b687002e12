"""Programs that attack the jail or its verdicts, each a file below `hostile/`; never run them outside a jail.

A file begins with `# Expected:` and the outcomes that are honest, then `# Detail:` and the end of the report's detail
where a program tells whether the walls held, then one line that says what it tries.
"""

import queue
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from hornbook.errors import SandboxError
from hornbook.records import Outcome
from hornbook.sandbox.jail import Jail
from hornbook.sandbox.program import Limits, Program, Report

FILES = sorted((Path(__file__).parent / "hostile").glob("*.py"))
NUM_CANARIES = 4
NUM_THREADS = 2
GRACE_SECONDS = 2.0
MEMORY_BYTES = 256 * 2**20
LIMITS = Limits(cpu_seconds=0.5, wall_seconds=3.0, memory_bytes=MEMORY_BYTES)
LIMITS_OF_SLEEPERS = Limits(cpu_seconds=0.5, wall_seconds=1.0, memory_bytes=MEMORY_BYTES)
# Uses what a program before it may have spoiled, and prints what it may have changed for all that follow.
CANARY = Program("""
import builtins, gc, math, os, random, resource, sys, threading
assert os.getppid() == 1 and os.getcwd() == "/tmp" and not os.listdir("/tmp") and not os.listxattr("/tmp")
with open("/tmp/file", "x") as file:
    file.write("x" * 2**20)
thread = threading.Thread(target=list)
thread.start()
thread.join()
assert builtins.len([1]) == 1 and math.sqrt(4) == 2 and sys.gettrace() is None and len(bytes(2**27)) == 2**27
print([resource.getrlimit(kind) for kind in range(16)], oct(os.stat("/tmp").st_mode), len(os.listdir("/dev")))
print(os.getpriority(os.PRIO_PROCESS, 0), os.sched_getscheduler(0), sorted(os.sched_getaffinity(0)))
print(sorted(os.environ.items()), random.random(), sys.getrecursionlimit(), gc.isenabled())
""")


@dataclass(frozen=True, kw_only=True)
class Header:
    """What the head of a hostile file says of it."""

    outcomes: frozenset[Outcome]
    detail: str
    attempt: str


@dataclass(frozen=True, kw_only=True)
class Aftermath:
    """What a hostile program came to, and what it left to those after it."""

    report: Report | SandboxError
    limits: Limits
    seconds: float
    canaries: list[Report]
    num_processes: list[int]
    """Of each worker that is left: the processes that it is made of."""


def read_header(path: Path) -> Header:
    lines = path.read_text().split("\n")
    assert lines[0].startswith("# Expected: "), path.name
    outcomes = frozenset(Outcome(word.strip()) for word in lines[0].removeprefix("# Expected: ").split(","))
    has_detail = lines[1].startswith("# Detail: ")
    return Header(
        outcomes=outcomes,
        detail=lines[1].removeprefix("# Detail: ") if has_detail else "",
        attempt=lines[2 if has_detail else 1],
    )


def descendants(process: int) -> set[int]:
    """The processes that a process started, with those that they started."""
    parents = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                parents[int(folder.name)] = int((folder / "stat").read_text().rsplit(")", 1)[1].split()[1])
            except (OSError, IndexError):
                continue
    found = {process}
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return found - {process}


def snapshot(folder: Path) -> dict[str, tuple[int, int, bytes]]:
    """Every path below a folder, with its mode, its time of change and its bytes."""
    paths = [folder, *sorted(folder.rglob("*"))]
    return {
        str(path): (path.stat().st_mode, path.stat().st_mtime_ns, path.read_bytes() if path.is_file() else b"")
        for path in paths
    }


def attack(path: Path, jails: dict[Limits, Jail], quiet: Report) -> Aftermath:
    """Run one hostile program, then canaries, all on the same single worker."""
    limits = LIMITS_OF_SLEEPERS if read_header(path).outcomes == {Outcome.WALL_TIMED_OUT} else LIMITS
    jail = jails[limits]
    report: Report | SandboxError
    start = time.monotonic()
    try:
        [report] = jail.run([Program(path.read_text())])
    except SandboxError as error:
        report = error
    seconds = time.monotonic() - start
    aftermath = Aftermath(
        report=report,
        limits=limits,
        seconds=seconds,
        canaries=jail.run([CANARY] * NUM_CANARIES),
        num_processes=[len(descendants(worker._process.pid)) for worker in jail._workers],
    )
    if aftermath.canaries != [quiet] * NUM_CANARIES:
        jail.__exit__(None, None, None)  # What one program spoiled is not to be told of all that follow.
    return aftermath


@dataclass(frozen=True, kw_only=True)
class Battle:
    """All hostile programs' aftermaths by name, and what was outside before and after."""

    aftermaths: dict[str, Aftermath]
    quiet_canary: Report
    num_processes_of_quiet_worker: int
    outside_before: dict[str, tuple[int, int, bytes]]
    outside_after: dict[str, tuple[int, int, bytes]]
    survivors: set[int]


@pytest.fixture(scope="module")
def battle(tmp_path_factory: pytest.TempPathFactory) -> Battle:
    """Run every file once; two threads share them, each with a jail of one worker for each kind of limits."""
    outside = tmp_path_factory.mktemp("outside")
    for name in ("home", "work", "elsewhere"):
        (outside / name / ".ssh").mkdir(parents=True)
        (outside / name / ".ssh" / "id_ed25519").write_text("secret")
        (outside / name / "notes.txt").write_text("mine")
    before = snapshot(outside)
    waiting: queue.SimpleQueue[Path] = queue.SimpleQueue()
    # The sleepers first, so that no thread is left alone with them.
    for path in sorted(FILES, key=lambda path: Outcome.WALL_TIMED_OUT not in read_header(path).outcomes):
        waiting.put(path)
    aftermaths: dict[str, Aftermath] = {}
    processes: set[int] = set()

    def fight() -> None:
        with Jail(LIMITS, num_workers=1) as jail, Jail(LIMITS_OF_SLEEPERS, num_workers=1) as jail_of_sleepers:
            jails = {LIMITS: jail, LIMITS_OF_SLEEPERS: jail_of_sleepers}
            while True:
                try:
                    path = waiting.get_nowait()
                except queue.Empty:
                    break
                aftermaths[path.stem] = attack(path, jails, quiet)
                processes.update(*(descendants(worker._process.pid) for it in jails.values() for worker in it._workers))

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", str(outside / "home"))
        patch.setenv("API_KEY", "secret")
        patch.chdir(outside / "work")
        with Jail(LIMITS, num_workers=1) as jail:
            [quiet] = jail.run([CANARY])
            num_processes = len(descendants(jail._workers[0]._process.pid))
        threads = [threading.Thread(target=fight) for _ in range(NUM_THREADS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    return Battle(
        aftermaths=aftermaths,
        quiet_canary=quiet,
        num_processes_of_quiet_worker=num_processes,
        outside_before=before,
        outside_after=snapshot(outside),
        survivors=survivors_of(processes),
    )


def survivors_of(processes: set[int]) -> set[int]:
    """Those that still run a jail's script some seconds later: the kernel ends a jail soon after its first process."""
    for _ in range(250):
        processes = {process for process in processes if runs_a_jail(process)}
        if not processes:
            break
        time.sleep(0.02)
    return processes


def runs_a_jail(process: int) -> bool:
    try:
        return b"/runner.py" in Path(f"/proc/{process}/cmdline").read_bytes()
    except OSError:
        return False


@pytest.mark.parametrize("name", [path.stem for path in FILES])
def test_a_hostile_program_gets_its_verdict_and_the_next_programs_notice_nothing(battle: Battle, name: str) -> None:
    header = read_header(Path(__file__).parent / "hostile" / f"{name}.py")
    aftermath = battle.aftermaths[name]
    report = aftermath.report
    assert isinstance(report, Report), f"the jail broke: {report}"
    assert report.outcome in header.outcomes, report
    assert report.detail.endswith(header.detail), report
    assert "\n" not in report.detail, report
    assert 0 < len(report.detail) <= 500, report
    assert aftermath.canaries == [battle.quiet_canary] * NUM_CANARIES


def test_the_canary_passes_where_nothing_was_before_it(battle: Battle) -> None:
    assert battle.quiet_canary.outcome is Outcome.PASSED, battle.quiet_canary


def test_no_hostile_program_outlives_its_limit(battle: Battle) -> None:
    # A time-out is confirmed by a second run.
    late = {
        name: aftermath.seconds
        for name, aftermath in battle.aftermaths.items()
        if aftermath.seconds > 2 * (aftermath.limits.wall_seconds + GRACE_SECONDS)
    }
    assert not late


def test_no_process_of_a_hostile_program_is_left_in_its_jail_or_after_it(battle: Battle) -> None:
    crowded = {
        name: aftermath.num_processes
        for name, aftermath in battle.aftermaths.items()
        if set(aftermath.num_processes) != {battle.num_processes_of_quiet_worker}
    }
    assert battle.num_processes_of_quiet_worker >= 1
    assert not crowded
    assert not battle.survivors


def test_nothing_outside_the_jail_has_changed(battle: Battle) -> None:
    assert battle.outside_after == battle.outside_before


def test_at_least_forty_programs_say_what_they_try_and_none_may_pass() -> None:
    headers = [read_header(path) for path in FILES]
    assert len(headers) >= 40
    assert all(header.attempt.startswith("# ") and header.attempt.endswith(".") for header in headers)
    assert all(header.outcomes and Outcome.PASSED not in header.outcomes for header in headers)
    assert len({header.attempt for header in headers}) == len(headers)
