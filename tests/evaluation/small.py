"""What many of these tests need: problems, verdicts, requests, and a model of a few thousand parameters."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch

from hornbook.benchmarks.benchmark import Benchmark, Protocol
from hornbook.display import TerminalObserver, make_console
from hornbook.evaluation.models import Model, Request, SamplingConfig
from hornbook.model.config import ModelConfig
from hornbook.model.phi import Phi
from hornbook.model.weights import save_model
from hornbook.pipeline.run import Pipeline, run
from hornbook.pipeline.runs import Run, RunFolder
from hornbook.pipeline.stage import Stage
from hornbook.pipeline.store import Store
from hornbook.records import Document, DocumentKind, Outcome, Problem, Verdict
from hornbook.tokens.tokenizer import TokenizerConfig, train_tokenizer

TEXT = 'def first_word(text):\n    """Return the first word of the text, café."""\n    return text.split()[0]\n'
PROMPTS = ["def f(", TEXT[:30], TEXT[:61], TEXT, "x", "é", "def first_word(text):\n    "]
SHAPE = ModelConfig(vocab_size=320, num_layers=2, hidden_size=32, intermediate_size=64, num_heads=2, max_position=128)


def problem(task_id: str = "own/1", prompt: str = "def f():\n", **fields: str) -> Problem:
    empty = {"entry_point": "f", "canonical_solution": "", "test": "", "category": ""}
    return Problem(task_id=task_id, prompt=prompt, **{**empty, **fields})


def benchmark(problems: Sequence[Problem], name: str = "own", **protocol: Any) -> Benchmark:
    rules = Protocol(name=name, version=1, description="", **protocol)
    return Benchmark(name=name, title=name.title(), protocol=rules, problems=tuple(problems), source="here")


def verdict(task_id: str, outcome: Outcome | bool, sample_index: int = 0, detail: str = "") -> Verdict:
    if isinstance(outcome, bool):
        outcome = Outcome.PASSED if outcome else Outcome.WRONG
    return Verdict(task_id=task_id, sample_index=sample_index, outcome=outcome, detail=detail, stderr="")


def requests_of(prompts: Sequence[str], num_samples: int = 1, stop_strings: tuple[str, ...] = ()) -> list[Request]:
    return [
        Request(problem=problem(f"own/{number}", prompt), sample_index=index, stop_strings=stop_strings)
        for number, prompt in enumerate(prompts)
        for index in range(num_samples)
    ]


def texts_of(model: Model, requests: list[Request], sampling: SamplingConfig, seed: int = 3) -> list[str]:
    texts = {index: text for group in model.complete(requests, sampling, seed, ()) for index, text in group}
    return [texts[index] for index in range(len(requests))]


def save_tiny_model(folder: Path, *, seed: int = 1, vocab_size: int = 300) -> Path:
    """As training leaves it, but with weights so large that it does not repeat one token."""
    folder.mkdir(exist_ok=True)
    document = Document(id="own", kind=DocumentKind.EXERCISE, text=TEXT)
    train_tokenizer([document] * 2, TokenizerConfig(vocab_size=vocab_size)).save(str(folder / "tokenizer.json"))
    phi = Phi(SHAPE).initialize(torch.Generator().manual_seed(seed))
    with torch.no_grad():
        for parameter in phi.parameters():
            parameter.mul_(8.0)
    save_model(phi, folder)
    return folder


def make_run(
    store: Store, name: str, stages: Sequence[Stage], recipe: str = "own", until: str | None = None
) -> RunFolder:
    folder = RunFolder(store, name)
    folder.begin(Run(name=name, recipe=recipe, seed=0, until=until))
    with TerminalObserver(make_console(quiet=True), folder) as observer:
        run(Pipeline(recipe, tuple(stages)), store, observer)
    folder.finish()
    return folder
