"""Hold a function's outputs against those of a problem, on its own inputs, on made ones and on wide ones."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from hornbook.decontamination.benchmark_inputs import Behaviour, Output
from hornbook.observers.agreement import values_agree


@dataclass(frozen=True, slots=True, kw_only=True)
class SameOutputs:
    """How often the outputs of a function and a problem are equal."""

    num_own: int
    num_made: int
    num_made_returned: int
    """Made inputs on which the function returned."""
    num_wide: int
    num_wide_returned: int
    """Wide inputs on which the function returned."""
    num_different: int
    """Inputs of all kinds on which it returned something else."""


def same_outputs(outputs: Sequence[Output | None], behaviour: Behaviour) -> SameOutputs:
    """Compare.

    Args:
        outputs: For the own, the made and the wide inputs, in this order; None where the function did not return; some
            of the last ones may be missing.
        behaviour: Of the problem.
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


def telling_places(outputs: Sequence[Output], number: int) -> list[int]:
    """Places of a few outputs, one after the other the first whose output is rarest so far."""
    texts = list(map(json.dumps, outputs))
    waiting = list(range(len(texts)))
    counts: Counter[str] = Counter()
    chosen: list[int] = []
    while waiting and len(chosen) < number:
        best = min(waiting, key=lambda place: counts[texts[place]])
        waiting.remove(best)
        counts[texts[best]] += 1
        chosen.append(best)
    return chosen
