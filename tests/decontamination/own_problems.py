"""A small benchmark of our own, texts that give it away or do not, and benchmarks made ready."""

from hornbook.benchmarks.against import NamedProblems
from hornbook.records import Problem

_CHECK = "def check(candidate):\n"
_INPUTS = ("[3, 4, 10]", "[1]", "[]", "[2, 2, 5, 7, 8]", "[0, -4, 9]", "[12, 6]", "[100, 50, 25]", "[-2, -3]")

PROBLEM = Problem(
    task_id="own/0",
    prompt='def double_evens(items):\n    """Double the even ones of the items, then add the doubled ones up."""\n',
    entry_point="double_evens",
    canonical_solution="    return sum(2 * item for item in items if item % 2 == 0)\n",
    test=_CHECK
    + "".join(f"    assert candidate({one}) == {sum(2 * x for x in eval(one) if x % 2 == 0)}\n" for one in _INPUTS),
    category="",
)
OWN = NamedProblems(name="own", title="own", problems=(PROBLEM,))

RETOLD = '''def total_for_pairs(baskets):
    """A shop gives two apples for one to each customer whose basket has an even number. How many are given?"""
    given = 0
    for apples in baskets:
        if apples % 2:
            continue
        given += apples + apples
    return given
'''
NEAR_MISS = '''def double_evens(items):
    """Double the even ones of the items, then multiply them."""
    return sum(3 * item for item in items if item % 2 == 0)
'''
UNRELATED = '''def shout(text):
    """Return the text in capitals with an exclamation mark."""
    return text.upper() + "!"
'''
PROSE = "A hornbook was a sheet of paper under transparent horn. Children learned their letters from it."
HOSTILE = {
    "endless": "def spin(items):\n    while True:\n        pass\n",
    "endless module": "while True:\n    pass\n\ndef f(items):\n    return 1\n",
    "forks": "import os\n\ndef f(items):\n    while True:\n        os.fork()\n",
    "ends the process": "import os\n\ndef f(items):\n    os._exit(0)\n",
    "prints": "def f(items):\n    print('hornbook-seen ' + 'x' * 10_000_000)\n    return 1\n",
    "eats memory": "def f(items):\n    return [0] * 10**10\n",
}
"""Each is a document, and none costs another one its decision."""
