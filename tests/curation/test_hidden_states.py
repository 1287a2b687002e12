import pickle
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from tests.curation.tiny_language_models import KINDS, MAX_POSITION, NUM_LAYERS, TEXT, WIDTH, save_model, tokenizer
from transformers import AutoModelForCausalLM

from hornbook.curation.hidden_states import (
    HiddenStatesConfig,
    HiddenStatesEncoder,
    batches_by_length,
    describe_language_model,
)
from hornbook.errors import ConfigError
from hornbook.pipeline.fingerprint import fingerprint

TEXTS = [TEXT, "", "x", TEXT[:60], "y = 1\n", TEXT[5:30], TEXT * 9, "é" * 40]


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> Iterator[None]:
    """Threads that wait for each other make so small a model slower."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module", params=KINDS)
def folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_model(tmp_path_factory.mktemp(request.param), request.param)


@pytest.fixture(scope="module")
def llama(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_model(tmp_path_factory.mktemp("llama"))


def config_of(folder: Path, **changes: object) -> HiddenStatesConfig:
    config = describe_language_model(str(folder), device="cpu")
    return replace(config, **changes)


def test_the_states_are_the_mean_of_those_of_transformers_asked_for_one_text_at_a_time(folder: Path) -> None:
    model = AutoModelForCausalLM.from_pretrained(folder).eval()
    rows = HiddenStatesEncoder(config_of(folder, layer=-1)).encode(TEXTS).dense
    alone = HiddenStatesEncoder(config_of(folder, layer=-1, batch_tokens=1)).encode(TEXTS).dense
    assert np.abs(rows - alone).max() < 2e-5
    bare = [
        HiddenStatesEncoder(config_of(folder, layer=layer, is_normed=False)).encode(TEXTS).dense
        for layer in range(1, NUM_LAYERS)
    ]
    for at, text in enumerate(TEXTS):
        assert rows[at, -1] == (not text)
        ids = tokenizer().encode(text).ids[:MAX_POSITION]
        if text:
            with torch.no_grad():
                by_layer = model(torch.tensor([ids]), output_hidden_states=True).hidden_states
            means = [states[0].numpy().mean(axis=0) for states in by_layer]
            assert rows[at, :-1] == pytest.approx(means[-1], abs=2e-5)
            for layer in range(1, NUM_LAYERS):  # Of the last one transformers gives what the norm makes of it.
                assert bare[layer - 1][at, :-1] == pytest.approx(means[layer], abs=1e-4)
    assert np.abs(rows[0] - rows[3]).max() > 0.01, "the model says the same of every text: nothing was shown"


def test_another_process_gets_the_config_and_loads_the_model_itself(llama: Path) -> None:
    encoder = HiddenStatesEncoder(describe_language_model(str(llama), dtype="float32"))
    rows = encoder.encode(TEXTS).dense
    sent = pickle.dumps(encoder)
    assert len(sent) < 2_000
    assert np.array_equal(pickle.loads(sent).encode(TEXTS).dense, rows)


def test_a_lower_layer_is_what_a_model_of_so_many_layers_gives(folder: Path, tmp_path: Path) -> None:
    model = AutoModelForCausalLM.from_pretrained(folder, num_hidden_layers=2)
    model.save_pretrained(tmp_path)
    for path in folder.glob("tokenizer*"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    shorter = HiddenStatesEncoder(config_of(tmp_path, layer=-1)).encode(TEXTS).dense
    for layer in (2, -2, None):  # None is two thirds of three
        lower = HiddenStatesEncoder(config_of(folder, layer=layer)).encode(TEXTS).dense
        assert np.array_equal(lower, shorter)
    assert not np.allclose(shorter, HiddenStatesEncoder(config_of(folder, layer=-1)).encode(TEXTS).dense)


def test_only_the_first_tokens_are_read(llama: Path) -> None:
    encoder = HiddenStatesEncoder(config_of(llama, max_tokens=7))
    ids = tokenizer().encode(TEXT).ids
    beginning = tokenizer().decode(ids[:7])
    cut, whole = encoder.encode([beginning, TEXT]).dense
    assert encoder.tokenize([TEXT]) == [ids[:7]]
    assert cut == pytest.approx(whole, abs=2e-5)
    whole_model = HiddenStatesEncoder(config_of(llama, layer=1))
    assert len(whole_model.tokenize(["x = 1\n" * 5_000_000])[0]) == MAX_POSITION, "and soon"
    rows = whole_model.encode(["", "x\ud800", "x\0"]).dense
    assert rows.shape == (3, WIDTH + 1)
    assert rows[0].tolist() == [0.0] * WIDTH + [1.0], "an empty text has no states and is marked"
    assert np.isfinite(rows).all()
    assert not rows[1:, -1].any()
    assert whole_model.encode([]).dense.shape == (0, WIDTH + 1)
    assert whole_model.encode([""]).dense[0, -1] == 1
    assert len(whole_model._lower.model.layers) == 1, "the layers above are not there"


def test_the_weights_determine_the_fingerprint_and_the_folder_does_not(llama: Path, tmp_path: Path) -> None:
    def of(config: HiddenStatesConfig) -> str:
        return fingerprint(stage="encode", version=1, config=config, seed=0, inputs={})

    config = config_of(llama)
    moved = tmp_path / "moved"
    moved.mkdir()
    for path in llama.iterdir():
        (moved / path.name).write_bytes(path.read_bytes())
    (moved / "README.md").write_text("Read me.")
    assert of(config) == of(config_of(moved, batch_tokens=7))
    assert of(config) != of(config_of(save_model(tmp_path / "other", seed=1)))
    assert of(config) != of(replace(config, layer=1))
    save_model(moved, seed=1)
    with pytest.raises(ConfigError, match="are not those that the config was made for"):
        HiddenStatesEncoder(replace(config, folder=str(moved))).encode(["x"])
    for name, value in (("layer", 0), ("max_tokens", 0), ("batch_tokens", 0), ("dtype", "int8")):
        with pytest.raises(ConfigError, match=f"`{name}`"):
            replace(config, **{name: value})  # type: ignore[arg-type]
    for name, other in (("layer", NUM_LAYERS + 1), ("layer", -NUM_LAYERS - 1), ("device", "abacus")):
        with pytest.raises(ConfigError, match=f"`{name}`"):
            HiddenStatesEncoder(replace(config, **{name: other})).encode(["x"])  # type: ignore[arg-type]


def test_in_bfloat16_the_states_are_nearly_the_same(llama: Path) -> None:
    exact = HiddenStatesEncoder(config_of(llama)).encode(TEXTS).dense
    coarse = HiddenStatesEncoder(config_of(llama, dtype="bfloat16")).encode(TEXTS).dense
    assert 0 < np.abs(exact - coarse).max() < 0.2
    assert np.corrcoef(exact[:, :-1].ravel(), coarse[:, :-1].ravel())[0, 1] > 0.999


def test_batches_hold_like_lengths_and_no_more_tokens_than_asked() -> None:
    lengths = [5, 0, 90, 7, 6, 0, 30, 1]
    batches = list(batches_by_length(lengths, 20))
    assert sorted(index for batch in batches for index in batch) == [0, 2, 3, 4, 6, 7]
    assert batches == [[2], [6], [3, 4], [0, 7]]
