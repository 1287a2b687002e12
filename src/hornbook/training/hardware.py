"""What a training needs to know of the machine: device, type to compute in, peak speed, memory.

The peak of a known GPU is the dense one of its data sheet, never the larger figure with structured sparsity. For other
GPUs and for CPUs it is measured with matrix products.

Source: the data sheets named in the table.
"""

import ctypes
import os
import re
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch

from hornbook.errors import ConfigError

DEVICES = ("auto", "cpu", "cuda")
MEASURED_SECONDS = 0.1
"""Time for the measurement of a peak, after the first product of each size."""
LARGEST_SIDE_ON_CPU = 1024
LARGEST_SIDE_ON_GPU = 8192
TERA = 1e12
M_MMAP_THRESHOLD, M_TRIM_THRESHOLD = -3, -1
"""Constants of glibc's `malloc.h`."""
LARGEST_BLOCK = 2**31 - 1
UNLIMITED = 2**60
"""Control groups without a limit report `max` or a number above this."""
VERSION_1 = ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file")
VERSION_2 = ("memory.max", "memory.current", "inactive_file")
"""Files of a control group's limit and usage, and the entry of `memory.stat` that can be reclaimed."""


def choose_device(choice: str) -> torch.device:
    """The device of `Execution.device`; `auto` is this process's GPU if there is one, else the CPU.

    Raises:
        ConfigError: `choice` is none of `auto`, `cpu` and `cuda`, or there is no GPU.
    """
    if choice not in DEVICES:
        raise ConfigError(f"`device` must be one of {', '.join(DEVICES)}, got {choice!r}")
    if choice == "cuda" and not torch.cuda.is_available():
        raise ConfigError("`device` is 'cuda', but PyTorch finds no GPU: choose `cpu` or `auto`")
    if choice == "cpu" or not torch.cuda.is_available():
        return torch.device("cpu")
    return torch.device("cuda", torch.cuda.current_device())


def choose_precision(precision: str, device: torch.device) -> torch.dtype:
    """The type to compute in; `auto` is bfloat16 if the hardware multiplies in it, else float32."""
    if precision in ("float32", "float16"):
        return torch.float32 if precision == "float32" else torch.float16
    if precision == "bfloat16" or device.type != "cpu":
        return torch.bfloat16
    return torch.bfloat16 if has_bfloat16_instructions() else torch.float32


def has_bfloat16_instructions() -> bool:
    """Whether this machine's CPU multiplies bfloat16 natively; on others bfloat16 models are slow."""
    probes = ("_is_avx512_bf16_supported", "_is_amx_tile_supported")
    return any(bool(getattr(torch.cpu, probe, bool)()) for probe in probes)


@dataclass(frozen=True)
class Peak:
    """The highest floating-point operations per second, and where the figure comes from."""

    flops: float
    basis: str
    """For example `NVIDIA H100 SXM bf16 dense, NVIDIA H100 data sheet`."""


@dataclass(frozen=True)
class Gpu:
    """Dense peak of one GPU in 10^12 operations per second, for matrix products accumulated in float32."""

    pattern: str
    """Searched in PyTorch's name of the device, ignoring case; the first match counts."""
    name: str
    half: float
    """Peak in float16."""
    single: float
    """Peak in float32."""
    source: str
    tensor_float: float | None = None
    """Peak in float32 with TF32 allowed; None if the GPU does not support TF32."""
    has_bfloat16: bool = True
    """Whether bfloat16 is as fast as float16; GPUs before Ampere do not support it."""


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
    """The highest rate of matrix products on `device` in `dtype`, from the table for a known GPU, else measured.

    A measurement takes about a fifth of a second and uses the threads that PyTorch may use. It draws no random number.

    Returns:
        None if the device cannot multiply in `dtype`.
    """
    if device.type == "cuda":
        tensor_float = torch.get_float32_matmul_precision() != "highest"
        listed = listed_peak(torch.cuda.get_device_name(device), dtype, tensor_float=tensor_float)
        if listed is not None:
            return listed
    return measured_peak(device, dtype)


def listed_peak(device_name: str, dtype: torch.dtype, *, tensor_float: bool) -> Peak | None:
    """The dense peak of a GPU by its data sheet; None for a GPU or type that the table does not list.

    Args:
        device_name: The name from `torch.cuda.get_device_name`.
        dtype: float16, bfloat16 or float32.
        tensor_float: Whether float32 products may be rounded to TF32.
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
    """The rate of the fastest square matrix product within about `MEASURED_SECONDS`; None if `dtype` is unsupported.

    The side doubles from 256 while products are short, so that a slow device is not kept busy.
    """
    largest = LARGEST_SIDE_ON_CPU if device.type == "cpu" else LARGEST_SIDE_ON_GPU
    best, best_side, side = 0.0, 0, 256
    while side <= largest:
        try:
            seconds = _fastest(_product(side, device, dtype), MEASURED_SECONDS / 4)
        except RuntimeError:  # the device does not support the type, or larger matrices do not fit its memory
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
    """Seconds of the fastest of at least three runs after a warm-up."""
    run()
    start, fastest, runs = time.perf_counter(), float("inf"), 0
    while runs < 3 or time.perf_counter() - start < budget_seconds:
        before = time.perf_counter()
        run()
        fastest = min(fastest, time.perf_counter() - before)
        runs += 1
    return fastest


def keep_freed_memory() -> bool:
    """Make glibc's allocator reuse freed memory for large blocks; returns whether it does, which needs Linux and glibc.

    Otherwise activations of several megabytes are mapped and zeroed anew in every step (about 6 % of a step's time on
    two cores). Affects the whole process; changes no result.
    """
    if not sys.platform.startswith("linux"):
        return False
    library = ctypes.CDLL(None)
    if not hasattr(library, "mallopt") or not hasattr(library, "gnu_get_libc_version"):
        return False
    return bool(library.mallopt(M_MMAP_THRESHOLD, LARGEST_BLOCK) and library.mallopt(M_TRIM_THRESHOLD, LARGEST_BLOCK))


def resident_bytes() -> int:
    """The resident memory of this process; on macOS, its highest value so far."""
    status = Path("/proc/self/statm")
    if status.exists():
        return int(status.read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")
    import resource  # of Unix only

    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024


def available_bytes(root: Path = Path("/")) -> int | None:
    """Memory that this process can still allocate, by the machine and its control group; None if unknown.

    Args:
        root: Folder that contains `proc` and `sys`.
    """
    free = (_available_in_control_group(root), _available_on_machine(root))
    return min((number for number in free if number is not None), default=None)


def _available_on_machine(root: Path) -> int | None:
    path = root / "proc/meminfo"
    if path.exists():
        for line in path.read_text(encoding="ascii").splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    names = os.sysconf_names
    if "SC_AVPHYS_PAGES" in names:
        return os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    if "SC_PHYS_PAGES" in names:  # macOS reports only the total
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return None


def _available_in_control_group(root: Path) -> int | None:
    """The least memory below a limit, over this process's group and its parents.

    A group's usage includes cached files; inactive ones are dropped before an allocation fails.
    """
    available = []
    for folder, names in _control_groups(root):
        limit, used = _number(folder / names[0]), _number(folder / names[1])
        if limit is not None and used is not None and limit < UNLIMITED:
            available.append(limit - used + _statistic(folder / "memory.stat", names[2]))
    return max(0, min(available)) if available else None


def _control_groups(root: Path) -> list[tuple[Path, tuple[str, str, str]]]:
    """The folders of this process's memory group and its parents, with the names of their files."""
    try:
        lines = (root / "proc/self/cgroup").read_text(encoding="utf-8").splitlines()
    except OSError:
        return []
    folders: list[tuple[Path, tuple[str, str, str]]] = []
    for line in lines:
        _, controllers, path = line.split(":", 2)
        if controllers == "":
            mount, names = root / "sys/fs/cgroup", VERSION_2
        elif "memory" in controllers.split(","):
            mount, names = root / "sys/fs/cgroup/memory", VERSION_1
        else:
            continue
        group = mount / path.lstrip("/")
        folders += [(folder, names) for folder in (group, *group.parents) if folder.is_relative_to(mount)]
    return folders


def _number(path: Path) -> int | None:
    try:
        return int(path.read_text(encoding="ascii"))
    except (OSError, ValueError):  # absent, or `max`
        return None


def _statistic(path: Path, name: str) -> int:
    try:
        lines = path.read_text(encoding="ascii").splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.split()[0] == name), 0)
