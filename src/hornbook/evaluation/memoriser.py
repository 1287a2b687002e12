"""What copying alone would score: for each problem the solution of the training exercise whose prompt is most alike.

A score of held-out problems that a lookup reaches too says nothing about what a model has learned. The lookup compares
words and pairs of words, weighted by how rare they are (TF-IDF, cosine); arguments are compared and copied by their
places, so that it never fails over a name.

Reads:  the exercises of a training; held-out problems, installed benchmarks.
Writes: as `evaluate.py`.
"""

import ast
import hashlib
import itertools
import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from hornbook.evaluation.evaluate import evaluate as evaluate_model
from hornbook.evaluation.models import MEMORISER, ModelIdentity, Request, SamplingConfig, indices_of
from hornbook.evaluation.stages import EvaluateConfig, benchmarks_of
from hornbook.pipeline.stage import Artifact, Result, Stage, Workspace
from hornbook.records import DocumentKind, Exercise, Problem, exercise_of

VERSION = 1
_WORD = re.compile(r"\w+|[^\w\s]")


class Memoriser:
    """Answers with the solution of the nearest exercise, with the problem's names in the places of the exercise's."""

    def __init__(self, exercises: Iterable[Exercise]) -> None:
        self._exercises = list(exercises)
        self._features = [Counter(_terms(one.prompt, one.entry_point)) for one in self._exercises]
        num_with: Counter[str] = Counter(term for found in self._features for term in found)
        self._idf = {term: float(np.log(len(self._exercises) / count)) for term, count in num_with.items()}
        postings: Mapping[str, list[tuple[int, float]]] = defaultdict(list)
        for place, found in enumerate(self._features):
            for term, weight in self._weighted(found).items():
                postings[term].append((place, weight))
        self._postings = {
            term: (np.array([place for place, _ in rows]), np.array([weight for _, weight in rows]))
            for term, rows in postings.items()
        }

    def _weighted(self, counts: Mapping[str, int]) -> dict[str, float]:
        weights = {term: count * self._idf[term] for term, count in counts.items() if self._idf.get(term, 0) > 0}
        norm = sum(weight**2 for weight in weights.values()) ** 0.5 or 1.0
        return {term: weight / norm for term, weight in weights.items()}

    def answer(self, problem: Problem) -> str:
        """The solution for a problem; empty where there are no exercises."""
        if not self._exercises:
            return ""
        similarity: npt.NDArray[np.float64] = np.zeros(len(self._exercises))
        for term, weight in self._weighted(Counter(_terms(problem.prompt, problem.entry_point))).items():
            places, weights = self._postings[term]
            similarity[places] += weight * weights
        nearest = self._exercises[int(similarity.argmax())]
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
    """Score the lookup as a model is scored."""
    exercises = (exercise_of(one) for one in inputs["documents"].documents() if one.kind is DocumentKind.EXERCISE)
    benchmarks = benchmarks_of(config, inputs["held_out"])
    return evaluate_model(config.settings, benchmarks, Memoriser(exercises), workspace)


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
