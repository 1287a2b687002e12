"""Read a teacher's answer as an exercise, or say in a countable word why it is none.

Reads:  an answer: a code block, perhaps among prose.
Writes: an `Exercise` whose prompt ends behind the docstring. Its function is cut out of the answer's module, and
        held to rules, so that it can be verified and learnt.
"""

import ast
import builtins
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass

from hornbook.python_code.answers import longest_parsing, unfenced_code, without_thoughts
from hornbook.python_code.examples import write_test
from hornbook.python_code.fences import read_blocks
from hornbook.python_code.functions import bound_names, read_names
from hornbook.python_code.parse import first_line_of, parse_code, parse_quietly
from hornbook.records import Exercise, content_id
from hornbook.synthesis.prompted.commission import Reason, Rejection, of_outcome
from hornbook.synthesis.prompted.ingredients import Layout
from hornbook.teacher.api import Reply, ReplyOutcome

_MAX_SOLUTION_LINES = 30
_MAX_PROMPT_CHARACTERS = 1800

_LISTED = (
    "asyncio builtins code concurrent ctypes ftplib glob http imaplib importlib inspect io mmap multiprocessing os "
    "pathlib pickle pty resource selectors shelve shutil signal smtplib socket socketserver sqlite3 ssl subprocess "
    "sys tempfile threading tkinter urllib webbrowser"
)
_OUTSIDE_MODULES = frozenset(_LISTED.split(" "))
_OUTSIDE_CALLS = frozenset({"input", "open", "exec", "eval", "compile", "exit", "quit", "breakpoint", "__import__"})
_CLOCK_CALLS = frozenset(
    {"now", "today", "utcnow", "time", "perf_counter", "monotonic", "sleep", "localtime", "gmtime"}
)
_CLOCK_MODULES = frozenset({"datetime", "date", "time"})
_CHANCE_MODULES = frozenset({"random", "secrets", "uuid"})
_PLACEHOLDER = re.compile(
    r"#.*(\bTODO\b|your code|implement (this|the|your)|add (the )?(code|logic)|fill in|placeholder|rest of the)", re.I
)
_STYLES = (
    ("reST fields", re.compile(r"^\s*:(param|return)", re.MULTILINE)),
    ("Args and Returns", re.compile(r"^\s*Args:", re.MULTILINE)),
    ("Parameters and Returns", re.compile(r"^\s*(Parameters|Returns):?\s*$", re.MULTILINE)),
    ("numbered steps", re.compile(r"^\s*1\. .*\n(.*\n)*?\s*2\. ", re.MULTILINE)),
    ("summary and doctest", re.compile(r"^\s*>>> ", re.MULTILINE)),
    ("summary and comparisons", re.compile(r"\w\(.*\) == ")),
    ("prose with an example", re.compile(r"\b[Ee]xample\b|\bfor instance\b")),
)
"""Looked for in this order."""


@dataclass(frozen=True, slots=True)
class FunctionSource:
    """A function with the imports that it uses; `prompt + solution` is a whole module."""

    function: ast.FunctionDef
    imports: tuple[ast.Import | ast.ImportFrom, ...]
    prompt: str
    solution: str


def read_exercise(reply: Reply, name: str, family: str, layout: Layout, teacher: str) -> Exercise | Rejection:
    """Turn one reply into an exercise, or give the first reason against it.

    Its test is made of its docstring's examples; empty if it has none.

    Args:
        reply: The teacher's.
        name: Of the function that was asked for; empty: the last function of the answer is taken.
        family: Stands in the record.
        layout: Whose example was shown, and is no answer.
        teacher: The model's name.
    """
    unusable = of_outcome(reply.outcome, reply.detail)
    if unusable is not None:
        return unusable
    text = without_thoughts(reply.text)
    found = _find_code(text, name, was_cut=reply.outcome is ReplyOutcome.CUT)
    if isinstance(found, Rejection):
        return found
    code, tree = found
    function = _find_function(tree, name)
    if isinstance(function, Rejection):
        return function
    source = _cut_function(code, tree, function)
    if isinstance(source, Rejection):
        return source
    if _body(function) == _body_of_example(layout.example):
        return Rejection(Reason.COPIED, function.name)
    return _broken_rule(source) or _exercise(source, family, teacher)


def _find_code(text: str, name: str, *, was_cut: bool) -> tuple[str, ast.Module] | Rejection:
    """The code that an answer means, and its syntax tree."""
    blocks = [block for block in read_blocks(text) if block.may_be_code and block.body.strip()]
    codes = [(block.body, block.is_closed) for block in blocks] or [(unfenced_code(text), False)]
    if not codes[0][0]:
        return Rejection(Reason.CUT if was_cut else Reason.NO_CODE, _shortened(text))
    named = (one for one in codes if f"def {name}" in one[0])
    written, is_closed = next(named, codes[-1] if not name else codes[0])
    if was_cut and not is_closed:
        return Rejection(Reason.CUT, _shortened(written.strip().split("\n")[-1]))
    code = longest_parsing(written)
    tree = parse_code(code)
    if tree is None or not tree.body:
        return Rejection(Reason.NO_PYTHON, _syntax_error(written))
    return code, tree


def _find_function(tree: ast.Module, name: str) -> ast.FunctionDef | Rejection:
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    fitting = [node for node in functions if not name or node.name == name]
    if fitting:
        return fitting[-1]
    if any(isinstance(node, ast.ClassDef) for node in tree.body) and not functions:
        return Rejection(Reason.CLASS)
    names = [node.name for node in functions]
    return Rejection(Reason.NO_FUNCTION, f"it defines {', '.join(names) or 'none'}, not {name or 'a function'}")


def _exercise(source: FunctionSource, family: str, teacher: str) -> Exercise:
    docstring = ast.get_docstring(source.function) or ""
    return Exercise(
        id=content_id("exercise", teacher, source.prompt, source.solution),
        prompt=source.prompt,
        solution=source.solution,
        entry_point=source.function.name,
        test=write_test(docstring, source.function.name),
        family=family,
        operations=(),
        docstring_style=style_of_docstring(docstring),
        teacher=teacher,
    )


def _body(function: ast.FunctionDef) -> str:
    return "\n".join(ast.dump(statement) for statement in function.body[1:])


def _body_of_example(example: str) -> str:
    functions = [node for node in ast.parse(example).body if isinstance(node, ast.FunctionDef)]
    return _body(functions[-1])


def _syntax_error(code: str) -> str:
    try:
        parse_quietly(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        return _shortened(str(error))
    return "nothing but comments"


def _shortened(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 200 else f"{line[:200]}…"


def _cut_function(code: str, tree: ast.Module, function: ast.FunctionDef) -> FunctionSource | Rejection:
    """Cut `function` of `tree` out of the module's source, or say why it cannot stand on its own."""
    docstring = function.body[0]
    if ast.get_docstring(function) is None or not (ast.get_docstring(function) or "").strip():
        return Rejection(Reason.NO_DOCSTRING)
    end = docstring.end_lineno or docstring.lineno
    if len(function.body) == 1:
        return Rejection(Reason.PLACEHOLDER, "nothing follows the docstring")
    if function.body[1].lineno <= end or docstring.lineno == function.lineno:
        return Rejection(Reason.NO_DOCSTRING, "the docstring has no line of its own")
    if function.body[0].col_offset != 4:
        return Rejection(Reason.NO_PYTHON, "the body is not indented by four spaces")
    used = {node.id for node in ast.walk(function) if isinstance(node, ast.Name)}
    narrowed = (_narrowed(node, used) for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom))
    imports = tuple(node for node in narrowed if node.names)
    lines = code.split("\n")
    first = first_line_of(function)
    head = "".join(f"{ast.unparse(node)}\n" for node in imports)
    body = "\n".join(lines[end : function.end_lineno])
    imported = {_bound_name(alias) for node in imports for alias in node.names}
    redefined = set().union(*(bound_names(node) for node in tree.body if node is not function))
    known = imported | (set(dir(builtins)) - redefined)
    unknown = read_names("\n".join(lines[first - 1 : function.end_lineno]) + "\n") - known
    needed = unknown & redefined or (set() if "*" in imported else unknown)
    if needed:
        return Rejection(Reason.DEPENDS, ", ".join(sorted(needed)))
    return FunctionSource(
        function=function,
        imports=imports,
        prompt=f"{head}\n\n" * bool(head) + "\n".join(line.rstrip() for line in lines[first - 1 : end]) + "\n",
        solution="\n".join(line.rstrip() for line in body.split("\n")).lstrip("\n") + "\n",
    )


def style_of_docstring(docstring: str) -> str:
    """The layout that a docstring has, in words."""
    for style, pattern in _STYLES:
        if pattern.search(docstring):
            return style
    return "summary"


def _broken_rule(source: FunctionSource) -> Rejection | None:
    """The first rule that a function breaks, or None."""
    checks = (_untyped, _placeholder, _returns_nothing, _imports, _outside, _chance, _too_long)
    return next((broken for check in checks if (broken := check(source)) is not None), None)


def _untyped(source: FunctionSource) -> Rejection | None:
    given = source.function.args
    arguments = [*given.posonlyargs, *given.args, *given.kwonlyargs]
    arguments += [one for one in (given.vararg, given.kwarg) if one is not None]
    untyped = [argument.arg for argument in arguments if argument.annotation is None]
    if source.function.returns is None:
        untyped.append("the result")
    return Rejection(Reason.UNTYPED, ", ".join(untyped)) if untyped else None


def _placeholder(source: FunctionSource) -> Rejection | None:
    marked = _PLACEHOLDER.search(source.solution)
    if marked:
        return Rejection(Reason.PLACEHOLDER, marked[0][:100])
    if all(_is_empty(statement) for statement in source.function.body[1:]):
        return Rejection(Reason.PLACEHOLDER, source.solution.strip()[:100])
    return None


def _is_empty(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.Expr):
        return isinstance(statement.value, ast.Constant)
    if isinstance(statement, ast.Raise):
        return statement.exc is not None and "NotImplemented" in ast.unparse(statement.exc)
    return isinstance(statement, ast.Pass)


def _returns_nothing(source: FunctionSource) -> Rejection | None:
    for node in _own_nodes(source.function):
        if isinstance(node, ast.Yield | ast.YieldFrom):
            return None
        value = node.value if isinstance(node, ast.Return) else None
        if value is not None and not (isinstance(value, ast.Constant) and value.value is None):
            return None
    return Rejection(Reason.NO_RETURN)


def _own_nodes(function: ast.FunctionDef) -> Iterator[ast.AST]:
    """The nodes of a function, those of functions inside left out."""
    waiting: list[ast.AST] = list(function.body)
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef):
            waiting += ast.iter_child_nodes(node)


def _imports(source: FunctionSource) -> Rejection | None:
    foreign = [name for name in _imported_modules(source) if name not in sys.stdlib_module_names]
    return Rejection(Reason.FOREIGN_IMPORT, ", ".join(foreign)) if foreign else None


def _outside(source: FunctionSource) -> Rejection | None:
    modules = [name for name in _imported_modules(source) if name in _OUTSIDE_MODULES]
    called = [node.func for node in ast.walk(source.function) if isinstance(node, ast.Call)]
    found = modules + [one.id for one in called if isinstance(one, ast.Name) and one.id in _OUTSIDE_CALLS]
    return Rejection(Reason.UNSAFE, ", ".join(found)) if found else None


def _chance(source: FunctionSource) -> Rejection | None:
    modules = _imported_modules(source)
    calls = [ast.unparse(node.func) for node in ast.walk(source.function) if isinstance(node, ast.Call)]
    for call in calls:
        root, last = call.split(".")[0], call.split(".")[-1]
        if "." in call and last in _CLOCK_CALLS and root in _CLOCK_MODULES:
            return Rejection(Reason.CHANCE, call)
    if _CHANCE_MODULES & set(modules) and not any(call.split(".")[-1] in ("Random", "seed") for call in calls):
        return Rejection(Reason.CHANCE, ", ".join(sorted(_CHANCE_MODULES & set(modules))))
    return None


def _too_long(source: FunctionSource) -> Rejection | None:
    num_lines = source.solution.count("\n")
    if num_lines > _MAX_SOLUTION_LINES:
        return Rejection(Reason.TOO_LONG, f"the solution has {num_lines} lines")
    if len(source.prompt) > _MAX_PROMPT_CHARACTERS:
        return Rejection(Reason.TOO_LONG, f"signature and docstring have {len(source.prompt)} characters")
    return None


def _imported_modules(source: FunctionSource) -> list[str]:
    nodes = [*source.imports, *ast.walk(source.function)]
    names = [alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names]
    names += [node.module or "." for node in nodes if isinstance(node, ast.ImportFrom)]
    return list(dict.fromkeys(name.split(".")[0] for name in names))


def _narrowed(node: ast.Import | ast.ImportFrom, used: set[str]) -> ast.Import | ast.ImportFrom:
    """The import without the names that are not used."""
    names = [alias for alias in node.names if _bound_name(alias) in used or alias.name == "*"]
    if isinstance(node, ast.Import):
        return ast.Import(names=names)
    return ast.ImportFrom(module=node.module, names=names, level=node.level)


def _bound_name(alias: ast.alias) -> str:
    return alias.asname or alias.name.split(".")[0]
