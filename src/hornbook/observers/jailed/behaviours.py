"""Sees what one function does with several groups of inputs, each group given up as soon as too many calls fail."""

from collections.abc import Callable, Mapping
from typing import Any

from hornbook.observers.jailed.calls import MODULE_SECONDS, call_function
from hornbook.observers.jailed.clock import TimeUpError, time_limit
from hornbook.observers.jailed.tasks import describe


def observe(task: Mapping[str, Any]) -> dict[str, Any]:
    """See one function.

    Args:
        task: `modules`, sources that share one namespace, and may fail behind the function; `name` of the function;
            `groups`, each the most calls that may fail and argument lists as Python source; `max_characters` of a
            value.

    Returns:
        `outcome` and `detail` of the modules; `groups`: for each its calls (`calls.call_function`), fewer than it has
        inputs where it was given up.
    """
    names: dict[str, Any] = {"__name__": "record"}
    trouble: tuple[str, str] | None = None
    for source in task["modules"]:
        try:
            with time_limit(MODULE_SECONDS):
                exec(compile(source, "<record>", "exec", dont_inherit=True), names)
        except MemoryError:
            raise
        except TimeUpError:
            trouble = trouble or ("timed out (CPU)", f"its module used {MODULE_SECONDS:g} s of CPU time")
        except BaseException as error:
            trouble = trouble or ("raised", describe(error))
    function = names.get(task["name"])
    if not callable(function):
        outcome, detail = trouble or ("raised", f"it defines no function `{task['name']}`")
        return {"outcome": outcome, "detail": detail, "groups": []}
    groups = [_calls(function, group, names, task["max_characters"]) for group in task["groups"]]
    return {"outcome": "passed", "detail": "", "groups": groups}


def _calls(
    function: Callable[..., Any], group: tuple[int, list[str]], names: Mapping[str, Any], max_characters: int
) -> list[Any]:
    most_failures, inputs = group
    calls: list[Any] = []
    for text in inputs:
        calls.append(call_function(function, text, names, max_characters))
        if calls[-1] == ["t"] or sum(call[0] != "v" for call in calls) > most_failures:
            break
    return calls
