"""Train a model for a few steps and print, in bytes, how much the process' resident set rose at its highest.

The argument is a JSON object of fields of `TrainConfig` and `Execution`, and `shape`, those of `ModelConfig`.
"""

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

import torch

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.training.conftest import write_tokens  # noqa: E402
from tests.training.rank import config_of  # noqa: E402

from hornbook.model.config import ModelConfig  # noqa: E402
from hornbook.model.phi import Phi  # noqa: E402
from hornbook.tokens.pack import TokenStream  # noqa: E402
from hornbook.training.loop import train  # noqa: E402

TINY = ModelConfig(vocab_size=64, num_layers=1, hidden_size=32, intermediate_size=64, num_heads=2)


def main(values: dict[str, Any]) -> None:
    shape = ModelConfig(**values.pop("shape"))
    config = config_of({**values, "num_steps": 3, "checkpoint_every": 2})
    with tempfile.TemporaryDirectory() as name:
        folder = write_tokens(Path(name) / "tokens")
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
            scratch=Path(name) / "checkpoints",
            progress=lambda *_: None,
            device=torch.device("cpu"),
        )
        print(peak_bytes() - before)


def peak_bytes() -> int:
    """The highest resident set of this process; `getrusage` would tell that of the process that started it."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return next(int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmHWM:"))


if __name__ == "__main__":
    torch.set_num_threads(1)
    main(json.loads(sys.argv[1]))
