from pathlib import Path

from hornbook.deduplication.exact import EXACT
from hornbook.deduplication.minhash import NEAR, NearConfig
from hornbook.deduplication.stages import DeduplicateConfig, deduplicate, gather_documents, run_deduplicate
from hornbook.pipeline.stage import Artifact, Workspace
from hornbook.records import (
    CodeSample,
    Document,
    DocumentKind,
    Dropped,
    Exercise,
    Passage,
    SampleKind,
    records_of,
    schema_of,
)

LINES = [f"    value_{number} = step(value_{number - 1}, {number * 7})" for number in range(1, 60)]
CODE = "\n".join(["def run(value_0):", *LINES]) + "\n"


def code(name: str, text: str) -> CodeSample:
    texts = {"source": "s", "path": "p.py", "module": "p", "qualname": "run", "license": "PSF-2.0"}
    return CodeSample(id=name, text=text, kind=SampleKind.FUNCTION, first_line=1, last_line=9, **texts)


def passage(name: str, text: str) -> Passage:
    return Passage(id=name, text=text, family="f", topic="t", audience="a", style="s", teacher="curriculum")


def exercise(name: str, prompt: str, solution: str) -> Exercise:
    texts = dict.fromkeys(("test", "family", "idiom", "docstring_style", "teacher"), "")
    return Exercise(id=name, prompt=prompt, solution=solution, entry_point="f", operations=("o",), **texts)  # type: ignore[arg-type]


SAMPLES = [code("c1", CODE), code("c2", CODE.replace("value_30 =", "result =")), code("c3", CODE + "\n\n")]
PASSAGES = [passage("t1", CODE), passage("t2", "Lists hold things.\n")]
EXERCISES = [exercise("e1", "def f(a):\n", "    return a\n"), exercise("e2", "def f(a):\n", "    return -a\n")]


def test_planted_duplicates_are_dropped_with_the_record_they_repeat() -> None:
    result = deduplicate(gather_documents(SAMPLES, PASSAGES, EXERCISES), DeduplicateConfig())
    assert [document.id for document in result.kept] == ["c1", "t2", "e1", "e2"]
    assert result.kept[2] == Document(id="e1", kind=DocumentKind.EXERCISE, text="def f(a):\n    return a\n")
    assert [(dropped.id, dropped.reason) for dropped in result.dropped] == [("c2", NEAR), ("c3", EXACT), ("t1", EXACT)]
    assert result.dropped[0].detail.startswith("of c1, Jaccard similarity 0.9")
    assert result.dropped[1].detail == "of c1"
    counts = ("num_documents", "num_exact_duplicates", "num_near_duplicates", "num_compared_pairs")
    assert result.metrics["code"] == dict(zip(counts, (3, 1, 1, 1), strict=True))


def test_kinds_have_thresholds_of_their_own_and_are_never_near_each_other() -> None:
    near = CODE
    for number in range(5, 55, 5):  # A similarity between 0.8 and 0.9.
        near = near.replace(f"value_{number} =", "result =")
    for kind, is_kept in ((DocumentKind.CODE, False), (DocumentKind.TEXTBOOK, True), (DocumentKind.EXERCISE, True)):
        pair = [Document(id=name, kind=kind, text=text) for name, text in (("a", CODE), ("b", near))]
        assert (len(deduplicate(pair, DeduplicateConfig()).kept) == 2) == is_kept, kind
    kinds = {"a": (DocumentKind.CODE, CODE), "b": (DocumentKind.TEXTBOOK, near)}
    apart = [Document(id=name, kind=kind, text=text) for name, (kind, text) in kinds.items()]
    assert len(deduplicate(apart, DeduplicateConfig(textbook=NearConfig(threshold=0.5))).kept) == 2
    assert deduplicate([], DeduplicateConfig()).kept == []


def test_the_stage_writes_its_tables(tmp_path: Path) -> None:
    def folder(name: str) -> Path:
        (tmp_path / name).mkdir()
        return tmp_path / name

    def workspace(name: str) -> Workspace:
        return Workspace(folder=folder(name), scratch=tmp_path, seed=0, progress=lambda done, total, note="": None)

    select, verify, out = workspace("select"), workspace("verify"), workspace("out")
    select.write_records("kept", CodeSample, SAMPLES)
    verify.write_records("passages", Passage, PASSAGES)
    verify.write_records("kept", Exercise, EXERCISES)
    inputs = {name: Artifact(folder=tmp_path / name, manifest=None) for name in ("select", "verify")}  # type: ignore[arg-type]
    result = run_deduplicate(DeduplicateConfig(), inputs, out)
    output = Artifact(folder=out.folder, manifest=None)  # type: ignore[arg-type]
    assert (result.kept, result.unit, dict(result.dropped)) == (4, "documents", {EXACT: 2, NEAR: 1})
    assert output.table("documents").schema == schema_of(Document)
    kinds = [document.kind for document in output.records("documents", Document)]
    assert kinds == ["code", "textbook", "exercise", "exercise"]
    assert len(records_of(Dropped, output.table("dropped"))) == 3
