"""What a person types, and what they see, from `--help` to a whole run of a tiny recipe, which all here look at."""

import hashlib
import io
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.commands.typed import hornbook, is_one_mistake, type_in

from hornbook.cli import COMMANDS

TINY = Path(__file__).parent / "tiny_recipe.py"
PROMPT = 'def double(n: int) -> int:\n    """Return twice `n`."""\n'


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store in which the tiny recipe has run, in a process of its own."""
    folder: Path = tmp_path_factory.mktemp("store")
    finished = hornbook("run", TINY, "--name", "tiny", "--store", folder, status=0)
    assert "report" in finished.stdout
    assert finished.stderr == ""
    return folder


def shown(store: Path, run: str = "tiny") -> Any:
    return type_in("show", run, "--json", "--store", store).json


def test_help_names_the_commands_and_imports_none_of_them() -> None:
    program = (
        "import sys\nfrom hornbook.cli import main\nsys.argv = ['hornbook', '--help']\nmain()\n"
        "print({'torch', 'pyarrow', 'pydantic', 'numpy', 'hornbook.commands'} & set(sys.modules))"
    )
    printed = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert printed.splitlines()[-1] == "set()"
    assert all(f" {name} " in printed for name in COMMANDS)
    assert type_in("--version").out.startswith("hornbook ")


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_its_options_and_prints_json(name: str) -> None:
    words = [name, "contamination"] if name == "study" else [name]
    assert "--json" in type_in(*words, "--help").out


def test_a_run_shows_its_stages_scores_hash_and_places(store: Path) -> None:
    values = shown(store)
    stages = values["stages"]
    assert (stages[0]["name"], stages[-1]["name"]) == ("collect", "report")
    scores = values["scores"]
    assert {(score["model"], score["benchmark"]) for score in scores} == {
        (model, benchmark)
        for model in ("memoriser", "base", "tuned")
        for benchmark in ("held_out", "held_out_unseen_names", "unconventional-50")
    }
    for score in scores:
        low, high = score["ci95"]
        assert 0 <= low <= score["pass@1"] <= high <= 1
        assert score["num_problems"] == (50 if score["benchmark"] == "unconventional-50" else 12)
    assert Path(values["report"]).is_file()
    model = Path(values["model"])
    assert hashlib.sha256((model / "model.safetensors").read_bytes()).hexdigest() == values["model_sha256"]
    printed = type_in("show", "tiny", "--store", store).out
    assert all(stage["name"] in printed for stage in stages)
    assert "The tuned model passes 0.0 % of exercises" in printed
    assert "with argument names it never saw" in Path(values["report"]).read_text(encoding="utf-8")


def test_a_second_run_reuses_everything_and_a_set_field_reruns_only_what_follows(store: Path) -> None:
    first = shown(store)
    type_in("run", TINY, "--name", "tiny", "--store", store)
    second = shown(store)
    assert {stage["reused"] for stage in second["stages"]} == {True}
    assert (second["scores"], second["model_sha256"]) == (first["scores"], first["model_sha256"])
    changed = ("--store", store, "--set", "finetune.num_steps=14")
    before = sorted(path.name for path in (store / "artifacts").iterdir())
    steps = type_in("plan", TINY, "--json", *changed).json["stages"]
    ahead = ["finetune", "evaluate-tuned", "export", "report"]
    assert [step["name"] for step in steps if step["reuse"] == "missing"] == ahead
    (finetune,) = (step for step in steps if step["name"] == "finetune")
    assert (finetune["tokens"], finetune["flops"] > 0) == (14 * 4 * 128, True)
    assert "4 of 20 stages would run" in type_in("plan", TINY, *changed).out
    assert "GPU-hours" in type_in("plan", TINY, *changed, "--gpu", "h100").out
    assert sorted(path.name for path in (store / "artifacts").iterdir()) == before
    type_in("run", TINY, "--name", "longer", "--until", "finetune", *changed)
    longer = shown(store, "longer")
    assert [stage["name"] for stage in longer["stages"] if not stage["reused"]] == ["finetune"]
    assert longer["stages"][-1]["name"] == "finetune"
    steps = type_in("plan", TINY, "--store", store, "--seed", "1", "--json").json["stages"]
    assert {step["reuse"] for step in steps} == {"missing"}


@pytest.mark.parametrize(
    ("recipe", "kills"),
    [pytest.param(TINY, 2, id="tiny"), pytest.param("laptop", 10, id="laptop", marks=pytest.mark.slow)],
)
def test_a_run_that_is_killed_again_and_again_ends_with_the_same_model(
    store: Path, tmp_path: Path, recipe: str | Path, kills: int
) -> None:
    command = [str(TINY.with_name("kill_and_resume.py")), str(recipe), "--kills", str(kills), "--store", str(tmp_path)]
    if recipe == TINY:
        shutil.copytree(store, tmp_path / "undisturbed", symlinks=True)
    else:
        command.append("--damage")
    finished = subprocess.run([sys.executable, *command], capture_output=True, text=True, check=False)
    assert finished.returncode == 0, finished.stdout + finished.stderr
    figures = json.loads(finished.stdout)
    assert figures["equal"]
    assert figures["kills"] >= 1


def test_a_model_completes_a_prompt_and_is_evaluated_on_the_problems_that_its_run_kept_back(
    store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = ("complete", "tiny", PROMPT, "--store", store, "--max-new-tokens", "5")
    base, tuned = type_in(*command, "--base", "--json").json, type_in(*command, "--json").json
    assert base["prompt"] == tuned["prompt"] == PROMPT
    monkeypatch.setattr("sys.stdin", io.StringIO(PROMPT))
    assert type_in("complete", "tiny", "-", *command[3:]).out == f"{PROMPT}{tuned['completion']}\n"
    asked = ("-b", "held-out", "--max-new-tokens", "8", "--batch-size", "64", "--store", store, "--json")
    values = type_in("evaluate", "tiny", *asked).json
    [score] = values["scores"]
    assert (values["run"], score["model"], score["benchmark"]) == ("tiny-evaluated", "tiny", "held_out")
    [expected] = (one for one in shown(store)["scores"] if (one["model"], one["benchmark"]) == ("tuned", "held_out"))
    for name in ("pass@1", "outcomes", "protocol", "by_category", "num_problems"):
        assert score[name] == expected[name]
    command = ("compare", "tiny", "tiny-evaluated", "--benchmark", "held-out", "--store", store, "--json")
    compared = type_in(*command).json
    assert (compared["num_problems"], compared["changed"], compared["notes"]) == (12, [], [])
    of_base = type_in("evaluate", "tiny", "--base", *asked).json
    assert (of_base["run"], of_base["scores"][0]["model"]) == ("tiny-base-evaluated", "tiny, base")


def test_a_damaged_artifact_is_made_again_and_named(store: Path) -> None:
    [folder] = (store / "artifacts").glob("tokenizer-*")
    path = folder / "tokenizer.json"
    whole = path.read_bytes()
    path.write_bytes(whole[:-2] + b"  ")
    printed = type_in("run", TINY, "--name", "tiny", "--until", "tokenize", "--store", store).out
    assert "`tokenizer` is rebuilt" in printed
    assert path.read_bytes() == whole
    assert [stage["name"] for stage in shown(store)["stages"] if not stage["reused"]] == ["tokenizer"]


def test_a_mistake_is_one_message_with_the_next_step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HORNBOOK_STORE", str(tmp_path / "store"))
    for arguments, messages in (
        (("trein",), ("no command `trein`", "`train`")),
        (("run",), ("needs RECIPE",)),
        (("show", "laptop", "--jsn"), ("--jsn", "--json")),
        (("compare", "a", "b", "c"), ("no further argument", "`c`")),
        (("run", "lapton"), ("no recipe `lapton`", "`laptop`")),
        (("run", "missing.py"), ("`missing.py`",)),
        (("run", "laptop", "--set", "finetune.num_stepz=3"), ("`num_steps`",)),
        (("run", "laptop", "--set", "finetune.num_steps=0"), ("`num_steps`", "0")),
        (("run", "laptop", "--until", "finetun"), ("no stage `finetun`", "finetune")),
        (("run", "laptop", "--store", "/proc/nowhere"), ("/proc/nowhere", "--store DIR")),
        (("run", "laptop", "--name", "a/b"), ("'a/b'", "--name")),
        (("show", "nothing"), ("no run `nothing`", "hornbook run laptop")),
        (("complete", "nothing", "x"), ("no run `nothing`",)),
    ):
        assert is_one_mistake(type_in(*arguments, status=2).err, *messages), arguments
