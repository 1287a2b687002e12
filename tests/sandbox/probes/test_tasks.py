import time

import pytest

from hornbook.sandbox.probes.tasks import TimeUpError, time_limit


def burn(cpu_seconds: float) -> None:
    end = time.process_time() + cpu_seconds
    while time.process_time() < end:
        pass


def test_code_that_catches_the_ring_is_rung_again() -> None:
    with time_limit(0.02):
        for _ in range(3):
            with pytest.raises(TimeUpError):
                burn(60)


def test_a_new_beginning_gives_the_whole_time_again_and_after_its_block_the_clock_is_silent() -> None:
    with time_limit(0.15) as begin:
        for _ in range(8):
            burn(0.03)
            begin()
    burn(0.2)
