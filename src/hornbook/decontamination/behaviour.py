"""Find texts whose function, run on a benchmark's own inputs, gives the benchmark's outputs.

Reads:  texts; the behaviours of problems (`benchmark_inputs.py`).
Writes: a match for each text, function and problem that behave the same; which functions surely do something else.

It finds restated stories, which share neither words nor shape with the problem. A text's functions and methods are run
once, on a few inputs that problems with the same kinds of arguments share (`probes.py`), in each order of up to three
parameters. Their outputs are looked up, and only a function that gives a problem's output is run on all inputs of that
problem; so the cost does not grow with the number of problems. Texts run in the sandbox, and what they give is compared
outside it: none sees the answer that it is held against. Whatever a text prints is dropped.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hornbook.decontamination.benchmark_inputs import MAX_VALUE_CHARACTERS, Behaviour, output_of
from hornbook.decontamination.functions import ReadText
from hornbook.decontamination.matches import Detector, Match
from hornbook.decontamination.probes import ProbeGroup, choose_probes
from hornbook.decontamination.record_functions import (
    may_stand_for,
    name_of,
    num_of_name,
    parameters_of,
    window_of,
)
from hornbook.errors import ConfigError
from hornbook.observers.agreement import values_agree
from hornbook.observers.function_tasks import outcome_of
from hornbook.observers.jail_tasks import Answer, run_tasks
from hornbook.records import Outcome
from hornbook.sandbox.program import Report, Sandbox, ignore_progress

_TEXTS_AT_ONCE = 5000
"""So many answers are held at a time."""


@dataclass(frozen=True, kw_only=True)
class BehaviourConfig:
    """When two functions behave the same, and which problems can tell."""

    min_score: float = 1.0
    """Share of the inputs with the problem's output."""
    min_inputs: int = 5
    min_bits: float = 10.0
    """Least `Behaviour.information` of a problem that tells: ten inputs that are answered with yes and no equally often,
    or five with four different outputs."""
    batch_size: int = 100
    """Texts that share one program."""

    def __post_init__(self) -> None:
        if not 0 < self.min_score <= 1:
            raise ConfigError(f"`min_score` must lie in (0, 1], got {self.min_score!r}")
        for name in ("min_inputs", "batch_size"):
            if getattr(self, name) < 1:
                raise ConfigError(f"`{name}` must be at least 1, got {getattr(self, name)!r}")
        if not self.min_bits > 0:
            raise ConfigError(f"`min_bits` must be above 0, got {self.min_bits!r}")


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

        False where it raised or came to no end, could not be called, was one of several of that name not all of which
        were run, or the problem does not tell.
        """
        return bool(self.cleared_problems.get((text, function), 0) >> problem & 1)

    def was_run(self, text: int, function: str) -> bool:
        """Whether the function ran, and it is known of some problem that it does not solve it."""
        return (text, function) in self.cleared_problems


@dataclass(frozen=True, kw_only=True)
class BehaviourIndex:
    """Problems, ready to be searched for. It can be pickled."""

    behaviours: tuple[Behaviour, ...]
    config: BehaviourConfig
    parameters: tuple[tuple[str, ...], ...]
    """Names of the parameters of each problem's function."""
    groups: tuple[ProbeGroup, ...]

    @property
    def num_telling(self) -> int:
        """Problems for which behaviour can tell."""
        return sum(is_telling(behaviour, self.config) for behaviour in self.behaviours)

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


def is_telling(behaviour: Behaviour, config: BehaviourConfig) -> bool:
    """Whether to behave like this problem proves anything."""
    return (
        len(behaviour.inputs) >= config.min_inputs
        and behaviour.information >= config.min_bits
        and not behaviour.is_identity
    )


def make_index(
    behaviours: Sequence[Behaviour],
    config: BehaviourConfig,
    sandbox: Sandbox,
    progress: Callable[[int, int], None] = ignore_progress,
) -> BehaviourIndex:
    """Choose the probes for the problems that tell (`is_telling`); the others are left out.

    Args:
        behaviours: Of the problems; a match names one by its place here.
        config: When it is a match.
        sandbox: Entered.
        progress: Told the number of solutions that have been run, and of all.

    Raises:
        SandboxError: The sandbox broke down.
    """
    telling = [place for place, behaviour in enumerate(behaviours) if is_telling(behaviour, config)]
    groups = choose_probes(behaviours, telling, sandbox, progress)
    parameters = tuple(parameters_of(behaviour.problem) for behaviour in behaviours)
    return BehaviourIndex(behaviours=tuple(behaviours), config=config, parameters=parameters, groups=groups)


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
        self._strict = sum(
            1 << place for place, behaviour in enumerate(index.behaviours) if self._most_failures(behaviour) == 0
        )
        self._matches: list[Match] = []
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
        size = self._index.config.batch_size
        modules = {text: list(texts[text].modules) for text in part if texts[text].functions}
        tasks = [{"modules": found} for found in modules.values()]
        answers = run_tasks("probes", tasks, sandbox, batch_size=size, progress=progress, shared=self._shared)
        suspects: list[_Suspect] = []
        for text, answer in zip(modules, answers, strict=True):
            suspects += self._note(text, texts[text], answer)
        by_text: dict[int, list[_Suspect]] = {}
        for suspect in suspects:
            by_text.setdefault(suspect.text, []).append(suspect)
        alone: list[list[_Suspect]] = list(by_text.values())
        while alone:
            tasks = [self._task(modules[some[0].text], some) for some in alone]
            answers = run_tasks("behaviours", tasks, sandbox, batch_size=size, progress=ignore_progress)
            failed = [some for some, answer in zip(alone, answers, strict=True) if isinstance(answer, Report)]
            for some, answer in zip(alone, answers, strict=True):
                if not isinstance(answer, Report):
                    self._compare(texts[some[0].text], some, answer["runs"])
            for some in failed:
                self._keep_uncleared(some)
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
            survivors, others = _look_up(self._groups[place], results, self._strict)
            cleared[path] = cleared.get(path, 0) | others
            for problem in _bits(survivors):
                if may_stand_for(names, order, self._index.parameters[problem]):
                    yield _Suspect(text, path, tuple(order), problem)
        for results in results_of.values():
            self._outcomes[_outcome(results)] += 1
        self._clear(text, read, cleared)

    def _clear(self, text: int, read: ReadText, cleared: Mapping[str, int]) -> None:
        """Note what is cleared by name; of several functions with one name all must have been run."""
        num_run = Counter(map(name_of, cleared))
        num_there = num_of_name(read)
        for path, problems in cleared.items():
            name = name_of(path)
            if num_there[name] <= num_run[name]:
                self._cleared[text, name] = self._cleared.get((text, name), problems) & problems

    def _task(self, modules: list[str], suspects: Sequence[_Suspect]) -> dict[str, Any]:
        runs = []
        for suspect in suspects:
            behaviour = self._index.behaviours[suspect.problem]
            runs.append([suspect.path, suspect.order, self._most_failures(behaviour), behaviour.inputs])
        return {"modules": modules, "runs": runs, "max_characters": MAX_VALUE_CHARACTERS}

    def _most_failures(self, behaviour: Behaviour) -> int:
        return int((1 - self._index.config.min_score) * len(behaviour.inputs) + 1e-9)

    def _compare(self, read: ReadText, suspects: Sequence[_Suspect], runs: Sequence[list[Any] | None]) -> None:
        """Hold the calls with all inputs against the problems' outputs."""
        matched: set[tuple[str, int]] = set()
        for suspect, calls in zip(suspects, runs, strict=True):
            behaviour = self._index.behaviours[suspect.problem]
            outputs = [output_of(call) for call in calls or []]
            equal = [values_agree(*pair) for pair in zip(outputs, behaviour.outputs, strict=False)]
            if sum(equal) / len(behaviour.inputs) >= self._index.config.min_score:
                self._keep_uncleared([suspect])
                if (suspect.path, suspect.problem) not in matched:
                    matched.add((suspect.path, suspect.problem))
                    self._matches.append(_match(suspect, read, behaviour, sum(equal)))
            elif all(output is None or same for output, same in zip(outputs, equal, strict=False)):
                self._keep_uncleared([suspect])

    def _keep_uncleared(self, suspects: Sequence[_Suspect]) -> None:
        for suspect in suspects:
            place = (suspect.text, name_of(suspect.path))
            self._cleared[place] = self._cleared.get(place, 0) & ~(1 << suspect.problem)


def _look_up(group: ProbeGroup, results: Sequence[str | bool | None], strict: int) -> tuple[int, int]:
    """The problems that a function may solve by its results, and those that it does not, as bits.

    A wrong result on an input of the problem's own is proof where one failure is too many. One on an input that only
    looks like its inputs is none, but half of the results must be right.
    """
    right, wrong, differing = ([-1] + [0] * len(results) for _ in range(3))
    wrong_on_own = differing_on_own = 0
    for probe, key in zip(group.probes, results, strict=False):
        if key is False:
            continue
        same = probe.problems_by_key.get(key, 0) if isinstance(key, str) else 0
        other = probe.speaks_for & ~same
        _count(right, same)
        _count(wrong, other)
        wrong_on_own |= probe.own & other
        if key is not None:
            _count(differing, other)
            differing_on_own |= probe.own & other
    survivors = 0
    for number in range(1, len(results) + 1):
        too_many = wrong[number + 1] if number < len(results) else 0
        survivors |= right[number] & ~too_many
    survivors &= ~(wrong_on_own & strict)
    surely = differing_on_own & strict
    return survivors, (surely | (differing[2] if len(results) > 1 else 0)) & ~survivors


def _count(at_least: list[int], problems: int) -> None:
    """Count once more for each of the problems; entry n has those with a count of at least n."""
    for number in range(len(at_least) - 1, 0, -1):
        at_least[number] |= at_least[number - 1] & problems


def _bits(problems: int) -> Iterator[int]:
    while problems:
        bit = problems & -problems
        yield bit.bit_length() - 1
        problems ^= bit


def _outcome(results: Sequence[str | bool | None]) -> Outcome:
    if any(isinstance(key, str) for key in results):
        return Outcome.PASSED
    return Outcome.CPU_TIMED_OUT if False in results else Outcome.RAISED


def _match(suspect: _Suspect, read: ReadText, behaviour: Behaviour, num_equal: int) -> Match:
    num_inputs = len(behaviour.inputs)
    return Match(
        text=suspect.text,
        problem=suspect.problem,
        detector=Detector.BEHAVIOUR,
        score=num_equal / num_inputs,
        evidence=f"equal on {num_equal} of {num_inputs} inputs, {behaviour.num_outputs} different outputs",
        function=name_of(suspect.path),
        window=window_of(read, suspect.path),
    )
