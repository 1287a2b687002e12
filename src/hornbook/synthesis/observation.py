"""See how exercises behave, with their examples and with made inputs, and make tests of what they did."""

import ast
import builtins
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from hornbook.python_code.examples import Example, argument_lists, read_examples
from hornbook.python_code.functions import Definition, docstring_of
from hornbook.python_code.inputs import make_inputs
from hornbook.python_code.parse import nodes_of, parse_code
from hornbook.python_code.values import Call, has_float, literal_of
from hornbook.records import Exercise, Outcome
from hornbook.sandbox.jail_tasks import Answer, function_task, outcome_of, run_tasks
from hornbook.sandbox.program import Report, Sandbox
from hornbook.synthesis.levels import Majority, OwnTest, Trait, Verification

BATCH_SIZE = 20
"""Functions that share one program in the jail."""
_MOST_ASSERTIONS = 10
_MOST_CHARACTERS = 300
_TOLERANCE = "1e-6"


@dataclass
class Observation:
    """An exercise with what was seen of it; what its solutions do is added when they were run."""

    exercise: Exercise
    inputs: list[str]
    """Argument lists as Python source."""
    calls: list[Call]
    """What its own solution did with each input."""
    compared: list[int]
    """The inputs on which solutions are compared."""
    shown: list[int]
    """The inputs that its docstring's examples use, where all of these hold."""
    verification: Verification
    agreed: list[int] = field(default_factory=list)
    """The inputs with which most solutions do what its own does."""

    def agreed_calls(self) -> tuple[list[str], list[Call]]:
        """Inputs whose outputs are agreed on, by other solutions or by the docstring's examples, with what happens."""
        places = [place for place in self.compared if place in self.agreed or place in self.shown]
        return [self.inputs[place] for place in places], [self.calls[place] for place in places]


def observe_exercises(
    exercises: Sequence[Exercise],
    sandbox: Sandbox,
    num_inputs: int,
    seed: int,
) -> list[Observation]:
    """Run every exercise with its test, its examples and made inputs, twice.

    An exercise without a solution is a module: the examples of all its definitions are run.

    One that does not come to its end with the inputs is run once more without them, and counts as running if one of
    its examples holds.

    Raises:
        SandboxError: The sandbox broke down.
    """
    examples = [examples_of(one) for one in exercises]
    inputs = [
        make_inputs(one.prompt + one.solution, one.entry_point, argument_lists(some, one.entry_point), num_inputs, seed)
        for one, some in zip(exercises, examples, strict=True)
    ]
    tasks = [
        task_of(one, examples=some, inputs=given) for one, some, given in zip(exercises, examples, inputs, strict=True)
    ]
    answers = run_tasks("calls", tasks, sandbox, batch_size=BATCH_SIZE)
    failed = [place for place, answer in enumerate(answers) if isinstance(answer, Report) and examples[place]]
    again = [{**tasks[place], "inputs": []} for place in failed]
    calmer = run_tasks("calls", again, sandbox, batch_size=1)
    for place, answer in zip(failed, calmer, strict=True):
        if isinstance(answer, dict) and any(one and one[0] for one in answer["examples"]):
            answers[place] = {**answer, "calls": [None] * len(inputs[place])}
    return [_observation(*parts) for parts in zip(exercises, examples, inputs, answers, strict=True)]


def examples_of(exercise: Exercise) -> list[Example]:
    """The examples in the docstring of its function; of a module those of all its functions and classes."""
    code = exercise.prompt + exercise.solution
    if exercise.solution:
        return read_examples(docstring_of(code, exercise.entry_point), exercise.entry_point)
    return [one for name in definitions_of(code) for one in read_examples(docstring_of(code, name), name)]


def definitions_of(code: str) -> list[str]:
    """The names of a module's functions and classes; none where it does not parse."""
    module = parse_code(code)
    return [node.name for node in module.body if isinstance(node, Definition)] if module is not None else []


def task_of(
    exercise: Exercise, *, examples: Sequence[Example] = (), inputs: Sequence[str] = (), test: str = ""
) -> dict[str, Any]:
    """What `sandbox/probes/calls.py` is to see of an exercise; `test` in place of its own where given."""
    return {
        **function_task(exercise.prompt + exercise.solution, exercise.entry_point, inputs),
        "test": test or exercise.test,
        "examples": [[one.form.value, one.source, one.wanted] for one in examples],
        "twice": True,
    }


def _observation(exercise: Exercise, examples: list[Example], inputs: list[str], answer: Answer) -> Observation:
    outcome, detail = outcome_of(answer)
    seen: Mapping[str, Any] = (
        answer if isinstance(answer, dict) else {"examples": [], "calls": [], "varies": [], "test": None}
    )
    calls: list[Call] = seen["calls"] or [None] * len(inputs)
    results = [one for one in seen["examples"] if one is not None]
    num_held = sum(held for held, _ in results)
    returned = [call for call in calls if call and call[0] == "v"]
    raised = [call for call in calls if call and call[0] == "e"]
    if outcome is Outcome.PASSED and not (num_held or returned) and raised:
        outcome, detail = Outcome.RAISED, raised[0][2]
    elif outcome is Outcome.PASSED and not (num_held or returned) and ["t"] in calls:
        outcome, detail = Outcome.CPU_TIMED_OUT, f"{exercise.entry_point}({inputs[calls.index(['t'])]}) comes to no end"
    elif not detail and not num_held and raised and len(returned) < len(raised):
        detail = raised[0][2]
    wrong = [text for held, text in results if not held]
    meant = _errors_raised(exercise.prompt + exercise.solution)
    compared = [
        place
        for place, call in enumerate(calls)
        if call and place not in seen["varies"] and (call[0] == "v" or _is_meant(call, meant))
    ]
    arguments = argument_lists(examples, exercise.entry_point) if results and num_held == len(results) else []
    verification = Verification(
        exercise_id=exercise.id,
        outcome=outcome,
        num_tried=sum(call is not None and not _is_meant(call, meant) for call in calls),
        num_returned=len(returned),
        num_examples=sum(example.form != "setup" for example in examples),
        num_examples_held=num_held,
        own_test=_own_test(exercise, seen),
        num_inputs=len(compared),
        num_solutions=0,
        num_solutions_run=0,
        num_solutions_agreeing=0,
        majority=Majority.UNASKED,
        traits=_traits(inputs, calls, seen),
        detail=detail or (wrong[0] if wrong else "") or seen["test"] or "",
    )
    shown = [place for place in compared if inputs[place] in arguments]
    return Observation(exercise, inputs, calls, compared, shown, verification)


def _own_test(exercise: Exercise, seen: Mapping[str, Any]) -> OwnTest:
    """What became of its own test, which is not run where nothing could be seen."""
    if not exercise.test or seen.get("outcome") != "passed":
        return OwnTest.NONE
    return OwnTest.PASSED if seen["test"] is None else OwnTest.FAILED


def _traits(inputs: Sequence[str], calls: Sequence[Call], seen: Mapping[str, Any]) -> tuple[str, ...]:
    kinds = [call[0] if call else "" for call in calls]
    found = {
        Trait.VARIES: bool(seen["varies"]),
        Trait.CHANGES_ARGUMENTS: any(call[0] == "v" and len(call) > 2 for call in calls if call),
        Trait.PRINTS: bool(seen.get("printed")),
        Trait.RAISES: "e" in kinds,
        Trait.SLOW: "t" in kinds or ("" in kinds and "outcome" in seen and seen["outcome"] == "passed"),
        Trait.UNCALLED: not inputs,
    }
    return tuple(trait.value for trait, holds in found.items() if holds)


def _is_meant(call: Call, meant: set[str]) -> bool:
    return call is not None and call[0] == "e" and call[1] in meant


def _errors_raised(code: str) -> set[str]:
    """The types of errors that the code raises by name: these are part of what it promises."""
    names = set()
    for node in nodes_of(code):
        if isinstance(node, ast.Raise) and node.exc is not None:
            error = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
            names |= {error.id} if isinstance(error, ast.Name) else set()
    return names


def build_test(inputs: Sequence[str], calls: Sequence[Call]) -> str:
    """Source of a test `check(candidate)`, as HumanEval's, that says what calls did; empty if none can be said.

    Left out are results that have no literal, floats inside of containers, and what is very long.

    Args:
        inputs: Argument lists as Python source.
        calls: What the function did with each (`sandbox/probes/calls.py`).
    """
    assertions = [
        text for given, call in zip(inputs, calls, strict=True) if (text := _assertion(given, call)) is not None
    ]
    short = [text for text in assertions if len(text) <= _MOST_CHARACTERS][:_MOST_ASSERTIONS]
    return f"def check(candidate):\n{''.join(short)}" if short else ""


def _assertion(given: str, call: Call) -> str | None:
    if not call:
        return None
    if call[0] == "e":
        return _raises(given, call[1])
    if call[0] != "v":
        return None
    result = call[1]
    if result is None and len(call) > 2:
        return _changes(given, call)
    is_iterator = isinstance(result, list) and result[:1] == ["i"]
    wanted = literal_of(["l", *result[1:]] if is_iterator else result)
    called = f"list(candidate({given}))" if is_iterator else f"candidate({given})"
    if wanted is None:
        return None
    if isinstance(result, list) and result[:1] == ["f"]:
        return f"    assert abs({called} - {_bracketed(wanted)}) <= {_TOLERANCE}\n"
    if has_float(result):
        return None
    return f"    assert {called} {'is' if result is None or isinstance(result, bool) else '=='} {wanted}\n"


def _bracketed(number: str) -> str:
    return f"({number})" if number.startswith("-") else number


def _changes(given: str, call: Sequence[object]) -> str | None:
    """For a function that changes its arguments in place and gives nothing back."""
    after = call[2]
    if not isinstance(after, list) or len(after) != 3 or after[2] != ["d"] or has_float(after):
        return None
    wanted = literal_of(["l", *after[1][1:]])
    if wanted is None:
        return None
    return f"    given = [{given}]\n    candidate(*given)\n    assert given == {wanted}\n"


def _raises(given: str, error: str) -> str | None:
    kind = getattr(builtins, error, None)
    if not (isinstance(kind, type) and issubclass(kind, Exception)):
        return None
    lines = ["try:", f"    candidate({given})", f"except {error}:", "    pass", "else:"]
    lines.append(f'    raise AssertionError("it should raise {error}")')
    return "".join(f"    {line}\n" for line in lines)
