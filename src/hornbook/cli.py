"""The command line: one application whose commands are imported when they are typed.

Exit statuses: 0; 2 after a mistake of the user, which one message explains; 130 after an interrupt; 143 after SIGTERM
in a training. Any other exception is a bug of ours and keeps its traceback.
"""

import difflib
import sys
from collections.abc import Sequence

from cyclopts import App, CycloptsError, Group, Parameter
from cyclopts.exceptions import MissingArgumentError, UnusedCliTokensError

from hornbook import __version__
from hornbook.errors import ConfigError, HornbookError, StoppedError

_MISTAKE = 2
_INTERRUPTED = 130
_TERMINATED = 143
_RECIPES, _DATA = Group("Recipes", sort_key=0), Group("Data", sort_key=1)
_TEACHER, _MODELS = Group("Data by a language model", sort_key=2), Group("Models", sort_key=3)
COMMANDS = {
    "run": (_RECIPES, "run:run", "Run a recipe, or continue it."),
    "plan": (_RECIPES, "run:plan", "Say what a run would take, and run nothing."),
    "show": (_RECIPES, "runs:show", "Show a run: its stages, artifacts and scores."),
    "runs": (_RECIPES, "runs:app", "List the runs of a store, remove one, delete what no run needs."),
    "study": (_RECIPES, "study:app", "Study a finished run: what does its model owe to what?"),
    "collect": (_DATA, "data:collect", "Read code, notebooks, packages, rows or dumps into one file of documents."),
    "deduplicate": (_DATA, "data:deduplicate", "Drop documents that repeat an earlier one, exactly or nearly."),
    "sample": (_DATA, "curation:sample", "Draw documents at random."),
    "train-classifier": (_DATA, "curation:train_classifier", "Train the quality classifier on labelled documents."),
    "classify": (_DATA, "data:classify", "Write how likely each document is to teach something."),
    "select": (_DATA, "data:select", "Keep the documents of the highest value within a budget."),
    "decontaminate": (_DATA, "decontaminate:decontaminate", "Drop documents that give away a benchmark's problems."),
    "diversity": (_DATA, "synthesis:diversity", "Measure how varied exercises or passages are."),
    "annotate": (_TEACHER, "curation:annotate", "Let a language model score the educational value of documents."),
    "write-textbooks": (_TEACHER, "synthesis:write_textbooks", "Let a language model write textbook passages."),
    "write-exercises": (_TEACHER, "synthesis:write_exercises", "Let a language model write exercises."),
    "verify": (_TEACHER, "synthesis:verify", "Execute exercises or passages, and keep what holds."),
    "train-tokenizer": (_MODELS, "tokens:train_tokenizer", "Learn a byte-level BPE tokenizer from documents."),
    "tokenize": (_MODELS, "tokens:tokenize", "Turn documents into token shards."),
    "train": (_MODELS, "train:train", "Train a model on token shards."),
    "complete": (_MODELS, "models:complete", "Let a model finish a program."),
    "evaluate": (_MODELS, "evaluate:evaluate", "Score a model, or samples, on benchmarks."),
    "compare": (_MODELS, "models:compare", "Compare two evaluations on the same problems."),
    "export": (_MODELS, "models:export", "Write a model as a folder that other programs load."),
}
"""Name → group, place below `hornbook.commands`, and what the list of commands says."""


def make_app(command: str = "") -> App:
    """The application; `command` is the one that is typed, whose help is its docstring's."""
    app = App(
        name="hornbook",
        help="Make a small code model from textbook-quality data, the way phi-1 was made.",
        help_format="markdown" if command else "plaintext",  # The list of commands has no markup, and shows faster.
        version=f"hornbook {__version__}",
        default_parameter=Parameter(
            negative_iterable=(),
            negative_none=(),
            allow_repeating=True,  # Of two values for one option the last counts.
            show_default=_shown_default,
        ),
        suppress_keyboard_interrupt=False,
    )
    for index, (name, (group, place, help_)) in enumerate(COMMANDS.items()):
        app.command(
            f"hornbook.commands.{place}",
            name=name,
            group=group,
            sort_key=index,
            help=None if name == command else help_,
        )
    app["--help"].group = app["--version"].group = Group("Options", sort_key=9)
    return app


def main() -> None:
    """Run the command line and turn a person's mistake into one message."""
    try:
        call(sys.argv[1:])
    except StoppedError as error:
        print(error, file=sys.stderr)  # noqa: T201
        sys.exit(_TERMINATED)
    except HornbookError as error:
        red = "\033[1;31m{}\033[0m" if sys.stderr.isatty() else "{}"
        print(red.format("error:"), error, file=sys.stderr)  # noqa: T201
        sys.exit(_MISTAKE)
    except KeyboardInterrupt:
        print("interrupted; the same command goes on from here", file=sys.stderr)  # noqa: T201
        sys.exit(_INTERRUPTED)


def call(tokens: Sequence[str]) -> None:
    """Run a command line.

    Raises:
        ConfigError: The command or an option is unknown, or a value does not fit.
        HornbookError: From the command.
    """
    command = tokens[0] if tokens else ""
    if command and not command.startswith("-") and command not in COMMANDS:
        near = difflib.get_close_matches(command, COMMANDS, n=1)
        hint = f"did you mean `{near[0]}`?" if near else "`hornbook --help` lists the commands"
        raise ConfigError(f"no command `{command}`; {hint}")
    try:
        make_app(command)(tokens, exit_on_error=False, print_error=False, result_action="return_value")
    except CycloptsError as error:
        if isinstance(error.__cause__, HornbookError):
            raise error.__cause__ from error
        raise ConfigError(_explained(error)) from error


def _shown_default(value: object) -> str | None:
    """The default as it is typed; none is shown for an option that is off or empty."""
    if isinstance(value, tuple):
        return ",".join(map(str, value)) or None
    return None if value is None or value is False or value == "" else str(value)


def _explained(error: CycloptsError) -> str:
    """The mistake in one sentence, with the nearest option."""
    command = " ".join(["hornbook", *(error.command_chain or ())])
    if isinstance(error, UnusedCliTokensError) and error.unused_tokens:
        return f"`{command}` takes no further argument, got `{error.unused_tokens[0]}`"
    if isinstance(error, MissingArgumentError) and not error.keyword and error.argument is not None:
        hint = str(error).partition(" Did you mean ")[2]
        return f"`{command}` needs {error.argument.name}" + (f"; did you mean {hint}" if hint else "")
    return " ".join(str(error).split())
