"""A tokenizer of CodeGen's kind in small: GPT-2's byte-level BPE, behind it `<|endoftext|>` and runs of whitespace."""

import inspect
import json
import textwrap
from pathlib import Path

from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, trainers

from hornbook.tokens.tokenizer import END_OF_TEXT

RUNS = (*(" " * length for length in range(31, 1, -1)), *("\t" * length for length in range(9, 1, -1)))
"""CodeGen's 38, in its order."""
CODE = inspect.getsource(textwrap)


def gpt_2_like(vocab_size: int = 500) -> Tokenizer:
    """Learned from some code; `<|endoftext|>` is the first token."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    trainer = trainers.BpeTrainer(
        vocab_size=vocab_size, special_tokens=[END_OF_TEXT], initial_alphabet=alphabet, show_progress=False
    )
    tokenizer.train_from_iterator([CODE], trainer=trainer)
    return tokenizer


def vocabulary_and_merges(vocab_size: int = 500) -> tuple[dict[str, int], list[tuple[str, str]]]:
    """Those of `gpt_2_like`, but that `<|endoftext|>` is the last token."""
    model = json.loads(gpt_2_like(vocab_size).to_str())["model"]
    tokens = sorted((token for token in model["vocab"] if token != END_OF_TEXT), key=model["vocab"].__getitem__)
    vocabulary = {token: index for index, token in enumerate([*tokens, END_OF_TEXT])}
    return vocabulary, [(first, second) for first, second in model["merges"]]


def codegen_like() -> Tokenizer:
    """As its `tokenizer.json` describes it."""
    vocabulary, merges = vocabulary_and_merges()
    tokenizer = Tokenizer(models.BPE(vocabulary, merges, continuing_subword_prefix="", end_of_word_suffix=""))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, trim_offsets=True)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens([END_OF_TEXT])
    tokenizer.add_tokens([AddedToken(run, normalized=True) for run in RUNS])
    return tokenizer


def write_parts(folder: Path) -> Path:
    """As `vocab.json`, `merges.txt` and `added_tokens.json`."""
    vocabulary, merges = vocabulary_and_merges()
    (folder / "vocab.json").write_text(json.dumps(vocabulary))
    lines = ["#version: 0.2", *(f"{first} {second}" for first, second in merges)]
    (folder / "merges.txt").write_text("\n".join(lines) + "\n")
    added = {run: len(vocabulary) + index for index, run in enumerate(RUNS)}
    (folder / "added_tokens.json").write_text(json.dumps(added, sort_keys=True))
    return folder
