"""Exercises and passages for tests, written in one line."""

import json
from typing import Any

from hornbook.records import Document, Exercise, textbook_passage


def exercise(header: str, docstring: str, body: str, *, test: str = "", called: str = "") -> Exercise:
    """`header` is `f(x: int) -> int`, possibly behind imports; `body` is indented here."""
    name = header.rpartition("def ")[2].split("(")[0]
    head = header if "def " in header else f"def {header}"
    indented = "".join(f"    {line}\n" if line else "\n" for line in docstring.split("\n"))
    quotes = '"""'
    prompt = f"{head}:\n    {quotes}{indented.strip()}\n    {quotes}\n"
    return whole(prompt, "".join(f"    {line}\n" for line in body.split("\n")), name, called or name, test)


def whole(prompt: str, solution: str, entry_point: str, id: str, test: str = "") -> Exercise:  # noqa: A002
    written = {"prompt": prompt, "solution": solution, "entry_point": entry_point, "test": test}
    return Exercise(id=id, **written, family="", operations=(), docstring_style="", teacher="tests")


def passage(text: str, *, called: str = "", teacher: str = "tests") -> Document:
    return textbook_passage(id=called or text, text=text, teacher=teacher)


def metadata(document: Document, name: str) -> Any:
    return json.loads(document.metadata)[name]
