import json
from pathlib import Path
from typing import Any

import pytest
from bench.curation_plan import CHAIN, Target, exponent, exponents_of, line_through, plan_for, read_lines, render

SHARES = {"collect": 1.0, "classify": 0.8, "select": 0.8, "deduplicate": 0.1, "deduplicate-all": 0.8}
"""Of the corpus that each step reads."""


def line(step: str, size: float) -> dict[str, Any]:
    """CPU time: 1 s and 0.5 s a MB, a fifth in the first process; memory: 300 MB and 0.1 MB a MB."""
    given = size * SHARES[step]
    found = {
        "benchmark": "curation",
        "step": step,
        "size_megabytes": size,
        "input_megabytes": given,
        "num_documents": size * 100,
        "seconds": given**1.5,
        "cpu_seconds": 1 + 0.5 * given,
        "first_process_cpu_seconds": 0.2 * (1 + 0.5 * given),
        "peak_memory_megabytes": 300 + 0.1 * given,
        "work_megabytes": 0.4 * given,
        "output_megabytes": 0.9 * given,
    }
    return found | ({"bytes_per_token": 4.0} if step == "select" else {})


LINES = [line(step, size) for size in (400.0, 50.0, 100.0, 200.0) for step in SHARES]
TARGET = Target(num_files=1e6, num_tokens=1e9, bytes_per_token=None, num_cores=10)


def test_the_exponent_of_a_power_is_found() -> None:
    sizes = [50, 100, 200, 400]
    for power in (0.0, 0.5, 1.0, 2.0):
        assert exponent(sizes, [7 * size**power for size in sizes]) == pytest.approx(power)
    assert exponent([1, 2, 4], [1, 4, 4]) == pytest.approx(1.0)  # The middle one is off; least squares pass below it.
    with pytest.raises(ValueError, match="two different sizes"):
        exponent([50, 50], [1, 2])


def test_a_line_is_found() -> None:
    assert line_through([1, 2, 3], [5, 7, 9]) == pytest.approx((3, 2))


def test_each_step_has_its_exponents() -> None:
    found = exponents_of(LINES)
    assert list(found) == list(SHARES)
    assert found["collect"]["seconds"] == pytest.approx(1.5)
    assert 0.9 < found["collect"]["cpu_seconds"] < 1
    assert exponents_of(LINES[:5]) == {}


def test_the_plan_carries_each_line_on() -> None:
    plan = plan_for(LINES, TARGET)
    assert list(plan["steps"]) == list(CHAIN)
    assert plan["terabytes"] == pytest.approx(0.004)
    collect, deduplicate = plan["steps"]["collect"], plan["steps"]["deduplicate"]
    assert collect["cpu_hours"] == pytest.approx(2001 / 3600)
    assert collect["memory_gigabytes"] == pytest.approx(0.7)
    assert collect["hours"] == pytest.approx(2001 / 3600 / 5)  # The first process' fifth is more than a tenth of all.
    assert deduplicate["hours"] == pytest.approx((1 + 0.5 * 400) / 3600 / 10)
    assert deduplicate["first_process_hours"] is None
    assert plan["cpu_hours"] == pytest.approx(sum(1 + 0.5 * 4000 * SHARES[step] for step in CHAIN) / 3600)
    assert plan["disk_terabytes"] == pytest.approx((0.9 * (1 + 0.8 + 0.8 + 0.1) + 0.4) * 0.004)
    assert plan["dominant_step"] == "collect"
    assert plan_for(LINES, Target(num_files=1, num_tokens=1e9, bytes_per_token=8, num_cores=1))["terabytes"] == 0.008


def test_what_was_printed_is_read_and_rendered(tmp_path: Path) -> None:
    path = tmp_path / "lines.jsonl"
    summary = {"benchmark": "curation", "exponents": exponents_of(LINES)}
    path.write_text("\n".join(["a word", *map(json.dumps, LINES), json.dumps(summary)]) + "\n")
    assert read_lines(path) == LINES
    text = render(read_lines(path), TARGET)
    assert "| step |  | 50 MB | 100 MB | 200 MB | 400 MB | exponent |" in text
    assert "| `collect` | seconds | 353.6 | 1000.0 | 2828.4 | 8000.0 | 1.50 |" in text
    assert "`collect` takes most CPU time" in text
