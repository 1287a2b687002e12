"""The stage `evaluate` of a recipe: score a run's model on its held-out problems and on benchmarks.

Reads:  a model; its tokenizer; the held-out problems of the run; installed benchmarks.
Writes: see `evaluate.py`.
Source: Gunasekar et al. 2023, section 3, for what is reported.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from hornbook.benchmarks.benchmark import Benchmark, Protocol
from hornbook.benchmarks.find import find_benchmark
from hornbook.errors import ConfigError
from hornbook.evaluation.evaluate import EvaluationSettings
from hornbook.evaluation.evaluate import evaluate as evaluate_model
from hornbook.evaluation.models import RunModel, SamplingConfig
from hornbook.pipeline.fingerprint import digest_of
from hornbook.pipeline.stage import Artifact, Result, Stage, Workspace
from hornbook.records import Problem
from hornbook.sandbox.program import Limits

VERSION = 3

INSTALLED = ("humaneval", "unconventional-50")
"""Benchmarks that need no file and no network."""
HELD_OUT = "held_out"
HELD_OUT_SETS: Mapping[str, tuple[str, str]] = {
    HELD_OUT: ("combination", "held-out exercises"),
    "held_out_unseen_names": ("unseen_names", "held-out, unseen names"),
    "held_out_untyped": ("untyped", "held-out, untyped"),
    "held_out_reworded": ("reworded", "held-out, reworded"),
    "held_out_distracted": ("distracted", "held-out, distracted"),
    "held_out_wordings": ("wording", "held-out wordings"),
    "held_out_schemas": ("schema", "held-out schemas"),
}
"""Benchmarks that a run keeps from its training: name → category of the problems, title."""
_HELD_OUT_TABLES = ("held_out", "held_out_schemas", "held_out_forms")


@dataclass(frozen=True, kw_only=True)
class EvaluateConfig:
    """What the model is asked and how."""

    benchmarks: tuple[str, ...] = (*HELD_OUT_SETS, "humaneval")
    """In this order; those that begin with `held_out` are the run's own problems, the others come with Hornbook."""
    max_new_tokens: int = 512
    """Maximum number of tokens of a completion."""
    temperature: float = 0.0
    """0 takes the most likely token each time."""
    top_p: float = 1.0
    """Sample from the most likely tokens of this total probability; no effect at temperature 0."""
    num_samples: int = 1
    """Completions per problem."""
    batch_size: int = 64
    """Prompts completed together; it can change a sum's last bit."""
    cpu_seconds: float = 3.0
    """CPU time of each program in the jail."""
    memory_bytes: int = 512 * 2**20
    """Memory of each program in the jail."""

    def __post_init__(self) -> None:
        """Refuse what cannot be run.

        Raises:
            ConfigError: Names the field and the value.
        """
        if not self.benchmarks or len(set(self.benchmarks)) < len(self.benchmarks):
            raise ConfigError(f"`benchmarks` must name at least one, each once, got {self.benchmarks!r}")
        for name in self.benchmarks:
            if name not in (*HELD_OUT_SETS, *INSTALLED):
                raise ConfigError(f"`benchmarks` may hold {', '.join((*HELD_OUT_SETS, *INSTALLED))}, got {name!r}")
        _ = self.settings

    @property
    def settings(self) -> EvaluationSettings:
        """The same as an evaluation of any model takes it."""
        return EvaluationSettings(
            sampling=SamplingConfig(
                max_new_tokens=self.max_new_tokens,
                temperature=self.temperature,
                top_p=self.top_p,
                batch_size=self.batch_size,
            ),
            num_samples=self.num_samples,
            limits=Limits(cpu_seconds=self.cpu_seconds, memory_bytes=self.memory_bytes),
        )


@dataclass(frozen=True, kw_only=True)
class BenchmarkIdentity:
    """What determines a benchmark; part of fingerprints."""

    name: str
    protocol: Protocol
    problems: str
    """SHA-256 of the problems' records."""


def evaluate(
    model: Stage,
    tokenizer: Stage,
    config: EvaluateConfig | None = None,
    *,
    held_out: Stage | None = None,
    name: str = "evaluate",
) -> Stage:
    """The stage that scores a model; `held_out` is the stage that keeps problems from the training."""
    inputs = {"model": model, "tokenizer": tokenizer} | ({} if held_out is None else {"held_out": held_out})
    return Stage(name, run_evaluate, config or EvaluateConfig(), VERSION, inputs)


def run_evaluate(config: EvaluateConfig, inputs: Mapping[str, Artifact], workspace: Workspace) -> Result:
    """Score the model of a training stage on each benchmark; see `evaluate.py` for what is written.

    Inputs are `model` (a training stage's folder), `tokenizer` (`tokenizer.json`) and `held_out` (the stage that wrote
    held-out problems).

    Raises:
        SandboxError: No jail, or a benchmark's own solutions do not pass in it: nothing is scored.
    """
    benchmarks = benchmarks_of(config, inputs.get("held_out"))
    stage = inputs["model"].manifest.stage
    model = RunModel(inputs["model"].folder, inputs["tokenizer"].path("tokenizer.json"), name=stage)
    return evaluate_model(config.settings, benchmarks, model, workspace)


def benchmarks_of(config: EvaluateConfig, held_out: Artifact | None) -> list[Benchmark]:
    """The benchmarks of the config; `held_out` is the artifact with held-out problems.

    Raises:
        ConfigError: One is the run's own, and there is no such artifact.
    """
    if held_out is None and (own := [name for name in config.benchmarks if name in HELD_OUT_SETS]):
        raise ConfigError(f"`{own[0]}` are problems that a run keeps from its training; this one has none")
    return [
        held_out_benchmark(name, held_out) if held_out and name in HELD_OUT_SETS else find_benchmark(name)
        for name in config.benchmarks
    ]


def held_out_benchmark(name: str, exercises: Artifact) -> Benchmark:
    """A set of problems that a run kept from training, as a benchmark; `name` is one of `HELD_OUT_SETS`."""
    category, title = HELD_OUT_SETS[name]
    tables = (table for table in _HELD_OUT_TABLES if exercises.has(table))
    problems = (one for table in tables for one in exercises.records(table, Problem))
    return Benchmark(
        name=name,
        title=title,
        protocol=Protocol(
            name="held-out", version=2, description="the run's own exercises, held out from training as the title says"
        ),
        problems=tuple(one for one in problems if one.category == category),
        source="the run itself",
    )


def identify(benchmarks: Sequence[Benchmark]) -> tuple[BenchmarkIdentity, ...]:
    """What determines the benchmarks, in their order.

    Raises:
        ConfigError: Two have the same name.
    """
    names = [benchmark.name for benchmark in benchmarks]
    for name in names:
        if names.count(name) > 1:
            raise ConfigError(f"`{name}` is named twice among the benchmarks; each is scored once")
    return tuple(
        BenchmarkIdentity(
            name=benchmark.name,
            protocol=benchmark.protocol,
            problems=digest_of([asdict(problem) for problem in benchmark.problems]),
        )
        for benchmark in benchmarks
    )
