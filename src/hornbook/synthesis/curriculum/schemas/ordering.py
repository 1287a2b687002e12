"""Sort, rank and merge."""

from hornbook.synthesis.curriculum.holes import Choice, Map, Measure, Predicate, Size, T, U


def sort_by(xs: list[T], p: Predicate[T], f: Measure[T], g: Map[T, U]) -> list[U]:
    """Sort the {x:s} of {xs} that {p:s} by {f:the {x}}, the smallest first, and return the list of {g:each of them}.
    Take the {p:many} in {xs}, order them by {f:the {x}} from small to large, and return {g:each of them} in that order.
    names: {g}_sorted_by_{f} sort_{p}_by_{f} order_by_{f}
    """
    kept = [x for x in xs if p(x)]
    kept.sort(key=lambda x: f(x))
    return [g(x) for x in kept]


def top_k(xs: list[T], k: Size, f: Measure[T]) -> list[T]:
    """Find those {x:s} of {xs} for which {f:the {x}} is largest, as many as {k} says. Return them, the largest first;
        of equal ones the earlier comes first.
    Sort {xs} by {f:the {x}} in falling order. Return the first {x:s} of the result, as many as {k} says, or all if
        there are fewer.
    names: top_k_by_{f} largest_{f} best_by_{f}
    """
    ordered = sorted(xs, key=lambda x: f(x), reverse=True)
    return ordered[:k]


def two_level_sort(xs: list[T], f: Measure[T], g: Measure[T]) -> list[T]:
    """Sort {xs} by {f:the {x}}, from small to large; {x:s} that agree in it are sorted by {g:the {x}}. Return a new
        list.
    names: sort_by_{f}_then_{g} two_key_sort order_by_{f}_{g}
    """
    return sorted(xs, key=lambda x: (f(x), g(x)))


def insertion_sort(xs: list[T], f: Measure[T]) -> list[T]:
    """Return the {x:s} of {xs} sorted by {f:the {x}}, the smallest first, by insertion sort: put each {x} into its
        place among those that are sorted already. Equal ones keep their order.
    names: insertion_sort_by_{f} insert_in_order sorted_by_{f}
    """
    result: list[T] = []
    for x in xs:
        place = len(result)
        while place > 0 and f(result[place - 1]) > f(x):
            place -= 1
        result.insert(place, x)
    return result


def bubble_passes(xs: list[int], f: Measure[int]) -> int:
    """Bubble sort {xs} by {f:the {x}}: in each pass, go from left to right and swap neighbours of which the left one is
        larger. Return how many passes change something until all is in order.
    names: bubble_passes count_passes passes_by_{f}
    """
    items = list(xs)
    passes = 0
    swapped = True
    while swapped:
        swapped = False
        for i in range(len(items) - 1):
            if f(items[i]) > f(items[i + 1]):
                items[i], items[i + 1] = items[i + 1], items[i]
                swapped = True
        if swapped:
            passes += 1
    return passes


def merge_sorted(xs: list[int], ys: list[int], f: Measure[int]) -> list[int]:
    """Sort {xs} and {ys} by {f:the {x}}, then merge them: always take the smaller of the two front {x:s}, that of {xs}
        in case of a tie. Return the merged list.
    names: merge_by_{f} merge_lists merged
    """
    left = sorted(xs, key=lambda x: f(x))
    right = sorted(ys, key=lambda x: f(x))
    result = []
    while left and right:
        if f(left[0]) <= f(right[0]):
            result.append(left.pop(0))
        else:
            result.append(right.pop(0))
    return result + left + right


def rank_of_each(xs: list[T], f: Measure[T]) -> list[int]:
    """For each {x} in {xs}, count the {x:s} of {xs} for which {f:the {x}} is larger, and add 1. Return the list of
        these ranks.
    names: ranks_by_{f} rank_each ranking
    """
    ranks = []
    for x in xs:
        rank = 1
        for y in xs:
            if f(y) > f(x):
                rank += 1
        ranks.append(rank)
    return ranks


def binary_search(xs: list[int], k: int, none: Choice = (-1, None)) -> object:
    """Sort {xs}, then look for {k} by binary search: compare with the middle, and go on in the left or the right half.
        Return how many comparisons with a middle it takes until {k} is found, or {none} if it is not there.
    names: binary_search_steps search_steps count_comparisons
    """
    ordered = sorted(xs)
    low, high = 0, len(ordered) - 1
    steps = 0
    while low <= high:
        middle = (low + high) // 2
        steps += 1
        if ordered[middle] == k:
            return steps
        if ordered[middle] < k:
            low = middle + 1
        else:
            high = middle - 1
    return none


def rotate(xs: list[T], k: Size, f: Map[T, U]) -> list[U]:
    """Rotate {xs} to the right: move the last {x} to the front, as often as {k} says. Return the list of {f:each {x}}
        in the new order.
    names: rotate_and_{f} rotate_right shift_{f}
    """
    if not xs:
        return []
    shift = k % len(xs)
    rotated = xs[len(xs) - shift :] + xs[: len(xs) - shift]
    return [f(x) for x in rotated]
