import io

import numpy as np
from rich.console import Console

from hornbook.evaluation.compare import Comparison, compare, problems_in_both
from hornbook.records import Outcome, Problem, Verdict
from hornbook.report.comparison import print_comparison

ESCAPE = "\x1b"


def problem(index: int) -> Problem:
    return Problem(task_id=f"t/{index}", prompt="", entry_point="f", canonical_solution="", test="", category="")


def verdicts(marks: list[str]) -> list[Verdict]:
    return [
        Verdict(
            task_id=f"t/{at}",
            sample_index=index,
            outcome=Outcome.PASSED if mark == "1" else Outcome.RAISED,
            detail="",
            stderr="",
        )
        for at, of_problem in enumerate(marks)
        for index, mark in enumerate(of_problem)
    ]


def compared(marks_a: list[str], marks_b: list[str], *, name_a: str = "small") -> Comparison:
    problems = [problem(at) for at in range(len(marks_a))]
    return compare(
        problems_in_both(problems, problems, common_only=True),
        verdicts(marks_a),
        verdicts(marks_b),
        benchmark="invented",
        name_a=name_a,
        name_b="large",
        generator=np.random.default_rng(0),
    )


def printed(comparison: Comparison, **arguments: object) -> list[str]:
    stream = io.StringIO()
    print_comparison(comparison, Console(file=stream, soft_wrap=True), **arguments)  # type: ignore[arg-type]
    return stream.getvalue().splitlines()


def test_counts_test_and_difference_are_printed() -> None:
    lines = printed(compared(["1"] * 3 + ["0"] * 9, ["1"] * 2 + ["0"] + ["1"] * 8 + ["0"]))
    assert max(map(len, lines)) <= 80
    assert "  pass@1       A  25.0 %   B  83.3 %" in lines
    assert any(line.startswith("  difference   +58.3 points  +") for line in lines)
    assert "  McNemar’s exact test: p = 0.039 (mid-p 0.021), hardly chance" in lines
    table = [line.split() for line in lines if line.startswith(("  A passed", "  A failed"))]
    assert table == [["A", "passed", "2", "1"], ["A", "failed", "8", "1"]]
    assert "  t/2   A passed             B raised" in lines


def test_long_lists_are_cut_and_counted() -> None:
    lines = printed(compared(["0"] * 30, ["1"] * 30), pairs_shown=4)
    assert "only B passed (30)" in lines
    assert lines[-1] == "  … and 26 more"
    assert sum(line.startswith("  t/") for line in lines) == 4
    assert not any("only A passed" in line for line in lines)


def test_with_several_samples_the_test_is_named_and_shares_are_shown() -> None:
    lines = printed(compared(["110", "000"], ["111", "100"]))
    assert "  sign-flip test: p = 0.500 (McNemar’s needs one sample per problem), could be chance" in lines
    assert "  A did better on 0 problems, B on 2, equally well on 0" in lines
    assert "  t/0   A 2 of 3             B 3 of 3" in lines


def test_a_name_cannot_speak_to_the_terminal() -> None:
    text = "\n".join(printed(compared(["1"], ["0"], name_a=f"[red]x[/red]{ESCAPE}[2J")))
    assert ESCAPE not in text
    assert "[red]x[/red]\\x1b[2J" in text
