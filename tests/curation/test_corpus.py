import ast
import dataclasses
import hashlib
import sys
import sysconfig
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hornbook.curation.annotate_samples import load_rubric
from hornbook.curation.corpus import (
    Corpus,
    cut_module,
    describe_standard_library,
    license_of,
    read_standard_library,
)
from hornbook.curation.stages import run_annotate
from tests.curation.conftest import artifact, workspace

from hornbook.curation.encode import EncodeConfig
from hornbook.curation.encoder import make_encoder
from hornbook.curation.shipped import (
    LEAST_KNOWN_LABELS,
    NUM_COMPONENTS,
    ShippedStates,
    describe_labels,
    describe_states,
    join_labels,
    load_labels,
)
from hornbook.errors import ConfigError, MissingInputError
from hornbook.records import CodeSample, Label, SampleKind

CONFIG = EncodeConfig(bits_per_block=8)
MODULE = b'''"""Small."""
import os


@staticmethod
def first(a):
    return a  # trailing comment


X = 1

if X:
    def hidden():
        pass


class Second:
    """Doc: caf\xc3\xa9."""

    def method(self): return "caf\xc3\xa9"; pass
'''


def test_definitions_are_cut_with_decorators_and_without_what_follows_the_last_statement() -> None:
    samples = list(cut_module(MODULE, path="pkg/small.py", source="s", max_module_lines=0))
    assert [(sample.qualname, sample.kind) for sample in samples] == [("first", "function"), ("Second", "class")]
    assert samples[0].text == "@staticmethod\ndef first(a):\n    return a\n"
    assert (samples[0].first_line, samples[0].last_line, samples[0].module) == (5, 7, "pkg.small")
    assert samples[1].text.endswith('return "café"; pass\n')


def test_a_small_module_is_also_a_sample_as_a_whole() -> None:
    num_lines = MODULE.decode().count("\n")
    whole, *_ = cut_module(MODULE, path="pkg/__init__.py", source="s", max_module_lines=num_lines)
    assert (whole.kind, whole.qualname, whole.module) == (SampleKind.MODULE, "", "pkg")
    assert (whole.text, whole.first_line, whole.last_line) == (MODULE.decode(), 1, num_lines)
    assert list(cut_module(b"X = 1\n", path="a.py", source="s", max_module_lines=9)) == []
    with pytest.raises(SyntaxError):
        list(cut_module(b"def broken(:\n", path="a.py", source="s", max_module_lines=9))
    rest = cut_module(MODULE, path="pkg/__init__.py", source="s", max_module_lines=num_lines - 1)
    assert all(sample.kind != SampleKind.MODULE for sample in rest)


@pytest.mark.skipif(sys.version_info[:3] != (3, 11, 7), reason="on other versions some of the labelled code differs")
def test_every_shipped_label_finds_its_code_on_the_version_it_was_given_for(standard_library: Corpus) -> None:
    labels = load_labels(describe_labels())
    samples = standard_library.samples
    joined = join_labels(samples, labels, describe_labels())
    text_of = {sample.id: sample.text for sample in samples}
    digests = {hashlib.sha256(text_of[label.sample_id].removesuffix("\n").encode()).hexdigest() for label in joined}
    assert len(joined) == len(labels) == 898
    assert digests == {label.sha256 for label in labels}
    assert {label.score for label in labels} == set(range(6))
    assert all(label.reason for label in labels)
    assert "textbook quality" in load_rubric()


def test_the_shipped_states_speak_of_functions_and_classes_that_nobody_has_scored(standard_library: Corpus) -> None:
    samples = standard_library.samples[:2500]
    states, encoder = ShippedStates(describe_states()), make_encoder(CONFIG)
    functions = [one.text for one in samples if one.kind is not SampleKind.MODULE]
    labelled = functions[:400]
    others = sorted({text for text in functions[400:] if states.has(text)} - set(labelled))
    hints = states.make_hints(labelled, others, encoder)
    if hints is None:
        pytest.skip("the states are those of another version of Python")
    assert hints.labelled_states.shape == (400, NUM_COMPONENTS)
    assert np.isfinite(hints.labelled_states).all(axis=1).sum() >= LEAST_KNOWN_LABELS
    assert len(hints.states) == hints.features.dense.shape[0] == len(others) > 500
    assert np.isfinite(hints.states).all()


def test_labels_or_states_for_other_code_or_of_another_config_are_not_used(standard_library: Corpus) -> None:
    config, samples = describe_labels(), standard_library.samples
    changed = [dataclasses.replace(one, text=one.text + "# changed\n") for one in samples]
    with pytest.raises(MissingInputError, match="only 0 of 898"):
        join_labels(changed, load_labels(config), dataclasses.replace(config, min_labels=1))
    with pytest.raises(ConfigError, match="labels_sha256"):
        load_labels(dataclasses.replace(config, labels_sha256="0" * 64))
    others = changed[:LEAST_KNOWN_LABELS]
    texts, encoder = [one.text for one in others], make_encoder(CONFIG)
    for states in (ShippedStates(describe_states()), ShippedStates("")):
        assert states.make_hints(texts, [], encoder) is None
        assert not any(map(states.has, texts))
    with pytest.raises(ConfigError, match="`states_sha256` is 'abc'"):
        ShippedStates("abc")
    library = describe_standard_library()
    for field, value in (("python_version", "3.10.1"), ("source_sha256", "0" * 64)):
        with pytest.raises(ConfigError, match=field):
            read_standard_library(dataclasses.replace(library, **{field: value}))


def test_samples_are_the_source_lines_they_say_and_of_no_tests_or_other_packages(standard_library: Corpus) -> None:
    root, samples = Path(sysconfig.get_path("stdlib")), standard_library.samples
    for sample in samples[::301]:
        lines = (root / sample.path).read_text(encoding="utf-8").split("\n")
        said = "\n".join(lines[sample.first_line - 1 : sample.last_line])
        assert said.startswith(sample.text.removesuffix("\n"))
        ast.parse(sample.text)
    assert len({sample.id for sample in samples}) == len(samples) > 1000
    parts = {part for sample in samples for part in Path(sample.path).parts}
    assert not parts & {"site-packages", "test", "tests", "turtledemo", "sitecustomize.py"}
    assert license_of("import os\n") == "PSF-2.0"
    assert license_of("# Permission to use, copy,\n# modify, and distribute\n") == "PSF-2.0 AND HPND"


def test_shipped_labels_are_joined_to_the_corpus_and_what_is_missing_is_counted(
    standard_library: Corpus, tmp_path: Path
) -> None:
    workspace(tmp_path / "corpus").write_records("samples", CodeSample, standard_library.samples[::2])
    result = run_annotate(describe_labels(), {"corpus": artifact(tmp_path / "corpus")}, workspace(tmp_path / "labels"))
    labels = artifact(tmp_path / "labels").records("labels", Label)
    assert {label.sample_id for label in labels} <= {sample.id for sample in standard_library.samples[::2]}
    assert result.kept == len(labels) == len(load_labels(describe_labels())) - sum(result.dropped.values())
    assert Counter(str(label.score) for label in labels) == result.metrics["score_counts"]
