"""`hornbook write-textbooks`: textbook passages by a language model, on a person's own topics."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hornbook.commands.teacher_options import (
    DEFAULT_CACHE,
    DEFAULT_CONCURRENCY,
    DEFAULT_KEY_VARIABLE,
    ApiKeyEnvOption,
    ApiKeyFileOption,
    BatchOption,
    BudgetOption,
    CacheOption,
    ConcurrencyOption,
    PricesOption,
    SeedOption,
    TeacherModelOption,
    TeacherOption,
    TemperatureOption,
    open_account,
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

if TYPE_CHECKING:
    from hornbook.synthesis.prompted.passage_prompts import PassageIngredients

STAGE = "write-textbooks"

WordsOption = Annotated[
    Path | None,
    typer.Option("--words", metavar="FILE", help="Your own concept words, one a line.", rich_help_panel=LISTS),
]
NumWordsOption = Annotated[
    int,
    typer.Option(
        "--num-words", min=0, metavar="N", help="Concept words that each passage must use.", rich_help_panel=LISTS
    ),
]
MinWordsOption = Annotated[
    float,
    typer.Option(
        "--min-words-used",
        min=0.0,
        max=1.0,
        metavar="SHARE",
        help="Put passages aside that use less than this share of their words; recorded in any case.",
        rich_help_panel=LISTS,
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


def write_textbooks(
    teacher: TeacherOption,
    output: OutputOption,
    num: NumOption = 100,
    topics: TopicsOption = None,
    words: WordsOption = None,
    num_words: NumWordsOption = 3,
    min_words_used: MinWordsOption = 0.0,
    inspiration: InspirationOption = None,
    max_attempts: MaxAttemptsOption = None,
    max_new_tokens: MaxNewTokensOption = 600,
    when_stale: WhenStaleOption = "stop",
    seed: SeedOption = 0,
    teacher_model: TeacherModelOption = "",
    api_key_env: ApiKeyEnvOption = DEFAULT_KEY_VARIABLE,
    api_key_file: ApiKeyFileOption = None,
    concurrency: ConcurrencyOption = DEFAULT_CONCURRENCY,
    budget: BudgetOption = None,
    prices: PricesOption = None,
    cache: CacheOption = DEFAULT_CACHE,
    batch: BatchOption = False,
    temperature: TemperatureOption = 0.8,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Let a language model write textbook passages: prose with programs and what they print.

    Each is about a topic, for an audience, in a style. Every answer is kept in the cache, so that the same command
    goes on where an interrupted one was. `hornbook verify` then runs the programs.
    """
    from hornbook.records import Passage
    from hornbook.synthesis.prompted.passage_answers import PassageRules
    from hornbook.synthesis.prompted.passage_prompts import PassagePromptConfig
    from hornbook.synthesis.prompted.textbooks import PassageJob

    require_writable(output)
    ingredients = _ingredients(topics, words, inspiration)
    config = PassagePromptConfig(num_words=num_words, temperature=temperature, max_new_tokens=max_new_tokens)
    rules = PassageRules(min_share_of_words_used=min_words_used)
    writing = write_config(num, max_attempts, when_stale)
    opened = open_account(
        STAGE,
        teacher,
        model=teacher_model,
        api_key_env=api_key_env,
        api_key_file=api_key_file,
        concurrency=concurrency,
        budget=budget,
        prices=prices,
        cache=cache,
        batch=batch,
    )
    with opened as account:
        run_writer(
            PassageJob(ingredients, config, rules, account.name),
            account,
            writing,
            seed,
            output=output,
            record=Passage,
            unit="passages",
            num_topics=len(ingredients.topics),
            watch=when_stale != "ignore",
            as_json=as_json,
        )


def _ingredients(topics: Path | None, words: Path | None, inspiration: Path | None) -> "PassageIngredients":
    from hornbook.synthesis.prompted.forms import read_audiences, read_styles
    from hornbook.synthesis.prompted.passage_prompts import PassageIngredients
    from hornbook.synthesis.prompted.word_lists import read_entries, read_topics

    return PassageIngredients(
        topics=read_topics(topics),
        audiences=read_audiences(),
        styles=read_styles(),
        skills=read_entries("skills"),
        words=read_entries("concepts", words),
        inspirations=_texts(inspiration) if inspiration is not None else (),
    )


def _texts(path: Path) -> tuple[str, ...]:
    """The texts with a character in them, of rows or of Python files.

    Raises:
        MissingInputError: There are none.
    """
    from hornbook.errors import MissingInputError
    from hornbook.reading.files import find_files
    from hornbook.tokens.inputs import Inputs

    found = Inputs(find_files([path], pattern="*.py"), text_field="text", id_field=None)
    texts = tuple(document.text for document in found.documents() if document.text.strip())
    if not texts:
        raise MissingInputError(f"`--inspiration` `{path}` holds no text")
    return texts
