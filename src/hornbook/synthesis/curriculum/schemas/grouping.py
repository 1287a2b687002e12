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


def most_common(xs: list[T], f: Map[T, U], none: Choice = (None,)) -> Any:
    """Compute {f:each {x}} in {xs}, and return the value that comes up most often, the one seen first in case of a tie.
        Return {none} if {xs} is empty.
    Find the most frequent value of {f:the {x}} over {xs}. Ties go to the earliest; an empty list gives {none}.
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


def key_of_largest(table: dict[str, int], p: Predicate[int], none: Choice = (None, "")) -> Any:
    """Return the key of {table} with the largest value that {p}, the first in case of a tie, or {none} if no value {p}.
    Among the entries of {table} whose value {p}, find the one with the greatest value. Return its key; ties go to the
        entry that comes first. Without any such entry return {none}.
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
    Return a dictionary from each space-separated word in {text} that {p} to the number of times it occurs.
    names: count_{p}_words word_counts frequency_of_{p}
    """
    counts: dict[str, int] = {}
    for word in text.split():
        if p(word):
            counts[word] = counts.get(word, 0) + 1
    return counts
