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
from hornbook.curation.classifier import FOREST, KERNEL, Encoder, FittedClassifier, ForestHead, Head, make_encoder
from hornbook.curation.encode import BLOCKS, EncodeConfig
from hornbook.curation.hidden_states import HiddenStatesConfig
from hornbook.curation.kernel_head import KernelHead
from hornbook.curation.measures import num_measures
from hornbook.errors import ConfigError, DamagedArtifactError, HornbookError, MissingInputError
from hornbook.pipeline.runs import FILE_NAME, RunFolder
from hornbook.pipeline.store import Store

FORMAT = 2
"""Raised when a file of the former number cannot be read any more."""
CLASSIFIER_FOLDER = "classifier"
"""In the artifact of the stage `train-classifier`."""
_RECIPE, _STAGE = "laptop", "train-classifier"
_MAKE_ONE = f"`hornbook run {_RECIPE} --until {_STAGE}` makes one"
CLASSIFIER_FILES = _JSON, _WEIGHTS = "classifier.json", "weights.safetensors"
_ENCODERS: dict[type, str] = {EncodeConfig: "tokens and measures", HiddenStatesConfig: "hidden states"}
_SHAPES = {
    KERNEL: {
        "idf": "C",
        "token_weights": "C",
        "dense_mean": "D",
        "dense_scale": "D",
        "supports": "ND",
        "dual": "N",
    },
    FOREST: {"roots": "T", "lefts": "M", "rights": "M", "columns": "M", "thresholds": "M", "means": "M"},
}
"""Of each head's arrays: C columns of tokens, D dense ones, N labelled texts; T trees with M nodes in all."""
_NODES = ("roots", "lefts", "rights")
"""Arrays of a forest that hold places of nodes."""
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
                values.append(self.fitted.predict(self._encoder(texts[start : start + _TEXTS_AT_ONCE])))
        return np.concatenate(values)

    @cached_property
    def _encoder(self) -> Encoder:
        return make_encoder(self.encode)

    def save(self, folder: Path) -> None:
        """Write it; equal classifiers give equal bytes.

        Args:
            folder: Is made; must not be there.
        """
        from safetensors.numpy import save_file

        head = self.fitted.head
        kind = KERNEL if isinstance(head, KernelHead) else FOREST
        folder.mkdir()
        save_file({field: getattr(head, field) for field in _SHAPES[kind]}, folder / _WEIGHTS)
        described = {
            "format": FORMAT,
            "hornbook": __version__,
            "head": kind,
            "encoder": _ENCODERS[type(self.encode)],
            "encode": asdict(self.encode),
            "numbers": {"mean_score": head.mean_score} if isinstance(head, KernelHead) else {},
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
            if form != FORMAT or described["head"] not in _SHAPES:
                raise ConfigError(
                    f"the classifier in `{folder}` has format {form!r} and the head {described['head']!r}, written by "
                    f"Hornbook {writer}; this one reads {FORMAT} and {' or '.join(_SHAPES)}: make it again"
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
    for name, letters in _SHAPES[described["head"]].items():
        array = arrays[name]
        shape = tuple(sizes.setdefault(letter, size) for letter, size in zip(letters, array.shape, strict=True))
        type_ = np.int64 if name in (*_NODES, "columns") else np.float64
        if array.shape != shape or array.dtype != type_ or not np.isfinite(array).all():
            raise ValueError(f"`{name}` is no array of {' × '.join(map(str, shape))} finite numbers")
    slope, intercept = float(described["slope"]), float(described["intercept"])
    mean_score = float(described["numbers"].get("mean_score", 0.0))
    if not np.isfinite([slope, intercept, mean_score]).all():
        raise ValueError(f"{slope}, {intercept} and {mean_score} are not all finite")
    arrays = {name: arrays[name] for name in _SHAPES[described["head"]]}
    head: Head = KernelHead(mean_score=mean_score, **arrays) if described["head"] == KERNEL else _forest(arrays, sizes)
    return FittedClassifier(head=head, slope=slope, intercept=intercept)


def _forest(arrays: dict[str, NDArray[Any]], sizes: dict[str, int]) -> ForestHead:
    """A forest whose nodes follow each other to a leaf, and ask for features that there are."""
    for name in _NODES:
        if not ((arrays[name] >= 0) & (arrays[name] < sizes["M"])).all():
            raise ValueError(f"`{name}` names nodes that are not there")
    for name in ("lefts", "rights"):
        if (arrays[name] < np.arange(sizes["M"])).any():
            raise ValueError(f"`{name}` leads back to a node that was passed")
    if (arrays["columns"] < 0).any() or ("D" in sizes and (arrays["columns"] >= sizes["D"]).any()):
        raise ValueError("`columns` names features that are not there")
    return ForestHead(**arrays)


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
            f"the run `{known.name}` has not saved its classifier: it was made by an older Hornbook; `{again}` with "
            "this one saves it"
        )
    return artifact.folder / CLASSIFIER_FOLDER
