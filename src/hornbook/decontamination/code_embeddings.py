"""Find functions whose code is near that of a benchmark's solutions, by runs of tokens in which names are all alike.

Reads:  texts; a benchmark's problems.
Writes: for each text and problem the nearest function, if it is near.
Source: section 5.2 and appendix C of the paper compare embeddings by CodeGen-Mono 350M and give no threshold. Runs of
        tokens tell leaks no worse, without a model: `docs/decisions/code-embeddings.md`.

An embedding has a component for each run of two and of three tokens: 1 + ln(how often it occurs). Names are one token,
except builtins and attributes, which mostly name what a library does. Comments and signatures are left out.
"""

import builtins
import keyword
import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from hornbook.decontamination.functions import Function, ReadText, solution_of
from hornbook.decontamination.matches import Detector, Match, nearest_matches
from hornbook.decontamination.syntax_trees import MIN_NODES
from hornbook.records import Problem

MIN_SCORE = 0.75
"""The least cosine that is reported."""
_CODES_AT_ONCE = 4096

Run = tuple[str, ...]

_TOKEN = re.compile(
    r"""(\#[^\n]*)|[rbfuRBFU]{0,2}("{3}(?:\\.|[^\\])*?"{3}|'{3}(?:\\.|[^\\])*?'{3}|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')"""
    r"|(?:\w+|[^\w\s])",
    re.DOTALL,
)
_KEPT = frozenset(keyword.kwlist) | {name for name in dir(builtins) if not name.startswith("_")}
_NAME, _LITERAL = "a name", "a literal"
_DEPTH = {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}


class CodeEmbeddingIndex:
    """The embeddings of a benchmark's solutions; those of at least `MIN_NODES` nodes can be found."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        solutions = [(place, solution_of(problem)) for place, problem in enumerate(problems)]
        known = [(place, one) for place, one in solutions if one is not None and len(one.tree) >= MIN_NODES]
        self._places = [place for place, _ in known]
        embeddings = [embedding_of(solution.code) for _, solution in known]
        self._runs = {run: at for at, run in enumerate(dict.fromkeys(run for one in embeddings for run in one))}
        self._solutions = self._rows(embeddings).T.tocsr()

    def matches(self, texts: Sequence[ReadText]) -> list[Match]:
        """The nearest function of each text for each problem, by text, then by problem; of equal ones the first."""
        functions = [(place, function) for place, read in enumerate(texts) for function in read.functions]
        return nearest_matches(self._near(functions), Detector.CODE, _evidence)

    def _near(self, functions: Sequence[tuple[int, Function]]) -> Iterator[tuple[int, int, float, Function]]:
        for start in range(0, len(functions), _CODES_AT_ONCE):
            part = functions[start : start + _CODES_AT_ONCE]
            embeddings = [embedding_of(function.code) for _, function in part]
            # Rounded, so that equal codes have exactly 1.
            cosines = (self._rows(embeddings) @ self._solutions).toarray().round(9)
            for row, column in np.argwhere(cosines >= MIN_SCORE).tolist():
                place, function = part[row]
                yield place, self._places[column], float(cosines[row, column]), function

    def _rows(self, embeddings: Sequence[Mapping[Run, float]]) -> Any:
        """A CSR matrix of those components that any solution has."""
        from scipy.sparse import csr_matrix

        known = [[(self._runs[run], one[run]) for run in one if run in self._runs] for one in embeddings]
        cells = [cell for row in known for cell in row]
        rows = np.repeat(np.arange(len(known)), [len(row) for row in known])
        columns, weights = zip(*cells, strict=True) if cells else ((), ())
        return csr_matrix((weights, (rows, columns)), shape=(len(known), len(self._runs)), dtype=np.float64)


def embedding_of(code: str) -> dict[Run, float]:
    """The components of a code's embedding, which has the length 1; none where it has no run of tokens."""
    tokens = _tokens(code)
    counts = Counter(run for length in (2, 3) for run in zip(*(tokens[at:] for at in range(length)), strict=False))
    weights = {run: 1.0 + math.log(count) for run, count in counts.items()}
    length = math.hypot(*weights.values())
    return {run: weight / length for run, weight in weights.items()}


def _tokens(code: str) -> list[str]:
    """The tokens that count, in order."""
    tokens: list[str] = []
    depth, is_signature, before = 0, False, ""
    for found in _TOKEN.finditer(code):
        comment, literal = found.groups()
        if comment:
            continue
        token = _LITERAL if literal else found[0]
        depth += _DEPTH.get(token, 0)
        if token == "def":
            is_signature, depth = True, 0
        if not is_signature:
            is_name = token.isidentifier() and token not in _KEPT and before != "."
            tokens.append(_NAME if is_name else token)
        elif token == ":" and not depth:
            is_signature = False
            tokens.append(token)
        before = token
    return tokens


def _evidence(function: Function, score: float) -> str:
    distance = math.sqrt(max(0.0, 2.0 - 2.0 * score))
    return f"the code of `{function.name}` is near the solution's: L2 distance {distance:.2f} (unit vectors)"
