"""The stage `classify`: give every document the probability that it teaches, by a saved quality classifier.

Reads:  the documents of its input; the classifier that the stage `train-classifier` has saved, or one in a folder.
Writes: `values`: Value, one for each document, in their order.

Texts are read part by part. Memory holds 24 bytes for each document.
"""

import dataclasses
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from hornbook.curation.calibration import kept_curve, source_table
from hornbook.curation.saved_classifier import CLASSIFIER_FOLDER, SavedClassifier
from hornbook.curation.select import count_tokens
from hornbook.curation.train_classifier import LabelledValue
from hornbook.errors import ConfigError
from hornbook.pipeline.fingerprint import NOT_IN_FINGERPRINT
from hornbook.pipeline.stage import Artifact, FileHash, Result, Stage, Workspace
from hornbook.pipeline.table import read_part, write_part
from hornbook.records import Document, Value, table_of

VERSION = 1
"""Raised when a rule of this stage changes: it is part of the fingerprint."""
_CLASSIFIED_AT_ONCE = 512
"""Documents of a part whose texts are in memory."""


@dataclass(frozen=True, kw_only=True)
class ClassifyConfig:
    """Which classifier is used where no stage trains one."""

    folder: str = field(default="", metadata=NOT_IN_FINGERPRINT)
    """Folder of a saved classifier. The fingerprint has the hashes of its files in its place."""


def classify(
    documents: Stage, classifier: Stage | None = None, config: ClassifyConfig | None = None, name: str = "classify"
) -> Stage:
    """The stage that classifies documents.

    Args:
        documents: Whose documents get values.
        classifier: A stage `train-classifier`; None where the config names a folder.
        config: Of the stage.
        name: Of the stage.
    """
    inputs = {"documents": documents} | ({} if classifier is None else {"classifier": classifier})
    return Stage(name, run_classify, config or ClassifyConfig(), VERSION, inputs, identity=_identity)


def run_classify(config: ClassifyConfig, inputs: Mapping[str, Artifact], workspace: Workspace) -> Result:
    """Classify all documents, part by part.

    Raises:
        ConfigError: There is no classifier, or another Hornbook wrote it.
        DamagedArtifactError: The classifier is damaged.
    """
    trained = inputs.get("classifier")
    if trained is None and not config.folder:
        raise ConfigError("`folder` is '': name the folder of a saved classifier")
    folder = Path(config.folder) if trained is None else trained.path(CLASSIFIER_FOLDER)
    parts = inputs["documents"].documents().parts
    apply = ClassifyPart(SavedClassifier.load(folder), is_measured=trained is not None)
    results = workspace.map_parts("classified", apply, parts, note="parts classified")
    metrics: dict[str, Any] = {}
    if trained is not None:
        labelled = trained.records("labelled", LabelledValue)
        measured = [pq.read_table(result / "measured.parquet") for result in results]
        metrics = _metrics(pa.concat_tables(measured), labelled, _places(results, labelled))
    values = workspace.gather(results, "values", Value)
    return Result(kept=values.num_rows, unit="values", metrics=metrics)


@dataclass(frozen=True)
class ClassifyPart:
    """Classifies the documents of a part."""

    classifier: SavedClassifier
    is_measured: bool
    """Whether tokens are counted for the metrics, which takes a quarter of the time."""

    def __post_init__(self) -> None:
        # A fresh copy: a language model that this process has loaded is not sent to the others.
        object.__setattr__(self, "classifier", dataclasses.replace(self.classifier))

    def __call__(self, part: Path, folder: Path) -> None:
        """Write the part's `values`, and what the metrics need: value, number of tokens and source of each document."""
        ids: list[str] = []
        values: list[float] = []
        num_tokens: list[int] = []
        sources: list[tuple[str, str]] = []
        some: list[str] = []

        def finish() -> None:
            values.extend(self.classifier.predict(some).tolist())
            num_tokens.extend(count_tokens(some) if self.is_measured else ())
            some.clear()

        for document in read_part(part, Document):
            ids.append(document.id)
            if self.is_measured:
                sources.append(_source_of(json.loads(document.metadata)))
            some.append(document.text)
            if len(some) == _CLASSIFIED_AT_ONCE:
                finish()
        finish()
        records = (Value(id=name, value=value) for name, value in zip(ids, values, strict=True))
        write_part(folder / "values.parquet", table_of(Value, records))
        if not self.is_measured:
            return
        measured = {
            "value": pa.array(values, pa.float64()),
            "num_tokens": pa.array(num_tokens, pa.int64()),
            "source": pa.array([source for source, _ in sources], pa.string()).dictionary_encode(),
            "top": pa.array([top for _, top in sources], pa.string()).dictionary_encode(),
        }
        pq.write_table(pa.table(measured), folder / "measured.parquet")


def _source_of(metadata: Mapping[str, Any]) -> tuple[str, str]:
    """The source of a document, and the folder or file at the top of its path."""
    return metadata.get("source", ""), metadata.get("path", "").partition("/")[0].removesuffix(".py")


def _places(results: Sequence[Path], labelled: Sequence[LabelledValue]) -> NDArray[np.int64]:
    """The number of each labelled document among all; -1 where it is not there."""
    place_of = {one.id: -1 for one in labelled}
    start = 0
    for result in results if labelled else ():
        ids = pq.read_table(result / "values.parquet", columns=["id"]).column("id")
        for row in np.flatnonzero(pc.is_in(ids, pa.array(list(place_of), pa.string())).to_numpy()).tolist():
            place_of[ids[row].as_py()] = start + row
        start += len(ids)
    return np.array([place_of[one.id] for one in labelled], dtype=np.int64)


def _metrics(measured: pa.Table, labelled: Sequence[LabelledValue], places: NDArray[np.int64]) -> dict[str, Any]:
    """How many tokens each threshold keeps, and what each source is worth; of one source, each folder at its top."""
    values, num_tokens = measured.column("value").to_numpy(), measured.column("num_tokens").to_numpy()
    groups = measured.column("source").unify_dictionaries().combine_chunks()
    if len(groups.dictionary) <= 1:
        groups = measured.column("top").unify_dictionaries().combine_chunks()
    found = places >= 0
    return {
        "kept_curve": kept_curve(values, num_tokens),
        "by_source": source_table(
            groups.dictionary.to_pylist(),
            groups.indices.to_numpy(),
            values,
            num_tokens,
            places[found],
            np.array([one.score for one in labelled], dtype=np.int64)[found],
            np.array([one.value for one in labelled], dtype=np.float64)[found],
        ),
    }


def _identity(config: ClassifyConfig, sha256_of: FileHash) -> list[list[str]]:
    if not config.folder:
        return []
    return [[path.name, sha256_of(path)] for path in sorted(Path(config.folder).iterdir())]
