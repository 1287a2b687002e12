"""What a training would take, against arithmetic written out by hand."""

from dataclasses import replace

import pytest

from hornbook.artifacts.stage import Hardware, Stage
from hornbook.errors import ConfigError
from hornbook.recipes import phi_1
from hornbook.training.estimate import estimate, find_hardware, paper_hardware
from hornbook.training.stages import run_train


def of(config: object, hardware: Hardware | None = None) -> tuple[float, int, int]:
    """FLOPs, bytes on one GPU, bytes on the disk."""
    made = estimate(Stage("pretrain", run_train, config, 1), hardware)
    return made.flops, made.memory_bytes, made.disk_bytes


def test_operations_are_six_for_each_weight_and_twelve_for_each_attended_position() -> None:
    weights = 24 * (4 * 2048**2 + 2 * 2048 * 8192) + 51_200 * 2048
    a_token = 6 * weights + 12 * 24 * 2048 * 2048
    flops, memory_bytes, disk_bytes = of(phi_1.PRETRAIN)
    assert flops == 24_000 * 1_024 * 2_048 * a_token == pytest.approx(4.57e20, rel=0.001)
    assert memory_bytes == 0  # of no GPU
    assert disk_bytes == 1_418_270_720 * (3 * 12 + 4)


def test_memory_grows_with_rows_and_dropout_and_shrinks_with_shards() -> None:
    gpus = find_hardware("h100", num_gpus=8, utilisation=0.5)

    def memory(**changes: object) -> int:
        execution = replace(phi_1.PRETRAIN.execution, micro_batch=4, parallel="ddp")
        inner = {name: value for name, value in changes.items() if hasattr(execution, name)}
        outer = {name: value for name, value in changes.items() if name not in inner}
        return of(replace(phi_1.PRETRAIN, execution=replace(execution, **inner), **outer), gpus)[1]

    assert memory() > 1_418_270_720 * 16  # weights, gradients and two moments in float32
    assert memory(micro_batch=8) > memory() > memory(residual_dropout=0.0)
    assert memory(mask_documents=True) > memory() > memory(checkpoint_activations=True)
    assert memory(parallel="fsdp") < memory()
    assert memory(micro_batch="auto") <= 0.9 * gpus.memory_bytes


def test_hours_are_those_of_the_stated_share_of_the_peak() -> None:
    gpus = find_hardware("H100", num_gpus=8, utilisation=0.5)
    assert (gpus.gpu, gpus.memory_bytes) == ("h100", 80 * 10**9)
    assert gpus.hours(989.4e12 * 0.5 * 3600) == pytest.approx(1)
    assert paper_hardware().hours(of(phi_1.PRETRAIN)[0]) == pytest.approx(770, rel=0.01)


@pytest.mark.parametrize(
    ("gpu", "num_gpus", "utilisation", "message"),
    [
        ("potato", 8, 0.5, r"`--gpu` 'potato' is not known; try h100"),
        ("h100", 0, 0.5, r"`--num-gpus` must be at least 1, got 0"),
        ("h100", 8, 55, r"`--utilisation` is a share .* got 55"),
    ],
)
def test_gpus_that_cannot_be_counted_with_are_refused(
    gpu: str, num_gpus: int, utilisation: float, message: str
) -> None:
    with pytest.raises(ConfigError, match=message):
        find_hardware(gpu, num_gpus=num_gpus, utilisation=utilisation)
