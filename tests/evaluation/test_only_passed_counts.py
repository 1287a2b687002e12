from collections.abc import Iterator

import numpy as np
import pytest

from hornbook.evaluation.judge import judge
from hornbook.evaluation.score import score_verdicts
from hornbook.records import Completion, Outcome, Problem, Verdict
from hornbook.sandbox.jail import Jail
from hornbook.sandbox.program import Limits


@pytest.fixture(scope="module")
def jail() -> Iterator[Jail]:
    with Jail(Limits(cpu_seconds=0.5)) as opened:
        yield opened


def passed(problem: Problem, *verdicts: Verdict) -> int:
    found = score_verdicts("own", [problem], verdicts, protocol="", generator=np.random.default_rng(0))
    return int(found.to_json()["passed"])


PROBLEM = Problem(
    task_id="own/0",
    prompt="def f(x):\n",
    entry_point="f",
    canonical_solution="    return x\n",
    test="def check(candidate):\n    assert candidate(1) == 1\n",
    category="",
)


def test_a_right_solution_that_writes_too_much_has_not_passed_however_soon_it_ends(jail: Jail) -> None:
    texts = [
        "    return x\n",
        "    import sys\n    print('x' * 40000)\n    print('y' * 40000, file=sys.stderr)\n    return x\n",
    ]
    completions = [Completion(task_id="own/0", sample_index=n, raw=text, text=text) for n, text in enumerate(texts)]
    right, loud = [sample.verdict for sample in judge([PROBLEM], completions, jail)]
    assert (right.outcome, loud.outcome) == (Outcome.PASSED, Outcome.OUTPUT_LIMIT)
    assert (passed(PROBLEM, right), passed(PROBLEM, loud)) == (1, 0)


def test_of_all_outcomes_passed_alone_counts() -> None:
    verdicts = {
        outcome: Verdict(task_id="own/0", sample_index=0, outcome=outcome, detail="", stderr="") for outcome in Outcome
    }
    assert [outcome for outcome, verdict in verdicts.items() if passed(PROBLEM, verdict)] == [Outcome.PASSED]
