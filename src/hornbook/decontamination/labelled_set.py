"""Pairs of a problem and a record of which an author said whether the one gives away the other.

Reads:  `labelled_pairs/*.md`: a problem of our own, inputs that tell behaviours apart, and eight records about it.
Writes: the problems and the pairs, on which detectors are measured.

Four of the records are leaks: they compute what the problem asks for. Four are clean, however near they look.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from importlib.resources import files

from hornbook.errors import DamagedArtifactError
from hornbook.records import Problem

_SECTION = re.compile(r"^## ([^\n]+)\n```python\n(.*?)^```\n", re.DOTALL | re.MULTILINE)
_FOLDER = "labelled_pairs"


class PairKind(StrEnum):
    """What a record has of the problem."""

    RENAMED = "renamed"
    """All but the names."""
    PARAPHRASED = "paraphrased"
    """The task in other words, much the same code."""
    RESTRUCTURED = "restructured"
    """The task in other words, the code in another idiom."""
    RETOLD = "retold"
    """Another story with the same computation."""
    SAME_TOPIC = "same topic"
    """Its domain and its types."""
    NEAR_MISS = "near miss"
    """Most of its words and of its code, for another task."""
    STOCK_PHRASE = "stock phrase"
    """Phrases that half of all exercises have."""
    UNRELATED = "unrelated"
    """Nothing."""

    @property
    def is_leak(self) -> bool:
        """Whether who has read the record has been told the problem."""
        return self in (PairKind.RENAMED, PairKind.PARAPHRASED, PairKind.RESTRUCTURED, PairKind.RETOLD)


@dataclass(frozen=True, kw_only=True)
class LabelledProblem:
    """A problem of the set."""

    problem: Problem
    inputs: tuple[str, ...]
    """Arguments as Python source, each a tuple."""


@dataclass(frozen=True, kw_only=True)
class LabelledPair:
    """A record, and what it has of one of the problems."""

    task_id: str
    kind: PairKind
    text: str
    """A module: an exercise, or a passage with its code. Its last function is the one that is meant."""


def load_labelled_set() -> tuple[list[LabelledProblem], list[LabelledPair]]:
    """The problems by name, and their pairs in the order of the kinds.

    Raises:
        DamagedArtifactError: A file of the installed package is not as it should be.
    """
    problems: list[LabelledProblem] = []
    pairs: list[LabelledPair] = []
    folder = files("hornbook.decontamination").joinpath(_FOLDER)
    for file in sorted(folder.iterdir(), key=lambda file: file.name):
        if file.name.endswith(".md"):
            sections = dict(_sections(file.name, file.read_text(encoding="utf-8")))
            task_id = f"labelled/{file.name.removesuffix('.md')}"
            problems.append(_problem(task_id, sections))
            pairs.extend(LabelledPair(task_id=task_id, kind=kind, text=sections[kind]) for kind in PairKind)
    return problems, pairs


def _sections(name: str, text: str) -> Iterator[tuple[str, str]]:
    found = _SECTION.findall(text)
    if [heading for heading, _ in found] != ["problem", "inputs", *PairKind]:
        raise DamagedArtifactError(f"`{_FOLDER}/{name}` has other sections than it should: {[one for one, _ in found]}")
    yield from found


def _problem(task_id: str, sections: dict[str, str]) -> LabelledProblem:
    source = sections["problem"]
    [function] = [node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)]
    lines = source.splitlines(keepends=True)
    end = function.body[0].end_lineno or 0
    inputs = ast.parse(sections["inputs"], mode="eval").body
    assert isinstance(inputs, ast.List)
    return LabelledProblem(
        problem=Problem(
            task_id=task_id,
            prompt="".join(lines[:end]),
            entry_point=function.name,
            canonical_solution="".join(lines[end:]),
            test="",
            category="",
        ),
        inputs=tuple(map(ast.unparse, inputs.elts)),
    )
