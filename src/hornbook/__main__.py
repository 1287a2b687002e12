"""`hornbook` and `python -m hornbook` as a process: its exit status, and its end.

Exit statuses: 0 done; 1 a bug of ours, with its traceback; 2 a mistake that the message explains; 130 interrupted;
143 SIGTERM during training. An interrupt that arrives while Python itself starts ends the process by SIGINT, which
shells report as 130, too, or with 1 and Python's own message.
"""

import os
import signal
import sys
from typing import NoReturn

INTERRUPTED = 130


def main() -> NoReturn:
    """Run the command line, then end this process by `processes.leave`, whatever happened."""
    status = 1
    try:
        status = _status()
    except KeyboardInterrupt:
        status = INTERRUPTED
    finally:
        signal.signal(signal.SIGINT, lambda *_: os._exit(INTERRUPTED))  # From here on nothing is left to interrupt.
        _leave(status)


def _status() -> int:
    try:
        from hornbook.cli import main as run

        run()
    except SystemExit as error:
        if error.code is None or isinstance(error.code, int):
            return error.code or 0
        print(error.code, file=sys.stderr)  # noqa: T201
        return 1
    except KeyboardInterrupt:
        raise
    except BaseException:
        sys.excepthook(*sys.exc_info())
        return 1
    return 0


def _leave(status: int) -> NoReturn:
    try:
        from hornbook.processes import leave

        leave(status)
    finally:
        os._exit(status)


if __name__ == "__main__":
    main()
