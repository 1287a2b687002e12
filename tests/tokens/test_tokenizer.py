import bisect
import heapq
import inspect
import os
import re
import shlex
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from tests.tokens.codegen_like import codegen_like, gpt_2_like
from tokenizers import Tokenizer, decoders, normalizers, pre_tokenizers, processors
from transformers import PreTrainedTokenizerFast

from hornbook.errors import ConfigError, MissingInputError
from hornbook.records import Document, DocumentKind
from hornbook.tokens.encode import Encoder
from hornbook.tokens.tokenizer import (
    END_OF_TEXT,
    TokenizerConfig,
    load_tokenizer,
    may_end_in_newline,
    name_of_pre_tokenizer,
    token_bytes,
    tokenizer_hash,
    train_tokenizer,
)

TRAIN_AND_PRINT = """
import inspect, textwrap
from hornbook.records import Document, DocumentKind
from hornbook.tokens.tokenizer import TokenizerConfig, train_tokenizer
source = inspect.getsource(textwrap) + inspect.getsource(inspect)
documents = [
    Document(id=str(start), kind=DocumentKind.CODE, text=source[start : start + 700])
    for start in range(0, len(source), 700)
]
print(train_tokenizer(documents, TokenizerConfig(vocab_size=900)).to_str())
"""


@pytest.fixture(scope="module")
def documents() -> list[Document]:
    source = inspect.getsource(textwrap)
    texts = [source[start : start + 700] for start in range(0, len(source), 700)]
    return [Document(id=str(index), kind=DocumentKind.CODE, text=text) for index, text in enumerate(texts)]


def test_any_text_survives_the_round_trip(documents: list[Document]) -> None:
    tokenizer = train_tokenizer(documents, TokenizerConfig(vocab_size=500))
    spelled = token_bytes(tokenizer)
    assert (tokenizer.token_to_id(END_OF_TEXT), spelled[0], all(spelled[1:])) == (0, b"", True)
    for text in [
        "",
        "\n\n    x = 'é ☃ 🙂'\t\r\n",
        "def f(x):\n    return x\n",
        *(document.text for document in documents),
    ]:
        ids = tokenizer.encode(text).ids
        assert tokenizer.decode(ids) == text
        assert b"".join(spelled[token] for token in ids) == text.encode()


def test_the_same_bytes_come_out_of_every_process() -> None:
    outputs = set()
    for hash_seed, threads in [("1", "1"), ("2", "4")]:
        environment = {**os.environ, "PYTHONHASHSEED": hash_seed, "RAYON_NUM_THREADS": threads}
        command = [sys.executable, "-c", TRAIN_AND_PRINT]
        outputs.add(subprocess.run(command, env=environment, capture_output=True, check=True).stdout)
    assert len(outputs) == 1


def test_a_wrong_size_is_named_and_of_many_documents_some_are_learned_from(
    documents: list[Document], tmp_path: Path
) -> None:
    (tmp_path / "tokenizer.json").write_text("{}")
    with pytest.raises(MissingInputError, match=r"tokenizer\.json"):
        load_tokenizer(tmp_path / "tokenizer.json")
    with pytest.raises(MissingInputError, match="at least one document"):
        train_tokenizer([], TokenizerConfig())
    with pytest.raises(ConfigError, match="`vocab_size`"):
        TokenizerConfig(vocab_size=256)
    with pytest.raises(ConfigError, match="`training_bytes`"):
        TokenizerConfig(training_bytes=0)
    total = sum(len(one.text.encode()) for one in documents)
    few, half, whole = (
        train_tokenizer(documents, TokenizerConfig(vocab_size=5000, training_bytes=training_bytes)).get_vocab_size()
        for training_bytes in (1, total // 2, total)
    )
    assert few == 257 < half < whole  # bytes and `<|endoftext|>`, where there is nothing to learn from


def test_the_hash_is_that_of_what_determines_the_tokens(documents: list[Document], tmp_path: Path) -> None:
    tokenizer = train_tokenizer(documents, TokenizerConfig(vocab_size=400))
    digest = tokenizer_hash(tokenizer)
    PreTrainedTokenizerFast(tokenizer_object=tokenizer, eos_token=END_OF_TEXT).save_pretrained(tmp_path)
    assert tokenizer_hash(load_tokenizer(tmp_path / "tokenizer.json")) == digest
    same = Tokenizer.from_str(tokenizer.to_str())
    same.enable_truncation(5)
    same.enable_padding()
    same.decoder = decoders.Fuse()
    same.post_processor = processors.ByteLevel(trim_offsets=False)
    split = same.pre_tokenizer[0]
    bytes_alone = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False, trim_offsets=False)
    same.pre_tokenizer = pre_tokenizers.Sequence([split, bytes_alone])
    assert tokenizer_hash(same) == digest
    fewer = train_tokenizer(documents, TokenizerConfig(vocab_size=399))
    added, normalized, composed, parted = (Tokenizer.from_str(tokenizer.to_str()) for _ in range(4))
    added.add_tokens(["    "])
    normalized.normalizer, composed.normalizer = normalizers.NFC(), normalizers.NFKC()
    parted.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    assert len({digest, *(tokenizer_hash(other) for other in (fewer, added, normalized, composed, parted))}) == 6


def test_a_text_cut_at_the_start_of_a_line_has_the_tokens_of_the_whole(documents: list[Document]) -> None:
    tokenizer = train_tokenizer(documents, TokenizerConfig(vocab_size=2000))
    encode = Encoder(tokenizer).encode  # It has the ids of `tokenizer.encode`, as other tests see, and is faster.
    sources = [inspect.getsource(module) for module in (textwrap, heapq, shlex, bisect)]
    num_cuts = 0
    for text in (*sources, sources[0].replace("\n", "\r\n"), sources[0].replace("    ", "\t")):
        whole = encode(text)
        for line in re.finditer(r"(?<=\n)[^\r\n]*\S", text):
            assert encode(text[: line.start()]) + encode(text[line.start() :]) == whole
            num_cuts += 1
    assert num_cuts > 2000
    assert may_end_in_newline(tokenizer)
    assert not may_end_in_newline(gpt_2_like())  # As it was learned from indented code.


def test_the_pre_tokenizer_is_known_by_llama_cpps_name(documents: list[Document], tmp_path: Path) -> None:
    tokenizer = train_tokenizer(documents, TokenizerConfig(vocab_size=400))
    PreTrainedTokenizerFast(tokenizer_object=tokenizer, eos_token=END_OF_TEXT).save_pretrained(tmp_path)
    for saved in (tokenizer, load_tokenizer(tmp_path / "tokenizer.json")):
        assert name_of_pre_tokenizer(saved) == "qwen2"
    for theirs in (gpt_2_like(), codegen_like()):
        assert name_of_pre_tokenizer(theirs) == "gpt-2"
    for unknown in (None, pre_tokenizers.ByteLevel(add_prefix_space=True), tokenizer.pre_tokenizer[0]):
        tokenizer.pre_tokenizer = unknown
        assert name_of_pre_tokenizer(tokenizer) is None
