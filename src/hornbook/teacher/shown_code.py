"""Show code to a language model.

Reads:  source code.
Writes: Markdown.
"""

import re


def fenced(code: str) -> str:
    """`code` as a Python block whose fence the code itself cannot close."""
    longest = max((len(run) for run in re.findall(r"`+", code)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}python\n{code}\n{fence}"
