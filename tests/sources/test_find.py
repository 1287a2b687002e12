import json
import subprocess
from pathlib import Path

import pytest
from tests.sources.real_formats import (
    code,
    notebook,
    open_one,
    question,
    stack_row,
    write_json,
    write_package,
    write_posts,
)

from hornbook.errors import ConfigError, MissingInputError
from hornbook.sources.find import Layout, SourcesConfig, layout_of, open_sources


def test_each_layout_is_known_by_what_is_to_be_seen(tmp_path: Path) -> None:
    def folder(name: str) -> Path:
        (tmp_path / name).mkdir()
        return tmp_path / name

    files = folder("files")
    (files / "a.py").write_text("x = 1\n")
    write_json(files / "n.ipynb", notebook(code("x = 1")))
    (files / "rows.jsonl").write_text('{"text": "x"}\n')
    (files / "b.py").write_text("x = 1\n")
    checkout = folder("checkout")
    (checkout / "a.py").write_text("x = 1\n")
    subprocess.run(["git", "init", "-q"], cwd=checkout, check=True)
    notebooks = folder("notebooks")
    write_json(notebooks / "n.ipynb", notebook(code("x = 1")))
    packages = folder("packages")
    write_package(packages, "a", "1", {"a.py": "x = 1\n"})
    rows = folder("rows")
    (rows / "a.jsonl").write_text('{"text": "x"}\n')
    (rows / "load.py").write_text("x = 1\n")
    dump = folder("dump")
    write_posts(dump / "Posts.xml", question(1))
    layouts = {one: layout_of(one, SourcesConfig()) for one in (files, checkout, notebooks, packages, rows, dump)}
    assert list(layouts.values()) == ["files", "git", "notebooks", "packages", "rows", "stackoverflow"]
    assert layout_of(files, SourcesConfig(layout="notebooks")) == Layout.NOTEBOOKS
    assert layout_of(dump / "Posts.xml", SourcesConfig()) == Layout.STACKOVERFLOW
    (rows / "a.jsonl").write_text(json.dumps(stack_row()))
    assert open_one(rows).layout == "the-stack"
    assert open_one(rows, layout="rows", text_field="content").layout == "rows"


def test_several_inputs_are_several_sources_in_their_order(tmp_path: Path) -> None:
    for name in ("b", "a"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "x.py").write_text("x = 1\n")
    inputs = [str(tmp_path / name) for name in ("b", "a")]
    assert [one.name for one in open_sources(inputs, SourcesConfig())] == ["b", "a"]
    with pytest.raises(ConfigError, match="is given twice"):
        open_sources([inputs[0], f"{inputs[1]}/../b"], SourcesConfig())


def test_a_config_that_cannot_be_names_the_field() -> None:
    for field, value in (("layout", "tar"), ("tag", "<python>"), ("tag", ""), ("files", ""), ("max_bytes", 0)):
        with pytest.raises(ConfigError, match=f"`{field}`"):
            SourcesConfig(**{field: value})  # type: ignore[arg-type]


def test_empty_and_missing_inputs_are_mistakes(tmp_path: Path) -> None:
    with pytest.raises(MissingInputError, match="there is no file or folder"):
        open_one(tmp_path / "none")
    for layout in ("auto", "files", "git", "notebooks", "packages", "rows", "the-stack", "stackoverflow"):
        with pytest.raises(MissingInputError, match=str(tmp_path)):
            open_one(tmp_path, layout=layout)
