from pathlib import Path

import pytest
from tests.curation.sources.opening import documents, goes_on_at_every_number, left_out, open_one
from tests.curation.sources.real_formats import MIT, write_package

from hornbook.errors import MissingInputError

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
    assert goes_on_at_every_number(source)


def test_broken_distributions_are_told_apart(tmp_path: Path) -> None:
    site = tmp_path / "site-packages"
    (write_package(site, "a", "1", {"a.py": "a = 1\n"}) / "RECORD").unlink()
    (write_package(site, "b", "1", {"b.py": "b = 1\n"}) / "METADATA").unlink()
    write_package(site, "c", "1", {"c.py": "c = 1\n", "d.py": "d = 1\n"})
    (site / "c.py").unlink()
    source = open_one(site)
    assert left_out(source) == [
        ("site-packages/a-1.dist-info", "no RECORD"),
        ("site-packages/b-1.dist-info", "no METADATA"),
        ("site-packages/c.py", "cannot be read"),
    ]
    assert [one.path for one in documents(source)] == ["d.py"]
    assert goes_on_at_every_number(source)
    (site / "nothing").mkdir()
    with pytest.raises(MissingInputError, match="holds no installed package"):
        open_one(site / "nothing", layout="packages")
