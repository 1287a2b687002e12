"""What copying alone would score: for each problem the solution of the training exercise whose prompt is most alike.

A score of held-out problems that a lookup reaches too says nothing about what a model has learned. The lookup compares
words and pairs of words, weighted by how rare they are (TF-IDF, cosine); arguments are compared and copied by their
places, so that it never fails over a name.

Reads:  the exercises of a training; held-out problems, installed benchmarks.
Writes: as `evaluate.py`, and `nearest`: Nearest.
"""

import ast
import hashlib
import itertools
import re
from array import array
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from hornbook.evaluation.evaluate import evaluate as evaluate_model
from hornbook.evaluation.models import MEMORISER, ModelIdentity, Request, SamplingConfig, indices_of
from hornbook.evaluation.stages import EvaluateConfig, benchmarks_of
from hornbook.pipeline.stage import Artifact, Result, Stage, Workspace
from hornbook.records import DocumentKind, Exercise, Problem, exercise_of

VERSION = 2
_NUM_NEAREST = 3
_DIGITS = 4
_WORD = re.compile(r"\w+|[^\w\s]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Nearest:
    """An exercise that is like a problem."""

    benchmark: str
    task_id: str
    exercise_id: str
    similarity: float
    """Of the prompts, 0 to 1."""
    text: str


class Memoriser:
    """Answers with the solution of the nearest exercise, with the problem's names in the places of the exercise's."""

    def __init__(self, exercises: Iterable[Exercise]) -> None:
        self._exercises = list(exercises)
        found: dict[str, tuple[array[int], array[int]]] = defaultdict(lambda: (array("I"), array("I")))
        for place, one in enumerate(self._exercises):
            for term, count in Counter(_terms(one.prompt, one.entry_point)).items():
                places, counts = found[term]
                places.append(place)
                counts.append(count)
        self._idf = {term: float(np.log(len(self._exercises) / len(places))) for term, (places, _) in found.items()}
        norms: npt.NDArray[np.float64] = np.zeros(len(self._exercises))
        self._postings: dict[str, tuple[npt.NDArray[np.uint32], npt.NDArray[np.float32]]] = {}
        for term, (places, counts) in found.items():
            at, weights = np.array(places), np.array(counts, dtype=np.float32) * self._idf[term]
            norms[at] += weights.astype(np.float64) ** 2
            self._postings[term] = at, weights.astype(np.float32)
        self._norms = np.sqrt(norms) + 1e-9

    def nearest(self, problem: Problem, number: int = 1) -> list[tuple[Exercise, float]]:
        """The exercises whose prompts are most alike, and how much, 0 to 1; the most alike first."""
        counts = Counter(_terms(problem.prompt, problem.entry_point))
        weighted = {term: count * self._idf[term] for term, count in counts.items() if self._idf.get(term, 0) > 0}
        norm = sum(weight**2 for weight in weighted.values()) ** 0.5 or 1.0
        similarity: npt.NDArray[np.float64] = np.zeros(len(self._exercises))
        for term, weight in weighted.items():
            places, weights = self._postings[term]
            similarity[places] += weight / norm * weights
        similarity /= self._norms
        best = np.argsort(-similarity, kind="stable")[:number]
        return [(self._exercises[place], float(similarity[place])) for place in best]

    def answer(self, problem: Problem) -> str:
        """The solution for a problem; empty where there are no exercises."""
        if not self._exercises:
            return ""
        [(nearest, _)] = self.nearest(problem)
        theirs = [nearest.entry_point, *_arguments(nearest.prompt, nearest.entry_point)]
        ours = [problem.entry_point, *_arguments(problem.prompt, problem.entry_point)]
        names = dict(zip(theirs, ours, strict=False))
        return re.sub(r"\b[^\W\d]\w*", lambda word: names.get(word[0], word[0]), nearest.solution)

    def identity(self) -> ModelIdentity:
        """A hash of the exercises."""
        digest = hashlib.sha256("\n".join(one.id for one in self._exercises).encode()).hexdigest()
        return ModelIdentity(kind=MEMORISER, name="memoriser", digest=digest)

    def complete(
        self, requests: Sequence[Request], sampling: SamplingConfig, seed: int, done: Collection[tuple[str, int]]
    ) -> Iterator[list[tuple[int, str]]]:
        """See `Model`."""
        del sampling, seed
        skip = indices_of(requests, done)
        yield [(index, self.answer(one.problem)) for index, one in enumerate(requests) if index not in skip]

    def count_truncated(self, requests: Sequence[Request], sampling: SamplingConfig) -> int:
        """See `Model`: it reads all."""
        del requests, sampling
        return 0

    def solution_bits(self, problems: Sequence[Problem]) -> list[float | None]:
        """See `Model`: it tells no probabilities."""
        del problems
        return []


def evaluate_memoriser(
    documents: Stage, config: EvaluateConfig, *, held_out: Stage, name: str = "evaluate-memoriser"
) -> Stage:
    """The stage that scores a lookup in the exercises among `documents`."""
    return Stage(name, run_memoriser, config, VERSION, {"documents": documents, "held_out": held_out})


def run_memoriser(config: EvaluateConfig, inputs: Mapping[str, Artifact], workspace: Workspace) -> Result:
    """Score the lookup as a model is scored, and write the table `nearest`: the exercises most like each problem."""
    exercises = (exercise_of(one) for one in inputs["documents"].documents() if one.kind is DocumentKind.EXERCISE)
    benchmarks = benchmarks_of(config, inputs["held_out"])
    memoriser = Memoriser(exercises)
    workspace.write_records(
        "nearest",
        Nearest,
        (
            Nearest(
                benchmark=benchmark.name,
                task_id=problem.task_id,
                exercise_id=one.id,
                similarity=round(similarity, _DIGITS),
                text=one.prompt + one.solution,
            )
            for benchmark in benchmarks
            for problem in benchmark.problems
            for one, similarity in memoriser.nearest(problem, _NUM_NEAREST)
        ),
    )
    return evaluate_model(config.settings, benchmarks, memoriser, workspace)


def _terms(prompt: str, entry_point: str) -> Iterator[str]:
    """Words and pairs of words of a prompt, each argument and the function's name as its place."""
    names = {name: f"#{place}" for place, name in enumerate([entry_point, *_arguments(prompt, entry_point)])}
    words = [names.get(word, word.lower()) for word in _WORD.findall(prompt)]
    yield from words
    yield from map(" ".join, itertools.pairwise(words))


def _arguments(prompt: str, entry_point: str) -> list[str]:
    """Names of the arguments of the function that a prompt leaves open; none where it is not Python."""
    try:
        tree = ast.parse(f"{prompt}    pass\n")
    except (SyntaxError, ValueError):
        return []
    found = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name == entry_point]
    return [argument.arg for argument in found[-1].args.args] if found else []
