"""Refuse what is no Python of the running interpreter, without ever being brought down by it.

Reads:  a source text, and its code without strings and comments.
Writes: a refusal, or None.

CPython's parser guards its own stack, in ways that differ between versions and with the size of a thread's stack. So
depth is bounded before it, by a scan of our own that is linear and does not recurse.
"""

import re
import symtable
import warnings

from hornbook.curation.hygiene.reasons import Reason, Refusal

_STEP = re.compile(r"\\\n|\n|[()\[\]{},;]|[-+*/%@&|^~<>=!.]+|\b(?:not|lambda|if|elif|else|and|or|in|is|for|await)\b")
"""All that can take an expression one level deeper, and all that ends one."""

_PYTHON_2 = re.compile(
    r"^[ \t]*(?:print(?:[ \t]*>>|[ \t]+[\w\"'`-]|[ \t]*\"\"[ \t]*%)|exec[ \t]+[\w\"]"
    r"|raise[ \t]+[\w.]+[ \t]*,[ \t]*[\w\"]|except[ \t]+[\w.]+[ \t]*,[ \t]*\w+[ \t]*:)"
    r"|<>|\b0[0-7]+[lL]?\b|\b\d+[lL]\b|\bur\"\"",
    re.MULTILINE,
)
"""Statements of Python 2, in code that does not parse."""


def too_deep(code: str, *, max_depth: int) -> Refusal | None:
    """Refuse a text in which an expression or a block could be nested deeper than `max_depth`.

    The depth is bounded from above: each open bracket counts, and with it each operator, keyword and dot on its level
    since the last comma, whether they nest or not, and each `elif` of one `if`.

    Args:
        code: The text without comments, strings replaced by `""`.
        max_depth: The most that is let pass.
    """
    deepest, line = _expression_depth(code, max_depth)
    if deepest <= max_depth and code.count("elif") > max_depth:
        deepest, line = _longest_elifs(code)
    if deepest > max_depth:
        return Refusal(Reason.TOO_DEEP, f"line {line} of its code may be more than {max_depth} levels deep")
    return None


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


def _expression_depth(code: str, enough: int) -> tuple[int, int]:
    """An upper bound of the depth of the deepest expression, and its line; it stops at the first beyond `enough`."""
    outer: list[tuple[int, bool]] = []
    level = deepest = 0
    in_lambda = False
    line = at = 1
    for match in _STEP.finditer(code):
        step = match.group()
        if step in "([{":
            outer.append((level, in_lambda))
            level, in_lambda = level + 1, False
        elif step in ")]}":
            level, in_lambda = outer.pop() if outer else (0, False)
            level += 1
        elif step in ",;":
            # A comma may part the parameters of a lambda, and then ends nothing.
            if not in_lambda:
                level = outer[-1][0] + 1 if outer else 0
        elif step[-1] == "\n":
            line += 1
            if not outer and step == "\n":
                level, in_lambda = 0, False
        else:
            level += len(step) if step[0] in "-+~" else 1
            in_lambda = in_lambda or step == "lambda"
        if level > deepest:
            deepest, at = level, line
            if deepest > enough:
                break
    return deepest, at


def _longest_elifs(code: str) -> tuple[int, int]:
    """How many `elif` the longest `if` has, and the line of its last one."""
    counts: dict[str, int] = {}
    longest, at = 0, 1
    for number, line in enumerate(code.splitlines(), 1):
        word = line.lstrip()
        indent = line[: len(line) - len(word)]
        if word.startswith("if"):
            counts[indent] = 0
        elif word.startswith("elif"):
            counts[indent] = counts.get(indent, 0) + 1
            if counts[indent] > longest:
                longest, at = counts[indent], number
    return longest, at
