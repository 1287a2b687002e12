"""Short trainings in the test's own process, with the weights after each step."""

from pathlib import Path
from typing import Any, NamedTuple

import torch
from tests.training.rank import SHAPE, config_of
from torch import Tensor

from hornbook.model.phi import Phi
from hornbook.tokens.pack import TokenStream
from hornbook.training.loop import train
from hornbook.training.step import Training

SEED = 11


class Trained(NamedTuple):
    model: Phi
    training: Training
    weights: dict[int, dict[str, Tensor]]
    """After so many steps, by name; 0 are the initial ones."""
    notes: list[str]

    def column(self, name: str) -> list[Any]:
        return [line[name] for line in self.training.log if name in line]


def initial_model() -> Phi:
    return Phi(SHAPE).initialize(torch.Generator().manual_seed(0))


def trained(tokens: Path, scratch: Path, seed: int = SEED, **values: Any) -> Trained:
    """Train the model of `rank.py` in float32 on one thread; `values` as there."""
    model, weights, notes = initial_model(), {}, []

    def remember(done: int) -> None:
        weights[done] = {name: tensor.clone() for name, tensor in model.state_dict().items()}

    def progress(done: int, total: int, note: str = "") -> None:
        if total and done not in weights:
            remember(done)
        elif not total:
            notes.append(note)

    remember(0)
    streams = [TokenStream(tokens, split) for split in ("train", "held-out")]
    training = train(
        model,
        *streams,
        config_of(values),
        seed=seed,
        scratch=scratch,
        progress=progress,
        device=torch.device("cpu"),
    )
    return Trained(model, training, weights, notes)
