"""Runs inside the jail, on its own, without the rest of Hornbook: execute records and say what is wrong with each."""

import contextlib
import io
import json
import re
from typing import Any

MAX_DETAIL_CHARACTERS = 300


def check_all(tasks_json: str, marker: str) -> None:
    """Check every task and print one line: `marker` and a JSON list with null, or a reason and a detail, for each."""
    answers = [check_task(task) for task in json.loads(tasks_json)]
    print(marker + json.dumps(answers))  # noqa: T201


def check_task(task: dict[str, str]) -> list[str] | None:
    """None if the record holds, or else the reason and the detail."""
    output = io.StringIO()
    try:
        with contextlib.redirect_stdout(output):
            if task["kind"] == "passage":
                return check_passage(task["code"])
            return check_exercise(task["code"], task["test"], task["name"])
    except SyntaxError as error:
        return ["is not valid Python", str(error)[:MAX_DETAIL_CHARACTERS]]
    except Exception as error:
        return ["raises", f"{type(error).__name__}: {error}"[:MAX_DETAIL_CHARACTERS]]


def check_exercise(code: str, test: str, name: str) -> list[str] | None:
    """Run the exercise's own test, then the examples in its docstring."""
    names: dict[str, Any] = {"__name__": "exercise"}
    exec(compile(code, "<exercise>", "exec"), names)
    exec(compile(test, "<test>", "exec"), names)
    try:
        names["check"](names[name])
    except AssertionError as error:
        return ["fails its own test", str(error)[:MAX_DETAIL_CHARACTERS]]
    docstring = docstrings_of(names[name])
    return check_session(docstring, names) or check_claims(docstring, name, names)


def docstrings_of(defined: Any) -> str:
    """The docstring of a function; of a class also those of its methods."""
    methods = [item for item in vars(defined).values() if callable(item)] if isinstance(defined, type) else []
    return "\n\n".join(item.__doc__ or "" for item in (defined, *methods))


def check_session(text: str, names: dict[str, Any]) -> list[str] | None:
    """Run the lines after `>>>` and compare what they answer with the lines below."""
    lines = [line.strip() for line in text.splitlines()]
    place = 0
    while place < len(lines):
        if not lines[place].startswith(">>> "):
            place += 1
            continue
        source = lines[place][4:]
        place += 1
        while place < len(lines) and lines[place].startswith("... "):
            source += "\n" + lines[place][4:]
            place += 1
        wanted = []
        while place < len(lines) and lines[place] and not lines[place].startswith((">>> ", "```")):
            wanted.append(lines[place])
            place += 1
        answer = answer_of(source, names)
        if answer != "\n".join(wanted):
            return ["shows a wrong example", f"{source} gives {answer}"[:MAX_DETAIL_CHARACTERS]]
    return None


def answer_of(source: str, names: dict[str, Any]) -> str:
    """What an interactive session would show for `source`."""
    shown = io.StringIO()
    with contextlib.redirect_stdout(shown):
        try:
            code = compile(source, "<session>", "eval")
        except SyntaxError:
            exec(compile(source, "<session>", "exec"), names)
        else:
            value = eval(code, names)
            if value is not None:
                shown.write(repr(value))
    return "\n".join(line.rstrip() for line in shown.getvalue().splitlines())


def check_claims(docstring: str, name: str, names: dict[str, Any]) -> list[str] | None:
    """Check lines such as `f(1) == 2` or `f(1) returns 2.` in a docstring."""
    sign = "==|->|=>|➞|gives|returns|should return"
    pattern = re.compile(rf"((?:\blist\()?\b{re.escape(name)}\(.*\)) (?:{sign}) (.*?)\.?$", re.MULTILINE)
    for claim in pattern.finditer(docstring):
        if ">>>" in claim[0]:
            continue
        value, wanted = eval(claim[1], names), eval(claim[2], names)
        # A set prints its members in no fixed order.
        if repr(value) != repr(wanted) and not (isinstance(value, set) and value == wanted):
            return ["shows a wrong example", f"{claim[1]} gives {value!r}"[:MAX_DETAIL_CHARACTERS]]
    return None


def check_passage(text: str) -> list[str] | None:
    """Run the fenced code of a passage, block by block in one namespace, and compare with the outputs shown."""
    names: dict[str, Any] = {"__name__": "passage"}
    blocks = re.findall(r"^```(\w*)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    for place, (language, body) in enumerate(blocks):
        if language != "python":
            continue
        if body.startswith(">>> "):
            wrong = check_session(body, names)
            if wrong:
                return wrong
            continue
        shown = io.StringIO()
        with contextlib.redirect_stdout(shown):
            exec(compile(body, "<passage>", "exec"), names)
        follows = blocks[place + 1] if place + 1 < len(blocks) else ("python", "")
        wanted = follows[1] if follows[0] == "" else ""
        if shown.getvalue() != wanted:
            return ["shows a wrong output", f"printed {shown.getvalue()!r}"[:MAX_DETAIL_CHARACTERS]]
    return None
