from collections import Counter
from pathlib import Path

import pytest
from tests.sources.real_formats import MIT, answer, open_one, question, write_posts

from hornbook.curation.collect import collect, dropped, kept, num_masked
from hornbook.errors import MissingInputError
from hornbook.filters.config import HygieneConfig
from hornbook.pipeline.parts import Parts
from hornbook.sources.find import SourcesConfig, open_sources

KEY = "AKIA" + "QYLPMN5HHHFPZAM2"


def add(number: int, more: str = "") -> str:
    return f'def add_{number}(x):\n    """Add a number to another one, {number}."""\n    return x + {number}\n{more}'


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    root.mkdir()
    (root / "LICENSE").write_text(MIT)
    for number in range(6):
        (root / f"good_{number}.py").write_text(add(number))
    (root / "masked.py").write_text(add(7, "# Write to somebody@corporation.com about this function, please.\n"))
    (root / "python_2.py").write_text(add(8, "print 'x'\n"))
    (root / "latin.py").write_bytes(b"x = '\xe9'\n")
    return root


def collected(project: Path, work: Path, config: HygieneConfig | None, part_characters: int = 100_000) -> Parts:
    work.mkdir()
    sources = [open_one(project)]
    return collect(sources, work, config, report=lambda *_: None, part_characters=part_characters)


def test_documents_stay_or_are_dropped_or_rejected_each_with_its_reason(project: Path, tmp_path: Path) -> None:
    parts = collected(project, tmp_path / "work", HygieneConfig())
    assert [one.path for one in kept(parts)] == [*(f"good_{number}.py" for number in range(6)), "masked.py"]
    (one,) = dropped(parts)
    assert (one.path, one.licenses, one.source) == ("python_2.py", ("MIT",), "project")
    assert one.reason in ("does not parse", "Python 2")
    assert [(left.place, left.reason) for left in parts.left_out()] == [("project/latin.py", "not UTF-8")]
    masked = list(kept(parts))[-1]
    assert "somebody@corporation.com" not in masked.text
    assert num_masked(parts) == {"email": 1}


def test_the_size_of_parts_and_the_filters_being_off_change_no_other_document(project: Path, tmp_path: Path) -> None:
    small = collected(project, tmp_path / "small", HygieneConfig(), part_characters=400)
    large = collected(project, tmp_path / "large", HygieneConfig())
    assert list(kept(small)) == list(kept(large))
    assert small.num_parts > large.num_parts == 1
    unfiltered = list(kept(collected(project, tmp_path / "none", None)))
    assert len(unfiltered) == 8
    (tmp_path / "rows.jsonl").write_text('{"content": "x"}\n{"content": "y"}\n')
    with pytest.raises(MissingInputError, match=r"no document .*`rows.jsonl:1`, no text: `text` is None"):
        collected(tmp_path / "rows.jsonl", tmp_path / "work", None)
    assert [one for one in unfiltered if one.path.startswith("good")] == list(kept(small))[:-1]


def test_posts_are_judged_as_prose(tmp_path: Path) -> None:
    body = "<p>" + "I have a long sentence about lists, which goes on in one paragraph. " * 20 + "</p>"
    path = write_posts(tmp_path / "Posts.xml", question(1, Body=body), answer(3, 1, Body=body + "call me@mine.org"))
    (tmp_path / "work").mkdir()
    sources = open_sources([str(path)], SourcesConfig(), tmp_path / "work", report=lambda *_: None)
    parts = collect(sources, tmp_path / "work", HygieneConfig(), report=lambda *_: None)
    assert [one.reason for one in dropped(parts)] == []
    assert len(list(kept(parts))) == 1
    assert num_masked(parts) == {"email": 1}


def test_a_license_that_is_not_allowed_drops_a_document(project: Path, tmp_path: Path) -> None:
    (project / "LICENSE").write_text("GNU GENERAL PUBLIC LICENSE\nVersion 3, 29 June 2007\n")
    (project / "good_0.py").write_text("# SPDX-License-Identifier: (GPL-3.0-only OR MIT)\n" + add(0))
    parts = collected(project, tmp_path / "work", HygieneConfig())
    assert [one.path for one in kept(parts)] == ["good_0.py"]
    assert Counter(one.reason for one in dropped(parts)) == {"licence not allowed": 7}
