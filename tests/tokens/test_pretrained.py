import json
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from tests.benchmarks.fake_hub import FakeHub, serve_hub
from tests.tokens.codegen_like import CODE, RUNS, codegen_like, write_parts
from tokenizers import AddedToken, Tokenizer, decoders, models, normalizers, pre_tokenizers
from transformers import CodeGenTokenizer

from hornbook.errors import ConfigError, MissingInputError
from hornbook.generation.choose import Spelling, heal
from hornbook.pipeline.manifest import hash_file
from hornbook.pipeline.store import Store, fingerprint_of
from hornbook.tokens.pretrained import (
    CODEGEN,
    ReadTokenizerConfig,
    fetch_tokenizer,
    find_tokenizer,
    read_tokenizer_files,
    require_bytes,
)
from hornbook.tokens.stages import read_tokenizer
from hornbook.tokens.tokenizer import END_OF_TEXT, load_tokenizer, token_bytes, tokenizer_hash

TEXTS = (
    "",
    "    x",
    "x = 1  # two",
    "\t\t\tif x:\n" + 40 * " " + "pass",
    "a\n\n\n        b\r\n   \t  c",
    "naïve ☃ 🙂 \u00a0\u3000 Ġ Ċ",
    CODE,
)


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    return codegen_like()


@pytest.fixture
def hub() -> Iterator[FakeHub]:
    with serve_hub() as hub:
        yield hub


def digest(config: ReadTokenizerConfig) -> str:
    return fingerprint_of(read_tokenizer(config), {}, hash_file)


def test_runs_of_whitespace_that_were_added_spell_themselves(tokenizer: Tokenizer) -> None:
    spelled = token_bytes(tokenizer)
    assert len(spelled) == tokenizer.get_vocab_size() == 538
    assert [spelled[tokenizer.token_to_id(run)] for run in RUNS] == [run.encode() for run in RUNS]
    assert spelled[tokenizer.token_to_id(END_OF_TEXT)] == b""
    for text in TEXTS:
        ids = tokenizer.encode(text).ids
        assert b"".join(spelled[token] for token in ids) == text.encode()
        assert tokenizer.decode(ids) == text
    require_bytes(tokenizer, "codegen-like")


def test_a_prompt_that_ends_anywhere_is_mended(tokenizer: Tokenizer) -> None:
    spelling, whole = Spelling(tokenizer), tokenizer.encode(CODE).ids
    for end in range(0, 300, 5):
        prompt = CODE[:end]
        healed = heal(tokenizer, spelling, prompt, 10_000)
        assert b"".join(spelling.bytes_of[token] for token in healed.tokens) + healed.suffix == prompt.encode()
        if healed.tokens[1:] == tuple(whole[: len(healed.tokens) - 1]):
            # What training shows next begins with, or is the begin of, what was taken back.
            assert not healed.suffix or whole[len(healed.tokens) - 1] in spelling.allowed(healed.suffix)
    indented = heal(tokenizer, spelling, "def f():\n    ", 100)
    assert indented.suffix == b"    "
    assert {tokenizer.token_to_id(" " * length) for length in (2, 4, 8, 31)} <= set(spelling.allowed(b"    "))


def test_the_parts_of_gpt_2s_format_give_the_same_tokenizer(tokenizer: Tokenizer, tmp_path: Path) -> None:
    built = read_tokenizer_files(write_parts(tmp_path))
    assert tokenizer_hash(built) == tokenizer_hash(tokenizer)
    theirs = CodeGenTokenizer.from_pretrained(tmp_path)
    for text in TEXTS:
        assert built.encode(text).ids == tokenizer.encode(text).ids == theirs(text)["input_ids"]
    assert tokenizer_hash(theirs.backend_tokenizer) == tokenizer_hash(tokenizer)
    (tmp_path / "added_tokens.json").write_text('{"  ": 5000}')
    with pytest.raises(MissingInputError, match="5000"):
        read_tokenizer_files(tmp_path)


def test_what_stands_in_the_fingerprint_is_the_content_and_no_path(tokenizer: Tokenizer, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    tokenizer.save(str(tmp_path / "folder" / "tokenizer.json"))
    tokenizer.save(str(tmp_path / "file.json"), pretty=False)
    parts = tmp_path / "parts"
    parts.mkdir()
    write_parts(parts)
    configs = [ReadTokenizerConfig(source=str(tmp_path / name)) for name in ("folder", "file.json", "parts")]
    assert len({digest(config) for config in configs}) == 1
    other = Tokenizer.from_str(tokenizer.to_str())
    other.add_tokens(["more"])
    other.save(str(tmp_path / "file.json"))
    assert digest(ReadTokenizerConfig(source=str(tmp_path / "file.json"))) != digest(configs[0])
    store = Store(tmp_path / "store")
    store.open_for_writing()
    made = store.build(read_tokenizer(configs[0]), {}, lambda done, total, note="": None)
    assert (made.manifest.kept, made.manifest.unit) == (538, "tokens")
    assert made.manifest.metrics == {"vocab_size": 538, "sha256": tokenizer_hash(tokenizer)}
    assert tokenizer_hash(load_tokenizer(made.path("tokenizer.json"))) == tokenizer_hash(tokenizer)
    main, renamed = (digest(ReadTokenizerConfig(source=CODEGEN, revision=revision)) for revision in ("main", "v2"))
    assert digest(ReadTokenizerConfig(source=CODEGEN)) == main != renamed


def test_the_hub_gives_the_tokenizers_files_alone_and_its_cache_keeps_them(
    hub: FakeHub, tokenizer: Tokenizer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub.models[CODEGEN] = {"tokenizer.json": tokenizer.to_str().encode(), "pytorch_model.bin": b"large"}
    fetch = partial(fetch_tokenizer, endpoint=hub.endpoint, cache_folder=tmp_path)
    monkeypatch.setattr("hornbook.tokens.pretrained.fetch_tokenizer", fetch)
    config = ReadTokenizerConfig(source=CODEGEN)
    assert hub.requests == []
    assert tokenizer_hash(find_tokenizer(config)) == tokenizer_hash(tokenizer)
    assert not any("pytorch_model" in request for request in hub.requests)
    hub.status = 500
    assert tokenizer_hash(find_tokenizer(config)) == tokenizer_hash(tokenizer)
    with pytest.raises(MissingInputError) as caught:
        fetch_tokenizer(CODEGEN, "v2", endpoint="http://127.0.0.1:9", cache_folder=tmp_path)
    assert all(part in str(caught.value) for part in (CODEGEN, "`v2`", "tokenizer.json", "--tokenizer FOLDER"))


@pytest.mark.parametrize("source", ["no-such-file.json", "owner/tokenizer.json", "a/b/c"])
def test_a_source_that_is_none_is_named(source: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ConfigError, match=r"no such file or folder"):
        digest(ReadTokenizerConfig(source=source))
    with pytest.raises(MissingInputError, match="has no tokenizer"):
        digest(ReadTokenizerConfig(source=str(tmp_path)))
    with pytest.raises(ConfigError, match="`revision` is for a name of the hub"):
        digest(ReadTokenizerConfig(source=str(tmp_path), revision="main"))
    (tmp_path / "tokenizer.json").write_text("{}")
    with pytest.raises(MissingInputError, match=r"tokenizer\.json` cannot be read as a tokenizer"):
        digest(ReadTokenizerConfig(source=str(tmp_path)))


def edited(change: Callable[[dict[str, Any]], object]) -> Tokenizer:
    described = json.loads(codegen_like().to_str())
    change(described)
    return Tokenizer.from_str(json.dumps(described))


def without_end(described: dict[str, Any]) -> None:
    described["added_tokens"][0]["content"] = "</s>"
    described["model"]["vocab"]["</s>"] = described["model"]["vocab"].pop(END_OF_TEXT)


def of(model: models.Model) -> Tokenizer:
    tokenizer = Tokenizer(model)
    tokenizer.pre_tokenizer, tokenizer.decoder = pre_tokenizers.ByteLevel(add_prefix_space=False), decoders.ByteLevel()
    tokenizer.add_special_tokens([END_OF_TEXT])
    return tokenizer


def with_part(name: str, part: Any) -> Tokenizer:
    tokenizer = codegen_like()
    setattr(tokenizer, name, part)
    return tokenizer


def greedy_about_spaces() -> Tokenizer:
    tokenizer = codegen_like()
    tokenizer.add_tokens([AddedToken("return", lstrip=True)])
    return tokenizer


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: edited(without_end), "endoftext.*`</s>`"),
        (lambda: with_part("pre_tokenizer", pre_tokenizers.ByteLevel(add_prefix_space=True)), "'x'"),
        (lambda: with_part("normalizer", normalizers.Lowercase()), "'ABC"),
        (greedy_about_spaces, "`return`"),
        (lambda: of(models.WordLevel({"[UNK]": 0, "☃": 1}, unk_token="[UNK]")), "☃"),
        (lambda: of(models.BPE({"a": 0, "b": 1}, [])), "254 of the 256 bytes"),
        (lambda: edited(lambda described: described["model"]["vocab"].update({"ab~": 600})), "539 tokens, ids to 600"),
    ],
)
def test_a_tokenizer_that_is_not_fit_is_refused(make: Callable[[], Tokenizer], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        require_bytes(make(), "given")
