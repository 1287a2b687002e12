"""Write an exercise from a task: a docstring that tells it, a solution, and tests that reach all of the solution."""

import ast
import random
import re
import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

from hornbook.records import CURRICULUM, Exercise, content_id
from hornbook.synthesis.programs.inputs import Inputs
from hornbook.synthesis.programs.names import name_arguments, rename_locals
from hornbook.synthesis.programs.task import Task
from hornbook.synthesis.programs.telling import tell
from hornbook.synthesis.programs.trials import Program, Trial, choose_trials, write_test
from hornbook.synthesis.programs.variants import rewrite

_NUM_INPUTS = 60
_NUM_TESTS = 8
_TYPED_SHARE = 0.5
_WIDTHS = (72, 79, 88, 100)
_MAX_NAME = 28
"""Characters of a function's name, where there is a choice."""
_MAX_EXAMPLE = 70
"""Characters of a call or an outcome in a docstring."""
_EXAMPLES = {"doctest": 45, "equation": 15, "sentence": 15, "none": 25}
"""How examples are shown → weight."""
_SECTIONS = {"plain": 70, "phi": 10, "google": 8, "numpy": 6, "rest": 6}
"""How the docstring lists arguments → weight; `phi` is the style of the paper's sample."""
_TYPES = {"Text": "str", "Size": "int", "Natural": "int", "Char": "str"}


def write_exercise(task: Task, rng: random.Random) -> Exercise | None:
    """An exercise; None where random inputs do not reach all of the solution, or its outcomes hardly differ."""
    schema = task.schema
    function = task.function()
    reference = _module(task, function)
    types = [one.type for one in schema.arguments]
    drawn = Inputs(reference, task.item, rng)
    inputs = [drawn.draw(types) for _ in range(_NUM_INPUTS)]
    solution = rewrite(function, rng)
    code = _module(task, solution)
    trials = choose_trials(Program(code, schema.name), inputs, most=_NUM_TESTS)
    if trials is None or not _agree(Program(reference, schema.name), trials):
        return None
    given = [_python_type(one, task.item) for one in types]
    names = dict(zip((one.name for one in schema.arguments), name_arguments(given, (), rng), strict=True))
    entry_point = _function_name(task, rng)
    body = _body(solution, names, entry_point, rng)
    is_typed = rng.random() < _TYPED_SHARE
    returned = type_of_all([trial.outcome for trial in trials if not trial.is_error])
    style = rng.choices([*_EXAMPLES], [*_EXAMPLES.values()])[0]
    sections = rng.choices([*_SECTIONS], [*_SECTIONS.values()])[0]
    docstring = _docstring(
        tell(task, names, rng), dict(zip(names.values(), given, strict=True)), returned, sections,
        _examples(entry_point, trials, style, rng), rng,
    )  # fmt: skip
    signature = ", ".join(
        f"{name}: {one}" if is_typed else name for name, one in zip(names.values(), given, strict=True)
    )
    head = f"def {entry_point}({signature}){f' -> {returned}' if is_typed else ''}:\n"
    before = _before(task, code, f"{signature} {returned}" if is_typed else "")
    prompt = before + head + textwrap.indent(docstring, "    ") + "\n"
    return Exercise(
        id=content_id("exercise", prompt, body),
        prompt=prompt,
        solution=body,
        entry_point=entry_point,
        test=write_test(trials),
        family=schema.family,
        operations=(schema.name, *(word.key for word in task.words.values()), *task.constants.values()),
        idiom="",
        docstring_style=f"{sections} {style}",
        teacher=CURRICULUM,
    )


def _module(task: Task, function: ast.FunctionDef) -> str:
    code = "\n\n".join((*task.schema.helpers, source_of(function)))
    return "".join(f"import {name}\n" for name in task.imports(code)) + code


def _before(task: Task, code: str, annotations: str) -> str:
    """Imports and helpers that stand before the function."""
    lines = [f"import {name}\n" for name in task.imports(code)]
    if "Optional[" in annotations:
        lines.append("from typing import Optional\n")
    blocks = ["".join(lines)] if lines else []
    blocks += [f"{helper.rstrip()}\n" for helper in task.schema.helpers]
    return "".join(f"{block}\n\n" for block in blocks)


def _agree(reference: Program, trials: Sequence[Trial]) -> bool:
    for trial in trials:
        found = reference.run(trial.arguments)
        if found is None or repr(found.outcome) != repr(trial.outcome):
            return False
    return True


def source_of(node: ast.AST) -> str:
    """The source of a tree, without the second parentheses that `ast.unparse` puts round a lone generator."""
    code = ast.unparse(ast.fix_missing_locations(node))
    for inner in ast.walk(node):
        match inner:
            case ast.Call(args=[ast.GeneratorExp() as only], keywords=[]):
                text = ast.unparse(only)
                code = code.replace(f"({text})", text)
    return code


def _body(function: ast.FunctionDef, names: Mapping[str, str], entry_point: str, rng: random.Random) -> str:
    """The function's body with other names for arguments, variables and itself."""
    stored = [
        node.id for node in ast.walk(function) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    ] + [inner.name for inner in function.body if isinstance(inner, ast.FunctionDef)]
    variables = [name for name in dict.fromkeys(stored) if name not in names]
    read = {node.id for node in ast.walk(function) if isinstance(node, ast.Name)} - set(variables) - set(names)
    renamed = {
        **names,
        **rename_locals(variables, {*names.values(), *read, entry_point}, rng),
        function.name: entry_point,
    }
    tree = _Renamed(renamed).visit(ast.parse(source_of(function)).body[0])
    return "".join(f"{textwrap.indent(source_of(statement), '    ')}\n" for statement in tree.body)


class _Renamed(ast.NodeTransformer):
    def __init__(self, names: Mapping[str, str]) -> None:
        self._names = names

    def visit_Name(self, node: ast.Name) -> ast.AST:
        return ast.copy_location(ast.Name(self._names.get(node.id, node.id), node.ctx), node)

    def visit_arg(self, node: ast.arg) -> ast.AST:
        return ast.arg(self._names.get(node.arg, node.arg))

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        self.generic_visit(node)
        node.name = self._names.get(node.name, node.name)
        return node


def _function_name(task: Task, rng: random.Random) -> str:
    """One of the schema's names with the words' tags, drawn three times where it is long."""
    fields = {name: word.tag for name, word in task.words.items()}
    fields |= {name: re.sub(r"\W", "", value.strip("'")) for name, value in task.constants.items()}
    drawn = [rng.choice(task.schema.names).format(**fields) for _ in range(3)]
    short = (name for name in drawn if len(name) <= _MAX_NAME)
    name = re.sub(r"_+", "_", next(short, min(drawn, key=len))).strip("_")
    return name if name.isidentifier() else task.schema.name


def _python_type(type_: str, item: str) -> str:
    return re.sub(r"\b\w+\b", lambda name: item if name[0] == "T" else _TYPES.get(name[0], name[0]), type_)


def type_of_all(values: Sequence[Any]) -> str:
    """The annotation that fits all values: `Optional[int]`, `list[str]`."""
    if values and all(isinstance(value, tuple) for value in values):
        if len({len(value) for value in values}) > 1 or not values[0]:
            return "tuple"
        return f"tuple[{', '.join(type_of_all(column) for column in zip(*values, strict=True))}]"
    found = sorted({_type_of(value) for value in values} - {"None"})
    known = [one for one in found if "?" not in one] or ["list" if found and found[0].startswith("list") else "dict"]
    if {"int", "float"} == set(known):
        known = ["float"]
    name = known[0] if len(known) == 1 else " | ".join(known)
    return f"Optional[{name}]" if any(value is None for value in values) else name


def _type_of(value: Any) -> str:
    match value:
        case None:
            return "None"
        case list():
            return f"list[{type_of_all(value)}]" if value else "list[?]"
        case tuple():
            return type_of_all([value])
        case dict():
            return f"dict[{type_of_all([*value])}, {type_of_all([*value.values()])}]" if value else "dict[?]"
    return type(value).__name__


def _examples(entry_point: str, trials: Sequence[Trial], style: str, rng: random.Random) -> list[str]:
    """Lines that show calls with their outcomes; those are short, and differ."""
    calls: dict[str, str] = {}
    for trial in trials:
        call = f"{entry_point}({', '.join(map(repr, trial.arguments))})"
        if not trial.is_error and len(call) <= _MAX_EXAMPLE and len(repr(trial.outcome)) <= _MAX_EXAMPLE:
            calls.setdefault(repr(trial.outcome), call)
    shown = [(call, outcome) for outcome, call in calls.items()][: rng.choice((1, 2, 2, 3))]
    match style:
        case "doctest":
            return [
                line for call, outcome in shown for line in (f">>> {call}", *([outcome] if outcome != "None" else []))
            ]
        case "equation":
            sign = rng.choice(("==", "->", "=>", "➞"))
            return [
                rng.choice(("Example:", "Examples:", "For example:")),
                *(f"{call} {sign} {out}" for call, out in shown),
            ]
        case "sentence":
            return [
                f"For example, {call} {rng.choice(('returns', 'should return', 'gives'))} {out}."
                for call, out in shown[:1]
            ]
    return []


def _docstring(
    told: str, arguments: Mapping[str, str], returned: str, sections: str, examples: Sequence[str], rng: random.Random
) -> str:
    """The docstring with its quotes."""
    width = rng.choice(_WIDTHS)
    quotes = '"""' if rng.random() < 0.85 else "'''"
    blocks = [textwrap.fill(told, width)]
    match sections:
        case "phi":
            listed = [f"{name} ({one}): {_noun(one)}" for name, one in arguments.items()]
            blocks += ["\n".join(["Parameters:", *(f"    {line}" for line in listed)]), f"Returns:\n    {returned}"]
        case "google":
            listed = [f"    {name}: {_noun(one)}." for name, one in arguments.items()]
            blocks += ["\n".join(["Args:", *listed]), f"Returns:\n    {_noun(returned).capitalize()}."]
        case "numpy":
            listed = [f"{name} : {one}" for name, one in arguments.items()]
            blocks += ["\n".join(["Parameters", "----------", *listed]), f"Returns\n-------\n{returned}"]
        case "rest":
            blocks.append(
                "\n".join([*(f":param {name}: {_noun(one)}" for name, one in arguments.items()), ":return: the result"])
            )
    if examples:
        blocks.append("\n".join(examples))
    separator = "\n\n" if sections != "plain" or rng.random() < 0.5 else "\n"
    text = separator.join(blocks)
    if "\n" not in text and rng.random() < 0.7:
        return f"{quotes}{text}{quotes}"
    opening = quotes + rng.choice(("", "", " ", "\n"))
    return f"{opening}{text}\n{quotes}"


def _noun(type_: str) -> str:
    inside = re.fullmatch(r"list\[(\w+)\]", type_)
    nouns = {"int": "an integer", "float": "a number", "str": "a string", "bool": "True or False"}
    plurals = {"int": "integers", "float": "numbers", "str": "strings", "bool": "truth values"}
    return f"a list of {plurals.get(inside[1], 'values')}" if inside else nouns.get(type_, f"a value of type {type_}")
