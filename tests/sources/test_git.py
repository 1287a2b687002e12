import subprocess
from pathlib import Path

import pytest
from tests.sources.real_formats import (
    APACHE,
    MIT,
    code,
    documents,
    dropped,
    is_the_sum_of_small_pieces,
    notebook,
    open_one,
    write_json,
)

from hornbook.errors import MissingInputError
from hornbook.sources.find import SourcesConfig, open_sources


def git(folder: Path, *arguments: str) -> str:
    settings = ("-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "init.defaultBranch=main")
    ended = subprocess.run(["git", *settings, *arguments], cwd=folder, check=True, capture_output=True, text=True)
    return ended.stdout.strip()


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    root = tmp_path / "checkout"
    (root / "package" / "deep").mkdir(parents=True)
    (root / "LICENSE").write_text(MIT)
    (root / "package" / "LICENSE").write_text(APACHE)
    (root / "a.py").write_text("a = 1\n")
    (root / "package" / "deep" / "b.py").write_text("b = 1\n")
    (root / "package" / "latin.py").write_bytes(b"x = '\xe9'\n")
    (root / "z.py").write_text("# SPDX-License-Identifier: ISC\n")
    (root / "long.py").write_text("x = 1\n" * 100)
    (root / "link.py").symlink_to("a.py")
    write_json(root / "n.ipynb", notebook(code("n = 1")))
    git(root, "init", "-q")
    git(root, "add", ".")
    git(root, "commit", "-q", "-m", "First")
    git(root, "remote", "add", "origin", "https://someone:token@example.org/owner/name.git")
    return root


def test_tracked_files_are_read_at_the_current_commit(checkout: Path) -> None:
    (checkout / "a.py").write_text("a = 'changed'\n")
    (checkout / "untracked.py").write_text("u = 1\n")
    source = open_one(checkout, max_bytes=500)
    commit = git(checkout, "rev-parse", "HEAD")
    origin = f"https://example.org/owner/name.git@{commit}"
    assert source.layout == "git"
    assert [(one.path, one.text, one.licenses, one.repository, one.origin) for one in documents(source)] == [
        ("a.py", "a = 1\n", ("MIT",), "owner/name", origin),
        ("package/deep/b.py", "b = 1\n", ("Apache-2.0",), "owner/name", origin),
        ("z.py", "# SPDX-License-Identifier: ISC\n", ("ISC",), "owner/name", origin),
    ]
    assert dropped(source) == [("checkout/long.py", "too long"), ("checkout/package/latin.py", "not UTF-8")]
    assert is_the_sum_of_small_pieces(source)
    assert [one.text for one in documents(open_one(checkout, files="*.ipynb"))] == ["n = 1\n"]
    name = git(checkout, "rev-parse", "HEAD:a.py")
    (checkout / ".git" / "objects" / name[:2] / name[2:]).unlink()
    assert dropped(source)[0] == ("checkout/a.py", "missing in the repository")
    assert [one.path for one in documents(source)] == ["package/deep/b.py", "z.py"]


def test_a_bare_repository_and_a_folder_of_checkouts_are_read_too(checkout: Path, tmp_path: Path) -> None:
    (tmp_path / "all").mkdir()
    git(tmp_path, "clone", "-q", "--bare", str(checkout), "all/bare.git")
    git(tmp_path, "clone", "-q", str(checkout), "all/clone")
    bare = open_one(tmp_path / "all" / "bare.git", max_bytes=500)
    assert bare.layout == "git"
    assert [(one.path, one.source) for one in documents(bare)][:2] == [("a.py", "bare"), ("package/deep/b.py", "bare")]
    git(tmp_path / "all" / "clone", "remote", "remove", "origin")
    both = open_sources([str(tmp_path / "all")], SourcesConfig(layout="git"))
    assert [one.name for one in both] == ["bare", "clone"]
    assert documents(both[1])[0].repository == "clone"


def test_nothing_that_the_repository_names_is_run(checkout: Path, tmp_path: Path) -> None:
    trap = tmp_path / "trap.sh"
    trap.write_text(f"#!/bin/sh\ntouch {tmp_path}/sprung\ncat\n")
    trap.chmod(0o755)
    for name in ("core.fsmonitor", "core.pager", "filter.f.smudge", "diff.f.textconv", "core.sshCommand"):
        git(checkout, "config", name, str(trap))
    (checkout / ".git" / "info" / "attributes").write_text("* filter=f diff=f\n")
    for hook in ("post-checkout", "pre-auto-gc", "reference-transaction"):
        (checkout / ".git" / "hooks" / hook).symlink_to(trap)
    assert len(documents(open_one(checkout))) == 4
    assert not (tmp_path / "sprung").exists()


def test_mistakes_name_what_to_do(checkout: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "empty").mkdir()
    git(tmp_path / "empty", "init", "-q")
    with pytest.raises(MissingInputError, match=r"git cannot read .*empty"):
        open_one(tmp_path / "empty")
    with pytest.raises(MissingInputError, match=r"tracks no file `\*.c`"):
        open_one(checkout, files="*.c")
    with pytest.raises(MissingInputError, match="is no git repository"):
        open_one(checkout / "package", layout="git")
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))
    with pytest.raises(MissingInputError, match="git is not installed"):
        open_one(checkout)
