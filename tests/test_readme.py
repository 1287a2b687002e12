"""What the README says can be typed, can be typed: its commands exist with their options, its recipe loads."""

import re
import shlex
from pathlib import Path

import click
import pytest
import typer.main

from hornbook.cli import app
from hornbook.recipes.find import find_recipe
from hornbook.recipes.laptop import laptop

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf8")
BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```$", README, flags=re.MULTILINE | re.DOTALL)
LINES = [line.split("  #")[0].strip() for kind, text in BLOCKS if not kind for line in text.splitlines()]
ALONE = [re.sub(r"^torchrun .* -m hornbook ", "hornbook ", line) for line in LINES]
COMMANDS = [line for line in ALONE if line.startswith("hornbook ") and "seconds" not in line and "store " not in line]


def test_the_readme_shows_commands() -> None:
    assert len(COMMANDS) >= 5
    assert "make run" in LINES
    assert "make test" in LINES


@pytest.mark.parametrize("line", COMMANDS)
def test_a_command_of_the_readme_is_understood(line: str) -> None:
    _, name, *arguments = shlex.split(line)
    group = typer.main.get_command(app)
    assert isinstance(group, click.Group) or hasattr(group, "commands")
    command = group.commands[name]  # type: ignore[attr-defined]
    context = command.make_context(name, arguments)  # refuses unknown options and missing arguments
    assert context.params


def test_a_set_in_the_readme_names_a_field_of_the_recipe() -> None:
    from hornbook.artifacts.override import apply_overrides, parse_overrides

    texts = re.findall(r"--set (\S+=\S+)", README)
    assert texts
    apply_overrides(laptop(0), parse_overrides(texts))


def test_the_recipe_in_the_readme_loads_and_changes_what_it_says(tmp_path: Path) -> None:
    (source,) = (text for kind, text in BLOCKS if kind == "python" and "def recipe" in text)
    path = tmp_path / "my_recipe.py"
    path.write_text(source, encoding="utf8")
    pipeline = find_recipe(str(path))(0)
    assert pipeline.stage("finetune").config.learning_rate == 1e-3
    assert pipeline.fingerprints()["pretrain"] == laptop(0).fingerprints()["pretrain"]


def test_the_targets_that_the_readme_names_are_in_the_makefile() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf8")
    for target in re.findall(r"make ([a-z-]+)", README):
        assert re.search(rf"^{target}:", makefile, flags=re.MULTILINE), target
