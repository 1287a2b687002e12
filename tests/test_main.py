"""The end of a process: its exit status, what it still says, and no teardown of Python under native threads."""

import subprocess
import sys

import pytest

SCRIPT = """
import atexit, sys, threading, time, types

class TornDown:
    def __del__(self):
        print("torn down", flush=True)

def run():
    sys.kept = TornDown()
    atexit.register(print, "exit function", end=";")
    threading.Thread(target=lambda: (time.sleep(0.1), print("thread", end=";"))).start()
    print("said", end=";")
    {ending}

sys.modules["hornbook.cli"] = types.SimpleNamespace(main=run)
from hornbook.__main__ import main
main()
"""


@pytest.mark.parametrize(
    ("ending", "status"),
    [
        ("return", 0),
        ("sys.exit(2)", 2),
        ("sys.exit('a message')", 1),
        ("raise KeyboardInterrupt", 130),
        ("raise ValueError('a bug')", 1),
    ],
)
def test_a_process_says_everything_and_leaves_with_the_documented_status(ending: str, status: int) -> None:
    command = [sys.executable, "-c", SCRIPT.format(ending=ending)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stdout) == (status, "said;thread;exit function;")
    assert ("Traceback" in done.stderr) == ("bug" in ending)
    assert ("a message" in done.stderr) == ("message" in ending)
