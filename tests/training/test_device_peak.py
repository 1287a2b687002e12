import pytest
import torch

from hornbook.training.device_peak import GPUS, listed_peak, measured_peak, peak_flops

# The names that PyTorch reports, and the dense bfloat16 (or where there is none, float16) peak in 10^12 per second.
NAMES = {
    "NVIDIA A100-SXM4-80GB": 312,
    "NVIDIA A100-SXM4-40GB": 312,
    "NVIDIA A100 80GB PCIe": 312,
    "NVIDIA A100-PCIE-40GB": 312,
    "NVIDIA H100 80GB HBM3": 989.4,
    "NVIDIA H100 PCIe": 756,
    "NVIDIA H100 NVL": 835.5,
    "NVIDIA H200": 989.5,
    "NVIDIA H200 NVL": 835.5,
    "NVIDIA GH200 480GB": 990,
    "NVIDIA B200": 2250,
    "NVIDIA GB200": 2500,
    "NVIDIA L4": 121,
    "NVIDIA L40": 181.05,
    "NVIDIA L40S": 362.05,
    "NVIDIA A10G": 70,
    "NVIDIA A10": 125,
    "NVIDIA A30": 165,
    "NVIDIA A40": 149.7,
    "Tesla V100-SXM2-16GB": 125,
    "Tesla V100-PCIE-32GB": 112,
    "Tesla V100S-PCIE-32GB": 130,
    "Tesla T4": 65,
    "NVIDIA GeForce RTX 3090": 71,
    "NVIDIA GeForce RTX 4090": 165.2,
    "NVIDIA GeForce RTX 5090": 209.5,
    "NVIDIA RTX A6000": 154.8,
    "NVIDIA RTX 6000 Ada Generation": 364.2,
    "AMD Instinct MI210": 181,
    "AMD Instinct MI250X": 191.5,
    "AMD Instinct MI250X/MI250": 191.5,
    "AMD Instinct MI250": 181.05,
    "AMD Instinct MI300X": 1307.4,
    "AMD Instinct MI325X": 1307.4,
}


@pytest.mark.parametrize("name", NAMES)
def test_a_known_gpu_has_the_dense_peak_of_its_data_sheet(name: str) -> None:
    peaks = [listed_peak(name, dtype, tensor_float=False) for dtype in (torch.bfloat16, torch.float16)]
    peak = peaks[0] or peaks[1]
    assert peak is not None
    assert peak.flops == pytest.approx(NAMES[name] * 1e12)
    assert "data sheet" in peak.basis or "whitepaper" in peak.basis
    assert "dense" in peak.basis


def test_every_gpu_of_the_table_is_found_under_some_name() -> None:
    found = {listed_peak(name, torch.float16, tensor_float=False).basis.split(" fp16")[0] for name in NAMES}  # type: ignore[union-attr]
    assert found == {gpu.name for gpu in GPUS}


@pytest.mark.parametrize(
    "name",
    ["NVIDIA GeForce RTX 4090 Laptop GPU", "NVIDIA GeForce RTX 4090 D", "NVIDIA GeForce RTX 3090 Ti", "NVIDIA A1000"],
)
def test_a_gpu_of_a_similar_name_is_not_taken_for_another(name: str) -> None:
    assert listed_peak(name, torch.bfloat16, tensor_float=False) is None


def test_float32_is_faster_where_the_process_allows_tf32_and_the_gpu_knows_it() -> None:
    a100, v100 = "NVIDIA A100-SXM4-40GB", "Tesla V100-SXM2-16GB"
    rates = {
        (name, allowed): listed_peak(name, torch.float32, tensor_float=allowed)
        for name in (a100, v100)
        for allowed in (False, True)
    }
    in_tera = {key: peak.flops / 1e12 for key, peak in rates.items() if peak is not None}
    assert in_tera == pytest.approx({(a100, False): 19.5, (a100, True): 156, (v100, False): 15.7, (v100, True): 15.7})


def test_a_gpu_without_bfloat16_has_no_listed_peak_in_it() -> None:
    assert listed_peak("Tesla V100-SXM2-16GB", torch.bfloat16, tensor_float=False) is None


def test_no_figure_of_the_table_is_the_one_with_sparsity() -> None:
    for gpu in GPUS:
        # Tensor cores at most double from TF32 to half precision; a sparse figure in one column would show as four.
        if gpu.tensor_float is not None:
            assert gpu.half / gpu.tensor_float == pytest.approx(2, rel=0.03), gpu.name


def test_a_cpu_is_measured_and_the_answer_says_so() -> None:
    torch.manual_seed(3)
    state = torch.get_rng_state()
    peak = peak_flops(torch.device("cpu"), torch.float32)
    assert peak is not None
    assert 1e9 < peak.flops < 1e14
    assert peak.basis.startswith("measured: fastest float32 matrix product on this CPU")
    assert torch.equal(torch.get_rng_state(), state)


def test_a_type_that_the_device_cannot_multiply_has_no_peak() -> None:
    assert measured_peak(torch.device("cpu"), torch.bool) is None


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no GPU here")
def test_a_gpu_is_measured_below_its_listed_peak() -> None:
    device = torch.device("cuda")
    measured, listed = measured_peak(device, torch.float16), peak_flops(device, torch.float16)
    assert measured is not None
    assert listed is not None
    assert 0 < measured.flops <= 1.05 * listed.flops
