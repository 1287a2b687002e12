"""Find texts whose function, run on a benchmark's own inputs, gives the benchmark's outputs.

Reads:  texts; the behaviours of problems (`benchmark_inputs.py`).
Writes: a match for each text, function and problem that behave the same; which functions surely do something else.

It finds restated stories, which share neither words nor shape with the problem. A text's functions and methods are run
once, on a few inputs that problems with the same kinds of arguments share (`probes.py`), in each order of up to three
parameters. Their outputs are looked up, and only a function that gives a problem's output is run on all inputs of that
problem; so the cost does not grow with the number of problems. Texts run in the sandbox, and what they give is compared
outside it: none sees the answer that it is held against. Whatever a text prints is dropped.

A benchmark's inputs are narrow, so that other tasks agree with a problem on all of them. What agrees is therefore held
against the problem on wide inputs too (`python_code/inputs.py`), where it must agree mostly.
"""

import ast
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hornbook.decontamination.benchmark_inputs import MAX_VALUE_CHARACTERS, Behaviour, output_of
from hornbook.decontamination.functions import ReadText
from hornbook.decontamination.matches import Detector, Match
from hornbook.decontamination.probes import ProbeGroup, choose_probes, look_up
from hornbook.decontamination.same_outputs import (
    SameOutputs,
    is_same,
    is_telling,
    most_raised,
    num_proving,
    same_outputs,
    telling_places,
)
from hornbook.python_code.functions import definition_of
from hornbook.python_code.values import values_agree
from hornbook.records import Outcome, Problem
from hornbook.sandbox.jail_tasks import Answer, outcome_of, run_tasks
from hornbook.sandbox.program import Report, Sandbox, ignore_progress

_TEXTS_AT_ONCE = 5000
"""So many answers are held at a time."""
_TEXTS_OF_PROGRAM = 100
"""So many texts share one program of the sandbox."""
_FEW_INPUTS = 4
"""Of a problem: on which a function is run before it is run on all; few come further."""
_FEWEST_LETTERS = 3
"""Of a parameter's name that says something."""


@dataclass(frozen=True, kw_only=True)
class BehaviourSearch:
    """What came of a search."""

    matches: tuple[Match, ...]
    """By text, then by problem, then in the order of the functions."""
    outcomes: Mapping[Outcome, int]
    """What became of the functions that take some problem's arguments: passed are those that returned at least once,
    timed out those that then came to no end; and of each text that could not be run."""
    cleared_problems: Mapping[tuple[int, str], int]
    """For a text and the name of a function the problems that it surely does not solve, as bits of an integer."""

    def cleared(self, text: int, function: str, problem: int) -> bool:
        """Whether the function returned on inputs of the problem or like them, and gave something else.

        So it is, too, if it gave the problem's outputs there and mostly others on wide inputs: what it computes is
        something else, of which the problem's inputs show nothing.

        False where it raised or came to no end, could not be called, was one of several of that name not all of which
        were run, or the problem does not tell.
        """
        return bool(self.cleared_problems.get((text, function), 0) >> problem & 1)


@dataclass(frozen=True, kw_only=True)
class BehaviourIndex:
    """Problems, ready to be searched for. It can be pickled."""

    behaviours: tuple[Behaviour, ...]
    parameters: tuple[tuple[str, ...], ...]
    """Names of the parameters of each problem's function."""
    groups: tuple[ProbeGroup, ...]

    @property
    def num_telling(self) -> int:
        """Problems for which behaviour can tell."""
        return sum(map(is_telling, self.behaviours))

    def search(
        self,
        texts: Sequence[ReadText],
        sandbox: Sandbox,
        progress: Callable[[int, int], None] = ignore_progress,
    ) -> BehaviourSearch:
        """Run the texts' functions on the probes, and those that may solve a problem on all its inputs.

        Args:
            texts: Modules, or prose with fenced code.
            sandbox: Entered.
            progress: Told the number of texts that are done, and of all.

        Returns:
            What was found. Deterministic as far as the texts' code is.

        Raises:
            SandboxError: The sandbox broke down. No match or outcome is made of that.
        """
        seen = _Seen(self)
        for start in range(0, len(texts), _TEXTS_AT_ONCE):
            part = range(start, min(start + _TEXTS_AT_ONCE, len(texts)))
            seen.look(texts, part, sandbox, lambda done, _, start=start: progress(start + done, len(texts)))  # type: ignore[misc]
        progress(len(texts), len(texts))
        return seen.result()


@dataclass(frozen=True, slots=True)
class _Suspect:
    """A function that gave a problem's output for some probe."""

    text: int
    path: str
    order: tuple[int, ...]
    problem: int


def make_index(
    behaviours: Sequence[Behaviour],
    sandbox: Sandbox,
    progress: Callable[[int, int], None] = ignore_progress,
) -> BehaviourIndex:
    """Choose the probes for the problems that tell (`is_telling`); the others are left out.

    Args:
        behaviours: Of the problems; a match names one by its place here.
        sandbox: Entered.
        progress: Told the number of solutions that have been run, and of all.

    Raises:
        SandboxError: The sandbox broke down.
    """
    telling = [place for place, behaviour in enumerate(behaviours) if is_telling(behaviour)]
    groups = choose_probes(behaviours, [num_proving(one) for one in behaviours], telling, sandbox, progress)
    parameters = tuple(parameters_of(behaviour.problem) for behaviour in behaviours)
    return BehaviourIndex(behaviours=tuple(behaviours), parameters=parameters, groups=groups)


class _Seen:
    """What has been seen so far of the texts of one search."""

    def __init__(self, index: BehaviourIndex) -> None:
        self._index = index
        groups = [
            {"kinds": group.kinds, "probes": [probe.text for probe in group.probes]}
            for group in index.groups
            if group.probes
        ]
        self._groups = [group for group in index.groups if group.probes]
        self._shared = {"groups": groups, "only": "", "reorder": True}
        self._places: dict[int, list[int]] = {}
        self._matches: list[Match] = []
        self._matched: set[tuple[int, str, int]] = set()
        self._outcomes: Counter[Outcome] = Counter()
        self._cleared: dict[tuple[int, str], int] = {}

    def result(self) -> BehaviourSearch:
        """All of it."""
        matches = sorted(self._matches, key=lambda match: (match.text, match.problem))
        cleared = {place: problems for place, problems in self._cleared.items() if problems}
        return BehaviourSearch(matches=tuple(matches), outcomes=self._outcomes, cleared_problems=cleared)

    def look(
        self, texts: Sequence[ReadText], part: Sequence[int], sandbox: Sandbox, progress: Callable[[int, int], None]
    ) -> None:
        """Run a part of the texts."""
        if not self._groups:
            return
        modules = {text: list(texts[text].modules) for text in part if texts[text].functions}
        tasks = [{"modules": found} for found in modules.values()]
        answers = run_tasks(
            "probes", tasks, sandbox, batch_size=_TEXTS_OF_PROGRAM, progress=progress, shared=self._shared
        )
        suspects: list[_Suspect] = []
        for text, answer in zip(modules, answers, strict=True):
            suspects += self._note(text, texts[text], answer)
        left = [one for one, calls in self._called(suspects, modules, sandbox, self._few) if self._may_be(one, calls)]
        for suspect, calls in self._called(left, modules, sandbox, self._all):
            self._compare(texts[suspect.text], suspect, calls)

    def _called(
        self,
        suspects: Sequence[_Suspect],
        modules: Mapping[int, list[str]],
        sandbox: Sandbox,
        parts_of: Callable[[int], list[list[Any]]],
    ) -> Iterator[tuple[_Suspect, list[Any] | None]]:
        """Run suspects on parts of their problems' inputs; None for calls that brought the program down."""
        by_text: dict[int, list[_Suspect]] = {}
        for suspect in suspects:
            by_text.setdefault(suspect.text, []).append(suspect)
        alone: list[list[_Suspect]] = list(by_text.values())
        while alone:
            tasks = [
                {
                    "modules": modules[some[0].text],
                    "runs": [[one.path, one.order, parts_of(one.problem)] for one in some],
                    "max_characters": MAX_VALUE_CHARACTERS,
                }
                for some in alone
            ]
            answers = run_tasks("behaviours", tasks, sandbox, batch_size=_TEXTS_OF_PROGRAM, progress=ignore_progress)
            failed = [some for some, answer in zip(alone, answers, strict=True) if isinstance(answer, Report)]
            for some, answer in zip(alone, answers, strict=True):
                if not isinstance(answer, Report):
                    yield from zip(some, answer["runs"], strict=True)
            yield from ((some[0], None) for some in failed if len(some) == 1)
            # What fails together with other problems is run again with each alone.
            alone = [[one] for some in failed if len(some) > 1 for one in some]

    def _note(self, text: int, read: ReadText, answer: Answer) -> Iterator[_Suspect]:
        """Look the outputs for the probes up."""
        if isinstance(answer, Report):
            self._outcomes[outcome_of(answer)[0]] += 1
            return
        if not answer["runs"]:
            outcome, _ = outcome_of(answer)
            self._outcomes[outcome] += outcome is not Outcome.PASSED
        results_of: dict[str, list[Any]] = {}
        cleared: dict[str, int] = {}
        for path, place, order, names, results in answer["runs"]:
            results_of.setdefault(path, []).extend(results)
            survivors, others = look_up(self._groups[place], results)
            # A survivor is cleared until all its outputs are known.
            cleared[path] = cleared.get(path, 0) | others | survivors
            for problem in _bits(survivors):
                if may_stand_for(names, order, self._index.parameters[problem]):
                    yield _Suspect(text, path, tuple(order), problem)
        for results in results_of.values():
            self._outcomes[_outcome(results)] += 1
        self._clear(text, read, cleared)

    def _clear(self, text: int, read: ReadText, cleared: Mapping[str, int]) -> None:
        """Note what is cleared by name; of several functions with one name all must have been run."""
        num_run = Counter(map(name_of, cleared))
        num_there = Counter(function.name for function in read.functions)  # those too that cannot be called alone
        for path, problems in cleared.items():
            name = name_of(path)
            if num_there[name] <= num_run[name]:
                self._cleared[text, name] = self._cleared.get((text, name), problems) & problems

    def _few_places(self, problem: int) -> list[int]:
        if problem not in self._places:
            behaviour = self._index.behaviours[problem]
            self._places[problem] = telling_places(behaviour.outputs[: num_proving(behaviour)], _FEW_INPUTS)
        return self._places[problem]

    def _few(self, problem: int) -> list[list[Any]]:
        behaviour = self._index.behaviours[problem]
        return [[0, [behaviour.inputs[place] for place in self._few_places(problem)]]]

    def _all(self, problem: int) -> list[list[Any]]:
        behaviour = self._index.behaviours[problem]
        wide = behaviour.wide_inputs
        known, num_own = behaviour.inputs, behaviour.num_own
        return [[0, known[:num_own]], [most_raised(behaviour), known[num_own:]], [len(wide), wide]]

    def _may_be(self, suspect: _Suspect, calls: list[Any] | None) -> bool:
        """Whether all of the first few outputs are right."""
        behaviour = self._index.behaviours[suspect.problem]
        wanted = [behaviour.outputs[place] for place in self._few_places(suspect.problem)]
        outputs = list(map(output_of, calls or []))
        num_equal = sum(values_agree(*pair) for pair in zip(outputs, wanted, strict=False))
        is_left = num_equal == len(wanted)
        if not is_left and num_equal == sum(output is not None for output in outputs):
            self._keep_uncleared(suspect)
        return is_left

    def _compare(self, read: ReadText, suspect: _Suspect, calls: list[Any] | None) -> None:
        """Hold the calls with all inputs against the problem's outputs."""
        behaviour = self._index.behaviours[suspect.problem]
        same = same_outputs(list(map(output_of, calls or [])), behaviour)
        if is_same(same, behaviour):
            self._keep_uncleared(suspect)
            if (suspect.text, suspect.path, suspect.problem) not in self._matched:
                self._matched.add((suspect.text, suspect.path, suspect.problem))
                self._matches.append(_match(suspect, read, behaviour, same))
        elif not same.num_different:
            self._keep_uncleared(suspect)

    def _keep_uncleared(self, suspect: _Suspect) -> None:
        place = (suspect.text, name_of(suspect.path))
        self._cleared[place] = self._cleared.get(place, 0) & ~(1 << suspect.problem)


def _bits(problems: int) -> Iterator[int]:
    while problems:
        bit = problems & -problems
        yield bit.bit_length() - 1
        problems ^= bit


def _outcome(results: Sequence[str | bool | None]) -> Outcome:
    if any(isinstance(key, str) for key in results):
        return Outcome.PASSED
    return Outcome.CPU_TIMED_OUT if False in results else Outcome.RAISED


def _match(suspect: _Suspect, read: ReadText, behaviour: Behaviour, same: SameOutputs) -> Match:
    num_equal, num_inputs = same.num_own + same.num_made, len(behaviour.inputs)
    evidence = f"equal on {num_equal} of {num_inputs} inputs, {behaviour.num_outputs} different outputs"
    if same.num_wide_returned:
        evidence += f"; on {same.num_wide} of {same.num_wide_returned} beyond the benchmark's"
    return Match(
        text=suspect.text,
        problem=suspect.problem,
        detector=Detector.BEHAVIOUR,
        score=num_equal / num_inputs,
        evidence=evidence,
        function=name_of(suspect.path),
        window=window_of(read, suspect.path),
    )


def name_of(path: str) -> str:
    """The function's own name; `path` has its class before it, if any."""
    return path.rpartition(".")[2]


def window_of(text: ReadText, path: str) -> tuple[int, int]:
    """First character of the last function of that name, and the one after its last; the whole text if it has none."""
    found = [function for function in text.functions if function.name == name_of(path)]
    return found[-1].window if found else (0, len(text.text))


def parameters_of(problem: Problem) -> tuple[str, ...]:
    """Names of the parameters of the problem's function, by their place."""
    function = definition_of(problem.prompt + problem.canonical_solution, problem.entry_point)
    if not isinstance(function, ast.FunctionDef):
        return ()
    return tuple(one.arg for one in [*function.args.posonlyargs, *function.args.args])


def may_stand_for(own: Sequence[str], order: Sequence[int], parameters: Sequence[str]) -> bool:
    """Whether a function's parameters may be given a problem's arguments in this order.

    A parameter that has the name of one of the problem's is that one, unless the name is so short that it says nothing:
    `surplus(stock, wanted)` is not `shortage(stock, wanted)` because it would be with its arguments exchanged.
    """
    if list(order) == sorted(order):
        return True
    return not any(
        len(name) >= _FEWEST_LETTERS and name in parameters and parameters.index(name) != place
        for name, place in zip(own, order, strict=False)
    )
