import io

import numpy as np
import pytest
from rich.console import Console
from tests.evaluation.small import problem, verdict

from hornbook.evaluation.compare import compare, problems_in_both
from hornbook.records import Outcome
from hornbook.report.comparison import print_comparison


def printed(marks_a: list[str], marks_b: list[str], name_a: str = "small", **arguments: int) -> list[str]:
    """One text per problem, one mark per sample: `1` passed, `0` raised."""
    problems = [problem(f"t/{at}") for at in range(len(marks_a))]
    verdicts = [
        [
            verdict(f"t/{at}", Outcome.PASSED if mark == "1" else Outcome.RAISED, index)
            for at, samples in enumerate(marks)
            for index, mark in enumerate(samples)
        ]
        for marks in (marks_a, marks_b)
    ]
    common, names = problems_in_both(problems, problems), {"benchmark": "invented", "name_a": name_a, "name_b": "large"}
    stream = io.StringIO()
    comparison = compare(common, *verdicts, **names, generator=np.random.default_rng(0))
    print_comparison(comparison, Console(file=stream, soft_wrap=True), **arguments)
    return stream.getvalue().splitlines()


@pytest.mark.parametrize(
    ("marks_a", "marks_b", "wanted"),
    [
        (
            ["1"] * 3 + ["0"] * 9,
            ["1"] * 2 + ["0"] + ["1"] * 8 + ["0"],
            [
                "  pass@1       A  25.0 %   B  83.3 %",
                "  McNemar’s exact test: p = 0.039 (mid-p 0.021), hardly chance",
                "  A passed            2          1",
                "  A failed            8          1",
                "  t/2   A passed             B raised",
            ],
        ),
        (
            ["110", "000"],
            ["111", "100"],
            [
                "  sign-flip test: p = 0.500 (McNemar’s needs one sample per problem), could be chance",
                "  A did better on 0 problems, B on 2, equally well on 0",
                "  t/0   A 2 of 3             B 3 of 3",
            ],
        ),
    ],
)
def test_counts_test_and_difference_are_printed(marks_a: list[str], marks_b: list[str], wanted: list[str]) -> None:
    lines = printed(marks_a, marks_b)
    assert set(wanted) <= set(lines)
    assert any(line.startswith("  difference   +") for line in lines)


def test_long_lists_are_cut_and_a_name_cannot_speak_to_the_terminal() -> None:
    lines = printed(["0"] * 30, ["1"] * 30, "[red]x[/red]\x1b[2J", pairs_shown=4)
    assert "only B passed (30)" in lines
    assert lines[-1] == "  … and 26 more"
    assert sum(line.startswith("  t/") for line in lines) == 4
    assert not any("only A passed" in line or "\x1b" in line for line in lines)
    assert "  A  [red]x[/red]\\x1b[2J" in lines
