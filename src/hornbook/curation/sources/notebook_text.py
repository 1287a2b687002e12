"""Turn a Jupyter notebook into a Python module: code cells in order, prose as comments, outputs left out.

What only IPython understands becomes a comment too: magics (`%time`), shell lines (`!pip install`), questions
(`print?`). Where such a line stands in a block, a `pass` keeps the block whole.

Source: the notebook format 3 and 4, https://nbformat.readthedocs.io/en/latest/format_description.html.
"""

import ast
import json
import re
import warnings
from typing import Any

from hornbook.reading.rows import NOT_JSON, NOT_UTF8

NO_NOTEBOOK, NOT_PYTHON, NO_CODE = "no notebook", "not a Python notebook", "no code"
_CELL_MAGICS_OF_PYTHON = ("%%time", "%%timeit", "%%capture", "%%prun", "%%memit", "%%python", "%%python3", "%%mprun")
_MAGIC = re.compile(r"\s*(?:[%!?]|[\w.,\s\[\]'\"]+=\s*[%!](?!=))|\s*[\w.*]+\?{1,2}\s*$")
_LEXEME = re.compile(
    r"""(?P<skip>'''(?:\\.|[^\\])*?'''|\"\"\"(?:\\.|[^\\])*?\"\"\"|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|\#[^\n]*|\\\n)"""
    r"""|(?P<open>[(\[{])|(?P<close>[)\]}])|(?P<end>\n)|.""",
    re.DOTALL,
)


def text_of_notebook(content: bytes) -> str | tuple[str, str]:
    """The module, or the reason and the detail why there is none."""
    try:
        notebook = json.loads(content.decode("utf-8-sig"))
    except UnicodeError as error:
        return NOT_UTF8, str(error)
    except (ValueError, RecursionError) as error:
        return NOT_JSON, str(error)
    cells = _cells(notebook)
    if cells is None:
        return NO_NOTEBOOK, "it has no list of cells"
    language = _language(notebook, cells)
    if language not in ("python", ""):
        return NOT_PYTHON, f"its language is {language[:60]!r}"
    parts, has_code = [], False
    for cell in cells:
        text = _source(cell).strip("\n")
        if not text.strip():
            continue
        if cell.get("cell_type") == "code":
            text = _as_python(text)
            has_code = has_code or any(line.strip() and not line.startswith("#") for line in text.split("\n"))
        else:
            text = _as_comment(text)
        parts.append(text.rstrip())
    return "\n\n".join(parts) + "\n" if has_code else (NO_CODE, f"{len(cells)} cells")


def _cells(notebook: Any) -> list[dict[str, Any]] | None:
    if not isinstance(notebook, dict):
        return None
    cells = notebook.get("cells")
    if not isinstance(cells, list):
        sheets = notebook.get("worksheets")
        if not isinstance(sheets, list):
            return None
        held = [sheet.get("cells") for sheet in sheets if isinstance(sheet, dict)]
        cells = [cell for some in held if isinstance(some, list) for cell in some]
    return [cell for cell in cells if isinstance(cell, dict)]


def _language(notebook: dict[str, Any], cells: list[dict[str, Any]]) -> str:
    """In lower letters, `python` for each of its versions; empty where nobody says."""
    metadata = notebook.get("metadata")
    metadata = metadata if isinstance(metadata, dict) else {}
    places = [(metadata.get("language_info"), "name"), (metadata.get("kernelspec"), "language")]
    places += [(cell, "language") for cell in cells if cell.get("cell_type") == "code"]
    for held, key in places:
        name = held.get(key) if isinstance(held, dict) else None
        if isinstance(name, str) and name:
            return re.sub(r"^(python|ipython)[\d.]*$", "python", name.lower())
    return ""


def _source(cell: dict[str, Any]) -> str:
    source = cell.get("source", cell.get("input", ""))
    if isinstance(source, list):
        source = "".join(line for line in source if isinstance(line, str))
    if not isinstance(source, str):
        return ""
    level = cell.get("level")
    heading = "#" * level + " " if cell.get("cell_type") == "heading" and isinstance(level, int) else ""
    return heading + source.replace("\r\n", "\n").replace("\r", "\n")


def _as_comment(text: str) -> str:
    return "\n".join(f"# {line}".rstrip() for line in text.split("\n"))


def _as_python(text: str) -> str:
    if text.startswith("%%"):
        first, _, rest = text.partition("\n")
        if first.split()[0] not in _CELL_MAGICS_OF_PYTHON:
            return _as_comment(text)
        return f"# {first}\n{_as_python(rest)}"
    if _parses(text):
        return text
    lines, place = [], 0
    while place < len(text):
        end = _end_of_line(text, place)
        if _MAGIC.match(text[place:end]):
            lines.append(_quiet(text[place:end]))
        else:
            end = _end_of_statement(text, place)
            lines.append(text[place:end])
        place = end + 1
    return "\n".join(lines)


def _quiet(line: str) -> str:
    """A magic as a comment, its continued lines with it."""
    stripped = line.lstrip()
    indent = line[: len(line) - len(stripped)]
    mark = f"{indent}pass  # " if indent else "# "
    return mark + stripped.replace("\n", f"\n{indent}# ")


def _end_of_line(text: str, place: int) -> int:
    """Where the line ends that begins at `place`, lines that it continues behind a backslash with it."""
    end = place
    while True:
        end = text.find("\n", end)
        if end < 0:
            return len(text)
        if text[end - 1 : end] != "\\":
            return end
        end += 1


def _end_of_statement(text: str, place: int) -> int:
    """Where the logical line ends that begins at `place`: not within brackets or a string."""
    depth = 0
    for lexeme in _LEXEME.finditer(text, place):
        if lexeme["open"]:
            depth += 1
        elif lexeme["close"]:
            depth = max(0, depth - 1)
        elif lexeme["end"] and depth == 0:
            return lexeme.start()
    return len(text)


def _parses(text: str) -> bool:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            ast.parse(text)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return False
    return True
