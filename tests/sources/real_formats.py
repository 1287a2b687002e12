"""Small files in the formats of the real ones, every field of theirs filled in; they are opened and read whole."""

import json
import pickle
import tempfile
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from xml.sax.saxutils import quoteattr

import pytest

from hornbook.pipeline.manifest import hash_file
from hornbook.records import Document, Dropped
from hornbook.sources.find import SourcesConfig, open_sources
from hornbook.sources.source import Source

MIT = """MIT License

Copyright (c) 2020 Somebody

Permission is hereby granted, free of charge, to any person obtaining a copy of this software …
The above copyright notice and this permission notice shall be included in all copies.
"""
APACHE = "   Apache License\n   Version 2.0, January 2004\n   http://www.apache.org/licenses/\n"


def stack_row(number: int = 1, **changed: Any) -> dict[str, Any]:
    """A row of The Stack v1, deduplicated, with all of its 29 fields."""
    content = f"def answer():\n    return {number}\n"
    row: dict[str, Any] = {"hexsha": f"{number:040x}", "size": len(content), "ext": "py", "lang": "Python"}
    for kind in ("stars", "issues", "forks"):
        row |= {
            f"max_{kind}_repo_path": f"src/answer_{number}.py",
            f"max_{kind}_repo_name": f"owner/{kind}",
            f"max_{kind}_repo_head_hexsha": "e3767ec899c9b2cfe3e4c0ecb875d932cb01a27d",
            f"max_{kind}_repo_licenses": ["MIT", "Apache-2.0"],
            f"max_{kind}_count": 12.0 if kind == "stars" else None,
            f"max_{kind}_repo_{kind}_event_min_datetime": "2020-06-07T17:30:05.000Z",
            f"max_{kind}_repo_{kind}_event_max_datetime": None,
        }
    row |= {"content": content, "avg_line_length": 14.5, "max_line_length": 16, "alphanum_fraction": 0.6}
    return {**row, **changed}


def post(**attributes: Any) -> str:
    """A row of `Posts.xml`."""
    return "  <row " + " ".join(f"{name}={_quoted(value)}" for name, value in attributes.items()) + " />\n"


def question(number: int, **changed: Any) -> str:
    """A question with all attributes that one can have."""
    fields = {
        "Id": number, "PostTypeId": 1, "AcceptedAnswerId": number + 2, "CreationDate": "2008-09-02T03:41:06.880",
        "Score": 6, "ViewCount": 6282, "Body": f"<p>How do I do <code>x</code> number {number}?</p>\n",
        "OwnerUserId": 781, "OwnerDisplayName": "Esteban", "LastEditorUserId": 1116,
        "LastEditorDisplayName": "John & Co", "LastEditDate": "2008-09-02T08:49:19.323",
        "LastActivityDate": "2013-06-24T17:03:55.833", "Title": f"What is \"x\" <{number}>?", "Tags": "|python|list|",
        "AnswerCount": 2, "CommentCount": 0, "FavoriteCount": 0, "CommunityOwnedDate": "2009-09-02T08:49:19.323",
        "ClosedDate": "2010-09-02T08:49:19.323", "ContentLicense": "CC BY-SA 2.5",
    }  # fmt: skip
    return post(**{name: value for name, value in {**fields, **changed}.items() if value is not None})


def answer(number: int, parent: int, **changed: Any) -> str:
    """An answer with all attributes that one can have."""
    fields = {
        "Id": number, "PostTypeId": 2, "ParentId": parent, "CreationDate": "2008-09-02T03:44:26.013", "Score": 3,
        "Body": f"<p>Like <em>this</em>:</p>\n\n<pre><code>x = {number} &lt; 3\n    y\n</code></pre>\n",
        "OwnerUserId": 3434, "LastEditorUserId": 3434, "LastEditDate": "2008-09-18T22:09:07.470",
        "LastActivityDate": "2008-09-18T22:09:07.470", "CommentCount": 0, "ContentLicense": "CC BY-SA 4.0",
    }  # fmt: skip
    return post(**{name: value for name, value in {**fields, **changed}.items() if value is not None})


def write_posts(path: Path, *rows: str, end: str = "</posts>\n") -> Path:
    """A dump, with the byte-order mark that the real ones have."""
    head = '\ufeff<?xml version="1.0" encoding="utf-8"?>\n<posts>\n'
    path.write_text(head + "".join(rows) + end, encoding="utf-8", newline="\n")
    return path


def notebook(*cells: dict[str, Any], language: str = "python") -> dict[str, Any]:
    """A notebook of format 4.5, as Jupyter writes it."""
    kernel = {"display_name": "Python 3 (ipykernel)", "language": language, "name": "python3"}
    info = {"codemirror_mode": {"name": "ipython", "version": 3}, "name": language, "version": "3.11.7"}
    metadata = {"kernelspec": kernel, "language_info": info}
    return {"cells": list(cells), "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


def code(source: Any, output: str = "an output") -> dict[str, Any]:
    """A code cell of format 4, with an output."""
    outputs = [{"name": "stdout", "output_type": "stream", "text": [output]}]
    return {
        "cell_type": "code", "execution_count": 1, "id": "a1", "metadata": {}, "outputs": outputs, "source": source
    }  # fmt: skip


def markdown(source: Any) -> dict[str, Any]:
    """A cell of prose of format 4."""
    return {"cell_type": "markdown", "id": "b2", "metadata": {}, "source": source}


def old_notebook(*cells: dict[str, Any]) -> dict[str, Any]:
    """A notebook of format 3."""
    sheets = [{"cells": list(cells), "metadata": {}}]
    return {"metadata": {"name": "", "signature": ""}, "nbformat": 3, "nbformat_minor": 0, "worksheets": sheets}


def write_package(site: Path, name: str, version: str, files: dict[str, str], *metadata: str) -> Path:
    """An installed distribution: its files, METADATA and RECORD."""
    about = site / f"{name}-{version}.dist-info"
    about.mkdir(parents=True)
    for path, text in files.items():
        target = site / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
    lines = ["Metadata-Version: 2.1", f"Name: {name}", f"Version: {version}", *metadata]
    (about / "METADATA").write_text("\n".join(lines) + "\n\nA description.\n")
    names = [*files, f"{about.name}/METADATA", f"{about.name}/RECORD", "../../../bin/tool.py"]
    (about / "RECORD").write_text("".join(f"{one},sha256=abc,12\n" for one in names))
    return about


def write_json(path: Path, value: Any) -> Path:
    path.write_text(json.dumps(value))
    return path


def _quoted(value: Any) -> str:
    return quoteattr(str(value), {"\n": "&#xA;"})


def open_one(given: Path | str, **config: Any) -> Source:
    (source,) = open_sources([str(given)], SourcesConfig(**config))
    return source


def read(source: Source, work: Path | None = None) -> list[Document | Dropped]:
    """All that a source gives."""
    with tempfile.TemporaryDirectory() as name:
        return [one for piece in source.pieces(work or Path(name)) for one in piece()]


def documents(source: Source) -> list[Any]:
    """The documents, with what their metadata say as attributes."""
    found = []
    for one in read(source):
        if isinstance(one, Document):
            metadata = json.loads(one.metadata)
            known = {**metadata, "licenses": tuple(metadata["licenses"])}
            found.append(SimpleNamespace(id=one.id, text=one.text, document_kind=one.kind, **known))
    return found


def dropped(source: Source) -> list[tuple[str, str]]:
    """Place and reason of what is no document."""
    return [(one.id, one.reason) for one in read(source) if isinstance(one, Dropped)]


def is_the_sum_of_small_pieces(source: Source) -> bool:
    """Whether pieces that are as small as they can be, read in any order in other processes, give the same."""
    whole = read(source)
    with pytest.MonkeyPatch.context() as patched, tempfile.TemporaryDirectory() as work:
        patched.setattr("hornbook.sources.source.PIECE_BYTES", 1)
        patched.setattr("hornbook.sources.rows.PIECE_BYTES", 1)
        patched.setattr("hornbook.sources.stackoverflow.QUESTIONS_PER_PIECE", 1)
        pieces = [pickle.loads(pickle.dumps(piece)) for piece in source.pieces(Path(work))]
        parts = [list(piece()) for piece in reversed(pieces)]
    return [one for part in reversed(parts) for one in part] == whole


def hashed(path: Path) -> str:
    """In place of a store's `sha256_of`."""
    return hash_file(path)
