from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.evaluation.invented_leaks import DETECTORS, benchmark_metrics, leak_metrics, manifest
from tests.evaluation.small import problem, verdict

from hornbook.errors import MissingInputError
from hornbook.evaluation.leaks import Leaks, clean_scores, read_leaks
from hornbook.evaluation.score import score_verdicts
from hornbook.pipeline.stage import Artifact, Workspace
from hornbook.records import Problem, Verdict
from hornbook.stats import bootstrap_interval, wilson_interval

TASKS = [f"invented/{number}" for number in range(6)]


def leaks_by(*detectors: str, num_telling: int = 93, scored: Sequence[str] = ()) -> Leaks:
    found = benchmark_metrics("humaneval", "HumanEval", 164, num_telling=num_telling, detectors=detectors)
    return read_leaks(manifest(leak_metrics(found), few=2, many=8), scored)


def test_counts_are_read_and_what_is_lacking_is_named() -> None:
    leaks = leaks_by(*DETECTORS)
    assert (leaks.num_checked, leaks.num_dropped, leaks.dropped) == (100, 10, (("many", 8), ("few", 2)))
    assert (
        leaks.benchmarks == leak_metrics(benchmark_metrics("humaneval", "HumanEval", 164, num_telling=93))["benchmarks"]
    )
    assert leaks.calibration == leak_metrics()["calibration"]
    with pytest.raises(MissingInputError, match="`decontaminate` has no metric `benchmarks`"):
        read_leaks(manifest({}), [])


def test_the_rule_names_only_what_ran_and_what_did_not_run_or_could_not_tell_is_a_gap() -> None:
    everything, words_only = leaks_by(*DETECTORS, "judge"), leaks_by("n-gram")
    for part in ("words and syntax trees decide", "problem’s outputs", "language model"):
        assert part in everything.rule
    assert "No document’s code was run" in words_only.rule
    assert not any(word in words_only.rule for word in ("outputs", "language model"))
    for gap in ("code was run", "language model"):
        assert gap in " ".join(words_only.not_checked)
        assert gap not in " ".join(everything.not_checked)
    first, *gaps = leaks_by(*DETECTORS, scored=["HumanEval", "mine", "mine"]).not_checked
    assert "71 of 164 problems of HumanEval" in first
    assert [gap for gap in gaps if "scored" in gap] == ["mine: it was scored, but not compared."]
    assert "Benchmarks other than HumanEval." in gaps
    assert "problems of HumanEval" not in " ".join(leaks_by(*DETECTORS, num_telling=164).not_checked)


def evaluated(folder: Path, passed: Sequence[str]) -> Artifact:
    """An evaluation in which each problem has these samples: 1 for passed, 0 for failed."""
    problems = [problem(task) for task in TASKS]
    verdicts = [
        verdict(task, mark == "1", index)
        for task, samples in zip(TASKS, passed, strict=True)
        for index, mark in enumerate(samples)
    ]
    workspace = Workspace(folder, folder, 0, lambda done, total, note="": None)
    workspace.write_records("humaneval-problems", Problem, problems)
    workspace.write_records("humaneval-verdicts", Verdict, verdicts)
    score = score_verdicts("humaneval", problems, verdicts, protocol="", generator=np.random.default_rng(0))
    return Artifact(folder, manifest({"scores": [score]}))


def scores_without(artifact: Artifact, *leaked: str, name: str = "humaneval") -> list[dict[str, Any]]:
    return clean_scores([benchmark_metrics(name, "Invented", len(TASKS), leaked)], [("tuned", artifact)])


def test_leaked_problems_are_dropped_from_the_rate_and_from_its_interval(tmp_path: Path) -> None:
    [score] = scores_without(evaluated(tmp_path, "110100"), TASKS[0], TASKS[2])
    assert (score["model"], score["benchmark"], score["num_leaked"]) == ("tuned", "Invented", 2)
    assert (score["full"]["pass@1"], score["clean"]["pass@1"], score["clean"]["num_problems"]) == (0.5, 0.5, 4)
    assert score["clean"]["ci95"] == pytest.approx(wilson_interval(2, 4), abs=1e-6)
    [score] = scores_without(evaluated(tmp_path, ["10", "11", "00", "10", "00", "01"]), TASKS[1])
    expected = bootstrap_interval([0.5, 0.0, 0.5, 0.0, 0.5], np.random.default_rng(0))
    assert (score["clean"]["pass@1"], score["clean"]["ci95"]) == (0.3, pytest.approx(expected, abs=1e-6))


def test_where_nothing_leaked_no_table_is_read_and_where_everything_leaked_there_is_no_clean_rate(
    tmp_path: Path,
) -> None:
    artifact = evaluated(tmp_path, "111111")
    [score] = scores_without(artifact, *TASKS)
    assert (score["clean"], score["num_leaked"]) == (None, 6)
    with pytest.raises(MissingInputError, match="does not know the leaked problem `other/0`"):
        scores_without(artifact, "other/0")
    assert scores_without(artifact, TASKS[0], name="mbpp") == []
    for file in tmp_path.glob("*/*.parquet"):
        file.unlink()
    [score] = scores_without(artifact)
    assert (score["clean"], score["num_leaked"]) == (score["full"], 0)
