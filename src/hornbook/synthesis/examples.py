"""The examples that a docstring gives, and what they are said to give.

Read are sessions (lines after `>>>`), sentences such as `f(1) == 2`, `f(1) -> 2`, `f(1) returns 2`, and pairs of lines
`Input: 1` and `Output: 2`. A sentence counts only where what is said to come out is a literal: `f(1) returns the sum`
claims nothing that can be compared. Nothing is run here.
"""

import ast
import builtins
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from hornbook.synthesis.prompted.code_blocks import parse_code

_CLAIM = re.compile(
    r"\s*`?\s*(?:==|=>|->|→|=|:|#\s*(?:=>|->|==)?|(?:#\s*)?(?:should\s+)?(?:returns?|gives?|evaluates?\s+to|outputs?|"
    r"prints?|yields?|produces?|is|be)\b(?:\s+equal\s+to)?:?)\s*`?"
)
_INPUT = re.compile(r"^[ \t]*(?:[-*]\s*)?(?:Example\s+)?Input:?[ \t]*:?[ \t]*(.+)$", re.IGNORECASE)
_OUTPUT = re.compile(r"^[ \t]*(?:[-*]\s*)?(?:Expected\s+)?(?:Output|Returns?|Result)[ \t]*:[ \t]*(.+)$", re.IGNORECASE)
_MAX_CLAIM_CHARACTERS = 400


class Form(StrEnum):
    """How an example is given."""

    SETUP = "setup"
    """A line of a session that is said to show nothing."""
    SESSION = "session"
    CLAIM = "claim"


@dataclass(frozen=True)
class Example:
    """A piece of code and what it is said to give."""

    form: Form
    source: str
    wanted: str
    """As written: for a session the lines that are shown, for a claim a literal; empty for a setup."""


def docstring_of(code: str, name: str) -> str:
    """The docstring of the function or class, cleaned of its indentation; empty if there is none or no such function.

    Args:
        code: A module.
        name: Defined at its margin.
    """
    module = parse_code(code)
    for statement in module.body if module else []:
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and statement.name == name:
            return ast.get_docstring(statement) or ""
    return ""


def read_examples(docstring: str, name: str) -> list[Example]:
    """The examples in a docstring, in their order; setups among them.

    Args:
        docstring: Cleaned of its indentation.
        name: The function that claims are about.
    """
    lines = docstring.splitlines()
    found: list[Example] = []
    place = 0
    while place < len(lines):
        if lines[place].lstrip().startswith(">>>"):
            example, place = _session(lines, place)
            found.append(example)
            continue
        pair = _pair(lines, place, name)
        found += [pair] if pair else _claims(lines[place], name)
        place += 2 if pair else 1
    return found


def argument_lists(examples: list[Example], name: str) -> list[str]:
    """The argument lists with which the examples call the function, as Python source, each once.

    Left out are those that read variables of the example: they mean nothing elsewhere.
    """
    found: dict[str, None] = {}
    for example in examples:
        for node in ast.walk(parse_code(example.source) or ast.Module(body=[], type_ignores=[])):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name:
                keywords = [f"{one.arg}={ast.unparse(one.value)}" for one in node.keywords if one.arg]
                if all(map(_stands_alone, [*node.args, *(one.value for one in node.keywords)])):
                    found[", ".join([*map(ast.unparse, node.args), *keywords])] = None
    return list(found)


def _stands_alone(node: ast.expr) -> bool:
    inside = list(ast.walk(node))
    bound = {one.arg for one in inside if isinstance(one, ast.arg)}
    bound |= {one.id for one in inside if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)}
    return all(one.id in bound or hasattr(builtins, one.id) for one in inside if isinstance(one, ast.Name))


def _session(lines: list[str], place: int) -> tuple[Example, int]:
    source = lines[place].lstrip().removeprefix(">>>").strip()
    place += 1
    while place < len(lines) and lines[place].lstrip().startswith("..."):
        source += "\n" + lines[place].lstrip().removeprefix("...").removeprefix(" ")
        place += 1
    wanted: list[str] = []
    while place < len(lines) and lines[place].strip() and not lines[place].lstrip().startswith((">>>", "```")):
        wanted.append(lines[place].strip())
        place += 1
    if not wanted:
        commented = _comment_claim(source)
        if commented:
            return Example(Form.CLAIM, *commented), place
    return Example(Form.SESSION if wanted else Form.SETUP, source, "\n".join(wanted)), place


def _comment_claim(source: str) -> tuple[str, str] | None:
    """Code and literal of a line such as `f(1)  # 2`."""
    code, mark, comment = source.rpartition("#")
    literal = literal_at_start(re.sub(r"^\s*(?:=>|->|==|returns?:?|outputs?:?)\s*", "", comment, flags=re.IGNORECASE))
    return (code.strip(), literal) if mark and literal and _is_expression(code.strip()) else None


def _pair(lines: list[str], place: int, name: str) -> Example | None:
    """An `Input:` line with the `Output:` line below it."""
    given = _INPUT.match(lines[place])
    gives = _OUTPUT.match(lines[place + 1]) if given and place + 1 < len(lines) else None
    if not given or not gives:
        return None
    arguments = given[1].strip().strip("`").rstrip(".;")
    if not arguments.startswith(f"{name}("):
        arguments = f"{name}({arguments})"
    wanted = literal_at_start(gives[1].strip().strip("`"))
    return Example(Form.CLAIM, arguments, wanted) if wanted and _is_expression(arguments) else None


def _claims(line: str, name: str) -> Iterator[Example]:
    """The claims in a line of prose: a call of the function, a word for what it gives, a literal."""
    line = line[:_MAX_CLAIM_CHARACTERS]
    for start in re.finditer(rf"(?<![\w.]){re.escape(name)}\(", line):
        end = next((end for end in _closings(line, start.end()) if _is_expression(line[start.start() : end])), None)
        claim = _CLAIM.match(line, end) if end else None
        wanted = literal_at_start(line[claim.end() :]) if claim else ""
        if wanted:
            yield Example(Form.CLAIM, line[start.start() : end], wanted)


def _closings(line: str, start: int) -> Iterator[int]:
    for place in range(start, len(line)):
        if line[place] == ")":
            yield place + 1


def _is_expression(text: str) -> bool:
    module = parse_code(text)
    return module is not None and len(module.body) == 1 and isinstance(module.body[0], ast.Expr)


def literal_at_start(text: str) -> str:
    """The longest Python literal that the text begins with; empty if there is none.

    What follows must be no part of a word or a formula: of `2.5 metres` it is `2.5`, of `2 + x` nothing.
    """
    text = text.strip().split("\n")[0]
    ends = [len(text), *(found.start() for found in reversed(list(re.finditer(r"[\s.,;:`)#]", text))))]
    for end in ends:
        part = text[:end].rstrip("`.,;: ")
        rest = text[end:].lstrip("`.,;:) \t")
        if part and not re.match(r"[-+*/%<>=|&^]|if\b|and\b|or\b|in\b|for\b|is\b", rest) and _is_literal(part):
            return part
    return ""


def _is_literal(text: str) -> bool:
    try:
        ast.literal_eval(text)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return False
    return True
