"""Choose an item: the largest by a measure, with a rule for ties."""

from typing import Any

from hornbook.synthesis.curriculum.holes import Choice, Measure, Predicate, T


def best_by(xs: list[T], p: Predicate[T], f: Measure[T], none: Choice = (None,)) -> Any:
    """Among the {x:s} in {xs} that {p:s}, return the one with the largest value of {f:the {x}}, the first of them in
        case of a tie, or {none} if there is no such {x}.
    Find the {p:one} in {xs} for which {f:the {x}} is greatest; the earliest wins a tie. Without any {p:one}, return
        {none}.
    names: best_{p} max_{f} {p}_with_most_{f} largest_{f}
    """
    best = None
    for x in xs:
        if p(x) and (best is None or f(x) > f(best)):
            best = x
    return none if best is None else best


def index_of_best(xs: list[T], f: Measure[T]) -> int:
    """Return the index of the {x} in {xs} for which {f:the {x}} is largest, the first one in case of a tie, and -1 if
        {xs} is empty.
    Find the position in {xs} at which {f:the {x}} is greatest. Ties go to the lower index; an empty list gives -1.
    names: index_of_max_{f} argmax_{f} position_of_largest_{f}
    """
    best = -1
    for i in range(len(xs)):
        if best == -1 or f(xs[i]) > f(xs[best]):
            best = i
    return best


def second_largest(xs: list[int], none: Choice = (None, -1)) -> Any:
    """Return the second largest of the different {x:s} in {xs}, or {none} if there are fewer than two.
    Find the largest {x} in {xs} that is smaller than the maximum. If there is no such {x}, return {none}.
    names: second_largest runner_up second_max find_second
    """
    largest = None
    second = None
    for x in xs:
        if largest is None or x > largest:
            second = largest
            largest = x
        elif x < largest and (second is None or x > second):
            second = x
    return none if second is None else second


def range_of(xs: list[T], f: Measure[T]) -> Any:
    """Return the difference between the largest and the smallest value of {f:the {x}} over {xs}, and 0 if {xs} is
        empty.
    Compute {f:each {x}} in {xs}, and return by how much the maximum exceeds the minimum. For an empty list it is 0.
    names: spread_of_{f} range_of_{f} {f}_range difference_in_{f}
    """
    if len(xs) == 0:
        return 0
    low = f(xs[0])
    high = f(xs[0])
    for x in xs:
        low = min(low, f(x))
        high = max(high, f(x))
    return high - low


def climb(xs: list[T], f: Measure[T]) -> list[T]:
    """Return the {x:s} of {xs} for which {f:the {x}} is larger than for every {x} before it.
    Go through {xs} and keep each {x} with which {f:the {x}} reaches a new maximum. The first {x} is always kept.
    names: records_by_{f} new_maxima_of_{f} rising_{f}
    """
    records: list[T] = []
    for x in xs:
        if not records or f(x) > f(records[-1]):
            records.append(x)
    return records
