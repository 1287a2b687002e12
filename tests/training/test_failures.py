"""What goes wrong in a training and what it then does: steps that are not finite, full disks, damaged tokens."""

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
import torch
from tests.training.conftest import DOCUMENTS
from tests.training.rank import SHAPE
from tests.training.rank_server import Ended, RankServer
from tests.training.test_resume import QUICK_WAYS, SIGKILL, WAYS, same_bytes

from hornbook.model.phi import Phi
from hornbook.model.weights import load_model, save_model
from hornbook.tokens.batches import batch_rows
from hornbook.tokens.pack import TokenStream
from hornbook.tokens.tokenizer import TokenizerConfig, train_tokenizer

SEED_OF_RUNS = 5


def only_mistake(ended: list[Ended]) -> str:
    """What all ranks said, which must be one and the same mistake."""
    assert {process.status for process in ended} == {2}, ended
    messages = {process.output.strip().splitlines()[-1] for process in ended}
    assert len(messages) == 1, messages
    return messages.pop()


def log_of(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "log.jsonl").read_text().splitlines()]


def whole_documents(runs: Path, step: int, batch_size: int) -> set[str]:
    """The ids of the documents that stand whole in the rows of a step, read from the rows' text."""
    tokenizer = train_tokenizer(DOCUMENTS, TokenizerConfig(vocab_size=300))
    stream = TokenStream(runs / "tokens", "train")
    rows = batch_rows(stream, seed=SEED_OF_RUNS, step=step, batch_size=batch_size, sequence_length=32)
    texts = [tokenizer.decode(row.tolist(), skip_special_tokens=False) for row in rows]
    found = {number for text in texts for number in re.findall(r"def add_(\d+)\(value\):\n    return value", text)}
    return {f"d{number}" for number in found}


@pytest.fixture(scope="module")
def broken_base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model with one weight that is no number."""
    folder = tmp_path_factory.mktemp("broken")
    model = Phi(SHAPE).initialize(torch.Generator().manual_seed(0))
    with torch.no_grad():
        model.state_dict()["model.layers.1.mlp.fc1.weight"][3, 4] = torch.nan
    save_model(model, folder)
    return folder


@pytest.mark.parametrize(("ranks", "parallel"), WAYS)
def test_a_nan_in_the_weights_skips_every_step_until_the_limit_and_is_named(
    server: RankServer, runs: Path, broken_base: Path, ranks: int, parallel: str
) -> None:
    folder = runs / f"nan-weights-{ranks}-{parallel}"
    ended = server.run(folder, ranks, base=str(broken_base), max_skipped_steps=3, parallel=parallel)
    said = only_mistake(ended)
    assert said.startswith("TrainingError: 4 steps had no finite loss and gradient and were skipped")
    assert "`max_skipped_steps` is 3: steps 1, 2, 3, 4; the last had the loss nan" in said
    assert "the weights themselves are not finite, first `model.layers.1.mlp.fc1.weight`" in said
    assert ended[0].output.count("was skipped: its loss was nan") == 4
    named = re.search(r"and the documents (d\d+(?:, d\d+)*)", said)
    assert named is not None
    assert len(named.group(1).split(", ")) == 10
    assert not (folder / "model.safetensors").exists()


@pytest.mark.parametrize(
    ("number", "ranks", "parallel"), [("nan", 1, "ddp"), ("nan", 2, "ddp"), ("nan", 2, "fsdp"), ("inf", 2, "ddp")]
)
def test_a_step_that_is_not_finite_on_one_rank_moves_no_weight_on_any(
    server: RankServer, runs: Path, number: str, ranks: int, parallel: str
) -> None:
    folder = runs / f"{number}-{ranks}-{parallel}"
    only = {f"{number}_in_step": 0, "on_rank": ranks - 1, "num_steps": 1, "warmup_steps": 0}
    server.trained(folder, ranks, parallel=parallel, **only)
    untouched = Phi(SHAPE).initialize(torch.Generator().manual_seed(SEED_OF_RUNS)).state_dict()
    assert all(weight.equal(untouched[name]) for name, weight in load_model(folder).state_dict().items())
    assert json.loads((folder / "metrics.json").read_text())["skipped_steps"] == 1


@pytest.mark.parametrize("ranks", [1, 2])
def test_a_skipped_step_is_counted_with_its_documents_and_the_run_goes_on(
    server: RankServer, runs: Path, ranks: int
) -> None:
    folder = server.trained(runs / f"skipped-{ranks}", ranks, nan_in_step=4, on_rank=ranks - 1, batch_size=2)
    (skipped,) = (line for line in log_of(folder) if "skipped_loss" in line)
    assert (skipped["step"], skipped["skipped_loss"]) == (5, "nan")
    documents = set(skipped["documents"])
    assert documents >= whole_documents(runs, step=4, batch_size=2)
    assert len(documents - whole_documents(runs, step=4, batch_size=2)) <= 4  # cut at both ends of a row
    assert [line["step"] for line in log_of(folder) if "loss" in line] == [1, 2, 3, 4, 6, 7, 8, 9, 10, 11, 12]
    assert json.loads((folder / "metrics.json").read_text())["skipped_steps"] == 1


def test_the_count_of_skipped_steps_outlives_a_kill(server: RankServer, runs: Path) -> None:
    folder = runs / "counted"
    server.run(folder, nan_in_step=2, kill_in_step=6, max_skipped_steps=1)
    said = only_mistake(server.run(folder, nan_in_step=8, max_skipped_steps=1))
    assert "2 steps had no finite loss and gradient and were skipped, `max_skipped_steps` is 1: steps 3, 9;" in said
    assert "lower `learning_rate`, look at the documents, or raise `max_skipped_steps`" in said


@pytest.mark.parametrize(("ranks", "parallel"), QUICK_WAYS)
@pytest.mark.parametrize("asynchronous", [True, pytest.param(False, marks=pytest.mark.slow)])
def test_a_full_disk_ends_all_ranks_with_what_to_do_and_the_run_goes_on_once_there_is_room(
    server: RankServer, runs: Path, ranks: int, parallel: str, asynchronous: bool
) -> None:
    folder = runs / f"full-{ranks}-{parallel}-{asynchronous}"
    run = {"parallel": parallel, "asynchronous_checkpoints": asynchronous}
    said = only_mistake(server.run(folder, ranks, largest_file=100_000, **run))
    assert said.startswith("StoreError: the checkpoint of step 4 could not be written to ")
    assert "GB are free. Make room there for twice that size" in said
    assert not list((folder / "scratch" / "checkpoints").iterdir())
    server.trained(folder, ranks, **run)
    assert same_bytes(folder, server.trained(runs / f"roomy-{ranks}-{parallel}-{asynchronous}", ranks, **run))


@pytest.mark.parametrize(("harm", "ranks"), [("cut", 2), ("missing", 1)])
def test_a_damaged_shard_is_named_by_all_ranks(server: RankServer, runs: Path, harm: str, ranks: int) -> None:
    tokens = runs / f"tokens-{harm}-{ranks}"
    shutil.copytree(runs / "tokens", tokens)
    shard = tokens / "train-00000.bin"
    if harm == "cut":
        shard.write_bytes(shard.read_bytes()[:-7])
    else:
        shard.unlink()
    said = only_mistake(server.run(runs / f"of-{harm}-{ranks}", ranks, tokens=str(tokens)))
    assert said.startswith("DamagedArtifactError: ")
    assert str(shard) in said


@pytest.mark.parametrize("parallel", ["ddp", "fsdp"])
def test_a_rank_that_is_killed_is_missed_by_the_other_in_a_persons_words(
    server: RankServer, runs: Path, parallel: str
) -> None:
    killed, other = server.run(runs / f"lost-{parallel}", 2, kill_in_step=5, on_rank=0, parallel=parallel)
    assert killed.status == SIGKILL
    assert other.status == 2, other.output
    assert "TrainingError: rank 1 of 2 lost another process" in other.output
    assert "the same command goes on from the last checkpoint" in other.output
