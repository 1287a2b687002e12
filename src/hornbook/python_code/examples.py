"""Read the examples of a docstring with the results that they claim, and make a test of them.

Examples are sessions (read by `doctest`), sentences such as `f(1) == 2`, `f(1) -> 2`, `f(1) returns 2`, and pairs of
lines `Input: 1` and `Output: 2`. A sentence counts only if it names a literal: `f(1) returns the sum` claims nothing
that can be compared. Nothing is run here.
"""

import ast
import builtins
import doctest
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from hornbook.python_code.parse import is_literal, nodes_of, parse_call, parse_code, parse_expression

_CLAIM = re.compile(
    r"\s*`?\s*(?:==|=>|->|→|=|:|#\s*(?:=>|->|==)?|(?:#\s*)?(?:should\s+)?(?:returns?|gives?|evaluates?\s+to|outputs?|"
    r"prints?|yields?|produces?|is|be)\b(?:\s+equal\s+to)?:?)\s*`?"
)
_INPUT = re.compile(r"^[ \t]*(?:[-*]\s*)?(?:Example\s+)?Input:?[ \t]*:?[ \t]*(.+)$", re.IGNORECASE)
_OUTPUT = re.compile(r"^[ \t]*(?:[-*]\s*)?(?:Expected\s+)?(?:Output|Returns?|Result)[ \t]*:[ \t]*(.+)$", re.IGNORECASE)
_MAX_CLAIM_CHARACTERS = 400
_TIGHT_PROMPT = re.compile(r"^([ \t]*(?:>>>|\.\.\.))(?=[^\s.>])", re.MULTILINE)
_INDENTATION = re.compile(r"^[ \t]+", re.MULTILINE)
_CLOSING_FENCE = re.compile(r"^[ \t]*```.*", re.MULTILINE | re.DOTALL)
_SESSIONS = doctest.DocTestParser()
_CANDIDATE = "candidate"
_TOLERANCE = "1e-6"


class Form(StrEnum):
    """The form of an example."""

    SETUP = "setup"
    """A line of a session that shows nothing."""
    SESSION = "session"
    CLAIM = "claim"


@dataclass(frozen=True)
class Example:
    """A piece of code and its claimed result."""

    form: Form
    source: str
    wanted: str
    """As written: for a session the lines that are shown, for a claim a literal; empty for a setup."""


def read_examples(docstring: str, name: str) -> list[Example]:
    """The examples in a docstring, which is cleaned of its indentation, in their order; setups among them."""
    lines = docstring.split("\n")
    sessions = {example.lineno: example for example in read_sessions(docstring)}
    found: list[Example] = []
    place = 0
    while place < len(lines):
        if place in sessions:
            found.append(_session(sessions[place]))
            place += sessions[place].source.count("\n") + sessions[place].want.count("\n")
            continue
        pair = _pair(lines, place, name)
        if pair or not lines[place].lstrip().startswith(">>>"):
            found += [pair] if pair else _claims(lines[place], name)
        place += 2 if pair else 1
    return found


def read_sessions(text: str) -> list[doctest.Example]:
    """The lines behind `>>>` with those below that show what they give, in order; their indentation may be uneven."""
    spaced = _TIGHT_PROMPT.sub(r"\1 ", text)
    for lines in (spaced, _INDENTATION.sub("", spaced)):
        try:
            return _SESSIONS.get_examples(lines)
        except ValueError:  # They are not aligned.
            continue
    return []


def write_test(docstring: str, name: str) -> str:
    """Source that defines `check(candidate)`, which asserts what the docstring's examples show of the function `name`.

    Empty if no example compares a call with a literal.
    """
    lines = [line for example in read_examples(docstring, name) for line in _test_lines(example, name)]
    if not any(line.startswith("assert") for line in lines):
        return ""
    return f"def check({_CANDIDATE}):\n" + "".join(f"    {part}\n" for line in lines for part in line.split("\n"))


def _test_lines(example: Example, name: str) -> list[str]:
    """An assertion for an example that compares a call with a literal; an assignment or import as it stands."""
    module = parse_code(example.source)
    if module is None:
        return []
    uses = [node for node in ast.walk(module) if isinstance(node, ast.Name) and node.id == name]
    for node in uses:
        node.id = _CANDIDATE
    if all(isinstance(one, ast.Assign | ast.Import | ast.ImportFrom) for one in module.body):
        return [ast.unparse(module)]
    statement = module.body[0]
    if not uses or len(module.body) > 1 or not isinstance(statement, ast.Expr) or not is_literal(example.wanted):
        return []
    call = ast.unparse(statement)
    if isinstance(ast.literal_eval(example.wanted), float):
        return [f"assert abs(({call}) - ({example.wanted})) <= {_TOLERANCE}"]
    return [f"assert {call if isinstance(statement.value, ast.Call) else f'({call})'} == {example.wanted}"]


def argument_lists(examples: list[Example], name: str) -> list[str]:
    """The argument lists with which the examples call the function, as Python source, each once.

    Left out are those that read variables of the example: they mean nothing elsewhere.
    """
    found: dict[str, None] = {}
    for example in examples:
        for node in nodes_of(example.source):
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


def _session(shown: doctest.Example) -> Example:
    source, wanted = shown.source.strip(), _CLOSING_FENCE.sub("", shown.want).rstrip("\n")
    commented = None if wanted else _comment_claim(source)
    if commented:
        return Example(Form.CLAIM, *commented)
    return Example(Form.SESSION if wanted else Form.SETUP, source, wanted)


def _comment_claim(source: str) -> tuple[str, str] | None:
    """Code and literal of a line such as `f(1)  # 2`."""
    code, mark, comment = source.rpartition("#")
    literal = literal_at_start(re.sub(r"^\s*(?:=>|->|==|returns?:?|outputs?:?)\s*", "", comment, flags=re.IGNORECASE))
    return (code.strip(), literal) if mark and literal and parse_expression(code.strip()) else None


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
    return Example(Form.CLAIM, arguments, wanted) if wanted and parse_expression(arguments) else None


def _claims(line: str, name: str) -> Iterator[Example]:
    """The claims in a line of prose: a call of the function, a word for what it gives, a literal."""
    line = line[:_MAX_CLAIM_CHARACTERS]
    for start in re.finditer(rf"(?<![\w.]){re.escape(name)}\(", line):
        call = parse_call(line[start.start() :])
        claim = _CLAIM.match(line, start.start() + len(call[1])) if call else None
        wanted = literal_at_start(line[claim.end() :]) if claim else ""
        if call and wanted:
            yield Example(Form.CLAIM, call[1], wanted)


def literal_at_start(text: str) -> str:
    """The longest Python literal that the text begins with; empty if there is none.

    What follows must be no part of a word or a formula: of `2.5 metres` it is `2.5`, of `2 + x` nothing.
    """
    text = text.strip().split("\n")[0]
    ends = [len(text), *(found.start() for found in reversed(list(re.finditer(r"[\s.,;:`)#]", text))))]
    for end in ends:
        part = text[:end].rstrip("`.,;: ")
        rest = text[end:].lstrip("`.,;:) \t")
        if part and not re.match(r"[-+*/%<>=|&^]|if\b|and\b|or\b|in\b|for\b|is\b", rest) and is_literal(part):
            return part
    return ""
