"""Build dictionaries and sets from items, and look into dictionaries."""

from typing import Any

from hornbook.synthesis.curriculum.holes import Choice, Map, Measure, Predicate, T, Text, U


def group_by(xs: list[T], f: Map[T, U]) -> dict[U, list[T]]:
    """Group the {x:s} of {xs} in a dictionary: the key of an {x} is {f:the {x}}.

    Return a dictionary that maps {f:each {x}} in {xs} to the list of the {x:s} that have this key.

    names: group_by_{f} by_{f} group {f}_groups
    """
    groups: dict[U, list[T]] = {}
    for x in xs:
        key = f(x)
        if key not in groups:
            groups[key] = []
        groups[key].append(x)
    return groups


def count_by(xs: list[T], p: Predicate[T], f: Map[T, U]) -> dict[U, int]:
    """Count how often {f:an {x}} has each of its values, over the {x:s} in {xs} that {p:s}. Return a dictionary.

    Return a dictionary of counts. Its keys are {f:each {p:one}} in {xs}, its values say how often a key came up.

    names: count_{f} {f}_counts histogram_of_{f} count_by_{f}
    """
    counts: dict[U, int] = {}
    for x in xs:
        if not p(x):
            continue
        counts[f(x)] = counts.get(f(x), 0) + 1
    return counts


def sum_by(xs: list[T], f: Map[T, U], g: Measure[T]) -> dict[U, Any]:
    """Return a dictionary from {f:each {x}} in {xs} to a sum: {g:the {x}} is added up over all {x:s} with this key.

    names: {g}_by_{f} sum_{g}_by_{f} totals_by_{f}
    """
    totals: dict[U, Any] = {}
    for x in xs:
        key = f(x)
        if key in totals:
            totals[key] += g(x)
        else:
            totals[key] = g(x)
    return totals


def table_of(xs: list[T], p: Predicate[T], f: Map[T, U]) -> dict[T, U]:
    """Build a dictionary from each {x} in {xs} that {p} to {f:the {x}}.

    Return a dictionary whose keys are the {p:many} in {xs}. The value of a key is {f:the {x}}.

    names: {f}_of_each map_{p}_to_{f} dict_of_{f} {f}_table
    """
    table = {}
    for x in xs:
        if p(x):
            table[x] = f(x)
    return table


def most_common(xs: list[T], f: Map[T, U], none: Choice = (None,)) -> Any:
    """Compute {f:each {x}} in {xs}, and return the value that comes up most often, the one seen first in case of a tie.
    Return {none} if {xs} is empty.

    Find the most frequent value of {f:the {x}} over {xs}. Ties go to the value that appears first; an empty list gives
    {none}.

    names: most_common_{f} mode_of_{f} most_frequent_{f}
    """
    counts: dict[U, int] = {}
    for x in xs:
        value = f(x)
        counts[value] = counts.get(value, 0) + 1
    best = none
    for value in counts:
        if best is none or counts[value] > counts[best]:
            best = value
    return best


def distinct_values(xs: list[T], f: Map[T, U]) -> list[U]:
    """Return a list of {f:each {x}} in {xs}, without repetitions, in the order in which they first appear.

    Compute {f:every {x}} in {xs} and leave out each value that was there before. Return the list of the others.

    names: distinct_{f} unique_{f} different_{f} {f}_without_repeats
    """
    seen = set()
    result = []
    for x in xs:
        value = f(x)
        if value not in seen:
            seen.add(value)
            result.append(value)
    return result


def first_repeated(xs: list[T], f: Map[T, U], none: Choice = (None, -1)) -> Any:
    """Return the index of the first {x} in {xs} for which {f:the {x}} is the same as for an earlier {x}, or {none} if
    all are different.

    Go through {xs} from the left and stop at the first {x} that gives again a value of {f:the {x}} that was there
    before. Return its index. If this does not happen, return {none}.

    names: first_repeated_{f} index_of_repeat find_duplicate_{f}
    """
    seen = set()
    for i, x in enumerate(xs):
        if f(x) in seen:
            return i
        seen.add(f(x))
    return none


def all_different(xs: list[T], f: Map[T, U]) -> bool:
    """Check that {f:the {x}} is different for all {x:s} in {xs}.

    Return False if two {x:s} in {xs} at different positions have the same value of {f:the {x}}, otherwise True.

    names: all_different_{f} has_unique_{f} no_two_{f} distinct_{f}
    """
    seen = set()
    for x in xs:
        value = f(x)
        if value in seen:
            return False
        seen.add(value)
    return True


def keys_where(table: dict[str, int], p: Predicate[int], f: Map[str, str]) -> list[str]:
    """Return the list of {f:each key} of {table} whose value {p}, in the order of the dictionary.

    Go through {table} and collect {f:the key} of every entry with a value that {p}.

    names: keys_where_{p} {f}_of_keys keys_with_{p}
    """
    result = []
    for key, x in table.items():
        if p(x):
            result.append(f(key))
    return result


def total_of_values(table: dict[str, int], p: Predicate[str], f: Measure[int]) -> int:
    """Add up {f:each value} in {table} whose key {p}. Return the sum.

    Return the sum of {f:the value} over all entries of {table} that have a key that {p}.

    names: total_of_{p} sum_{f}_of_{p} sum_values
    """
    total = 0
    for key, value in table.items():
        if p(key):
            total += f(value)
    return total


def key_of_largest(table: dict[str, int], p: Predicate[int], none: Choice = (None, "")) -> Any:
    """Return the key of {table} with the largest value that {p}. The first such key wins a tie. If no value {p}, return
    {none}.

    Among the entries of {table} with a value that {p}, find the one with the largest value, and return its key, or
    {none} if there is no such entry. Ties go to the entry that comes first.

    names: key_of_largest_{p} winner best_key top_key
    """
    best = none
    largest = 0
    for key, value in table.items():
        if p(value) and (best == none or value > largest):
            best = key
            largest = value
    return best


def merged_tables(table: dict[str, int], e: dict[str, int], f: Measure[int]) -> dict[str, int]:
    """Merge {table} and {e} into a new dictionary. A key of both gets the sum of its values; a key of only one of them
    gets {f:its value}.

    names: merge_tables combine merge_with_{f} union_of
    """
    merged = {}
    for key, value in table.items():
        if key in e:
            merged[key] = value + e[key]
        else:
            merged[key] = f(value)
    for key, value in e.items():
        if key not in table:
            merged[key] = f(value)
    return merged


def letter_counts(text: Text, p: Predicate[str]) -> dict[str, int]:
    """Split {text} at blanks into words, and count how often each word that {p} occurs. Return a dictionary.

    Return a dictionary from each word in {text} that {p} to the number of times it occurs. Words are separated by
    spaces.

    names: count_{p}_words word_counts frequency_of_{p}
    """
    counts: dict[str, int] = {}
    for word in text.split():
        if p(word):
            counts[word] = counts.get(word, 0) + 1
    return counts
