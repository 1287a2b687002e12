"""`torch.compile` where it pays."""

import shutil
from collections.abc import Callable

import torch
from torch import Tensor

from hornbook.artifacts.stage import Progress


def maybe_compiled(
    function: Callable[..., Tensor], choice: str, device: torch.device, progress: Progress
) -> Callable[..., Tensor]:
    """Compile `function` for `device`, or hand it back as it is.

    On a CPU the step's time is in matrix products and in our own attention and loss, which leave a compiler nothing to
    gain (measured: within 4 % of each other, before half a minute of compiling); so `auto` compiles for GPUs only.
    Where no C++ compiler can be had, `on` falls back with one line of progress.

    Args:
        function: Takes and returns tensors.
        choice: `auto`, `on` or `off`.
        device: Where the function will run.
        progress: Told of the fallback.
    """
    if choice == "off" or (choice == "auto" and device.type == "cpu"):
        return function
    if device.type == "cpu" and not any(shutil.which(name) for name in ("g++", "clang++", "cl")):
        progress(0, 0, "no C++ compiler found (g++, clang++): training runs uncompiled")
        return function
    compiled: Callable[..., Tensor] = torch.compile(function, dynamic=False)
    return compiled
