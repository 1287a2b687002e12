import dataclasses
import hashlib
import sys

import pytest

from hornbook.curation.annotate import describe_labels, join_labels, load_labels, load_rubric
from hornbook.curation.corpus import Corpus
from hornbook.errors import ConfigError, MissingInputError


@pytest.mark.skipif(sys.version_info[:3] != (3, 11, 7), reason="on other versions some of the labelled code differs")
def test_every_shipped_label_finds_its_code_on_the_version_it_was_given_for(standard_library: Corpus) -> None:
    labels = load_labels(describe_labels())
    samples = standard_library.samples
    joined = join_labels(samples, labels, describe_labels())
    text_of = {sample.id: sample.text for sample in samples}
    digests = {hashlib.sha256(text_of[label.sample_id].removesuffix("\n").encode()).hexdigest() for label in joined}
    assert len(joined) == len(labels) == 898
    assert digests == {label.sha256 for label in labels}


def test_a_label_is_not_used_where_the_code_differs(standard_library: Corpus) -> None:
    config = dataclasses.replace(describe_labels(), min_labels=1)
    samples = standard_library.samples
    changed = [dataclasses.replace(sample, text=sample.text + "# changed\n") for sample in samples]
    with pytest.raises(MissingInputError, match="only 0 of 898"):
        join_labels(changed, load_labels(config), config)


def test_labels_are_whole_and_name_no_code_twice() -> None:
    labels = load_labels(describe_labels())
    assert {label.score for label in labels} == set(range(6))
    assert all(label.reason for label in labels)
    assert len({(label.module, label.qualname, label.sha256) for label in labels}) == len(labels)
    assert "textbook quality" in load_rubric()


def test_labels_other_than_the_configs_are_refused() -> None:
    with pytest.raises(ConfigError, match="labels_sha256"):
        load_labels(dataclasses.replace(describe_labels(), labels_sha256="0" * 64))
