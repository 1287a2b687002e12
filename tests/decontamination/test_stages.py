import ast
import dataclasses
import re
from pathlib import Path

import pytest

from hornbook.artifacts.stage import Artifact, Workspace
from hornbook.benchmarks.humaneval import read_humaneval
from hornbook.decontamination.functions import solution_of
from hornbook.decontamination.resemblance import DetectorConfig, Resemblance
from hornbook.decontamination.stages import DecontaminateConfig, decontaminate, run_decontaminate
from hornbook.errors import ConfigError
from hornbook.records import Document, DocumentKind, Dropped, Problem, schema_of

PROBLEMS = read_humaneval()
CONFIG = DecontaminateConfig()

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
    test="def check(candidate):\n    assert candidate([2]) == 4\n",
    category="lists",
)


class Rename(ast.NodeTransformer):
    """Give every variable, argument and function another name, and another docstring."""

    def visit_Name(self, node: ast.Name) -> ast.AST:
        return ast.Name(id=f"renamed_{node.id}", ctx=node.ctx)

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
    return ast.unparse(ast.fix_missing_locations(Rename().visit(module))) + "\n"


def recommented(problem: Problem) -> str:
    return re.sub(r"(?m)^(\s+)return ", r"\1# Done.\n\1return ", verbatim(problem))


def num_nodes(problem: Problem) -> int:
    solution = solution_of(problem)
    assert solution is not None
    return len(solution.tree)


def test_every_verbatim_or_recommented_problem_is_found() -> None:
    documents = [document(f"v{at}", verbatim(problem)) for at, problem in enumerate(PROBLEMS)]
    documents += [document(f"r{at}", recommented(problem)) for at, problem in enumerate(PROBLEMS)]
    result = decontaminate([document("clean", CLEAN), *documents], PROBLEMS, [], CONFIG)
    assert [kept.id for kept in result.kept] == ["clean"]
    assert result.metrics["humaneval"]["num_leaked_problems"] == len(PROBLEMS)


def test_every_renamed_solution_that_is_not_tiny_is_found() -> None:
    large = [problem for problem in PROBLEMS if num_nodes(problem) >= CONFIG.detectors.min_tree_nodes]
    documents = [document(problem.task_id, renamed(problem)) for problem in PROBLEMS]
    result = decontaminate(documents, PROBLEMS, [], CONFIG)
    dropped = {dropped.id for dropped in result.dropped}
    assert dropped >= {problem.task_id for problem in large}
    assert len(large) >= 130
    assert {dropped.reason for dropped in result.dropped} == {"syntax tree of HumanEval"}


def test_a_leak_inside_a_longer_text_or_a_fenced_block_is_found() -> None:
    problem = next(problem for problem in PROBLEMS if num_nodes(problem) > 60)
    code = f"import os\n\nclass Tools:\n    size = 3\n\n{renamed(problem)}"
    passage = f"# A lesson\n\nRead this:\n\n```python\n{renamed(problem)}```\n"
    prose = "As they say: " + " ".join(problem.prompt.split('"""')[1].split())
    documents = [
        document("code", code, DocumentKind.CODE),
        document("passage", passage, DocumentKind.TEXTBOOK),
        document("prose", prose, DocumentKind.TEXTBOOK),
        document("clean", CLEAN),
    ]
    result = decontaminate(documents, PROBLEMS, [], CONFIG)
    assert [kept.id for kept in result.kept] == ["clean"]
    assert [dropped.reason for dropped in result.dropped] == [
        "syntax tree of HumanEval",
        "syntax tree of HumanEval",
        "n-gram of HumanEval",
    ]
    assert problem.task_id in result.dropped[0].detail


def test_a_tiny_solution_counts_only_under_its_own_name() -> None:
    tiny = min(PROBLEMS, key=num_nodes)
    other = renamed(tiny)
    same_name = other.replace(f"renamed_{tiny.entry_point}", tiny.entry_point)
    result = decontaminate([document("other", other), document("same", same_name)], PROBLEMS, [], CONFIG)
    assert [kept.id for kept in result.kept] == ["other"]


def test_a_held_out_problem_is_a_leak_by_its_docstring_and_only_counted_by_its_tree() -> None:
    same_docstring = HELD_OUT.prompt.replace("double_evens", "other").replace("then add", "then  add")
    same_tree = "def other(values):\n" + HELD_OUT.canonical_solution.replace("item", "value")
    documents = [
        document("docstring", same_docstring + "    return 0\n"),
        document("tree", same_tree),
        document("clean", CLEAN),
    ]
    result = decontaminate(documents, [], [HELD_OUT], CONFIG)
    assert [kept.id for kept in result.kept] == ["tree", "clean"]
    assert result.dropped == [
        Dropped(
            id="docstring",
            reason="docstring of held-out exercises",
            detail="hornbook/0001, match rate 1.000: other",
        )
    ]
    assert result.metrics["held_out"]["by_match_rate"]["0.95"] == {"num_documents": 1, "num_problems": 1}
    assert {(near.task_id, near.detector, near.document_id) for near in result.nearest} == {
        ("hornbook/0001", "docstring", "docstring"),
        ("hornbook/0001", "syntax tree", "tree"),
    }


def test_the_stage_writes_its_tables(tmp_path: Path) -> None:
    def workspace(name: str) -> Workspace:
        (tmp_path / name).mkdir()
        return Workspace(folder=tmp_path / name, scratch=tmp_path, seed=0, progress=lambda done, total, note="": None)

    leak = verbatim(PROBLEMS[0])
    workspace("deduplicate").write_records("documents", Document, [document("clean", CLEAN), document("leak", leak)])
    workspace("exercises").write_records("held_out", Problem, [HELD_OUT])
    out = workspace("out")
    inputs = {
        "deduplicate": Artifact(folder=tmp_path / "deduplicate", manifest=None),  # type: ignore[arg-type]
        "held_out": Artifact(folder=tmp_path / "exercises", manifest=None),  # type: ignore[arg-type]
    }
    result = run_decontaminate(CONFIG, inputs, out)
    output = Artifact(folder=out.folder, manifest=None)  # type: ignore[arg-type]
    assert (result.kept, sum(result.dropped.values())) == (1, 1)
    assert [kept.id for kept in output.records("documents", Document)] == ["clean"]
    assert output.records("dropped", Dropped)[0].detail.startswith("HumanEval/0, ")
    assert output.table("nearest").schema == schema_of(Resemblance)
    assert {near.task_id for near in output.records("nearest", Resemblance)} == {"HumanEval/0"}


def test_a_match_rate_below_what_is_reported_is_refused() -> None:
    with pytest.raises(ConfigError, match="`match_rate`"):
        DecontaminateConfig(match_rate=0.7)
    with pytest.raises(ConfigError, match="`ngram_size`"):
        DetectorConfig(ngram_size=1)
    assert dataclasses.replace(CONFIG, match_rate=1.0).match_rate == 1.0
