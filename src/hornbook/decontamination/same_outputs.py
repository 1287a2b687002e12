"""When a function behaves as a problem asks: which problems can tell, and how many outputs must be equal.

`docs/decisions/behaviour.md` explains the thresholds.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from hornbook.decontamination.benchmark_inputs import Behaviour, Output, most_different
from hornbook.python_code.values import values_agree

MIN_MADE_SCORE = 0.8
"""Share of the generated inputs on which both return, on which leaks may differ. Where there are fewer own ones than
`FEW_OWN_INPUTS`, these say too little, and all generated ones must be right, as all own ones must always."""
MIN_MADE_RETURNED = 0.5
"""Share of the generated inputs for which the function must return: leaks need not know inputs out of their domain."""
FEW_OWN_INPUTS = 4
MIN_WIDE_SCORE = 0.7
"""Share of the wide inputs on which both return."""
MIN_WIDE_INPUTS = 6
"""With fewer on which both return, the wide inputs say nothing."""
MIN_INPUTS = 5
MIN_BITS = 16.0
"""Least `Behaviour.information` of a problem that tells: 16 inputs that are answered with yes and no equally often, or
seven with six different outputs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SameOutputs:
    """How often the outputs of a function and a problem are equal."""

    num_own: int
    num_made: int
    num_made_returned: int
    """Generated inputs for which the function returned."""
    num_wide: int
    num_wide_returned: int
    """Wide inputs for which the function returned."""
    num_different: int
    """Inputs of all kinds for which it returned something else."""


def same_outputs(outputs: Sequence[Output | None], behaviour: Behaviour) -> SameOutputs:
    """Compare the outputs of a function with those of a problem.

    Outputs are those for the own, the generated and the wide inputs, in this order; None where the function did not
    return; some of the last ones may be missing.
    """
    wanted = [*behaviour.outputs, *behaviour.wide_outputs]
    equal = [values_agree(*pair) for pair in zip(outputs, wanted, strict=False)]
    returned = [output is not None for output in outputs]
    own, known = behaviour.num_own, len(behaviour.inputs)
    return SameOutputs(
        num_own=sum(equal[:own]),
        num_made=sum(equal[own:known]),
        num_made_returned=sum(returned[own:known]),
        num_wide=sum(equal[known:]),
        num_wide_returned=sum(returned[known:]),
        num_different=sum(returned) - sum(equal),
    )


def is_same(same: SameOutputs, behaviour: Behaviour) -> bool:
    """Whether a function with these outputs behaves like the problem."""
    if same.num_own < behaviour.num_own or same.num_made_returned < behaviour.num_made - most_raised(behaviour):
        return False
    least_made = MIN_MADE_SCORE if _has_own_inputs(behaviour) else 1.0
    if same.num_made < least_made * same.num_made_returned:
        return False
    return same.num_wide_returned < MIN_WIDE_INPUTS or same.num_wide >= MIN_WIDE_SCORE * same.num_wide_returned


def most_raised(behaviour: Behaviour) -> int:
    """For how many of a problem's generated inputs a function may not return; it must for all own ones."""
    return int((1 - MIN_MADE_RETURNED) * behaviour.num_made + 1e-9) if _has_own_inputs(behaviour) else 0


def is_telling(behaviour: Behaviour) -> bool:
    """Whether to behave like this problem proves anything."""
    return len(behaviour.inputs) >= MIN_INPUTS and behaviour.information >= MIN_BITS and not behaviour.is_identity


def num_proving(behaviour: Behaviour) -> int:
    """How many of the inputs, the first ones, rule a function out by one wrong output."""
    may_differ = _has_own_inputs(behaviour) and int((1 - MIN_MADE_SCORE) * behaviour.num_made + 1e-9) > 0
    return behaviour.num_own if may_differ else len(behaviour.inputs)


def telling_places(outputs: Sequence[Output], number: int) -> list[int]:
    """Indices of a few outputs, one after the other the first whose output is rarest so far."""
    return [place for place, _ in most_different(list(enumerate(outputs)), number, Counter())]


def _has_own_inputs(behaviour: Behaviour) -> bool:
    """Whether the benchmark's own inputs are enough to prove something by themselves."""
    return behaviour.num_own >= FEW_OWN_INPUTS
