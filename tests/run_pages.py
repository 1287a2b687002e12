"""Run every command of README.md and docs/*.md for real, page by page, in a temporary folder with small inputs.

    python -m tests.run_pages                  # a tiny recipe stands for `laptop`: minutes
    python -m tests.run_pages --whole          # the laptop recipe itself
    python -m tests.run_pages --keep FOLDER    # work in this folder and keep it

Commands are the lines of code blocks that begin with `hornbook` or `torchrun`. They run in a shell, in the order of the
pages, after one run `laptop`. The inputs that they name are made here; a scripted endpoint stands for a language model.
What needs a GPU, a cluster or the network is only parsed. Long trainings are shortened, and the line says how.

Prints a JSON line for each command and a summary. Exits with 1 if a command failed.
"""

import argparse
import dataclasses
import gzip
import importlib.util
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import time
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from tests.benchmarks.invented import full_rows, write_lines
from tests.evaluation.scripted_endpoint import Asked, ScriptedEndpoint
from tests.sources import real_formats as formats

from hornbook.benchmarks.find import find_benchmark

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
FIRST = (
    "hornbook run laptop",
    *(f"hornbook export laptop --to huggingface --force --output {folder}" for folder in ("laptop-hf", "phi-1")),
)
"""Commands whose results the pages need: a run, and folders of Hugging Face models."""
PORT, MODEL = 8081, "MODEL"
"""Where the pages' endpoint answers, and the name of its model."""
ONLY_PARSED = {
    r"s3://|hf://": "needs S3 and the Hugging Face hub",
    r"evaluate [A-Z]\w+/": "needs the Hugging Face hub",
    r"--nnodes": "needs several machines",
    r"run (phi-1|my_phi)": "needs GPUs, for hours or days",
}
"""Pattern of a line → why it is not run here."""
SHORTER = "--num-steps 20 --batch-size 4 --sequence-length 64 --warmup-steps 2 --nproc-per-node 2 --shape laptop"
"""What stands in the place of these options of a training."""
MODULES = "bisect calendar colorsys difflib fnmatch fractions heapq keyword numbers shlex statistics string textwrap"
NUM_EXERCISES = 100
"""Modules of the standard library and exercises of the run that are the code of one's own."""


def lines_of(page: Path) -> list[str]:
    """The commands of a page, without their comments."""
    lines = page.read_text(encoding="utf8").splitlines()
    return [line.split("  #")[0].strip() for line in lines if line.startswith(("hornbook ", "torchrun "))]


def why_only_parsed(line: str) -> str:
    """Why a line cannot be run here; empty where it can."""
    for tracker in ("tensorboard", "trackio", "wandb"):
        if tracker in line and importlib.util.find_spec(tracker) is None:
            return f"{tracker} is not installed"
    return next((why for pattern, why in ONLY_PARSED.items() if re.search(pattern, line)), "")


def parse(line: str) -> dict[str, Any]:
    """The parameters of a command; what it would refuse before any work raises."""
    from torch.distributed.run import get_args_parser

    from hornbook.cli import make_app
    from hornbook.commands.run import RecipeOptions

    words = shlex.split(line.split(" > ")[0])
    if words[0] == "torchrun":
        torchrun = get_args_parser().parse_args(words[1:])
        assert (torchrun.module, torchrun.training_script) == (True, "hornbook"), line
        words = ["hornbook", *torchrun.training_script_args]
    _, bound, _ = make_app(words[1]).parse_args(words[1:], exit_on_error=False, print_error=False)
    if words[1] == "run" and not words[2].endswith(".py"):
        bound.arguments.get("options", RecipeOptions()).pipeline(words[2]).require_settings()
    return dict(bound.arguments)


def shortened(line: str) -> tuple[str, str]:
    """A line of `hornbook train` that takes seconds, and what was changed in it."""
    if "hornbook train " not in line:
        return line, ""
    changed = []
    for option, value in re.findall(r"(--\S+) (\S+)", SHORTER):
        line, count = re.subn(rf"{option} \S+", f"{option} {value}", line)
        changed += [f"{option} {value}"] * count
    return line, f"shortened: {' '.join(changed)}"


def run_line(line: str, folder: Path, environment: dict[str, str]) -> dict[str, Any]:
    """Parse a command, or run it to its end."""
    begun = time.monotonic()
    reason = why_only_parsed(line)
    found: dict[str, Any] = {"line": line, "status": 0, "how": "parsed" if reason else "ran", "reason": reason}
    if reason:
        try:
            parse(line)
        except (Exception, SystemExit) as error:
            found |= {"status": 2, "reason": f"{type(error).__name__}: {error}"}
    else:
        typed, found["reason"] = shortened(line.replace(" -m hornbook ", " -m tests.run_pages as-hornbook "))
        ended = subprocess.run(["bash", "-c", typed], cwd=folder, env=environment, capture_output=True, text=True)
        found["status"] = ended.returncode
        if ended.returncode:
            said = (ended.stderr.strip() or ended.stdout.strip()).splitlines()
            found["reason"] = next((one for one in said if "error:" in one), " | ".join(said[-3:]))
    return found | {"seconds": round(time.monotonic() - begun, 1)}


def prepare(folder: Path, exercises: list[dict[str, Any]]) -> None:
    """Write the inputs that the pages name, but for those that an earlier line makes."""
    library = Path(sysconfig.get_path("stdlib"))
    texts = {f"{name}.py": (library / f"{name}.py").read_text(encoding="utf8") for name in MODULES.split()}
    texts |= {f"{one['entry_point']}.py": one["prompt"] + one["solution"] for one in exercises[:NUM_EXERCISES]}
    for place in ("my-project", "src", "checkouts/one", "checkouts/two"):
        (folder / place).mkdir(parents=True, exist_ok=True)
        for number, (name, text) in enumerate(texts.items()):
            if number % 2 == place.endswith("two") or "checkouts" not in place:
                (folder / place / name).write_text(text, encoding="utf8")
    for repository in (folder / "checkouts").iterdir():
        (repository / "LICENSE").write_text(formats.MIT)
        who = ("-c", "user.name=Ada", "-c", "user.email=ada@example.com")
        for arguments in (("init", "--quiet"), ("add", "."), (*who, "commit", "--quiet", "--allow-empty", "-m", "All")):
            subprocess.run(["git", *arguments], cwd=repository, check=True)
    (folder / "opted-out.txt").write_text("# nobody yet\nada/engine\n")
    rows = [{"hexsha": name, "content": text} for name, text in texts.items()]
    for number in range(2):
        pq.write_table(pa.Table.from_pylist(rows[number::2]), folder / f"part-00{number}.parquet")
    with gzip.open(folder / "more.jsonl.gz", "wt", encoding="utf8") as file:
        file.writelines(json.dumps({"id": f"more-{one['hexsha']}", "text": one["content"]}) + "\n" for one in rows[:9])
    for place in ("notebooks", "textbooks"):
        (folder / place).mkdir(exist_ok=True)
    cells = (formats.markdown("# Sums"), formats.code("%time\nprint(1 + 2)\n"), formats.code(rows[0]["content"]))
    formats.write_json(folder / "notebooks" / "sums.ipynb", formats.notebook(*cells))
    (folder / "textbooks" / "one.md").write_text("# Doubling\n\n```python\nprint(2 * 21)\n```\n\n```\n42\n```\n")
    if not (site := folder / ".venv/lib/python3.11/site-packages").exists():
        formats.write_package(site, "alpha", "1.0", {f"alpha/{name}": texts[name] for name in texts}, "License: MIT")
    posts = (f"{formats.question(10 * one)}{formats.answer(10 * one + 2, 10 * one)}" for one in range(1, 9))
    formats.write_posts(folder / "Posts.xml", *posts)
    write_lines(folder / "mbpp.jsonl", full_rows())
    problems = [dataclasses.asdict(one) for one in find_benchmark("humaneval").problems]
    samples = [{"task_id": one["task_id"], "completion": one["canonical_solution"]} for one in problems]
    write_lines(folder / "samples.jsonl", samples)
    write_lines(folder / "problems.jsonl", problems[:3])


class Teacher:
    """Answers what the commands ask a language model: exercises and passages are those of the run `laptop`."""

    def __init__(self, run: Path) -> None:
        self.exercises = pq.read_table(run / "exercises" / "exercises").to_pylist()
        self._passages = pq.read_table(run / "textbooks" / "documents").to_pylist()
        self._numbers: dict[str, int] = {}

    def __call__(self, asked: Asked) -> str:
        """The answer to one request."""
        system = str(asked.body["messages"][0]["content"]) if asked.is_chat else ""
        if found := re.findall(r"Function name: `(\w+)`|Complete the function `(\w+)`", asked.text):
            return f"```python\n{self._function(next(filter(None, found[-1])))}\n```"
        if "It teaches: " in asked.text:
            topic = asked.text.split("It teaches: ")[1].split(" (")[0]
            words = re.search(r"Use these words in an example, beside the topic: (.*)\.", asked.text)
            passage = self._passages[self._number(asked.text) % len(self._passages)]["text"]
            return f"{topic}: read closely, and think of {words[1] if words else 'it'}.\n\n{passage}"
        if "Each message is a snippet" in system:
            return f"Reason: a function like others.\nScore: {len(asked.text) % 6}"
        if "You are a programming teacher" in asked.text:
            return "Assessment: it returns nothing.\nGrade: 3"
        return "```python\ndef nothing():\n    return None\n```"

    def _function(self, name: str) -> str:
        one = self.exercises[self._number(name) % len(self.exercises)]
        return re.sub(rf"\b{re.escape(one['entry_point'])}\b", name, one["prompt"] + one["solution"])

    def _number(self, text: str) -> int:
        return self._numbers.setdefault(text, len(self._numbers))


def as_hornbook(arguments: list[str]) -> None:
    """`hornbook`, for which the tiny recipe is `laptop`, unless the environment says that it is the whole one."""
    if "laptop" in arguments and not os.environ.get("WHOLE_LAPTOP"):
        from tests import tiny_recipe

        import hornbook.recipes.laptop as module
        from hornbook.pipeline.run import Pipeline

        def laptop(seed: int = 0, source: tuple[str, ...] = ()) -> Pipeline:
            pipeline = tiny_recipe.recipe(seed, source)
            scores = {"benchmarks": ("held_out", "humaneval")}
            changes = {"exercises": {"num_held_out": 40}, "evaluate-base": scores, "evaluate-tuned": scores}
            for name, fields in changes.items():
                config = dataclasses.replace(pipeline.stage(name).config, **fields)
                pipeline = pipeline.with_config(name, config)
            return Pipeline("laptop", pipeline.stages)

        module.laptop = laptop  # type: ignore[assignment]
    from hornbook.__main__ import main as hornbook

    sys.argv = ["hornbook", *arguments]
    hornbook()


def main() -> int:
    """Run all lines of all pages."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--whole", action="store_true", help="run the laptop recipe itself")
    parser.add_argument("--keep", type=Path, help="folder to work in; what is there is reused")
    arguments = parser.parse_args()
    folder = arguments.keep.resolve() if arguments.keep else Path(tempfile.mkdtemp(prefix="hornbook-pages-"))
    (folder / "bin").mkdir(parents=True, exist_ok=True)
    for name, module in {"hornbook": "tests.run_pages as-hornbook", "torchrun": "torch.distributed.run"}.items():
        (folder / "bin" / name).write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m {module} "$@"\n')
        (folder / "bin" / name).chmod(0o755)
    path = os.pathsep.join([str(folder / "bin"), str(Path(sys.executable).parent), os.environ["PATH"]])
    environment = {**os.environ, "HOME": str(folder), "PATH": path, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'src'}"}
    environment |= {"HF_HUB_OFFLINE": "1", "WHOLE_LAPTOP": "1" if arguments.whole else ""}
    found: list[dict[str, Any]] = []
    with ScriptedEndpoint(lambda asked: teacher(asked), models=(MODEL,), port=PORT):
        lines = [("before", line) for line in FIRST]
        for name, line in lines + [(page.name, line) for page in PAGES for line in lines_of(page)]:
            found.append({"page": name, **run_line(line, folder, environment)})
            print(json.dumps(found[-1]), flush=True)
            if name == "before" and line == FIRST[0]:
                teacher = Teacher(folder / "hornbook-store/runs/laptop")
                prepare(folder, teacher.exercises)
    failed = [one["line"] for one in found if one["status"]]
    print(json.dumps({how: sum(one["how"] == how for one in found) for how in ("ran", "parsed")} | {"failed": failed}))
    if not arguments.keep:
        shutil.rmtree(folder)
    return bool(failed)


if __name__ == "__main__":
    sys.exit(as_hornbook(sys.argv[2:]) if sys.argv[1:2] == ["as-hornbook"] else main())
