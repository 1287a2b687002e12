"""Say what of a problem tells the task, and in which function of a text something stands."""

import re

from hornbook.decontamination.functions import ReadText, solution_of
from hornbook.records import Problem

_EXAMPLES = re.compile(r"^[ \t]*(>>>|(for )?(some )?examples?\b|e\.g\b|\[input/output\])", re.MULTILINE | re.IGNORECASE)
_MIN_WORDS = 5


def docstring_of(problem: Problem) -> str:
    """The docstring of the function to complete; the whole prompt where there is none or where it does not parse."""
    solution = solution_of(problem)
    return solution.docstring if solution is not None and solution.docstring else problem.prompt


def description_of(docstring: str) -> str:
    """A docstring up to its first example; all of it where hardly a word stands before that."""
    found = _EXAMPLES.search(docstring)
    if found is None or len(docstring[: found.start()].split()) < _MIN_WORDS:
        return docstring
    return docstring[: found.start()]


def function_around(read: ReadText, window: tuple[int, int]) -> str:
    """The name of the function that has most of a window, the smallest of several; empty where none has half of it."""
    best, name = (0, 0), ""
    for function in read.functions:
        start, end = function.window
        shared = min(end, window[1]) - max(start, window[0])
        if 2 * shared >= window[1] - window[0] and (shared, start - end) > (best if name else (0, start - end)):
            best, name = (shared, start - end), function.name
    return name
