"""Single steps: something done to one value, to two, to a whole list, or to each item."""

from typing import Any

from hornbook.synthesis.curriculum.holes import (
    Choice,
    Fold,
    Map,
    Measure,
    Natural,
    NonEmpty,
    Operation,
    Predicate,
    Relation,
    Reorder,
    T,
    Text,
    U,
)


def apply(a: T, f: Map[T, U]) -> U:
    """Return {f:{a}}.
    Compute {f:{a}}.
    Take {a} and return {f:it}.
    names: {f} get_{f} to_{f} compute_{f} {f}_of
    """
    return f(a)


def apply_two(a: T, f: Map[T, int], g: Map[int, U]) -> U:
    """First compute {f:{a}}. Return {g:this number}.
    Let the key be {f:{a}}, and return {g:the key}.
    names: {g}_of_{f} {f}_then_{g} get_{g}
    """
    key = f(a)
    return g(key)


def test(a: T, p: Predicate[T]) -> bool:
    """Check if {a} {p}.
    Return True if {a} {p}, otherwise False.
    Return whether {a} {p}.
    names: is_{p} check_{p} test_{p}
    """
    return p(a)


def choose(a: T, p: Predicate[T], f: Map[T, U], g: Map[T, U]) -> U:
    """Return {f:{a}} if it {p}, otherwise {g:it}.
    If {a} {p}, return {f:it}. If not, return {g:it}.
    names: {f}_if_{p} {f}_or_{g} choose_by_{p}
    """
    if p(a):
        return f(a)
    return g(a)


def combine(a: T, b: T, f: Operation[T]) -> T:
    """Return {f:{a}|{b}}.
    Compute {f:{a}|{b}}.
    names: {f} get_{f} {f}_of_two compute_{f}
    """
    return f(a, b)


def relate(a: T, b: T, r: Relation[T]) -> bool:
    """Check if {a} {r:|{b}}.
    Return True if {a} {r:|{b}}, otherwise False.
    Return whether {a} {r:|{b}}.
    names: is_{r} check_{r} compare_{r}
    """
    return r(a, b)


def combine_if(a: T, b: T, r: Relation[T], f: Operation[T], g: Operation[T]) -> T:
    """Return {f:{a}|{b}} if {a} {r:|{b}}, otherwise {g:{a}|{b}}.
    If {a} {r:|{b}}, the result is {f:{a}|{b}}. Otherwise it is {g:{a}|{b}}.
    names: {f}_if_{r} {f}_or_{g} combine_by_{r}
    """
    if r(a, b):
        return f(a, b)
    return g(a, b)


def combine_lists(xs: list[T], ys: list[T], f: Operation[T]) -> list[T]:
    """For each {x} in {xs} and the {x} of {ys} at the same place, take {f:the first|the second}. Return the list.
    Go through {xs} and {ys} side by side, as far as the shorter one goes, and return a list with {f:the one|the other}.
    names: {f}_of_lists pairwise_{f} {f}_by_place
    """
    result = []
    for x, y in zip(xs, ys):
        result.append(f(x, y))
    return result


def map_with(xs: list[T], k: T, f: Operation[T]) -> list[T]:
    """Return a list with {f:each {x}|{k}} for the {x:s} in {xs}.
    For every {x} of {xs}, take {f:it|{k}}, and return the list.
    names: {f}_with_each {f}_for_all map_{f}
    """
    result = []
    for x in xs:
        result.append(f(x, k))
    return result


def reduce(xs: NonEmpty[T], f: Operation[T]) -> T:
    """Start with the first {x} of {xs}; for each {x} behind it, take {f:the result so far|the {x}} as the new result.
        Return the last result.
    Combine all {x:s} of {xs} from left to right into one: two become {f:the former|the latter}.
    names: reduce_{f} {f}_of_all fold_{f}
    """
    result = xs[0]
    for x in xs[1:]:
        result = f(result, x)
    return result


def keep_against(xs: list[T], k: T, r: Relation[T]) -> list[T]:
    """Return the {x:s} in {xs} that {r:s|{k}}.
    Filter {xs} and keep only {r:many|{k}}.
    Return a list of those {x:s} from {xs} which {r:s|{k}}.
    names: keep_{r} filter_{r} get_{r} select_{r}
    """
    result = []
    for x in xs:
        if r(x, k):
            result.append(x)
    return result


def count_against(xs: list[T], k: T, r: Relation[T]) -> int:
    """Count the {x:s} in {xs} that {r:s|{k}}.
    Return how many {x:s} of {xs} {r:s|{k}}.
    names: count_{r} num_{r} how_many_{r}
    """
    count = 0
    for x in xs:
        if r(x, k):
            count += 1
    return count


def all_against(xs: list[T], k: T, r: Relation[T]) -> bool:
    """Check if every {x} in {xs} {r:|{k}}.
    Return True if all {x:s} in {xs} {r:s|{k}}, otherwise False.
    names: all_{r} are_all_{r} check_all_{r}
    """
    for x in xs:
        if not r(x, k):
            return False
    return True


def any_against(xs: list[T], k: T, r: Relation[T]) -> bool:
    """Check if any {x} in {xs} {r:|{k}}.
    Return True if {xs} has at least one {r:one|{k}}, otherwise False.
    names: any_{r} has_{r} is_there_{r}
    """
    for x in xs:
        if r(x, k):
            return True
    return False


def index_against(xs: list[T], k: T, r: Relation[T], none: Choice = (-1, None)) -> Any:
    """Return the index of the first {x} in {xs} that {r:|{k}}, or {none} if there is none.
    Find the first position in {xs} whose {x} {r:|{k}}. Return {none} if there is no such {x}.
    names: index_of_{r} first_{r} find_{r}
    """
    for i, x in enumerate(xs):
        if r(x, k):
            return i
    return none


def sum_against(xs: list[int], k: int, r: Relation[int], f: Measure[int]) -> int:
    """Return the sum of {f:each {x}} over all {x:s} in {xs} that {r:s|{k}}.
    Go through the {x:s} of {xs} that {r:s|{k}}, and add up {f:each of them}.
    names: sum_{r} total_{r} sum_{f}_{r}
    """
    total = 0
    for x in xs:
        if r(x, k):
            total += f(x)
    return total


def size(xs: list[T]) -> int:
    """Return the number of {x:s} in {xs}.
    Return the length of {xs}.
    Return how many {x:s} {xs} has.
    names: size length count_all num_items
    """
    return len(xs)


def fold(xs: NonEmpty[T], g: Fold[T]) -> Any:
    """Return {g:the {x:s} in {xs}}.
    Compute {g:the {x:s} of {xs}}.
    Return {g:all {x:s} in {xs}}.
    names: {g} get_{g} find_{g} {g}_of_list compute_{g}
    """
    return g(xs)


def fold_where(xs: list[T], p: Predicate[T], g: Fold[T], none: Choice = (None, 0, -1)) -> Any:
    """Return {g:the {p:many} in {xs}}, or {none} if there are none.
    Take the {x:s} of {xs} that {p:s}. Return {g:these}, and {none} if {xs} has no such {x}.
    names: {g}_of_{p} {g}_{p} {p}_{g} get_{g}
    """
    kept = [x for x in xs if p(x)]
    if not kept:
        return none
    return g(kept)


def fold_values(xs: NonEmpty[T], f: Map[T, int], g: Fold[int]) -> Any:
    """Take {f:each {x}} in {xs}. Return {g:these values}.
    Compute {f:every {x}} of {xs}, and return {g:the results}.
    names: {g}_of_{f} {f}_{g} get_{g}
    """
    values = [f(x) for x in xs]
    return g(values)


def two_folds(xs: NonEmpty[int], g: Fold[int], h: Fold[int]) -> Any:
    """Return a tuple of {g:the {x:s} in {xs}} and {h:the {x:s} in {xs}}.
    Return two values as a tuple: {g:{xs}}; and {h:{xs}}.
    names: {g}_and_{h} get_{g}_{h} two_facts
    """
    return g(xs), h(xs)


def fold_words(s: Text, h: Reorder[str], between: Choice = (" ", "-", ",")) -> Any:
    """Split {s} into words and return {h:the words}, joined with {between}.
    Return a string with {h:the words of {s}} and {between} between them. Words are separated by spaces.
    names: {h}_words words_{h} join_{h}
    """
    return between.join(h(s.split()))


def reorder(xs: list[T], h: Reorder[T]) -> list[T]:
    """Return {h:the {x:s} in {xs}}.
    Return a list of {h:the {x:s} of {xs}}.
    names: {h} get_{h} {h}_list
    """
    return h(xs)


def reorder_where(xs: list[T], p: Predicate[T], h: Reorder[T]) -> list[T]:
    """Return {h:the {p:many} in {xs}}.
    Filter {xs} to those {x:s} that {p:s}. Return {h:these}.
    names: {h}_{p} {p}_{h} get_{h}_{p}
    """
    kept = [x for x in xs if p(x)]
    return h(kept)


def reorder_values(xs: list[T], f: Map[T, U], h: Reorder[T]) -> list[U]:
    """Take {h:the {x:s} in {xs}}, and return a list of {f:each of them}.
    Return a list with {f:each {x}} for {h:the {x:s} in {xs}}.
    names: {f}_of_{h} {h}_{f} map_{h}
    """
    return [f(x) for x in h(xs)]


def reorder_both(xs: list[T], ys: list[T], h: Reorder[T]) -> list[T]:
    """Put {xs} and {ys} together, {xs} first, and return {h:the {x:s} in both}.
    Append {ys} to {xs}, and return {h:the {x:s} of the joined list}.
    names: {h}_of_both merge_{h} join_{h}
    """
    together = xs + ys
    return h(together)


def numbers_up_to(n: Natural, f: Map[int, U]) -> list[U]:
    """Return a list with {f:each number} from 0 to {n}, both included.
    List {f:each integer} from 0 up to and including {n}.
    names: {f}_up_to list_{f} {f}_to_n
    """
    return [f(x) for x in range(n + 1)]


def numbers_where(n: Natural, p: Predicate[int]) -> list[int]:
    """Return a list of the integers from 1 to {n} that {p:s}.
    List the numbers from 1 up to and including {n} which {p:s}.
    names: {p}_up_to list_{p} {p}_to_n
    """
    result = []
    for x in range(1, n + 1):
        if p(x):
            result.append(x)
    return result


def joined_numbers(n: Natural, f: Map[int, U], between: Choice = (" ", ",", "-")) -> Any:
    """Return a string of {f:each number} from 1 to {n}, with {between} between them.
    Write {f:every integer} from 1 up to and including {n} into one string, separated by {between}.
    names: join_{f} {f}_string show_{f}
    """
    return between.join(str(f(x)) for x in range(1, n + 1))


def total_up_to(n: Natural, f: Measure[int]) -> int:
    """Return the sum of {f:each number} from 1 to {n}.
    Add up {f:every integer} from 1 up to and including {n}.
    names: sum_{f}_to total_{f} add_up_{f}
    """
    total = 0
    for x in range(1, n + 1):
        total += f(x)
    return total
