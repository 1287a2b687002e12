"""Score a model: complete each benchmark's problems, run the completions in the jail, count.

Reads:  a model; its tokenizer; the held-out problems of the run; HumanEval.
Writes: for each benchmark the completions and their verdicts; the scores, in the metrics.
Source: Chen et al. 2021 (protocol, estimator); Gunasekar et al. 2023, section 3, for what is reported.
"""

import dataclasses
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow.parquet as pq

from hornbook.artifacts.stage import Artifact, Result, Workspace
from hornbook.benchmarks.humaneval import read_humaneval
from hornbook.errors import ConfigError
from hornbook.evaluation.complete import Completer, complete_problems
from hornbook.evaluation.judge import check_canonical_solutions, judge
from hornbook.evaluation.score import score_verdicts
from hornbook.records import Completion, Problem, Verdict, records_of, table_of
from hornbook.sandbox.jail import Jail
from hornbook.sandbox.program import Limits

VERSION = 1

BENCHMARKS = ("held_out", "humaneval")


@dataclass(frozen=True, kw_only=True)
class EvaluateConfig:
    """What the model is asked and how."""

    benchmarks: tuple[str, ...] = BENCHMARKS
    """In this order; `held_out` are the run's own problems, `humaneval` the 164 of the package."""
    max_new_tokens: int = 300
    temperature: float = 0.0
    """0 takes the likeliest token each time."""
    top_p: float = 1.0
    """Draw from the likeliest tokens of this total probability; no effect at temperature 0."""
    num_samples: int = 1
    """Completions per problem."""
    batch_size: int = 64
    """Prompts completed together; part of the config because it can change a sum's last bit."""
    cpu_seconds: float = 3.0
    """For each program in the jail."""
    memory_bytes: int = 512 * 2**20
    """For each program in the jail."""

    def __post_init__(self) -> None:
        """Refuse what cannot be run.

        Raises:
            ConfigError: Names the field and the value.
        """
        if not self.benchmarks or len(set(self.benchmarks)) < len(self.benchmarks):
            raise ConfigError(f"`benchmarks` must name at least one, each once, got {self.benchmarks!r}")
        for name in self.benchmarks:
            if name not in BENCHMARKS:
                raise ConfigError(f"`benchmarks` may hold {' and '.join(BENCHMARKS)}, got {name!r}")
        for field in ("max_new_tokens", "num_samples", "batch_size"):
            if getattr(self, field) < 1:
                raise ConfigError(f"`{field}` must be at least 1, got {getattr(self, field)!r}")
        if not self.temperature >= 0:
            raise ConfigError(f"`temperature` must not be negative, got {self.temperature!r}")
        if self.num_samples > 1 and self.temperature == 0:
            raise ConfigError(f"`num_samples` above 1 needs a `temperature` above 0, got {self.num_samples!r}")
        if not 0 < self.top_p <= 1:
            raise ConfigError(f"`top_p` must lie in (0, 1], got {self.top_p!r}")
        Limits(cpu_seconds=self.cpu_seconds, memory_bytes=self.memory_bytes)


def run_evaluate(config: EvaluateConfig, inputs: Mapping[str, Artifact], workspace: Workspace) -> Result:
    """Score the model of a training stage on each benchmark.

    Args:
        config: Benchmarks, sampling, limits.
        inputs: `model` (a training stage's folder), `tokenizer` (`tokenizer.json`), `held_out` (the table `held_out` of
            `Problem`).
        workspace: Written to as `evaluate` does.

    Returns:
        As `evaluate`; in addition `metrics["truncated_prompts"]`: benchmark → how many prompts were too long for the
        model and were read from their middle on.

    Raises:
        SandboxError: No jail, or a benchmark's own solutions do not pass in it: nothing is scored.
    """
    # Imported here because they bring torch, which the command line can do without until a model is asked.
    from hornbook.generation.sample import GenerateConfig, count_truncated, generate, load_model
    from hornbook.tokens.tokenizer import load_tokenizer

    problems = {name: _read_benchmark(name, inputs) for name in config.benchmarks}
    model = load_model(inputs["model"].folder)
    tokenizer = load_tokenizer(inputs["tokenizer"].path("tokenizer.json"))
    settings = GenerateConfig(
        max_new_tokens=config.max_new_tokens,
        temperature=config.temperature,
        top_p=config.top_p,
        batch_size=config.batch_size,
    )

    def make_completer(progress: Callable[[int, int], None]) -> Completer:
        return lambda prompts: generate(model, tokenizer, prompts, settings, workspace.seed, progress)

    result = evaluate(config, problems, make_completer, workspace)
    truncated = {
        name: count_truncated(model, tokenizer, [problem.prompt for problem in of_benchmark], settings)
        for name, of_benchmark in problems.items()
    }
    return dataclasses.replace(result, metrics={**result.metrics, "truncated_prompts": truncated})


def evaluate(
    config: EvaluateConfig,
    problems: Mapping[str, Sequence[Problem]],
    make_completer: Callable[[Callable[[int, int], None]], Completer],
    workspace: Workspace,
) -> Result:
    """Score whatever completes prompts.

    Args:
        config: Benchmarks, sampling, limits.
        problems: Benchmark → its problems, in the order in which they are scored.
        make_completer: Called with the place to report progress to, for each benchmark that is not yet completed.
        workspace: Gets the tables `<benchmark>-completions` and `<benchmark>-verdicts`. Completions that are done stay
            in its scratch folder, so that a killed run does not make them again.

    Returns:
        The scores in `metrics["scores"]`, the jail and its limits in `metrics["sandbox"]`.

    Raises:
        SandboxError: No jail, or a benchmark's own solutions do not pass in it: nothing is scored.
    """
    scores = []
    with Jail(Limits(cpu_seconds=config.cpu_seconds, memory_bytes=config.memory_bytes)) as jail:
        for name, of_benchmark in problems.items():
            check_canonical_solutions(name, of_benchmark, jail, _noted(workspace, f"{name}: canonical solutions"))
        for name, of_benchmark in problems.items():
            completions = _load_or_complete(config, name, of_benchmark, make_completer, workspace)
            judged = judge(of_benchmark, completions, jail, _noted(workspace, f"{name}: verdicts"))
            verdicts = [verdict for verdict, _ in judged]
            workspace.write_records(f"{name}-completions", Completion, completions)
            workspace.write_records(f"{name}-verdicts", Verdict, verdicts)
            generator = np.random.default_rng(workspace.seed)
            protocol = describe_protocol(config)
            scores.append(score_verdicts(name, of_benchmark, verdicts, protocol=protocol, generator=generator))
        description = jail.describe()
    return Result(
        kept=sum(score.num_problems * score.num_samples for score in scores),
        unit="verdicts",
        metrics={"scores": [score.to_json() for score in scores], "sandbox": description},
    )


def describe_protocol(config: EvaluateConfig) -> str:
    """The protocol in one line, for the report and the model card."""
    sampling = "greedy" if config.temperature == 0 else f"temperature {config.temperature:g}, top-p {config.top_p:g}"
    samples = "1 sample" if config.num_samples == 1 else f"{config.num_samples} samples"
    return (
        f"prompt as given, {sampling}, {samples} per problem, at most {config.max_new_tokens} new tokens, cut at the "
        f"function's end; {config.cpu_seconds:g} s of CPU time and {config.memory_bytes // 2**20} MiB per program"
    )


def _read_benchmark(name: str, inputs: Mapping[str, Artifact]) -> list[Problem]:
    if name == "humaneval":
        return read_humaneval()
    return inputs["held_out"].records("held_out", Problem)


def _load_or_complete(
    config: EvaluateConfig,
    name: str,
    problems: Sequence[Problem],
    make_completer: Callable[[Callable[[int, int], None]], Completer],
    workspace: Workspace,
) -> list[Completion]:
    """The completions from scratch if an earlier run finished them, else new ones, which are put there."""
    path = workspace.scratch / f"{name}-completions.parquet"
    if path.exists():
        return records_of(Completion, pq.read_table(path))
    completer = make_completer(_noted(workspace, f"{name}: completions"))
    completions = complete_problems(problems, completer, num_samples=config.num_samples)
    unfinished = path.with_suffix(f".{os.getpid()}")
    pq.write_table(table_of(Completion, completions), unfinished)
    unfinished.replace(path)
    return completions


def _noted(workspace: Workspace, note: str) -> Callable[[int, int], None]:
    return lambda done, total: workspace.progress(done, total, note)
