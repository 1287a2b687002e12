"""Ask many questions in a process of its own: `python -m tests.teacher.asking_process FILE FIRST NUMBER [DIE_AT]`.

Prints a line with the index of each answer as it is handed on; then one with how many were asked, and what went wrong.
Kills itself with SIGKILL once DIE_AT answers were handed on. Writes: the database FILE.
"""

import os
import signal
import sys
from pathlib import Path

from tests.teacher.asked import Kit, answered, chats, quick

from hornbook.errors import StoreError


def main() -> None:
    path, first, number, *die_at = sys.argv[1:]
    teacher = quick(lambda _request: answered("x" * 5_000))
    num_handed_on = 0
    said = "nothing"
    try:
        with Kit(Path(path)) as kit, kit.account(teacher) as account:
            for index, _reply in account.ask(chats(int(number), first=int(first))):
                print(index, flush=True)
                num_handed_on += 1
                if die_at and num_handed_on == int(die_at[0]):
                    os.kill(os.getpid(), signal.SIGKILL)
    except StoreError as error:
        said = str(error)
    print("asked", len(teacher.asked), said, flush=True)


if __name__ == "__main__":
    main()
