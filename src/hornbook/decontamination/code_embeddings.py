"""Find functions whose code an encoder puts near that of a benchmark's solutions.

Reads:  texts; a benchmark's problems; an encoder.
Writes: for each text and problem the nearest function, if it is near.
Source: section 5.2 and appendix C of the paper: the L2 distance of the embeddings of code snippets by CodeGen-Mono
        350M, normalised to length 1; it gives no threshold. `docs/decisions/code-embeddings.md` has what encoders see.

The unit vectors of two codes with the cosine c have the distance √(2 - 2c), so that both say the same.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hornbook.decontamination.functions import Function, ReadText, solution_of
from hornbook.decontamination.matches import Detector, Match
from hornbook.encoders.encode import Features
from hornbook.encoders.encoder import Encoder
from hornbook.errors import ConfigError
from hornbook.records import Problem

NEAR_STATES = 0.987
"""The cosine of a language model's states from which on codes are near: an L2 distance of 0.16, that of the pair in the
paper's appendix C."""
_CODES_AT_ONCE = 4096

Floats = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class CodeEmbeddingConfig:
    """Which codes are near."""

    min_score: float = 0.75
    """The least cosine that is reported, 0 to 1. It belongs to the encoder, the default to `encoders.shape`: those of a
    language model's states all lie near 1."""
    min_nodes: int = 20
    """Problems whose solutions have smaller trees (`return len(string)`) are never found; see
    `docs/decisions/decontamination-rule.md`."""

    def __post_init__(self) -> None:
        if not 0 < self.min_score <= 1:
            raise ConfigError(f"`min_score` must lie in (0, 1], got {self.min_score!r}")
        if self.min_nodes < 1:
            raise ConfigError(f"`min_nodes` must be at least 1, got {self.min_nodes!r}")


class CodeEmbeddingIndex:
    """The embeddings of a benchmark's solutions. A problem without a solution that parses is never found."""

    def __init__(self, problems: Sequence[Problem], config: CodeEmbeddingConfig, encoder: Encoder) -> None:
        self._config = config
        self._encoder = encoder
        solutions = [(place, solution_of(problem)) for place, problem in enumerate(problems)]
        known = [(place, one) for place, one in solutions if one is not None and len(one.tree) >= config.min_nodes]
        self._places = [place for place, _ in known]
        self._solutions = encoder.encode([solution.code for _, solution in known])
        self.num_indexed = len(known)
        """Number of problems that can be found."""

    def matches(self, texts: Sequence[ReadText]) -> list[Match]:
        """The nearest function of each text for each problem, by text, then by problem; of equal ones the first.

        What a text gets does not depend on the texts beside it, as far as that is so of the encoder's rows.
        """
        near = self._near_solutions([function.code for read in texts for function in read.functions])
        matches = []
        at_function = 0
        for place, read in enumerate(texts):
            best: dict[int, tuple[float, Function]] = {}
            for function in read.functions:
                for at, score in near.get(at_function, ()):
                    if at not in best or score > best[at][0]:
                        best[at] = (score, function)
                at_function += 1
            matches += [_match(place, self._places[at], *best[at]) for at in sorted(best)]
        return matches

    def _near_solutions(self, codes: Sequence[str]) -> dict[int, list[tuple[int, float]]]:
        """Place among the codes → near solutions with their scores. Equal codes are encoded once."""
        near: dict[int, list[tuple[int, float]]] = {}
        if not self.num_indexed:
            return near
        distinct = list(dict.fromkeys(codes))
        of_distinct: dict[str, list[tuple[int, float]]] = {}
        for start in range(0, len(distinct), _CODES_AT_ONCE):
            part = distinct[start : start + _CODES_AT_ONCE]
            scores = cosines(self._encoder.encode(part), self._solutions)
            for row, column in np.argwhere(scores >= self._config.min_score).tolist():
                of_distinct.setdefault(part[row], []).append((column, float(scores[row, column])))
        for place, code in enumerate(codes):
            if code in of_distinct:
                near[place] = of_distinct[code]
        return near


def cosines(left: Features, right: Features) -> Floats:
    """How near texts are to each other: the cosine of their rows, in [0, 1].

    Args:
        left: Of N texts.
        right: Of M texts, from the same encoder. Where it gives tokens and dense features, the mean of both counts.

    Returns:
        N × M, rounded to nine digits, so that equal rows have exactly 1; 0 where a row is empty, and for obtuse angles.
    """
    views = []
    if left.tokens.shape[1]:
        views.append((_unit_tokens(left.tokens) @ _unit_tokens(right.tokens).T).toarray())
    if left.dense.shape[1]:
        views.append(_unit(left.dense) @ _unit(right.dense).T)
    mean: Floats = sum(views, np.zeros((left.dense.shape[0], right.dense.shape[0]))) / max(1, len(views))
    return np.clip(np.round(mean, 9), 0.0, 1.0)


def l2_distance(cosine: float) -> float:
    """The distance of two unit vectors with this cosine, 0 to 2."""
    return math.sqrt(max(0.0, 2.0 - 2.0 * cosine))


def _unit_tokens(tokens: Any) -> Any:
    """A CSR matrix whose rows have the length 1, or 0 where they are empty."""
    from scipy import sparse

    lengths = np.sqrt(np.asarray(tokens.multiply(tokens).sum(axis=1)).ravel())
    return sparse.diags(1.0 / np.where(lengths > 0, lengths, 1.0), format="csr") @ tokens


def _unit(rows: Floats) -> Floats:
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return rows / np.where(lengths > 0, lengths, 1.0)


def _match(text: int, problem: int, score: float, function: Function) -> Match:
    distance = l2_distance(score)
    return Match(
        text=text,
        problem=problem,
        detector=Detector.CODE,
        score=score,
        evidence=f"the code of `{function.name}` is near the solution's: L2 distance {distance:.2f} (unit vectors)",
        function=function.name,
        window=function.window,
    )
