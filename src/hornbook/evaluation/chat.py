"""What a chat model is asked for, whose answer `python_code/answers.py` reads."""

from hornbook.records import Problem
from hornbook.teacher.api import fenced

CHAT_PROTOCOL_VERSION = 2
"""Raised when the request or the rule of extraction changes."""
CHAT_PROTOCOL_DESCRIPTION = (
    "chat: asked for the whole function in one Python block; the first block that defines it counts, without what only "
    "uses it"
)


def chat_messages(problem: Problem) -> list[dict[str, str]]:
    """The conversation that asks for a solution: one request, without a system message."""
    request = (
        f"Write the Python function `{problem.entry_point}` that this code begins or describes. Answer with the whole "
        "function, and the imports and helpers that it needs, in one ```python block, without tests or example calls."
    )
    return [{"role": "user", "content": f"{request}\n\n{fenced(problem.prompt.rstrip())}"}]
