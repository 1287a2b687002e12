"""How far an exercise was verified, and how far it must be to be kept.

What was seen is a record of its own, keyed by the exercise's id; how strict one is, is a threshold on it. So another
strictness costs no run and no question to a teacher.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from hornbook.errors import ConfigError
from hornbook.records import Outcome

_MIN_RETURNED_SHARE = 0.2
"""Share of the inputs for which a function must return something, if none of its examples holds. Inputs are made by its
types alone, so a function that takes only some texts raises for many of them."""


class Level(StrEnum):
    """What holds of an exercise; each level includes those before it."""

    WRITTEN = "written"
    """Nothing is asked of it."""
    PARSED = "parses"
    RAN = "runs"
    """Its module runs to its end, and its function returns something: for one of its examples, or for enough inputs."""
    EXAMPLES = "examples hold"
    """The examples in its docstring hold and its own test passes, as far as it has any."""
    CONSISTENT = "self-consistent"
    """Independent solutions of the same header and docstring do what its own does."""


class Majority(StrEnum):
    """What the largest group of solutions does, the exercise's own among them."""

    UNASKED = "unasked"
    """There are no other solutions that ran, or nothing to compare them with."""
    OWN = "own"
    """More than half of the other solutions do what the exercise's own does."""
    OTHER = "other"
    """More than half of the other solutions do one and the same thing, and the exercise's own something else."""
    NONE = "none"
    """No more than half do the same."""


class OwnTest(StrEnum):
    """What became of the test that an exercise came with."""

    NONE = "none"
    PASSED = "passed"
    FAILED = "failed"


class Trait(StrEnum):
    """What else was seen of a function."""

    VARIES = "differs from run to run"
    """It gave something else for the same arguments: randomness, time, memory from call to call."""
    CHANGES_ARGUMENTS = "changes its arguments"
    PRINTS = "prints"
    RAISES = "raises for some inputs"
    SLOW = "takes too long for some inputs"
    UNCALLED = "no input could be made"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """What was seen of one exercise."""

    exercise_id: str
    outcome: Outcome
    """Of its module and its calls: `SYNTAX_ERROR` if it does not parse, `RAISED` if every call raises."""
    num_tried: int
    """Inputs with which it was called, those left out for which it raises an error that its code raises by name."""
    num_returned: int
    """Of these the ones for which it returned something."""
    num_examples: int
    """In the docstring: claims that can be checked."""
    num_examples_held: int
    own_test: OwnTest
    num_inputs: int
    """Inputs on which solutions are compared: the own one returns the same each time, or raises what it says."""
    num_solutions: int
    """Independent ones that were asked for."""
    num_solutions_run: int
    """Those that define the function, run, and returned something."""
    num_solutions_agreeing: int
    """Those that do what the exercise's own solution does with (almost) all inputs."""
    majority: Majority
    traits: tuple[str, ...]
    """Of `Trait`, in its order."""
    detail: str
    """The first thing that is wrong, in one bounded line; empty if nothing is."""


@dataclass(frozen=True, kw_only=True)
class Strictness:
    """Which verifications suffice."""

    min_level: Level = Level.EXAMPLES
    min_examples_share: float = 1.0
    """Share of a docstring's examples that must hold; 0 to 1."""
    min_agreement: float = 0.5
    """Share of the independent solutions that ran that must agree; 0 to 1."""

    def __post_init__(self) -> None:
        """Check the fields.

        Raises:
            ConfigError: Names the field and the value.
        """
        for name in ("min_examples_share", "min_agreement"):
            if not 0 <= getattr(self, name) <= 1:
                raise ConfigError(f"`{name}` must lie in [0, 1], got {getattr(self, name)!r}")


def level_of(seen: Verification, strictness: Strictness) -> Level:
    """The highest level that the exercise reaches by these thresholds."""
    if seen.outcome is Outcome.SYNTAX_ERROR:
        return Level.WRITTEN
    if seen.outcome is not Outcome.PASSED or not _returns(seen):
        return Level.PARSED
    if _shows_wrong_example(seen, strictness) or seen.own_test is OwnTest.FAILED:
        return Level.RAN
    if not _is_consistent(seen, strictness):
        return Level.EXAMPLES
    return Level.CONSISTENT


def is_enough(seen: Verification, strictness: Strictness) -> bool:
    """Whether the exercise reaches the level that is asked for."""
    return is_at_least(level_of(seen, strictness), strictness.min_level)


def is_at_least(level: Level, other: Level) -> bool:
    """Whether `level` is `other` or a higher one."""
    order = list(Level)
    return order.index(level) >= order.index(other)


def reason_of(seen: Verification, strictness: Strictness) -> str:
    """Why the exercise reaches no higher level: a short, countable phrase; empty at the highest."""
    level = level_of(seen, strictness)
    if level is Level.WRITTEN:
        return "is not valid Python"
    if level is Level.PARSED:
        return _why_it_does_not_run(seen)
    if level is Level.RAN:
        return "shows a wrong example" if _shows_wrong_example(seen, strictness) else "fails its own test"
    if level is Level.CONSISTENT:
        return ""
    if Trait.VARIES in seen.traits and seen.num_inputs == 0:
        return "differs from run to run"
    if seen.num_solutions == 0:
        return "was given no independent solutions"
    if seen.num_inputs == 0:
        return "has no inputs to compare solutions on"
    if seen.num_solutions_run == 0:
        return "too few independent solutions run"
    return "independent solutions disagree"


def count_levels(verifications: Iterable[Verification], strictness: Strictness) -> dict[Level, int]:
    """How many exercises reach each level."""
    reached = Counter(level_of(one, strictness) for one in verifications)
    return {level: sum(number for one, number in reached.items() if is_at_least(one, level)) for level in Level}


def _returns(seen: Verification) -> bool:
    enough = seen.num_returned > 0 and seen.num_returned >= _MIN_RETURNED_SHARE * seen.num_tried
    return enough or seen.num_examples_held > 0


def _shows_wrong_example(seen: Verification, strictness: Strictness) -> bool:
    return seen.num_examples_held < strictness.min_examples_share * seen.num_examples


def _is_consistent(seen: Verification, strictness: Strictness) -> bool:
    num_run = seen.num_solutions_run
    enough = num_run > 0 and seen.num_inputs > 0
    return enough and seen.num_solutions_agreeing >= strictness.min_agreement * num_run


def _why_it_does_not_run(seen: Verification) -> str:
    if seen.outcome is Outcome.PASSED:
        return "raises for most inputs" if seen.num_tried else "no input could be made for it"
    reasons = {
        Outcome.RAISED: "raises",
        Outcome.CPU_TIMED_OUT: "runs without an end",
        Outcome.WALL_TIMED_OUT: "runs without an end",
        Outcome.OUT_OF_MEMORY: "takes too much memory",
    }
    return reasons.get(seen.outcome, "does not run to its end")
