"""A problem of which leaks of every kind can be made."""

from hornbook.records import Problem

OWN = Problem(
    task_id="own/1",
    prompt=(
        "def middle_pairs(rows, limit):\n"
        '    """Return the pairs of numbers in `rows` whose sum is below `limit`. A pair has two numbers.\n\n'
        "    Args:\n"
        "        rows: Pairs.\n"
        "        limit: A number.\n\n"
        "    >>> middle_pairs([(1, 2), (3, 4)], 5)\n"
        "    [(1, 2)]\n"
        '    """\n'
    ),
    entry_point="middle_pairs",
    canonical_solution="    # Look at each.\n    return [(a, b) for a, b in rows if a + b < limit]\n",
    test="def check(candidate):\n    assert candidate([(1, 2), (3, 4)], 5) == [(1, 2)]\n",
    category="",
)
