"""Join pairs into clusters, and choose the member of each that is kept."""

from collections.abc import Iterable


class Clusters:
    """Disjoint sets of the indices 0 to n - 1; each is represented by its smallest member."""

    def __init__(self, size: int) -> None:
        self._parent = list(range(size))

    def find(self, index: int) -> int:
        """The smallest member of the set that `index` is in."""
        parent = self._parent
        root = index
        while parent[root] != root:
            root = parent[root]
        while parent[index] != root:
            parent[index], index = root, parent[index]
        return root

    def join(self, first: int, second: int) -> None:
        """Make one set of the sets of both."""
        first, second = sorted((self.find(first), self.find(second)))
        self._parent[second] = first


def first_members(size: int, pairs: Iterable[tuple[int, int]]) -> list[int]:
    """For each index the smallest one that a chain of pairs connects it to. The order of the pairs does not matter."""
    clusters = Clusters(size)
    for first, second in pairs:
        clusters.join(first, second)
    return [clusters.find(index) for index in range(size)]
