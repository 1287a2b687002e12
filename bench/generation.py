"""Generation speed on a CPU: ours against transformers' `generate` on the exported model, in one run.

The laptop recipe's model with random weights, its end-of-text token made impossible, completes functions of the
standard library, cut anywhere, with greedy tokens in float32. Theirs is the model as `export_huggingface` writes it and
`AutoModelForCausalLM` loads it, with the defaults of `generate`. Both read the same tokens and write the same number,
taking turns, in three cases: prompts of one length; prompts of many lengths, which theirs get padded on the left with a
mask; and besides completions that end after 20 to 200 tokens, as an evaluation's do (theirs by a `StoppingCriteria`; of
both the tokens up to a row's end count). Ours includes what a caller pays: packing the weights, turning tokens to text,
and looking for stop strings after every token (the strings never come).

Prints one JSON line: new tokens per second (median over rounds, with the lowest and highest), the ratio of the medians,
and the share of equal tokens; a row in which two tokens are as likely as rounding can tell is named with the margin
between them. Needs an idle machine and transformers: `python bench/generation.py [--batch-size 1]`.
"""

import argparse
import inspect
import json
import statistics
import tempfile
import time
import typing
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import torch
import transformers
from tokenizers import Tokenizer
from transformers import AutoModelForCausalLM, StoppingCriteriaList

from hornbook.export.huggingface import export_huggingface
from hornbook.generation.choose import HealedPrompt, Spelling
from hornbook.generation.prompt import Prompt, SamplingConfig, StopRule
from hornbook.generation.sample import Row, complete_batch, reader_of
from hornbook.model.phi import Phi
from hornbook.model.weights import save_model
from hornbook.recipes.laptop import MODEL, TOKENIZER
from hornbook.records import Document, DocumentKind
from hornbook.tokens.tokenizer import train_tokenizer

STOP = StopRule(strings=("\n\n\n\n\n\ndef ", "\n\n\n\n\n\nclass ", "\n\n\n\n\n\nprint("), at_function_end=False)
CASES = {"equal": (100, 100, 1.0), "ragged": (40, 160, 1.0), "ending": (40, 160, 0.1)}
"""Tokens of the shortest and of the longest prompt; the shortest completion's share of the longest."""

Turn = Callable[[], list[list[int]]]
"""Completes all prompts and returns each one's new tokens."""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--batch-size", type=int, default=64)
    parser.add_argument("--new-tokens", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    tokenizer = source_tokenizer()
    model = endless_model(tokenizer)
    theirs = exported(model, tokenizer)
    report: dict[str, Any] = {
        "bench": "generation",
        "batch_size": arguments.batch_size,
        "new_tokens": arguments.new_tokens,
        "rounds": arguments.rounds,
        "num_threads": torch.get_num_threads(),
        "torch": torch.__version__,
        "transformers": transformers.__version__,
    }
    for name, (shortest, longest, share) in CASES.items():
        prompts = cut_prompts(tokenizer, arguments.batch_size, shortest, longest)
        ends = scattered_ends(arguments.batch_size, round(share * arguments.new_tokens), arguments.new_tokens)
        turns = {
            "hornbook": our_turn(model, tokenizer, prompts, ends),
            "transformers": their_turn(theirs, prompts, ends),
        }
        speeds, tokens = measure(turns, arguments.rounds, sum(ends))
        report[name] = {**speeds, **compare(model, prompts, tokens["hornbook"], tokens["transformers"])}
    print(json.dumps(report))


def measure(turns: dict[str, Turn], rounds: int, count: int) -> tuple[dict[str, Any], dict[str, list[list[int]]]]:
    """Let all take turns; the first round, in which memory and kernels warm up, does not count.

    Returns:
        The speeds, and the last round's tokens of each.
    """
    tokens: dict[str, list[list[int]]] = {}
    speeds: dict[str, list[float]] = {name: [] for name in turns}
    for number in range(rounds + 1):
        for name, turn in turns.items():
            start = time.perf_counter()
            tokens[name] = turn()
            if number > 0:
                speeds[name].append(count / (time.perf_counter() - start))
    medians = {name: statistics.median(values) for name, values in speeds.items()}
    report = {
        "tokens_per_second": {name: round(median) for name, median in medians.items()},
        "lowest_and_highest": {name: [round(min(values)), round(max(values))] for name, values in speeds.items()},
        "ratio": round(medians["hornbook"] / medians["transformers"], 2),
    }
    return report, tokens


def compare(
    model: Phi, prompts: Sequence[list[int]], ours: Sequence[list[int]], theirs: Sequence[list[int]]
) -> dict[str, Any]:
    """Hold the tokens against each other one by one."""
    pairs = [pair for mine, other in zip(ours, theirs, strict=True) for pair in zip(mine, other, strict=True)]
    report: dict[str, Any] = {"equal_tokens": sum(mine == other for mine, other in pairs) / len(pairs)}
    rows = [number for number, (mine, other) in enumerate(zip(ours, theirs, strict=True)) if mine != other]
    if rows:
        report["first_differences"] = [first_difference(model, prompts[row], ours[row], theirs[row]) for row in rows]
    return report


@torch.inference_mode()
def first_difference(model: Phi, prompt: list[int], ours: list[int], theirs: list[int]) -> dict[str, Any]:
    """Where two completions part, and by how much the model itself prefers our token there."""
    place = next(number for number, (mine, other) in enumerate(zip(ours, theirs, strict=True)) if mine != other)
    last_logits = model(torch.tensor([prompt + ours[:place]]))[0, -1]
    return {"new_token": place, "margin": (last_logits[ours[place]] - last_logits[theirs[place]]).item()}


def our_turn(model: Phi, tokenizer: Tokenizer, prompts: Sequence[list[int]], ends: Sequence[int]) -> Turn:
    """All that `generation.sample.generate` does but reading the prompts as text: both sides get them as tokens."""
    config = SamplingConfig(max_new_tokens=max(ends), batch_size=len(prompts))

    def turn() -> list[list[int]]:
        spelling = Spelling(tokenizer)
        rows = [
            Row(
                number,
                Prompt(text=tokenizer.decode(prompt), key=str(number), stop=STOP),
                HealedPrompt(tokens=tuple(prompt), suffix=b"", num_dropped=0),
                end,
            )
            for number, (prompt, end) in enumerate(zip(prompts, ends, strict=True))
        ]
        complete_batch(reader_of(model), spelling, rows, config, seed=0)
        return [row.new_tokens for row in rows]

    return turn


def their_turn(model: Any, prompts: Sequence[list[int]], ends: Sequence[int]) -> Turn:
    """`generate` with its defaults."""
    longest = max(map(len, prompts))
    padded = torch.tensor([[0] * (longest - len(prompt)) + prompt for prompt in prompts])
    is_token = torch.tensor([[0] * (longest - len(prompt)) + [1] * len(prompt) for prompt in prompts])
    last_lengths = longest + torch.tensor(ends)
    by_length = StoppingCriteriaList([lambda tokens, _scores: tokens.shape[1] >= last_lengths])

    def turn() -> list[list[int]]:
        with torch.inference_mode():
            generated = model.generate(
                padded,
                attention_mask=is_token,
                max_new_tokens=max(ends),
                do_sample=False,
                stopping_criteria=by_length if min(ends) < max(ends) else None,
            )
        return [row[longest : longest + end] for row, end in zip(generated.tolist(), ends, strict=True)]

    return turn


def scattered_ends(count: int, first: int, last: int) -> list[int]:
    """How many tokens each row writes: evenly spread, and independent of the length of its prompt."""
    ends = [last - (last - first) * number // max(1, count - 1) for number in range(count)]
    return [ends[number] for number in torch.randperm(count, generator=torch.Generator().manual_seed(0)).tolist()]


def source_tokenizer() -> Tokenizer:
    """A tokenizer of the laptop recipe's size, trained on some modules of the standard library."""
    texts = [inspect.getsource(module) for module in (argparse, inspect, json, statistics, tempfile, typing)]
    documents = [Document(id=str(n), kind=DocumentKind.TEXTBOOK, text=text) for n, text in enumerate(texts)]
    return train_tokenizer(documents, TOKENIZER)


def endless_model(tokenizer: Tokenizer) -> Phi:
    """Random weights; what the tokenizer does not know, and the end of a text, are never the likeliest token."""
    model = Phi(MODEL).initialize(torch.Generator().manual_seed(0)).eval()
    spelling = Spelling(tokenizer)
    with torch.no_grad():
        model.lm_head.bias[spelling.end_of_text] = -100.0
        model.lm_head.bias[len(spelling.bytes_of) :] = -100.0
    return model


def exported(model: Phi, tokenizer: Tokenizer) -> Any:
    """The model after the way through an export and transformers' loader."""
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, "model"), Path(folder, "exported")
        source.mkdir()
        save_model(model, source)
        tokenizer.save(str(source / "tokenizer.json"))
        export_huggingface(source, source / "tokenizer.json", None, target)
        return AutoModelForCausalLM.from_pretrained(target).eval()


def cut_prompts(tokenizer: Tokenizer, count: int, shortest: int, longest: int) -> list[list[int]]:
    """Pieces of source code, their lengths spread evenly."""
    tokens = tokenizer.encode(inspect.getsource(argparse), add_special_tokens=False).ids
    lengths = [shortest + (longest - shortest) * number // max(1, count - 1) for number in range(count)]
    starts = [(len(tokens) - longest) * number // count for number in range(count)]
    return [tokens[start : start + length] for start, length in zip(starts, lengths, strict=True)]


if __name__ == "__main__":
    main()
