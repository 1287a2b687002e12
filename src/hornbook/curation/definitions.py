"""Split a module into its top-level functions and classes, and the whole module where it is small.

A small module is a document *besides* the definitions in it, since labels name definitions. The two overlap on purpose:
`select.py` keeps only one of two overlapping documents.
"""

import ast
import dataclasses
import json
from collections.abc import Iterator

from hornbook.python_code.functions import Definition
from hornbook.python_code.parse import first_line_of, parse_quietly
from hornbook.records import Document, DocumentKind, Dropped, SampleKind, content_id

MAX_MODULE_LINES = 80
"""A module of at most this many lines is also a document as a whole."""
DOES_NOT_PARSE, NO_DEFINITION = "does not parse", "no definition"


def split_module(document: Document, max_module_lines: int = MAX_MODULE_LINES) -> Iterator[Document | Dropped]:
    """Split a document of code; other documents pass as they are.

    A definition runs from its first decorator to the last character of its last statement. Its metadata are those of
    the module, and `module`, `qualname` (empty for a module whole), `sample_kind`, `first_line` and `last_line`
    (1-based, inclusive).

    Yields:
        The module if it is small, then its definitions by line; or why there are none.
    """
    if document.kind is not DocumentKind.CODE:
        yield document
        return
    try:
        tree = parse_quietly(document.text)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        yield Dropped(id=document.id, reason=DOES_NOT_PARSE, detail=str(error))
        return
    definitions = [node for node in tree.body if isinstance(node, Definition)]
    if not definitions:
        yield Dropped(id=document.id, reason=NO_DEFINITION, detail="")
        return
    metadata = json.loads(document.metadata)
    path = str(metadata.get("path", ""))
    module = path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    lines = document.text.split("\n")
    seen: set[str] = set()

    def part(body: str, qualname: str, kind: SampleKind, first_line: int, last_line: int) -> Iterator[Document]:
        name = content_id("code", document.id, qualname, body)
        if name in seen:  # The same definition stands twice in the module.
            return
        seen.add(name)
        place = {
            "module": module,
            "qualname": qualname,
            "sample_kind": kind,
            "first_line": first_line,
            "last_line": last_line,
        }
        yield dataclasses.replace(document, id=name, text=body, metadata=json.dumps({**metadata, **place}))

    num_lines = len(document.text.rstrip().split("\n"))
    if num_lines <= max_module_lines:
        yield from part(document.text.rstrip() + "\n", "", SampleKind.MODULE, 1, num_lines)
    for node in definitions:
        first_line = first_line_of(node)
        last_line = node.end_lineno or node.lineno
        body = lines[first_line - 1 : last_line]
        body[-1] = body[-1].encode()[: node.end_col_offset].decode()
        kind = SampleKind.CLASS if isinstance(node, ast.ClassDef) else SampleKind.FUNCTION
        yield from part("\n".join(body) + "\n", node.name, kind, first_line, last_line)
