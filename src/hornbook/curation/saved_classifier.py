"""Keep a fitted classifier in a folder, find it, and take it up again: the same texts get the same values.

Reads, Writes: `classifier.json` (the encoding, the head's name, its numbers, and a text with its value), and
               `weights.safetensors` (its arrays). Nothing in them is executed when they are read.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hornbook import __version__
from hornbook.curation.classifier import FittedClassifier
from hornbook.curation.encode import BLOCKS, EncodeConfig
from hornbook.curation.encoder import Encoder, make_encoder
from hornbook.curation.hidden_states import HiddenStatesConfig
from hornbook.curation.kernel_head import KernelHead
from hornbook.curation.measures import num_measures
from hornbook.errors import ConfigError, DamagedArtifactError, HornbookError, MissingInputError
from hornbook.pipeline.runs import FILE_NAME, RunFolder
from hornbook.pipeline.store import Store

FORMAT = 2
"""Raised when a file of the former number cannot be read any more."""
CLASSIFIER_FOLDER = "classifier"
"""In the artifact of the stage `classifier`."""
_RECIPE, _STAGE = "laptop", "classifier"
_MAKE_ONE = f"`hornbook run {_RECIPE} --until {_STAGE}` makes one"
_JSON, _WEIGHTS = "classifier.json", "weights.safetensors"
_ENCODERS: dict[type, str] = {EncodeConfig: "tokens and measures", HiddenStatesConfig: "hidden states"}
_HEAD = "kernel"
_SHAPES = {"idf": "C", "token_weights": "C", "dense_mean": "D", "dense_scale": "D", "supports": "ND", "dual": "N"}
"""Of the head's arrays: C columns of tokens, D dense ones, N labelled texts."""
_TEXTS_AT_ONCE = 256
_PROBE = 'def total(items):\n    """Add up."""\n    result = 0\n    for item in items:\n        result += item\n'
_PROBE_TOLERANCES: dict[type, float] = {EncodeConfig: 1e-5, HiddenStatesConfig: 0.02}
"""Wider than the rounding of values, and of a language model on another device; narrower than what another encoding
makes of the text."""


@dataclass(frozen=True, kw_only=True)
class SavedClassifier:
    """All that is needed to value texts."""

    encode: EncodeConfig | HiddenStatesConfig
    fitted: FittedClassifier

    def predict(self, texts: Sequence[str]) -> NDArray[np.float64]:
        """The probability that each text teaches; it depends on that text alone."""
        from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

        values = [np.empty(0)]
        with threadpool_limits(1):  # Who calls this has a process a core.
            for start in range(0, len(texts), _TEXTS_AT_ONCE):
                values.append(self.fitted.predict(self._encoder.encode(texts[start : start + _TEXTS_AT_ONCE])))
        return np.concatenate(values)

    @cached_property
    def _encoder(self) -> Encoder:
        return make_encoder(self.encode)

    def save(self, folder: Path) -> None:
        """Write it; equal classifiers give equal bytes.

        Args:
            folder: Is made; must not be there.

        Raises:
            ConfigError: The head cannot be saved (`is_savable`).
        """
        from safetensors.numpy import save_file

        head = self.fitted.head
        if not isinstance(head, KernelHead):
            raise ConfigError("a classifier whose head is made of trees has no plain form and cannot be saved")
        folder.mkdir()
        save_file({field: getattr(head, field) for field in _SHAPES}, folder / _WEIGHTS)
        described = {
            "format": FORMAT,
            "hornbook": __version__,
            "head": _HEAD,
            "encoder": _ENCODERS[type(self.encode)],
            "encode": asdict(self.encode),
            "numbers": {"mean_score": head.mean_score},
            "slope": self.fitted.slope,
            "intercept": self.fitted.intercept,
            "probe": {"text": _PROBE, "value": float(self.predict([_PROBE])[0])},
        }
        (folder / _JSON).write_text(json.dumps(described, indent=2) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> "SavedClassifier":
        """Take one up.

        Raises:
            MissingInputError: There is none in the folder.
            DamagedArtifactError: A file is not what was written.
            ConfigError: Another Hornbook wrote it, and this one would give other values.
        """
        if not (folder / _JSON).is_file():
            raise MissingInputError(f"`{folder}` holds no classifier: it has no `{_JSON}`")
        try:
            described = json.loads((folder / _JSON).read_text(encoding="utf-8"))
            form, writer = described["format"], described["hornbook"]
            if form != FORMAT or described["head"] != _HEAD:
                raise ConfigError(
                    f"the classifier in `{folder}` has format {form!r} and the head {described['head']!r}, written by "
                    f"Hornbook {writer}; this one reads {FORMAT} and {_HEAD!r}: make it again"
                )
            encoders: dict[str, Any] = {name: config for config, name in _ENCODERS.items()}
            encode = encoders[described["encoder"]](**described["encode"])
            loaded = cls(encode=encode, fitted=_fitted(described, folder / _WEIGHTS))
            probe, expected = described["probe"]["text"], float(described["probe"]["value"])
        except (OSError, KeyError, TypeError, ValueError) as error:
            raise DamagedArtifactError(f"the classifier in `{folder}` is damaged: {error!r}") from error
        value = float(loaded.predict([probe])[0])
        if not abs(value - expected) <= _PROBE_TOLERANCES[type(loaded.encode)]:
            raise ConfigError(
                f"the classifier in `{folder}`, written by Hornbook {writer}, gave {expected} where it gives {value} "
                "now: code is encoded in another way since; make it again"
            )
        return loaded


def find_classifier(name: str | None, store: Store) -> Path:
    """The folder of a saved classifier.

    Args:
        name: A run of the store; else a folder: a saved classifier, or an artifact with one. None: the run of the
            recipe `laptop` that was begun or went on last and has a classifier.
        store: Where runs are looked for.

    Raises:
        MissingInputError: There is none; says how to make one.
        DamagedArtifactError: The run's classifier is gone or damaged.
    """
    if name is None:
        return _latest(store)
    if Path(name).name == name and (store.runs / name / FILE_NAME).is_file():
        return _of_run(RunFolder(store, name))
    folder = Path(name).expanduser()
    if not folder.is_dir():
        raise MissingInputError(f"no run `{name}` in the store `{store.root}`, and no such folder; {_MAKE_ONE}")
    inside = folder / CLASSIFIER_FOLDER
    return inside if inside.is_dir() else folder


def is_savable(fitted: FittedClassifier) -> bool:
    """Whether a classifier has a plain form on the disk; a forest has none."""
    return isinstance(fitted.head, KernelHead)


def _fitted(described: dict[str, Any], weights: Path) -> FittedClassifier:
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    try:
        arrays = load_file(weights)
    except SafetensorError as error:
        raise ValueError(f"{weights.name}: {error}") from error
    sizes = {"C": 0}
    if described["encoder"] == _ENCODERS[EncodeConfig]:
        sizes = {"C": len(BLOCKS) << described["encode"]["bits_per_block"], "D": num_measures()}
    for name, letters in _SHAPES.items():
        array = arrays[name]
        shape = tuple(sizes.setdefault(letter, size) for letter, size in zip(letters, array.shape, strict=True))
        if array.shape != shape or array.dtype != np.float64 or not np.isfinite(array).all():
            raise ValueError(f"`{name}` is no array of {' × '.join(map(str, shape))} finite numbers")
    slope, intercept, mean_score = (
        float(number) for number in (described["slope"], described["intercept"], described["numbers"]["mean_score"])
    )
    if not np.isfinite([slope, intercept, mean_score]).all():
        raise ValueError(f"{slope}, {intercept} and {mean_score} are not all finite")
    head = KernelHead(mean_score=mean_score, **{name: arrays[name] for name in _SHAPES})
    return FittedClassifier(head=head, slope=slope, intercept=intercept)


def _latest(store: Store) -> Path:
    records = sorted(store.runs.glob(f"*/{FILE_NAME}"), key=lambda path: -path.stat().st_mtime_ns)
    for record in records:
        run = RunFolder(store, record.parent.name)
        try:
            known = run.read()
        except HornbookError:
            continue
        if known.recipe == _RECIPE and any(stage.name == _STAGE for stage in known.stages):
            return _of_run(run)
    raise MissingInputError(
        f"there is no classifier: the store `{store.root}` has no run of `{_RECIPE}` with one; {_MAKE_ONE}, --store "
        "names another store, --classifier a run or a folder"
    )


def _of_run(run: RunFolder) -> Path:
    known = run.read()
    stage = next((one for one in known.stages if one.name == _STAGE), None)
    if stage is None:
        raise MissingInputError(f"the run `{known.name}` has no classifier; {_MAKE_ONE}")
    again = known.command or f"hornbook run {known.recipe}"
    artifact = run.store.find(_STAGE, stage.fingerprint)
    if artifact is None:
        raise DamagedArtifactError(f"the classifier of the run `{known.name}` is gone; `{again}` rebuilds it")
    if not (artifact.folder / CLASSIFIER_FOLDER).is_dir():
        raise MissingInputError(
            f"the run `{known.name}` has not saved its classifier: it was made by an older Hornbook, or its head is "
            f"a forest, which cannot be saved; `{again}` with this one and the head `kernel` saves it"
        )
    return artifact.folder / CLASSIFIER_FOLDER
