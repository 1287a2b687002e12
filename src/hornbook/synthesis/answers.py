"""Find the function in what a language model answered.

A chat model wraps its function in prose, example calls and tests. Kept is what defines things: imports, functions,
classes, assignments. Whatever else stands at the margin only uses them, and is left out.
"""

import ast
import textwrap

from hornbook.synthesis.prompted.code_blocks import (
    fenced_blocks,
    longest_parsing,
    parse_code,
    unfenced_code,
    without_thoughts,
)

_DEFINES = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Assign, ast.AnnAssign)


def find_function(answer: str, prompt: str, name: str) -> str | None:
    """A module that defines the function, or None if the answer holds no such function.

    Looked through are the fenced blocks in order, or else the whole answer; of each the part that parses, from its
    beginning, since an answer may have been cut off. Failing that, a block may be the body alone.

    Args:
        answer: What a model wrote; the code in it is parsed and never run.
        prompt: Imports if any, signature and docstring that the model was given; its imports are put before its code.
        name: Of the function.
    """
    text = without_thoughts(answer.replace("\r\n", "\n"))
    blocks = [block.text for block in fenced_blocks(text)]
    for code in map(longest_parsing, map(textwrap.dedent, blocks or [unfenced_code(text)])):
        module = parse_code(code)
        if module is not None and _defines(module, name):
            return f"{_imports_of(prompt)}{_without_uses(module)}"
    for code in blocks or [text]:
        whole = prompt + textwrap.indent(textwrap.dedent(code).rstrip(), "    ") + "\n"
        module = parse_code(whole)
        if module is not None and _is_body(module, name):
            return whole
    return None


def _defines(module: ast.Module, name: str) -> bool:
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    return any(isinstance(statement, kinds) and statement.name == name for statement in module.body)


def _without_uses(module: ast.Module) -> str:
    kept: list[ast.stmt] = [statement for statement in module.body if isinstance(statement, _DEFINES)]
    return ast.unparse(ast.Module(body=kept, type_ignores=[])) + "\n"


def _imports_of(prompt: str) -> str:
    """The import statements at the prompt's margin."""
    module = parse_code(f"{prompt.rstrip()}\n    pass\n") or ast.Module(body=[], type_ignores=[])
    lines = [ast.unparse(one) for one in module.body if isinstance(one, ast.Import | ast.ImportFrom)]
    return "".join(f"{line}\n" for line in lines)


def _is_body(module: ast.Module, name: str) -> bool:
    """Whether the module ends with the function, whose body does something, and neither defines nor merely uses it."""
    last = module.body[-1] if module.body else None
    if not isinstance(last, ast.FunctionDef | ast.AsyncFunctionDef) or last.name != name or len(last.body) < 2:
        return False
    does = [one for one in last.body[1:] if not isinstance(one, ast.FunctionDef | ast.Import | ast.ImportFrom)]
    calls = [one.value.func for one in does if isinstance(one, ast.Expr) and isinstance(one.value, ast.Call)]
    inner = [one for one in last.body if isinstance(one, ast.FunctionDef) and one.name == name]
    return bool(does) and not inner and not any(isinstance(one, ast.Name) and one.id == name for one in calls)
