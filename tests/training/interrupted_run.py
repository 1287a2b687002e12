"""Train a tiny model in the folder given as the first argument; with a second argument, die after so many steps."""

import os
import signal
import sys
from pathlib import Path

import torch

from hornbook.model.config import ModelConfig
from hornbook.model.phi import Phi
from hornbook.model.weights import save_model
from hornbook.tokens.pack import TokenStream
from hornbook.training.config import TrainConfig
from hornbook.training.execution import Execution
from hornbook.training.loop import train

SHAPE = ModelConfig(vocab_size=300, num_layers=2, hidden_size=32, intermediate_size=64, num_heads=2, max_position=32)
CONFIG = TrainConfig(
    dataset="pretrain",
    num_steps=23,
    batch_size=4,
    sequence_length=32,
    learning_rate=0.01,
    warmup_steps=3,
    optimizer="muon",
    residual_dropout=0.1,
    execution=Execution(micro_batch=2),
    log_every=4,
    eval_every=6,
    eval_rows=3,
    checkpoint_every=5,
)


def main(folder: Path, die_after: int | None) -> None:
    torch.set_num_threads(1)

    def progress(done: int, total: int, note: str = "") -> None:
        if done == die_after and not note.startswith("resumed"):
            os.kill(os.getpid(), signal.SIGKILL)

    model = Phi(SHAPE).initialize(torch.Generator().manual_seed(0))
    tokens = folder.parent / "tokens"
    training = train(
        model,
        TokenStream(tokens, "train"),
        TokenStream(tokens, "held-out"),
        CONFIG,
        seed=5,
        scratch=folder / "checkpoints",
        progress=progress,
        device=torch.device("cpu"),
    )
    save_model(model, folder)
    (folder / "log.txt").write_text("\n".join(map(str, training.log)))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else None)
