"""The labelled set, prepared once for all tests of a process: that takes seconds, and gives the same again."""

from typing import Any

from hornbook.decontamination import calibration
from hornbook.decontamination.labelled_set import load_labelled_set
from hornbook.decontamination.prepare import Prepared, prepare
from hornbook.sandbox.program import Sandbox

LABELLED, PAIRS = load_labelled_set()
_prepared: list[Prepared] = []
_calibrations: dict[tuple[float, bool], dict[str, Any]] = {}


def labelled_once(sandbox: Sandbox) -> Prepared:
    """The benchmark of the labelled set."""
    if not _prepared:
        _prepared.append(prepare(calibration.labelled_benchmark(), sandbox))
    return _prepared[0]


def calibrate_once(match_rate: float, sandbox: Sandbox | None, seed: int = 0) -> dict[str, Any]:
    """In place of `calibration.calibrate`, for tests that are not about its result."""
    key = (match_rate, sandbox is None)
    if key not in _calibrations:
        prepared = labelled_once(sandbox) if sandbox else prepare(calibration.labelled_benchmark(), None)
        _calibrations[key] = calibration.calibration_on(prepared, match_rate, sandbox)
    return _calibrations[key]
