"""Let a model complete benchmark problems, or any prompt, and cut each completion where its answer ends.

A model goes on writing after the function: more functions, calls, prose. What counts is the body. Its end is the first
logical line that starts no deeper than the function's header. Strings, brackets and backslashes are followed by a
small scanner of our own, since Python's tokenizer stops at the broken text that models also write, and not at the same
place in each Python version.
"""

import gc
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from hornbook.benchmarks.benchmark import Benchmark, Protocol
from hornbook.evaluation.extract import CHAT_PROTOCOL_DESCRIPTION, CHAT_PROTOCOL_VERSION, extract_completion
from hornbook.evaluation.journal import Journal
from hornbook.evaluation.models import CHAT_ENDPOINT, Model, ModelIdentity, Request, SamplingConfig
from hornbook.generation.prompt import first_stop
from hornbook.records import Completion, Problem

_HEADER = re.compile(r"(?:async[ \t]+def|def)\b")
_STRING_START = re.compile(r"[rbufRBUF]{0,2}('''|\"\"\"|'|\")")
_WORD = re.compile(r"\w+")


def requests_of(benchmark: Benchmark, num_samples: int) -> list[Request]:
    """What is asked of a model: `num_samples` completions of each problem, samples counted from 0."""
    return [
        Request(problem=problem, sample_index=index, stop_strings=benchmark.protocol.stop_strings)
        for problem in benchmark.problems
        for index in range(num_samples)
    ]


def complete_benchmark(
    benchmark: Benchmark,
    model: Model,
    sampling: SamplingConfig,
    *,
    num_samples: int,
    seed: int,
    journal: Journal[Completion],
    progress: Callable[[int, int], None],
) -> list[Completion]:
    """Get `num_samples` completions of each problem from a model, and cut each where its answer ends.

    Args:
        benchmark: Its problems' prompts are passed on as they are.
        model: Asked for what the journal does not hold.
        sampling: How completions are chosen.
        num_samples: At least 1.
        seed: For temperatures above 0.
        journal: Completions that are there already; new ones are added as they come.
        progress: Told the number of completions that are there, and the total.

    Returns:
        Problem by problem, in their order. Deterministic as far as the model is.

    Raises:
        EndpointError: A model behind an endpoint does not answer. What was answered is in the journal.
    """
    requests = requests_of(benchmark, num_samples)
    identity = model.identity()
    there = {(one.task_id, one.sample_index): one for one in journal.entries()}
    progress(len(there), len(requests))
    for group in model.complete(requests, sampling, seed, frozenset(there)):
        made = [
            Completion(
                task_id=requests[index].task_id,
                sample_index=requests[index].sample_index,
                raw=raw,
                text=text_of(benchmark.protocol, identity, requests[index].problem, raw),
            )
            for index, raw in group
        ]
        journal.append(made)
        there.update(((one.task_id, one.sample_index), one) for one in made)
        progress(len(there), len(requests))
    return [there[request.task_id, request.sample_index] for request in requests]


def text_of(protocol: Protocol, identity: ModelIdentity, problem: Problem, raw: str) -> str:
    """What of a model's answer is run behind the prompt."""
    if identity.kind == CHAT_ENDPOINT:
        return extract_completion(problem, raw)
    if protocol.stop_strings:
        return raw[: first_stop(raw, protocol.stop_strings)]
    return cut_completion(problem.prompt, raw)


def describe_asking(protocol: Protocol, identity: ModelIdentity) -> str:
    """How a model of this kind is asked and where its answer is cut, in one line."""
    if identity.kind == CHAT_ENDPOINT:
        return f"{CHAT_PROTOCOL_DESCRIPTION} (version {CHAT_PROTOCOL_VERSION})"
    cut = "the first stop string" if protocol.stop_strings else "the function's end"
    return f"prompt as given, cut at {cut}"


def complete_prompt(
    model_folder: Path,
    tokenizer_file: Path,
    prompt: str,
    *,
    max_new_tokens: int = 200,
    temperature: float = 0.0,
    seed: int = 0,
) -> str:
    """What a model writes behind `prompt`, up to the end of the function that it completes.

    Args:
        model_folder: Ours or Hugging Face's.
        tokenizer_file: A `tokenizer.json`.
        prompt: Any text.
        max_new_tokens: At least 1.
        temperature: 0 takes the likeliest token each time.
        seed: For temperatures above 0.

    Raises:
        MissingInputError: A file is missing.
        ConfigError: The tokenizer is not the model's.
    """
    # Imported here because they bring torch. Its import allocates very many objects that stay, and a third of its time
    # would go to the garbage collector, which scans them again and again.
    gc.disable()
    from hornbook.generation.sample import generate
    from hornbook.model.weights import check_tokenizer, load_model
    from hornbook.tokens.tokenizer import load_tokenizer, tokenizer_hash

    gc.freeze()
    gc.enable()

    tokenizer = load_tokenizer(tokenizer_file)
    check_tokenizer(model_folder, tokenizer_hash(tokenizer))
    config = SamplingConfig(max_new_tokens=max_new_tokens, temperature=temperature)
    [text] = generate(load_model(model_folder), tokenizer, [prompt], config, seed, lambda _done, _total: None)
    return cut_completion(prompt, text)


def cut_completion(prompt: str, raw: str) -> str:
    """What of `raw` belongs to the function that `prompt` leaves open.

    The function is the last one that the prompt starts; lines that belong to it are kept whole, with nested functions,
    comments between them, strings and brackets over several lines. Comments and blank lines behind the last statement
    go. Nothing is repaired.

    Args:
        prompt: Ends anywhere at or behind the function's header.
        raw: What a model wrote behind the prompt.

    Returns:
        A prefix of `raw`; all of it if the prompt starts no function, nothing if no statement of the function follows.
    """
    text = prompt + raw
    header_column = -1
    end = len(prompt)
    for line in _logical_lines(text):
        if line.start < len(prompt):
            if _HEADER.match(text, line.start):
                header_column = line.column
            end = max(end, line.end)
        elif line.column <= header_column:
            break
        else:
            end = line.end
    return raw[: end - len(prompt)] if header_column >= 0 else raw


@dataclass(frozen=True)
class _LogicalLine:
    """A statement's first line up to the end of its last one."""

    start: int
    """Offset of its first character that is no space."""
    end: int
    """Offset behind its line break."""
    column: int
    """Width of its indentation, in characters."""


def _logical_lines(text: str) -> Iterator[_LogicalLine]:
    """The statements of `text`, simple or compound headers, comments and blank lines left out."""
    position = 0
    while position < len(text):
        start = position
        while start < len(text) and text[start] in " \t\f":
            start += 1
        if start == len(text):
            return
        if text[start] in "#\r\n":
            position = _line_end(text, start)
            continue
        end = _statement_end(text, start)
        yield _LogicalLine(start, end, start - position)
        position = end


def _statement_end(text: str, position: int) -> int:
    """The offset behind the line break that ends the statement at `position`."""
    depth = 0
    while position < len(text):
        character = text[position]
        if character == "\n" and depth == 0:
            return position + 1
        if character == "#":
            position = _line_end(text, position) - 1
            if text[position] != "\n":
                return len(text)
            continue
        if character == "\\":
            position += 2
            continue
        string = _STRING_START.match(text, position)
        if string is not None:
            position = _string_end(text, string.end(), string.group(1))
            continue
        word = _WORD.match(text, position)
        if word is not None:
            position = word.end()
            continue
        if character in "([{":
            depth += 1
        elif character in ")]}":
            depth = max(0, depth - 1)
        position += 1
    return len(text)


def _string_end(text: str, position: int, quote: str) -> int:
    """The offset behind the string's closing quotes; an ordinary string that is never closed ends with its line."""
    while position < len(text):
        if text[position] == "\\":
            position += 2
        elif text.startswith(quote, position):
            return position + len(quote)
        elif text[position] == "\n" and len(quote) == 1:
            return position
        else:
            position += 1
    return len(text)


def _line_end(text: str, position: int) -> int:
    """The offset behind the next line break."""
    end = text.find("\n", position)
    return len(text) if end < 0 else end + 1
