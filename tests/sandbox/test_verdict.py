import signal

from hornbook.records import Outcome
from hornbook.sandbox.program import OUTPUT_BYTES, Limits, Seen, report_of

LIMITS = Limits(cpu_seconds=1.0)
SECRET = b"s" * 32
PASSED = b"passed\n" + SECRET


def outcome(*, stopped: str = "", status: int = 0, cpu: float = 0.1, answer: bytes = PASSED) -> Outcome:
    seen = Seen(stopped=stopped, status=status, cpu_seconds=cpu, secret=SECRET, answer=answer, stdout=b"", stderr=b"")
    return report_of(seen, LIMITS).outcome


def test_a_program_that_met_a_limit_has_not_passed_whatever_it_says() -> None:
    assert outcome() is Outcome.PASSED
    assert outcome(stopped="output") is Outcome.OUTPUT_LIMIT
    assert outcome(stopped="cpu") is Outcome.CPU_TIMED_OUT
    assert outcome(cpu=1.0) is Outcome.CPU_TIMED_OUT
    assert outcome(stopped="wall") is Outcome.WALL_TIMED_OUT
    assert outcome(status=signal.SIGKILL) is Outcome.KILLED


def test_only_an_answer_with_the_whole_secret_is_believed_to_have_passed() -> None:
    for answer in (b"", b"passed", b"passed\n", PASSED[:-1], PASSED + b"s", b"killed\n", b"output limit\n"):
        assert outcome(answer=answer) is Outcome.RAISED
    assert outcome(answer=b"wrong\nline 1: AssertionError") is Outcome.WRONG
    assert outcome(answer=b"out of memory\n") is Outcome.OUT_OF_MEMORY


def test_of_what_was_written_no_more_than_the_limits_is_reported() -> None:
    seen = Seen(
        stopped="", status=0, cpu_seconds=0.1, secret=SECRET, answer=PASSED, stdout=b"x" * 99999, stderr=b"y" * 99999
    )
    report = report_of(seen, LIMITS)
    assert (len(report.stdout), len(report.stderr)) == (OUTPUT_BYTES, 2000)
