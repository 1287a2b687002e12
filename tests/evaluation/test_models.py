import shutil
from pathlib import Path

import pytest
from tests.evaluation.small import PROMPTS, TEXT, requests_of, texts_of

from hornbook.errors import ConfigError, MissingInputError
from hornbook.evaluation.models import RunModel, SamplingConfig


def run_model(folder: Path, device: str = "cpu") -> RunModel:
    return RunModel(folder, folder / "tokenizer.json", name="tiny", device=device)


def test_a_resumed_evaluation_has_the_texts_of_an_undisturbed_one(tiny_folder: Path) -> None:
    model, requests = run_model(tiny_folder), requests_of(PROMPTS[:6], num_samples=2)
    sampling = SamplingConfig(max_new_tokens=20, temperature=1.0, batch_size=4)
    whole = list(model.complete(requests, sampling, 3, ()))
    assert [len(group) for group in whole] == [4, 4, 4]
    done = [(requests[index].task_id, requests[index].sample_index) for index, _ in [*whole[0], whole[1][0]]]
    assert list(model.complete(requests, sampling, 3, done)) == [whole[1][1:], whole[2]]
    everything = [(request.task_id, request.sample_index) for request in requests]
    assert list(model.complete(requests, sampling, 3, everything)) == []
    assert list(model.complete(requests, sampling, 4, ())) != whole
    many = texts_of(model, requests_of(PROMPTS[:3], num_samples=3), SamplingConfig(max_new_tokens=20, temperature=1.0))
    few = texts_of(model, requests_of(PROMPTS), SamplingConfig(max_new_tokens=20, temperature=1.0))
    assert many[::3] == few[:3]
    assert many[0] != many[1]


def test_stop_strings_take_the_place_of_the_functions_end_and_long_prompts_are_counted(tiny_folder: Path) -> None:
    model, sampling = run_model(tiny_folder), SamplingConfig(max_new_tokens=40)
    [whole] = texts_of(model, requests_of(PROMPTS[:1], stop_strings=("no such text",)), sampling)
    [cut] = texts_of(model, requests_of(PROMPTS[:1], stop_strings=(whole[9:11],)), sampling)
    assert cut == whole[: whole.index(whole[9:11])]
    assert model.count_truncated(requests_of(["x", TEXT * 9, TEXT]), SamplingConfig()) == 1


def test_the_identity_says_which_weights_and_never_where_they_lie(tiny_folder: Path, tmp_path: Path) -> None:
    identity = run_model(tiny_folder).identity()
    copy = shutil.copytree(tiny_folder, tmp_path / "elsewhere")
    assert run_model(copy).identity() == identity
    assert (identity.kind, identity.name, identity.dtype, len(identity.digest)) == ("run", "tiny", "float32", 64)
    for name in ("model.safetensors", "tokenizer.json", "config.json"):
        whole = (copy / name).read_bytes()
        (copy / name).write_bytes(whole + b" ")
        assert run_model(copy).identity().digest != identity.digest
        (copy / name).unlink()
        with pytest.raises(MissingInputError, match=f"`{copy}` .*`{name}`"):
            run_model(copy)
        (copy / name).write_bytes(whole)
    with pytest.raises(ConfigError, match=r"`device`.*'quantum'"):
        run_model(tiny_folder, device="quantum")
