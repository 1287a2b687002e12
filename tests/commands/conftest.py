from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.commands.typed import KEY, PROBLEMS, answer, write_lines
from tests.evaluation.scripted_endpoint import ScriptedEndpoint


@pytest.fixture(autouse=True)
def no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)


@pytest.fixture
def own(tmp_path: Path) -> Path:
    return write_lines(tmp_path / "own.jsonl", PROBLEMS)


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "store"


@pytest.fixture
def endpoint() -> Iterator[ScriptedEndpoint]:
    with ScriptedEndpoint(answer, models=("owner/Tiny-Coder",), key=KEY) as running:
        yield running
