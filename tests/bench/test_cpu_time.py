import time

import pytest

from hornbook.sandbox.jail import Jail
from hornbook.sandbox.program import Program

pytest.importorskip("psutil")
BUSY = Program("import time\nwhile time.process_time() < 0.4:\n    pass\n")


def test_programs_in_jails_that_are_gone_are_counted() -> None:
    from bench.cpu_time import CpuTime

    with CpuTime() as cpu_time:
        used = 0.0
        for _ in range(3):
            with Jail(num_workers=1) as jail:
                used += sum(report.cpu_seconds for report in jail.run([BUSY]))
    assert used > 0.8
    assert cpu_time.seconds > 0.8 * used


def test_waiting_costs_nothing_and_work_counts() -> None:
    from bench.cpu_time import CpuTime

    with CpuTime() as waiting:
        time.sleep(0.5)
    with CpuTime() as working:
        begin = time.process_time()
        while time.process_time() < begin + 0.5:
            pass
    assert waiting.seconds < 0.25
    assert 0.45 < working.seconds < 0.75
