"""Read a teacher's answer as an exercise, or say in a countable word why it is none.

Reads:  an answer: a code block, perhaps among prose.
Writes: an `Exercise` whose prompt ends behind the docstring.
"""

import ast

from hornbook.python_code.answers import longest_parsing, unfenced_code, without_thoughts
from hornbook.python_code.examples import write_test
from hornbook.python_code.fences import read_blocks
from hornbook.python_code.parse import parse_code, parse_quietly
from hornbook.records import Exercise, content_id
from hornbook.synthesis.prompted.commission import Reason, Rejection, of_outcome
from hornbook.synthesis.prompted.function_rules import FunctionSource, broken_rule, cut_function, style_of_docstring
from hornbook.synthesis.prompted.ingredients import Layout
from hornbook.teacher.api import Reply, ReplyOutcome


def read_exercise(reply: Reply, name: str, family: str, layout: Layout, teacher: str) -> Exercise | Rejection:
    """Turn one reply into an exercise.

    Args:
        reply: The teacher's.
        name: Of the function that was asked for; empty: the last function of the answer is taken.
        family: Stands in the record.
        layout: Whose example was shown, and is no answer.
        teacher: The model's name.

    Returns:
        The exercise, or the first reason against it. Its test is made of its docstring's examples; empty if it has
        none.
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
    source = cut_function(code, tree, function)
    if isinstance(source, Rejection):
        return source
    if _body(function) == _body_of_example(layout.example):
        return Rejection(Reason.COPIED, function.name)
    return broken_rule(source) or _exercise(source, family, teacher)


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
        idiom="",
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
