"""Ask many questions in a process of its own: `python -m tests.teacher.asking_process FILE FIRST NUMBER`.

Prints a line with the index of each answer as it is handed on; then one with how many were asked, and what went wrong.
Writes: the database FILE.
"""

import sys
from pathlib import Path

from tests.teacher.asked import Kit, answered, chats, quick

from hornbook.errors import StoreError


def main() -> None:
    path, first, number = sys.argv[1:]
    teacher = quick(lambda _request: answered("x" * 5_000))
    said = "nothing"
    try:
        with Kit(Path(path)) as kit, kit.account(teacher) as account:
            for index, _reply in account.ask(chats(int(number), first=int(first))):
                print(index, flush=True)
    except StoreError as error:
        said = str(error)
    print("asked", len(teacher.asked), said, flush=True)


if __name__ == "__main__":
    main()
