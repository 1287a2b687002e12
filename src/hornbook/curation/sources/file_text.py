"""Make a text of a source file's bytes: Python in its declared encoding, notebooks as Python."""

import tokenize
from dataclasses import dataclass
from io import BytesIO

from hornbook.curation.sources.notebook_text import text_of_notebook
from hornbook.reading.rows import NOT_UTF8

UNKNOWN_ENCODING, NOT_ENCODED = "unknown encoding", "not in its declared encoding"


@dataclass(frozen=True, slots=True)
class NoText:
    """Why there is none."""

    reason: str
    detail: str


def text_of_file(name: str, content: bytes) -> str | NoText:
    """The text of a file.

    Args:
        name: A notebook's ends in `.ipynb`; anything else is read as Python reads its sources: the encoding that its
            first lines declare, else UTF-8; a byte-order mark is dropped, line ends become newlines.
        content: The file whole.
    """
    if name.endswith(".ipynb"):
        found = text_of_notebook(content)
        return found if isinstance(found, str) else NoText(*found)
    try:
        encoding, _ = tokenize.detect_encoding(BytesIO(content).readline)
    except SyntaxError as error:
        reason = UNKNOWN_ENCODING if "unknown encoding" in str(error) else NOT_UTF8
        return NoText(reason, str(error))
    try:
        return content.decode(encoding).replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeError as error:
        return NoText(NOT_UTF8 if encoding.startswith("utf-8") else NOT_ENCODED, str(error))
