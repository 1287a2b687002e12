"""Ask a chat model for a whole function, and turn its answer into a completion of the problem's prompt.

An instruction-tuned model is not asked to continue a text but to answer, so its function must be found among prose,
example calls and tests. Of its code is kept what defines things; what only uses them is dropped, since it may read
input, fail, or take long. The completion starts by closing the function that the prompt leaves open, and defines it
anew: `prompt + completion` is a program, as everywhere else, and the prompt's own imports and functions stay.

Not repaired: code that does not parse (it is taken as it is, and will be a syntax error); a function under another name
or inside a class; code that is spread over several blocks; imports that were forgotten; fences within the code; an
answer that was cut off. A statement `from __future__` is dropped, since it may only stand at a file's beginning.
"""

import ast
import re
import symtable
import textwrap
import warnings
from collections.abc import Sequence

from hornbook.python_code.parse import parse_code
from hornbook.records import Problem
from hornbook.teacher.api import fenced

CHAT_PROTOCOL_VERSION = 1
"""Raised when the request or the rule of extraction changes."""
CHAT_PROTOCOL_DESCRIPTION = (
    "chat: asked for the whole function in one Python block; the first block that defines it counts, without what only "
    "uses it"
)

_FENCE = re.compile(r"[ \t]*(?:(?:[-*+]|\d+[.)])[ \t]+)?(`{3,}|~{3,})[^`]*")
_CODE_START = re.compile(r"^(?:import \w|from [\w.]+ import\b|(?:async )?def \w|class \w+ *[:(]|@\w)", re.MULTILINE)
_LINE_AT_THE_MARGIN = re.compile(r"^\S", re.MULTILINE)
_INDENTS = ("    ", "", "\t", "  ", "        ")
_GAP = "\n\n\n"
_UNREADABLE = (SyntaxError, ValueError, RecursionError, MemoryError)
"""What Python's parser raises on the texts that models write."""


def chat_messages(problem: Problem) -> list[dict[str, str]]:
    """The conversation whose answer `extract_completion` reads: one request, without a system message."""
    request = (
        f"Write the Python function `{problem.entry_point}` that this code begins or describes. Answer with the whole "
        "function, and the imports and helpers that it needs, in one ```python block, without tests or example calls."
    )
    return [{"role": "user", "content": f"{request}\n\n{fenced(problem.prompt.rstrip())}"}]


def extract_completion(problem: Problem, answer: str) -> str:
    """The completion that a chat model's answer holds.

    Thoughts up to `</think>` are no part of the answer. Of its fenced blocks, the last of which may lack its end, the
    first one counts that parses and defines the entry point at top level; else the first one in which its definition
    starts; else the longest one that can be the function's body; else the longest. Without a fence it is the whole
    answer, or the part of it that parses and defines the entry point, from a line of code to a line at the margin.

    Of code that defines the entry point are kept: imports (also those in a `try`), functions, classes, and the
    assignments to names that these read.

    Args:
        problem: Its prompt ends behind a function's header or docstring, or leaves no function open.
        answer: What the model wrote; the code in it is parsed and never run.

    Returns:
        A text such that `problem.prompt + text` is the program to judge. Deterministic.
    """
    closing = _closing_statement(problem.prompt)
    code = _chosen_code(problem, without_thoughts(answer.replace("\r\n", "\n").replace("\r", "\n")))
    whole = textwrap.dedent(code)
    if _defines(whole, problem.entry_point):
        whole = _without_uses(whole, problem.entry_point)
    elif not _definition_start(whole, problem.entry_point):
        return _as_body(problem.prompt, code) or code
    return whole if closing is None else f"{closing}{_GAP}{whole}"


def written_program(problem: Problem, text: str) -> str:
    """What a person would be shown as the solution: the prompt with its completion, or the chat model's own program.

    Args:
        problem: The one that `text` completes.
        text: A completion, by `extract_completion` or any other.
    """
    closing = _closing_statement(problem.prompt)
    opening = f"{closing}{_GAP}"
    return problem.prompt + text if closing is None or not text.startswith(opening) else text.removeprefix(opening)


def without_thoughts(answer: str) -> str:
    """What follows a reasoning model's `</think>`; nothing if its thoughts did not come to an end."""
    _, end, rest = answer.rpartition("</think>")
    return "" if not end and answer.lstrip().startswith("<think>") else rest


def _chosen_code(problem: Problem, answer: str) -> str:
    blocks = _blocks(answer)
    if not blocks:
        return _unfenced_code(answer, problem.entry_point)
    for defines in (_defines, _definition_start):
        for block in blocks:
            if defines(textwrap.dedent(block), problem.entry_point):
                return block
    return max(blocks, key=lambda block: (_as_body(problem.prompt, block) is not None, len(block)))


def _blocks(answer: str) -> list[str]:
    """The fenced blocks that hold anything, with their indentation."""
    blocks: list[list[str]] = []
    fence = ""
    for line in answer.split("\n"):
        if fence and re.fullmatch(rf"[ \t]*{fence[0]}{{{len(fence)},}}[ \t]*", line):
            fence = ""
        elif fence:
            blocks[-1].append(line)
        elif opening := _FENCE.fullmatch(line):
            fence = opening.group(1)
            blocks.append([])
    return ["\n".join(lines) + "\n" for lines in blocks if any(line.strip() for line in lines)]


def _unfenced_code(answer: str, name: str) -> str:
    lines = [line for line in answer.split("\n") if not _FENCE.fullmatch(line)]
    text = "\n".join(lines).rstrip() + "\n"
    definition = _definition_start(text, name)
    if definition is None or _defines(text, name):
        return text
    starts = [match.start() for match in _CODE_START.finditer(text, 0, definition.start())] + [definition.start()]
    ends = [match.start() for match in _LINE_AT_THE_MARGIN.finditer(text) if match.start() > definition.start()]
    for start in starts:
        for end in (len(text), *reversed(ends)):
            if _defines(text[start:end], name):
                return text[start:end]
    return text[starts[0] :]


def _definition_start(code: str, name: str) -> re.Match[str] | None:
    return re.search(rf"^(?:(?:async[ \t]+)?def|class)[ \t]+{re.escape(name)}\b", code, re.MULTILINE)


def _defines(code: str, name: str) -> bool:
    module = parse_code(code)
    return module is not None and any(name in _bound_names(statement) for statement in module.body)


def _without_uses(code: str, name: str) -> str:
    """The statements of `code` that define `name` and what it may need; their lines are left as they are."""
    lines = code.split("\n")
    module = parse_code(code)
    assert module is not None  # The caller saw it parse.
    texts = {statement: _lines_of([statement], lines) for statement in module.body}
    kept = {statement for statement in texts if _is_definition(statement)}
    needed = {name}.union(*(_names_read(texts[statement]) for statement in kept))
    assignments = [
        statement for statement in texts if isinstance(statement, ast.Assign | ast.AnnAssign | ast.AugAssign)
    ]
    while found := [one for one in assignments if one not in kept and needed & _bound_names(one)]:
        kept.update(found)
        needed.update(*(_names_read(texts[statement]) for statement in found))
    return _lines_of([statement for statement in module.body if statement in kept], lines)


def _is_definition(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.Try):
        handlers = [inner for handler in statement.handlers for inner in handler.body]
        simple = (ast.Import, ast.ImportFrom, ast.Assign, ast.Pass)
        parts = [*statement.body, *handlers, *statement.orelse, *statement.finalbody]
        return all(isinstance(part, simple) for part in parts)
    if isinstance(statement, ast.ImportFrom):
        return statement.module != "__future__"
    return isinstance(statement, ast.Import | ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)


def _lines_of(statements: Sequence[ast.stmt], lines: Sequence[str]) -> str:
    """The lines of whole statements, each once, with a blank line in place of what was left out between them."""
    text, last = "", 0
    for statement in statements:
        decorators: list[ast.expr] = getattr(statement, "decorator_list", [])
        first = min([statement.lineno, *(decorator.lineno for decorator in decorators)])
        text += "\n" if text and first > last + 1 else ""
        text += "".join(f"{line}\n" for line in lines[max(first - 1, last) : statement.end_lineno])
        last = statement.end_lineno or first
    return text


def _bound_names(statement: ast.stmt) -> set[str]:
    """The names that a definition or assignment binds or, by an item or attribute, changes."""
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return {statement.name}
    targets = statement.targets if isinstance(statement, ast.Assign) else [getattr(statement, "target", None)]
    nodes = [node for target in targets if target is not None for node in ast.walk(target)]
    return {node.id for node in nodes if isinstance(node, ast.Name)}


def _names_read(text: str) -> set[str]:
    """The module's names that the statement reads, at once or when its functions are called; locals are none."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            tables = [symtable.symtable(text, "answer", "exec")]
        except _UNREADABLE:  # What Python finds only when it compiles: the program will be judged so.
            return set()
    names: set[str] = set()
    while tables:
        table = tables.pop()
        tables += table.get_children()
        is_module = table.get_type() == "module"
        names |= {
            symbol.get_name()
            for symbol in table.get_symbols()
            if symbol.is_referenced() and (is_module or symbol.is_global())
        }
    return names


def _closing_statement(prompt: str) -> str | None:
    """A `pass`, indented so that it ends the function that `prompt` leaves open; None if it leaves none open."""
    fitting = (f"{indent}pass" for indent in _INDENTS if _continues(prompt, f"{indent}pass\n"))
    return next(fitting, None)


def _as_body(prompt: str, code: str) -> str | None:
    """`code` as the body of the function that `prompt` leaves open, indented anew if it must be; None if it is none."""
    closing = _closing_statement(prompt)
    if closing is None:
        return None
    begun = prompt[len(prompt.rstrip(" \t")) :]  # The first line's indentation, or a part of it.
    indent = begun + closing.removesuffix("pass")
    shifted = textwrap.indent(textwrap.dedent(code), indent).removeprefix(begun)
    lost_at_the_start = (indent + code).removeprefix(begun)  # The way in which a stripped answer looks.
    return next((text for text in (code, shifted, lost_at_the_start) if _continues(prompt, text)), None)


def _continues(prompt: str, text: str) -> bool:
    """Whether `text` parses behind `prompt`, as a part of the function or class that the prompt starts last."""
    module = parse_code(prompt + text)
    if module is None or not module.body:
        return False
    last = module.body[-1]
    is_open = isinstance(last, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
    return is_open and last.lineno <= len(prompt.rstrip().split("\n"))
