"""What docs/training.md says can be typed, can be typed: commands, torchrun's lines, the batch script, options."""

import json
import os
import re
import shlex
import subprocess
from pathlib import Path
from typing import Any

import pytest
import typer.main
from torch.distributed.run import get_args_parser

from hornbook.artifacts.override import apply_overrides, parse_overrides
from hornbook.cli import app
from hornbook.recipes.laptop import laptop
from hornbook.training.config import TrainConfig

GUIDE = (Path(__file__).parents[1] / "docs" / "training.md").read_text(encoding="utf8")
BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```$", GUIDE, flags=re.MULTILINE | re.DOTALL)
(SCRIPT,) = (text for kind, text in BLOCKS if kind == "bash")
LINES = [line.split("  #")[0].strip() for kind, text in BLOCKS if not kind for line in text.splitlines()]
TORCHRUN = [line for line in LINES if line.startswith("torchrun ")]
INLINE = re.findall(r"`(hornbook [a-z]+ [^`]+)`", GUIDE)
COMMANDS = [line for line in (*LINES, *INLINE) if line.startswith("hornbook ")]
PROSE = re.sub(r"^```.*?^```$", "", GUIDE, flags=re.MULTILINE | re.DOTALL)


def options_of(name: str) -> set[str]:
    command = typer.main.get_command(app).commands[name]  # type: ignore[attr-defined]
    return {option for parameter in command.params for option in parameter.opts}


def understood(line: str) -> dict[str, Any]:
    """The parameters of a command, which refuses unknown options and missing arguments."""
    _, name, *arguments = shlex.split(line)
    command = typer.main.get_command(app).commands[name]  # type: ignore[attr-defined]
    parameters: dict[str, Any] = command.make_context(name, arguments).params
    return parameters


def test_commands_and_torchruns_lines_of_the_guide_are_understood_and_their_batches_can_be_shared_out() -> None:
    for line in COMMANDS:
        if "--help" not in line:
            assert understood(line), line
    for line in TORCHRUN:
        arguments = get_args_parser().parse_args(shlex.split(line)[1:])
        assert (arguments.module, arguments.training_script, arguments.nproc_per_node) == (True, "hornbook", "8")
        assert arguments.standalone or (arguments.nnodes == "4" and arguments.rdzv_endpoint == "node0:29500")
        understood(shlex.join(["hornbook", *arguments.training_script_args]))
    assert (len(TORCHRUN), len(COMMANDS) >= 10) == (3, True)
    for line in COMMANDS + TORCHRUN:
        if " train " in line and "--help" not in line:
            assert understood("hornbook train " + line.split(" train ", 1)[1])["batch_size"] % 32 == 0, line


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
    slurm = {"SLURM_JOB_NODELIST": "node[7-8]", "SLURM_JOB_ID": "17", "HEARD": str(heard), "STATUS": str(status)}
    environment = {**os.environ, **slurm, "PATH": f"{tmp_path}:{os.environ['PATH']}"}
    ended = subprocess.run(["bash"], input=SCRIPT, text=True, env=environment, check=False)
    assert ended.returncode == status
    ranks = ["0/2 0 node7:29500 run phi-1", "1/2 1 node7:29500 run phi-1"]
    assert heard.read_text().splitlines() == ranks + (["requeue 17"] if status == 143 else [])


def test_options_that_the_prose_names_exist() -> None:
    known = set.union(*(options_of(name) for name in ("train", "tokenize", "plan", "run", "evaluate", "compare")))
    torchruns = {option for action in get_args_parser()._actions for option in action.option_strings}
    named = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", PROSE))
    assert len(named) > 15
    assert named <= known | torchruns | {"--help", "--project", "--logdir"}  # the last two are trackers'


def test_settings_that_the_guide_names_are_fields_of_a_recipe() -> None:
    texts = re.findall(r"--set '?([^\s`'…]+=[^\s`'…]+)", GUIDE)
    assert len(texts) >= 3
    apply_overrides(laptop(0), parse_overrides(texts))


def test_defaults_that_the_guide_states_are_the_code_s() -> None:
    parameters = {
        parameter.name: parameter.default for parameter in typer.main.get_command(app).commands["train"].params
    }  # type: ignore[attr-defined]
    assert parameters["micro_batch"] == "auto"
    assert TrainConfig.max_skipped_steps == 10


def test_the_table_of_the_log_has_every_field_of_a_real_one(tmp_path: Path) -> None:
    from tests.commands.typed import type_in
    from tests.training.conftest import write_tokens

    write_tokens(tmp_path / "tokens")
    tiny = ("--shape", "laptop", "--layers", 1, "--hidden-size", 32, "--sequence-length", 16)
    run = ("--steps", 10, "--batch-size", 4, "--learning-rate", 0.01)
    type_in("train", tmp_path / "tokens", *map(str, (*tiny, *run)), "--output", tmp_path / "mine")
    log = (tmp_path / "mine" / "measured" / "log.jsonl").read_text().splitlines()
    written = {name for line in log for name in json.loads(line)}
    (table,) = re.findall(r"^\| field \|.*?\n\n", GUIDE, flags=re.MULTILINE | re.DOTALL)
    named = {name for row in table.strip().splitlines()[2:] for name in re.findall(r"`([a-z_]+)`", row.split("|")[1])}
    assert written | {"skipped_loss", "skipped_gradient_norm", "documents", "loss_scale"} == named
