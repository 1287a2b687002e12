"""Let a time-out count only if the program runs out of time alone as well."""

from collections.abc import Callable, Sequence

from hornbook.records import Outcome
from hornbook.sandbox.program import Report

_TIME_OUTS = (Outcome.CPU_TIMED_OUT, Outcome.WALL_TIMED_OUT)


def run_time_outs_again(
    num_programs: int,
    run: Callable[[Sequence[int], Callable[[int, Report], None]], None],
    progress: Callable[[int, int], None],
    on_report: Callable[[int, Report], None],
) -> list[Report]:
    """Run all programs, then those that ran out of time once more, one after another with nothing beside them.

    Args:
        num_programs: They are called by their index from 0 on.
        run: Runs the programs with the given indices and tells the report of each.
        progress: Told the number of final reports so far, and of programs.
        on_report: Told each final report when it comes. A time-out is final the second time only.

    Returns:
        The final reports in the order of the indices.
    """
    final: dict[int, Report] = {}
    timed_out: list[int] = []

    def settle(index: int, report: Report) -> None:
        final[index] = report
        on_report(index, report)
        progress(len(final), num_programs)

    def settle_unless_timed_out(index: int, report: Report) -> None:
        if report.outcome in _TIME_OUTS:
            timed_out.append(index)
        else:
            settle(index, report)

    run(range(num_programs), settle_unless_timed_out)
    for index in sorted(timed_out):
        run([index], settle)
    return [final[index] for index in range(num_programs)]
