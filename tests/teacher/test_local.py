"""What a model in this process says is tested by `test_contract.py`, where a file is given."""

import sys
from pathlib import Path

import pytest

from hornbook.errors import ConfigError, MissingInputError
from hornbook.teacher.local import LocalTeacher


def test_a_missing_package_is_named_with_the_command_that_brings_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "xllamacpp", None)
    with (
        pytest.raises(ConfigError, match=r"`xllamacpp`.*pip install 'hornbook\[local\]'"),
        LocalTeacher(tmp_path / "model.gguf"),
    ):
        pass


def test_a_file_that_is_not_there_or_no_model_is_named(tmp_path: Path) -> None:
    pytest.importorskip("xllamacpp", reason="the package of the extra `local` is not installed")
    path = tmp_path / "model.gguf"
    with pytest.raises(MissingInputError, match=r"no model file `.*model\.gguf`"), LocalTeacher(path):
        pass
    path.write_bytes(b"GGUF, but only by name")
    with pytest.raises(ConfigError, match=r"`.*model\.gguf` cannot be loaded"), LocalTeacher(path):
        pass
