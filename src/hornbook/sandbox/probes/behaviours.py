"""Sees what functions of a record do with all inputs of problems, each problem given up as soon as too many fail."""

import time
from collections.abc import Callable, Mapping
from typing import Any

from hornbook.sandbox.probes.calls import call_function
from hornbook.sandbox.probes.clock import no_waiting
from hornbook.sandbox.probes.probes import reordered
from hornbook.sandbox.probes.record_modules import callees_of, run_modules

_RECORD_SECONDS = 0.6
"""After so much CPU time no further call of the record is made."""


def observe(task: Mapping[str, Any]) -> dict[str, Any]:
    """See one record.

    Args:
        task: `modules`, sources that share one namespace; `runs`, each the path of a function, the order in which it
            takes arguments, and parts, one after the other: the most calls of the part that may fail, and argument
            lists as Python source; `max_characters` of a value.

    Returns:
        `outcome` and `detail` of the modules; `runs`: for each its calls (`calls.call_function`) part after part, fewer
        than it has inputs where it was given up or the record's time was gone, null where there is no such function.
    """
    end = time.process_time() + _RECORD_SECONDS
    with no_waiting():
        names, trouble = run_modules(task["modules"])
        callees = {callee.path: callee.call for callee in callees_of(names)}
        runs = [
            _calls(reordered(callees[path], order), parts, names, task["max_characters"], end)
            if path in callees
            else None
            for path, order, parts in task["runs"]
        ]
    outcome, detail = trouble or ("passed", "")
    return {"outcome": outcome, "detail": detail, "runs": runs}


def _calls(
    call: Callable[..., Any], parts: list[list[Any]], names: Mapping[str, Any], max_characters: int, end: float
) -> list[Any]:
    calls: list[Any] = []
    for most_failures, inputs in parts:
        num_failures = 0
        for text in inputs:
            if time.process_time() > end:
                return calls
            calls.append(call_function(call, text, names, max_characters))
            num_failures += calls[-1][0] != "v"
            if num_failures > most_failures:
                return calls
    return calls
