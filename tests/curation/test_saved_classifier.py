import dataclasses
import functools
import json
import pickle
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file
from sklearn.ensemble import RandomForestRegressor
from tests.curation.tiny_language_models import save_model

from hornbook.curation.classifier import ClassifierConfig, Learner, fit_value, make_encoder
from hornbook.curation.encode import EncodeConfig, encode
from hornbook.curation.hidden_states import describe_language_model
from hornbook.curation.saved_classifier import SavedClassifier
from hornbook.errors import ConfigError, DamagedArtifactError, HornbookError, MissingInputError

CONFIG = ClassifierConfig(encode=EncodeConfig(bits_per_block=8))
TEXTS = [f"def f{at}(x):\n    return x * {at}\n" if at % 2 else f"x{at} = {at}\n" for at in range(24)]
OTHERS = ["", "def broken(:", "(" * 5000, "\0", "é = 'ü'\n", *TEXTS[:5], "class A:\n    def m(self):\n        pass\n"]


@functools.cache
def fitted() -> SavedClassifier:
    scores = np.array([at % 2 * 4 for at in range(24)])
    config = ClassifierConfig(encode=CONFIG.encode)
    return SavedClassifier(
        encode=config.encode, fitted=fit_value(Learner(encode(TEXTS, config.encode), scores, config), 1)
    )


def test_a_classifier_on_hidden_states_is_taken_up_with_its_language_model(tmp_path: Path) -> None:
    encoder = describe_language_model(str(save_model(tmp_path / "model")), device="cpu")
    config = ClassifierConfig(encode=encoder)
    scores = np.array([at % 2 * 4 for at in range(24)])
    classifier = SavedClassifier(
        encode=encoder, fitted=fit_value(Learner(make_encoder(encoder)(TEXTS), scores, config), 1)
    )
    classifier.save(tmp_path / "saved")
    values = SavedClassifier.load(tmp_path / "saved").predict(OTHERS)
    assert values == pytest.approx(classifier.predict(OTHERS), abs=1e-4)
    assert len(set(values.tolist())) > 3
    (tmp_path / "model" / "model.safetensors").unlink()
    with pytest.raises(HornbookError, match="model"):
        SavedClassifier.load(tmp_path / "saved")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    fitted().save(tmp_path / "saved")
    return tmp_path / "saved"


def test_a_saved_classifier_gives_the_values_that_the_fitted_one_gives(folder: Path, tmp_path: Path) -> None:
    values = fitted().predict(OTHERS)
    assert np.array_equal(SavedClassifier.load(folder).predict(OTHERS), values)
    assert np.array_equal(pickle.loads(pickle.dumps(fitted())).predict(OTHERS), values)
    assert len(set(values.tolist())) > 3
    assert fitted().predict([]).shape == (0,)
    SavedClassifier.load(folder).save(tmp_path / "again")
    names = sorted(path.name for path in folder.iterdir())
    assert names == ["classifier.json", "weights.safetensors"]
    for name in names:
        assert (folder / name).read_bytes() == (tmp_path / "again" / name).read_bytes()


def test_a_forest_is_saved_node_by_node_and_values_texts_as_scikit_learn_does(tmp_path: Path) -> None:
    features, scores = encode(TEXTS, CONFIG.encode), np.array([at % 2 * 4 for at in range(24)])
    config = dataclasses.replace(CONFIG, head="forest")
    forest = SavedClassifier(encode=CONFIG.encode, fitted=fit_value(Learner(features, scores, config), 1))
    original = RandomForestRegressor(200, max_features=0.33, min_samples_leaf=2, random_state=1, n_jobs=1)
    original.fit(features.dense, scores)
    others = encode(OTHERS, CONFIG.encode)
    assert forest.fitted.head.predict(others).tolist() == original.predict(others.dense).tolist()
    forest.save(tmp_path / "forest")
    assert SavedClassifier.load(tmp_path / "forest").predict(OTHERS).tolist() == forest.predict(OTHERS).tolist()
    weights = load_file(tmp_path / "forest" / "weights.safetensors")
    for name, value in (("roots", 10**6), ("lefts", -1), ("rights", 0), ("columns", 999)):
        changed = weights[name].copy()
        changed[-1] = value
        save_file({**weights, name: changed}, tmp_path / "forest" / "weights.safetensors")
        with pytest.raises(DamagedArtifactError, match=name):
            SavedClassifier.load(tmp_path / "forest")


def test_a_value_depends_on_its_text_alone_to_the_last_digit() -> None:
    classifier = fitted()
    together = classifier.fitted.head.predict(encode(OTHERS, CONFIG.encode))
    alone = [classifier.fitted.head.predict(encode([text], CONFIG.encode))[0] for text in OTHERS]
    assert together.tolist() == alone


def test_what_is_damaged_or_of_another_format_or_gives_other_values_is_refused(folder: Path) -> None:
    described = (folder / "classifier.json").read_text()
    for change, told in (
        ({"format": 99}, "format 99"),
        ({"head": "linear"}, "'linear'"),
        ({"probe": {"text": "x = 1", "value": 0.5}}, r"gave 0\.5 where"),
    ):
        (folder / "classifier.json").write_text(json.dumps({**json.loads(described), **change}))
        with pytest.raises(ConfigError, match=told):
            SavedClassifier.load(folder)
    (folder / "classifier.json").write_text(described)
    weights = load_file(folder / "weights.safetensors")
    for changed in (
        {**weights, "idf": weights["idf"][:-1]},
        {**weights, "idf": weights["idf"].astype(np.float32)},
        {**weights, "dual": weights["dual"] * np.nan},
        {**weights, "supports": weights["supports"][:, :-1]},
        {**weights, "supports": weights["supports"][:-1]},
        {name: array for name, array in weights.items() if name != "token_weights"},
    ):
        arrays = {name: np.ascontiguousarray(array) for name, array in changed.items()}
        save_file(arrays, folder / "weights.safetensors")
        with pytest.raises(DamagedArtifactError):
            SavedClassifier.load(folder)
    (folder / "weights.safetensors").write_bytes(b"no weights")
    with pytest.raises(DamagedArtifactError):
        SavedClassifier.load(folder)
    (folder / "classifier.json").write_text("[]")
    with pytest.raises(DamagedArtifactError):
        SavedClassifier.load(folder)
    with pytest.raises(MissingInputError, match="no classifier"):
        SavedClassifier.load(folder.parent)
