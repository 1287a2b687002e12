"""One jail with one warm interpreter in it, seen from outside."""

import json
import platform
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

from hornbook.records import Outcome
from hornbook.sandbox.bubblewrap import TMP_BYTES, jail_command
from hornbook.sandbox.program import Limits, Program, Report
from hornbook.sandbox.system_calls import build_filter

_START_SECONDS = 30.0
_GRACE_SECONDS = 5.0
_ERROR_CHARACTERS = 600


class WorkerDiedError(Exception):
    """The jail's own process ended, or did not answer in time. Says nothing about the program that it was running."""


class Worker:
    """A jail that runs one program at a time.

    The kernel ends the jail when the *thread* that started it ends, so a worker is used by the thread that made it.
    """

    def __init__(self, bwrap: Path, limits: Limits) -> None:
        """Start the jail and wait until its interpreter is warm.

        Raises:
            WorkerDiedError: It did not come up; the message holds what it wrote.
        """
        self._limits = limits
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115
        self._socket, inner = socket.socketpair()
        self._received = bytearray()
        self.deadline = time.monotonic() + _START_SECONDS
        self.is_spent = False
        runner = Path(__file__).with_name("runner.py")
        with inner:
            try:
                self._process = subprocess.Popen(
                    jail_command(bwrap, runner, [str(inner.fileno())]),
                    stdin=subprocess.DEVNULL,
                    stdout=self._errors,
                    stderr=self._errors,
                    pass_fds=[inner.fileno()],
                )
            except OSError as error:
                self._socket.close()
                self._errors.close()
                raise WorkerDiedError(f"`{bwrap}` cannot be started: {error.strerror}") from error
        try:
            self._send(json.dumps(_limits_message(limits)).encode())
            self._socket.settimeout(_START_SECONDS)
            while self._take_message() is None:
                self._receive()
        except WorkerDiedError:
            self.kill()
            raise

    def fileno(self) -> int:
        """The descriptor that becomes readable when there is something to `poll` for."""
        return self._socket.fileno()

    def start(self, program: Program) -> None:
        """Send a program; its report is then had from `poll`.

        Raises:
            WorkerDiedError: The jail is gone.
        """
        self.deadline = time.monotonic() + self._limits.wall_seconds + _GRACE_SECONDS
        self._socket.settimeout(_GRACE_SECONDS)
        self._send(program.source.encode("utf-8", "surrogatepass"))

    def poll(self) -> Report | None:
        """Read what the jail has sent; the report once it is whole.

        Raises:
            WorkerDiedError: The jail is gone.
        """
        if time.monotonic() > self.deadline:
            raise WorkerDiedError("it did not answer in time")
        self._receive()
        message = self._take_message()
        if message is None:
            return None
        self.is_spent = message.pop("spent")
        return Report(**{**message, "outcome": Outcome(message["outcome"])})

    def kill(self) -> None:
        """End the jail with everything in it, and wait until it is gone. May be called twice."""
        self._process.kill()
        self._process.wait()
        self._socket.close()
        self._errors.close()

    def _send(self, body: bytes) -> None:
        try:
            self._socket.sendall(len(body).to_bytes(4, "little") + body)
        except OSError as error:
            raise WorkerDiedError(self._last_words()) from error

    def _receive(self) -> None:
        try:
            chunk = self._socket.recv(1 << 16)
        except OSError as error:
            raise WorkerDiedError(self._last_words()) from error
        if not chunk:
            raise WorkerDiedError(self._last_words())
        self._received += chunk

    def _take_message(self) -> dict[str, Any] | None:
        size = 4 + int.from_bytes(self._received[:4], "little")
        if len(self._received) < max(size, 5):
            return None
        message: dict[str, Any] = json.loads(self._received[4:size])
        del self._received[:size]
        return message

    def _last_words(self) -> str:
        self._errors.seek(0)
        words = self._errors.read().decode("utf-8", "replace").strip()
        return words[-_ERROR_CHARACTERS:] or "it ended without a word"


def _limits_message(limits: Limits) -> dict[str, Any]:
    return {
        "cpu_seconds": limits.cpu_seconds,
        "wall_seconds": limits.wall_seconds,
        "memory_bytes": limits.memory_bytes,
        "output_bytes": limits.output_bytes,
        "tmp_bytes": TMP_BYTES,
        "filter": build_filter(platform.machine()).hex(),
    }
