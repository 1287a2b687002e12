import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from tests.commands.typed import PROBLEMS, is_one_mistake, type_in, write_lines, write_samples

SOLVED_BY_A, SOLVED_BY_B = [0], [0, 1, 2, 3, 4, 5, 6]
"""Both solve one, only B six, neither one."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """With a store in which two models and a few more were evaluated, and the files that came of it."""
    folder = tmp_path_factory.mktemp("compared")
    own = write_lines(folder / "own.jsonl", PROBLEMS)
    store = folder / "store"
    for name, solved in (("a", SOLVED_BY_A), ("b", SOLVED_BY_B)):
        samples = write_samples(folder / f"{name}.jsonl", solved)
        scored = folder / f"{name}-scored.jsonl"
        type_in("evaluate", "--samples", samples, "-b", own, "--name", name, "--store", store, "--output", scored)
    return folder


def first_lines(path: Path, number: int, part: Path) -> Path:
    part.write_text("".join(path.read_text().splitlines(keepends=True)[:number]))
    return part


def compare(folder: Path, *arguments: str | Path, says: Sequence[str] = ()) -> str:
    printed = type_in("compare", *arguments, "--store", folder / "store", status=2 if says else 0)
    if says:
        assert is_one_mistake(printed.err, *says), printed.err
        assert printed.out == ""
    return printed.out


def test_two_evaluations_are_compared_problem_by_problem(folder: Path) -> None:
    found = json.loads(compare(folder, "a", "b", "--json"))
    assert found["a"] == {"name": "a", "pass@1": 0.125, "num_samples": 1}
    assert found["b"] == {"name": "b", "pass@1": 0.875, "num_samples": 1}
    assert (found["benchmark"], found["num_problems"], found["difference"]) == ("own", 8, 0.75)
    assert found["counts"] == {"both": 1, "only_a": 0, "only_b": 6, "neither": 1}
    # Six of six on one side: both tails of (1/2)**6, and for the mid-p half of that.
    assert (found["mcnemar_exact_p"], found["mcnemar_mid_p"]) == (2 / 64, float(f"{1 / 64:.4g}"))
    assert found["sign_flip_p"] == found["mcnemar_exact_p"]
    low, high = found["ci95"]
    assert 0 < low < 0.75 < high <= 1
    assert [pair["task_id"] for pair in found["changed"]] == [f"own/{number}" for number in range(1, 7)]
    assert found["changed"][0] == {"task_id": "own/1", "a": ["wrong"], "b": ["passed"]}
    assert found["notes"] == []
    mirrored = json.loads(compare(folder, "b", "a", "--json"))
    assert (mirrored["difference"], mirrored["counts"]["only_a"]) == (-0.75, 6)
    printed = compare(folder, "a", "b/evaluate", "--benchmark", folder / "own.jsonl")
    for part in ("A  12.5 %   B  87.5 %", "+75.0 points", "p = 0.031", "0.016", "only B passed (6)"):
        assert part in printed
    assert "only A passed" not in printed


def test_files_compare_as_the_evaluations_that_they_came_from(folder: Path, tmp_path: Path) -> None:
    own = folder / "own.jsonl"
    expected = json.loads(compare(folder, "a", "b", "--json"))
    files = [folder / f"{name}-scored.jsonl" for name in "ab"]
    for sides in ((files[0], files[1]), ("a", files[1])):
        found = json.loads(compare(folder, *sides, "-b", own, "--json"))
        names = {side: {"name": Path(typed).name} for side, typed in zip("ab", sides, strict=True)}
        assert found == {**expected, **{side: {**expected[side], **names[side]} for side in "ab"}}
    part = first_lines(files[1], 5, tmp_path / "part.jsonl")
    compare(folder, files[0], part, "-b", own, says=("own/5, own/6, own/7", "--common-only"))
    found = json.loads(compare(folder, files[0], part, "-b", own, "--common-only", "--json"))
    assert (found["num_problems"], found["counts"]["only_b"]) == (5, 4)
    assert found["notes"] == ["part.jsonl: 3 of the benchmark's 8 problems have no sample"]


def test_sides_that_cannot_be_compared_are_refused_with_the_way_out(folder: Path) -> None:
    scored, own = folder / "a-scored.jsonl", folder / "own.jsonl"
    for arguments, says in (
        (("a", "gone"), ("no run `gone`", "a, b")),
        (("a/report", "b"), ("`a/report`",)),
        (("a", "b", "-b", "humaneval"), ("`humaneval`", "a: own", "b: own")),
        ((scored, "a"), ("--benchmark",)),
        ((scored, scored, "-b", "humanevil"), ("`humaneval`",)),
        ((folder / "a.jsonl", scored, "-b", own), ("line 1", "`passed`", "--output SCORED")),
    ):
        compare(folder, *arguments, says=says)
