"""The stage that measures how well a model predicts functions that people wrote: bits per byte of their bodies.

It moves where no completion passes a test yet.

Reads:  a model; its tokenizer; documents of code.
Writes: the score, in the metrics.
"""

import ast
import itertools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from hornbook.evaluation.models import RunModel
from hornbook.evaluation.score import score_bits
from hornbook.pipeline.stage import Artifact, Result, Stage, Workspace
from hornbook.python_code.parse import parse_code
from hornbook.records import Document, Problem

VERSION = 1
_LONGEST = 1_500
"""Characters of a function."""


@dataclass(frozen=True, kw_only=True)
class OtherCodeConfig:
    """Which functions."""

    name: str
    """Of the score."""
    title: str
    """The same for people."""
    num_functions: int = 300
    """The first functions with a docstring of the documents."""


def evaluate_other_code(
    model: Stage, tokenizer: Stage, documents: Stage, config: OtherCodeConfig, *, name: str
) -> Stage:
    """The stage that measures a model on functions of documents."""
    inputs = {"model": model, "tokenizer": tokenizer, "documents": documents}
    return Stage(name, run_other_code, config, VERSION, inputs)


def run_other_code(config: OtherCodeConfig, inputs: Mapping[str, Artifact], workspace: Workspace) -> Result:
    """Measure bits per byte of the functions' bodies behind their signatures and docstrings."""
    problems = list(itertools.islice(functions_in(inputs["documents"].documents()), config.num_functions))
    stage = inputs["model"].manifest.stage
    model = RunModel(inputs["model"].folder, inputs["tokenizer"].path("tokenizer.json"), name=stage)
    workspace.progress(0, len(problems), f"{config.name}: bits per byte")
    score = score_bits(problems, model.solution_bits(problems), np.random.default_rng(workspace.seed))
    named = {"benchmark": config.name, "title": config.title, "num_problems": len(problems)}
    return Result(kept=len(problems), unit="functions", metrics={"scores": [{**named, **score}]})


def functions_in(documents: Iterable[Document]) -> Iterator[Problem]:
    """The functions with a docstring at the top level of documents, as problems without a test."""
    for document in documents:
        tree = parse_code(document.text)
        for node in tree.body if tree else ():
            if isinstance(node, ast.FunctionDef) and ast.get_docstring(node) and len(node.body) > 1:
                lines = document.text.splitlines(keepends=True)[node.lineno - 1 : node.end_lineno]
                end = (node.body[0].end_lineno or 0) - node.lineno + 1
                prompt, solution = "".join(lines[:end]), "".join(lines[end:])
                if len(prompt) + len(solution) <= _LONGEST:
                    yield Problem(
                        task_id=f"{document.id}/{node.name}",
                        prompt=prompt,
                        entry_point=node.name,
                        canonical_solution=solution,
                        test="",
                        category="",
                    )
