import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from hornbook.artifacts.fingerprint import encode
from hornbook.errors import ConfigError, MissingInputError
from hornbook.evaluation.models import Request, RunModel, SamplingConfig
from hornbook.generation.sample import generate
from hornbook.model.config import ModelConfig
from hornbook.model.phi import Phi
from hornbook.model.weights import load_model, save_model
from hornbook.records import Document, DocumentKind, Problem
from hornbook.tokens.tokenizer import TokenizerConfig, load_tokenizer, train_tokenizer

TEXT = 'def first_word(text):\n    """Return the first word of the text."""\n    return text.split()[0]\n'
PROMPTS = ["def f(", TEXT[:30], TEXT[:61], TEXT, "x", "def first_word(text):\n    "]


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> Iterator[None]:
    """Threads that wait for each other make so small a model slower, much slower on a busy machine."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An untrained model, made lively enough not to repeat one token, and its tokenizer."""
    folder: Path = tmp_path_factory.mktemp("run")
    document = Document(id="own", kind=DocumentKind.EXERCISE, text=TEXT)
    train_tokenizer([document] * 2, TokenizerConfig(vocab_size=300)).save(str(folder / "tokenizer.json"))
    shape = ModelConfig(
        vocab_size=320, num_layers=2, hidden_size=32, intermediate_size=64, num_heads=2, max_position=128
    )
    model = Phi(shape).initialize(torch.Generator().manual_seed(1))
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.mul_(8)
    save_model(model, folder)
    return folder


def run_model(folder: Path) -> RunModel:
    return RunModel(folder, folder / "tokenizer.json", name="tiny", device="cpu")


def problem_of(task_id: str, prompt: str) -> Problem:
    return Problem(task_id=task_id, prompt=prompt, entry_point="", canonical_solution="", test="", category="")


def requests_of(prompts: list[str], num_samples: int = 1, stop_strings: tuple[str, ...] = ()) -> list[Request]:
    return [
        Request(problem=problem_of(f"own/{number}", prompt), sample_index=index, stop_strings=stop_strings)
        for number, prompt in enumerate(prompts)
        for index in range(num_samples)
    ]


def texts_of(model: RunModel, requests: list[Request], sampling: SamplingConfig) -> dict[tuple[str, int], str]:
    rows = [row for group in model.complete(requests, sampling, 3, ()) for row in group]
    assert sorted(index for index, _ in rows) == list(range(len(requests)))
    return {(requests[index].task_id, requests[index].sample_index): text for index, text in rows}


def test_a_runs_model_writes_what_generation_writes(folder: Path) -> None:
    sampling = SamplingConfig(max_new_tokens=30, batch_size=4)
    texts = texts_of(run_model(folder), requests_of(PROMPTS), sampling)
    expected = generate(
        load_model(folder),
        load_tokenizer(folder / "tokenizer.json"),
        PROMPTS,
        sampling,
        0,
        lambda _done, _total: None,
    )
    assert list(texts.values()) == [expected[int(task_id.removeprefix("own/"))] for task_id, _ in texts]
    assert len(set(expected)) > 3


def test_a_resumed_evaluation_has_the_texts_of_an_undisturbed_one(folder: Path) -> None:
    model, requests = run_model(folder), requests_of(PROMPTS, num_samples=2)
    sampling = SamplingConfig(max_new_tokens=20, temperature=1.0, batch_size=4)
    whole = list(model.complete(requests, sampling, 3, ()))
    assert [len(group) for group in whole] == [4, 4, 4]
    done = [(requests[index].task_id, requests[index].sample_index) for index, _ in [*whole[0], whole[1][0]]]
    assert list(model.complete(requests, sampling, 3, done)) == [whole[1][1:], whole[2]]
    everything = [(request.task_id, request.sample_index) for request in requests]
    assert list(model.complete(requests, sampling, 3, everything)) == []


def test_more_samples_of_fewer_problems_begin_with_the_same_samples(folder: Path) -> None:
    sampling = SamplingConfig(max_new_tokens=20, temperature=1.0)
    few = texts_of(run_model(folder), requests_of(PROMPTS, num_samples=1), sampling)
    many = texts_of(run_model(folder), requests_of(PROMPTS[:3], num_samples=3), sampling)
    assert {key: text for key, text in many.items() if key in few} == {
        key: text for key, text in few.items() if key in many
    }
    assert many[("own/0", 0)] != many[("own/0", 1)]


def test_stop_strings_take_the_place_of_the_functions_end(folder: Path) -> None:
    sampling = SamplingConfig(max_new_tokens=40)
    [whole] = texts_of(run_model(folder), requests_of(PROMPTS[:1], stop_strings=("no such text",)), sampling).values()
    [cut] = texts_of(run_model(folder), requests_of(PROMPTS[:1], stop_strings=(whole[9:11],)), sampling).values()
    assert cut == whole[: whole.index(whole[9:11])]


def test_prompts_that_are_too_long_are_counted(folder: Path) -> None:
    requests = requests_of(["x", TEXT * 9, TEXT])
    assert run_model(folder).count_truncated(requests, SamplingConfig()) == 1


def test_the_identity_says_which_weights_and_never_where_they_lie(folder: Path, tmp_path: Path) -> None:
    identity = run_model(folder).identity()
    copy = shutil.copytree(folder, tmp_path / "elsewhere")
    assert run_model(copy).identity() == identity
    assert (identity.kind, identity.name, identity.dtype, len(identity.digest)) == ("run", "tiny", "float32", 64)
    assert encode(identity)["digest"] == identity.digest
    for name in ("model.safetensors", "tokenizer.json", "config.json"):
        whole = (copy / name).read_bytes()
        (copy / name).write_bytes(whole + b" ")
        assert run_model(copy).identity().digest != identity.digest
        (copy / name).write_bytes(whole)


@pytest.mark.parametrize("name", ["model.safetensors", "tokenizer.json", "config.json"])
def test_a_missing_file_is_named(name: str, folder: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(folder, tmp_path / "copy")
    (copy / name).unlink()
    with pytest.raises(MissingInputError, match=f"`{copy}` .* no `{name}`"):
        run_model(copy)


def test_a_device_that_is_not_there_is_refused_by_name(folder: Path) -> None:
    with pytest.raises(ConfigError, match=r"`device`.*'quantum'"):
        RunModel(folder, folder / "tokenizer.json", name="tiny", device="quantum")
