"""Ask a teacher to solve an exercise anew, several times, and find the function in each answer.

A solution that only its writer believes in shows itself: others, written from the same header and docstring, do
something else with the same inputs (`compare_solutions.py`). A chat model wraps its function in prose, example calls
and tests. Kept is what defines things: imports, functions, classes, assignments. Whatever else stands at the margin
only uses them, and is left out.

Reads:  exercises, a teacher's answers.
Writes: for each answer a module that defines the function, if it holds one.
"""

import ast
import textwrap
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from hornbook.errors import ConfigError
from hornbook.python_code.parse import parse_code
from hornbook.records import Exercise
from hornbook.synthesis.markdown import read_blocks
from hornbook.synthesis.prompted.code_blocks import longest_parsing, unfenced_code, without_thoughts
from hornbook.teacher.api import ChatRequest, Reply, SamplingConfig, Teacher

_SYSTEM = "You are a careful Python programmer. You answer with code alone."
_REQUEST = (
    "Complete the function `{name}`. Do exactly what its docstring says. Answer with one ```python block that holds "
    "the imports it needs and the whole function with its body, but without the docstring: no comments, no example "
    "calls, no tests.\n\n```python\n{prompt}\n```"
)
_TOP_P = 0.95
_DEFINES = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Assign, ast.AnnAssign)


@dataclass(frozen=True, kw_only=True)
class SolutionsConfig:
    """How independent solutions are asked for."""

    num_solutions: int = 3
    """Asked for each exercise."""
    temperature: float = 0.8
    max_new_tokens: int = 250

    def __post_init__(self) -> None:
        """Refuse what cannot be asked.

        Raises:
            ConfigError: Names the field and the value.
        """
        if self.num_solutions < 1:
            raise ConfigError(f"`num_solutions` must be at least 1, got {self.num_solutions!r}")
        if self.num_solutions > 1 and self.temperature == 0:
            raise ConfigError("`temperature` must be above 0 where several solutions are asked for: all would be equal")
        self.sampling()

    def sampling(self) -> SamplingConfig:
        """How an answer is drawn."""
        return SamplingConfig(max_new_tokens=self.max_new_tokens, temperature=self.temperature, top_p=_TOP_P)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What a teacher answered when asked for a solution."""

    exercise: Exercise
    sample: int
    reply: Reply
    code: str
    """A module that defines the function; empty if the answer holds none."""


def ask_for_solutions(
    exercises: Sequence[Exercise], teacher: Teacher, config: SolutionsConfig, progress: Callable[[int, int], None]
) -> list[Answered]:
    """Ask for `num_solutions` solutions of each exercise.

    Returns:
        In the order of the exercises, then of the sample numbers, whatever the order of the replies.

    Raises:
        EndpointError: The teacher cannot be asked any more.
    """
    total = len(exercises) * config.num_solutions
    replies: dict[int, Reply] = {}
    for index, reply in teacher.ask(solution_requests(exercises, config)):
        replies[index] = reply
        progress(len(replies), total)
    answered = []
    for place in range(total):
        exercise, sample = exercises[place // config.num_solutions], place % config.num_solutions
        code = find_function(replies[place].text, exercise.prompt, exercise.entry_point) or ""
        answered.append(Answered(exercise=exercise, sample=sample, reply=replies[place], code=code))
    return answered


def solution_messages(exercise: Exercise) -> list[dict[str, str]]:
    """The conversation that asks for a solution; the exercise's own is not shown."""
    request = _REQUEST.format(name=exercise.entry_point, prompt=exercise.prompt.rstrip())
    return [{"role": "system", "content": _SYSTEM}, {"role": "user", "content": request}]


def solution_requests(exercises: Iterable[Exercise], config: SolutionsConfig) -> Iterator[ChatRequest]:
    """What is asked: `num_solutions` requests for each exercise, that differ in the number of the sample."""
    sampling = config.sampling()
    for exercise in exercises:
        messages = solution_messages(exercise)
        for sample in range(config.num_solutions):
            yield ChatRequest(messages=messages, sampling=sampling, sample=sample)


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
    blocks = [block.body for block in read_blocks(text) if block.body.strip()]
    for code in map(longest_parsing, blocks or [textwrap.dedent(unfenced_code(text))]):
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
