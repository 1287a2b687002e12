"""Programs that attack the jail or its verdicts, each a file below `hostile/`; never run them outside a jail.

A file begins with `# Expected:` and the outcomes that are honest, then `# Detail:` and the end of the report's detail
where a program tells whether the walls held, then one line that says what it tries. All run once, each followed by a
canary in the same interpreter.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

from hornbook.records import Outcome
from hornbook.sandbox.jail import Jail
from hornbook.sandbox.program import OUTPUT_BYTES, Limits, Program, Report

FILES = sorted((Path(__file__).parent / "hostile").glob("*.py"))
LIMITS = Limits(cpu_seconds=1.0, wall_seconds=2.0, memory_bytes=256 * 2**20)
KERNEL_CPU_SECONDS = 5
# Uses what a program before it may have spoiled, and prints what it may have changed for all that follow.
CANARY = Program("""
import builtins, gc, math, os, random, resource, sys, threading
assert os.getppid() == 1 and os.getcwd() == "/tmp" and not os.listdir("/tmp") and not os.listxattr("/tmp")
try:
    os.kill(-1, 0)
    raise AssertionError("there is another process")
except ProcessLookupError:
    pass
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
class Battle:
    """What the hostile programs came to, by name, and what they left."""

    reports: dict[str, Report]
    canaries: dict[str, Report]
    quiet_canary: Report
    outside_before: dict[str, tuple[int, int, bytes]]
    outside_after: dict[str, tuple[int, int, bytes]]


def expected(path: Path) -> tuple[set[Outcome], str]:
    """The honest outcomes, and how the detail must end."""
    first, second, *_ = path.read_text().split("\n")
    outcomes = {Outcome(word.strip()) for word in first.removeprefix("# Expected: ").split(",")}
    return outcomes, second.removeprefix("# Detail: ") if second.startswith("# Detail: ") else ""


def snapshot(folder: Path) -> dict[str, tuple[int, int, bytes]]:
    """Every path below a folder, with its mode, its time of change and its bytes."""
    paths = [folder, *sorted(folder.rglob("*"))]
    return {
        str(path): (path.stat().st_mode, path.stat().st_mtime_ns, path.read_bytes() if path.is_file() else b"")
        for path in paths
    }


def fight(paths: list[Path]) -> list[Report]:
    """On one worker each hostile program, then a canary; and one behind those that run out of time a second time."""
    with Jail(LIMITS, num_workers=1) as jail:
        programs = [one for path in paths for one in (Program(path.read_text()), CANARY)]
        return [*jail.run(programs), *jail.run([CANARY])]


@pytest.fixture(scope="module")
def battle(tmp_path_factory: pytest.TempPathFactory) -> Battle:
    outside = tmp_path_factory.mktemp("outside")
    for name in ("home", "work", "elsewhere"):
        (outside / name / ".ssh").mkdir(parents=True)
        (outside / name / ".ssh" / "id_ed25519").write_text("secret")
    before = snapshot(outside)
    halves = [FILES[::2], FILES[1::2]]
    with pytest.MonkeyPatch.context() as patch, ThreadPoolExecutor(len(halves)) as pool:
        patch.setenv("HOME", str(outside / "home"))
        patch.setenv("API_KEY", "secret")
        patch.chdir(outside / "work")
        [quiet] = fight([])
        fought = list(pool.map(fight, halves))
    reports: dict[str, Report] = {}
    canaries: dict[str, Report] = {}
    for half, fought_here in zip(halves, fought, strict=True):
        reports.update(zip([path.stem for path in half], fought_here[:-1:2], strict=True))
        canaries.update(zip([f"after {path.stem}" for path in half], fought_here[1::2], strict=True))
        canaries[f"after {len(canaries)} programs"] = fought_here[-1]
    return Battle(
        reports=reports,
        canaries=canaries,
        quiet_canary=quiet,
        outside_before=before,
        outside_after=snapshot(outside),
    )


def test_every_hostile_program_gets_an_honest_verdict(battle: Battle) -> None:
    assert len(battle.reports) == len(FILES) > 80
    for path in FILES:
        outcomes, detail = expected(path)
        report = battle.reports[path.stem]
        assert Outcome.PASSED not in outcomes, path.stem
        assert report.outcome in outcomes, (path.stem, report)
        assert report.detail.endswith(detail), (path.stem, report)
        assert 0 < len(report.detail) <= 500, (path.stem, report)
        assert "\n" not in report.detail, (path.stem, report)


def test_what_writes_without_an_end_meets_the_output_limit(battle: Battle) -> None:
    endless = {name: one for name, one in battle.reports.items() if name in ("endless_output", "huge_print")}
    assert [one.outcome for one in endless.values()] == [Outcome.OUTPUT_LIMIT] * 2
    assert all(len(one.stdout) <= OUTPUT_BYTES for one in battle.reports.values())


def test_the_jails_own_clock_stops_every_program_before_the_kernels_does(battle: Battle) -> None:
    assert not {name: one for name, one in battle.reports.items() if one.cpu_seconds >= KERNEL_CPU_SECONDS}


def test_no_hostile_program_leaves_anything_to_the_one_after_it(battle: Battle) -> None:
    assert battle.quiet_canary.outcome is Outcome.PASSED, battle.quiet_canary
    assert not {name: one for name, one in battle.canaries.items() if one != battle.quiet_canary}


def test_nothing_outside_the_jail_has_changed(battle: Battle) -> None:
    assert battle.outside_after == battle.outside_before
