"""Look at runs, neighbours and pairs of items."""

from typing import Any

from hornbook.synthesis.curriculum.holes import Choice, Measure, Predicate, T


def longest_run(xs: list[T], p: Predicate[T]) -> int:
    """Return the length of the longest run of consecutive {x:s} in {xs} that {p:s}.
    Find the longest unbroken series of {p:many} in {xs}, and return how many {x:s} it has. Without any it is 0.
    names: longest_run_of_{p} longest_{p}_streak max_{p}_run longest_series
    """
    longest = 0
    current = 0
    for x in xs:
        if p(x):
            current += 1
            longest = max(longest, current)
        else:
            current = 0
    return longest


def number_of_runs(xs: list[T], p: Predicate[T]) -> int:
    """Count the runs of consecutive {x:s} in {xs} that {p:s}. A run ends where an {x} does not.
    Return how many separate groups of adjacent {p:many} there are in {xs}.
    names: count_{p}_runs num_{p}_groups runs_of_{p} count_streaks
    """
    runs = 0
    inside = False
    for x in xs:
        if p(x):
            if not inside:
                runs += 1
            inside = True
        else:
            inside = False
    return runs


def split_at(xs: list[T], p: Predicate[T]) -> list[list[T]]:
    """Split {xs} at each {x} that {p}. Leave these {x:s} out, and return the list of the non-empty pieces between them.
    Cut {xs} into lists wherever an {x} {p}. The cutting {x:s} belong to no list, and empty lists are dropped.
    names: split_at_{p} cut_at_{p} pieces_between_{p}
    """
    pieces = []
    piece: list[T] = []
    for x in xs:
        if p(x):
            if piece:
                pieces.append(piece)
            piece = []
        else:
            piece.append(x)
    if piece:
        pieces.append(piece)
    return pieces


def is_monotone(xs: list[T], f: Measure[T], strict: Choice = (0, 1)) -> bool:
    """Check that {f:each {x}} in {xs} is at least {strict} more than {f:the {x} before it}.
    Return True if, from each {x} in {xs} to the next, {f:the {x}} grows by {strict} or more, otherwise False.
    names: is_rising_in_{f} {f}_increases is_sorted_by_{f} grows
    """
    for i in range(len(xs) - 1):
        if f(xs[i + 1]) < f(xs[i]) + strict:
            return False
    return True


def neighbour_pairs(xs: list[T], p: Predicate[T], q: Predicate[T]) -> int:
    """Count the positions in {xs} at which an {x} that {p} is directly followed by one that {q}.
    Return the number of neighbouring pairs in {xs} whose left {x} {p} and whose right {x} {q}.
    names: count_{p}_then_{q} {p}_followed_by_{q} count_pairs
    """
    count = 0
    for left, right in zip(xs, xs[1:]):
        if p(left) and q(right):
            count += 1
    return count


def differences(xs: list[T], f: Measure[T]) -> list[Any]:
    """Let the key of an {x} be {f:the {x}}. For each {x} of {xs} but the first, subtract the key of the {x} before from
        its own. Return the list of differences.
    For each {x} of {xs} but the first, subtract {f:the previous {x}} from {f:the {x}}. Return the list of results.
    names: {f}_differences steps_in_{f} deltas changes_in_{f}
    """
    result = []
    for i in range(1, len(xs)):
        result.append(f(xs[i]) - f(xs[i - 1]))
    return result


def peaks(xs: list[T], f: Measure[T]) -> list[int]:
    """Return the indices in {xs} at which {f:the {x}} is larger than at both neighbouring places. The first and the
        last place do not count.
    Find every peak of {xs}: a place between two others where {f:the {x}} is greater than for either of them. Return the
        indices.
    names: peaks_in_{f} find_peaks local_maxima peak_indices
    """
    found = []
    for i in range(1, len(xs) - 1):
        if f(xs[i]) > f(xs[i - 1]) and f(xs[i]) > f(xs[i + 1]):
            found.append(i)
    return found


def has_pair(xs: list[int], f: Measure[int], k: Choice = (0, 5, 7, 10, 12, 20)) -> bool:
    """Check whether {xs} has two {x:s} at different positions whose values add up to {k}. The value is {f:the {x}}.
    Return True if there are two places in {xs} for which the sum of {f:the {x}} over both is exactly {k}.
    names: has_pair_with_sum_{k} pair_sums_to_{k} two_make_{k} has_{f}_pair
    """
    for i in range(len(xs)):
        for j in range(i + 1, len(xs)):
            if f(xs[i]) + f(xs[j]) == k:
                return True
    return False


def closest_pair(xs: list[T], f: Measure[T], none: Choice = (None, -1)) -> Any:
    """Compute {f:each {x}} in {xs}. Return the smallest difference between two of these values, or {none} if there are
        fewer than two.
    Let the key of an {x} be {f:the {x}}. Return how far the two closest keys in {xs} are apart, and {none} for a list
        of less than two {x:s}.
    names: smallest_{f}_difference closest_{f} min_gap nearest_pair
    """
    best = None
    for i in range(len(xs)):
        for j in range(i + 1, len(xs)):
            gap = abs(f(xs[i]) - f(xs[j]))
            if best is None or gap < best:
                best = gap
    return none if best is None else best


def all_pairs(xs: list[T], ys: list[T], p: Predicate[T], q: Predicate[T]) -> list[tuple[T, T]]:
    """Return all pairs of an {x} of {xs} that {p} and an {x} of {ys} that {q}, as tuples, in the order of {xs} first.
    Combine every {x} in {xs} that {p} with every {x} in {ys} that {q}. Return the list of tuples.
    names: pairs_of_{p}_and_{q} combine_{p}_with_{q} all_combinations
    """
    pairs = []
    for x in xs:
        if p(x):
            for y in ys:
                if q(y):
                    pairs.append((x, y))
    return pairs


def in_both(xs: list[T], ys: list[T], p: Predicate[T]) -> list[T]:
    """Return the {x:s} of {xs} that {p:s} and also occur in {ys}, each once, in the order of {xs}.
    Collect every {p:one} in {xs} that {ys} has too. No {x} is listed twice.
    names: common_{p} in_both shared_{p} {p}_intersection
    """
    result: list[T] = []
    for x in xs:
        if p(x) and x in ys and x not in result:
            result.append(x)
    return result
