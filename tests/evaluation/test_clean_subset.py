from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.evaluation.invented_leaks import benchmark_metrics, manifest
from tests.evaluation.small import problem, verdict

from hornbook.errors import MissingInputError
from hornbook.evaluation.clean_subset import PassRate, clean_scores
from hornbook.evaluation.score import score_verdicts
from hornbook.pipeline.stage import Artifact, Workspace
from hornbook.records import Problem, Verdict
from hornbook.stats import bootstrap_interval, wilson_interval

TASKS = [f"invented/{number}" for number in range(6)]


def leaks_of(*leaked: str, name: str = "humaneval") -> list[dict[str, Any]]:
    return [benchmark_metrics(name, "Invented", len(TASKS), leaked)]


def evaluated(folder: Path, passed: Sequence[Sequence[bool]]) -> Artifact:
    """An evaluation in which each problem has the given samples."""
    problems = [problem(task) for task in TASKS]
    verdicts = [
        verdict(task, did_pass, index)
        for task, samples in zip(TASKS, passed, strict=True)
        for index, did_pass in enumerate(samples)
    ]
    workspace = Workspace(folder, folder, 0, lambda done, total, note="": None)
    workspace.write_records("humaneval-problems", Problem, problems)
    workspace.write_records("humaneval-verdicts", Verdict, verdicts)
    score = score_verdicts("humaneval", problems, verdicts, protocol="", generator=np.random.default_rng(0))
    return Artifact(folder, manifest({"scores": [score.to_json()]}))


def test_leaked_problems_are_left_out_of_the_rate_and_of_its_interval(tmp_path: Path) -> None:
    artifact = evaluated(tmp_path, [[True], [True], [False], [True], [False], [False]])
    [score] = clean_scores(leaks_of(TASKS[0], TASKS[2]), [("tuned", artifact)])
    assert (score.model, score.benchmark, score.num_leaked) == ("tuned", "Invented", 2)
    assert score.full.pass_at_1 == 0.5
    low, high = wilson_interval(2, 4)
    assert score.clean == PassRate(pass_at_1=0.5, ci95=(low, high), num_problems=4)


def test_of_several_samples_each_problem_counts_once(tmp_path: Path) -> None:
    shares = [[True, False], [True, True], [False, False], [True, False], [False, False], [False, True]]
    artifact = evaluated(tmp_path, shares)
    [score] = clean_scores(leaks_of(TASKS[1]), [("base", artifact)])
    values = [0.5, 0.0, 0.5, 0.0, 0.5]
    assert score.clean is not None
    assert score.clean.pass_at_1 == pytest.approx(0.3)
    assert score.clean.ci95 == bootstrap_interval(values, np.random.default_rng(0))


def test_where_nothing_leaked_no_table_is_read_and_where_everything_leaked_there_is_no_clean_rate(
    tmp_path: Path,
) -> None:
    artifact = evaluated(tmp_path, [[True]] * 6)
    [score] = clean_scores(leaks_of(*TASKS), [("tuned", artifact)])
    assert (score.clean, score.num_leaked) == (None, 6)
    with pytest.raises(MissingInputError, match="does not know the leaked problem `other/0`"):
        clean_scores(leaks_of("other/0"), [("tuned", artifact)])
    assert clean_scores(leaks_of(TASKS[0], name="mbpp"), [("tuned", artifact)]) == ()
    for file in tmp_path.glob("*/*.parquet"):
        file.unlink()
    [score] = clean_scores(leaks_of(), [("tuned", artifact)])
    assert (score.clean, score.num_leaked) == (score.full, 0)
