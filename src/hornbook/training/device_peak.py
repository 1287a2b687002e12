"""The highest rate at which a device multiplies matrices: what a training's speed is measured against.

For a known GPU it is the dense peak of its data sheet; the figure with structured sparsity, which many sheets print
larger, is never taken. For another GPU, and for a CPU, it is measured with a matrix product.

Source: the data sheets named in the table.
"""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass

import torch

MEASURED_SECONDS = 0.1
"""How long products are timed, after the first of each size."""
LARGEST_SIDE_ON_CPU = 1024
LARGEST_SIDE_ON_GPU = 8192
TERA = 1e12


@dataclass(frozen=True)
class Peak:
    """Floating-point operations per second, and where the figure comes from."""

    flops: float
    basis: str
    """For people: `NVIDIA H100 SXM bf16 dense, NVIDIA H100 data sheet`."""


@dataclass(frozen=True)
class Gpu:
    """Dense peaks of one GPU in 10^12 operations per second, matrix products accumulated in float32."""

    pattern: str
    """Found in the name that PyTorch gives the device, upper and lower case alike; the first that fits counts."""
    name: str
    half: float
    """In float16."""
    single: float
    """In float32."""
    source: str
    tensor_float: float | None = None
    """In float32 where products may be rounded to TF32; None where the GPU does not know it."""
    has_bfloat16: bool = True
    """Whether bfloat16 goes as fast as float16; before Ampere the hardware does not multiply in it."""


_HOPPER = "NVIDIA H100 data sheet"
_ADA = "NVIDIA Ada GPU architecture whitepaper"
_AMD = "AMD data sheet; PyTorch sees each of its two dies as a device"
GPUS = (
    Gpu(r"GB200", "NVIDIA GB200", 2500, 80, "NVIDIA GB200 NVL72 data sheet", 1250),
    Gpu(r"\bB200\b", "NVIDIA B200", 2250, 75, "NVIDIA HGX B200 data sheet", 1125),
    Gpu(r"GH200", "NVIDIA GH200", 990, 67, "NVIDIA GH200 data sheet", 494),
    Gpu(r"H200 NVL", "NVIDIA H200 NVL", 835.5, 60, "NVIDIA H200 data sheet", 417.5),
    Gpu(r"\bH200\b", "NVIDIA H200", 989.5, 67, "NVIDIA H200 data sheet", 494.5),
    Gpu(r"H100 NVL", "NVIDIA H100 NVL", 835.5, 60, _HOPPER, 417.5),
    Gpu(r"H100.*PCIe", "NVIDIA H100 PCIe", 756, 51, _HOPPER, 378),
    Gpu(r"H100\b", "NVIDIA H100 SXM", 989.4, 67, _HOPPER, 494.7),
    Gpu(r"A100\b", "NVIDIA A100", 312, 19.5, "NVIDIA A100 data sheet", 156),
    Gpu(r"A30\b", "NVIDIA A30", 165, 10.3, "NVIDIA A30 data sheet", 82),
    Gpu(r"A40\b", "NVIDIA A40", 149.7, 37.4, "NVIDIA A40 data sheet", 74.8),
    Gpu(r"A10G", "NVIDIA A10G", 70, 35, "NVIDIA A10G data sheet", 35),
    Gpu(r"A10\b", "NVIDIA A10", 125, 31.2, "NVIDIA A10 data sheet", 62.5),
    Gpu(r"L40S", "NVIDIA L40S", 362.05, 91.6, "NVIDIA L40S data sheet", 183),
    Gpu(r"L40\b", "NVIDIA L40", 181.05, 90.5, "NVIDIA L40 data sheet", 90.5),
    Gpu(r"L4\b", "NVIDIA L4", 121, 30.3, "NVIDIA L4 data sheet", 60),
    Gpu(r"V100S", "NVIDIA V100S", 130, 16.4, "NVIDIA V100 data sheet", has_bfloat16=False),
    Gpu(r"V100.*PCIe", "NVIDIA V100 PCIe", 112, 14, "NVIDIA V100 data sheet", has_bfloat16=False),
    Gpu(r"V100\b", "NVIDIA V100 SXM2", 125, 15.7, "NVIDIA V100 data sheet", has_bfloat16=False),
    Gpu(r"\bT4\b", "NVIDIA T4", 65, 8.1, "NVIDIA T4 data sheet", has_bfloat16=False),
    Gpu(r"RTX A6000", "NVIDIA RTX A6000", 154.8, 38.7, "NVIDIA RTX A6000 data sheet", 77.4),
    Gpu(r"RTX 6000 Ada", "NVIDIA RTX 6000 Ada", 364.2, 91.1, "NVIDIA RTX 6000 Ada data sheet", 182.1),
    Gpu(r"RTX 5090(?! ?(D|Laptop))", "NVIDIA RTX 5090", 209.5, 104.8, "NVIDIA RTX Blackwell whitepaper", 104.8),
    Gpu(r"RTX 4090(?! ?(D|Laptop))", "NVIDIA RTX 4090", 165.2, 82.6, _ADA, 82.6),
    Gpu(r"RTX 3090(?! ?Ti)", "NVIDIA RTX 3090", 71, 35.6, "NVIDIA GA102 whitepaper", 35.6),
    Gpu(r"MI250X", "AMD MI250X (one die)", 191.5, 47.85, _AMD),
    Gpu(r"MI250\b", "AMD MI250 (one die)", 181.05, 45.25, _AMD),
    Gpu(r"MI210", "AMD MI210", 181, 45.3, "AMD MI210 data sheet"),
    Gpu(r"MI300X", "AMD MI300X", 1307.4, 163.4, "AMD MI300X data sheet", 653.7),
    Gpu(r"MI325X", "AMD MI325X", 1307.4, 163.4, "AMD MI325X data sheet", 653.7),
)


def peak_flops(device: torch.device, dtype: torch.dtype) -> Peak | None:
    """The highest rate of matrix products on `device`; for a known GPU a look into the table.

    An unknown GPU and a CPU are measured anew in each call, in about a fifth of a second: keep the answer. The measured
    rate is that of the threads that PyTorch may use now, beside whatever else the machine does. No random number
    is drawn.

    Args:
        device: A single device.
        dtype: In which the products are computed. For float32 on a GPU it matters whether this process allows TF32
            (`torch.set_float32_matmul_precision`).

    Returns:
        None where the device cannot multiply in `dtype` at all.
    """
    if device.type == "cuda":
        tensor_float = torch.get_float32_matmul_precision() != "highest"
        listed = listed_peak(torch.cuda.get_device_name(device), dtype, tensor_float=tensor_float)
        if listed is not None:
            return listed
    return measured_peak(device, dtype)


def listed_peak(device_name: str, dtype: torch.dtype, *, tensor_float: bool) -> Peak | None:
    """The dense peak of a GPU's data sheet.

    Args:
        device_name: As `torch.cuda.get_device_name` gives it.
        dtype: float16, bfloat16 or float32.
        tensor_float: Whether float32 products may be rounded to TF32.

    Returns:
        None for a GPU or a type that the table does not know.
    """
    gpu = next((gpu for gpu in GPUS if re.search(gpu.pattern, device_name, re.IGNORECASE)), None)
    if gpu is None:
        return None
    if dtype == torch.float16 or (dtype == torch.bfloat16 and gpu.has_bfloat16):
        rate, kind = gpu.half, "fp16" if dtype == torch.float16 else "bf16"
    elif dtype == torch.float32:
        rate, kind = gpu.single, "fp32"
        if tensor_float and gpu.tensor_float is not None:
            rate, kind = gpu.tensor_float, "tf32"
    else:
        return None
    return Peak(rate * TERA, f"{gpu.name} {kind} dense, {gpu.source}")


def measured_peak(device: torch.device, dtype: torch.dtype) -> Peak | None:
    """The rate of the fastest square matrix product found within `MEASURED_SECONDS`.

    The side doubles from 256 while products stay short, so that a slow device is not kept busy.

    Returns:
        None where the device cannot multiply in `dtype`.
    """
    largest = LARGEST_SIDE_ON_CPU if device.type == "cpu" else LARGEST_SIDE_ON_GPU
    best, best_side, side = 0.0, 0, 256
    while side <= largest:
        try:
            seconds = _fastest(_product(side, device, dtype), MEASURED_SECONDS / 4)
        except RuntimeError:  # the type is unknown to the device, or no memory is left for larger matrices
            break
        if 2 * side**3 / seconds > best:
            best, best_side = 2 * side**3 / seconds, side
        if seconds * 8 > MEASURED_SECONDS:
            break
        side *= 2
    if best == 0.0:
        return None
    where = f"this {'CPU' if device.type == 'cpu' else 'device'}"
    kind = str(dtype).removeprefix("torch.")
    return Peak(best, f"measured: fastest {kind} matrix product on {where}, {best_side} × {best_side}")


def _product(side: int, device: torch.device, dtype: torch.dtype) -> Callable[[], None]:
    left = torch.full((side, side), 0.5, device=device, dtype=dtype)
    product = torch.empty_like(left)

    def multiply() -> None:
        torch.mm(left, left, out=product)
        if device.type == "cuda":
            torch.cuda.synchronize(device)
        elif device.type == "mps":
            torch.mps.synchronize()

    return multiply


def _fastest(run: Callable[[], None], budget_seconds: float) -> float:
    """Seconds of the fastest of at least three runs; the first, which may prepare something, is left out."""
    run()
    start, fastest, runs = time.perf_counter(), float("inf"), 0
    while runs < 3 or time.perf_counter() - start < budget_seconds:
        before = time.perf_counter()
        run()
        fastest = min(fastest, time.perf_counter() - before)
        runs += 1
    return fastest
