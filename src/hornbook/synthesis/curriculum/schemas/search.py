"""Look through items until one of them decides."""

from typing import Any

from hornbook.synthesis.curriculum.holes import Choice, Map, Predicate, Size, T, U


def index_of_first(xs: list[T], p: Predicate[T], none: Choice = (-1, None)) -> Any:
    """Return the index of the first {x} in {xs} that {p}. If there is none, return {none}.
    Find where the first {p:one} of {xs} stands and return its index, or {none} if there is no such {x}.
    Search {xs} from the left for a {p:one}. Return the position of the first one found, counted from 0, and {none} if
        the search fails.
    names: index_of_first_{p} first_{p}_index find_{p} position_of_{p} locate_first_{p}
    """
    for i, x in enumerate(xs):
        if p(x):
            return i
    return none


def index_of_last(xs: list[T], p: Predicate[T], none: Choice = (-1, None)) -> Any:
    """Return the index of the last {x} in {xs} that {p}, or {none} if no {x} does.
    Search {xs} from the right for a {p:one}. Return the index of the first one that is found, or {none}.
    Find the highest index at which {xs} has a {p:one}. If there is no such index, return {none}.
    names: index_of_last_{p} last_{p}_index find_last_{p} rightmost_{p}
    """
    for i in range(len(xs) - 1, -1, -1):
        if p(xs[i]):
            return i
    return none


def first_item(xs: list[T], p: Predicate[T], f: Map[T, U], none: Choice = (None,)) -> Any:
    """Find the first {x} in {xs} that {p}, and return {f:that {x}}. If no {x} does, return {none}.
    Return {f:the first {x} of {xs} that {p}}. If there is no such {x}, return {none}.
    Look for a {p:one} in {xs}, from left to right. For the first one, return {f:it}; without one, return {none}.
    names: {f}_of_first_{p} first_{p} find_first_{p} get_{f}_of_{p}
    """
    for x in xs:
        if p(x):
            return f(x)
    return none


def first_match(xs: list[T], p: Predicate[T], none: Choice = (None,)) -> Any:
    """Return the first {x} in {xs} that {p}, or {none}.
    Find the first {p:one} in {xs}. If there is none, return {none}.
    names: first_{p} find_{p} find_first_{p} get_first_{p}
    """
    for x in xs:
        if p(x):
            return x
    return none


def nth_match(xs: list[T], k: Size, p: Predicate[T], none: Choice = (None, -1)) -> Any:
    """Return the index of the {p:one} number {k} in {xs}, counted from 1, or {none} if there are not so many.
    Count the {x:s} of {xs} that {p:s} from the left, and return the index of the one with which the count becomes {k}.
        If the count never becomes {k}, return {none}.
    names: nth_{p} index_of_nth_{p} find_nth_{p} kth_{p}_index
    """
    count = 0
    for i, x in enumerate(xs):
        if p(x):
            count += 1
            if count == k:
                return i
    return none


def all_hold(xs: list[T], p: Predicate[T]) -> bool:
    """Check if every {x} in {xs} {p}.
    Return True if all {x:s} in {xs} {p:s}, and False if there is at least one exception.
    Check that {xs} has only {p:many}. For an empty list the answer is True.
    names: all_{p} only_{p} are_all_{p} check_{p} has_only_{p}
    """
    for x in xs:
        if not p(x):
            return False
    return True


def any_holds(xs: list[T], p: Predicate[T]) -> bool:
    """Check if any {x} in {xs} {p}.
    Return True if {xs} has at least one {p:one}, otherwise False.
    Check whether there is a {p:one} among the {x:s} of {xs}.
    names: any_{p} has_{p} contains_{p} is_there_{p} exists_{p}
    """
    for x in xs:
        if p(x):
            return True
    return False


def none_holds(xs: list[T], p: Predicate[T]) -> bool:
    """Check that there is no {x} in {xs} that {p}.
    Return False as soon as an {x} of {xs} {p}, and True if this never happens.
    names: no_{p} without_{p} has_no_{p} is_free_of_{p}
    """
    for x in xs:
        if p(x):
            return False
    return True


def exactly_count(xs: list[T], p: Predicate[T], k: Choice = (1, 2, 3)) -> Any:
    """Check whether exactly {k} of the {x:s} in {xs} {p:s}.
    Return True if the number of {p:many} in {xs} is exactly {k}, neither more nor fewer.
    names: exactly_{k}_{p} has_{k}_{p} count_is_{k}
    """
    count = 0
    for x in xs:
        if p(x):
            count += 1
            if count > k:
                return False
    return count == k


def both_kinds(xs: list[T], p: Predicate[T], q: Predicate[T]) -> bool:
    """Check if {xs} has at least one {x} that {p} and at least one {x} that {q}. One {x} may serve for both.
    Return True if some {x} of {xs} {p} and some {x} of {xs} {q}, not necessarily the same one.
    names: has_{p}_and_{q} both_{p}_and_{q} contains_{p}_and_{q}
    """
    seen_first = False
    seen_second = False
    for x in xs:
        if p(x):
            seen_first = True
        if q(x):
            seen_second = True
        if seen_first and seen_second:
            return True
    return False


def order_of_first(xs: list[T], p: Predicate[T], q: Predicate[T]) -> str:
    """Go through {xs} and stop at the first {x} that {p} or {q}. Return 'first' if it {p}, 'second' if only the other
        is true of it, and 'neither' if the end is reached.
    Look for the first {x} in {xs} for which one of two conditions is true. Return 'first' if it {p}; otherwise 'second'
        if it {q}; and 'neither' if there is no such {x}.
    names: {p}_or_{q}_first which_comes_first {p}_before_{q}
    """
    for x in xs:
        if p(x):
            return "first"
        if q(x):
            return "second"
    return "neither"


def take_until(xs: list[T], p: Predicate[T], f: Map[T, U]) -> list[U]:
    """Take {f:each {x}} of {xs}, in order, but stop before the first {x} that {p}.
    Return a list with {f:each {x}} in {xs} up to, but not including, the first {p:one}.
    Collect {f:every {x}} in {xs} from the left until an {x} {p}; that one and all behind it are left out.
    names: until_{p} take_until_{p} {f}_until_{p} before_first_{p}
    """
    taken = []
    for x in xs:
        if p(x):
            break
        taken.append(f(x))
    return taken


def drop_while(xs: list[T], p: Predicate[T]) -> list[T]:
    """Remove {x:s} from the beginning of {xs} as long as they {p:s}, and return the others.
    Skip the {p:many} at the start of {xs}. Return the list of what follows, from the first {x} for which this is not
        true.
    names: drop_leading_{p} skip_{p} strip_{p} without_leading_{p}
    """
    start = 0
    while start < len(xs) and p(xs[start]):
        start += 1
    return xs[start:]


def distance_between(xs: list[T], p: Predicate[T], none: Choice = (0, -1, None)) -> Any:
    """Return how many positions lie between the first and the last {p:one} in {xs}. If there is none, return {none}.
    Find the first and the last index at which {xs} has a {p:one}, and return their difference, or {none} if there is no
        such index.
    names: span_of_{p} distance_between_{p} {p}_span
    """
    first: int | None = None
    last = 0
    for i, x in enumerate(xs):
        if p(x):
            if first is None:
                first = i
            last = i
    if first is None:
        return none
    return last - first
