"""Find texts whose function, run on a benchmark's own inputs, gives the benchmark's outputs.

This finds retold problems, which share neither words nor shape with the original. A text's functions and methods are
run once, on a few inputs that problems with the same kinds of arguments share (`probes.py`), in each order of up to
three parameters. Their outputs are looked up, and only a function that gives a problem's output is run on all inputs of
that problem, so that the cost does not grow with the number of problems. Texts run in the sandbox, and their outputs
are compared outside it: no text sees the answer that it is compared with. Whatever a text prints is dropped.

A benchmark's inputs are narrow, so that other tasks agree with a problem on all of them. A function that agrees is
therefore compared on wide inputs too (`python_code/inputs.py`), where it must agree mostly.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hornbook.decontamination.benchmark_inputs import MAX_VALUE_CHARACTERS, Behaviour, output_of, parameters_of
from hornbook.decontamination.functions import ReadText
from hornbook.decontamination.probes import ProbeGroup, bits, choose_probes, look_up
from hornbook.decontamination.rule import Detector, Match
from hornbook.decontamination.same_outputs import (
    SameOutputs,
    is_same,
    is_telling,
    most_raised,
    num_proving,
    same_outputs,
    telling_places,
)
from hornbook.python_code.values import values_agree
from hornbook.sandbox.jail_tasks import Answer, run_tasks
from hornbook.sandbox.program import Report, Sandbox

_TEXTS_OF_PROGRAM = 100
"""Texts that share one program of the sandbox."""
_FEW_INPUTS = 4
"""Inputs of a problem on which a function is run before it is run on all; few functions come further."""
_FEWEST_LETTERS = 3
"""Of a parameter's name that says something."""


@dataclass(frozen=True, kw_only=True)
class BehaviourSearch:
    """What a search found."""

    matches: tuple[Match, ...]
    """By text, then by problem, then in the order of the functions."""
    cleared_problems: Mapping[tuple[int, str], int]
    """For a text and the name of a function the problems that it surely does not solve, as bits of an integer."""

    def cleared(self, text: int, function: str, problem: int) -> bool:
        """Whether the function returned for inputs of the problem or similar ones, and returned something else.

        This includes a function that gives the problem's outputs there and mostly others on wide inputs: it computes
        something else, which the problem's inputs do not show.

        False where it raised or did not end, could not be called, was one of several of that name not all of which
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

    def search(self, texts: Sequence[ReadText], sandbox: Sandbox) -> BehaviourSearch:
        """Run the texts' functions on the probes, and those that may solve a problem on all its inputs.

        Args:
            texts: Modules, or prose with fenced code.
            sandbox: Entered.

        Returns:
            Deterministic as far as the texts' code is.

        Raises:
            SandboxError: The sandbox broke down. No match is made of that.
        """
        search = _Search(self, texts, sandbox)
        search.run()
        matches = sorted(search.matches, key=lambda match: (match.text, match.problem))
        cleared = {place: problems for place, problems in search.cleared.items() if problems}
        return BehaviourSearch(matches=tuple(matches), cleared_problems=cleared)


@dataclass(frozen=True, slots=True)
class _Suspect:
    """A function that gave a problem's output for some probe."""

    text: int
    path: str
    order: tuple[int, ...]
    problem: int


def make_index(behaviours: Sequence[Behaviour], sandbox: Sandbox) -> BehaviourIndex:
    """Choose the probes for the problems that tell (`is_telling`); the others are left out.

    Args:
        behaviours: Of the problems; a match names one by its index here.
        sandbox: Entered.

    Raises:
        SandboxError: The sandbox broke down.
    """
    telling = [place for place, behaviour in enumerate(behaviours) if is_telling(behaviour)]
    groups = choose_probes(behaviours, [num_proving(one) for one in behaviours], telling, sandbox)
    parameters = tuple(parameters_of(behaviour.problem) for behaviour in behaviours)
    return BehaviourIndex(behaviours=tuple(behaviours), parameters=parameters, groups=groups)


class _Search:
    """The state of one search."""

    def __init__(self, index: BehaviourIndex, texts: Sequence[ReadText], sandbox: Sandbox) -> None:
        self.matches: list[Match] = []
        self.cleared: dict[tuple[int, str], int] = {}
        self._index = index
        self._texts = texts
        self._sandbox = sandbox
        self._groups = [group for group in index.groups if group.probes]
        self._places: dict[int, list[int]] = {}
        self._matched: set[tuple[int, str, int]] = set()

    def run(self) -> None:
        """Run the functions on the probes, suspects on a few inputs of their problems, then on all of them."""
        if not self._groups:
            return
        probes = [{"kinds": one.kinds, "probes": [probe.text for probe in one.probes]} for one in self._groups]
        shared = {"groups": probes, "only": "", "reorder": True}
        places = [place for place, read in enumerate(self._texts) if read.functions]
        tasks = [{"modules": self._texts[place].modules} for place in places]
        answers = run_tasks("probes", tasks, self._sandbox, batch_size=_TEXTS_OF_PROGRAM, shared=shared)
        suspects: list[_Suspect] = []
        for place, answer in zip(places, answers, strict=True):
            suspects += self._look_up(place, answer)
        left = [one for one, calls in self._called(suspects, self._few) if self._may_be(one, calls)]
        for suspect, calls in self._called(left, self._all):
            self._compare(suspect, calls)

    def _called(
        self,
        suspects: Sequence[_Suspect],
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
                    "modules": self._texts[some[0].text].modules,
                    "runs": [[one.path, one.order, parts_of(one.problem)] for one in some],
                    "max_characters": MAX_VALUE_CHARACTERS,
                }
                for some in alone
            ]
            answers = run_tasks("behaviours", tasks, self._sandbox, batch_size=_TEXTS_OF_PROGRAM)
            failed = [some for some, answer in zip(alone, answers, strict=True) if isinstance(answer, Report)]
            for some, answer in zip(alone, answers, strict=True):
                if not isinstance(answer, Report):
                    yield from zip(some, answer["runs"], strict=True)
            yield from ((some[0], None) for some in failed if len(some) == 1)
            # What fails together with other problems is run again with each alone.
            alone = [[one] for some in failed if len(some) > 1 for one in some]

    def _look_up(self, text: int, answer: Answer) -> Iterator[_Suspect]:
        """Look the outputs for the probes up."""
        if isinstance(answer, Report):
            return
        cleared: dict[str, int] = {}
        for path, place, order, names, results in answer["runs"]:
            survivors, others = look_up(self._groups[place], results)
            # A survivor is cleared until all its outputs are known.
            cleared[path] = cleared.get(path, 0) | others | survivors
            for problem in bits(survivors):
                if may_stand_for(names, order, self._index.parameters[problem]):
                    yield _Suspect(text, path, tuple(order), problem)
        self._clear(text, cleared)

    def _clear(self, text: int, cleared: Mapping[str, int]) -> None:
        """Note what is cleared by name; of several functions with one name all must have been run."""
        num_run = Counter(map(name_of, cleared))
        # Those that cannot be called alone are counted, too.
        num_there = Counter(function.name for function in self._texts[text].functions)
        for path, problems in cleared.items():
            name = name_of(path)
            if num_there[name] <= num_run[name]:
                self.cleared[text, name] = self.cleared.get((text, name), problems) & problems

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

    def _compare(self, suspect: _Suspect, calls: list[Any] | None) -> None:
        """Hold the calls with all inputs against the problem's outputs."""
        behaviour = self._index.behaviours[suspect.problem]
        same = same_outputs(list(map(output_of, calls or [])), behaviour)
        if is_same(same, behaviour):
            self._keep_uncleared(suspect)
            if (suspect.text, suspect.path, suspect.problem) not in self._matched:
                self._matched.add((suspect.text, suspect.path, suspect.problem))
                self.matches.append(_match(suspect, self._texts[suspect.text], behaviour, same))
        elif not same.num_different:
            self._keep_uncleared(suspect)

    def _keep_uncleared(self, suspect: _Suspect) -> None:
        place = (suspect.text, name_of(suspect.path))
        self.cleared[place] = self.cleared.get(place, 0) & ~(1 << suspect.problem)


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
