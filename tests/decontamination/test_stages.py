import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from tests.commands.typed import write_lines
from tests.decontamination.labelled_once import calibrate_once

from hornbook.artifacts.stage import Artifact, Result, Workspace
from hornbook.benchmarks.humaneval import read_humaneval
from hornbook.decontamination.findings import FoundRow
from hornbook.decontamination.stages import DecontaminateConfig, run_decontaminate
from hornbook.errors import ConfigError
from hornbook.records import Document, DocumentKind, Dropped, Problem, schema_of

PROBLEMS = read_humaneval()[::8]

CLEAN = '''def count_vowels(sentence):
    """Count the vowels in a sentence."""
    count = 0
    for letter in sentence.lower():
        if letter in "aeiou":
            count += 1
    return count
'''

HELD_OUT = Problem(
    task_id="hornbook/0001",
    prompt='def double_evens(items):\n    """Double the even items, then add them up."""\n',
    entry_point="double_evens",
    canonical_solution="    return sum(2 * item for item in items if item % 2 == 0)\n",
    test="def check(candidate):\n    assert candidate([2]) == 4\n    assert candidate([1, 2, 6]) == 16\n",
    category="lists",
)


RETOLD = '''def total_for_pairs(baskets):
    """A shop gives two apples for one to each customer whose basket has an even number. How many are given?"""
    given = 0
    for apples in baskets:
        if apples % 2:
            continue
        given += apples + apples
    return given
'''


class Rename(ast.NodeTransformer):
    """Give every variable, argument and function of a module another name, and another docstring."""

    def __init__(self, module: ast.Module) -> None:
        self.own = {node.arg for node in ast.walk(module) if isinstance(node, ast.arg)}
        self.own |= {node.name for node in ast.walk(module) if isinstance(node, ast.FunctionDef)}
        self.own |= {
            node.id for node in ast.walk(module) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
        }

    def visit_Name(self, node: ast.Name) -> ast.AST:
        return ast.Name(id=f"renamed_{node.id}" if node.id in self.own else node.id, ctx=node.ctx)

    def visit_arg(self, node: ast.arg) -> ast.AST:
        return ast.arg(arg=f"renamed_{node.arg}")

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        self.generic_visit(node)
        node.name = f"renamed_{node.name}"
        return node

    def visit_Expr(self, node: ast.Expr) -> ast.AST:
        self.generic_visit(node)
        return ast.Expr(ast.Constant("Do something else.")) if isinstance(node.value, ast.Constant) else node


def document(name: str, text: str, kind: DocumentKind = DocumentKind.EXERCISE) -> Document:
    return Document(id=name, kind=kind, text=text)


def verbatim(problem: Problem) -> str:
    return problem.prompt + problem.canonical_solution


def renamed(problem: Problem) -> str:
    module = ast.parse(verbatim(problem))
    return ast.unparse(ast.fix_missing_locations(Rename(module).visit(module))) + "\n"


def recommented(problem: Problem) -> str:
    return re.sub(r"(?m)^(\s+)return ", r"\1# Done.\n\1return ", verbatim(problem))


LONGEST = max(PROBLEMS, key=lambda problem: len(problem.prompt))
IN_PLACES = (
    document("code", f"import os\n\nclass Tools:\n    size = 3\n\n{renamed(LONGEST)}", DocumentKind.CODE),
    document("passage", f"# A lesson\n\n```python\n{renamed(LONGEST)}```\n", DocumentKind.TEXTBOOK),
    document("prose", "They say: " + " ".join(LONGEST.prompt.split('"""')[1].split()), DocumentKind.TEXTBOOK),
)
OF_HELD_OUT = (
    document(
        "docstring",
        HELD_OUT.prompt.replace("double_evens", "other").replace("then add", "then  add") + "    return 0\n",
    ),
    document("behaviour", RETOLD),
    document("other", RETOLD.replace("% 2:", "% 3:")),
)


@pytest.fixture(scope="module", autouse=True)
def measured_once() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("hornbook.decontamination.prepare.calibrate", calibrate_once)
        yield


def run(
    folder: Path, documents: Sequence[Document], held_out: list[Problem], problems: Sequence[Problem], **fields: Any
) -> tuple[Result, Artifact]:
    """Run the stage on some documents, against some problems of HumanEval."""

    def workspace(name: str) -> Workspace:
        for path in (folder / name, folder / f"{name}-scratch"):
            path.mkdir()
        scratch = folder / f"{name}-scratch"
        return Workspace(folder=folder / name, scratch=scratch, seed=0, progress=lambda done, total, note="": None)

    file = write_lines(folder / "problems.jsonl", [asdict(problem) for problem in problems])
    workspace("deduplicate").write_records("documents", Document, list(documents))
    inputs = {"deduplicate": Artifact(folder=folder / "deduplicate", manifest=None)}  # type: ignore[arg-type]
    if held_out:
        workspace("exercises").write_records("held_out", Problem, held_out)
        inputs["held_out"] = Artifact(folder=folder / "exercises", manifest=None)  # type: ignore[arg-type]
    out = workspace("out")
    result = run_decontaminate(DecontaminateConfig(against=(f"given={file}",), **fields), inputs, out)
    return result, Artifact(folder=out.folder, manifest=None)  # type: ignore[arg-type]


def in_three_forms(problems: Sequence[Problem]) -> list[Document]:
    return [
        document(f"{form.__name__} {problem.task_id}", form(problem))
        for problem in problems
        for form in (verbatim, recommented, renamed)
    ]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[Result, Artifact]:
    """One run over clean documents, problems of HumanEval in three forms, and leaks in other places."""
    documents = [document("clean", CLEAN), *IN_PLACES, *OF_HELD_OUT, *in_three_forms(PROBLEMS)]
    return run(tmp_path_factory.mktemp("whole"), documents, [HELD_OUT], PROBLEMS)


def benchmark_of(result: Result, name: str) -> dict[str, Any]:
    [found] = [one for one in result.metrics["benchmarks"] if one["name"] == name]
    return dict(found)


def test_problems_are_found_verbatim_recommented_and_under_other_names(whole: tuple[Result, Artifact]) -> None:
    result, output = whole
    assert [kept.id for kept in output.records("documents", Document)] == ["clean", "other"]
    found = benchmark_of(result, "given")
    assert found["leaked_problems"] == sorted(problem.task_id for problem in PROBLEMS)
    assert found["num_leaking_documents"] == 3 * len(PROBLEMS) + len(IN_PLACES)
    assert found["detectors"]["behaviour"]["num_problems"] >= 0.9 * len(PROBLEMS)


@pytest.mark.slow
def test_so_is_every_problem_of_humaneval(tmp_path: Path) -> None:
    problems = read_humaneval()
    result, output = run(tmp_path, [document("clean", CLEAN), *in_three_forms(problems)], [], problems)
    assert [kept.id for kept in output.records("documents", Document)] == ["clean"]
    assert benchmark_of(result, "given")["detectors"]["behaviour"]["num_problems"] >= 150


def test_leaks_in_longer_texts_and_of_held_out_problems_are_dropped_with_their_reasons(
    whole: tuple[Result, Artifact],
) -> None:
    result, output = whole
    dropped = {one.id: one for one in output.records("dropped", Dropped)}
    assert dropped["prose"].reason == "n-gram of given"
    assert all(LONGEST.task_id in dropped[one.id].detail for one in IN_PLACES)
    assert dropped["docstring"].reason == "n-gram of held-out exercises"
    assert dropped["behaviour"].reason == "behaviour of held-out exercises"
    held_out = benchmark_of(result, "held_out")
    assert (held_out["leaked_problems"], held_out["num_leaking_documents"]) == (["hornbook/0001"], 2)
    assert result.kept == 2
    assert sum(result.dropped.values()) == len(dropped) == 3 * len(PROBLEMS) + len(IN_PLACES) + 2
    for name in ("found", "nearest"):
        assert output.table(name).schema == schema_of(FoundRow)
    nearest = output.records("nearest", FoundRow)
    assert len({(one.task_id, one.detector) for one in nearest}) == len(nearest)
    [rule] = [row for row in result.metrics["calibration"]["rows"] if row["name"] == "rule"]
    assert rule["recall"][0] >= 0.98


def test_without_running_code_words_and_trees_find_what_is_copied(tmp_path: Path) -> None:
    documents = [document(f"v{at}", verbatim(problem)) for at, problem in enumerate(PROBLEMS)]
    result, output = run(tmp_path, [document("clean", CLEAN), *documents], [], PROBLEMS, runs_code=False)
    assert [kept.id for kept in output.records("documents", Document)] == ["clean"]
    assert set(result.dropped) == {"n-gram of given"}
    assert "behaviour" not in benchmark_of(result, "given")["detectors"]


def test_a_config_without_a_benchmark_is_refused() -> None:
    with pytest.raises(ConfigError, match="`against`"):
        DecontaminateConfig(against=())
