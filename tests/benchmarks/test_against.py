from pathlib import Path

import pytest
from hornbook.benchmarks.hub import Hub
from tests.benchmarks.fake_hub import FakeHub, serve_hub
from tests.benchmarks.invented import full_row, full_rows, parquet_of, sanitized_rows, write_array, write_lines

from hornbook.benchmarks.against import read_against
from hornbook.errors import ConfigError, MissingInputError


def test_what_is_installed_is_read_by_its_name_in_the_order_of_the_names() -> None:
    unconventional, humaneval = read_against(["unconventional-50", "humaneval"])
    assert (humaneval.name, humaneval.title, len(humaneval.problems)) == ("humaneval", "HumanEval", 164)
    assert (unconventional.name, len(unconventional.problems)) == ("unconventional-50", 50)
    assert read_against([]) == []


def test_all_problems_of_mbpp_count_and_not_only_those_that_models_are_asked(tmp_path: Path) -> None:
    [mbpp] = read_against([f"mbpp={write_lines(tmp_path / 'm.jsonl', full_rows())}"])
    assert (mbpp.name, mbpp.title) == ("mbpp", "MBPP")
    assert [problem.task_id for problem in mbpp.problems] == [f"MBPP/{number}" for number in range(1, 975)]


@pytest.mark.parametrize("name", ["mbpp", "mbpp-sanitized-signature"])
def test_either_file_of_mbpp_is_recognised_by_its_fields(tmp_path: Path, name: str) -> None:
    [sanitized] = read_against([f"{name}={write_array(tmp_path / 's.json', sanitized_rows())}"])
    assert (sanitized.name, len(sanitized.problems)) == (name, 427)


def test_mbpp_is_read_from_the_hub_with_all_its_splits(hub: FakeHub, tmp_path: Path) -> None:
    rows = full_rows()
    hub.datasets["google-research-datasets/mbpp"] = {
        "full/test-00000-of-00001.parquet": parquet_of(rows[10:510]),
        "full/train-00000-of-00001.parquet": parquet_of(rows[:10] + rows[510:]),
    }
    [mbpp] = read_against(["mbpp"], Hub(endpoint=hub.endpoint, cache_folder=tmp_path))
    assert len({problem.task_id for problem in mbpp.problems}) == 974


def test_without_the_hub_the_file_to_name_is_said(tmp_path: Path) -> None:
    with serve_hub() as gone:
        pass
    hub = Hub(endpoint=gone.endpoint, cache_folder=tmp_path)
    with pytest.raises(MissingInputError, match=r"cannot be had: .* name a file: `mbpp=PATH`, which is mbpp\.jsonl of"):
        read_against(["mbpp"], hub)


def test_a_benchmark_that_is_not_whole_is_refused_unless_it_gets_a_name_of_its_own(tmp_path: Path) -> None:
    path = write_lines(tmp_path / "m.jsonl", full_rows()[:300])
    with pytest.raises(MissingInputError, match=r"mbpp\.jsonl has 974 problems, `.*m\.jsonl` 300; .*`some-mbpp=.*m"):
        read_against([f"mbpp={path}"])
    [some] = read_against([f"some-mbpp={path}"])
    assert (some.name, some.title, len(some.problems)) == ("some-mbpp", "some-mbpp", 300)
    with pytest.raises(MissingInputError, match=r"line 1 of .*none of MBPP: it has no `code`.*Wanted is mbpp\.jsonl"):
        read_against([f"mbpp={write_lines(tmp_path / 'other.jsonl', [{'text': 'Sort'}])}"])


def test_problems_of_evalplus_are_stated_in_their_functions(tmp_path: Path) -> None:
    row = {
        "prompt": '"""\nWrite a function to give twice the number.\n"""\n',
        "canonical_solution": "def twice(x):\n    return 2 * x\n",
        "entry_point": "twice",
        "base_input": [[1]],
        "plus_input": [],
        "atol": 0,
    }
    rows = [{**row, "task_id": f"Mbpp/{number}"} for number in range(378)]
    [plus] = read_against([f"mbpp-plus={write_lines(tmp_path / 'plus.jsonl', rows)}"])
    assert (plus.title, len(plus.problems)) == ("MBPP+", 378)
    assert plus.problems[0].prompt.startswith('def twice(x):\n    """Write a function')


def test_a_file_is_named_after_itself_or_as_it_is_told(tmp_path: Path) -> None:
    path = write_lines(tmp_path / "my.problems.jsonl", [{"prompt": "Sort"}, full_row(7)])
    other = write_array(tmp_path / "a=b.json", [{"text": "Sort"}])
    (tmp_path / "split").mkdir()
    (tmp_path / "split" / "one.parquet").write_bytes(parquet_of([{"text": "Sort"}]))
    found = read_against([path, f"mine={path}", str(other), tmp_path / "split"])
    assert [(one.name, one.title) for one in found] == [
        ("my.problems", "my.problems"),
        ("mine", "mine"),
        ("a=b", "a=b"),
        ("split", "split"),
    ]
    assert [problem.task_id for problem in found[1].problems] == ["mine/1", "MBPP/7"]


def test_two_of_one_name_are_refused(tmp_path: Path) -> None:
    path = write_lines(tmp_path / "humaneval.jsonl", [{"prompt": "Sort"}])
    with pytest.raises(ConfigError, match=r"second to be called `humaneval`; give it another name: `NAME=/.*jsonl`"):
        read_against(["humaneval", path])
    with pytest.raises(ConfigError, match=r"second to be called `x`; give it another name: `NAME=/.*jsonl`"):
        read_against([f"x={path}", f"x={path}"])


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ("humanevl", "no benchmark `humanevl`; did you mean `humaneval`.* NAME=PATH"),
        ("zzz", r"no benchmark `zzz`\. The benchmarks: humaneval, mbpp, .*ends in \.jsonl, \.json,"),
        ("problems.txt", r"no benchmark `problems\.txt`"),
        ("mbpp=", "`mbpp=` names no file"),
        ("", "no benchmark ``"),
    ],
)
def test_a_name_that_is_none_is_answered_with_what_there_is(spec: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        read_against([spec])


@pytest.mark.parametrize("spec", ["nowhere/none.jsonl", "mbpp=nowhere/none.jsonl", "mine=nowhere/none.jsonl"])
def test_a_missing_file_is_named(spec: str) -> None:
    with pytest.raises(MissingInputError, match=r"`nowhere/none\.jsonl` cannot be read: No such file"):
        read_against([spec])
