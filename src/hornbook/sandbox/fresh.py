"""Runs one program in a fresh interpreter without a jail (`unjailed.py`): a script, on the standard library alone."""

import math
import os
import random
import resource
import signal
import sys
from types import ModuleType


def main(arguments: list[str]) -> None:
    """Set the limits that this system has, and run the program.

    Args:
        arguments: This file's folder; CPU seconds; bytes of memory and of each file; descriptors of the source, the
            answers and the secret.
    """
    folder, cpu, memory, file, source, answers, secret = arguments
    sys.path.insert(0, folder)
    from execute import SPARE_BYTES, execute  # type: ignore[import-not-found]

    sys.path.remove(folder)
    del sys.modules["execute"]
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
