"""Where a training computes."""

import torch

from hornbook.errors import ConfigError

CHOICES = ("auto", "cpu", "cuda")


def choose_device(choice: str) -> torch.device:
    """The device that `Execution.device` names: for `auto` this process's GPU where there is one, else the CPU.

    Raises:
        ConfigError: It is none of `auto`, `cpu`, `cuda`, or there is no GPU.
    """
    if choice not in CHOICES:
        raise ConfigError(f"`device` must be one of {', '.join(CHOICES)}, got {choice!r}")
    if choice == "cuda" and not torch.cuda.is_available():
        raise ConfigError("`device` is 'cuda', but PyTorch finds no GPU: choose `cpu` or `auto`")
    if choice == "cpu" or not torch.cuda.is_available():
        return torch.device("cpu")
    return torch.device("cuda", torch.cuda.current_device())
