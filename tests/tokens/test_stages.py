from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pyarrow.parquet as pq

from hornbook.artifacts.stage import Workspace
from hornbook.records import Document, DocumentKind, table_of
from hornbook.tokens.pack import TokenStream
from hornbook.tokens.stages import TokenizeConfig, run_tokenize, run_tokenizer
from hornbook.tokens.tokenizer import TokenizerConfig

DOCUMENTS = [
    Document(id=f"{kind}-{number}", kind=kind, text=f"{kind} {number}\n" * 3)
    for kind in DocumentKind
    for number in range(50)
]


def run_both(folder: Path) -> dict[str, Any]:
    folder.mkdir(exist_ok=True)
    pq.write_table(table_of(Document, DOCUMENTS), folder / "documents.parquet")
    documents = SimpleNamespace(records=lambda name, record: DOCUMENTS, path=lambda name: folder / name)
    results = {}
    inputs: dict[str, Any] = {"decontaminate": documents}
    for name, run, config in [
        ("tokenizer", run_tokenizer, TokenizerConfig(vocab_size=280)),
        ("tokenize", run_tokenize, TokenizeConfig()),
    ]:
        place = folder / name
        place.mkdir()
        (folder / "scratch").mkdir(exist_ok=True)
        workspace = Workspace(folder=place, scratch=folder / "scratch", seed=0, progress=lambda *_: None)
        results[name] = run(config, inputs, workspace)
        inputs[name] = SimpleNamespace(path=lambda file, place=place: place / file)
    return results


def test_code_and_textbooks_pretrain_and_exercises_finetune_and_a_second_run_writes_the_same_bytes(
    tmp_path: Path,
) -> None:
    contents = []
    for name in ("first", "second"):
        results = run_both(tmp_path / name)
        files = sorted(path for path in (tmp_path / name).rglob("*") if path.is_file())
        contents.append({str(path.relative_to(tmp_path / name)): path.read_bytes() for path in files})
    assert contents[0] == contents[1]
    assert len(contents[0]) == 12
    counts = {name: results["tokenize"].metrics[name]["num_documents"] for name in ("pretrain", "finetune")}
    assert sum(counts["pretrain"].values()) == 100
    assert sum(counts["finetune"].values()) == 50
    assert counts["finetune"]["held-out"] >= 1
    stream = TokenStream(tmp_path / "first" / "tokenize" / "finetune", "train")
    assert all(name.startswith("exercise") for name in stream.documents_of(0, len(stream)))
