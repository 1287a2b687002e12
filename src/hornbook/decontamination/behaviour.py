"""Find records whose function, run on a benchmark's own inputs, gives the benchmark's outputs.

Reads:  records' texts; the behaviours of problems (`benchmark_inputs.py`); the pairs to compare.
Writes: a match for each record, function and problem that behave the same.

It finds restated stories, which share neither words nor shape with the problem. Records run in the sandbox, and what
they give is compared outside it, so that no record sees the answer that it is held against. Whatever a record prints is
dropped. Parameters in another order are not found.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hornbook.decontamination.benchmark_inputs import MAX_VALUE_CHARACTERS, Behaviour, arguments_of, output_of
from hornbook.decontamination.record_functions import functions_of, modules_in
from hornbook.errors import ConfigError
from hornbook.observers.agreement import values_agree
from hornbook.observers.function_tasks import outcome_of
from hornbook.observers.jail_tasks import Answer, run_tasks
from hornbook.records import Outcome
from hornbook.sandbox.program import Report, Sandbox, ignore_progress


@dataclass(frozen=True, kw_only=True)
class BehaviourConfig:
    """When two functions behave the same, and which problems can tell."""

    min_score: float = 1.0
    """Share of the inputs with the problem's output."""
    min_inputs: int = 5
    min_outputs: int = 3
    """Different ones: what a problem answers with yes or no, too many functions do."""
    max_inputs_per_task: int = 48
    """Of one run of a function; bounds what it can print and how long it takes."""
    batch_size: int = 40
    """Runs that share one program."""

    def __post_init__(self) -> None:
        if not 0 < self.min_score <= 1:
            raise ConfigError(f"`min_score` must lie in (0, 1], got {self.min_score!r}")
        for name in ("min_inputs", "min_outputs", "max_inputs_per_task", "batch_size"):
            if getattr(self, name) < 1:
                raise ConfigError(f"`{name}` must be at least 1, got {getattr(self, name)!r}")


@dataclass(frozen=True, kw_only=True)
class SameBehaviour:
    """A function of a record that does what a problem asks for."""

    record: int
    """Index of the record."""
    problem: int
    """Index of the behaviour."""
    task_id: str
    function: str
    score: float
    num_inputs: int
    num_outputs: int
    evidence: str
    """`equal on 11 of 11 inputs, 7 different outputs`."""


@dataclass(frozen=True, kw_only=True)
class BehaviourSearch:
    """What came of comparing."""

    matches: tuple[SameBehaviour, ...]
    """By record, then by problem, then in the order of the functions."""
    outcomes: Mapping[Outcome, int]
    """What became of the pairs of a function and a problem; passed are those that returned to the last input."""


@dataclass(frozen=True)
class _Run:
    """One function, to be run on the inputs of some problems."""

    record: int
    function: str
    problems: tuple[int, ...]


def is_telling(behaviour: Behaviour, config: BehaviourConfig) -> bool:
    """Whether to behave like this problem proves anything."""
    return (
        len(behaviour.inputs) >= config.min_inputs
        and behaviour.num_outputs >= config.min_outputs
        and not behaviour.is_identity
    )


def same_behaviour(
    records: Sequence[str],
    behaviours: Sequence[Behaviour],
    pairs: Iterable[tuple[int, int]],
    sandbox: Sandbox,
    config: BehaviourConfig,
    progress: Callable[[int, int], None] = ignore_progress,
) -> BehaviourSearch:
    """Run the records' functions on the problems' inputs, and find those that give the problems' outputs.

    A pair is given up as soon as too many of its calls raise, or one does not end. What fails together with other
    problems is run again with each alone.

    Args:
        records: Texts: modules, or prose with fenced code.
        behaviours: Of the problems; those that do not tell (`is_telling`) are left out.
        pairs: Indices of a record and a behaviour, as from `record_functions.candidates`.
        sandbox: Entered.
        config: When it is a match.
        progress: Told the number of runs that are done, and of all.

    Returns:
        The matches and what became of all pairs. Deterministic as far as the records' code is.

    Raises:
        SandboxError: The sandbox broke down. No match or outcome is made of that.
    """
    modules: dict[int, list[str]] = {}
    runs = list(_runs(records, behaviours, pairs, modules, config))

    def answers(runs: Sequence[_Run], progress: Callable[[int, int], None]) -> list[Answer]:
        tasks = [_task(run, modules[run.record], behaviours, config) for run in runs]
        return run_tasks("behaviours", tasks, sandbox, batch_size=config.batch_size, progress=progress)

    found = list(zip(runs, answers(runs, progress), strict=True))
    failed = [run for run, answer in found if isinstance(answer, Report) and len(run.problems) > 1]
    alone = [_Run(run.record, run.function, (place,)) for run in failed for place in run.problems]
    found = [(run, answer) for run, answer in found if not (isinstance(answer, Report) and len(run.problems) > 1)]
    found += zip(alone, answers(alone, ignore_progress), strict=True)
    matches: list[SameBehaviour] = []
    outcomes: Counter[Outcome] = Counter()
    for run, answer in found:
        outcome, _ = outcome_of(answer)
        if not isinstance(answer, dict) or outcome is not Outcome.PASSED:
            outcomes[outcome] += len(run.problems)
            continue
        for place, calls in zip(run.problems, answer["groups"], strict=True):
            outcomes[_outcome(calls, len(behaviours[place].inputs))] += 1
            match = _match(run, place, behaviours[place], calls)
            matches += [match] if match.score >= config.min_score else []
    return BehaviourSearch(matches=tuple(sorted(matches, key=lambda one: (one.record, one.problem))), outcomes=outcomes)


def _runs(
    records: Sequence[str],
    behaviours: Sequence[Behaviour],
    pairs: Iterable[tuple[int, int]],
    modules: dict[int, list[str]],
    config: BehaviourConfig,
) -> Iterable[_Run]:
    """Every function with the problems it may solve, as many at once as one run can bear; notes the modules."""
    telling = {place for place, behaviour in enumerate(behaviours) if is_telling(behaviour, config)}
    arguments = {place: list(map(arguments_of, behaviours[place].inputs)) for place in telling}
    wanted: dict[int, dict[int, None]] = {}
    for record, place in pairs:
        if place in telling:
            wanted.setdefault(record, {})[place] = None
    for record, places in wanted.items():
        modules[record] = modules_in(records[record])
        for function in functions_of(modules[record]):
            together: list[int] = []
            num_inputs = 0
            for place in places:
                if not all(map(function.takes_number, map(len, arguments[place]))):
                    continue
                if together and num_inputs + len(arguments[place]) > config.max_inputs_per_task:
                    yield _Run(record, function.name, tuple(together))
                    together, num_inputs = [], 0
                together.append(place)
                num_inputs += len(arguments[place])
            if together:
                yield _Run(record, function.name, tuple(together))


def _task(run: _Run, modules: list[str], behaviours: Sequence[Behaviour], config: BehaviourConfig) -> dict[str, Any]:
    groups = []
    for place in run.problems:
        inputs = behaviours[place].inputs
        most_failures = int((1 - config.min_score) * len(inputs) + 1e-9)
        groups.append([most_failures, list(inputs)])
    return {"modules": modules, "name": run.function, "groups": groups, "max_characters": MAX_VALUE_CHARACTERS}


def _outcome(calls: Sequence[list[Any]], num_inputs: int) -> Outcome:
    """What became of a pair whose function could be called."""
    if calls[-1] == ["t"]:
        return Outcome.CPU_TIMED_OUT
    return Outcome.PASSED if len(calls) == num_inputs and calls[-1][0] == "v" else Outcome.RAISED


def _match(run: _Run, place: int, behaviour: Behaviour, calls: Sequence[list[Any]]) -> SameBehaviour:
    outputs = [output_of(call) for call in calls]
    num_equal = sum(values_agree(*pair) for pair in zip(outputs, behaviour.outputs, strict=False))
    num_inputs = len(behaviour.inputs)
    return SameBehaviour(
        record=run.record,
        problem=place,
        task_id=behaviour.problem.task_id,
        function=run.function,
        score=num_equal / num_inputs,
        num_inputs=num_inputs,
        num_outputs=behaviour.num_outputs,
        evidence=f"equal on {num_equal} of {num_inputs} inputs, {behaviour.num_outputs} different outputs",
    )
