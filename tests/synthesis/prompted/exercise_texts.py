"""Answers of a teacher, and what they were asked for."""

from hornbook.synthesis.prompted.exercise_prompts import ExerciseOrder
from hornbook.synthesis.prompted.forms import Layout
from hornbook.synthesis.prompted.word_lists import Topic
from hornbook.teacher.teacher import Reply, ReplyOutcome

LAYOUT = Layout(
    name="prose",
    instruction="One sentence.",
    request="Function name: `double`.",
    example='def double(x: int) -> int:\n    """Return twice x."""\n    return 2 * x\n',
)
ORDER = ExerciseOrder(
    index=0,
    name="count_boxes",
    topics=(Topic("Loops", "break"), Topic("Sets", "union")),
    profession="a baker",
    twist="",
    layout=LAYOUT,
)
GOOD = '''from math import ceil
from typing import List


def count_boxes(loaves: List[int], size: int) -> int:
    """
    Count the boxes for all loaves.

    >>> count_boxes([3, 4], 5)
    2
    >>> count_boxes([], 5)
    0
    """
    return ceil(sum(loaves) / size)
'''


def answered(text: str) -> Reply:
    return Reply(outcome=ReplyOutcome.ANSWERED, text=text)


def fenced(code: str) -> str:
    return f"```python\n{code.rstrip()}\n```"
