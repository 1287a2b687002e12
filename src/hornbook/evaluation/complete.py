"""Let a model complete benchmark problems, or any prompt."""

from collections.abc import Callable
from pathlib import Path

from hornbook.benchmarks.benchmark import Benchmark, Protocol
from hornbook.evaluation.cut import cut_completion
from hornbook.evaluation.extract import CHAT_PROTOCOL_DESCRIPTION, CHAT_PROTOCOL_VERSION, extract_completion
from hornbook.evaluation.journal import Journal
from hornbook.evaluation.models import CHAT_ENDPOINT, Model, ModelIdentity, Request, SamplingConfig
from hornbook.generation.stop import first_stop
from hornbook.records import Completion, Problem


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
    # Imported here because they bring torch.
    from hornbook.generation.sample import generate
    from hornbook.model.weights import check_tokenizer, load_model
    from hornbook.tokens.tokenizer import load_tokenizer, tokenizer_hash

    tokenizer = load_tokenizer(tokenizer_file)
    check_tokenizer(model_folder, tokenizer_hash(tokenizer))
    config = SamplingConfig(max_new_tokens=max_new_tokens, temperature=temperature)
    [text] = generate(load_model(model_folder), tokenizer, [prompt], config, seed, lambda _done, _total: None)
    return cut_completion(prompt, text)
