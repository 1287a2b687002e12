"""Write an exercise from a task: a docstring that tells it, a solution, and tests that reach all of the solution."""

import ast
import random
import re
import textwrap
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from hornbook.records import CURRICULUM, Exercise, content_id
from hornbook.synthesis.curriculum.docstrings import type_of_all, write_comment, write_docstring
from hornbook.synthesis.curriculum.inputs import Inputs
from hornbook.synthesis.curriculum.names import TAKEN, name_arguments, rename_locals
from hornbook.synthesis.curriculum.task import Task, source_of
from hornbook.synthesis.curriculum.telling import tell
from hornbook.synthesis.curriculum.trials import Program, Trial, choose_trials, write_test
from hornbook.synthesis.curriculum.variants import rewrite

_NUM_INPUTS = (24, 40)
"""Random arguments that are tried first, and added where those do not reach all of a program."""
_TYPED_SHARE = 0.5
_TYPING_SHARE = 0.35
"""Of annotated functions: those that write `List[int]` for `list[int]`, as older code does."""
_BARE_SHARE = 0.2
"""Of annotated functions: those that write `list` for `list[int]`."""
_NO_RESULT_SHARE = 0.25
"""Of annotated functions: those that annotate their arguments alone."""
_EMPTY_LINE_SHARE = 0.06
"""Of prompts: those that begin with an empty line, as pasted text does."""
_COLLECTION = re.compile(r"\b(?:list|dict|tuple)(?=\[)")
_ITEMS = re.compile(r"^(list|dict|tuple)\[.*")
_DOUBLE_QUOTES_SHARE = 0.5
_SINGLE_QUOTED = re.compile(r"'([^'\"\\\n]*)'")
_MAX_NAME = 28
"""Characters of a function's name, where there is a choice."""
_TYPES = {"NonEmpty": "list", "Text": "str", "Numeral": "str", "Size": "int", "Natural": "int", "Char": "str"}
_MODULES = ("math", "re", "string", "itertools", "collections", "functools", "bisect", "heapq")
_TYPING = ("Dict", "Iterator", "List", "Optional", "Tuple")
_MODULE = re.compile(rf"\b({'|'.join(_MODULES)})\.")


@dataclass(frozen=True, kw_only=True)
class Rules:
    """What differs between exercises for training and forms of held-out problems."""

    is_allowed: Callable[[str], bool] = lambda _: True
    """Whether an argument may have this name."""
    is_typed: bool | None = None
    """Whether arguments and result are annotated; None: half of the time."""
    remark: str = ""
    """A sentence behind the task that says nothing about it."""
    num_tests: int = 8
    kinds: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)
    """Values of a user's own types."""


@dataclass(frozen=True)
class Composed:
    """A task as a program with names, before a docstring is laid out."""

    task: Task
    entry_point: str
    names: Mapping[str, str]
    """Argument of the schema → its name."""
    arguments: Mapping[str, str]
    """Name → annotation."""
    returned: str
    """Annotation of the result."""
    is_typed: bool
    has_result: bool
    """Whether a function whose arguments are annotated has its result annotated too."""
    told: str
    solution: str
    """The body, indented by four spaces."""
    trials: tuple[Trial, ...]
    before: str
    """Imports and helpers that stand above the function."""

    def head(self, comment: str = "") -> str:
        """Imports, helpers, a comment if any, and the signature."""
        listed = ", ".join(f"{name}: {one}" if self.is_typed else name for name, one in self.arguments.items())
        result = f" -> {self.returned}" if self.is_typed and self.has_result else ""
        used = [name for name in _TYPING if f"{name}[" in f"{listed}{result}"]
        end = "\n" if self.before.startswith("import ") else "\n\n\n"
        imports = f"from typing import {', '.join(used)}{end}" if used else ""
        return f"{imports}{self.before}{comment}def {self.entry_point}({listed}){result}:\n"


def compose(task: Task, seed: str, rules: Rules) -> Composed | None:
    """The program of a task; None where random inputs do not reach all of it, or its outcomes hardly differ.

    Every aspect draws from a generator of its own, so that rules that change one leave the others as they are.
    """
    schema = task.schema
    function = task.function()
    reference = _before(task, function) + source_of(function)
    types = [one.type for one in schema.arguments]
    drawn = Inputs(reference, task.item, rules.kinds, random.Random(f"{seed}:inputs"))
    solution = rewrite(function, random.Random(f"{seed}:rewriting"))
    before = _before(task, solution)
    program = Program(before + source_of(solution), schema.name)
    inputs: list[tuple[Any, ...]] = []
    trials: list[Trial] | None = None
    for number in _NUM_INPUTS:
        if trials is None:
            inputs += [drawn.draw(types) for _ in range(number)]
            trials = choose_trials(program, inputs, most=rules.num_tests)
    if trials is None or not _agree(Program(reference, schema.name), trials) or not _every_word_matters(task, trials):
        return None
    if all(len(one.arguments) == 1 and one.outcome == one.arguments[0] for one in trials):
        return None  # What returns its argument teaches nothing.
    given = [_python_type(one, task.item, rules.kinds) for one in types]
    named = name_arguments(given, rules.is_allowed, random.Random(f"{seed}:names"))
    names = dict(zip((one.name for one in schema.arguments), named, strict=True))
    rng = random.Random(f"{seed}:layout")
    entry_point = _function_name(task, rng)
    is_typed = rng.random() < _TYPED_SHARE
    is_old = rng.random() < _TYPING_SHARE
    returned = type_of_all([trial.outcome for trial in trials if not trial.is_error])
    returned = f"Iterator{returned[4:]}" if trials[0].is_generator else returned
    annotations = [*given, returned]
    if is_old:
        annotations = [_COLLECTION.sub(lambda name: name[0].title(), one) for one in annotations]
    elif rng.random() < _BARE_SHARE:
        annotations = [_ITEMS.sub(r"\1", one) for one in annotations]
    body = _body(solution, names, entry_point, rng)
    told = tell(task, names, random.Random(f"{seed}:telling"))
    return Composed(
        task=task,
        entry_point=entry_point,
        names=names,
        arguments=dict(zip(named, annotations[:-1], strict=True)),
        returned=annotations[-1],
        is_typed=is_typed if rules.is_typed is None else rules.is_typed,
        has_result=rng.random() >= _NO_RESULT_SHARE,
        told=f"{told} {rules.remark}".strip(),
        solution=_in_double_quotes(body) if rng.random() < _DOUBLE_QUOTES_SHARE else body,
        trials=tuple(trials),
        before=before,
    )


def write_exercise(task: Task, seed: str, rules: Rules = Rules()) -> Exercise | None:
    """The exercise of a task; None as `compose`."""
    composed = compose(task, seed, rules)
    if composed is None:
        return None
    rng = random.Random(f"{seed}:docstring")
    style, comment = "comment", write_comment(composed.told, rng)
    if comment is not None:
        is_above = rng.random() < 0.5
        prompt = composed.head(comment) if is_above else composed.head() + textwrap.indent(comment, "    ")
    else:
        style, docstring = write_docstring(
            composed.told, composed.arguments, composed.returned, composed.entry_point, composed.trials, rng
        )
        prompt = composed.head() + docstring
    if rng.random() < _EMPTY_LINE_SHARE:
        prompt = f"\n{prompt}"
    return Exercise(
        id=content_id("exercise", prompt, composed.solution),
        prompt=prompt,
        solution=composed.solution,
        entry_point=composed.entry_point,
        test=write_test(composed.trials),
        family=task.schema.family,
        operations=(task.schema.name, *(word.key for word in task.words.values()), *task.constants.values()),
        docstring_style=style,
        teacher=CURRICULUM,
    )


def _before(task: Task, function: ast.FunctionDef) -> str:
    """Imports and helpers that stand above the function."""
    code = "\n\n".join((*task.schema.helpers, source_of(function)))
    used = {found[1] for found in _MODULE.finditer(code)}
    imports = "\n".join(f"import {name}" for name in _MODULES if name in used)
    return "".join(f"{block}\n\n\n" for block in (imports, *task.schema.helpers) if block)


def _agree(reference: Program, trials: Sequence[Trial]) -> bool:
    found = (reference.run(trial.arguments) for trial in trials)
    return all(one and repr(one.outcome) == repr(trial.outcome) for one, trial in zip(found, trials, strict=True))


def _every_word_matters(task: Task, trials: Sequence[Trial]) -> bool:
    """Whether each predicate changes an outcome: `each small letter that is a small letter` says nothing."""
    for name, word in task.words.items():
        if not word.is_map:
            plain = replace(task, words={**task.words, name: replace(word, code="True")})
            function = plain.function()
            if _agree(Program(_before(task, function) + source_of(function), task.schema.name), trials):
                return False
    return True


def _body(function: ast.FunctionDef, names: Mapping[str, str], entry_point: str, rng: random.Random) -> str:
    """The function's body with other names for arguments, variables and itself."""
    stored = [
        node.id for node in ast.walk(function) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    ] + [inner.name for inner in function.body if isinstance(inner, ast.FunctionDef)]
    variables = [name for name in dict.fromkeys(stored) if name not in names]
    read = {node.id for node in ast.walk(function) if isinstance(node, ast.Name)} - set(variables) - set(names)
    renamed = dict(names) | rename_locals(variables, {*names.values(), *read, entry_point}, rng)
    renamed[function.name] = entry_point
    module = ast.parse(source_of(function))
    for node in ast.walk(module):
        match node:
            case ast.Name():
                node.id = renamed.get(node.id, node.id)
            case ast.arg():
                node.arg = renamed.get(node.arg, node.arg)
            case ast.FunctionDef():
                node.name = renamed.get(node.name, node.name)
    [new] = module.body
    assert isinstance(new, ast.FunctionDef)
    ends = ("\n\n" if isinstance(statement, ast.FunctionDef) else "\n" for statement in new.body)
    sources = (textwrap.indent(source_of(statement), "    ") for statement in new.body)
    return "".join(source + end for source, end in zip(sources, ends, strict=True))


def _in_double_quotes(code: str) -> str:
    """The code with its strings in double quotes, where there is no other quote in it."""
    return code if '"' in code else _SINGLE_QUOTED.sub(r'"\1"', code)


def _function_name(task: Task, rng: random.Random) -> str:
    """One of the schema's names with the words' tags, drawn three times where it is long."""
    fields = {name: word.tag for name, word in task.words.items()}
    fields |= {name: re.sub(r"\W", "", value.strip("'")) for name, value in task.constants.items()}
    drawn = [rng.choice(task.schema.names).format(**fields) for _ in range(3)]
    short = (name for name in drawn if len(name) <= _MAX_NAME)
    name = re.sub(r"_+", "_", next(short, min(drawn, key=len))).strip("_")
    name = re.sub(r"_(?:by|in|of)$", "", name)  # A map that changes nothing has no tag.
    return name if name.isidentifier() and name not in TAKEN else task.schema.name


def _python_type(type_: str, item: str, kinds: Mapping[str, tuple[Any, ...]]) -> str:
    """The annotation of a schema's type: `list[T]` → `list[int]`."""
    own = {name: type(values[0]).__name__ for name, values in kinds.items()}
    return re.sub(r"\b\w+\b", lambda name: item if name[0] == "T" else {**_TYPES, **own}.get(name[0], name[0]), type_)
