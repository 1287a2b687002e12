"""Runs a program in this process, to its last line, and reports the outcome.

Works inside the jail after each fork (`runner.py`), and as a script in a fresh process where there is no jail
(`unjailed.py`), so it imports the standard library alone.

How a program cannot claim that it passed: the answer `passed` must carry a secret of two halves, which the process that
started this one writes into a pipe. The first half is read before the program starts and lies on the interpreter's
value stack: no module, variable, frame's local or object that the garbage collector knows refers to it. The second half
stays in the pipe until the program's last line has run. So leaving early, printing, writing on every descriptor,
reading every descriptor, and walking through modules, frames and the garbage collector, alone or together, give no
`passed`.

What is not fought: `ctypes` and whatever else reads this process' own memory; and programs that mislead the tests
instead of the judge, such as an object that is equal to everything.
"""

import os
import re
import resource
import sys
from types import ModuleType
from typing import NoReturn, TextIO

PROGRAM_NAME = "<program>"
HALF_SECRET_BYTES = 16
STDERR_BYTES = 2000
"""Of what a program wrote to stderr, so much is reported."""
SPARE_BYTES = 32 * 2**20
"""Address space beyond the limit, in which to say that the limit was met."""

_DETAIL_CHARACTERS = 400
_ADDRESS = re.compile(r"0x[0-9a-f]{8,16}\b")


def execute(source: str, module: ModuleType, answers: int, secret: int) -> NoReturn:
    """Run the program as `module`, write to the pipe `answers` how it went, and end this process.

    The answer is an outcome, a newline, and the detail or, where it passed, the secret. What is needed after the
    program is taken into locals first, because the program may replace anything in any module. The caller has made
    `module` the module `__main__`; `secret` is the pipe to read the two halves from.
    """
    read, write, leave, describe, flush = os.read, os.write, os._exit, _describe, _flush
    get_limit, set_limit, address_space = resource.getrlimit, resource.setrlimit, resource.RLIMIT_AS
    streams, names = (sys.stdout, sys.stderr), module.__dict__
    answer = b""
    try:
        try:
            code = compile(source, PROGRAM_NAME, "exec", dont_inherit=True)
        except (SyntaxError, ValueError, RecursionError) as error:
            answer = b"syntax error\n" + describe(error)
        else:
            # Operands are evaluated from left to right: when `exec` starts, the first half is on the value stack and
            # nowhere else; when it has returned, the second half is read.
            write(
                answers,
                b"passed\n" + read(secret, HALF_SECRET_BYTES) + read(secret, flush(streams, exec(code, names))),  # type: ignore[func-returns-value]
            )
            leave(0)
    except AssertionError as error:
        answer = b"wrong\n" + describe(error)
    except MemoryError as error:
        most = get_limit(address_space)[1]
        set_limit(address_space, (most, most))
        answer = b"out of memory\n" + describe(error)
    except BaseException as error:
        answer = b"raised\n" + describe(error)
    flush(streams, None)
    write(answers, answer)
    leave(0)


def _flush(streams: tuple[TextIO, ...], _ended: None) -> int:
    """Write out what the program printed; the size of half a secret, so that this fits between the two halves."""
    for stream in streams:
        try:
            stream.flush()
        except Exception:
            continue
    return HALF_SECRET_BYTES


def _describe(error: BaseException) -> bytes:
    line = error.lineno if isinstance(error, SyntaxError) else None
    frame = error.__traceback__
    while frame is not None:
        if frame.tb_frame.f_code.co_filename == PROGRAM_NAME:
            line = frame.tb_lineno
        frame = frame.tb_next
    try:
        message = str(error.msg if isinstance(error, SyntaxError) else error).strip().split("\n", 1)[0]
    except Exception:
        message = "(its message cannot be read)"
    place = "" if line is None else f"line {line}: "
    text = " ".join((f"{place}{type(error).__name__}" + (f": {message}" if message else "")).splitlines())
    return _ADDRESS.sub("0x…", text)[:_DETAIL_CHARACTERS].encode("utf-8", "replace")


def main(arguments: list[str]) -> None:
    """Set the limits that this system has, and run one program in this fresh interpreter.

    The arguments are CPU seconds; bytes of memory and of each file; descriptors of source, answers and secret.
    """
    import math
    import random  # Not above: where it is imported, it draws a new seed after each fork (`warm.py`).
    import signal

    cpu, memory, file, source, answers, secret = arguments
    with open(int(source), encoding="utf-8", errors="surrogatepass") as program:  # noqa: PTH123
        text = program.read()
    seconds = math.ceil(float(cpu)) + 1
    for kind, soft, hard in (
        (resource.RLIMIT_CORE, 0, 0),
        (resource.RLIMIT_CPU, seconds, seconds + 1),
        (resource.RLIMIT_FSIZE, int(file), int(file)),
        (resource.RLIMIT_AS, int(memory), int(memory) + SPARE_BYTES),
    ):
        try:
            resource.setrlimit(kind, (soft, hard))
        except (OSError, ValueError):  # This system has no such limit.
            continue
    signal.setitimer(signal.ITIMER_PROF, float(cpu))  # Its signal ends the process.
    random.seed(0)
    module = sys.modules["__main__"] = ModuleType("__main__")
    os.set_inheritable(int(answers), False)
    os.set_inheritable(int(secret), False)
    execute(text, module, int(answers), int(secret))


if __name__ == "__main__":
    main(sys.argv[1:])
