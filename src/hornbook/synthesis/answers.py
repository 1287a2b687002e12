"""Find the function in what a language model answered.

A chat model wraps its function in prose, example calls and tests. Kept is what defines things: imports, functions,
classes, assignments. Whatever else stands at the margin only uses them, and is left out.
"""

import ast
import re
import textwrap
import warnings
from collections.abc import Iterator

_BLOCK = re.compile(r"^[ \t]*```[ \t]*([\w+-]*)[^\n]*\n(.*?)(?:^[ \t]*```|\Z)", re.MULTILINE | re.DOTALL)
_UNREADABLE = (SyntaxError, ValueError, RecursionError, MemoryError)
"""What Python's parser raises on the texts that models write."""
_DEFINES = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Assign, ast.AnnAssign)


def find_function(answer: str, prompt: str, name: str) -> str | None:
    """A module that defines the function, or None if the answer holds no such function.

    Looked through are the fenced blocks, in order, then the whole answer; of each the part that parses, from its
    beginning, since an answer may have been cut off. Failing that, a block may be the body alone.

    Args:
        answer: What a model wrote; the code in it is parsed and never run.
        prompt: Imports if any, signature and docstring that the model was given; its imports are put before its code.
        name: Of the function.
    """
    texts = [text for _, text in fenced_blocks(_without_thoughts(answer))] or [_without_thoughts(answer)]
    for text in map(textwrap.dedent, texts):
        for part in _parts_from_its_beginning(text):
            module = parse(part)
            if module is not None and _defines(module, name):
                return f"{_imports_of(prompt)}{_without_uses(module)}"
    for text in texts:
        body = textwrap.indent(textwrap.dedent(text).rstrip(), "    ") + "\n"
        if parse(text) is None or not text.lstrip().startswith(("def ", "import ", "from ", "class ")):
            module = parse(prompt + body)
            if module is not None and body.strip() and _last_function_holds_all(module, name):
                return prompt + body
    return None


def fenced_blocks(text: str) -> Iterator[tuple[str, str]]:
    """Language (lower case, may be empty) and text of each fenced block; the last one may lack its end."""
    for block in _BLOCK.finditer(text.replace("\r\n", "\n")):
        yield block[1].lower(), block[2]


def parse(code: str) -> ast.Module | None:
    """The syntax tree; None if it does not parse."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Of invalid escapes, which are their writer's affair.
        try:
            return ast.parse(code)
        except _UNREADABLE:
            return None


def _without_thoughts(answer: str) -> str:
    """What follows a reasoning model's `</think>`."""
    return answer.rpartition("</think>")[2]


def _parts_from_its_beginning(text: str) -> Iterator[str]:
    """The text, then shorter beginnings of it that end before a line at the margin; from the first line of code on."""
    lines = text.rstrip().split("\n")
    starts = [place for place, line in enumerate(lines) if re.match(r"(?:import|from|def|async def|class|@)\b|@", line)]
    if not starts:
        return
    lines = lines[starts[0] :]
    margins = [place for place, line in enumerate(lines) if place and line and not line[0].isspace()]
    for end in [len(lines), *reversed(margins)]:
        yield "\n".join(lines[:end]) + "\n"


def _defines(module: ast.Module, name: str) -> bool:
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    return any(isinstance(statement, kinds) and statement.name == name for statement in module.body)


def _without_uses(module: ast.Module) -> str:
    kept: list[ast.stmt] = [statement for statement in module.body if isinstance(statement, _DEFINES)]
    return ast.unparse(ast.Module(body=kept, type_ignores=[])) + "\n"


def _imports_of(prompt: str) -> str:
    """The import statements at the prompt's margin."""
    module = parse(f"{prompt.rstrip()}\n    pass\n") or ast.Module(body=[], type_ignores=[])
    lines = [ast.unparse(one) for one in module.body if isinstance(one, ast.Import | ast.ImportFrom)]
    return "".join(f"{line}\n" for line in lines)


def _last_function_holds_all(module: ast.Module, name: str) -> bool:
    last = module.body[-1]
    return isinstance(last, ast.FunctionDef | ast.AsyncFunctionDef) and last.name == name and len(last.body) > 1
