"""What the README and the guides say can be typed, can be typed; what they name is there."""

import json
import os
import re
import shlex
import subprocess
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from torch.distributed.run import get_args_parser

from hornbook.cli import COMMANDS, make_app
from hornbook.commands.decontaminate import DecisionRow
from hornbook.commands.typer_bridge import command
from hornbook.decontamination.findings import Decision
from hornbook.decontamination.labelled_set import PairKind
from hornbook.pipeline.override import apply_overrides, parse_overrides
from hornbook.recipes.find import find_recipe
from hornbook.recipes.laptop import laptop

ROOT = Path(__file__).parents[1]
PAGES = {
    name: (ROOT / path).read_text(encoding="utf8")
    for name, path in (("README", "README.md"), ("training", "docs/training.md"), ("leaks", "docs/decontamination.md"))
}
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", flags=re.MULTILINE | re.DOTALL)
LINES = {
    name: [
        line.split("  #")[0].strip() for kind, block in BLOCK.findall(text) if not kind for line in block.splitlines()
    ]
    for name, text in PAGES.items()
}
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")] for line in PAGES["leaks"].splitlines() if line[:1] == "|"
]
QUALITY = {row[0].strip("*"): row[1:] for row in ROWS if len(row) == 11}


def commands_of(name: str) -> list[str]:
    """In blocks and in sentences; what torchrun starts is a command, too."""
    lines = [re.sub(r"^torchrun .* -m hornbook ", "hornbook ", line) for line in LINES[name]]
    lines += re.findall(r"`(hornbook [a-z]+ [^`…]+)`", PAGES[name]) if name != "README" else []
    return [line for line in lines if line.startswith("hornbook ") and not re.search("seconds|store |--help", line)]


def understood(line: str) -> dict[str, Any]:
    """The parameters of a command, which refuses unknown options and missing arguments."""
    _, name, *arguments = shlex.split(line)
    if COMMANDS[name][1].startswith("typer_bridge"):
        parameters: dict[str, Any] = command(name.replace("-", "_")).make_context(name, arguments).params
        return parameters
    _, bound, _ = make_app(name).parse_args([name, *arguments], exit_on_error=False, print_error=False)
    return dict(bound.arguments)


def options_of(*names: str) -> set[str]:
    found: set[str] = set()
    for name in names:
        if COMMANDS[name][1].startswith("typer_bridge"):
            found |= {option for parameter in command(name.replace("-", "_")).params for option in parameter.opts}
        else:
            found |= {option for one in make_app(name)[name].assemble_argument_collection() for option in one.names}
    return found


@pytest.mark.parametrize("name", PAGES)
def test_commands_are_understood_and_fields_that_are_set_are_there(name: str) -> None:
    commands = commands_of(name)
    assert len(commands) >= 5
    for line in commands:
        parameters = understood(line)
        assert parameters or line == "hornbook runs"
        if line.startswith("hornbook train "):
            assert parameters["options"].batch_size % 32 == 0 or name != "training", line
    apply_overrides(laptop(0), parse_overrides(re.findall(r"--set '?([^\s`'…]+=[^\s`'…]+)", PAGES[name])))
    for target in re.findall(r"\]\(([^)#:]+)\)", PAGES[name]):
        assert (ROOT / ("" if name == "README" else "docs") / target).exists(), target


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
    assert set(re.findall(r"`(--[a-z-]+)", PAGES["leaks"])) <= options_of("decontaminate")
    known = options_of("train", "tokenize", "plan", "run", "evaluate", "compare")
    torchruns = {option for action in get_args_parser()._actions for option in action.option_strings}
    named = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", BLOCK.sub("", PAGES["training"])))
    assert named <= known | torchruns | {"--help", "--project", "--logdir"}  # the last two are trackers'


def test_lines_of_torchrun_are_understood() -> None:
    for line in (line for line in LINES["training"] if line.startswith("torchrun ")):
        arguments = get_args_parser().parse_args(shlex.split(line)[1:])
        assert (arguments.module, arguments.training_script, arguments.nproc_per_node) == (True, "hornbook", "8")
        assert arguments.standalone or (arguments.nnodes == "4" and arguments.rdzv_endpoint == "node0:29500")


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
    ranks = ["0/2 0 node7:29500 run phi-1", "1/2 1 node7:29500 run phi-1"]
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
    assert all(f"`{decision}`" in PAGES["leaks"] for decision in Decision)
    assert len(QUALITY) > 3
    for name in QUALITY.keys() - {"", "---"}:
        counts = dict(zip(QUALITY[""], QUALITY[name], strict=True))
        num_found = sum(int(counts[kind]) for kind in PairKind if kind.is_leak)
        num_false = sum(int(counts[kind]) for kind in PairKind if not kind.is_leak)
        assert float(counts["recall"]) == pytest.approx(num_found / 160, abs=6e-4), name
        assert float(counts["precision"]) == pytest.approx(num_found / (num_found + num_false), abs=6e-4), name
