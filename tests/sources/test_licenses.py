import pytest
from tests.sources.real_formats import APACHE, MIT

from hornbook.sources.licenses import (
    is_license_file,
    license_of_classifiers,
    license_of_header,
    license_of_name,
    licenses_of_text,
    of_family,
    split_expression,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (MIT, ("MIT",)),
        (MIT.split("The above")[0], ("MIT-0",)),
        (APACHE, ("Apache-2.0",)),
        (APACHE + MIT, ("Apache-2.0", "MIT")),
        ("# Redistribution and use in source and binary\n# forms, with or without", ("BSD-2-Clause",)),
        ("Redistribution and use in source and binary forms … to endorse or promote products", ("BSD-3-Clause",)),
        ("GNU LESSER GENERAL PUBLIC LICENSE\n Version 3, 29 June 2007", ("LGPL-3.0-only",)),
        ("Permission to use, copy, modify, and/or distribute this software for any purpose with or", ("0BSD",)),
        ("All rights reserved.", ()),
    ],
)
def test_texts_are_recognised_by_their_words(text: str, expected: tuple[str, ...]) -> None:
    assert licenses_of_text(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("# SPDX-License-Identifier: mit\n", ("MIT",)),
        ("/* SPDX-License-Identifier: Apache-2.0 AND BSD-3-Clause */\n", ("Apache-2.0", "BSD-3-Clause")),
        ("#!/bin/python\n#\n#   SPDX-License-Identifier: (MIT OR Apache-2.0)  \n", ("(MIT OR Apache-2.0)",)),
        (
            '"""SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note"""',
            ("GPL-2.0-only WITH Linux-syscall-note",),
        ),
        ('header = "SPDX-License-Identifier: MIT"\n', ()),
        ("x = 1\n" * 1000 + "# SPDX-License-Identifier: MIT\n", ()),
    ],
)
def test_a_header_counts_where_it_is_one(text: str, expected: tuple[str, ...]) -> None:
    assert license_of_header(text) == expected


def test_names_count_where_they_leave_no_doubt() -> None:
    assert [license_of_name(name) for name in ("MIT  License", "bsd-3-clause", "BSD", "GPL", "see LICENSE", "")] == [
        ("MIT",), ("BSD-3-Clause",), (), (), (), ()
    ]  # fmt: skip
    assert license_of_name("MIT OR Apache-2.0") == ("MIT OR Apache-2.0",)
    assert license_of_name("mine OR yours") == ()
    assert split_expression("MIT AND (ISC OR Zlib)") == ("MIT AND (ISC OR Zlib)",)
    assert license_of_classifiers(["Topic :: X", "License :: OSI Approved :: MIT License"]) == ("MIT",)
    assert license_of_classifiers(["License :: OSI Approved :: BSD License"]) == ()
    assert of_family(["License :: OSI Approved :: BSD License"], ["BSD-3-Clause", "GPL-3.0-only"]) == ("BSD-3-Clause",)


def test_license_files_are_known_by_their_names() -> None:
    assert all(map(is_license_file, ("LICENSE", "LICENCE.md", "COPYING", "UNLICENSE", "LICENSE-MIT")))
    assert not any(map(is_license_file, ("license.py", "licensed", "NOTICE")))
