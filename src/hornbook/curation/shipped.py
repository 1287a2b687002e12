"""What the package knows of the standard library: labels of educational value, and what a language model sees in it.

Reads:  `educational_value/labels.jsonl`; `educational_value/states.safetensors`: for each snippet its hash and 32
        numbers of one byte; code samples.
Writes: one label per sample that a reader has scored; hints for the classifier (`distillation.py`), without the model
        and without a download.
Source: section 2.1 of the paper, where GPT-4 gave the labels. How labels and states were made:
        `educational_value/README.md`.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import as_file, files

import numpy as np
from numpy.typing import NDArray

from hornbook.curation.distillation import Hints
from hornbook.curation.encoder import Encoder
from hornbook.errors import ConfigError, MissingInputError
from hornbook.records import CodeSample, Label

NUM_COMPONENTS = 32
LEAST_KNOWN_LABELS = 100
"""With fewer labelled texts that have states, a slow head would learn too little to teach."""
HASH_BYTES = 8
_ANNOTATOR = "language model, educational_value/rubric.md"
"""Who gave the labels; written into each."""
_LABELS, _STATES = "labels.jsonl", "states.safetensors"
_DATA = files("hornbook.curation").joinpath("educational_value")


@dataclass(frozen=True, kw_only=True)
class AnnotateConfig:
    """Which labels are taken. The labels' own digest is part of it, since they determine the result."""

    labels_sha256: str
    """Digest of the label file. Get it from `describe_labels`."""
    min_labels: int = 200
    """With fewer samples found, the stage fails rather than train on next to nothing."""

    def __post_init__(self) -> None:
        if len(self.labels_sha256) != 64:
            raise ConfigError(f"`labels_sha256` must be 64 hexadecimal digits, got {self.labels_sha256!r}")
        if self.min_labels < 1:
            raise ConfigError(f"`min_labels` must be at least 1, got {self.min_labels!r}")


@dataclass(frozen=True, kw_only=True)
class ShippedLabel:
    """A label as stored: it names the code, it does not hold it."""

    module: str
    qualname: str
    sha256: str
    """Of the definition's text without a newline at its end, UTF-8."""
    score: int
    reason: str


def describe_labels() -> AnnotateConfig:
    """The config that stands for the label file of this installation."""
    return AnnotateConfig(labels_sha256=_digest(_LABELS))


def load_labels(config: AnnotateConfig) -> list[ShippedLabel]:
    """The shipped labels, in the order of the file.

    Raises:
        ConfigError: The installed label file is not the one that the config names.
    """
    if config.labels_sha256 != _digest(_LABELS):
        raise ConfigError(f"`labels_sha256` is {config.labels_sha256!r}, the installed labels have another digest")
    return [
        ShippedLabel(**json.loads(line)) for line in _DATA.joinpath(_LABELS).read_text(encoding="utf-8").splitlines()
    ]


def join_labels(samples: Sequence[CodeSample], labels: Sequence[ShippedLabel], config: AnnotateConfig) -> list[Label]:
    """Give each label the sample with its module, name and hash; labels of other code drop out.

    Args:
        samples: The corpus; ids unique.
        labels: Each with a module, a name and the hash of the text that was read.
        config: How many must be found.

    Returns:
        Labels in the order of the samples.

    Raises:
        MissingInputError: Fewer than `config.min_labels` labels speak of a sample.
    """
    wanted = {(label.module, label.qualname, label.sha256): label for label in labels}
    joined = []
    for sample in samples:
        digest = hashlib.sha256(sample.text.removesuffix("\n").encode()).hexdigest()
        label = wanted.get((sample.module, sample.qualname, digest))
        if label is not None:
            joined.append(Label(sample_id=sample.id, score=label.score, reason=label.reason, annotator=_ANNOTATOR))
    if len(joined) < config.min_labels:
        raise MissingInputError(
            f"only {len(joined)} of {len(labels)} labels speak of code in this corpus, {config.min_labels} are needed:"
            " they were given for Python 3.11's standard library, run on that version or lower `min_labels`"
        )
    return joined


def describe_states() -> str:
    """The digest that stands for the states of this installation, for `ClassifierConfig.states_sha256`."""
    return _digest(_STATES)


class ShippedStates:
    """What a language model saw in code of the standard library, found by the hash of the code.

    Raises:
        ConfigError: The installed states are not those of the digest.
    """

    def __init__(self, sha256: str) -> None:
        """Load them.

        Args:
            sha256: `describe_states()`, or empty for none.
        """
        if sha256 and sha256 != describe_states():
            raise ConfigError(f"`states_sha256` is {sha256!r}, the installed states have another digest")
        self._states = _load_states() if sha256 else {}

    def has(self, text: str) -> bool:
        """Whether there are states of a text."""
        return bool(self._states) and hash_of_snippet(text) in self._states

    def make_hints(self, labelled: Sequence[str], others: Sequence[str], encoder: Encoder) -> Hints | None:
        """What the states say.

        Args:
            labelled: The labelled texts.
            others: Texts that have states; none is a labelled one.
            encoder: Of the classifier.

        Returns:
            The hints; None where too few labelled texts have states: the code is of another version of Python.
        """
        nothing = np.full(NUM_COMPONENTS, np.nan)
        of_labelled = np.array([self._states.get(hash_of_snippet(text), nothing) for text in labelled])
        if not labelled or np.isfinite(of_labelled).all(axis=1).sum() < LEAST_KNOWN_LABELS:
            return None
        of_others = np.array([self._states[hash_of_snippet(text)] for text in others]).reshape(-1, NUM_COMPONENTS)
        return Hints(features=encoder.encode(others), states=of_others, labelled_states=of_labelled)


def hash_of_snippet(text: str) -> bytes:
    """What a snippet's states are found by; a newline at its end does not count."""
    return hashlib.sha256(text.removesuffix("\n").encode()).digest()[:HASH_BYTES]


def _load_states() -> dict[bytes, NDArray[np.float64]]:
    from safetensors.numpy import load_file

    with as_file(_DATA.joinpath(_STATES)) as path:
        read = load_file(path)
    rows = read["states"] * read["steps"].astype(np.float64)
    return {digest.tobytes(): row for digest, row in zip(read["sha256"], rows, strict=True)}


def _digest(name: str) -> str:
    return hashlib.sha256(_DATA.joinpath(name).read_bytes()).hexdigest()
