import itertools
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.deduplication.built import CONFIG, deduplicated, duplicates_of, edited_texts, keepers_of, write
from tests.deduplication.sets import first_members, jaccard, runs_of

from hornbook.deduplication import stage as module
from hornbook.deduplication.stage import EXACT, NEAR, DeduplicateConfig, run_deduplicate
from hornbook.errors import ConfigError
from hornbook.pipeline.stage import Artifact, Result, Workspace
from hornbook.records import Document, DocumentKind, Dropped, Exercise, textbook_passage

LINES = [f"    value_{number} = step(value_{number - 1}, {number * 7})" for number in range(1, 60)]
CODE = "\n".join(["def run(value_0):", *LINES]) + "\n"


def code(name: str, text: str) -> Document:
    return Document(id=name, kind=DocumentKind.CODE, text=text)


def passage(name: str, text: str) -> Document:
    return textbook_passage(id=name, text=text, teacher="curriculum")


def exercise(name: str, prompt: str, solution: str) -> Exercise:
    texts = dict.fromkeys(("test", "family", "docstring_style", "teacher"), "")
    return Exercise(id=name, prompt=prompt, solution=solution, entry_point="f", operations=("o",), **texts)  # type: ignore[arg-type]


def workspace(folder: Path) -> Workspace:
    (folder / "scratch").mkdir(parents=True)
    return Workspace(folder=folder, scratch=folder / "scratch", seed=0, progress=lambda done, total, note="": None)


def ran(folder: Path, config: DeduplicateConfig, **tables: tuple[str, type[Any], list[Any]]) -> tuple[Result, Artifact]:
    """The stage over inputs that each hold one table."""
    inputs = {}
    for name, (table, record, records) in tables.items():
        workspace(folder / name).write_records(table, record, records)
        inputs[name] = Artifact(folder=folder / name, manifest=None)  # type: ignore[arg-type]
    out = workspace(folder / "out")
    return run_deduplicate(config, inputs, out), Artifact(folder=out.folder, manifest=None)  # type: ignore[arg-type]


@pytest.mark.parametrize("threshold", [0.6, 0.8])
def test_clusters_are_those_of_comparing_all_pairs(tmp_path: Path, threshold: float) -> None:
    texts = edited_texts(40, seed=1)
    sets = [runs_of(text.split(), 5) for text in texts]
    similarity = {(a, b): jaccard(sets[a], sets[b]) for a, b in itertools.combinations(range(len(sets)), 2)}
    near = [pair for pair, value in similarity.items() if value >= threshold]
    source = write(tmp_path / "texts.jsonl", texts)
    artifact = deduplicated(source, tmp_path / "store", DeduplicateConfig(threshold=threshold))
    assert len(near) > 100
    assert keepers_of(artifact, len(texts)) == first_members(len(sets), near)
    for one in duplicates_of(artifact):
        assert one.jaccard == pytest.approx(similarity[int(one.duplicate_of), int(one.id)], abs=1e-4)
        assert (one.reason == EXACT) == (one.jaccard == 1.0)
        assert one.duplicate_of == one.kept or one.reason == EXACT
    kept = [document.id for document in artifact.table("documents", Document)]
    assert kept == [str(row) for row, keeper in enumerate(keepers_of(artifact, len(texts))) if row == keeper]


def test_the_size_of_the_parts_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = write(tmp_path / "texts.jsonl", edited_texts(12, seed=2))
    whole = deduplicated(source, tmp_path / "whole")
    assert len(duplicates_of(whole)) > 24
    for num_bytes in (3000, 9000):
        monkeypatch.setattr("hornbook.sources.rows.PIECE_BYTES", num_bytes)
        parted = deduplicated(source, tmp_path / str(num_bytes))
        assert len(parted.table("documents", Document).parts) > 1
        assert duplicates_of(parted) == duplicates_of(whole)
        assert parted.records("documents", Document) == whole.records("documents", Document)


def test_what_an_exact_duplicate_repeats_may_itself_repeat_something(tmp_path: Path) -> None:
    words = [f"w{number}" for number in range(100)]
    changed = [*words[:50], "other", *words[51:]]
    texts = [" ".join(words), " ".join(changed), " ".join(changed) + "\n\n", "quite another text"]
    duplicates = duplicates_of(deduplicated(write(tmp_path / "texts.jsonl", texts), tmp_path / "store"))
    found = [(one.id, one.duplicate_of, one.kept, one.reason) for one in duplicates]
    assert found == [("1", "0", "0", NEAR), ("2", "1", "0", EXACT)]
    assert duplicates[0].jaccard == pytest.approx(91 / 101, abs=1e-4)


def test_killed_at_file_operations_it_ends_with_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class KilledError(BaseException):
        pass

    source = write(tmp_path / "texts.jsonl", edited_texts(6, seed=3))
    monkeypatch.setattr("hornbook.sources.rows.PIECE_BYTES", 3000)
    counted = itertools.count()
    alive = float("inf")
    rename, memmap = Path.rename, np.memmap

    def dying(real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **options: Any) -> Any:
            if next(counted) >= alive:
                raise KilledError
            return real(*arguments, **options)

        return call

    monkeypatch.setattr(Path, "rename", dying(rename))
    monkeypatch.setattr(module.np, "memmap", dying(memmap))
    files = deduplicated(source, tmp_path / "whole").manifest.files
    num_operations = next(counted)
    assert num_operations > 10
    for alive in sorted(random.Random(0).sample(range(num_operations), 4)):
        counted = itertools.count()
        with pytest.raises(KilledError):
            deduplicated(source, tmp_path / str(alive))
        counted, store = itertools.count(), tmp_path / str(alive)
        alive = float("inf")
        assert deduplicated(source, store).manifest.files == files


def test_duplicates_among_all_kinds_are_dropped_with_the_record_they_repeat(tmp_path: Path) -> None:
    samples = [code("c1", CODE), code("c2", CODE.replace("value_30 =", "result =")), code("c3", CODE + "\n\n")]
    passages = [passage("t1", CODE), passage("t2", "Lists hold things.\n")]
    exercises = [exercise("e1", "def f(a):\n", "    return a\n"), exercise("e2", "def f(a):\n", "    return -a\n")]
    result, output = ran(
        tmp_path,
        DeduplicateConfig(),
        select=("documents", Document, samples),
        textbooks=("documents", Document, passages),
        exercises=("exercises", Exercise, exercises),
    )
    assert (result.kept, result.unit, dict(result.dropped)) == (4, "documents", {EXACT: 2, NEAR: 1})
    kept = output.records("documents", Document)
    assert [document.id for document in kept] == ["c1", "t2", "e1", "e2"]
    assert (kept[2].kind, kept[2].text) == (DocumentKind.EXERCISE, "def f(a):\n    return a\n")
    dropped = output.records("dropped", Dropped)
    assert [(one.id, one.reason) for one in dropped] == [("c2", NEAR), ("c3", EXACT), ("t1", EXACT)]
    assert dropped[0].detail.startswith("of c1, Jaccard similarity 0.9")
    assert dropped[1].detail == "of c1"
    counts = ("num_documents", "num_exact_duplicates", "num_near_duplicates", "num_compared_pairs")
    assert result.metrics["code"] == dict(zip(counts, (3, 1, 1, 1), strict=True))


def test_kinds_have_thresholds_of_their_own_and_are_never_near_each_other(tmp_path: Path) -> None:
    near = CODE
    for number in range(5, 55, 5):  # A similarity between 0.8 and 0.9.
        near = near.replace(f"value_{number} =", "result =")

    def num_kept(name: str, config: DeduplicateConfig, *kinds: DocumentKind) -> int:
        pair = [
            Document(id=str(number), kind=kind, text=text)
            for number, (kind, text) in enumerate(zip(kinds, (CODE, near), strict=True))
        ]
        return ran(tmp_path / name, config, a=("documents", Document, pair))[0].kept

    for kind, number in ((DocumentKind.CODE, 1), (DocumentKind.TEXTBOOK, 2), (DocumentKind.EXERCISE, 2)):
        assert num_kept(kind.value, DeduplicateConfig(), kind, kind) == number, kind
    low = DeduplicateConfig(threshold=0.5, synthetic_threshold=0.5)
    assert num_kept("apart", low, DocumentKind.CODE, DocumentKind.TEXTBOOK) == 2
    assert num_kept("low", low, DocumentKind.TEXTBOOK, DocumentKind.TEXTBOOK) == 1


def test_texts_of_every_shape_are_compared(tmp_path: Path) -> None:
    short = ["a b", "a b", "a c", "", " ", "f(a,b)\nreturn  a+b", "f ( a , b ) return a + b", "f(a,b)\nreturn  a-b"]
    artifact = deduplicated(write(tmp_path / "s.jsonl", short), tmp_path / "s", DeduplicateConfig(threshold=1.0))
    assert keepers_of(artifact, len(short)) == [0, 0, 2, 3, 3, 5, 5, 7]
    code = ["if a:\n    b()\nc()\n", "if a:\n    b()\n    c()\n", "if a:  \n\n\n    b()\nc()"]
    indented = [*code, "x", "y", "x\n", "y "]
    artifact = deduplicated(write(tmp_path / "i.jsonl", indented), tmp_path / "i", CONFIG)
    reasons = {one.id: (one.duplicate_of, one.reason) for one in duplicates_of(artifact)}
    assert {"2": ("0", EXACT), "5": ("3", EXACT), "6": ("4", EXACT)}.items() <= reasons.items()
    single, output = ran(tmp_path / "single", CONFIG, a=("documents", Document, []))
    assert (single.kept, output.records("documents", Document)) == (0, [])


@pytest.mark.parametrize("name", ["threshold", "synthetic_threshold"])
def test_a_wrong_threshold_is_named(name: str) -> None:
    for value in (0, 1.1):
        with pytest.raises(ConfigError, match=f"`{name}`"):
            DeduplicateConfig(**{name: value})
