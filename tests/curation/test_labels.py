import ast
import hashlib
import json
import sys
import sysconfig
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.curation.conftest import artifact, code, documents_of, workspace

from hornbook.curation.annotate import load_rubric
from hornbook.curation.classifier import make_encoder
from hornbook.curation.collect import DOES_NOT_PARSE, NO_DEFINITION, split_module
from hornbook.curation.encode import EncodeConfig
from hornbook.curation.labels import LabelsConfig, run_labels
from hornbook.curation.train_classifier import LEAST_KNOWN_LABELS, NUM_COMPONENTS, ShippedStates
from hornbook.errors import MissingInputError
from hornbook.pipeline.stage import Artifact, Result
from hornbook.records import Document, DocumentKind, Dropped, Label, SampleKind
from hornbook.sources.standard_library import license_of

MODULE = '''"""Small."""
import os


@staticmethod
def first(a):
    return a  # trailing comment


X = 1

if X:
    def hidden():
        pass


class Second:
    """Doc: café."""

    def method(self): return "café"; pass
'''


def split(text: str, path: str, max_module_lines: int = 0) -> list[tuple[dict[str, Any], str]]:
    """Metadata and text of each definition."""
    module = Document(id="m", kind=DocumentKind.CODE, text=text, metadata=json.dumps({"source": "s", "path": path}))
    found = list(split_module(module, max_module_lines))
    return [(json.loads(one.metadata), one.text) for one in found if isinstance(one, Document)]


def test_definitions_are_split_with_decorators_and_without_what_follows_the_last_statement() -> None:
    (first, text), (second, other) = split(MODULE, "pkg/small.py")
    assert (text, other.endswith('return "café"; pass\n')) == ("@staticmethod\ndef first(a):\n    return a\n", True)
    assert [(one["qualname"], one["sample_kind"]) for one in (first, second)] == [
        ("first", "function"),
        ("Second", "class"),
    ]
    assert (first["source"], first["first_line"], first["last_line"], first["module"]) == ("s", 5, 7, "pkg.small")


def test_a_small_module_is_also_a_document_as_a_whole_and_what_has_no_definition_is_dropped() -> None:
    num_lines = MODULE.count("\n")
    whole, text = split(MODULE, "pkg/__init__.py", num_lines)[0]
    assert (whole["sample_kind"], whole["qualname"], whole["module"]) == (SampleKind.MODULE, "", "pkg")
    assert (text, whole["first_line"], whole["last_line"]) == (MODULE, 1, num_lines)
    assert all(one["sample_kind"] != SampleKind.MODULE for one, _ in split(MODULE, "a.py", num_lines - 1))
    assert len(split("def f():\n    return 1\n" * 2, "a.py")) == 1
    for text, reason in (("X = 1\n", NO_DEFINITION), ("def broken(:\n", DOES_NOT_PARSE), ("a\0b", DOES_NOT_PARSE)):
        [dropped] = split_module(code("d", text=text))
        assert isinstance(dropped, Dropped)
        assert (dropped.id, dropped.reason) == ("d", reason)
    passage = Document(id="p", kind=DocumentKind.TEXTBOOK, text="A lesson.")
    assert list(split_module(passage)) == [passage]


def test_the_standard_library_is_the_source_lines_it_says_and_of_no_tests_or_other_packages(
    standard_library: list[Document],
) -> None:
    root = Path(sysconfig.get_path("stdlib"))
    for document in standard_library[::301]:
        place = json.loads(document.metadata)
        lines = (root / place["path"]).read_text(encoding="utf-8").split("\n")
        said = "\n".join(lines[place["first_line"] - 1 : place["last_line"]])
        assert said.startswith(document.text.removesuffix("\n"))
        ast.parse(document.text)
    assert len({document.id for document in standard_library}) == len(standard_library) > 1000
    parts = {part for one in standard_library for part in Path(json.loads(one.metadata)["path"]).parts}
    assert not parts & {"site-packages", "test", "tests", "turtledemo", "sitecustomize.py"}
    assert license_of("import os\n") == "PSF-2.0"
    assert license_of("# Permission to use, copy,\n# modify, and distribute\n") == "PSF-2.0 AND HPND"


def joined(folder: Path, documents: Artifact, path: str) -> tuple[Result, list[Label]]:
    result = run_labels(LabelsConfig(path=path), {"documents": documents}, workspace(folder))
    return result, artifact(folder).records("labels", Label)


@pytest.mark.skipif(sys.version_info[:3] != (3, 11, 7), reason="on other versions some of the labelled code differs")
def test_every_shipped_label_finds_its_code_on_the_version_it_was_given_for(
    standard_library: list[Document], tmp_path: Path
) -> None:
    result, labels = joined(tmp_path / "all", documents_of(tmp_path / "code", standard_library), "shipped")
    assert (result.kept, result.dropped, len({label.id for label in labels})) == (898, {}, 898)
    assert {label.score for label in labels} == set(range(6))
    assert all(label.reason for label in labels)
    assert "textbook quality" in load_rubric()
    half = documents_of(tmp_path / "half code", standard_library[::2])
    result, some = joined(tmp_path / "half", half, "shipped")
    assert [label for label in labels if label.id in {one.id for one in standard_library[::2]}] == some
    assert result.dropped == {"no such document": 898 - len(some)}
    assert Counter(str(label.score) for label in some) == result.metrics["score_counts"]


def test_labels_of_ones_own_name_documents_by_id_text_or_hash(tmp_path: Path) -> None:
    texts = {"a": "x = 1\n", "b": "x = 2\n", "c": "x = 3\n", "d": "x = 3\n"}
    documents = documents_of(tmp_path / "code", [code(name, text=text) for name, text in texts.items()])
    rows = [
        {"text": "x = 2", "score": 4, "reason": "clear", "annotator": "me"},
        {"id": "a", "score": 1.0},
        {"sha256": hashlib.sha256(b"x = 3").hexdigest(), "score": 5},
        {"id": "nobody", "score": 0},
    ]
    (tmp_path / "labels.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    result, labels = joined(tmp_path / "joined", documents, str(tmp_path / "labels.jsonl"))
    assert labels == [
        Label(id="a", score=1, reason="", annotator=""),
        Label(id="b", score=4, reason="clear", annotator="me"),
        Label(id="c", score=5, reason="", annotator=""),
    ]
    assert result.dropped == {"no such document": 1}


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([{"id": "a", "score": 6}], "`labels.jsonl:1` has no `score` from 0 to 5, but 6"),
        ([{"id": "a", "score": True}], "no `score`"),
        ([{"id": "a", "score": 2.5}], "no `score`"),
        ([{"score": 2}], "names no document"),
        ([], "no labels"),
        ([{"id": "z", "score": 1}], "none of the 1 labels"),
        ([{"id": "a", "score": 1}, {"id": "a", "score": 2}], "several labels for `a`"),
    ],
)
def test_labels_that_cannot_be_used_are_named(tmp_path: Path, rows: list[dict[str, Any]], said: str) -> None:
    (tmp_path / "labels.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    documents = documents_of(tmp_path / "code", [code("a")])
    with pytest.raises(MissingInputError, match=said):
        joined(tmp_path / "joined", documents, str(tmp_path / "labels.jsonl"))


def test_the_shipped_states_speak_of_functions_and_classes_that_nobody_has_scored(
    standard_library: list[Document],
) -> None:
    states, encoder = ShippedStates(), make_encoder(EncodeConfig(bits_per_block=8))
    some = standard_library[:2500]
    functions = [one.text for one in some if json.loads(one.metadata)["sample_kind"] != SampleKind.MODULE]
    labelled = functions[:400]
    others = sorted({text for text in functions[400:] if states.has(text)} - set(labelled))
    soft_labels = states.soft_labels(labelled, others, encoder)
    if soft_labels is None:
        pytest.skip("the states are those of another version of Python")
    assert soft_labels.labelled_states.shape == (400, NUM_COMPONENTS)
    assert np.isfinite(soft_labels.labelled_states).all(axis=1).sum() >= LEAST_KNOWN_LABELS
    assert len(soft_labels.states) == soft_labels.features.dense.shape[0] == len(others) > 500
    assert np.isfinite(soft_labels.states).all()
    changed = [replace(one, text=one.text + "# changed\n").text for one in some[:LEAST_KNOWN_LABELS]]
    for known, texts in ((states, changed), (ShippedStates(is_used=False), labelled)):
        assert known.soft_labels(texts, [], encoder) is None
        assert not any(map(known.has, texts))
