"""Bits of texts behind their prompts, against sums of log-softmax by hand, one text at a time."""

import math
from pathlib import Path

import pytest
import torch
from tests.evaluation.small import SHAPE, TEXT, save_tiny_model

from hornbook.errors import ConfigError
from hornbook.generation.likelihood import text_bits
from hornbook.model.weights import load_model
from hornbook.tokens.tokenizer import load_tokenizer, token_bytes

TEXTS = [
    ("def first_word(text):\n", "    return text.split()[0]\n"),  # `):\n` is one piece
    ("    x = fir", "st_word(text)\n"),
    ("", "café = 1\n"),
    (TEXT * 5, "    return the first word\n"),
]
HEALED = [b"):\n", b" fir", b"", b"]\n"]
"""The last piece of each prompt."""


@torch.inference_mode()
def test_bits_are_summed_over_what_the_model_has_to_write(tmp_path: Path) -> None:
    save_tiny_model(tmp_path)
    model, tokenizer = load_model(tmp_path), load_tokenizer(tmp_path / "tokenizer.json")
    spelled = token_bytes(tokenizer)
    expected: list[float] = []
    for (prompt, text), rest in zip(TEXTS, HEALED, strict=True):
        before = [0, *tokenizer.encode(prompt[: len(prompt) - len(rest)]).ids]
        tokens = tokenizer.encode(rest.decode() + text).ids
        before = before[-(SHAPE.max_position - len(tokens)) :]
        bits = 0.0
        for number, token in enumerate(tokens):
            logits = model(torch.tensor([before + tokens[:number]]))[0, -1, : len(spelled)].double()
            can_spell = [not rest or one.startswith(rest) or (one != b"" and rest.startswith(one)) for one in spelled]
            logits[~torch.tensor(can_spell)] = -torch.inf
            bits -= float(logits.log_softmax(0)[token]) / math.log(2)
            rest = rest[len(spelled[token]) :]
        expected.append(bits)
    assert len(tokenizer.encode(TEXTS[3][0]).ids) > SHAPE.max_position
    found = text_bits(model, tokenizer, TEXTS)
    assert found == pytest.approx(expected, rel=1e-4)
    assert min(expected) > 1


def test_a_text_that_does_not_fit_has_no_bits_and_no_part_of_it_is_dropped(tmp_path: Path) -> None:
    save_tiny_model(tmp_path, vocab_size=257)  # a byte a token
    model, tokenizer = load_model(tmp_path), load_tokenizer(tmp_path / "tokenizer.json")
    limit = SHAPE.max_position
    longest, too_long = text_bits(model, tokenizer, [("x" * 9 + "\n", "y" * (limit - 2)), ("", "y" * limit)])
    assert longest is not None
    assert too_long is None
    assert text_bits(model, tokenizer, []) == []
    with torch.no_grad():
        model.lm_head.bias.fill_(torch.nan)
    with pytest.raises(ConfigError, match="overflow"):
        text_bits(model, tokenizer, TEXTS[:1])
