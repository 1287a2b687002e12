"""Go through items and gather something: sums, counts, lists."""

from typing import Any

from hornbook.synthesis.curriculum.holes import Choice, Map, Measure, Predicate, T, U


def sum_where(xs: list[T], p: Predicate[T], f: Measure[T]) -> Any:
    """For every {x} in {xs} that {p}, add {f:it} to a total. Return the total.
    Return the sum of {f:each {x}} over all {x:s} in {xs} that {p:s}.
    Compute a total over {xs}: each {x} that {p} adds {f:it}, the others add nothing.
    names: sum_{f}_of_{p} total_{f} sum_of_{p} add_{p} {p}_total
    """
    total = 0
    for x in xs:
        if p(x):
            total += f(x)
    return total


def sum_all(xs: list[T], f: Measure[T]) -> Any:
    """Return the sum of {f:each {x}} in {xs}.
    Add up {f:every {x}} of {xs}.
    names: sum_{f} total_{f} add_{f} sum_of_{f}
    """
    total = 0
    for x in xs:
        total += f(x)
    return total


def average(xs: list[T], f: Measure[T], none: Choice = (0, None)) -> Any:
    """Return the average of {f:each {x}} in {xs}, or {none} if {xs} is empty.
    Compute the mean of {f:every {x}} in {xs}. For an empty list return {none}.
    names: average_{f} mean_{f} avg_{f}
    """
    if not xs:
        return none
    total = 0
    for x in xs:
        total += f(x)
    return total / len(xs)


def signed_sum(xs: list[T], p: Predicate[T], f: Measure[T]) -> Any:
    """Start from 0. For each {x} in {xs} that {p}, add {f:it}; for each other {x}, subtract it instead. Return the
        result.
    Compute a balance over {xs}: {f:an {x}} counts as positive if the {x} {p} and as negative otherwise.
    names: balance signed_{f} {p}_balance plus_minus_{p}
    """
    balance = 0
    for x in xs:
        if p(x):
            balance += f(x)
        else:
            balance -= f(x)
    return balance


def count_where(xs: list[T], p: Predicate[T]) -> int:
    """Count the {x:s} in {xs} that {p:s}.
    Return how many {x:s} of {xs} {p:s}.
    Return the number of {p:many} in {xs}.
    names: count_{p} num_{p} number_of_{p} how_many_{p}
    """
    count = 0
    for x in xs:
        if p(x):
            count += 1
    return count


def keep_where(xs: list[T], p: Predicate[T], f: Map[T, U]) -> list[U]:
    """Return a list with {f:each {x}} in {xs} that {p}, in the same order.
    For every {p:one} in {xs}, put {f:it} into a list. Return the list.
    Filter {xs}: leave out each {x} unless it {p}, and take {f:every {x}} that remains.
    names: {f}_of_{p} {p}_{f} keep_{p} collect_{f} filter_{p}
    """
    result = []
    for x in xs:
        if p(x):
            result.append(f(x))
    return result


def keep(xs: list[T], p: Predicate[T]) -> list[T]:
    """Return the {p:many} of {xs}.
    Filter {xs} and keep only the {x:s} that {p:s}.
    Return a list of all {x:s} in {xs} that {p:s}.
    names: get_{p} filter_{p} only_{p} select_{p} {p}_only
    """
    result = []
    for x in xs:
        if p(x):
            result.append(x)
    return result


def map_all(xs: list[T], f: Map[T, U]) -> list[U]:
    """Return a list with {f:each {x}} in {xs}.
    Return {f:every {x}} of {xs} in a list, in the same order.
    names: map_{f} {f}_of_all get_{f} all_{f} {f}_list
    """
    result = []
    for x in xs:
        result.append(f(x))
    return result


def remove_where(xs: list[T], p: Predicate[T]) -> list[T]:
    """Return {xs} without the {x:s} that {p:s}.
    Remove every {p:one} from {xs}, and return what remains as a new list.
    names: remove_{p} without_{p} drop_{p} exclude_{p}
    """
    kept = []
    for x in xs:
        if not p(x):
            kept.append(x)
    return kept


def choose_map(xs: list[T], p: Predicate[T], f: Map[T, U], g: Map[T, U]) -> list[U]:
    """Go through {xs}. For an {x} that {p}, take {f:it}; otherwise take {g:it}. Return the list of what was taken.
    Return a list that has, for each {x} of {xs}, {f:the {x}} if it {p}, and {g:the {x}} if not.
    names: {f}_or_{g} map_{p} {f}_if_{p} transform_{p}
    """
    result = []
    for x in xs:
        if p(x):
            result.append(f(x))
        else:
            result.append(g(x))
    return result


def split_two(xs: list[T], p: Predicate[T]) -> tuple[list[T], list[T]]:
    """Divide {xs} into two lists: first the {p:many}, then all others. Return both as a tuple.
    Return a pair of lists. The first one has the {x:s} of {xs} that {p:s}, the second one those for which this is not
        true. The order is kept.
    names: split_{p} partition_{p} separate_{p} divide_by_{p}
    """
    first = []
    second = []
    for x in xs:
        if p(x):
            first.append(x)
        else:
            second.append(x)
    return first, second


def front_and_back(xs: list[T], p: Predicate[T]) -> list[T]:
    """Move the {p:many} of {xs} to the front, and keep the order otherwise. Return a new list.
    Return the {x:s} of {xs} in another order: first those that {p:s}, then the others, each group as it was.
    names: {p}_first move_{p}_to_front bring_{p}_forward
    """
    front = []
    back = []
    for x in xs:
        if p(x):
            front.append(x)
        else:
            back.append(x)
    return front + back


def running_total(xs: list[T], f: Measure[T]) -> list[Any]:
    """Return the running totals over {xs}: at each place the sum of {f:every {x}} so far.
    For each position in {xs}, add up {f:each {x}} from the beginning to there, and return the list of these sums.
    names: running_{f} cumulative_{f} prefix_sums_{f}
    """
    totals = []
    total = 0
    for x in xs:
        total += f(x)
        totals.append(total)
    return totals


def count_above_limit(xs: list[T], f: Measure[T], limit: Choice = (5, 10, 15, 20, 30)) -> int:
    """Add {f:one {x}} after another from {xs} and return how many {x:s} it takes until the sum exceeds {limit}. If it
        never does, return -1.
    Return the number of {x:s} from the start of {xs} that are needed so that the sum of {f:each {x}} is greater than
        {limit}, or -1 if all of them are not enough.
    names: how_many_until_{limit} count_until_above_{limit} steps_to_{limit}
    """
    total = 0
    for i, x in enumerate(xs):
        total += f(x)
        if total > limit:
            return i + 1
    return -1


def average_where(xs: list[T], p: Predicate[T], f: Measure[T], none: Choice = (0.0, None)) -> Any:
    """Return the average of {f:each {x}} over the {x:s} in {xs} that {p:s}. If there is none, return {none}.
    Compute the mean of {f:every {p:one}} in {xs}, or {none} if {xs} has no such {x}.
    names: average_{f} mean_{f}_of_{p} avg_{p}
    """
    total = 0
    count = 0
    for x in xs:
        if p(x):
            total += f(x)
            count += 1
    if count == 0:
        return none
    return total / count


def weighted_by_place(xs: list[T], f: Measure[T]) -> Any:
    """Multiply {f:each {x}} in {xs} by its position, counted from 1, and return the sum of the products.
    Return the sum over {xs} of {f:each {x}} times the place of the {x}; the first one has the place 1.
    names: weighted_{f} {f}_by_position position_weighted_sum
    """
    total = 0
    for i, x in enumerate(xs):
        total += (i + 1) * f(x)
    return total


def alternate_sum(xs: list[T], f: Measure[T]) -> Any:
    """Add {f:each {x}} in {xs} at an even index and subtract it at an odd index. Return the result.
    Return the alternating sum of {f:every {x}} in {xs}: plus for the first, minus for the second, plus for the third.
    names: alternating_{f} alternate_sum plus_minus
    """
    total = 0
    for i, x in enumerate(xs):
        if i % 2 == 0:
            total += f(x)
        else:
            total -= f(x)
    return total


def join_where(xs: list[str], p: Predicate[str], f: Map[str, str], between: Choice = (" ", ",", "-")) -> Any:
    """Take {f:each {x}} in {xs} that {p}, and join them with {between} between them.
    Return one string: {f:every {p:one}} in {xs}, with {between} in between.
    names: join_{p} join_{f} concat_{p} text_of_{p}
    """
    parts = []
    for x in xs:
        if p(x):
            parts.append(f(x))
    return between.join(parts)
