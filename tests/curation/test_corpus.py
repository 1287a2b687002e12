import ast
import dataclasses
import sysconfig
from pathlib import Path

import pytest

from hornbook.curation.corpus import (
    Corpus,
    cut_module,
    describe_standard_library,
    license_of,
    read_standard_library,
)
from hornbook.errors import ConfigError
from hornbook.records import SampleKind

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
    rest = cut_module(MODULE, path="pkg/__init__.py", source="s", max_module_lines=num_lines - 1)
    assert all(sample.kind != SampleKind.MODULE for sample in rest)


def test_a_module_that_does_not_parse_raises_and_one_without_definitions_gives_nothing() -> None:
    with pytest.raises(SyntaxError):
        list(cut_module(b"def broken(:\n", path="a.py", source="s", max_module_lines=9))
    assert list(cut_module(b"X = 1\n", path="a.py", source="s", max_module_lines=9)) == []


def test_samples_are_the_source_lines_they_say(standard_library: Corpus) -> None:
    root = Path(sysconfig.get_path("stdlib"))
    for sample in standard_library.samples[::301]:
        lines = (root / sample.path).read_text(encoding="utf-8").split("\n")
        said = "\n".join(lines[sample.first_line - 1 : sample.last_line])
        assert said.startswith(sample.text.removesuffix("\n"))
        ast.parse(sample.text)


def test_ids_are_unique_and_tests_and_other_packages_are_left_out(standard_library: Corpus) -> None:
    assert len({sample.id for sample in standard_library.samples}) == len(standard_library.samples) > 1000
    parts = {part for sample in standard_library.samples for part in Path(sample.path).parts}
    assert not parts & {"site-packages", "test", "tests", "turtledemo", "sitecustomize.py"}


def test_another_library_than_the_running_one_is_refused() -> None:
    config = describe_standard_library()
    with pytest.raises(ConfigError, match="python_version"):
        read_standard_library(dataclasses.replace(config, python_version="3.10.1"))
    with pytest.raises(ConfigError, match="source_sha256"):
        read_standard_library(dataclasses.replace(config, source_sha256="0" * 64))


def test_a_licence_stated_in_a_modules_head_is_recorded() -> None:
    assert license_of("import os\n") == "PSF-2.0"
    assert license_of("# Permission to use, copy,\n# modify, and distribute\n") == "PSF-2.0 AND HPND"
