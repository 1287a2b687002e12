"""The command line: reads what was typed, calls the rest, prints. Heavy modules are imported when a command needs them.

A mistake of the user ends with one message and status 2, an interrupt with 130, SIGTERM in a training with 143; any
other exception is a bug of ours and keeps its traceback.
"""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from hornbook import __version__
from hornbook.commands.annotate import annotate
from hornbook.commands.compare import compare
from hornbook.commands.evaluate import evaluate
from hornbook.commands.export import export
from hornbook.commands.run import RecipeArgument, SeedOption, SetOption, StoreOption, UntilOption, make_pipeline, run
from hornbook.commands.study import app as study
from hornbook.commands.tokenize import tokenize
from hornbook.commands.train import train
from hornbook.errors import HornbookError, StoppedError
from hornbook.pipeline import DEFAULT_STORE

app = typer.Typer(
    name="hornbook",
    help="Make a small code model from textbook-quality data, the way phi-1 was made.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)

_INTERRUPTED = 130
_TERMINATED = 143

RunArgument = Annotated[str, typer.Argument(help="The run's name.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def main() -> None:
    """Run the command line and turn a person's mistake into one message."""
    try:
        app()
    except StoppedError as error:
        typer.echo(str(error), err=True)
        sys.exit(_TERMINATED)
    except HornbookError as error:
        typer.secho("error: ", fg="red", bold=True, nl=False, err=True)
        typer.echo(str(error), err=True)
        sys.exit(2)
    except (KeyboardInterrupt, SystemExit) as error:  # Typer turns an interrupt into an exit with this status.
        if isinstance(error, SystemExit) and error.code != _INTERRUPTED:
            raise
        typer.echo("interrupted; the same command goes on from here", err=True)
        sys.exit(_INTERRUPTED)


@app.callback(invoke_without_command=True)
def hornbook(
    version: Annotated[bool, typer.Option("--version", help="Print the version and leave.")] = False,
) -> None:
    """Make a small code model from textbook-quality data, the way phi-1 was made."""
    if version:
        typer.echo(f"hornbook {__version__}")
        raise typer.Exit


app.command()(run)


@app.command()
def plan(
    recipe: RecipeArgument,
    overrides: SetOption = None,
    until: UntilOption = None,
    gpu: Annotated[
        str | None,
        typer.Option("--gpu", metavar="NAME", help="The GPUs to count hours and memory of: h100, a100, …"),
    ] = None,
    num_gpus: Annotated[int, typer.Option("--num-gpus", help="How many of them.")] = 8,
    utilisation: Annotated[
        float, typer.Option("--utilisation", help="Share of the GPU's peak that training is expected to reach.")
    ] = 0.55,
    store: StoreOption = Path(DEFAULT_STORE),
    seed: SeedOption = 0,
    as_json: JsonOption = False,
) -> None:
    """Say what a run would do: stages reused, tokens, FLOPs, GPU-hours, memory, disk, teacher's price. Runs nothing."""
    from hornbook.display import make_console
    from hornbook.pipeline.plan import make_plan, print_plan
    from hornbook.pipeline.store import Store
    from hornbook.training.estimate import find_hardware, paper_hardware

    hardware = find_hardware(gpu or "h100", num_gpus=num_gpus, utilisation=utilisation)
    reference = paper_hardware()
    pipeline = make_pipeline(recipe, overrides, until, seed)
    made = make_plan(pipeline, Store(store), hardware, None if hardware.gpu == reference.gpu else reference)
    if as_json:
        typer.echo(json.dumps(made.as_json(), indent=2))
    else:
        print_plan(made, make_console(), gpus=True if gpu else None)


@app.command()
def show(run: RunArgument, store: StoreOption = Path(DEFAULT_STORE), as_json: JsonOption = False) -> None:
    """Show a run: its stages, artifacts, scores, and where they lie."""
    from hornbook.display import make_console
    from hornbook.pipeline.runs import RunFolder
    from hornbook.pipeline.store import Store
    from hornbook.report.summary import describe_run, print_summary

    folder = RunFolder(Store(store), run)
    if as_json:
        typer.echo(json.dumps(describe_run(folder), indent=2))
    else:
        print_summary(folder, make_console(), stages=True)


@app.command()
def complete(
    model: Annotated[str, typer.Argument(help="A run, or a folder with a phi model, Hornbook's or Hugging Face's.")],
    prompt: Annotated[str, typer.Argument(help="The beginning of a program; `-` reads it from standard input.")],
    base: Annotated[bool, typer.Option("--base", help="Of a run: the model as it was before finetuning.")] = False,
    max_new_tokens: Annotated[int, typer.Option("--max-new-tokens", min=1)] = 200,
    temperature: Annotated[float, typer.Option("--temperature", min=0.0, help="0 takes the likeliest token.")] = 0.0,
    seed: SeedOption = 0,
    store: StoreOption = Path(DEFAULT_STORE),
) -> None:
    """Let a model finish a program, and print the prompt with what it wrote."""
    from hornbook.evaluation.complete import complete_prompt
    from hornbook.evaluation.find import find_files
    from hornbook.pipeline.store import Store

    text = sys.stdin.read() if prompt == "-" else prompt.replace("\\n", "\n")
    files = find_files(model, Store(store), base=base)
    written = complete_prompt(
        files.folder, files.tokenizer, text, max_new_tokens=max_new_tokens, temperature=temperature, seed=seed
    )
    typer.echo(text + written)


app.command()(evaluate)
app.command()(compare)
app.add_typer(study, name="study")
app.command()(tokenize)
app.command()(train)
app.command()(annotate)
app.command()(export)


_FORWARDED = {"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}


@app.command(context_settings=_FORWARDED)
def collect(context: typer.Context) -> None:
    """Read code, notebooks, packages, rows or dumps of Stack Exchange into one file of documents."""
    _call_data(["collect", *context.args])


@app.command(context_settings=_FORWARDED)
def deduplicate(context: typer.Context) -> None:
    """Drop documents that repeat an earlier one, exactly or nearly."""
    _call_data(["deduplicate", *context.args])


@app.command(context_settings=_FORWARDED)
def runs(context: typer.Context) -> None:
    """List the runs of a store, remove one, delete the artifacts that no run needs."""
    from hornbook.commands.one_stage import call
    from hornbook.commands.runs import app as commands

    call(commands, context.args)


@app.command(context_settings=_FORWARDED)
def classify(context: typer.Context) -> None:
    """Write how likely each document is to teach something, by a quality classifier."""
    _call_data(["classify", *context.args])


@app.command(context_settings=_FORWARDED)
def select(context: typer.Context) -> None:
    """Keep the documents of the highest value within a budget of tokens."""
    _call_data(["select", *context.args])


@app.command(context_settings=_FORWARDED)
def decontaminate(context: typer.Context) -> None:
    """Drop documents that give away a benchmark's problems, in other words or another story too, and say why."""
    from hornbook.commands.decontaminate import app as decontamination
    from hornbook.commands.one_stage import call

    call(decontamination, ["decontaminate", *context.args])


@app.command("write-textbooks", context_settings=_FORWARDED)
def write_textbooks(context: typer.Context) -> None:
    """Write textbook passages, by the curriculum or a language model."""
    _call_synthesis(["write-textbooks", *context.args])


@app.command("write-exercises", context_settings=_FORWARDED)
def write_exercises(context: typer.Context) -> None:
    """Write exercises, by the curriculum or a language model."""
    _call_synthesis(["write-exercises", *context.args])


@app.command(context_settings=_FORWARDED)
def verify(context: typer.Context) -> None:
    """Execute exercises, passages and modules, and drop what does not do what it says."""
    _call_synthesis(["verify", *context.args])


@app.command(context_settings=_FORWARDED)
def diversity(context: typer.Context) -> None:
    """Measure how varied exercises, passages or modules are, input beside input."""
    _call_synthesis(["diversity", *context.args])


def _call_synthesis(tokens: list[str]) -> None:
    from hornbook.commands.one_stage import call
    from hornbook.commands.synthesis import app as synthesis

    call(synthesis, tokens)


def _call_data(tokens: list[str]) -> None:
    from hornbook.commands.data import app as data
    from hornbook.commands.one_stage import call

    call(data, tokens)
