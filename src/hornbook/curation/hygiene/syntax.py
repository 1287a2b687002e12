"""Refuse what is no Python of the running version.

Reads:  a source text, and its code without strings and comments.
Writes: a refusal, or None.

CPython's parser guards itself against deep nesting as far as its thread's stack is an ordinary one; see `nesting.py`.
"""

import re
import symtable
import warnings

from hornbook.curation.hygiene.reasons import Reason, Refusal

_PYTHON_2 = re.compile(
    r"^[ \t]*(?:print(?:[ \t]*>>|[ \t]+[\w\"'`-]|[ \t]*\"\"[ \t]*%)|exec[ \t]+[\w\"]"
    r"|raise[ \t]+[\w.]+[ \t]*,[ \t]*[\w\"]|except[ \t]+[\w.]+[ \t]*,[ \t]*\w+[ \t]*:)"
    r"|<>|\b0[0-7]+[lL]?\b|\b\d+[lL]\b|\bur\"\"",
    re.MULTILINE,
)
"""Statements of Python 2, in code that does not parse."""


def does_not_parse(text: str, code: str) -> Refusal | None:
    """Refuse a text that the running Python cannot read.

    Judged by CPython's parser and symbol table, which takes two thirds of the time of `ast.parse` and refuses a little
    more: two parameters of one name, `nonlocal` at the top.

    Args:
        text: Whole.
        code: Without comments, strings replaced by `""`; only to tell Python 2.
    """
    problem = parse_error(text)
    if not problem:
        return None
    if found := _PYTHON_2.search(code):
        return Refusal(Reason.PYTHON_2, f"line {code.count(chr(10), 0, found.start()) + 1} of its code; {problem}")
    return Refusal(Reason.DOES_NOT_PARSE, problem)


def parse_error(text: str) -> str:
    """What the running Python has against a text; empty if nothing."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            symtable.symtable(text, "file", "exec")
    except SyntaxError as error:
        return f"line {error.lineno or 0}: {error.msg}"
    except (ValueError, RecursionError, MemoryError, OverflowError) as error:
        return f"{type(error).__name__}: {error}"
    return ""
