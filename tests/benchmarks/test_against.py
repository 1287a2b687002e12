from pathlib import Path

import pytest
from tests.benchmarks.fake_hub import FakeHub
from tests.benchmarks.invented import full_row, full_rows, parquet_of, sanitized_rows, write_array, write_lines

from hornbook.benchmarks.against import read_against
from hornbook.benchmarks.find import Hub
from hornbook.benchmarks.humaneval import read_humaneval
from hornbook.errors import ConfigError, MissingInputError


def test_what_is_installed_is_read_by_its_name_in_the_order_of_the_names() -> None:
    unconventional, humaneval = read_against(["unconventional-50", "humaneval"])
    assert (humaneval.name, humaneval.title) == ("humaneval", "HumanEval")
    assert list(humaneval.problems) == read_humaneval()
    assert (unconventional.name, len(unconventional.problems)) == ("unconventional-50", 50)


def test_all_problems_of_mbpp_count_and_not_only_those_that_models_are_asked(hub: FakeHub, tmp_path: Path) -> None:
    rows = full_rows()
    path = write_lines(tmp_path / "m.jsonl", rows)
    hub.datasets["google-research-datasets/mbpp"] = {
        "full/test-00000-of-00001.parquet": parquet_of(rows[10:510]),
        "full/train-00000-of-00001.parquet": parquet_of(rows[:10] + rows[510:]),
    }
    source = Hub(endpoint=hub.endpoint, cache_folder=tmp_path / "cache")
    for [mbpp] in (read_against([f"mbpp={path}"]), read_against(["mbpp"], source)):
        assert (mbpp.name, mbpp.title) == ("mbpp", "MBPP")
        assert {problem.task_id for problem in mbpp.problems} == {f"MBPP/{number}" for number in range(1, 975)}
    for name in ("mbpp", "mbpp-sanitized-signature"):  # Either file, known by its fields.
        [sanitized] = read_against([f"{name}={write_array(tmp_path / 's.json', sanitized_rows())}"])
        assert (sanitized.name, len(sanitized.problems)) == (name, 427)
    write_lines(path, rows[:300])
    with pytest.raises(MissingInputError, match=r"974 problems, .* 300; .*`some-mbpp=.*m"):
        read_against([f"mbpp={path}"])
    [some] = read_against([f"some-mbpp={path}"])
    assert (some.name, len(some.problems)) == ("some-mbpp", 300)
    with pytest.raises(MissingInputError, match=r"Wanted is mbpp\.jsonl"):
        read_against([f"mbpp={write_lines(path, [{'text': 'Sort'}])}"])


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
    assert [one.name for one in found] == [one.title for one in found] == ["my.problems", "mine", "a=b", "split"]
    assert [problem.task_id for problem in found[1].problems] == ["mine/1", "MBPP/7"]
    with pytest.raises(ConfigError, match="second to be called `mine`"):
        read_against([f"mine={path}", f"mine={path}"])


def test_a_name_that_is_none_is_answered_with_what_there_is() -> None:
    for spec, words in (("humanevl", "`humaneval`.*NAME=PATH"), ("problems.txt", r"\.jsonl"), ("mbpp=", "file")):
        with pytest.raises(ConfigError, match=words):
            read_against([spec])
    for spec in ("nowhere/none.jsonl", "mbpp=nowhere/none.jsonl", "mine=nowhere/none.jsonl"):
        with pytest.raises(MissingInputError, match="No such file"):
            read_against([spec])
