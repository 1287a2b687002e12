"""The log of a training run: one JSON object per line, which any tool reads while the run writes.

A line is written whole and at once. A killed run may have written lines beyond its last checkpoint, and half a line at
the end; `cut_log` takes both away before the run goes on.
"""

import json
import math
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any


def read_log(path: Path) -> list[dict[str, Any]]:
    """The lines of a log in their order; half a line, as a kill leaves it, is passed over, and no file is no lines."""
    return [line for _, line in _read(path)]


def append_line(path: Path, line: Mapping[str, Any]) -> None:
    """Write one line of JSON values at the end and hand it to the operating system; NaN and infinity become null."""
    path.parent.mkdir(parents=True, exist_ok=True)
    finite = {name: None if _is_unfinite(value) else value for name, value in line.items()}
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(finite) + "\n")


def cut_log(path: Path, step: int) -> int:
    """Drop the lines of steps after `step`, and half a line at the end; the file is replaced whole or not at all.

    Returns:
        The highest `run` that any line had, dropped ones included; 0 without lines.
    """
    lines = _read(path)
    kept = "".join(text + "\n" for text, line in lines if line["step"] <= step)
    if path.exists() and kept != path.read_text(encoding="utf-8", errors="replace"):
        aside = path.with_name(path.name + ".tmp")
        with aside.open("w", encoding="utf-8") as file:
            file.write(kept)
            file.flush()
            os.fsync(file.fileno())
        aside.replace(path)
    return max((line.get("run", 0) for _, line in lines), default=0)


def _read(path: Path) -> list[tuple[str, dict[str, Any]]]:
    """Each readable line with its text."""
    if not path.exists():
        return []
    lines = []
    for text in path.read_text(encoding="utf-8", errors="replace").splitlines():
        try:
            line = json.loads(text)
        except ValueError:
            continue
        if isinstance(line, dict) and isinstance(line.get("step"), int):
            lines.append((text, line))
    return lines


def _is_unfinite(value: Any) -> bool:
    return isinstance(value, float) and not math.isfinite(value)
