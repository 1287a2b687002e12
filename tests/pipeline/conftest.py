"""Small real stages for the tests of artifacts: they count how often they ran."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from hornbook.pipeline.run import Pipeline, StageOutcome, StageStatus
from hornbook.pipeline.stage import Artifact, Progress, Result, Stage, Workspace
from hornbook.pipeline.store import Store


@dataclass(frozen=True, kw_only=True)
class Number:
    n: float


@dataclass(frozen=True, kw_only=True)
class CountConfig:
    num_rows: int = 3
    factor: float = 1.0


@dataclass(frozen=True, kw_only=True)
class SumConfig:
    offset: int = 0


@dataclass
class Calls:
    """Names of the stages that really ran, in order."""

    names: list[str] = field(default_factory=list)


def make_pipeline(calls: Calls, *, num_rows: int = 3, offset: int = 0, seed: int = 0) -> Pipeline:
    def run_count(config: CountConfig, inputs: Mapping[str, Artifact], workspace: Workspace) -> Result:
        calls.names.append("count")
        workspace.write_records("numbers", Number, [Number(n=i * config.factor) for i in range(config.num_rows)])
        return Result(kept=config.num_rows, unit="rows", dropped={"too odd": 2})

    def run_sum(config: SumConfig, inputs: Mapping[str, Artifact], workspace: Workspace) -> Result:
        calls.names.append("sum")
        total = sum(number.n for number in inputs["numbers"].table("numbers", Number)) + config.offset
        (workspace.folder / "total.txt").write_text(str(total))
        return Result(kept=1, unit="sums", metrics={"total": total})

    count = Stage("count", run_count, CountConfig(num_rows=num_rows), version=1, seed=seed)
    total = Stage("sum", run_sum, SumConfig(offset=offset), version=1, inputs={"numbers": count}, seed=seed)
    return Pipeline("example", (count, total))


class SilentObserver:
    """Watches a run and keeps what it heard."""

    def __init__(self) -> None:
        self.started: list[StageStatus] = []
        self.finished: list[StageOutcome] = []

    def on_start(self, status: StageStatus, index: int, total: int) -> Progress:
        self.started.append(status)
        return lambda done, total, note="": None

    def on_finish(self, outcome: StageOutcome, index: int, total: int) -> None:
        self.finished.append(outcome)


@pytest.fixture
def calls() -> Calls:
    return Calls()


@pytest.fixture
def observer() -> SilentObserver:
    return SilentObserver()


@pytest.fixture
def store(tmp_path: Path) -> Store:
    opened = Store(tmp_path / "store")
    opened.open_for_writing()
    return opened


@pytest.fixture
def pipeline_of() -> Any:
    return make_pipeline
