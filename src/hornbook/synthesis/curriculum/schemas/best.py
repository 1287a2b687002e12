"""Choose an item: the largest by a measure, with a rule for ties."""

from typing import Any

from hornbook.synthesis.curriculum.holes import Choice, Map, Measure, Predicate, T, U


def best_by(xs: list[T], p: Predicate[T], f: Measure[T], none: Choice = (None,)) -> Any:
    """Among the {x:s} in {xs} that {p:s}, return the one for which {f:the {x}} is largest. In case of a tie return the
    first of them; if there is no such {x}, return {none}.

    Find the {p:one} in {xs} with the greatest value of {f:the {x}}, the earliest one if several are equal. Return
    {none} if {xs} has no {p:one}.

    names: best_{p} max_{f} {p}_with_most_{f} largest_{f}
    """
    best = None
    for x in xs:
        if p(x) and (best is None or f(x) > f(best)):
            best = x
    return none if best is None else best


def last_smallest(xs: list[T], f: Measure[T], none: Choice = (None,)) -> Any:
    """Return the {x} of {xs} for which {f:the {x}} is smallest. If several are equal, return the last of them. If {xs}
    is empty, return {none}.

    Find the {x} in {xs} with the least value of {f:the {x}}; of equal ones the one that comes last. For an empty list
    return {none}.

    names: min_{f} least_{f} smallest_by_{f} last_min_{f}
    """
    if not xs:
        return none
    best = xs[0]
    for x in xs:
        if f(x) <= f(best):
            best = x
    return best


def index_of_best(xs: list[T], f: Measure[T]) -> int:
    """Return the index of the {x} in {xs} for which {f:the {x}} is largest, the first one in case of a tie, and -1 if
    {xs} is empty.

    Find the position in {xs} at which {f:the {x}} is greatest. Ties go to the lower index. Return -1 for an empty list.

    names: index_of_max_{f} argmax_{f} position_of_largest_{f}
    """
    best = -1
    for i in range(len(xs)):
        if best == -1 or f(xs[i]) > f(xs[best]):
            best = i
    return best


def largest_value(xs: list[T], p: Predicate[T], f: Measure[T], none: Choice = (0, None, -1)) -> Any:
    """Compute {f:each {x}} in {xs} that {p}, and return the largest of these values, or {none} if there are none.

    Return the maximum of {f:the {x}} over the {p:many} in {xs}. If {xs} has no {p:one}, return {none}.

    names: max_{f}_of_{p} largest_{f} highest_{f} top_{f}
    """
    best = None
    for x in xs:
        if p(x):
            if best is None or f(x) > best:
                best = f(x)
    return none if best is None else best


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
    """Compute {f:each {x}} in {xs}. Return the difference between the largest and the smallest of these values, and 0
    if {xs} is empty.

    Return by how much the maximum of {f:the {x}} over {xs} exceeds the minimum. For an empty list it is 0.

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


def two_extremes(xs: list[T], f: Measure[T], none: Choice = (None,)) -> Any:
    """Return a tuple of two {x:s} of {xs}: the first one for which {f:the {x}} is smallest, and the first one for which
    it is largest. Return {none} if {xs} is empty.

    Find the {x} in {xs} with the least and the {x} with the greatest value of {f:the {x}}, and return them as a pair.
    For an empty list return {none}. Ties go to the {x} that comes first.

    names: min_and_max_{f} extremes_by_{f} smallest_and_largest
    """
    if not xs:
        return none
    smallest = largest = xs[0]
    for x in xs:
        if f(x) < f(smallest):
            smallest = x
        if f(x) > f(largest):
            largest = x
    return smallest, largest


def best_of_fallback(xs: list[T], p: Predicate[T], f: Measure[T], g: Map[T, U], none: Choice = (None,)) -> Any:
    """Take the first {x} in {xs} that {p}; if no {x} does, take the {x} for which {f:the {x}} is largest instead.
    Return {g:the {x}} that was taken, or {none} if {xs} is empty.

    names: {g}_of_{p}_or_max choose_{p} pick_{p}_or_largest
    """
    best = None
    for x in xs:
        if p(x):
            return g(x)
        if best is None or f(x) > f(best):
            best = x
    return none if best is None else g(best)


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
