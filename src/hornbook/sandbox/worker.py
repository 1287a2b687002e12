"""One jail with one warm interpreter in it, seen from outside."""

import contextlib
import os
import platform
import select
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

from hornbook.sandbox.bubblewrap import TMP_BYTES, jail_command
from hornbook.sandbox.execute import HALF_SECRET_BYTES
from hornbook.sandbox.program import OUTPUT_BYTES, Limits, Program, Report, Seen, report_of
from hornbook.sandbox.system_calls import build_filter, build_program_filter

_MODULES = [Path(__file__).with_name(name) for name in ("runner.py", "execute.py", "warm.py")]
_START_SECONDS = 30.0
_GRACE_SECONDS = 30.0
_ERROR_CHARACTERS = 600
_READ_BYTES = 1 << 16
_MORE_TIME = b""


class WorkerDiedError(Exception):
    """The jail's own process ended, or did not answer in time. This is no verdict about its program."""


class Worker:
    """A jail that runs one program after another, in the order in which they were sent.

    The kernel ends the jail when the *thread* that started it ends, so a worker is used by the thread that made it.
    """

    def __init__(self, bwrap: Path, limits: Limits) -> None:
        """Start the jail, and do not wait until its interpreter is warm.

        Raises:
            WorkerDiedError: There is no such binary. For all other failures to start, `poll` raises.
        """
        self.is_spent = False
        """The jail takes no further program; those that wait in it have not been started."""
        self.deadline = time.monotonic() + _START_SECONDS
        self._limits = limits
        self._num_pending = 0
        self._is_ready = False
        self._received = bytearray()
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115
        self._socket, inner = socket.socketpair()
        self._socket.setblocking(False)
        with inner:
            try:
                self._process = subprocess.Popen(
                    jail_command(bwrap, _MODULES, [str(inner.fileno())]),
                    stdin=subprocess.DEVNULL,
                    stdout=self._errors,
                    stderr=self._errors,
                    pass_fds=[inner.fileno()],
                    start_new_session=True,
                )
            except OSError as error:
                self._socket.close()
                self._errors.close()
                raise WorkerDiedError(f"`{bwrap}` cannot be started: {error.strerror}") from error
        with contextlib.suppress(WorkerDiedError):  # `poll` will notice it
            self._send(_limits_message(limits))

    def fileno(self) -> int:
        """The descriptor that becomes readable when there is something to `poll` for."""
        return self._socket.fileno()

    def start(self, program: Program) -> None:
        """Send a program, to be started when those before it have ended; its report is then had from `poll`.

        Raises:
            WorkerDiedError: The jail is gone.
        """
        self._num_pending += 1
        if self._is_ready and self._num_pending == 1:
            self._wait_for_one_program()
        self._send(program.source.encode("utf-8", "surrogatepass"))

    def poll(self) -> list[Report]:
        """Read what the jail has sent: the reports that are whole, in the order of the programs.

        Raises:
            WorkerDiedError: The jail is gone, and has sent no report that was not returned before.
        """
        is_open = self._receive()
        reports = []
        while (message := self._take_message()) is not None:
            if message == _MORE_TIME:
                self.deadline = max(self.deadline, time.monotonic() + _GRACE_SECONDS)
                continue
            if self._is_ready:
                reports.append(self._read_report(message))
            self._is_ready = True
            self._wait_for_one_program()
        if not reports and not is_open:
            raise WorkerDiedError(self._last_words())
        if not reports and time.monotonic() > self.deadline:
            raise WorkerDiedError("it did not answer in time")
        return reports

    def kill(self) -> None:
        """End the jail with everything in it, and wait until it is gone. May be called twice.

        The whole group, because `bwrap` has a moment at its start in which its child would outlive it.
        """
        if self._process.returncode is None:
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._socket.close()
        self._errors.close()

    def _wait_for_one_program(self) -> None:
        self.deadline = time.monotonic() + self._limits.wall_seconds + _GRACE_SECONDS

    def _send(self, body: bytes) -> None:
        data = memoryview(len(body).to_bytes(4, "little") + body)
        deadline = time.monotonic() + _START_SECONDS
        while data:
            try:
                data = data[self._socket.send(data) :]
            except BlockingIOError:
                _, writable, _ = select.select([], [self._socket], [], max(0.0, deadline - time.monotonic()))
                if not writable:
                    raise WorkerDiedError("it takes no program") from None
            except OSError as error:
                raise WorkerDiedError(self._last_words()) from error

    def _receive(self) -> bool:
        """Read what there is; False once no more can come."""
        try:
            while chunk := self._socket.recv(_READ_BYTES):
                self._received += chunk
                if len(chunk) < _READ_BYTES:
                    return True
        except BlockingIOError:
            return True
        except OSError:
            return False
        return False

    def _take_message(self) -> bytes | None:
        size = 4 + int.from_bytes(self._received[:4], "little")
        if len(self._received) < size:
            return None
        message = bytes(self._received[4:size])
        del self._received[:size]
        return message

    def _read_report(self, message: bytes) -> Report:
        head, _, texts = message.partition(b"\n")
        try:
            spent, stopped, status, cpu_seconds, num_answer_bytes, num_stdout_bytes = head.decode("ascii").split("\t")
            secret_end = 2 * HALF_SECRET_BYTES
            answer_end = secret_end + int(num_answer_bytes)
            stdout_end = answer_end + int(num_stdout_bytes)
            seen = Seen(
                stopped=stopped,
                status=int(status),
                cpu_seconds=float(cpu_seconds),
                secret=texts[:secret_end],
                answer=texts[secret_end:answer_end],
                stdout=texts[answer_end:stdout_end],
                stderr=texts[stdout_end:],
            )
        except ValueError as error:
            raise WorkerDiedError("what it sent is no report") from error
        self._num_pending -= 1
        self.is_spent = spent != "0"
        return report_of(seen, self._limits)

    def _last_words(self) -> str:
        self._errors.seek(0)
        words = self._errors.read().decode("utf-8", "replace").strip()
        return words[-_ERROR_CHARACTERS:] or "it ended without a message"


def _limits_message(limits: Limits) -> bytes:
    code, program_code = build_filter(platform.machine()), build_program_filter(platform.machine())
    numbers = (limits.cpu_seconds, limits.wall_seconds, limits.memory_bytes, OUTPUT_BYTES, TMP_BYTES, len(code))
    return "".join(f"{number}\n" for number in numbers).encode() + code + program_code
