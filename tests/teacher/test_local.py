"""What a model in this process says is tested by `test_contract.py`, where a file is given."""

import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from tests.teacher.asked import chat

from hornbook.errors import ConfigError, MissingInputError
from hornbook.teacher.api import Reply, ReplyOutcome
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


def test_a_prompt_that_is_longer_than_the_context_is_said_to_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As llama.cpp says it; the package is replaced by one that says nothing else."""
    said = "request (630 tokens) exceeds the available context size (512 tokens), try increasing it"

    class Server:
        def __init__(self, params: Any) -> None:
            assert params.ctx_shift is False

        def handle_chat_completions(self, _body: Any, take: Callable[[Any], bool]) -> None:
            take({"error": {"code": 400, "message": said, "type": "exceed_context_size_error"}})

    params = SimpleNamespace(model=SimpleNamespace(), cpuparams=SimpleNamespace())
    package = SimpleNamespace(Server=Server, CommonParams=lambda: params)
    monkeypatch.setitem(sys.modules, "xllamacpp", package)  # type: ignore[arg-type]
    path = tmp_path / "model.gguf"
    path.touch()
    with LocalTeacher(path) as teacher:
        assert list(teacher.ask([chat("word " * 600)])) == [(0, Reply(outcome=ReplyOutcome.TOO_LONG, detail=said))]
