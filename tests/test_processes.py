import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from hornbook.errors import ConfigError, MissingInputError
from hornbook.processes import work_in_order


def square_slowly(number: int) -> int:
    time.sleep(0.02 * (number % 3))
    return number * number


def stumble(number: int) -> int:
    if number == 3:
        raise MissingInputError(f"no {number}")
    return number


class UnsendableError(Exception):
    def __init__(self, first: int, second: int) -> None:
        super().__init__(f"{first} and {second}")


def stumble_oddly(number: int) -> int:
    raise UnsendableError(number, number + 1)


def die_once(piece: tuple[int, str]) -> int:
    number, marker = piece
    if number == 4 and not Path(marker).exists():
        Path(marker).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def die_always(number: int) -> int:
    if number == 2:
        os.kill(os.getpid(), signal.SIGKILL)
    return number


@dataclass
class Counting:
    """Keeps in itself what it has seen."""

    seen: list[int] = field(default_factory=list)

    def __call__(self, number: int) -> tuple[int, int, int]:
        self.seen.append(number)
        return number, os.getpid(), len(self.seen)


def test_results_come_in_the_order_of_the_pieces() -> None:
    assert list(work_in_order(square_slowly, range(20), 2)) == [number * number for number in range(20)]
    assert list(work_in_order(square_slowly, [], 2)) == []


def mirror_late(piece: str) -> str:
    time.sleep(0.5 if piece.startswith("0") else 0)
    return piece


def test_pieces_and_results_larger_than_a_pipe_pass_and_few_wait_behind_a_slow_one() -> None:
    read = []

    def pieces() -> Iterator[str]:
        for number in range(30):
            read.append(number)
            yield f"{number}:" * 200_000

    results = work_in_order(mirror_late, pieces(), 2)
    assert next(results).startswith("0:0:")
    assert len(read) <= 4 * 2 + 1
    assert [result.partition(":")[0] for result in results] == [str(number) for number in range(1, 30)]


def test_pieces_are_read_no_further_than_two_ahead_of_a_process() -> None:
    """One process: of several a slow one holds back the results, while others go on."""
    read = []

    def pieces() -> Iterator[int]:
        for number in range(100):
            read.append(number)
            yield number

    results = work_in_order(square_slowly, pieces(), 1)
    assert [next(results) for _ in range(3)] == [0, 1, 4]
    assert len(read) < 3 + 2 + 3
    results.close()


def test_a_process_gets_the_work_once_and_keeps_what_is_in_it() -> None:
    results = list(work_in_order(Counting(), range(12), 2))
    assert [number for number, _, _ in results] == list(range(12))
    by_process: dict[int, list[int]] = {}
    for _, process, count in results:
        by_process.setdefault(process, []).append(count)
    assert os.getpid() not in by_process
    assert all(counts == list(range(1, len(counts) + 1)) for counts in by_process.values())


def test_an_error_of_the_work_is_raised_here_and_says_where_it_was() -> None:
    with pytest.raises(MissingInputError, match="no 3") as caught:
        list(work_in_order(stumble, range(100), 2))
    assert "in a process that worked on 3" in caught.value.__notes__[0]
    assert "in stumble" in caught.value.__notes__[0]
    with pytest.raises(RuntimeError, match=r"UnsendableError.*0 and 1"):
        list(work_in_order(stumble_oddly, range(1), 1))


def test_what_a_killed_process_had_is_done_by_another(tmp_path: Path) -> None:
    marker = tmp_path / "died"
    assert list(work_in_order(die_once, [(number, str(marker)) for number in range(30)], 2)) == list(range(30))
    assert marker.exists()


def test_a_piece_on_which_processes_die_is_named() -> None:
    with pytest.raises(
        ConfigError, match=r"two processes, one after the other, died on 2: .*type the same command again"
    ):
        list(work_in_order(die_always, range(30), 3))
    with pytest.raises(ConfigError, match="ended from outside, perhaps for want of memory; type the same command"):
        list(work_in_order(die_always, range(30), 1))


SCRIPT = """
import os, time
from hornbook.processes import work_in_order
from tests.test_processes import say_and_sleep
if __name__ == "__main__":
    list(work_in_order(say_and_sleep, range(2), 2))
"""


def say_and_sleep(number: int) -> None:
    os.write(1, f"{os.getpid()}\n".encode())  # At once: two that print would mix their lines.
    time.sleep(600)


def test_no_process_outlives_a_program_that_was_killed(tmp_path: Path) -> None:
    (tmp_path / "script.py").write_text(SCRIPT)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, str(tmp_path / "script.py")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as program:
        assert program.stdout is not None
        try:
            processes = {int(program.stdout.readline()) for _ in range(2)}
        finally:
            program.kill()
        assert program.stdout.read() == ""  # Ends when no process has it open any more.
    assert len(processes) == 2


MASK_SCRIPT = """
from hornbook.processes import work_in_order
from tests.test_processes import blocks_interrupts
if __name__ == "__main__":
    print(list(work_in_order(blocks_interrupts, range(2), 2)))
"""


def blocks_interrupts(number: int) -> bool:
    return signal.SIGINT in signal.pthread_sigmask(signal.SIG_BLOCK, [])


def test_an_interrupt_is_heard_by_the_program_alone(tmp_path: Path) -> None:
    """In a new program: the first process that Python starts for us brings another one along."""
    (tmp_path / "script.py").write_text(MASK_SCRIPT)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, str(tmp_path / "script.py")]
    assert subprocess.check_output(command, text=True, env=environment) == "[True, True]\n"
    assert not blocks_interrupts(0)


def test_no_process_is_left_however_it_ends() -> None:
    before = threading.active_count()
    for number in (1, 2):
        results = work_in_order(Counting(), range(100), 2)
        processes = {next(results)[1] for _ in range(4 * number)}
        results.close()
        for process in processes:
            with pytest.raises(ProcessLookupError):
                os.kill(process, 0)
    assert threading.active_count() == before
