from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.evaluation.small import make_run
from tests.pipeline.conftest import SilentObserver

from hornbook.errors import DamagedArtifactError, MissingInputError
from hornbook.pipeline.run import Pipeline, run
from hornbook.pipeline.stage import Artifact, Result, Stage, Workspace
from hornbook.pipeline.store import Store
from hornbook.pipeline.table import TableWriter
from hornbook.records import Document, DocumentKind, Dropped, Exercise
from hornbook.tokens.pack import TokenStream
from hornbook.tokens.pretrained import ReadTokenizerConfig, find_tokenizer
from hornbook.tokens.shards import SPLITS
from hornbook.tokens.stages import EMPTY, EncodePart, TokenizeConfig, tokenize, train_tokenizer
from hornbook.tokens.tokenizer import TokenizerConfig, tokenizer_hash
from hornbook.tokens.tokenizer import train_tokenizer as train_on

TEXTS = [
    Document(id=f"{kind}-{number}", kind=kind, text=f"{kind} {number}\n" * 3 * (number != 7))
    for kind in (DocumentKind.CODE, DocumentKind.TEXTBOOK)
    for number in range(50)
]
EXERCISES = [
    Exercise(
        id=f"exercise-{number}",
        prompt=f"def add_{number}(x):\n",
        solution=f"    return x + {number}\n",
        **dict.fromkeys(("entry_point", "test", "family", "docstring_style", "teacher"), ""),
        operations=(),
    )
    for number in range(50)
]
CONFIG = TokenizerConfig(vocab_size=280)


@dataclass(frozen=True)
class NoConfig:
    """The documents are always the same."""


def write_documents(_config: NoConfig, _inputs: object, workspace: Workspace) -> Result:
    """Write 24 parts of texts and 9 of exercises."""
    for name, record, rows in (("documents", Document, TEXTS), ("exercises", Exercise, EXERCISES)):
        with TableWriter(workspace.folder / name, record, part_characters=200) as writer:
            for row in rows:
                writer.add(row)
    return Result(kept=150, unit="documents")


def stages_of(config: TokenizeConfig | None = None) -> tuple[Stage, Stage, Stage]:
    documents = Stage("documents", write_documents, NoConfig(), 1)
    tokenizer = train_tokenizer(documents, CONFIG)
    return documents, tokenizer, tokenize(documents, tokenizer, config)


def build(folder: Path, config: TokenizeConfig | None = None) -> dict[str, Artifact]:
    store = Store(folder)
    store.open_for_writing()
    outcomes = run(Pipeline("test", stages_of(config)), store, SilentObserver())
    return {name: outcome.artifact for name, outcome in outcomes.items()}


@pytest.fixture(scope="module", autouse=True)
def one_process() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("hornbook.parallel.num_cores", lambda: 1)
        yield


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Artifact]:
    return build(tmp_path_factory.mktemp("built"))


def ids_in(folder: Path) -> list[str]:
    streams = [TokenStream(folder, split) for split in SPLITS]
    return [name for stream in streams for name in stream.documents_of(0, len(stream))]


def test_code_and_textbooks_pretrain_and_exercises_finetune(built: dict[str, Artifact], tmp_path: Path) -> None:
    made = built["tokenize"]
    tokenizer = train_on(list(built["documents"].documents()), CONFIG)
    assert built["tokenizer"].manifest.metrics["sha256"] == tokenizer_hash(tokenizer)
    pretrain, finetune = (made.manifest.metrics[name]["num_documents"] for name in ("pretrain", "finetune"))
    assert sorted(ids_in(made.path("pretrain"))) == sorted(one.id for one in TEXTS if one.text)
    assert sorted(ids_in(made.path("finetune"))) == sorted(one.id for one in EXERCISES)
    assert (sum(pretrain.values()), sum(finetune.values())) == (98, 50)
    assert finetune["held-out"] >= 1
    stream = TokenStream(made.path("finetune"), "train")
    assert "def add_1(x):\n    return x + 1\n" in tokenizer.decode(stream.read(0, len(stream)).tolist())
    dropped = [(one.id, one.reason) for one in made.table("dropped", Dropped)]
    assert dropped == [("code-7", EMPTY), ("textbook-7", EMPTY)]
    for dataset in ("pretrain", "finetune"):
        file = made.path(dataset) / "tokenizer.json"
        assert file.read_bytes() == built["tokenizer"].path("tokenizer.json").read_bytes()
    whole = build(tmp_path, TokenizeConfig(separate_exercises=False))["tokenize"]
    assert not whole.has("finetune")
    both = [name for dataset in ("pretrain", "finetune") for name in ids_in(made.path(dataset))]
    assert sorted(ids_in(whole.path("pretrain"))) == sorted(both)


def test_interrupted_it_goes_on_behind_the_last_part_to_the_same_bytes(
    built: dict[str, Artifact], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = []
    encode = EncodePart.__call__

    def interrupted(self: EncodePart, part: Path, folder: Path) -> None:
        begun.append(part.name)
        if len(begun) == 5:
            raise KeyboardInterrupt
        encode(self, part, folder)

    monkeypatch.setattr(EncodePart, "__call__", interrupted)
    with pytest.raises(KeyboardInterrupt):
        build(tmp_path)
    made = build(tmp_path)["tokenize"]
    assert len(begun) == 1 + len(built["documents"].documents().parts)
    assert made.manifest.files == built["tokenize"].manifest.files


def test_a_runs_name_is_its_tokenizer(
    built: dict[str, Artifact], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mine").mkdir()  # The run goes before a folder of its name.
    monkeypatch.chdir(tmp_path)
    store = Store(tmp_path / "store")
    store.open_for_writing()
    make_run(store, "mine", stages_of()[:2])
    make_run(store, "begun", stages_of()[:1])
    config = ReadTokenizerConfig(source="mine", store=str(store.root))
    assert tokenizer_hash(find_tokenizer(config)) == built["tokenizer"].manifest.metrics["sha256"]
    with pytest.raises(MissingInputError, match="`begun` has no tokenizer yet"):
        find_tokenizer(ReadTokenizerConfig(source="begun", store=str(store.root)))
    (artifact,) = store.artifacts.glob("tokenizer-*")
    artifact.rename(tmp_path / "moved")
    with pytest.raises(DamagedArtifactError, match="`mine` is gone; `hornbook run own` rebuilds it"):
        find_tokenizer(config)
