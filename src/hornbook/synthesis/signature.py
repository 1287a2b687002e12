"""Find the function that a prompt leaves open."""

import ast
import re

from hornbook.synthesis.prompted.code_blocks import parse_code


def last_function(prompt: str, solution: str) -> str:
    """The function or class that a prompt leaves for its solution to finish; empty if there is none."""
    module = parse_code(prompt + solution)
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    num_lines = len(prompt.rstrip().split("\n"))
    for statement in reversed(module.body if module else []):
        if isinstance(statement, kinds) and statement.lineno <= num_lines:
            return statement.name
    found = re.findall(r"^(?:async def|def|class)[ \t]+(\w+)", prompt, re.MULTILINE)
    return found[-1] if found else ""
