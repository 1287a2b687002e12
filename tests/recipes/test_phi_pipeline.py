"""The paper's pipeline end to end, as typed, on a few documents that a person provides."""

import json
from pathlib import Path

import pytest
from tests.commands.typed import Printed, is_one_mistake, type_in
from tests.recipes import tiny_phi
from tests.recipes.tiny_phi import VERBS, settings_for, write_data
from tests.tokens.codegen_like import write_parts
from tokenizers import Tokenizer

from hornbook.errors import MissingInputError
from hornbook.pipeline.override import apply_overrides
from hornbook.pipeline.runs import RunFolder
from hornbook.pipeline.stage import Artifact
from hornbook.pipeline.store import Store
from hornbook.recipes.find import find_recipe
from hornbook.records import Document
from hornbook.tokens.pack import TokenStream

TINY = tiny_phi.__file__


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three folders of documents, and a tokenizer in parts as CodeGen's are."""
    folder = tmp_path_factory.mktemp("data")
    write_data(folder)
    (folder / "tokenizer").mkdir()
    write_parts(folder / "tokenizer")
    return folder


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("store")


@pytest.fixture(scope="module")
def printed(data: Path, store: Path) -> Printed:
    """What the run of all stages said."""
    return type_in("run", TINY, "--store", store, *settings_for(data))


@pytest.fixture(scope="module")
def artifacts(printed: Printed, store: Path) -> dict[str, Artifact]:
    assert printed.err == ""
    return RunFolder(Store(store), "tiny-phi").artifacts()


def test_all_stages_run_and_the_model_is_scored(printed: Printed, artifacts: dict[str, Artifact]) -> None:
    assert list(artifacts) == [stage.name for stage in find_recipe("phi-1-small")(0).stages]
    assert "unconventional-50" in printed.out
    assert artifacts["report"].path("report.html").is_file()
    card = artifacts["export"].path("model/README.md").read_text()
    assert "hornbook-phi-1-small" in card


def test_documents_come_through_to_tokens(artifacts: dict[str, Artifact], data: Path) -> None:
    code = [json.loads(one.metadata) for one in artifacts["code"].documents()]
    assert [(one["origin"], one["licenses"]) for one in code[:2]] == [
        (f"part.parquet:{row}", ["MIT"]) for row in (1, 2)
    ]
    kinds = {name: {one.kind for one in artifacts[name].documents()} for name in ("code", "textbooks", "exercises")}
    assert kinds == {"code": {"code"}, "textbooks": {"textbook"}, "exercises": {"exercise"}}
    documents = artifacts["decontaminate"].records("documents", Document)
    assert len({document.id for document in documents}) == len(documents) == 3 * len(VERBS) + 1
    tokenizer = Tokenizer.from_file(str(artifacts["tokenizer"].path("tokenizer.json")))
    written = {kind: _text_of(artifacts["tokenize"].path(kind), tokenizer) for kind in ("pretrain", "finetune")}
    for verb in VERBS:
        assert f"def {verb}_rows" in written["pretrain"]
        assert f"To {verb} a number" in written["pretrain"]
        assert f"def {verb}_all" in written["finetune"]


def _text_of(folder: Path, tokenizer: Tokenizer) -> str:
    streams = [TokenStream(folder, split) for split in ("train", "held-out")]
    return "".join(tokenizer.decode(stream.read(0, len(stream)).tolist()) for stream in streams)


def test_both_trainings_run_on_them(artifacts: dict[str, Artifact]) -> None:
    for name in ("pretrain", "finetune"):
        assert artifacts[name].path("model.safetensors").is_file()
    lines = artifacts["finetune"].path("log.jsonl").read_text().splitlines()
    assert any("validation_loss" in json.loads(line) for line in lines)
    metrics = artifacts["finetune"].manifest.metrics
    lowest = min(metrics["validation_losses"], key=lambda measured: measured["loss"])
    assert metrics["result_step"] == lowest["step"]


def test_a_plan_of_a_run_that_is_there_needs_nothing(artifacts: dict[str, Artifact], data: Path, store: Path) -> None:
    assert artifacts
    plan = type_in("plan", TINY, "--store", store, "--json", *settings_for(data)).json
    assert {stage["reuse"] for stage in plan["stages"]} == {"reused"}
    assert (plan["total"]["missing"], plan["total"]["flops"], plan["total"]["disk_bytes"]) == ([], 0, 0)


def test_without_data_a_run_names_what_is_missing_and_leaves_no_trace(data: Path, tmp_path: Path) -> None:
    given = ("--set", f"code.inputs={data / 'code'}", "--set", f"exercises.inputs={data / 'exercises'}")
    missing = "--set code.inputs=PATH --set textbooks.inputs=PATH --set exercises.inputs=PATH"
    for more, settings in (((), missing), (given, "add --set textbooks.inputs=PATH\n")):
        failed = type_in("run", "phi-1", "--store", tmp_path / "store", *more, status=2)
        assert is_one_mistake(failed.err, settings)
        assert failed.out == ""
        assert not (tmp_path / "store").exists()


def test_a_folder_is_given_by_a_setting_and_only_its_bytes_count(data: Path, tmp_path: Path) -> None:
    def digest(folder: Path) -> str:
        overrides = {"code.inputs": str(folder)}
        return apply_overrides(find_recipe("phi-1")(0), overrides).fingerprints()["code"]

    elsewhere = tmp_path / "moved"
    elsewhere.mkdir()
    (elsewhere / "part.parquet").write_bytes((data / "code" / "part.parquet").read_bytes())
    assert digest(elsewhere) == digest(data / "code") != find_recipe("phi-1")(0).fingerprints()["code"]
    (elsewhere / "more.jsonl").write_text('{"text": "x = 1"}\n')
    assert digest(elsewhere) != digest(data / "code")
    with pytest.raises(MissingInputError, match=r"no file or folder .*nowhere"):
        digest(tmp_path / "nowhere")
