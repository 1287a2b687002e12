"""`hornbook write-textbooks`: textbook passages by a language model, on a person's own topics."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from hornbook.commands.typer_bridge import (
    DEFAULT_FLAGS,
    SeedOption,
    TeacherOption,
    TeacherOptions,
    TemperatureOption,
    open_account,
    with_teacher_flags,
)
from hornbook.commands.writing_options import (
    LISTS,
    MaxAttemptsOption,
    MaxNewTokensOption,
    NumOption,
    OutputOption,
    TopicsOption,
    WhenStaleOption,
    run_writer,
    write_config,
)
from hornbook.commands.written_files import require_writable

STAGE = "write-textbooks"

WordsOption = Annotated[
    Path | None,
    typer.Option("--words", metavar="FILE", help="Your own concept words, one a line.", rich_help_panel=LISTS),
]
NumWordsOption = Annotated[
    int,
    typer.Option(
        "--num-words", min=0, metavar="N", help="Concept words that each passage is to use.", rich_help_panel=LISTS
    ),
]
InspirationOption = Annotated[
    Path | None,
    typer.Option(
        "--inspiration",
        metavar="FILE|DIR",
        help="Real code, 1 to 15 lines of which are shown each time: rows with `text`, or Python files.",
        rich_help_panel=LISTS,
    ),
]


@with_teacher_flags
def write_textbooks(
    teacher: TeacherOption,
    output: OutputOption,
    num: NumOption = 100,
    topics: TopicsOption = None,
    words: WordsOption = None,
    num_words: NumWordsOption = 3,
    inspiration: InspirationOption = None,
    max_attempts: MaxAttemptsOption = None,
    max_new_tokens: MaxNewTokensOption = 600,
    when_stale: WhenStaleOption = "stop",
    seed: SeedOption = 0,
    flags: TeacherOptions = DEFAULT_FLAGS,
    temperature: TemperatureOption = 0.8,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Let a language model write textbook passages: prose with programs and what they print.

    Each is about a topic, for an audience, in a style. Every answer is kept in the cache, so that the same command
    goes on where an interrupted one was. `hornbook verify` then runs the programs.
    """
    from hornbook.records import Passage
    from hornbook.synthesis.prompted.passages import PassageJob, PassagePromptConfig, passage_ingredients

    require_writable(output)
    ingredients = passage_ingredients(topics, words, _texts(inspiration) if inspiration is not None else ())
    config = PassagePromptConfig(num_words=num_words, temperature=temperature, max_new_tokens=max_new_tokens)
    writing = write_config(num, max_attempts, when_stale)
    with open_account(STAGE, teacher, flags, output) as account:
        run_writer(
            PassageJob(ingredients, config, account.name),
            account,
            writing,
            seed,
            output=output,
            record=Passage,
            unit="passages",
            num_topics=len(ingredients.topics),
            as_json=as_json,
        )


def _texts(path: Path) -> tuple[str, ...]:
    """The texts with a character in them, of rows or of Python files.

    Raises:
        MissingInputError: There are none.
    """
    from hornbook.errors import MissingInputError
    from hornbook.records import Document
    from hornbook.sources.find import SourcesConfig, open_sources

    with TemporaryDirectory() as work:
        pieces = [piece for source in open_sources([str(path)], SourcesConfig()) for piece in source.pieces(Path(work))]
        found = [one for piece in pieces for one in piece() if isinstance(one, Document)]
    texts = tuple(document.text for document in found if document.text.strip())
    if not texts:
        raise MissingInputError(f"`--inspiration` `{path}` holds no text")
    return texts
