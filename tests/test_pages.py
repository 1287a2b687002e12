"""What the README and the guides say can be typed, can be typed; what they name is there."""

import json
import os
import re
import subprocess
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from tests.run_pages import PAGES as PATHS
from tests.run_pages import ROOT, lines_of, parse
from torch.distributed.run import get_args_parser

from hornbook.cli import COMMANDS, make_app
from hornbook.commands.decontaminate import DecisionRow
from hornbook.decontamination.findings import Decision
from hornbook.decontamination.labelled_set import PairKind
from hornbook.pipeline.override import apply_overrides, parse_overrides
from hornbook.recipes.find import find_recipe
from hornbook.recipes.laptop import laptop
from hornbook.recipes.phi_1 import phi_1

PAGES = {path.stem: path.read_text(encoding="utf8") for path in PATHS}
GUIDES = [path.stem for path in PATHS if path.stem not in ("README", "log")]
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", flags=re.MULTILINE | re.DOTALL)
HEADING = re.compile(r"^#+ (.*)$", flags=re.MULTILINE)
OTHERS = {"--project", "--logdir", "--bytes-per-token", "--help"}
"""Options of trackers and of a benchmark that the guides name."""
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in PAGES["decontamination"].splitlines()
    if line[:1] == "|"
]
QUALITY = {row[0].strip("*"): row[1:] for row in ROWS if len(row) == 11}


def options_of(*names: str) -> set[str]:
    return {option for name in names for one in arguments_of(name) for option in one.names}


def arguments_of(name: str) -> Any:
    command = make_app(name)[name]
    commands = [command[one] for one in command if not one.startswith("-")] or [command]
    return [one for command in commands for one in command.assemble_argument_collection()]


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_commands_are_understood_and_what_a_page_names_is_there(path: Path) -> None:
    text = PAGES[path.stem]
    in_sentences = re.findall(r"`(hornbook [a-z]+ [^`…]+)`", text) if path.stem in GUIDES else []
    lines = lines_of(path) + [" ".join(line.split()) for line in in_sentences]
    assert len(lines) >= 3 or path.stem in ("scaling", "log")
    for line in lines:
        if not re.search("NAME|FILE|--help", line):
            parameters = parse(line)
            if "hornbook train " in line:
                assert parameters["options"].batch_size % 32 == 0, line
    for override in re.findall(r"--set\s'?([^\s`'…]+=[^\s`'…]+)", text):
        recipe = phi_1 if re.match(r"(code|textbooks|exercises)\.inputs=", override) else laptop
        apply_overrides(recipe(0), parse_overrides([override]))
    for target, anchor in re.findall(r"\]\(([^)#:]*)#?([\w-]*)\)", text):
        linked = path.parent / target if target else path
        assert linked.exists(), target
        headings = HEADING.findall(linked.read_text(encoding="utf8")) if anchor else []
        slugs = [re.sub(r"[^\w -]", "", one.lower()).replace(" ", "-") for one in headings]
        assert not anchor or anchor in slugs, f"{target}#{anchor}"


def test_the_recipe_in_the_readme_changes_what_it_says_and_its_targets_are_in_the_makefile(
    tmp_path: Path,
) -> None:
    (source,) = (text for kind, text in BLOCK.findall(PAGES["README"]) if kind == "python" and "def recipe" in text)
    path = tmp_path / "my_recipe.py"
    path.write_text(source, encoding="utf8")
    pipeline = find_recipe(str(path))(0)
    assert pipeline.stage("finetune").config.learning_rate == 1e-3
    assert pipeline.fingerprints()["pretrain"] == laptop(0).fingerprints()["pretrain"]
    makefile = (ROOT / "Makefile").read_text(encoding="utf8")
    for target in re.findall(r"make ([a-z-]+)", PAGES["README"]):
        assert re.search(rf"^{target}:", makefile, flags=re.MULTILINE), target


def test_options_in_sentences_are_those_of_the_commands() -> None:
    assert set(re.findall(r"`(--[a-z-]+)", PAGES["decontamination"])) <= options_of("decontaminate")
    torchruns = {option for action in get_args_parser()._actions for option in action.option_strings}
    known = options_of(*COMMANDS) | torchruns | OTHERS
    for name in GUIDES:
        named = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", BLOCK.sub("", PAGES[name])))
        assert named <= known, (name, named - known)


@pytest.mark.parametrize("status", [0, 143])
def test_the_batch_script_starts_every_rank_and_requeues_what_sigterm_stopped(tmp_path: Path, status: int) -> None:
    """With `srun`, `scontrol` and `hornbook` played: two tasks on one node."""
    programs = {
        "srun": '[ "$1" = --kill-on-bad-exit=1 ] && shift\n'
        'for task in 0 1; do SLURM_PROCID=$task SLURM_LOCALID=$task SLURM_NTASKS=2 "$@" || status=$?; done\n'
        "exit ${status:-0}",
        "scontrol": 'case $1 in show) printf "node7\\nnode8\\n" ;; *) echo "$@" >> "$HEARD" ;; esac',
        "hornbook": 'echo "$RANK/$WORLD_SIZE $LOCAL_RANK $MASTER_ADDR:$MASTER_PORT $@" >> "$HEARD"\nexit $STATUS',
    }
    for name, text in programs.items():
        (tmp_path / name).write_text(f"#!/bin/bash\n{text}\n")
        (tmp_path / name).chmod(0o755)
    heard = tmp_path / "heard"
    (script,) = (text for kind, text in BLOCK.findall(PAGES["training"]) if kind == "bash")
    slurm = {"SLURM_JOB_NODELIST": "node[7-8]", "SLURM_JOB_ID": "17", "HEARD": str(heard), "STATUS": str(status)}
    environment = {**os.environ, **slurm, "PATH": f"{tmp_path}:{os.environ['PATH']}"}
    ended = subprocess.run(["bash"], input=script, text=True, env=environment, check=False)
    assert ended.returncode == status
    ranks = ["0/2 0 node7:29500 run my_phi.py", "1/2 1 node7:29500 run my_phi.py"]
    assert heard.read_text().splitlines() == ranks + (["requeue 17"] if status == 143 else [])


def test_the_table_of_the_log_has_every_field_of_a_real_one(tmp_path: Path) -> None:
    from tests.commands.typed import type_in
    from tests.training.conftest import write_tokens

    write_tokens(tmp_path / "tokens")
    tiny = ("--shape", "laptop", "--num-layers", 1, "--hidden-size", 32, "--sequence-length", 16)
    run = ("--num-steps", 10, "--batch-size", 4, "--learning-rate", 0.01)
    type_in("train", tmp_path / "tokens", *map(str, (*tiny, *run)), "--output", tmp_path / "mine")
    log = (tmp_path / "mine" / "measured" / "log.jsonl").read_text().splitlines()
    written = {name for line in log for name in json.loads(line)}
    (table,) = re.findall(r"^\| field \|.*?\n\n", PAGES["training"], flags=re.MULTILINE | re.DOTALL)
    named = {name for row in table.strip().splitlines()[2:] for name in re.findall(r"`([a-z_]+)`", row.split("|")[1])}
    assert written | {"skipped_loss", "skipped_gradient_norm", "documents", "loss_scale"} == named


def test_the_guide_to_leaks_names_every_column_and_decision_and_its_shares_follow_from_its_counts() -> None:
    columns = [name for row in ROWS if len(row) == 2 for name in re.findall(r"`([a-z_]+)`", row[0])]
    assert {field.name for field in fields(DecisionRow)} <= set(columns)
    assert all(f"`{decision}`" in PAGES["decontamination"] for decision in Decision)
    assert len(QUALITY) > 3
    for name in QUALITY.keys() - {"", "---"}:
        counts = dict(zip(QUALITY[""], QUALITY[name], strict=True))
        num_found = sum(int(counts[kind]) for kind in PairKind if kind.is_leak)
        num_false = sum(int(counts[kind]) for kind in PairKind if not kind.is_leak)
        assert float(counts["recall"]) == pytest.approx(num_found / 160, abs=6e-4), name
        assert float(counts["precision"]) == pytest.approx(num_found / (num_found + num_false), abs=6e-4), name
