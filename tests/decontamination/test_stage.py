import random
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from tests.commands.typed import write_lines
from tests.decontamination.own_problems import PROBLEM, RETOLD, UNRELATED, problem_of

from hornbook.benchmarks.humaneval import read_humaneval
from hornbook.decontamination.findings import FoundRow
from hornbook.decontamination.planted import LeakKind, leak_text
from hornbook.decontamination.stage import DecontaminateConfig, run_decontaminate
from hornbook.pipeline.stage import Artifact, Result, Workspace
from hornbook.records import Document, DocumentKind, Dropped, Problem, schema_of

SEED = 3
PROBLEMS = read_humaneval()[::28]


HELD_OUT = problem_of(
    'def double_evens(items):\n    """Double the even items, then add them up."""\n',
    PROBLEM.canonical_solution,
    name="double_evens",
    task_id="hornbook/0001",
    test="def check(candidate):\n    assert candidate([2]) == 4\n    assert candidate([1, 2, 6]) == 16\n",
)


def document(name: str, text: str, kind: DocumentKind = DocumentKind.EXERCISE) -> Document:
    return Document(id=name, kind=kind, text=text)


def in_two_forms(problems: Sequence[Problem]) -> list[Document]:
    return [
        document(f"{kind} {problem.task_id}", leak_text(problem, kind, random.Random(0)) or "")
        for problem in problems
        for kind in (LeakKind.VERBATIM, LeakKind.RENAMED)
    ]


LONGEST = max(PROBLEMS, key=lambda problem: len(problem.prompt))
OTHER_NAMES = in_two_forms([LONGEST])[1].text
IN_PLACES = (
    document("code", f"import os\n\nclass Tools:\n    size = 3\n\n{OTHER_NAMES}", DocumentKind.CODE),
    document("passage", f"# A lesson\n\n```python\n{OTHER_NAMES}```\n", DocumentKind.TEXTBOOK),
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
        patch.setattr("hornbook.decontamination.stage.calibrate", lambda config, sandbox, seed: {"seed": seed})
        yield


def run(
    folder: Path, documents: Sequence[Document], held_out: list[Problem], problems: Sequence[Problem], **fields: Any
) -> tuple[Result, Artifact]:
    """Run the stage on some documents, against some problems of HumanEval."""

    def workspace(name: str) -> Workspace:
        for path in (folder / name, folder / f"{name}-scratch"):
            path.mkdir()
        scratch = folder / f"{name}-scratch"
        return Workspace(folder=folder / name, scratch=scratch, seed=SEED, progress=lambda done, total, note="": None)

    file = write_lines(folder / "problems.jsonl", [asdict(problem) for problem in problems])
    workspace("deduplicate").write_records("documents", Document, list(documents))
    inputs = {"documents": Artifact(folder=folder / "deduplicate", manifest=None)}  # type: ignore[arg-type]
    if held_out:
        workspace("exercises").write_records("held_out", Problem, held_out)
        inputs["held_out"] = Artifact(folder=folder / "exercises", manifest=None)  # type: ignore[arg-type]
    out = workspace("out")
    result = run_decontaminate(DecontaminateConfig(against=(f"given={file}",), **fields), inputs, out)
    return result, Artifact(folder=out.folder, manifest=None)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[Result, Artifact]:
    """One run over clean documents, problems of HumanEval verbatim and under other names, and leaks in other places."""
    documents = [document("clean", UNRELATED), *IN_PLACES, *OF_HELD_OUT, *in_two_forms(PROBLEMS)]
    return run(tmp_path_factory.mktemp("whole"), documents, [HELD_OUT], PROBLEMS)


def benchmark_of(result: Result, name: str) -> dict[str, Any]:
    [found] = [one for one in result.metrics["benchmarks"] if one["name"] == name]
    return dict(found)


def test_problems_are_found_verbatim_and_under_other_names(whole: tuple[Result, Artifact]) -> None:
    result, output = whole
    assert [kept.id for kept in output.records("documents", Document)] == ["clean", "other"]
    found = benchmark_of(result, "given")
    assert found["leaked_problems"] == sorted(problem.task_id for problem in PROBLEMS)
    assert found["num_leaking_documents"] == 2 * len(PROBLEMS) + len(IN_PLACES)
    assert found["detectors"]["behaviour"]["num_problems"] >= 0.9 * len(PROBLEMS)


@pytest.mark.slow
def test_so_is_every_problem_of_humaneval(tmp_path: Path) -> None:
    problems = read_humaneval()
    result, output = run(tmp_path, [document("clean", UNRELATED), *in_two_forms(problems)], [], problems)
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
    assert sum(result.dropped.values()) == len(dropped) == 2 * len(PROBLEMS) + len(IN_PLACES) + 2
    for name in ("found", "nearest"):
        assert output.arrow(name).schema == schema_of(FoundRow)
    nearest = output.records("nearest", FoundRow)
    assert len({(one.task_id, one.detector) for one in nearest}) == len(nearest)
    assert result.metrics["calibration"] == {"seed": SEED}, "the run's own"


def test_a_text_that_is_too_long_is_dropped_with_its_length(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hornbook.decontamination.passes.MOST_CHARACTERS", len(UNRELATED))
    documents = [document("short", UNRELATED), document("long", UNRELATED + "\n")]
    result, output = run(tmp_path, documents, [], PROBLEMS[:1], run_code=False)
    assert [one.id for one in output.records("documents", Document)] == ["short"]
    [dropped] = output.records("dropped", Dropped)
    assert (dropped.id, dropped.reason, dict(result.dropped)) == ("long", "too long", {"too long": 1})
    assert dropped.detail.startswith(f"{len(UNRELATED) + 1} characters")
