"""Makes an outcome and its detail from what is seen of a program's process. Imports the standard library alone."""

import os

STDERR_BYTES = 2000
"""Of what a program wrote to stderr, so much is reported."""

_REPORTED = (b"passed", b"wrong", b"raised", b"syntax error", b"out of memory")


def believe(said: bytes, secret: bytes) -> tuple[bytes, bytes] | None:
    """The outcome and detail that a process wrote (`execute.py`), or None if they cannot be believed.

    Args:
        said: All of it.
        secret: What must stand behind `passed`.
    """
    outcome, _, rest = said.partition(b"\n")
    if outcome not in _REPORTED or (outcome == b"passed" and rest != secret):
        return None
    return outcome, b"" if outcome == b"passed" else rest


def decide(
    *,
    stopped: bytes,
    status: int,
    used_cpu_seconds: float,
    answer: tuple[bytes, bytes] | None,
    cpu_seconds: float,
    wall_seconds: float,
    output_bytes: int,
) -> tuple[bytes, bytes]:
    """What became of a program, in the order in which one thing rules out another.

    Args:
        stopped: The limit at which it was stopped: `output`, `cpu`, `wall`, or nothing.
        status: As `os.wait4` gives it.
        used_cpu_seconds: User and system time.
        answer: From `believe`.
        cpu_seconds: A limit, as are the two that follow.
        wall_seconds: Of the wall clock.
        output_bytes: Of stdout and stderr together.
    """
    if stopped == b"output":
        return b"output limit", b"wrote more than %d bytes" % output_bytes
    if stopped == b"cpu" or used_cpu_seconds >= cpu_seconds:
        return b"timed out (CPU)", f"used its {cpu_seconds:g} s of CPU time".encode()
    if stopped == b"wall":
        return b"timed out (wall)", f"still running after {wall_seconds:g} s".encode()
    if os.WIFSIGNALED(status):
        return b"killed", b"by signal %d" % os.WTERMSIG(status)
    if answer is None:
        return b"raised", b"left with status %d before its end" % os.WEXITSTATUS(status)
    return answer
