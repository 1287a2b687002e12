"""A model whose answers a test writes, and a workspace to evaluate it in."""

import shutil
from collections.abc import Callable, Collection, Iterator, Sequence
from pathlib import Path

from hornbook.errors import EndpointError
from hornbook.evaluation.models import RUN, ModelIdentity, Request, SamplingConfig, indices_of
from hornbook.pipeline.stage import Workspace
from hornbook.records import Problem


class ScriptedModel:
    """Implements `Model`: answers as `answer` says, in groups, and keeps what it was asked."""

    def __init__(
        self,
        answer: Callable[[Request], str],
        *,
        kind: str = RUN,
        group_size: int = 3,
        break_down_after: int | None = None,
        num_truncated: int = 0,
    ) -> None:
        self.asked: list[tuple[str, int]] = []
        self.break_down_after = break_down_after
        self._answer = answer
        self._kind = kind
        self._group_size = group_size
        self._num_truncated = num_truncated

    def identity(self) -> ModelIdentity:
        return ModelIdentity(kind=self._kind, name="scripted", digest="0" * 64)

    def complete(
        self, requests: Sequence[Request], sampling: SamplingConfig, seed: int, done: Collection[tuple[str, int]]
    ) -> Iterator[list[tuple[int, str]]]:
        """The last requests first, since no order is promised."""
        known = indices_of(requests, done)
        waiting = [index for index in reversed(range(len(requests))) if index not in known]
        for start in range(0, len(waiting), self._group_size):
            if self.break_down_after is not None and len(self.asked) >= self.break_down_after:
                raise EndpointError("it broke down")
            group = waiting[start : start + self._group_size]
            self.asked += [(requests[index].task_id, requests[index].sample_index) for index in group]
            yield [(index, self._answer(requests[index])) for index in group]

    def count_truncated(self, requests: Sequence[Request], sampling: SamplingConfig) -> int:
        return self._num_truncated

    def solution_bits(self, problems: Sequence[Problem]) -> list[float | None]:
        return [8.0 * len(one.canonical_solution) for one in problems]


def workspace(folder: Path) -> Workspace:
    """A new output folder and the scratch folder of the attempts before, as the store makes them."""
    shutil.rmtree(folder / "out", ignore_errors=True)
    for name in ("out", "scratch"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    return Workspace(folder / "out", folder / "scratch", 3, lambda done, total, note="": None)
