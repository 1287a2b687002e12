"""Does the suite see bugs? Plants those of `mutants.jsonl` one by one, and runs the tests that should fail.

    python bench/mutants.py                       # all of them, two at a time
    python bench/mutants.py --room training       # those of one room
    python bench/mutants.py --whole               # what its own tests do not see, the whole quick suite may

Each line of `mutants.jsonl` is one bug: `path`, the text `before` that occurs once in that file, the text `after` that
takes its place, `what` is wrong then, and `tests`, the files or folders of the quick suite (`make test`) that should
see it. Every bug is planted in a copy of the tree, never in the tree itself. Before the first one, all tests that are
named must pass on the copy as it is, so that no bug is seen by a test that fails anyway.

Prints one JSON line: bugs planted and seen, in all and by room, what ended in a time-out (which counts as seen), and
those that nobody saw. Status 1 when a bug went unseen.
"""

import argparse
import json
import os
import queue
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
MUTANTS = Path(__file__).with_suffix(".jsonl")
NUM_COPIES = 2
TIMEOUT_SECONDS = 600
TESTS_FAILED = 1
"""Status of pytest. Others say that it could not run, which is no sight of a bug unless importing the tree fails."""
COLLECTION_FAILED = 2


@dataclass(frozen=True)
class Mutant:
    """A bug to plant."""

    path: str
    before: str
    after: str
    what: str
    tests: str

    @property
    def room(self) -> str:
        """The folder or file below `src/hornbook` that it belongs to."""
        return Path(self.path).parts[2].removesuffix(".py")


@dataclass(frozen=True)
class Outcome:
    """What came of one mutant: the test that failed first, `time-out`, or nothing."""

    mutant: Mutant
    seen_by: str


def read_mutants(path: Path) -> list[Mutant]:
    """Read the list; every text to replace must occur exactly once."""
    mutants = [Mutant(**json.loads(line)) for line in path.read_text(encoding="utf8").splitlines() if line]
    for mutant in mutants:
        count = (ROOT / mutant.path).read_text(encoding="utf8").count(mutant.before)
        if count != 1:
            sys.exit(f"{mutant.path}: the text of {mutant.what!r} occurs {count} times, not once")
    return mutants


def copy_tree(folder: Path) -> None:
    """Copy what git knows of the working tree."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).exists():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)


def run_tests(folder: Path, tests: Sequence[str]) -> subprocess.CompletedProcess[str]:
    """Run these tests of the quick suite in a copy, until one fails."""
    environment = {
        **os.environ,
        "PYTHONPATH": str(folder / "src"),
        "PYTHONDONTWRITEBYTECODE": "1",
        "OMP_NUM_THREADS": "1",
    }
    options = ["-x", "-q", "-n0", "-m", "not slow", "-p", "no:cacheprovider", "--no-header", "--tb=no"]
    command = [sys.executable, "-m", "pytest", *options, *tests]
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=TIMEOUT_SECONDS, check=False
    )


def plant(folder: Path, mutant: Mutant, whole: bool) -> Outcome:
    """Plant one bug in a copy, run its tests, and take it out again."""
    target = folder / mutant.path
    text = target.read_text(encoding="utf8")
    target.write_text(text.replace(mutant.before, mutant.after), encoding="utf8")
    try:
        for tests in [mutant.tests.split(), *([["tests"]] if whole else [])]:
            done = run_tests(folder, tests)
            if done.returncode in (TESTS_FAILED, COLLECTION_FAILED):
                failed = [line for line in done.stdout.splitlines() if line.startswith(("FAILED", "ERROR"))]
                return Outcome(mutant, failed[0].split()[1] if failed else "collection")
            if done.returncode != 0:
                sys.exit(f"pytest ended with {done.returncode} on {mutant.what!r}:\n{done.stdout}{done.stderr}")
        return Outcome(mutant, "")
    except subprocess.TimeoutExpired:
        return Outcome(mutant, "time-out")
    finally:
        target.write_text(text, encoding="utf8")


def main() -> None:
    """Plant all, print what was seen."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--room", help="only the mutants of this folder or file below src/hornbook")
    parser.add_argument("--whole", action="store_true", help="run the whole quick suite where the named tests pass")
    arguments = parser.parse_args()
    mutants = [one for one in read_mutants(MUTANTS) if arguments.room in (None, one.room)]
    if not mutants:
        parser.error(f"no mutant is of the room `{arguments.room}`")
    with tempfile.TemporaryDirectory() as place, ThreadPoolExecutor(NUM_COPIES) as pool:
        copies: queue.Queue[Path] = queue.Queue()
        for number in range(NUM_COPIES):
            copy_tree(Path(place) / str(number))
            copies.put(Path(place) / str(number))

        def measure(mutant: Mutant) -> Outcome:
            folder = copies.get()
            try:
                outcome = plant(folder, mutant, arguments.whole)
            finally:
                copies.put(folder)
            print(f"{outcome.seen_by or 'UNSEEN':80}  {mutant.path}: {mutant.what}", file=sys.stderr, flush=True)
            return outcome

        named = sorted({test for mutant in mutants for test in mutant.tests.split()})
        clean = run_tests(Path(place) / "0", named)
        if clean.returncode != 0:
            sys.exit(f"the tests do not pass without a bug:\n{clean.stdout}{clean.stderr}")
        outcomes = list(pool.map(measure, mutants))
    planted = Counter(outcome.mutant.room for outcome in outcomes)
    seen = Counter(outcome.mutant.room for outcome in outcomes if outcome.seen_by)
    figures = {
        "planted": len(outcomes),
        "seen": seen.total(),
        "by_room": {room: f"{seen[room]} of {planted[room]}" for room in sorted(planted)},
        "by_time_out": [outcome.mutant.what for outcome in outcomes if outcome.seen_by == "time-out"],
        "unseen": [f"{outcome.mutant.path}: {outcome.mutant.what}" for outcome in outcomes if not outcome.seen_by],
    }
    print(json.dumps(figures))
    sys.exit(1 if figures["unseen"] else 0)


if __name__ == "__main__":
    main()
