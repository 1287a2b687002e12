from pathlib import Path

import pytest

from hornbook.curation.hygiene.opt_out import OptOutList, read_opt_out
from hornbook.errors import ConfigError, MissingInputError


def refused(entry: str, repository: str = "Ada/Engine", path: str = "src/notes/g.py") -> bool:
    return OptOutList([entry]).refuse(repository=repository, path=path) is not None


@pytest.mark.parametrize(
    "entry",
    [
        "ada/engine",
        "ada",
        "ada/*",
        "a*/eng[io]ne",
        "https://github.com/Ada/Engine",
        "https://github.com/ada/engine.git",
        "git@github.com:ada/engine.git",
        "github.com/ada/engine/",
        "https://github.com/ada/engine/blob/main/src/notes/g.py",
        "https://github.com/ada/engine/tree/main/src",
        "ada/engine/src",
        "ada/engine/src/notes/g.py",
        "*/notes/*.py",
        "src/notes/g.py",
    ],
)
def test_an_entry_refuses_what_it_names(entry: str) -> None:
    assert refused(entry)


@pytest.mark.parametrize("entry", ["ada/eng", "da/engine", "engine", "ada/engine2", "ada/engine/sr", "bob/*", "g.py"])
def test_an_entry_refuses_nothing_else(entry: str) -> None:
    assert not refused(entry)


def test_a_repository_that_is_an_address_is_the_same_repository() -> None:
    assert refused("ada/engine", repository="https://github.com/ada/engine")


def test_a_file_without_repository_is_refused_by_its_path() -> None:
    assert refused("src/notes", repository="")
    assert not refused("ada/engine", repository="", path="")


def test_an_empty_list_refuses_nothing() -> None:
    assert OptOutList([]).refuse(repository="a/b", path="c.py") is None


def test_a_list_is_read_without_comments_and_blank_lines(tmp_path: Path) -> None:
    file = tmp_path / "opt-out.txt"
    file.write_text("\ufeff# asked in March\nada/engine  # by mail\r\n\n  bob/*\nhttps://a.b/c#d\n", encoding="utf8")
    assert read_opt_out(file) == ("ada/engine", "bob/*", "https://a.b/c#d")


def test_a_list_that_is_not_there_or_no_text_is_named(tmp_path: Path) -> None:
    with pytest.raises(MissingInputError, match=r"missing\.txt"):
        read_opt_out(tmp_path / "missing.txt")
    (tmp_path / "binary.txt").write_bytes(b"\xff\xfe\xfa")
    with pytest.raises(ConfigError, match=r"binary\.txt"):
        read_opt_out(tmp_path / "binary.txt")
