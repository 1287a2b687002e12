"""Language models whose weights were drawn, with a tokenizer trained on the spot; small enough for a test."""

from pathlib import Path

import torch
from tokenizers import Tokenizer
from transformers import (
    GPT2Config,
    GPT2LMHeadModel,
    LlamaConfig,
    LlamaForCausalLM,
    PhiConfig,
    PhiForCausalLM,
    PreTrainedModel,
    PreTrainedTokenizerFast,
)

from hornbook.records import Document, DocumentKind
from hornbook.tokens.tokenizer import END_OF_TEXT, TokenizerConfig, train_tokenizer

TEXT = (
    'def first_word(text):\n    """Return the first word of the text, café included."""\n    return text.split()[0]\n'
)
NUM_LAYERS, WIDTH, MAX_POSITION = 3, 32, 96
KINDS = ("gpt2", "llama", "phi")


def tokenizer() -> Tokenizer:
    document = Document(id="own", kind=DocumentKind.EXERCISE, text=TEXT)
    return train_tokenizer([document] * 2, TokenizerConfig(vocab_size=300))


def save_model(folder: Path, kind: str = "llama", *, seed: int = 0) -> Path:
    """Lively weights, so that no two texts have the same states."""
    model = _draw(kind)
    with torch.no_grad():
        for number, (_, parameter) in enumerate(model.named_parameters()):
            if parameter.dim() > 1:
                parameter.normal_(0, 0.3, generator=torch.Generator().manual_seed(100 * seed + number))
    model.save_pretrained(folder)
    PreTrainedTokenizerFast(tokenizer_object=tokenizer(), eos_token=END_OF_TEXT).save_pretrained(folder)
    return folder


def _draw(kind: str) -> PreTrainedModel:
    ends = {"vocab_size": 320, "bos_token_id": 0, "eos_token_id": 0}
    if kind == "gpt2":
        return GPT2LMHeadModel(GPT2Config(n_positions=MAX_POSITION, n_embd=WIDTH, n_layer=NUM_LAYERS, n_head=2, **ends))
    shape = {
        "hidden_size": WIDTH,
        "intermediate_size": 48,
        "num_hidden_layers": NUM_LAYERS,
        "num_attention_heads": 4,
        "max_position_embeddings": MAX_POSITION,
    }
    if kind == "llama":
        return LlamaForCausalLM(LlamaConfig(**shape, num_key_value_heads=2, **ends))
    return PhiForCausalLM(PhiConfig(**shape, **ends))
