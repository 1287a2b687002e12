from pathlib import Path

import pytest
import torch

from hornbook.training.hardware import GPUS, available_bytes, listed_peak, measured_peak, peak_flops, resident_bytes

NAMES: dict[str, float | None] = {
    "NVIDIA A100 80GB PCIe": 312,
    "NVIDIA H100 80GB HBM3": 989.4,
    "NVIDIA H100 NVL": 835.5,
    "NVIDIA H200": 989.5,
    "NVIDIA GH200 480GB": 990,
    "NVIDIA GB200": 2500,
    "NVIDIA L4": 121,
    "NVIDIA A10G": 70,
    "NVIDIA GeForce RTX 4090": 165.2,
    "NVIDIA GeForce RTX 4090 Laptop GPU": None,
    "NVIDIA GeForce RTX 3090 Ti": None,
}
"""Names that could be taken for another GPU's, with the dense bfloat16 peak in 10^12 a second."""


def tera(name: str, dtype: torch.dtype, *, tensor_float: bool = False) -> float | None:
    peak = listed_peak(name, dtype, tensor_float=tensor_float)
    return None if peak is None else round(peak.flops / 1e12, 3)


def test_a_known_gpu_has_the_dense_peak_of_its_data_sheet_and_a_similar_name_is_not_taken_for_it() -> None:
    assert {name: tera(name, torch.bfloat16) for name in NAMES} == NAMES
    for gpu in GPUS:
        # Tensor cores at most double from TF32 to half precision; a sparse figure in one column would show as four.
        if gpu.tensor_float:
            assert gpu.half / gpu.tensor_float == pytest.approx(2, rel=0.03), gpu.name
    a100, v100 = "NVIDIA A100-SXM4-40GB", "Tesla V100-SXM2-16GB"
    assert (tera(v100, torch.bfloat16), tera(v100, torch.float16)) == (None, 125)
    assert [tera(a100, torch.float32, tensor_float=allowed) for allowed in (False, True)] == [19.5, 156]
    assert [tera(v100, torch.float32, tensor_float=allowed) for allowed in (False, True)] == [15.7, 15.7]


def test_a_cpu_is_measured_without_a_random_number_and_a_type_it_cannot_multiply_has_no_peak() -> None:
    state = torch.get_rng_state()
    peak = peak_flops(torch.device("cpu"), torch.float32)
    assert peak is not None
    assert 1e8 < peak.flops < 1e14
    assert peak.basis.startswith("measured")
    assert torch.equal(torch.get_rng_state(), state)
    assert measured_peak(torch.device("cpu"), torch.bool) is None


GIBI = 2**30


def written(root: Path, files: dict[str, object]) -> Path:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(str(text), encoding="ascii")
    return root


MACHINE = {"proc/meminfo": f"MemTotal: {32 * 2**20} kB\nMemFree: 1 kB\nMemAvailable: {16 * 2**20} kB\n"}


@pytest.mark.parametrize("version", [1, 2])
def test_the_tightest_control_group_counts_and_its_cache_can_be_dropped(tmp_path: Path, version: int) -> None:
    line, mount, limit, used, inactive = {
        1: (
            *("4:cpu:/\n3:memory:/job/task\n", "sys/fs/cgroup/memory"),
            *("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"),
        ),
        2: ("0::/job/task\n", "sys/fs/cgroup", "memory.max", "memory.current", "inactive_file"),
    }[version]
    files = {
        "proc/self/cgroup": line,
        f"{mount}/job/task/{limit}": 12 * GIBI,
        f"{mount}/job/task/{used}": 2 * GIBI,
        f"{mount}/job/{limit}": 8 * GIBI,
        f"{mount}/job/{used}": 5 * GIBI,
        f"{mount}/job/memory.stat": f"anon 1\n{inactive} {1 * GIBI}\n",
        f"{mount}/{limit}": "max" if version == 2 else 2**63 - 4096,
        f"{mount}/{used}": 20 * GIBI,
    }
    assert available_bytes(written(tmp_path / "tight", {**MACHINE, **files})) == 4 * GIBI
    assert available_bytes(written(tmp_path / "free", {**MACHINE, "proc/self/cgroup": line})) == 16 * GIBI
    block_of_memory = torch.ones(2**24)
    assert resident_bytes() > block_of_memory.nbytes
    assert 10 * 2**20 < (available_bytes() or 0) < 2**50, "of this machine"
