"""Join the shipped labels of educational value to the code that they speak of.

Reads:  `educational_value/labels.jsonl`; code samples.
Writes: one label per sample that a reader has scored.
Source: section 2.1 of the paper, where GPT-4 gave the labels.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files

from hornbook.errors import ConfigError, MissingInputError
from hornbook.records import CodeSample, Label


@dataclass(frozen=True, kw_only=True)
class AnnotateConfig:
    """Which labels are taken. The labels' own digest is part of it, since they determine the result."""

    labels_sha256: str
    """Digest of the label file. Get it from `describe_labels`."""
    annotator: str = "language model, educational_value/rubric.md"
    """Who gave the labels; written into each."""
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
    return AnnotateConfig(labels_sha256=hashlib.sha256(_label_file()).hexdigest())


def load_labels(config: AnnotateConfig) -> list[ShippedLabel]:
    """The shipped labels, in the order of the file.

    Raises:
        ConfigError: The installed label file is not the one that the config names.
    """
    content = _label_file()
    if hashlib.sha256(content).hexdigest() != config.labels_sha256:
        raise ConfigError(f"`labels_sha256` is {config.labels_sha256!r}, the installed labels have another digest")
    return [ShippedLabel(**json.loads(line)) for line in content.decode().splitlines()]


def load_rubric() -> str:
    """The question that the annotator answered, and its scale."""
    return files("hornbook.curation").joinpath("educational_value/rubric.md").read_text(encoding="utf-8")


def join_labels(samples: Sequence[CodeSample], labels: Sequence[ShippedLabel], config: AnnotateConfig) -> list[Label]:
    """Give each label the sample with its module, name and hash; labels of other code drop out.

    Args:
        samples: The corpus; ids unique.
        labels: Each with a module, a name and the hash of the text that was read.
        config: Who gave the labels, and how many must be found.

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
            joined.append(
                Label(sample_id=sample.id, score=label.score, reason=label.reason, annotator=config.annotator)
            )
    if len(joined) < config.min_labels:
        raise MissingInputError(
            f"only {len(joined)} of {len(labels)} labels speak of code in this corpus, {config.min_labels} are needed:"
            " they were given for Python 3.11's standard library, run on that version or lower `min_labels`"
        )
    return joined


def _label_file() -> bytes:
    return files("hornbook.curation").joinpath("educational_value/labels.jsonl").read_bytes()
