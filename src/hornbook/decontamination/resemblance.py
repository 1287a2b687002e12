"""Say which documents resemble which problems, by two detectors and with the evidence.

Reads:  training documents; the problems of one benchmark.
Writes: one resemblance for each pair of a document and a problem that share an n-gram or have near syntax trees.
Source: section 5 of the paper.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from hornbook.decontamination.functions import Function, functions_in, solution_of
from hornbook.decontamination.ngrams import NgramIndex
from hornbook.decontamination.syntax_trees import near_trees
from hornbook.errors import ConfigError
from hornbook.records import Document, Problem

EXCERPT_CHARACTERS = 400


class Detector(StrEnum):
    """How a resemblance was found."""

    NGRAM = "n-gram"
    SYNTAX_TREE = "syntax tree"
    DOCSTRING = "docstring"
    """The whole docstring, word for word."""


@dataclass(frozen=True, kw_only=True)
class DetectorConfig:
    """What the detectors look for."""

    ngram_size: int = 13
    """Words in a row. Source: section 5 (13)."""
    min_match_rate: float = 0.8
    """Trees with at least this match rate are reported. Source: section 5 (the smallest of its thresholds)."""
    min_tree_nodes: int = 20
    """A smaller solution (`return len(string)`) has the shape of too much code to prove anything; see
    `docs/decisions/decontamination-rule.md`. It counts only for a function of the same name and an equal tree."""

    def __post_init__(self) -> None:
        if self.ngram_size < 2:
            raise ConfigError(f"`ngram_size` must be at least 2, got {self.ngram_size!r}")
        if not 0 < self.min_match_rate <= 1:
            raise ConfigError(f"`min_match_rate` must lie in (0, 1], got {self.min_match_rate!r}")
        if self.min_tree_nodes < 1:
            raise ConfigError(f"`min_tree_nodes` must be at least 1, got {self.min_tree_nodes!r}")


@dataclass(frozen=True, kw_only=True)
class Resemblance:
    """A document and a problem that are alike, and why one may think so."""

    document_id: str
    benchmark: str
    task_id: str
    detector: Detector
    score: float
    """Match rate of a tree; words in the shared run for an n-gram; 1 for a docstring."""
    evidence: str
    """The shared words, or the name of the function with the near tree."""
    document_excerpt: str
    problem_excerpt: str


@dataclass(frozen=True, kw_only=True)
class ReadDocument:
    """A document with the functions in it."""

    document: Document
    functions: list[Function]


def read_documents(documents: Sequence[Document]) -> list[ReadDocument]:
    """Find the functions of each document."""
    return [ReadDocument(document=document, functions=functions_in(document.text)) for document in documents]


def shared_ngrams(
    documents: Sequence[ReadDocument], problems: Sequence[Problem], benchmark: str, config: DetectorConfig
) -> list[Resemblance]:
    """Documents that share a run of words with a problem's docstring, in the order of the documents."""
    docstrings = {problem.task_id: _docstring(problem) for problem in problems}
    index = NgramIndex(docstrings, config.ngram_size)
    return [
        Resemblance(
            document_id=read.document.id,
            benchmark=benchmark,
            task_id=run.task_id,
            detector=Detector.NGRAM,
            score=float(run.num_words),
            evidence=run.words,
            document_excerpt=read.document.text[:EXCERPT_CHARACTERS],
            problem_excerpt=docstrings[run.task_id][:EXCERPT_CHARACTERS],
        )
        for read in documents
        for run in index.shared_runs(read.document.text)
    ]


def similar_trees(
    documents: Sequence[ReadDocument], problems: Sequence[Problem], benchmark: str, config: DetectorConfig
) -> list[Resemblance]:
    """Documents with a function whose tree is near that of a problem's solution, in the order of the documents.

    For each document and problem the best function counts. A solution of fewer than `min_tree_nodes` nodes counts only
    for a function of its name with an equal tree.
    """
    solutions = [(problem, solution) for problem in problems if (solution := solution_of(problem)) is not None]
    solution_trees = [solution.tree for _, solution in solutions]
    distinct = list(dict.fromkeys(function.tree for read in documents for function in read.functions))
    matches: dict[str, list[tuple[int, float]]] = {}
    for match in near_trees(distinct, solution_trees, config.min_match_rate):
        matches.setdefault(distinct[match.tree], []).append((match.problem, match.rate))
    found = []
    for read in documents:
        best: dict[int, tuple[float, Function]] = {}
        for function in read.functions:
            for at, rate in matches.get(function.tree, ()):
                if len(solution_trees[at]) < config.min_tree_nodes and (
                    rate < 1 or function.name != solutions[at][0].entry_point
                ):
                    continue
                if at not in best or rate > best[at][0]:
                    best[at] = (rate, function)
        for at, (rate, function) in best.items():
            found.append(_tree_resemblance(read.document, function, rate, *solutions[at], benchmark))
    return found


def equal_docstrings(
    documents: Sequence[ReadDocument], problems: Sequence[Problem], benchmark: str
) -> list[Resemblance]:
    """Documents with a function that has a problem's docstring, white space aside, in the order of the documents."""
    problem_with = {" ".join(docstring.split()): problem for problem in problems if (docstring := _docstring(problem))}
    found = []
    for read in documents:
        for function in read.functions:
            problem = problem_with.get(" ".join(function.docstring.split()))
            if problem is not None:
                found.append(
                    Resemblance(
                        document_id=read.document.id,
                        benchmark=benchmark,
                        task_id=problem.task_id,
                        detector=Detector.DOCSTRING,
                        score=1.0,
                        evidence=function.name,
                        document_excerpt=read.document.text[:EXCERPT_CHARACTERS],
                        problem_excerpt=problem.prompt[:EXCERPT_CHARACTERS],
                    )
                )
                break
    return found


def _tree_resemblance(
    document: Document, function: Function, rate: float, problem: Problem, solution: Function, benchmark: str
) -> Resemblance:
    return Resemblance(
        document_id=document.id,
        benchmark=benchmark,
        task_id=problem.task_id,
        detector=Detector.SYNTAX_TREE,
        score=rate,
        evidence=function.name,
        document_excerpt=function.code[:EXCERPT_CHARACTERS],
        problem_excerpt=solution.code[:EXCERPT_CHARACTERS],
    )


def _docstring(problem: Problem) -> str:
    """The docstring of the function to complete, its examples included; the whole prompt where it does not parse."""
    solution = solution_of(problem)
    return solution.docstring if solution is not None else problem.prompt
