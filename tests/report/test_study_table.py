import io
import json
from dataclasses import replace

from rich.console import Console
from tests.report.test_contamination_study import problems, verdicts

from hornbook.report.contamination_study import study_cells
from hornbook.report.study_stage import Study, StudyRow
from hornbook.report.study_table import print_study, study_markdown

BEFORE, AFTER = verdicts(["1"] * 12 + ["0"] * 8), verdicts(["0"] * 12 + ["0"] * 8)


def study(*, planted: bool = True) -> Study:
    similar = frozenset(f"t/{at}" for at in range(12))
    return Study(
        benchmark="held-out exercises",
        num_problems=20,
        num_exercises=1234,
        rows=(
            StudyRow(
                label="0.9",
                num_removed=56,
                num_similar=12,
                evaluation="evaluate-0.9",
                control_of="",
                planted={"verbatim": (3, 4)} if planted else {},
                cells=tuple(study_cells("0.9", problems(20), similar, BEFORE, AFTER, 0)),
            ),
            StudyRow(
                label="rule",
                num_removed=0,
                num_similar=0,
                evaluation="evaluate-tuned",
                control_of="",
                planted={},
                cells=tuple(study_cells("rule", problems(20), frozenset(), BEFORE, BEFORE, 0)),
            ),
        ),
    )


def printed(of: Study) -> list[str]:
    out = io.StringIO()
    print_study(of, Console(file=out, width=80, soft_wrap=True))
    return [" ".join(line.split()) for line in out.getvalue().splitlines()]


def test_each_label_says_what_goes_and_each_group_both_accuracies_and_the_test() -> None:
    lines = printed(study())
    assert "held-out exercises: 20 problems, 1,234 exercises" in lines
    assert "0.9 56 exercises go, 12 problems are similar evaluate-0.9" in lines
    assert "similar 12 100.0 (75.8 to 100.0) 0.0 (0.0 to 24.2) -100.0 (-100.0 to -100.0) 4.9e-04" in lines
    assert "gap 20 +100.0 (+100.0 to +100.0) +0.0 (+0.0 to +0.0) -100.0 (-100.0 to -100.0) 4.9e-04" in lines
    assert "planted leaks that go: 3 of 4 verbatim" in lines


def test_where_nothing_goes_that_is_said() -> None:
    [line] = [line for line in printed(study()) if line.startswith("rule")]
    assert line == "rule no exercise is similar to a problem: nothing goes, and nothing was trained again"


def test_a_control_says_that_others_go() -> None:
    row = replace(study(planted=False).rows[0], label="0.9-control", control_of="0.9")
    lines = printed(replace(study(), rows=(row,)))
    assert "0.9-control 56 other exercises go, drawn at random evaluate-0.9" in lines


def test_markdown_has_a_line_per_cell_with_as_many_columns_as_the_head() -> None:
    text = study_markdown(study())
    table = [line for line in text.splitlines() if line.startswith("|")]
    assert len(table) == 2 + 4 + 2
    assert {line.count("|") for line in table} == {9}
    assert "| 0.9 | 56 | similar | 12 | 100.0 (75.8 to 100.0) |" in text
    assert text.endswith("- `0.9`: 3 of 4 verbatim\n")
    assert "Planted" not in study_markdown(study(planted=False))


def test_json_has_the_cells_by_label_and_group() -> None:
    values = json.loads(json.dumps(study().as_json()))
    assert [row["label"] for row in values["rows"]] == ["0.9", "rule"]
    groups = values["rows"][0]["groups"]
    assert list(groups) == ["similar", "non-similar", "total", "gap"]
    assert (groups["similar"]["as_trained"], groups["similar"]["p_value"]) == (1.0, 0.000488)
    assert values["rows"][0]["planted"] == {"verbatim": {"found": 3, "of": 4}}


def test_names_of_others_colour_nothing() -> None:
    hostile = Study(benchmark="[red]x[/]", num_problems=1, num_exercises=1, rows=())
    assert "[red]x[/]: 1 problems, 1 exercises" in printed(hostile)
