"""The score on a benchmark's problems for which no leaking document was found, beside the score on all of them.

A problem that leaked unseen counts as clean: the smaller score is only as good as the search.

Reads:  an evaluation's problems and verdicts; the leaks that `decontaminate` found (`leaks.py`).
Writes: a score on the clean problems for each benchmark that was both compared and evaluated.
Source: Gunasekar et al. 2023, section 5, table 3, which scores the problems that resemble no exercise by themselves.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from hornbook.errors import MissingInputError
from hornbook.evaluation.score import score_verdicts
from hornbook.pipeline.stage import Artifact
from hornbook.records import Problem, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class PassRate:
    """A model's pass@1 on some problems."""

    pass_at_1: float
    """0 to 1."""
    ci95: tuple[float, float]
    num_problems: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CleanScore:
    """A model's score on all problems of a benchmark, and on the clean ones."""

    model: str
    """`base` or `tuned`."""
    benchmark: str
    """For people: `HumanEval`."""
    full: PassRate
    clean: PassRate | None
    """None where every problem leaked: a rate over nothing is none. Equal to `full` where none did."""

    @property
    def num_leaked(self) -> int:
        """Problems that are left out of the clean ones."""
        return self.full.num_problems - (self.clean.num_problems if self.clean else 0)


def clean_scores(
    benchmarks: Sequence[Mapping[str, Any]], evaluations: Sequence[tuple[str, Artifact]]
) -> tuple[CleanScore, ...]:
    """Score each model on the clean problems, benchmark by benchmark.

    Args:
        benchmarks: What was found of each, as `Leaks` has it.
        evaluations: Model → artifact of its evaluation, in the order in which they are shown.

    Returns:
        Nothing for a benchmark that was not evaluated. Equal artifacts give equal scores.

    Raises:
        MissingInputError: An evaluation has no tables for a benchmark with leaks, or does not know a leaked problem.
    """
    scores = []
    for benchmark in benchmarks:
        for model, artifact in evaluations:
            for found in artifact.manifest.metrics.get("scores", []):
                if found["benchmark"] == benchmark["name"]:
                    low, high = found["ci95"]
                    full = PassRate(pass_at_1=found["pass@1"], ci95=(low, high), num_problems=found["num_problems"])
                    clean = _rate_without(benchmark, artifact) if benchmark["leaked_problems"] else full
                    scores.append(CleanScore(model=model, benchmark=benchmark["title"], full=full, clean=clean))
    return tuple(scores)


def _rate_without(benchmark: Mapping[str, Any], artifact: Artifact) -> PassRate | None:
    """The rate on the problems that did not leak, by the estimator and the interval of the whole score."""
    name, leaked = benchmark["name"], set(benchmark["leaked_problems"])
    problems = artifact.records(f"{name}-problems", Problem)
    unknown = sorted(leaked - {problem.task_id for problem in problems})
    if unknown:
        raise MissingInputError(
            f"`{name}` has no clean subset: `{artifact.manifest.stage}` does not know the leaked problem `{unknown[0]}`"
        )
    clean = [problem for problem in problems if problem.task_id not in leaked]
    if not clean:
        return None
    verdicts = artifact.records(f"{name}-verdicts", Verdict)
    score = score_verdicts(
        name,
        clean,
        [verdict for verdict in verdicts if verdict.task_id not in leaked],
        protocol="",
        generator=np.random.default_rng(artifact.manifest.seed),
        ks=(1,),
    )
    return PassRate(pass_at_1=score.pass_at_k[1], ci95=score.ci95, num_problems=len(clean))
