"""Generation speed of the laptop's model, ours against transformers' `generate`, in one run.

Both complete the same 64 prompts of equal length with 200 greedy tokens in float32. Prints one JSON line: new tokens
per second, their ratio, and the share of prompts with the same text. Run it on an idle machine:
`python bench/generation.py`.
"""

import json
import time

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import PhiConfig, PhiForCausalLM

from hornbook.generation.healing import Spelling, heal
from hornbook.generation.sample import GenerateConfig, generate
from hornbook.model.phi import Phi
from hornbook.recipes.laptop import MODEL
from hornbook.tokens.tokenizer import END_OF_TEXT, byte_of_character

NUM_PROMPTS, PROMPT_CHARACTERS, NEW_TOKENS = 64, 100, 200


def main() -> None:
    """Measure and print."""
    tokenizer = byte_tokenizer()
    model = Phi(MODEL).initialize(torch.Generator().manual_seed(0)).eval()
    generator = torch.Generator().manual_seed(1)
    letters = torch.randint(ord("a"), ord("z") + 1, (NUM_PROMPTS, PROMPT_CHARACTERS), generator=generator)
    # Each prompt ends in a piece of one character, which healing reads and spells again.
    prompts = ["".join(map(chr, row)) + "." for row in letters.tolist()]
    config = GenerateConfig(max_new_tokens=NEW_TOKENS, batch_size=NUM_PROMPTS, stop_at_function_end=False)
    spelling = Spelling(tokenizer)
    healed = [heal(tokenizer, spelling, prompt, MODEL.max_position) for prompt in prompts]
    tokens = torch.tensor([[*prompt.tokens, 1 + ord(".")] for prompt in healed])
    theirs = transformers_model(model)

    start = time.perf_counter()
    texts = generate(model, tokenizer, prompts, config, 0, lambda *_: None)
    our_seconds = time.perf_counter() - start
    start = time.perf_counter()
    with torch.inference_mode():
        generated = theirs.generate(
            tokens,
            attention_mask=torch.ones_like(tokens),
            max_new_tokens=NEW_TOKENS - 1,
            do_sample=False,
            pad_token_id=0,
            eos_token_id=0,
            suppress_tokens=list(range(257, MODEL.vocab_size)),
        )
    their_seconds = time.perf_counter() - start
    new = generated[:, tokens.shape[1] :].tolist()
    expected = [b"".join(spelling.bytes_of[token] for token in row).decode(errors="replace") for row in new]
    count = NUM_PROMPTS * NEW_TOKENS
    report = {
        "bench": "generation",
        "num_prompts": NUM_PROMPTS,
        "new_tokens": NEW_TOKENS,
        "num_threads": torch.get_num_threads(),
        "tokens_per_second": {"hornbook": round(count / our_seconds), "transformers": round(count / their_seconds)},
        "ratio": round(their_seconds / our_seconds, 2),
        "same_text": sum(mine == other for mine, other in zip(texts, expected, strict=True)) / NUM_PROMPTS,
    }
    print(json.dumps(report))


def byte_tokenizer() -> Tokenizer:
    """A tokenizer of the 256 bytes: token 0 is `<|endoftext|>`, token 1 + b is byte b."""
    characters = {byte: character for character, byte in byte_of_character().items()}
    vocabulary = {END_OF_TEXT: 0, **{characters[byte]: 1 + byte for byte in range(256)}}
    tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=[]))
    tokenizer.add_special_tokens([END_OF_TEXT])
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    return tokenizer


def transformers_model(model: Phi) -> PhiForCausalLM:
    """The same weights in transformers."""
    theirs = PhiForCausalLM(
        PhiConfig(
            vocab_size=MODEL.vocab_size,
            hidden_size=MODEL.hidden_size,
            intermediate_size=MODEL.intermediate_size,
            num_hidden_layers=MODEL.num_layers,
            num_attention_heads=MODEL.num_heads,
            max_position_embeddings=MODEL.max_position,
            hidden_act="gelu_new",
        )
    ).eval()
    theirs.load_state_dict(model.state_dict())
    return theirs


if __name__ == "__main__":
    main()
