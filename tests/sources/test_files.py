import shutil
from pathlib import Path

import pytest
from tests.sources.real_formats import (
    APACHE,
    MIT,
    documents,
    dropped,
    hashed,
    is_the_sum_of_small_pieces,
    open_one,
    write_package,
)

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
    assert is_the_sum_of_small_pieces(source)
    assert source.layout == "files"
    shutil.copytree(root, tmp_path / "again" / "project", symlinks=True)
    ids = [one.id for one in documents(source)]
    assert [one.id for one in documents(open_one(tmp_path / "again" / "project"))] == ids
    (root / "g.py").write_text("a = 1\n")
    assert len({one.id for one in documents(open_one(root))}) == 6, "equal content in another place"
    with pytest.raises(MissingInputError, match=r"holds no file `\*.c`; name others: --files"):
        open_one(root, files="*.c")
    assert [one.path for one in documents(open_one(root / "c.py"))] == ["c.py"]
    assert [one.path for one in documents(open_one(root, files="[cg].py"))] == ["c.py", "g.py"]


def test_text_is_decoded_as_python_does_and_what_cannot_be_is_told_apart(tmp_path: Path) -> None:
    root = tmp_path / "project"
    root.mkdir()
    for name, content in {
        "bad.py": b"x = '\xff\xfe'\n",
        "bom.py": b"\xef\xbb\xbfx = 1\r\ny = 2\r",
        "huge.py": b"x" * 200,
        "latin.py": "# -*- coding: latin-1 -*-\nx = 'é'\n".encode("latin-1"),
        "hex.py": b"# coding: hex\n",
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
    assert dropped(source) == [
        ("project/bad.py", "not UTF-8"),
        ("project/hex.py", "unknown encoding"),
        ("project/huge.py", "too long"),
        ("project/none.py", "unknown encoding"),
        ("project/wrong.py", "not in its declared encoding"),
    ]
    assert is_the_sum_of_small_pieces(source)
    (root / "bom.py").unlink()
    assert ("project/bom.py", "cannot be read") in dropped(source)


def test_in_a_checkout_the_licence_may_stand_above_the_folder(tmp_path: Path) -> None:
    (tmp_path / "LICENSE").write_text(APACHE)
    checkout = tmp_path / "checkout"
    (checkout / "src" / "package").mkdir(parents=True)
    (checkout / "src" / "package" / "a.py").write_text("a = 1\n")
    given = checkout / "src" / "package"
    assert [one.licenses for one in documents(open_one(given))] == [("NOASSERTION",)], "it is in no checkout"
    (checkout / ".git").mkdir()
    assert [one.licenses for one in documents(open_one(given))] == [("NOASSERTION",)], "the licence is outside"
    before = open_one(given).identity(hashed)
    (checkout / "LICENSE").write_text(MIT)
    assert [one.licenses for one in documents(open_one(given))] == [("MIT",)]
    assert open_one(given).identity(hashed) != before


BSD = "License :: OSI Approved :: BSD License"


def test_each_distribution_gives_its_files_with_name_version_and_licence(tmp_path: Path) -> None:
    site = tmp_path / "site-packages"
    write_package(site, "beta", "2.0", {"beta/__init__.py": "b = 1\n", "beta/data.txt": ""}, "License: MIT License")
    write_package(site, "Alpha", "1.0", {"alpha.py": "a = 1\n"}, "License-Expression: MIT AND (ISC OR Zlib)")
    write_package(site, "gamma", "3", {"gamma.py": "# SPDX-License-Identifier: ISC\n"}, "License: BSD")
    bundled = f"License: {MIT}".replace("\n", "\n        ") + "Redistribution and use in source and binary forms"
    write_package(site, "delta", "4", {"delta.py": "d = 1\n"}, bundled, f"Classifier: {BSD}")
    write_package(site, "epsilon", "5", {"e.py": "e = 1\n", "epsilon-5.dist-info/licenses/LICENSE": MIT})
    write_package(site, "zeta", "6", {"z.py": "z = 1\n", "alpha.py": "a = 1\n"})
    (site / "stray.py").write_text("of no package\n")
    source = open_one(site)
    assert source.layout == "packages"
    assert [(one.source, one.path, one.repository, one.licenses, one.origin) for one in documents(source)] == [
        ("Alpha-1.0", "alpha.py", "Alpha", ("MIT AND (ISC OR Zlib)",), "Alpha==1.0"),
        ("beta-2.0", "beta/__init__.py", "beta", ("MIT",), "beta==2.0"),
        ("delta-4", "delta.py", "delta", ("BSD-2-Clause",), "delta==4"),
        ("epsilon-5", "e.py", "epsilon", ("MIT",), "epsilon==5"),
        ("gamma-3", "gamma.py", "gamma", ("ISC",), "gamma==3"),
        ("zeta-6", "z.py", "zeta", ("NOASSERTION",), "zeta==6"),
    ]
    assert is_the_sum_of_small_pieces(source)


def test_broken_distributions_are_told_apart(tmp_path: Path) -> None:
    site = tmp_path / "site-packages"
    (write_package(site, "a", "1", {"a.py": "a = 1\n"}) / "RECORD").unlink()
    (write_package(site, "b", "1", {"b.py": "b = 1\n"}) / "METADATA").unlink()
    write_package(site, "c", "1", {"c.py": "c = 1\n", "d.py": "d = 1\n"})
    (site / "c.py").unlink()
    source = open_one(site)
    assert dropped(source) == [
        ("site-packages/a-1.dist-info", "no RECORD"),
        ("site-packages/b-1.dist-info", "no METADATA"),
        ("site-packages/c.py", "cannot be read"),
    ]
    assert [one.path for one in documents(source)] == ["d.py"]
    assert is_the_sum_of_small_pieces(source)
    (site / "nothing").mkdir()
    with pytest.raises(MissingInputError, match="holds no installed package"):
        open_one(site / "nothing", layout="packages")
