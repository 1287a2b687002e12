"""The labelled set, made ready once for all tests of a process: that takes seconds, and gives the same again."""

from typing import Any

from hornbook.decontamination import prepare
from hornbook.decontamination.labelled_set import load_labelled_set
from hornbook.sandbox.program import Sandbox

LABELLED, PAIRS = load_labelled_set()
REALLY_CALIBRATE = prepare.calibrate
_prepared: list[prepare.Prepared] = []
_calibrations: dict[tuple[float, bool], dict[str, Any]] = {}


def labelled_once(sandbox: Sandbox) -> prepare.Prepared:
    """What `prepare.calibrate` makes of the set before it looks at the pairs."""
    if not _prepared:
        _prepared.append(prepare.prepare(prepare.labelled_benchmark(), sandbox))
    return _prepared[0]


def calibrate_once(match_rate: float, sandbox: Sandbox | None, seed: int = 0) -> dict[str, Any]:
    """In place of `prepare.calibrate`, for tests that are not about what it says."""
    key = (match_rate, sandbox is None)
    if key not in _calibrations:
        _calibrations[key] = (
            REALLY_CALIBRATE(match_rate, None)
            if sandbox is None
            else prepare.calibration_on(labelled_once(sandbox), match_rate, sandbox)
        )
    return _calibrations[key]
