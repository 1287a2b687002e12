"""Compute in bfloat16 or float16, keep the weights in float32.

The forward and backward pass run on a copy of the model in the shorter type, renewed once per optimiser step; gradients
are added up in float32. Against autocast this saves the casts of every weight in every pass and the copies of
activations.
"""

import copy

import torch
from torch import Tensor, nn
from torch.distributed.tensor import DTensor

from hornbook.model.phi import Phi


def choose_precision(precision: str, device: torch.device) -> torch.dtype:
    """The type to compute in: what `precision` says, or for `auto` bfloat16 where the hardware multiplies in it."""
    if precision in ("float32", "float16"):
        return torch.float32 if precision == "float32" else torch.float16
    if precision == "bfloat16" or device.type != "cpu":
        return torch.bfloat16
    return torch.bfloat16 if has_bfloat16_instructions() else torch.float32


def has_bfloat16_instructions() -> bool:
    """Whether this machine's CPU multiplies bfloat16 natively; a bfloat16 model is slow on any other."""
    probes = ("_is_avx512_bf16_supported", "_is_amx_tile_supported")
    return any(bool(getattr(torch.cpu, probe, bool)()) for probe in probes)


class ComputeCopy:
    """The model that computes for `master`: `master` itself in float32, a copy of it in another type."""

    def __init__(self, master: Phi, dtype: torch.dtype) -> None:
        """Make the copy; call `renew` before the first pass."""
        self.master = master
        self.model = master if dtype == torch.float32 else copy.deepcopy(master).to(dtype)
        self._pairs: list[tuple[Tensor, Tensor]] = list(zip(master.parameters(), self.model.parameters(), strict=True))

    @torch.no_grad()
    def renew(self) -> None:
        """Copy the weights of `master` over and clear all gradients, those of a broken-off pass included."""
        if self.model is not self.master:
            weights, copies = [pair[0] for pair in self._pairs], [pair[1] for pair in self._pairs]
            torch._foreach_copy_(copies, weights)
        for weight, computed in self._pairs:
            weight.grad = computed.grad = None

    @torch.no_grad()
    def collect(self) -> None:
        """Add the gradients of one backward pass to those of `master`, in float32, and clear the copy's."""
        if self.model is self.master:
            return
        for weight, computed in self._pairs:
            assert computed.grad is not None, "every parameter of the model takes part in the loss"
            if weight.grad is None:
                weight.grad = computed.grad.float()
            else:
                weight.grad += computed.grad
            computed.grad = None


def clip_gradients(model: nn.Module, clip_norm: float, scale: float = 1.0) -> float:
    """Scale the gradients down to a Euclidean norm of at most `clip_norm`.

    Args:
        model: Its gradients may be parts of one, spread over processes: the norm is that of the whole.
        clip_norm: The largest norm that stays as it is.
        scale: By which the gradients were multiplied; it is taken out of them first.

    Returns:
        The norm before clipping, without `scale`; not finite where a gradient is not.
    """
    if scale != 1.0:
        torch._foreach_mul_([p.grad for p in model.parameters() if p.grad is not None], 1.0 / scale)
    norm = nn.utils.clip_grad_norm_(model.parameters(), clip_norm)
    return float(norm.full_tensor() if isinstance(norm, DTensor) else norm)
