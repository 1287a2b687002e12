"""Refuse what is no Python of the running version, and what is nested so deep that it could bring down who reads it.

CPython's parser guards its own stack, in ways that differ between versions, and whatever the size of a thread's stack:
on one of 256 KB 199 open brackets are the end of the process. All that walks a syntax tree later recurses too. So depth
is bounded here, before anything parses, by a scan that is linear and does not recurse.
"""

import re
import symtable
import warnings
from collections.abc import Iterator

from hornbook.filters.filters import Reason, Refusal

_STEP = re.compile(r"\\\n|\n|[()\[\]{},;:]|[-+*/%@&|^~<>=!.]+|\b(?:not|lambda|if|elif|else|and|or|in|is|for|await)\b")
"""All that can take an expression one level deeper, and all that ends one."""
_NO_BRACKETS = bytes(code for code in range(256) if code not in b"()[]{}\n")
_PYTHON_2 = re.compile(
    r"^[ \t]*(?:print(?:[ \t]*>>|[ \t]+[\w\"'`-]|[ \t]*\"\"[ \t]*%)|exec[ \t]+[\w\"]"
    r"|raise[ \t]+[\w.]+[ \t]*,[ \t]*[\w\"]|except[ \t]+[\w.]+[ \t]*,[ \t]*\w+[ \t]*:)"
    r"|<>|\b0[0-7]+[lL]?\b|\b\d+[lL]\b|\bur\"\"",
    re.MULTILINE,
)
"""Statements of Python 2, in code that does not parse."""
MOST_LEVELS = 1_000
"""That an expression may have, estimated from above. Ours: it keeps the parser from harm."""


def too_deep(code: str, *, max_depth: int = MOST_LEVELS) -> Refusal | None:
    """Refuse a text in which an expression or a block could be nested deeper than `max_depth`.

    The depth is bounded from above: each open bracket counts, and with it each operator, keyword and dot on its level
    since the last comma, whether they nest or not, and each `elif` of one `if`.

    Args:
        code: The text without comments, strings replaced by `""`.
        max_depth: The most that is let pass.
    """
    if "\r" in code:
        code = code.replace("\r\n", "\n").replace("\r", "\n")
    for first_line, statement in _long_statements(code, max_depth):
        line = _line_beyond(statement, max_depth)
        if line:
            return _refused(first_line + line - 1, max_depth)
    if code.count("elif") > max_depth:
        line = _elif_beyond(code, max_depth)
        if line:
            return _refused(line, max_depth)
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


def _refused(line: int, max_depth: int) -> Refusal:
    return Refusal(Reason.TOO_DEEP, f"line {line} may be more than {max_depth} levels deep")


def _long_statements(code: str, length: int) -> Iterator[tuple[int, str]]:
    """Each run of lines that brackets hold together and that has more than `length` characters, and its first line.

    No shorter one can be deeper than that. Where a line alone is longer, or a backslash joins lines, all is one run.
    """
    lines = code.split("\n")
    if "\\\n" in code or max(map(len, lines)) > length:
        yield 1, code
        return
    brackets = code.encode("ascii", "replace").translate(None, _NO_BRACKETS)
    for _ in range(4):
        brackets = brackets.replace(b"()", b"").replace(b"[]", b"").replace(b"{}", b"")
    first = num_open = 0
    for number, left in enumerate(brackets.split(b"\n")):
        if not left:
            continue
        if not num_open:
            first = number
        num_closing = left.count(b")") + left.count(b"]") + left.count(b"}")
        num_open = max(0, num_open + len(left) - 2 * num_closing)
        if not num_open:
            statement = "\n".join(lines[first : number + 1])
            if len(statement) > length:
                yield first + 1, statement
    if num_open:
        yield first + 1, "\n".join(lines[first:])


def _line_beyond(code: str, max_depth: int) -> int:
    """The line in which the bound of an expression's depth passes `max_depth`; 0 if none does."""
    outer: list[tuple[int, bool]] = []
    level = 0
    in_parameters = False
    line = 1
    for step in _STEP.findall(code):
        if step in "([{":
            outer.append((level, in_parameters))
            level, in_parameters = level + 1, False
        elif step in ")]}":
            level, in_parameters = outer.pop() if outer else (0, False)
            level += 1
        elif step in ",;":
            # A comma between the parameters of a lambda ends nothing.
            if not in_parameters:
                level = outer[-1][0] + 1 if outer else 0
        elif step == ":":
            in_parameters = False
        elif step[-1] == "\n":
            line += 1
            if not outer and step == "\n":
                level, in_parameters = 0, False
        else:
            level += len(step) if step[0] in "-+~" else 1
            in_parameters = in_parameters or step == "lambda"
        if level > max_depth:
            return line
    return 0


def _elif_beyond(code: str, max_depth: int) -> int:
    """The line of the `elif` that is one too many for its `if`; 0 if there is none."""
    counts: dict[str, int] = {}
    for number, line in enumerate(code.splitlines(), 1):
        word = line.lstrip()
        indent = line[: len(line) - len(word)]
        if word.startswith("if"):
            counts[indent] = 0
        elif word.startswith("elif"):
            counts[indent] = counts.get(indent, 0) + 1
            if counts[indent] > max_depth:
                return number
    return 0
