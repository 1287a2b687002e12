"""Runs the code of a passage piece by piece, twice, and records what each piece printed."""

import sys
from collections.abc import Mapping, Sequence
from typing import Any

from hornbook.sandbox.probes.tasks import Sink, TimeUpError, describe, run_source, time_limit

PASSAGE_SECONDS = 1.5
_MAX_CHARACTERS = 4000
_CUT = "…"


def observe(task: Mapping[str, Any]) -> dict[str, Any]:
    """See one passage.

    Args:
        task: `blocks`, each a list of pieces of source; all share one namespace. `sessions`: for each block whether it
            is a session, whose lines continue after an error.

    Returns:
        `blocks`: for each piece that was run what it printed, the text of its value if it is an expression that has
        one, and its error as type and message; null for a value or error that is not there. `varies`: pairs of block
        and piece that gave something else the second time. `endless`: whether the time was used up.
    """
    try:
        with time_limit(PASSAGE_SECONDS):
            first = _run(task["blocks"], task["sessions"])
            second = _run(task["blocks"], task["sessions"])
    except TimeUpError:
        return {"blocks": [], "varies": [], "endless": True}
    varies = [
        [number, place]
        for number, (one, other) in enumerate(zip(first, second, strict=True))
        for place in range(max(len(one), len(other)))
        if one[place : place + 1] != other[place : place + 1]
    ]
    return {"blocks": first, "varies": varies, "endless": False}


def _run(blocks: Sequence[Sequence[str]], sessions: Sequence[bool]) -> list[list[list[Any]]]:
    names: dict[str, Any] = {"__name__": "__main__"}
    seen: list[list[list[Any]]] = []
    for pieces, is_session in zip(blocks, sessions, strict=True):
        results: list[list[Any]] = []
        for source in pieces:
            results.append(_run_piece(source, names))
            if results[-1][2] is not None and not is_session:
                break
        seen.append(results)
    return seen


def _run_piece(source: str, names: dict[str, Any]) -> list[Any]:
    stream = sys.stdout = Sink()
    value = error = None
    try:
        result, _ = run_source(source, names)
        value = None if result is None else _bounded(repr(result))
    except (MemoryError, TimeUpError):
        raise
    except BaseException as raised:
        error = [type(raised).__name__, describe(raised)]
    return [_bounded(stream.getvalue()), value, error]


def _bounded(text: str) -> str:
    return text if len(text) <= _MAX_CHARACTERS else text[:_MAX_CHARACTERS] + _CUT
