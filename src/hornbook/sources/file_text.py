"""Make a text of a source file's bytes: Python in its declared encoding, notebooks as Python.

Of a notebook code cells come in order, prose as comments, outputs are left out. What only IPython understands becomes
a comment too: magics (`%time`), shell lines (`!pip install`), questions (`print?`). Where such a line stands in a
block, a `pass` keeps the block whole.
"""

import re
import tokenize
from io import BytesIO
from typing import Any

from hornbook.python_code.parse import parse_code
from hornbook.records import Dropped
from hornbook.sources.rows import NOT_JSON, NOT_UTF8, is_writable

UNKNOWN_ENCODING, NOT_ENCODED = "unknown encoding", "not in its declared encoding"
NO_NOTEBOOK, NOT_PYTHON, NO_CODE = "no notebook", "not a Python notebook", "no code"
_CELL_MAGICS_OF_PYTHON = ("%%time", "%%timeit", "%%capture", "%%prun", "%%memit", "%%python", "%%python3", "%%mprun")
_MAGIC = re.compile(r"\s*(?:[%!?]|[\w.,\s\[\]'\"]+=\s*[%!](?!=))|\s*[\w.*]+\?{1,2}\s*$")
_LEXEME = re.compile(
    r"""(?P<skip>'''(?:\\.|[^\\])*?'''|\"\"\"(?:\\.|[^\\])*?\"\"\"|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|\#[^\n]*|\\\n)"""
    r"""|(?P<open>[(\[{])|(?P<close>[)\]}])|(?P<end>\n)|.""",
    re.DOTALL,
)


def text_of_file(place: str, content: bytes) -> str | Dropped:
    """The text of a file, or why there is none.

    Args:
        place: What it is called. A notebook's ends in `.ipynb`; anything else is read as Python reads its sources.
        content: The file whole.
    """
    try:
        text = _text_of_notebook(content) if place.endswith(".ipynb") else decode_source(content)
    except SyntaxError as error:
        reason = UNKNOWN_ENCODING if "unknown encoding" in str(error) else NOT_UTF8
        return Dropped(id=place, reason=reason, detail=str(error))
    except UnicodeError as error:
        reason = NOT_UTF8 if getattr(error, "encoding", "").startswith("utf-8") else NOT_ENCODED
        return Dropped(id=place, reason=reason, detail=str(error))
    except _NoTextError as error:
        return Dropped(id=place, reason=error.args[0], detail=error.args[1])
    if not is_writable(text):
        return Dropped(id=place, reason=NOT_UTF8, detail="half of a surrogate pair")
    return text


def decode_source(content: bytes) -> str:
    """Decode as Python does: the encoding that the first lines declare, else UTF-8; line ends become newlines.

    Raises:
        SyntaxError: Nobody knows the encoding, or the first lines are not in it.
        UnicodeError: The rest is not.
    """
    encoding, _ = tokenize.detect_encoding(BytesIO(content).readline)
    try:
        return _with_newlines(content.decode(encoding))
    except LookupError as error:  # It is none of text, such as `hex`.
        raise SyntaxError(f"unknown encoding: {encoding}") from error


class _NoTextError(Exception):
    """Reason and detail."""


def _text_of_notebook(content: bytes) -> str:
    """A notebook of format 1 to 4 as a module."""
    import nbformat

    text = content.decode("utf-8-sig")
    try:
        native = nbformat.reader.reads(text)  # type: ignore[no-untyped-call]
        language = _language(native)
        converted = nbformat.convert(native, 4)  # type: ignore[no-untyped-call]
        cells = [(cell.cell_type, _with_newlines(cell.source).strip("\n")) for cell in converted.cells]
    except (nbformat.reader.NotJSONError, RecursionError) as error:
        raise _NoTextError(NOT_JSON, str(error)[:200]) from error
    except Exception as error:  # What is raised for a file of another form depends on the form.
        raise _NoTextError(NO_NOTEBOOK, f"{type(error).__name__}: {error}"[:200]) from error
    if language not in ("python", ""):
        raise _NoTextError(NOT_PYTHON, f"its language is {language[:60]!r}")
    parts, has_code = [], False
    for kind, text in cells:
        if not text.strip():
            continue
        if kind == "code":
            text = _as_python(text)
            has_code = has_code or any(line.strip() and not line.startswith("#") for line in text.split("\n"))
        else:
            text = _as_comment(text)
        parts.append(text.rstrip())
    if not has_code:
        raise _NoTextError(NO_CODE, f"{len(cells)} cells")
    return "\n\n".join(parts) + "\n"


def _language(notebook: Any) -> str:
    """In lower letters, `python` for each of its versions; empty where nobody says. Format 3 says it in each cell."""
    metadata = notebook.get("metadata", {})
    names = [metadata.get("language_info", {}).get("name"), metadata.get("kernelspec", {}).get("language")]
    names += [cell.get("language") for sheet in notebook.get("worksheets", []) for cell in sheet.get("cells", [])]
    name = next((name for name in names if name), "")
    return re.sub(r"^(python|ipython)[\d.]*$", "python", name.lower())


def _with_newlines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _as_comment(text: str) -> str:
    return "\n".join(f"# {line}".rstrip() for line in text.split("\n"))


def _as_python(text: str) -> str:
    if text.startswith("%%"):
        first, _, rest = text.partition("\n")
        if first.split()[0] not in _CELL_MAGICS_OF_PYTHON:
            return _as_comment(text)
        return f"# {first}\n{_as_python(rest)}"
    if parse_code(text) is not None:
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
