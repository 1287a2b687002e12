"""How far an exercise was verified, and how far it must be to be kept.

What was seen is a record of its own, keyed by the exercise's id; how strict one is, is a threshold on it. So another
strictness costs no run and no question to a teacher.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from hornbook.errors import ConfigError
from hornbook.pipeline.fingerprint import NOT_IN_FINGERPRINT
from hornbook.records import Outcome
from hornbook.sandbox.program import Limits
from hornbook.teacher.api import SamplingConfig

_TOP_P = 0.95
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


_LEVELS = {"parses": Level.PARSED, "runs": Level.RAN, "examples": Level.EXAMPLES, "consistent": Level.CONSISTENT}


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
class VerifyRules:
    """What is verified and what suffices. What the curriculum wrote is always held to all that it says."""

    min_level: str | None = None
    """How far an exercise must get: parses, runs, examples (those in its docstring hold), or consistent (solutions of a
    teacher do the same). Without it, consistent where a teacher is asked, examples elsewhere."""
    min_examples_share: float = 1.0
    """Share of a docstring's examples that must hold, 0 to 1."""
    min_agreement: float = 0.5
    """Share of a teacher's solutions that must do the same, of those that run, 0 to 1."""
    num_inputs: int = 20
    """Inputs made for each function, 1 to 60; those of its examples are among them."""
    repair: bool = True
    """Put true outputs in the place of wrong ones that a passage shows."""
    num_solutions: int = 3
    """Solutions of each exercise that a teacher is asked for."""
    temperature: float = 0.8
    """Of a teacher's solutions."""
    max_new_tokens: int = 250
    """Of each solution."""
    cpu_seconds: float = 3.0
    """CPU time of each program."""
    execute_without_jail: bool = field(default=False, metadata=NOT_IN_FINGERPRINT)
    """Run the code unprotected, with all your rights."""

    def __post_init__(self) -> None:
        if self.min_level is not None and self.min_level not in _LEVELS:
            raise ConfigError(f"`min_level` must be one of {', '.join(_LEVELS)}, got {self.min_level!r}")
        for name in ("min_examples_share", "min_agreement"):
            if not 0 <= getattr(self, name) <= 1:
                raise ConfigError(f"`{name}` must lie in [0, 1], got {getattr(self, name)!r}")
        if not 1 <= self.num_inputs <= 60:
            raise ConfigError(f"`num_inputs` must lie in [1, 60], got {self.num_inputs!r}")
        if self.num_solutions < 1:
            raise ConfigError(f"`num_solutions` must be at least 1, got {self.num_solutions!r}")
        if self.num_solutions > 1 and self.temperature == 0:
            raise ConfigError("`temperature` must be above 0 where several solutions are asked for: all would be equal")
        self.sampling(), self.limits()

    def sampling(self) -> SamplingConfig:
        """How a teacher's solution is drawn."""
        return SamplingConfig(max_new_tokens=self.max_new_tokens, temperature=self.temperature, top_p=_TOP_P)

    def limits(self) -> Limits:
        """What a program may use."""
        return Limits(cpu_seconds=self.cpu_seconds)


@dataclass(frozen=True, kw_only=True)
class VerifyConfig(VerifyRules):
    """The rules, and who solves exercises anew."""

    teacher: str = ""
    """The language model whose solutions of exercises are compared; none where empty."""

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.min_level == "consistent" and not self.teacher:
            raise ConfigError(
                "`min_level` is 'consistent', which needs solutions to compare: say who writes them with `--teacher "
                "URL`, in a recipe with the field `teacher`"
            )

    @property
    def level(self) -> Level:
        """The level that an exercise must reach."""
        return _LEVELS[self.min_level or ("consistent" if self.teacher else "examples")]


def level_of(seen: Verification, config: VerifyConfig) -> Level:
    """The highest level that the exercise reaches by these thresholds."""
    if seen.outcome is Outcome.SYNTAX_ERROR:
        return Level.WRITTEN
    if seen.outcome is not Outcome.PASSED or not _returns(seen):
        return Level.PARSED
    if _shows_wrong_example(seen, config) or seen.own_test is OwnTest.FAILED:
        return Level.RAN
    if not _is_consistent(seen, config):
        return Level.EXAMPLES
    return Level.CONSISTENT


def is_enough(seen: Verification, config: VerifyConfig) -> bool:
    """Whether the exercise reaches the level that is asked for."""
    return is_at_least(level_of(seen, config), config.level)


def is_at_least(level: Level, other: Level) -> bool:
    """Whether `level` is `other` or a higher one."""
    order = list(Level)
    return order.index(level) >= order.index(other)


def reason_of(seen: Verification, config: VerifyConfig) -> str:
    """Why the exercise reaches no higher level: a short, countable phrase; empty at the highest."""
    level = level_of(seen, config)
    if level is Level.WRITTEN:
        return "is not valid Python"
    if level is Level.PARSED:
        return _why_it_does_not_run(seen)
    if level is Level.RAN:
        return "shows a wrong example" if _shows_wrong_example(seen, config) else "fails its own test"
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


def count_levels(verifications: Iterable[Verification], config: VerifyConfig) -> dict[Level, int]:
    """How many exercises reach each level."""
    reached = Counter(level_of(one, config) for one in verifications)
    return {level: sum(number for one, number in reached.items() if is_at_least(one, level)) for level in Level}


def _returns(seen: Verification) -> bool:
    enough = seen.num_returned > 0 and seen.num_returned >= _MIN_RETURNED_SHARE * seen.num_tried
    return enough or seen.num_examples_held > 0


def _shows_wrong_example(seen: Verification, config: VerifyConfig) -> bool:
    return seen.num_examples_held < config.min_examples_share * seen.num_examples


def _is_consistent(seen: Verification, config: VerifyConfig) -> bool:
    num_run = seen.num_solutions_run
    enough = num_run > 0 and seen.num_inputs > 0
    return enough and seen.num_solutions_agreeing >= config.min_agreement * num_run


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
