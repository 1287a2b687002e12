"""Find the code that a language model's answer means, among prose, example calls and tests.

Nothing is run. A completion starts by closing the function that the prompt leaves open, and defines it anew:
`prompt + completion` is a program, as everywhere else, and the prompt's own imports and functions stay. Of the answer's
code is kept what defines things; what only uses them may read input, fail, or take long.

Not repaired: code that does not parse (it is taken as it is, and will be a syntax error); a function under another name
or inside a class; code that is spread over several blocks; imports that were forgotten. A statement `from __future__`
is dropped, since it may only stand at a file's beginning.
"""

import ast
import re
import textwrap
from collections.abc import Sequence

from hornbook.python_code.fences import read_blocks
from hornbook.python_code.functions import Definition, FunctionNode, bound_names, definition_of, read_names
from hornbook.python_code.parse import first_line_of, parse_code
from hornbook.records import Exercise, Problem

_FENCE_LINE = re.compile(r"[ \t]*(?:(?:[-*+]|\d+[.)])[ \t]+)?(?:`{3,}|~{3,})[^`]*")
_CODE_START = re.compile(r"^(?:import \w|from [\w.]+ import\b|(?:async )?def \w|class \w+ *[:(]|@\w)", re.MULTILINE)
_LINE_AT_THE_MARGIN = re.compile(r"^\S", re.MULTILINE)
_INDENTS = ("    ", "", "\t", "  ", "        ")
_GAP = "\n\n\n"
_MOST_TRIMS = 60


def extract_completion(task: Problem | Exercise, answer: str, *, was_cut: bool = False) -> str:
    """The completion of a prompt that a chat model's answer holds.

    Thoughts up to `</think>` are no part of the answer. Of its fenced blocks, the last of which may lack its end, the
    first one counts that parses and defines the entry point at top level; else the first one in which its definition
    starts; else the longest one that can be the function's body; else the longest. Without a fence it is the whole
    answer, or the part of it that parses and defines the entry point, from a line of code to a line at the margin.

    Of code that defines the entry point are kept: imports (also those in a `try`), functions, classes, and the
    assignments to names that these read.

    Args:
        task: Its prompt ends behind a function's header or docstring, or leaves no function open.
        answer: What the model wrote.
        was_cut: Leave out of a block what follows its last complete statement.

    Returns:
        A text such that `task.prompt + text` is a program. Deterministic.
    """
    closing = _closing_statement(task.prompt)
    code = _chosen_code(task, without_thoughts(answer), was_cut=was_cut)
    whole = textwrap.dedent(code)
    if _defines(whole, task.entry_point):
        whole = _without_uses(whole, task.entry_point)
    elif not _definition_start(whole, task.entry_point):
        return _as_body(task.prompt, code) or code
    return whole if closing is None else f"{closing}{_GAP}{whole}"


def find_function(task: Problem | Exercise, answer: str) -> str | None:
    """The prompt with the answer's completion; None unless that parses and does something under the entry point's name.

    An answer may have been cut off behind a complete function.
    """
    program = task.prompt + extract_completion(task, answer, was_cut=True)
    definition = definition_of(program, task.entry_point)
    if definition is None:
        return None
    is_anew = not task.prompt.strip() or definition.lineno > task.prompt.rstrip().count("\n") + 1
    return program if is_anew or _has_body(definition) else None


def written_program(problem: Problem, text: str) -> str:
    """What a person would be shown as the solution: the prompt with its completion, or the chat model's own program.

    The completion `text` is that of `extract_completion`, or any other.
    """
    closing = _closing_statement(problem.prompt)
    opening = f"{closing}{_GAP}"
    return problem.prompt + text if closing is None or not text.startswith(opening) else text.removeprefix(opening)


def without_thoughts(answer: str) -> str:
    """What follows a reasoning model's `</think>`, with lines that end in a line feed; nothing if it never comes."""
    answer = answer.replace("\r\n", "\n").replace("\r", "\n")
    _, end, rest = answer.rpartition("</think>")
    return "" if not end and answer.lstrip().startswith("<think>") else rest


def unfenced_code(text: str) -> str:
    """What starts at the first line that looks like code; empty if none does."""
    start = _CODE_START.search(text)
    return f"{text[start.start() :].rstrip()}\n" if start else ""


def longest_parsing(code: str) -> str:
    """The longest beginning of code that is Python and ends before a line at the margin; empty if there is none."""
    margins = [found.start() for found in _LINE_AT_THE_MARGIN.finditer(code, 1)]
    for end in [len(code), *reversed(margins[-_MOST_TRIMS:])]:
        part = code[:end].rstrip()
        if part and parse_code(f"{part}\n") is not None:
            return f"{part}\n"
    return ""


def _chosen_code(task: Problem | Exercise, answer: str, *, was_cut: bool) -> str:
    answer = f"{answer}\n"
    blocks = [answer[block.start : block.end] for block in read_blocks(answer) if block.body.strip()]
    if was_cut:
        blocks = [longest_parsing(textwrap.dedent(block)) or block for block in blocks]
    if not blocks:
        return _unfenced_definition(answer, task.entry_point)
    for defines in (_defines, _definition_start):
        for block in blocks:
            if defines(textwrap.dedent(block), task.entry_point):
                return block
    return max(blocks, key=lambda block: (_as_body(task.prompt, block) is not None, len(block)))


def _unfenced_definition(answer: str, name: str) -> str:
    """The part of an answer without fences that parses and defines the name; all of it if there is none."""
    text = "\n".join(line for line in answer.split("\n") if not _FENCE_LINE.fullmatch(line)).rstrip() + "\n"
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
    return module is not None and any(name in bound_names(statement) for statement in module.body)


def _without_uses(code: str, name: str) -> str:
    """The statements of code that define a name and what it may need; their lines are left as they are."""
    lines = code.split("\n")
    module = parse_code(code)
    assert module is not None  # The caller saw it parse.
    texts = {statement: _lines_of([statement], lines) for statement in module.body}
    kept = {statement for statement in texts if _is_definition(statement)}
    needed = {name}.union(*(read_names(texts[statement]) for statement in kept))
    assignments = [
        statement for statement in texts if isinstance(statement, ast.Assign | ast.AnnAssign | ast.AugAssign)
    ]
    while found := [one for one in assignments if one not in kept and needed & bound_names(one)]:
        kept.update(found)
        needed.update(*(read_names(texts[statement]) for statement in found))
    return _lines_of([statement for statement in module.body if statement in kept], lines)


def _is_definition(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.Try):
        handlers = [inner for handler in statement.handlers for inner in handler.body]
        simple = (ast.Import, ast.ImportFrom, ast.Assign, ast.Pass)
        parts = [*statement.body, *handlers, *statement.orelse, *statement.finalbody]
        return all(isinstance(part, simple) for part in parts)
    if isinstance(statement, ast.ImportFrom):
        return statement.module != "__future__"
    return isinstance(statement, ast.Import | Definition)


def _lines_of(statements: Sequence[ast.stmt], lines: Sequence[str]) -> str:
    """The lines of whole statements, each once, with a blank line in place of what was left out between them."""
    text, last = "", 0
    for statement in statements:
        first = first_line_of(statement)
        text += "\n" if text and first > last + 1 else ""
        text += "".join(f"{line}\n" for line in lines[max(first - 1, last) : statement.end_lineno])
        last = statement.end_lineno or first
    return text


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
    return isinstance(last, Definition) and last.lineno <= len(prompt.rstrip().split("\n"))


def _has_body(definition: Definition) -> bool:
    """Whether what follows its docstring does something, and neither defines the function anew nor merely calls it."""
    does = [one for one in definition.body[1:] if not isinstance(one, ast.FunctionDef | ast.Import | ast.ImportFrom)]
    calls = [one.value.func for one in does if isinstance(one, ast.Expr) and isinstance(one.value, ast.Call)]
    inner = [one for one in definition.body if isinstance(one, FunctionNode) and one.name == definition.name]
    own = [one for one in calls if isinstance(one, ast.Name) and one.id == definition.name]
    return bool(does) and not inner and not own
