"""A small benchmark of our own, texts that give it away or do not, and benchmarks made ready."""

from typing import Any

from hornbook.benchmarks.against import NamedProblems
from hornbook.decontamination.findings import Decision, FoundRow
from hornbook.decontamination.rule import Detector
from hornbook.records import Problem

_CHECK = "def check(candidate):\n"
_INPUTS = ("[3, 4, 10]", "[1]", "[]", "[2, 2, 5, 7, 8]", "[0, -4, 9]", "[12, 6]", "[100, 50, 25]", "[-2, -3]")


def problem_of(prompt: str, body: str = "", *, name: str = "p", task_id: str = "", test: str = "") -> Problem:
    return Problem(
        task_id=task_id or name, prompt=prompt, entry_point=name, canonical_solution=body, test=test, category=""
    )


def row(
    place: int = 0, task_id: str = "one/0", detector: Detector = Detector.NGRAM, score: float = 0.5, **changes: Any
) -> FoundRow:
    """As a search writes it, undecided."""
    texts = dict.fromkeys(("evidence", "function", "decided_by", "document_excerpt", "problem_excerpt"), "")
    about: dict[str, Any] = {"document_id": f"d{place}", "benchmark": task_id.partition("/")[0].capitalize()}
    usual: dict[str, Any] = {**texts, **about, "window_first": 0, "window_last": 1, "decision": Decision.CLEAN}
    return FoundRow(task_id=task_id, detector=detector, score=score, **{**usual, **changes})


PROBLEM = problem_of(
    'def double_evens(items):\n    """Double the even ones of the items, then add the doubled ones up."""\n',
    "    return sum(2 * item for item in items if item % 2 == 0)\n",
    name="double_evens",
    task_id="own/0",
    test=_CHECK
    + "".join(f"    assert candidate({one}) == {sum(2 * x for x in eval(one) if x % 2 == 0)}\n" for one in _INPUTS),
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
