from pathlib import Path

import huggingface_hub.utils
import pytest
from hornbook.benchmarks.hub import Hub
from tests.benchmarks.fake_hub import FakeHub, serve_hub

from hornbook.errors import MissingInputError

DATASET = "someone/problems"
FILES = {"full/test.parquet": b"one", "full/train.parquet": b"two", "other/test.parquet": b"no", "README.md": b"no"}


def test_the_parquet_files_of_one_folder_come_and_nothing_else(hub: FakeHub, tmp_path: Path) -> None:
    hub.datasets[DATASET] = FILES
    folder = Hub(endpoint=hub.endpoint, cache_folder=tmp_path).fetch(DATASET, "full")
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == {
        "test.parquet": b"one",
        "train.parquet": b"two",
    }
    assert folder.parent.name == hub.commit
    assert not any("other/" in request or "README" in request for request in hub.requests)


def test_what_was_fetched_once_is_had_without_the_hub(tmp_path: Path) -> None:
    with serve_hub() as hub:
        hub.datasets[DATASET] = FILES
        source = Hub(endpoint=hub.endpoint, cache_folder=tmp_path)
        first = source.fetch(DATASET, "full")
        hub.status = 500
        assert source.fetch(DATASET, "full") == first
    assert source.fetch(DATASET, "full") == first
    with pytest.raises(MissingInputError, match=f"dataset `{DATASET}` of the Hugging Face hub cannot be had"):
        source.fetch(DATASET, "other")


def test_a_newer_commit_is_fetched(hub: FakeHub, tmp_path: Path) -> None:
    hub.datasets[DATASET] = FILES
    source = Hub(endpoint=hub.endpoint, cache_folder=tmp_path)
    source.fetch(DATASET, "full")
    hub.commit, hub.datasets[DATASET] = "d" * 40, {"full/test.parquet": b"newer"}
    assert [path.read_bytes() for path in source.fetch(DATASET, "full").iterdir()] == [b"newer"]


@pytest.mark.parametrize("status", [200, 401, 403, 500])
def test_a_dataset_that_the_hub_does_not_give_is_named(hub: FakeHub, tmp_path: Path, status: int) -> None:
    hub.status = status
    expected = 404 if status == 200 else status
    with pytest.raises(
        MissingInputError, match=f"dataset `{DATASET}` of the Hugging Face hub cannot be had: .*{expected}"
    ):
        Hub(endpoint=hub.endpoint, cache_folder=tmp_path).fetch(DATASET, "full")


def test_no_network_is_said(tmp_path: Path) -> None:
    with serve_hub() as gone:
        pass
    with pytest.raises(MissingInputError, match=r"cannot be had: .*Connect"):
        Hub(endpoint=gone.endpoint, cache_folder=tmp_path).fetch(DATASET, "full")


def test_a_folder_without_parquet_files_is_named(hub: FakeHub, tmp_path: Path) -> None:
    hub.datasets[DATASET] = {"README.md": b"moved"}
    with pytest.raises(MissingInputError, match=f"dataset `{DATASET}` of the Hugging Face hub has no `full/"):
        Hub(endpoint=hub.endpoint, cache_folder=tmp_path).fetch(DATASET, "full")


def test_progress_bars_are_left_as_they_were(hub: FakeHub, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    hub.datasets[DATASET] = FILES
    before = huggingface_hub.utils.are_progress_bars_disabled()
    Hub(endpoint=hub.endpoint, cache_folder=tmp_path).fetch(DATASET, "full")
    assert huggingface_hub.utils.are_progress_bars_disabled() == before
    assert capfd.readouterr().err == ""
