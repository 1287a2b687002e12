from pathlib import Path

import pytest
from tests.curation.sources.opening import documents, goes_on_at_every_number, left_out, open_one
from tests.curation.sources.real_formats import APACHE, MIT

from hornbook.errors import MissingInputError


def test_each_file_is_a_document_with_the_licence_that_is_nearest(tmp_path: Path) -> None:
    root = tmp_path / "project"
    for path, text in {
        "LICENSE": MIT,
        "a.py": "a = 1\n",
        "vendored/COPYING.txt": APACHE,
        "vendored/deep/b.py": "b = 1\n",
        "c.py": "# Copyright\n# SPDX-License-Identifier: GPL-2.0-or-later\nc = 1\n",
        "own/LICENSE": "You may do nothing with this.\n",
        "own/d.py": "text = 'SPDX-License-Identifier: MIT'\n",
        ".hidden/e.py": "e = 1\n",
        "__pycache__/f.py": "f = 1\n",
        "notes.md": "text",
        "license.py": "license = 1\n",
    }.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    (root / "link.py").symlink_to(root / "a.py")
    source = open_one(root)
    assert [(one.path, one.licenses) for one in documents(source)] == [
        ("a.py", ("MIT",)),
        ("c.py", ("GPL-2.0-or-later",)),
        ("license.py", ("MIT",)),
        ("own/d.py", ("NOASSERTION",)),
        ("vendored/deep/b.py", ("Apache-2.0",)),
    ]
    first = documents(source)[0]
    assert (first.text, first.source, first.origin) == ("a = 1\n", "project", "project/a.py")
    assert goes_on_at_every_number(source)
    assert source.layout == "files"


def test_ids_are_those_of_content_and_place_within_the_folder(tmp_path: Path) -> None:
    for place in ("one", "two"):
        (tmp_path / place / "project").mkdir(parents=True)
        (tmp_path / place / "project" / "a.py").write_text("a = 1\n")
        (tmp_path / place / "project" / "b.py").write_text("a = 1\n")
    one, two = ([doc.id for doc in documents(open_one(tmp_path / place / "project"))] for place in ("one", "two"))
    assert one == two
    assert len(set(one)) == 2


def test_text_is_decoded_as_python_does_and_what_cannot_be_is_told_apart(tmp_path: Path) -> None:
    root = tmp_path / "project"
    root.mkdir()
    for name, content in {
        "bad.py": b"x = '\xff\xfe'\n",
        "bom.py": b"\xef\xbb\xbfx = 1\r\ny = 2\r",
        "huge.py": b"x" * 200,
        "latin.py": "# -*- coding: latin-1 -*-\nx = 'é'\n".encode("latin-1"),
        "none.py": b"# coding: no-such-thing\n",
        "null.py": b"x = 1\0\n",
        "wrong.py": b"# coding: ascii\nx = '\xe9'\n",
    }.items():
        (root / name).write_bytes(content)
    source = open_one(root, max_bytes=100)
    assert [one.text for one in documents(source)] == [
        "x = 1\ny = 2\n",
        "# -*- coding: latin-1 -*-\nx = 'é'\n",
        "x = 1\0\n",
    ]
    assert left_out(source) == [
        ("project/bad.py", "not UTF-8"),
        ("project/huge.py", "too long"),
        ("project/none.py", "unknown encoding"),
        ("project/wrong.py", "not in its declared encoding"),
    ]
    assert goes_on_at_every_number(source)


def test_a_file_is_named_alone_and_a_folder_without_any_is_a_mistake(tmp_path: Path) -> None:
    (tmp_path / "tool").write_text("x = 1\n")
    (tmp_path / "LICENSE").write_text(MIT)
    assert [(one.path, one.licenses) for one in documents(open_one(tmp_path / "tool"))] == [("tool", ("MIT",))]
    with pytest.raises(MissingInputError, match=r"holds no file `\*.py`; name others: --files"):
        open_one(tmp_path)
    assert [one.path for one in documents(open_one(tmp_path, files="to*"))] == ["tool"]


def test_in_a_checkout_the_licence_may_stand_above_the_folder(tmp_path: Path) -> None:
    (tmp_path / "LICENSE").write_text(APACHE)
    checkout = tmp_path / "checkout"
    (checkout / "src" / "package").mkdir(parents=True)
    (checkout / "src" / "package" / "a.py").write_text("a = 1\n")
    given = checkout / "src" / "package"
    assert [one.licenses for one in documents(open_one(given))] == [("NOASSERTION",)], "it is in no checkout"
    (checkout / ".git").mkdir()
    assert [one.licenses for one in documents(open_one(given))] == [("NOASSERTION",)], "the licence is outside"
    before = open_one(given).identity()
    (checkout / "LICENSE").write_text(MIT)
    assert [one.licenses for one in documents(open_one(given))] == [("MIT",)]
    assert open_one(given).identity() != before


def test_a_file_that_vanishes_while_it_is_read_is_told_apart(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("x = 1\n")
    source = open_one(tmp_path)
    (tmp_path / "a.py").unlink()
    assert left_out(source) == [(f"{tmp_path.name}/a.py", "cannot be read")]
