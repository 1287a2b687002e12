"""Complete benchmark problems or any prompt with a model, and cut each completion at the end of its function.

Models continue after the function with more functions, calls or prose. The function's body ends before the first
logical line that is indented no deeper than the function's header. Strings, brackets and backslashes are tracked by a
regular expression, because Python's tokenizer stops at invalid text, at a place that depends on the Python version.
"""

import gc
import re
from collections.abc import Callable, Iterator
from pathlib import Path

from hornbook.benchmarks.benchmark import Benchmark, Protocol
from hornbook.evaluation.endpoint import CHAT_PROTOCOL_DESCRIPTION, CHAT_PROTOCOL_VERSION
from hornbook.evaluation.journal import Journal
from hornbook.evaluation.models import CHAT_ENDPOINT, Model, ModelIdentity, Request, SamplingConfig
from hornbook.generation.prompt import first_stop
from hornbook.python_code.answers import extract_completion
from hornbook.records import Completion, Problem

_HEADER = re.compile(r"(?:async[ \t]+def|def)\b")
_MARGIN = re.compile(r"[ \t\f]*")
_PIECE = re.compile(
    r"#[^\n]*"
    r"|(?P<quotes>'''|\"\"\")(?:(?!(?P=quotes))[^\\]|\\.?)*(?P=quotes)?"
    r"|'(?:[^'\\\n]|\\.?)*'?"
    r"|\"(?:[^\"\\\n]|\\.?)*\"?"
    r"|\\.?"
    r"|[\n()\[\]{}]",
    re.DOTALL,
)
"""What tells where a statement ends: comments, strings (one with single quotes ends with its line), brackets."""


def requests_of(benchmark: Benchmark, num_samples: int) -> list[Request]:
    """Requests for `num_samples` completions of each problem, numbered from 0."""
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
    """Complete each problem `num_samples` times and cut each completion at the end of its function.

    The model completes what the journal does not contain, and what it completes is appended as it arrives. `progress`
    is called with the number of completions so far and the total.

    Returns:
        Completions in the order of the problems, deterministic if the model is.

    Raises:
        EndpointError: An endpoint does not answer. The completions so far are in the journal.
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
    """The part of a model's answer that is run after the prompt."""
    if identity.kind == CHAT_ENDPOINT:
        return extract_completion(problem, raw)
    if protocol.stop_strings:
        return raw[: first_stop(raw, protocol.stop_strings)]
    return cut_completion(problem.prompt, raw)


def describe_asking(protocol: Protocol, identity: ModelIdentity) -> str:
    """How a model of this kind is prompted and where its answer is cut, in one line."""
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
    """Complete any text up to the end of its function, with a phi model in Hornbook's or a Hugging Face format.

    At temperature 0 each token is the most likely one, and no seed matters.

    Raises:
        MissingInputError: A file is missing.
        ConfigError: The tokenizer is not the model's.
    """
    # These imports bring torch, which allocates very many objects that stay: without the garbage collector, which would
    # scan them again and again, they take a third less time.
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
    """The prefix of `raw`, the model's text, that belongs to the last function that `prompt` begins.

    The prompt may end anywhere from the function's header on. Nested functions, comments between statements, and
    strings and brackets over several lines are kept; comments and blank lines after the last statement are not. Nothing
    is repaired.

    Returns:
        All of `raw` if the prompt begins no function; the empty text if no statement of the function follows.
    """
    text = prompt + raw
    header_column = -1
    end = len(prompt)
    for start, column, line_end in _logical_lines(text):
        if start < len(prompt):
            if _HEADER.match(text, start):
                header_column = column
            end = max(end, line_end)
        elif column <= header_column:
            break
        else:
            end = line_end
    return raw[: end - len(prompt)] if header_column >= 0 else raw


def _logical_lines(text: str) -> Iterator[tuple[int, int, int]]:
    """Start, indentation in characters, and end of each logical line; comments and blank lines are left out."""
    position = 0
    while position < len(text):
        margin = _MARGIN.match(text, position)
        assert margin is not None  # It matches anything.
        start = margin.end()
        if start == len(text):
            return
        if text[start] in "#\r\n":
            line_break = text.find("\n", start)
            position = len(text) if line_break < 0 else line_break + 1
            continue
        end = _statement_end(text, start)
        yield start, start - position, end
        position = end


def _statement_end(text: str, position: int) -> int:
    """The offset after the line break that ends the statement at `position`."""
    depth = 0
    for piece in _PIECE.finditer(text, position):
        character = piece[0][0]
        if character == "\n" and depth == 0:
            return piece.end()
        if character in "([{":
            depth += 1
        elif character in ")]}":
            depth = max(0, depth - 1)
    return len(text)
