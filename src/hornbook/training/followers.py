"""A run on several processes: the first walks the pipeline, the others wait for its trainings and take part in them.

Under `torchrun` every process types the same `hornbook run`. Only the first may write to the store; when it comes to a
training it calls the others, and all of them enter the same training loop. Between two trainings the others may wait
for days, so they listen on a group of their own without the short timeout that tells a lost process in training.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import torch

from hornbook.errors import TrainingError
from hornbook.training.parallel import Ranks

LONGEST_WAIT = timedelta(days=60)


@dataclass(frozen=True)
class Followers:
    """The processes that wait for the first one's calls."""

    ranks: Ranks
    group: Any
    """Of `torch.distributed`; None where there is one process."""

    def call(self, job: Any) -> None:
        """As the first process: let all others begin `job`, which must be picklable."""
        if self.ranks.world_size > 1:
            self._sent(job)

    def serve(self, work: Callable[[Any], object]) -> None:
        """As one of the others: do each job that is called, until the first process dismisses all."""
        while (job := self._sent(None)) is not None:
            work(job)

    def dismiss(self) -> None:
        """As the first process: let the others end."""
        self.call(None)

    def _sent(self, job: Any) -> Any:
        box = [job]
        try:
            torch.distributed.broadcast_object_list(box, src=0, group=self.group, device=torch.device("cpu"))
        except RuntimeError as error:
            raise TrainingError(f"the first process is gone; its own message says why ({error})") from error
        return box[0]


@contextmanager
def gathered_followers(ranks: Ranks) -> Iterator[Followers]:
    """All processes that have met (`parallel.joined_ranks`); the first one dismisses the others at the end.

    After an error of the first process the others are not dismissed: `torchrun` ends them.
    """
    if ranks.world_size == 1:
        yield Followers(ranks, None)
        return
    followers = Followers(ranks, torch.distributed.new_group(backend="gloo", timeout=LONGEST_WAIT))
    yield followers
    if ranks.is_first:
        followers.dismiss()
