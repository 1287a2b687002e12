import itertools
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.stats import binomtest
from tests.evaluation.invented_leaks import manifest
from tests.evaluation.small import problem, verdict

from hornbook.decontamination.study import SimilarPair
from hornbook.errors import MissingInputError
from hornbook.pipeline.stage import Artifact, Workspace
from hornbook.records import Problem, Verdict
from hornbook.report.contamination import GROUPS, StudyConfig, StudyRowConfig, group_figures, run_study, study_text

Figures = dict[str, dict[str, float]]


def problems(number: int) -> list[Problem]:
    return [problem(f"t/{at}") for at in range(number)]


def verdicts(marks: Sequence[str]) -> list[Verdict]:
    """One string per problem, a 1 for each sample that passed and a 0 for each other."""
    return [
        verdict(f"t/{at}", mark == "1", index) for at, samples in enumerate(marks) for index, mark in enumerate(samples)
    ]


def figures_of(before: Sequence[str], after: Sequence[str], similar: Sequence[int]) -> Figures:
    task_ids = {f"t/{at}" for at in similar}
    return group_figures("0.9", problems(len(before)), task_ids, verdicts(before), verdicts(after), 7)


def drawn(number: int, seed: int, num_samples: int = 1) -> list[str]:
    generator = random.Random(seed)
    return ["".join(generator.choice("01") for _ in range(num_samples)) for _ in range(number)]


def test_counts_intervals_and_tests_are_those_of_each_group_alone() -> None:
    before, after, similar = drawn(40, 1), drawn(40, 2), list(range(0, 40, 3))
    figures = figures_of(before, after, similar)
    assert list(figures) == list(GROUPS)
    members = (similar, [at for at in range(40) if at not in similar], list(range(40)))
    for group, places in zip(GROUPS, members, strict=False):
        found = figures[group]
        assert found["num_problems"] == len(places)
        for name, marks in (("as_trained", before), ("retrained", after)):
            passed = sum(marks[at] == "1" for at in places)
            wilson = binomtest(passed, len(places)).proportion_ci(0.95, method="wilson")
            values = [found[f"{name}{end}"] for end in ("", "_low", "_high")]
            assert values == pytest.approx([passed / len(places), wilson.low, wilson.high], abs=1e-6)
        only_before = sum(before[at] > after[at] for at in places)
        only_after = sum(before[at] < after[at] for at in places)
        assert found["difference"] == pytest.approx((only_after - only_before) / len(places), abs=1e-6)
        assert found["difference_low"] <= found["difference"] <= found["difference_high"]
        mcnemar = binomtest(only_after, only_before + only_after).pvalue
        assert found["p_value"] == pytest.approx(mcnemar, rel=1e-3)


@pytest.mark.parametrize("num_samples", [1, 2])
def test_the_gaps_test_counts_all_exchanges_of_the_two_models(num_samples: int) -> None:
    before, after, similar = drawn(9, 3, num_samples), drawn(9, 4, num_samples), [0, 2, 5]
    gap = figures_of(before, after, similar)["gap"]
    shares = [[marks.count("1") / num_samples for marks in of_model] for of_model in (before, after)]

    def gap_of(values: Sequence[float]) -> float:
        others = [at for at in range(9) if at not in similar]
        return sum(values[at] for at in similar) / 3 - sum(values[at] for at in others) / 6

    assert (gap["as_trained"], gap["retrained"]) == pytest.approx([gap_of(values) for values in shares], abs=1e-6)
    differences = [second - first for first, second in zip(*shares, strict=True)]
    exchanged = [
        abs(gap_of([sign * value for sign, value in zip(signs, differences, strict=True)]))
        for signs in itertools.product((1, -1), repeat=9)
    ]
    observed = abs(gap_of(differences))
    assert gap["difference"] == pytest.approx(gap_of(differences), abs=1e-6)
    assert gap["p_value"] == pytest.approx(np.mean([one >= observed - 1e-9 for one in exchanged]), rel=1e-3)


def test_the_gaps_interval_holds_what_a_normal_sum_of_both_groups_would() -> None:
    before, after = drawn(300, 5), drawn(300, 6)
    gap = figures_of(before, after, list(range(120)))["gap"]
    change = np.array([float(second) - float(first) for first, second in zip(before, after, strict=True)])
    middle, spread = (
        change[:120].mean() - change[120:].mean(),
        np.sqrt(change[:120].var() / 120 + change[120:].var() / 180),
    )
    ends = (gap["difference_low"], gap["difference_high"])
    assert ends == pytest.approx((middle - 1.96 * spread, middle + 1.96 * spread), abs=0.015)


def test_a_group_without_problems_has_no_figures_and_there_is_no_gap() -> None:
    assert list(figures_of(drawn(5, 1), drawn(5, 2), [])) == ["non-similar", "total"]
    assert list(figures_of(drawn(5, 1), drawn(5, 2), range(5))) == ["similar", "total"]


def test_what_does_not_fit_together_is_refused() -> None:
    with pytest.raises(MissingInputError, match="`t/9`, similar by"):
        figures_of(drawn(5, 1), drawn(5, 2), [9])
    with pytest.raises(MissingInputError):
        group_figures("0.9", problems(3), set(), verdicts(["1", "1"]), verdicts(["1"] * 3), 0)


def study(benchmark: str = "held-out exercises") -> dict[str, Any]:
    groups = figures_of(["1"] * 12 + ["0"] * 8, ["0"] * 20, range(12))
    whole = {"num_removed": 56, "num_similar": 12, "evaluation": "evaluate-0.9", "control_of": "", "planted": {}}
    planted = {"renamed": {"found": 3, "of": 4}}
    return {
        "benchmark": benchmark,
        "num_problems": 20,
        "num_exercises": 1234,
        "rows": [
            {**whole, "label": "0.9", "planted": planted, "groups": dict(sorted(groups.items()))},
            {**whole, "label": "rule", "num_removed": 0, "groups": {"total": groups["total"]}},
            {**whole, "label": "0.9-control", "control_of": "0.9", "groups": {"total": groups["total"]}},
        ],
    }


def test_the_table_says_what_goes_and_for_each_group_both_accuracies_and_the_test() -> None:
    lines = [" ".join(line.split()) for line in study_text(study("evil\x1b[2J")).splitlines()]
    assert "\x1b" not in lines[0]
    said = "- `0.9`: 56 exercises removed, 12 problems similar (evaluate-0.9); planted leaks removed: 3 of 4 renamed"
    assert said in lines
    table = [line.strip("|").split("|") for line in lines if line.startswith("|")]
    whole = "-100.0 (-100.0 to -100.0)"
    assert [[cell.strip() for cell in row] for row in table[2:6:3]] == [
        ["0.9", "similar", "12", "100.0 (75.8 to 100.0)", "0.0 (0.0 to 24.2)", whole, "4.9e-04"],
        ["0.9", "gap", "20", "+100.0 (+100.0 to +100.0)", "+0.0 (+0.0 to +0.0)", whole, "4.9e-04"],
    ]
    assert {len(row) for row in table} == {7}
    assert len(table) == 2 + 4 + 1 + 1


def test_each_row_has_its_own_pairs_and_the_model_that_was_trained_again_for_it(tmp_path: Path) -> None:
    def artifact(name: str, metrics: dict[str, Any], **tables: Any) -> Artifact:
        workspace = workspace_of(tmp_path / name)
        for table, (record, rows) in tables.items():
            workspace.write_records(table.replace("_", "-"), record, rows)
        return Artifact(workspace.folder, manifest(metrics))

    def workspace_of(folder: Path) -> Workspace:
        folder.mkdir()
        return Workspace(folder, folder, 7, lambda done, total, note="": None)

    marks = {"as_trained": drawn(9, 1), "again": drawn(9, 2)}
    titles = {"scores": [{"benchmark": "mine", "title": "Mine"}]}
    evaluations = {
        name: artifact(name, titles, mine_problems=(Problem, problems(9)), mine_verdicts=(Verdict, verdicts(of_model)))
        for name, of_model in marks.items()
    }
    pairs = [SimilarPair(label=label, document_id="x", task_id=f"t/{at}") for label, at in (("0.9", 1), ("rule", 2))]
    found = {"num_removed": 1, "num_similar": 1, "planted": {"renamed": {"found": 1, "of": 2}}}
    metrics = {"num_exercises": 5, "labels": {"0.9": found, "rule": found}}
    similar = artifact("similar", metrics, similar=(SimilarPair, pairs))
    rows = (
        StudyRowConfig(label="0.9", evaluation="again"),
        StudyRowConfig(label="rule", evaluation="as_trained"),
        StudyRowConfig(label="control", evaluation="again", control_of="rule"),
    )
    config = StudyConfig(benchmark="mine", rows=rows)
    study = run_study(config, {"similar": similar, **evaluations}, workspace_of(tmp_path / "study")).metrics
    assert (study["benchmark"], study["num_problems"], study["num_exercises"]) == ("Mine", 9, 5)
    before = marks["as_trained"]
    for row, after, place in zip(study["rows"], (marks["again"], before, marks["again"]), (1, 2, 2), strict=True):
        assert row["groups"] == figures_of(before, after, [place])
    assert [row["planted"] for row in study["rows"]] == [found["planted"], found["planted"], {}]
