"""What a training needs to know of the machine: device, type to compute in, peak speed, memory.

The peak of a known GPU is the dense one of its data sheet, never the larger figure with structured sparsity. For other
GPUs and for CPUs it is measured with matrix products.

Source: data sheets of NVIDIA and AMD, whitepapers of NVIDIA's Ampere, Ada and Blackwell architectures.
"""

import ctypes
import math
import os
import re
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import torch

from hornbook.errors import ConfigError

DEVICES = ("auto", "cpu", "cuda")
TERA = 1e12
MEASURED_SECONDS = 0.1
"""Time that the measurement of a peak takes at most on a device that is not very slow."""
M_MMAP_THRESHOLD, M_TRIM_THRESHOLD = -3, -1
"""Constants of glibc's `malloc.h`."""
LARGEST_BLOCK = 2**31 - 1
CONTROL_GROUPS = {
    "": ("sys/fs/cgroup", "memory.max", "memory.current", "inactive_file"),
    "memory": ("sys/fs/cgroup/memory", "memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"),
}
"""By controller (version 2 has one for all): mount point, limit, usage, and the reclaimable part in `memory.stat`."""
UNLIMITED = 2**60
"""Control groups without a limit report `max` or a number above this."""


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


class Gpu(NamedTuple):
    """Dense peak of one GPU in 10^12 operations per second, for matrix products accumulated in float32."""

    pattern: str
    """Searched in PyTorch's name of the device, ignoring case; the first match counts."""
    name: str
    half: float
    """Peak in float16, and in bfloat16 unless `tensor_float` is 0: GPUs before Ampere support neither."""
    single: float
    """Peak in float32."""
    tensor_float: float
    """Peak in float32 with TF32 allowed."""


GPUS = (
    Gpu(r"GB200", "NVIDIA GB200", 2500, 80, 1250),
    Gpu(r"\bB200\b", "NVIDIA B200", 2250, 75, 1125),
    Gpu(r"GH200", "NVIDIA GH200", 990, 67, 494),
    Gpu(r"H200 NVL", "NVIDIA H200 NVL", 835.5, 60, 417.5),
    Gpu(r"\bH200\b", "NVIDIA H200", 989.5, 67, 494.5),
    Gpu(r"H100 NVL", "NVIDIA H100 NVL", 835.5, 60, 417.5),
    Gpu(r"H100.*PCIe", "NVIDIA H100 PCIe", 756, 51, 378),
    Gpu(r"H100\b", "NVIDIA H100 SXM", 989.4, 67, 494.7),
    Gpu(r"A100\b", "NVIDIA A100", 312, 19.5, 156),
    Gpu(r"A30\b", "NVIDIA A30", 165, 10.3, 82),
    Gpu(r"A40\b", "NVIDIA A40", 149.7, 37.4, 74.8),
    Gpu(r"A10G", "NVIDIA A10G", 70, 35, 35),
    Gpu(r"A10\b", "NVIDIA A10", 125, 31.2, 62.5),
    Gpu(r"L40S", "NVIDIA L40S", 362.05, 91.6, 183),
    Gpu(r"L40\b", "NVIDIA L40", 181.05, 90.5, 90.5),
    Gpu(r"L4\b", "NVIDIA L4", 121, 30.3, 60),
    Gpu(r"V100.*PCIe", "NVIDIA V100 PCIe", 112, 14, 0),
    Gpu(r"V100\b", "NVIDIA V100 SXM2", 125, 15.7, 0),
    Gpu(r"\bT4\b", "NVIDIA T4", 65, 8.1, 0),
    Gpu(r"RTX A6000", "NVIDIA RTX A6000", 154.8, 38.7, 77.4),
    Gpu(r"RTX 6000 Ada", "NVIDIA RTX 6000 Ada", 364.2, 91.1, 182.1),
    Gpu(r"RTX 5090(?! ?(D|Laptop))", "NVIDIA RTX 5090", 209.5, 104.8, 104.8),
    Gpu(r"RTX 4090(?! ?(D|Laptop))", "NVIDIA RTX 4090", 165.2, 82.6, 82.6),
    Gpu(r"RTX 3090(?! ?Ti)", "NVIDIA RTX 3090", 71, 35.6, 35.6),
    Gpu(r"MI300X", "AMD MI300X", 1307.4, 163.4, 653.7),
    Gpu(r"MI325X", "AMD MI325X", 1307.4, 163.4, 653.7),
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

    `device_name` is the one of `torch.cuda.get_device_name`; `tensor_float` allows float32 products in TF32.
    """
    gpu = next((gpu for gpu in GPUS if re.search(gpu.pattern, device_name, re.IGNORECASE)), None)
    if gpu is None:
        return None
    kind = {torch.float16: "fp16", torch.bfloat16: "bf16", torch.float32: "fp32"}[dtype]
    rate = gpu.single if dtype == torch.float32 else gpu.half
    if dtype == torch.bfloat16 and not gpu.tensor_float:
        return None
    if dtype == torch.float32 and tensor_float and gpu.tensor_float:
        rate, kind = gpu.tensor_float, "tf32"
    return Peak(rate * TERA, f"{gpu.name} {kind} dense, data sheet")


def measured_peak(device: torch.device, dtype: torch.dtype) -> Peak | None:
    """The rate of the fastest square matrix product; None if `dtype` is unsupported.

    The side doubles from 256 while products are short, so that a slow device is not kept busy.
    """
    best, best_side, side, seconds = 0.0, 0, 256, 0.0
    while side <= (1024 if device.type == "cpu" else 8192) and 8 * seconds < MEASURED_SECONDS:
        seconds = math.inf
        try:
            matrix = torch.full((side, side), 0.5, device=device, dtype=dtype)
            product = torch.empty_like(matrix)
            begin, num_runs = time.perf_counter(), 0
            while num_runs < 4 or time.perf_counter() - begin < MEASURED_SECONDS / 4:  # the first one warms up
                start = time.perf_counter()
                torch.mm(matrix, matrix, out=product)
                if device.type == "cuda":
                    torch.cuda.synchronize(device)
                seconds = min(seconds, time.perf_counter() - start)
                num_runs += 1
        except RuntimeError:  # the device does not support the type, or the matrices do not fit its memory
            break
        if 2 * side**3 / seconds > best:
            best, best_side = 2 * side**3 / seconds, side
        side *= 2
    if best == 0.0:
        return None
    kind = str(dtype).removeprefix("torch.")
    where = "CPU" if device.type == "cpu" else "device"
    return Peak(best, f"measured: fastest {kind} matrix product on this {where}, {best_side} × {best_side}")


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

    `root` is the folder that contains `proc` and `sys`.
    """
    free = (_available_in_control_group(root), _available_on_machine(root))
    return min((number for number in free if number is not None), default=None)


def _available_on_machine(root: Path) -> int | None:
    found = re.search(r"^MemAvailable: +(\d+) kB", _read(root / "proc/meminfo"), re.MULTILINE)
    if found is not None:
        return int(found[1]) * 1024
    for name in ("SC_AVPHYS_PAGES", "SC_PHYS_PAGES"):  # macOS reports only the total
        if name in os.sysconf_names:
            return os.sysconf(name) * os.sysconf("SC_PAGE_SIZE")
    return None


def _available_in_control_group(root: Path) -> int | None:
    """The least memory below a limit, over this process's control group and its parents.

    A group's usage includes cached files; inactive ones are dropped before an allocation fails.
    """
    available = []
    for line in _read(root / "proc/self/cgroup").splitlines():
        _, controllers, path = line.split(":", 2)
        for controller, (mount, limit_file, usage_file, reclaimable) in CONTROL_GROUPS.items():
            group = root / mount / path.lstrip("/")
            for folder in (group, *group.parents) if controller in controllers.split(",") else ():
                limit, used = _read(folder / limit_file).strip(), _read(folder / usage_file).strip()
                if limit.isdecimal() and used.isdecimal() and int(limit) < UNLIMITED:
                    statistics = dict(line.split() for line in _read(folder / "memory.stat").splitlines())
                    available.append(int(limit) - int(used) + int(statistics.get(reclaimable, 0)))
    return max(0, min(available)) if available else None


def _read(path: Path) -> str:
    """The content of a file of the kernel; empty if there is none."""
    try:
        return path.read_text(encoding="utf-8")
    except OSError:
        return ""
