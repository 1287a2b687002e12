import dataclasses

import pytest

from hornbook.records import Outcome
from hornbook.synthesis.levels import (
    Level,
    Majority,
    OwnTest,
    Trait,
    Verification,
    VerifyConfig,
    count_levels,
    is_enough,
    level_of,
    reason_of,
)

GOOD = Verification(
    exercise_id="one",
    outcome=Outcome.PASSED,
    num_tried=20,
    num_returned=18,
    num_examples=4,
    num_examples_held=4,
    own_test=OwnTest.NONE,
    num_inputs=20,
    num_solutions=5,
    num_solutions_run=4,
    num_solutions_agreeing=4,
    majority=Majority.OWN,
    traits=(Trait.RAISES.value,),
    detail="",
)


@pytest.mark.parametrize(
    ("changes", "level", "reason"),
    [
        ({}, Level.CONSISTENT, ""),
        ({"outcome": Outcome.SYNTAX_ERROR}, Level.WRITTEN, "is not valid Python"),
        ({"outcome": Outcome.RAISED}, Level.PARSED, "raises"),
        ({"outcome": Outcome.CPU_TIMED_OUT}, Level.PARSED, "runs without an end"),
        ({"outcome": Outcome.OUT_OF_MEMORY}, Level.PARSED, "takes too much memory"),
        ({"outcome": Outcome.KILLED}, Level.PARSED, "does not run to its end"),
        ({"num_tried": 0, "num_returned": 0, "num_examples_held": 0}, Level.PARSED, "no input could be made for it"),
        ({"num_returned": 3, "num_examples_held": 0}, Level.PARSED, "raises for most inputs"),
        ({"num_returned": 4, "num_examples_held": 0}, Level.RAN, "shows a wrong example"),
        ({"num_returned": 0}, Level.CONSISTENT, ""),
        ({"num_examples_held": 3}, Level.RAN, "shows a wrong example"),
        ({"own_test": OwnTest.FAILED}, Level.RAN, "fails its own test"),
        ({"num_solutions_agreeing": 1}, Level.EXAMPLES, "independent solutions disagree"),
        ({"num_solutions_run": 0, "num_solutions_agreeing": 0}, Level.EXAMPLES, "too few independent solutions run"),
        ({"num_solutions": 0, "num_solutions_run": 0}, Level.EXAMPLES, "was given no independent solutions"),
        ({"num_inputs": 0}, Level.EXAMPLES, "has no inputs to compare solutions on"),
        ({"num_inputs": 0, "traits": (Trait.VARIES.value,)}, Level.EXAMPLES, "differs from run to run"),
    ],
)
def test_an_exercise_reaches_the_level_below_the_first_thing_that_is_wrong(
    changes: dict[str, object], level: Level, reason: str
) -> None:
    seen = dataclasses.replace(GOOD, **changes)  # type: ignore[arg-type]
    assert level_of(seen, VerifyConfig()) is level
    assert reason_of(seen, VerifyConfig()) == reason


def test_other_thresholds_on_the_same_record_give_another_level() -> None:
    seen = dataclasses.replace(GOOD, num_examples_held=3, num_solutions_agreeing=1)
    assert level_of(seen, VerifyConfig(min_examples_share=0.75)) is Level.EXAMPLES
    assert level_of(seen, VerifyConfig(min_examples_share=0.75, min_agreement=0.25)) is Level.CONSISTENT
    assert is_enough(seen, VerifyConfig(min_level="runs"))
    assert not is_enough(seen, VerifyConfig())


def test_each_level_counts_those_that_reach_a_higher_one() -> None:
    broken = dataclasses.replace(GOOD, outcome=Outcome.SYNTAX_ERROR)
    counts = count_levels([GOOD, broken, dataclasses.replace(GOOD, num_examples_held=0)], VerifyConfig())
    assert list(counts.values()) == [3, 2, 2, 1, 1]
