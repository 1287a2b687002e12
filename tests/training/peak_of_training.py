"""Train a model for a few steps and print, in bytes, how much the process' resident set rose at its highest.

The argument is a JSON object of fields of `TrainConfig` and `Execution`, and `shape`, those of `ModelConfig`.
"""

import json
import sys
import tempfile
from dataclasses import fields
from pathlib import Path
from typing import Any

import torch

from hornbook.model.config import ModelConfig
from hornbook.model.phi import Phi
from hornbook.records import Document, DocumentKind
from hornbook.tokens.pack import TokenStream, pack
from hornbook.tokens.tokenizer import TokenizerConfig, train_tokenizer
from hornbook.training.config import TrainConfig
from hornbook.training.execution import Execution
from hornbook.training.loop import train

DOCUMENTS = [
    Document(id=f"d{number}", kind=DocumentKind.CODE, text=f"def add_{number}(value):\n    return value + {number}\n")
    for number in range(1000)
]


def main(values: dict[str, Any]) -> None:
    shape = ModelConfig(**values.pop("shape"))
    names = {field.name for field in fields(Execution)}
    execution = Execution(**{name: value for name, value in values.items() if name in names})
    config = TrainConfig(
        **{name: value for name, value in values.items() if name not in names},
        dataset="pretrain",
        num_steps=3,
        learning_rate=0.01,
        warmup_steps=0,
        checkpoint_every=2,
        execution=execution,
    )
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        tokenizer = train_tokenizer(DOCUMENTS, TokenizerConfig(vocab_size=300))
        pack(DOCUMENTS, tokenizer, folder, held_out_share=0.1, shard_tokens=10**6, progress=lambda *_: None)
        model = Phi(TINY).initialize(torch.Generator())
        optimizer = torch.optim.AdamW(model.parameters(), fused=True)  # what loads libraries and thread pools, first
        model.loss(torch.zeros((1, 9), dtype=torch.int64)).backward()
        optimizer.step()
        before = peak_bytes()
        train(
            Phi(shape).initialize(torch.Generator().manual_seed(0)),
            TokenStream(folder, "train"),
            TokenStream(folder, "held-out"),
            config,
            seed=1,
            scratch=folder / "checkpoints",
            progress=lambda *_: None,
            device=torch.device("cpu"),
        )
        print(peak_bytes() - before)


TINY = ModelConfig(vocab_size=64, num_layers=1, hidden_size=32, intermediate_size=64, num_heads=2)


def peak_bytes() -> int:
    """The highest resident set of this process; `getrusage` would tell that of the process that started it."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return next(int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmHWM:"))


if __name__ == "__main__":
    torch.set_num_threads(1)
    main(json.loads(sys.argv[1]))
