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
# For those that may run out of time, so that they take a moment and not more.
SHORT_LIMITS = Limits(cpu_seconds=0.4, wall_seconds=0.8, memory_bytes=256 * 2**20)
TIME_OUTS = {Outcome.CPU_TIMED_OUT, Outcome.WALL_TIMED_OUT}
KERNEL_CPU_SECONDS = 5
# Before a program that makes attempts which must all fail, by an error or by a number below 0; it says so at its end.
ALLOW_NONE = """
def allow_none(**attempts):
    for name, attempt in attempts.items():
        try:
            result = attempt()
        except (OSError, ValueError, ImportError):
            continue
        assert isinstance(result, int) and result < 0, f"allowed: {name}"
"""
CLAIM = """
import os
def claim(found):
    for descriptor in range(3, 64):
        try:
            os.set_blocking(descriptor, False)
            found.append(os.read(descriptor, 4096))
        except OSError:
            continue
    for descriptor in range(3, 64):
        try:
            os.write(descriptor, b"passed\\n" + b"".join(dict.fromkeys(found)))
        except OSError:
            continue
    os._exit(0)
"""
REFUSED = "\nassert False, 'every attempt was refused'\n"
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
    canaries: dict[str, tuple[Report, Report]]
    """After which program → what the canary said, and what it said before the first one."""
    outside_before: dict[str, tuple[int, int, bytes]]
    outside_after: dict[str, tuple[int, int, bytes]]


def expected(path: Path) -> tuple[set[Outcome], str]:
    """The honest outcomes, and how the detail must end."""
    first, second, *_ = path.read_text().split("\n")
    outcomes = {Outcome(word.strip()) for word in first.removeprefix("# Expected: ").split(",")}
    return outcomes, second.removeprefix("# Detail: ") if second.startswith("# Detail: ") else ""


def program_of(path: Path) -> Program:
    source = path.read_text()
    if "allow_none(" in source:
        return Program(ALLOW_NONE + source + REFUSED)
    return Program(CLAIM + source if "claim(found)" in source else source)


def snapshot(folder: Path) -> dict[str, tuple[int, int, bytes]]:
    """Every path below a folder, with its mode, its time of change and its bytes."""
    paths = [folder, *sorted(folder.rglob("*"))]
    return {
        str(path): (path.stat().st_mode, path.stat().st_mtime_ns, path.read_bytes() if path.is_file() else b"")
        for path in paths
    }


def fight(paths: list[Path], limits: Limits) -> tuple[list[Report], Report]:
    """On one worker each hostile program, then a canary; and one behind those that run out of time a second time."""
    with Jail(limits, num_workers=1) as jail:
        [quiet] = jail.run([CANARY])
        programs = [one for path in paths for one in (program_of(path), CANARY)]
        return [*jail.run(programs), *jail.run([CANARY])], quiet


@pytest.fixture(scope="module")
def battle(tmp_path_factory: pytest.TempPathFactory) -> Battle:
    outside = tmp_path_factory.mktemp("outside")
    for name in ("home", "work", "elsewhere"):
        (outside / name / ".ssh").mkdir(parents=True)
        (outside / name / ".ssh" / "id_ed25519").write_text("secret")
    before = snapshot(outside)
    endless = [path for path in FILES if expected(path)[0] & TIME_OUTS]
    others = [path for path in FILES if path not in endless]
    parts = [(endless[::2], SHORT_LIMITS), (endless[1::2], SHORT_LIMITS), (others[::2], LIMITS), (others[1::2], LIMITS)]
    with pytest.MonkeyPatch.context() as patch, ThreadPoolExecutor(len(parts)) as pool:
        patch.setenv("HOME", str(outside / "home"))
        patch.setenv("API_KEY", "secret")
        patch.chdir(outside / "work")
        fought = list(pool.map(fight, *zip(*parts, strict=True)))
    reports: dict[str, Report] = {}
    canaries: dict[str, tuple[Report, Report]] = {}
    for (paths, _), (found, quiet) in zip(parts, fought, strict=True):
        reports.update(zip([path.stem for path in paths], found[:-1:2], strict=True))
        names = [*(path.stem for path in paths), f"all of {len(paths)}"]
        canaries.update((name, (one, quiet)) for name, one in zip(names, [*found[1::2], found[-1]], strict=True))
    return Battle(
        reports=reports,
        canaries=canaries,
        outside_before=before,
        outside_after=snapshot(outside),
    )


def test_every_hostile_program_gets_an_honest_verdict(battle: Battle) -> None:
    assert len(battle.reports) == len(FILES) > 60
    for path in FILES:
        outcomes, detail = expected(path)
        report = battle.reports[path.stem]
        assert Outcome.PASSED not in outcomes, path.stem
        assert report.outcome in outcomes, (path.stem, report)
        assert report.detail.endswith(detail), (path.stem, report)
        assert 0 < len(report.detail) <= 500, (path.stem, report)
        assert "\n" not in report.detail, (path.stem, report)
        assert len(report.stdout) <= OUTPUT_BYTES, path.stem
        # The jail's own clock stops a program before the kernel's does.
        assert report.cpu_seconds < KERNEL_CPU_SECONDS, path.stem


def test_no_hostile_program_leaves_anything_to_the_one_after_it_or_outside(battle: Battle) -> None:
    assert {quiet.outcome for _, quiet in battle.canaries.values()} == {Outcome.PASSED}
    assert not {name: one for name, (one, quiet) in battle.canaries.items() if one != quiet}
    assert battle.outside_after == battle.outside_before
