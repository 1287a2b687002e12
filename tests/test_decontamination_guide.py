"""What docs/decontamination.md says can be typed, can be typed; what it names is there."""

import re
import shlex
from dataclasses import fields
from pathlib import Path

import pytest
import typer.main

from hornbook.benchmarks.find import list_benchmarks
from hornbook.cli import app
from hornbook.commands.decontaminate_report import DecisionRow
from hornbook.decontamination.findings import Decision
from hornbook.decontamination.labelled_set import PairKind
from hornbook.decontamination.matches import Detector
from hornbook.decontamination.over_parts import MOST_CHARACTERS

DOCS = Path(__file__).parents[1] / "docs"
GUIDE = (DOCS / "decontamination.md").read_text(encoding="utf8")
BLOCKS = re.findall(r"^```\n(.*?)^```$", GUIDE, flags=re.MULTILINE | re.DOTALL)
COMMANDS = [
    *(line for block in BLOCKS for line in block.splitlines()),
    *re.findall(r"`(hornbook decontaminate [^`]+)`", GUIDE),
]
ROWS = [[cell.strip() for cell in line.strip("|").split("|")] for line in GUIDE.splitlines() if line.startswith("|")]
QUALITY = {row[0].strip("*"): row[1:] for row in ROWS if len(row) == 11}


def test_the_commands_of_the_guide_are_understood() -> None:
    assert len(COMMANDS) > 4
    for line in COMMANDS:
        _, name, *arguments = shlex.split(line)
        command = typer.main.get_command(app).commands[name]  # type: ignore[attr-defined]
        assert command.make_context(name, arguments).params["against"]


def test_options_and_columns_are_those_of_the_command() -> None:
    command = typer.main.get_command(app).commands["decontaminate"]  # type: ignore[attr-defined]
    known = {option for parameter in command.params for option in parameter.opts}
    assert set(re.findall(r"`(--[a-z-]+)", GUIDE)) <= known
    columns = [name for row in ROWS if len(row) == 2 for name in re.findall(r"`([a-z_]+)`", row[0])]
    assert {field.name for field in fields(DecisionRow)} <= set(columns)
    assert all(f"`{decision}`" in GUIDE for decision in Decision)
    assert f"{MOST_CHARACTERS:,}" in GUIDE


def test_benchmarks_are_those_that_can_be_named() -> None:
    assert all(f"`{name}" in GUIDE for name in list_benchmarks())


def test_the_table_has_every_kind_and_detector() -> None:
    assert {kind.value for kind in PairKind} <= set(QUALITY[""])
    seen = {row[0] for row in ROWS if len(row) == 3}
    assert {detector.value for detector in Detector if detector is not Detector.JUDGE} <= seen


def test_shares_follow_from_the_counts() -> None:
    for name in QUALITY.keys() - {"", "---"}:
        counts = dict(zip(QUALITY[""], QUALITY[name], strict=True))
        num_found = sum(int(counts[kind]) for kind in PairKind if kind.is_leak)
        num_false = sum(int(counts[kind]) for kind in PairKind if not kind.is_leak)
        assert float(counts["recall"]) == pytest.approx(num_found / 160, abs=6e-4), name
        assert float(counts["precision"]) == pytest.approx(num_found / (num_found + num_false), abs=6e-4), name


def test_links_lead_somewhere() -> None:
    for target in re.findall(r"\]\(([^)]+)\)", GUIDE):
        assert (DOCS / target).exists(), target
