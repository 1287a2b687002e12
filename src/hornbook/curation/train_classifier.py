"""The stage `train-classifier`: learn from labels how likely a reader is to find a document worth reading.

Reads:  the documents of its input, and `labels` of the other one.
Writes: the folder `classifier` (`saved_classifier.py`), and `labelled`: LabelledValue.
Source: section 2.1 of the paper.

Texts are read part by part. Memory holds the labelled ones, and those of which the package has a language model's
states.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import as_file, files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hornbook.curation.calibration import measure_calibration, most_surprising
from hornbook.curation.classifier import ClassifierConfig, Encoder, Learner, fit_value, make_encoder
from hornbook.curation.distillation import SoftLabels
from hornbook.curation.saved_classifier import CLASSIFIER_FOLDER, SavedClassifier
from hornbook.errors import MissingInputError
from hornbook.pipeline.stage import Artifact, FileHash, Result, Stage, Workspace
from hornbook.pipeline.table import Table
from hornbook.records import Document, Label, SampleKind

VERSION = 6
"""Raised when a rule of this stage changes: it is part of the fingerprint."""
NUM_COMPONENTS = 32
LEAST_KNOWN_LABELS = 100
"""With fewer labelled texts that have states, a slow head would learn too little to teach."""
HASH_BYTES = 8
STATES_FILE = files("hornbook.curation").joinpath("educational_value/states.safetensors")


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelledValue:
    """What a head that was fitted without a labelled document says of it."""

    id: str
    score: int
    """The reader's, 0 to 5."""
    value: float
    """Probability of a score of at least 3, by cross-validation; 0 to 1."""


def train_classifier(
    documents: Stage, labels: Stage, config: ClassifierConfig | None = None, name: str = "train-classifier"
) -> Stage:
    """The stage that trains the quality classifier on labels of some of the documents."""
    inputs = {"documents": documents, "labels": labels}
    return Stage(name, run_train_classifier, config or ClassifierConfig(), VERSION, inputs, identity=_identity)


def run_train_classifier(config: ClassifierConfig, inputs: Mapping[str, Artifact], workspace: Workspace) -> Result:
    """Fit the classifier to all labels, save it, and measure its calibration on a part that it has not seen.

    Raises:
        MissingInputError: A label speaks of a document that is not there, or there are too few labels.
    """
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    labels = inputs["labels"].records("labels", Label)
    states = ShippedStates(is_used=config.use_soft_labels)
    workspace.progress(0, 3, "reading the labelled documents")
    documents, others = _find(inputs["documents"].documents(), labels, states)
    texts = [document.text for document in documents]
    scores = np.array([label.score for label in labels], dtype=np.int64)
    workspace.progress(1, 3, "measuring the calibration")
    encoder = make_encoder(config.encode)
    soft_labels = states.soft_labels(texts, others, encoder)
    learner = Learner(encoder(texts), scores, config, soft_labels)
    with threadpool_limits(1):  # The number of cores must change no digit.
        measured = measure_calibration(learner, workspace.seed)
        workspace.progress(2, 3, "fitting to all labels")
        fitted = fit_value(learner, workspace.seed)
    surprises: list[dict[str, Any]] = []
    for at in most_surprising(measured.values, scores[measured.held_out]):
        number = int(measured.held_out[at])
        label, metadata = labels[number], json.loads(documents[number].metadata)
        said = {"id": label.id, **{key: metadata.get(key, "") for key in ("module", "qualname")}}
        value = round(float(measured.values[at]), 4)
        surprises.append({**said, "score": label.score, "value": value, "reason": label.reason})
    metrics = measured.metrics
    metrics["held_out"]["surprises"] = surprises
    metrics |= {"head": config.head, "num_soft_labels": 0 if soft_labels is None else len(soft_labels.states)}
    unseen = fitted.probabilities(measured.unseen).tolist()
    rows = [
        LabelledValue(id=label.id, score=label.score, value=value) for label, value in zip(labels, unseen, strict=True)
    ]
    workspace.write_records("labelled", LabelledValue, rows)
    SavedClassifier(encode=config.encode, fitted=fitted).save(workspace.folder / CLASSIFIER_FOLDER)
    workspace.progress(3, 3, "")
    return Result(kept=len(labels), unit="labels", metrics=metrics)


class ShippedStates:
    """What a language model saw in code of the standard library, found by the hash of the code."""

    def __init__(self, *, is_used: bool = True) -> None:
        """Load the states, or none of them."""
        self._states = _load_states() if is_used else {}

    def has(self, text: str) -> bool:
        """Whether there are states of a text."""
        return bool(self._states) and hash_of_snippet(text) in self._states

    def soft_labels(self, labelled: Sequence[str], others: Sequence[str], encoder: Encoder) -> SoftLabels | None:
        """What the states say.

        Args:
            labelled: The labelled texts.
            others: Texts that have states; none is a labelled one.
            encoder: Of the classifier.

        Returns:
            The soft labels; None where too few labelled texts have states: the code is of another version of Python.
        """
        nothing = np.full(NUM_COMPONENTS, np.nan)
        of_labelled = np.array([self._states.get(hash_of_snippet(text), nothing) for text in labelled])
        if not labelled or np.isfinite(of_labelled).all(axis=1).sum() < LEAST_KNOWN_LABELS:
            return None
        of_others = np.array([self._states[hash_of_snippet(text)] for text in others]).reshape(-1, NUM_COMPONENTS)
        return SoftLabels(features=encoder(others), states=of_others, labelled_states=of_labelled)


def hash_of_snippet(text: str) -> bytes:
    """What a snippet's states are found by; a newline at its end does not count."""
    return hashlib.sha256(text.removesuffix("\n").encode()).digest()[:HASH_BYTES]


def _find(
    documents: Table[Document], labels: Sequence[Label], states: ShippedStates
) -> tuple[list[Document], list[str]]:
    """The labelled documents, in the order of the labels, and the texts of others of which there are states.

    Whole modules are no such others, since they hold the functions and classes that are labelled.
    """
    wanted = {label.id for label in labels}
    found: dict[str, Document] = {}
    others: dict[str, None] = {}
    for document in documents:
        if document.id in wanted:
            found[document.id] = document
        elif states.has(document.text) and json.loads(document.metadata).get("sample_kind") != SampleKind.MODULE:
            others[document.text] = None
    missing = next((label.id for label in labels if label.id not in found), None)
    if missing is not None:
        raise MissingInputError(f"the label of `{missing}` has no document")
    for document in found.values():
        others.pop(document.text, None)
    return [found[label.id] for label in labels], list(others)


def _identity(config: ClassifierConfig, sha256_of: FileHash) -> list[str]:
    """The states that come with the package."""
    with as_file(STATES_FILE) as path:
        return [sha256_of(path)] if config.use_soft_labels else []


def _load_states() -> dict[bytes, NDArray[np.float64]]:
    from safetensors.numpy import load_file

    with as_file(STATES_FILE) as path:
        read = load_file(path)
    rows = read["states"] * read["steps"].astype(np.float64)
    return {digest.tobytes(): row for digest, row in zip(read["sha256"], rows, strict=True)}
