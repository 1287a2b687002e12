"""Sees what functions of a record do with all inputs of problems, each problem given up as soon as too many fail."""

from collections.abc import Callable, Mapping
from typing import Any

from hornbook.observers.jailed.calls import call_function
from hornbook.observers.jailed.clock import no_waiting
from hornbook.observers.jailed.probes import reordered
from hornbook.observers.jailed.record_modules import callees_of, run_modules


def observe(task: Mapping[str, Any]) -> dict[str, Any]:
    """See one record.

    Args:
        task: `modules`, sources that share one namespace; `runs`, each the path of a function, the order in which it
            takes arguments, the most calls that may fail, and argument lists as Python source; `max_characters` of a
            value.

    Returns:
        `outcome` and `detail` of the modules; `runs`: for each its calls (`calls.call_function`), fewer than it has
        inputs where it was given up, null where there is no such function.
    """
    with no_waiting():
        names, trouble = run_modules(task["modules"])
        callees = {callee.path: callee.call for callee in callees_of(names)}
        runs = [
            _calls(reordered(callees[path], order), most_failures, inputs, names, task["max_characters"])
            if path in callees
            else None
            for path, order, most_failures, inputs in task["runs"]
        ]
    outcome, detail = trouble or ("passed", "")
    return {"outcome": outcome, "detail": detail, "runs": runs}


def _calls(
    call: Callable[..., Any], most_failures: int, inputs: list[str], names: Mapping[str, Any], max_characters: int
) -> list[Any]:
    calls: list[Any] = []
    for text in inputs:
        calls.append(call_function(call, text, names, max_characters))
        if calls[-1] == ["t"] or sum(seen[0] != "v" for seen in calls) > most_failures:
            break
    return calls
