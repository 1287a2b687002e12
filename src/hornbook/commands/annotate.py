"""`hornbook annotate`: the educational value of code as a language model sees it, and how far it agrees with others."""

import json
import random
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

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
from hornbook.commands.written_files import beside, require_writable, write_records
from hornbook.errors import ConfigError, MissingInputError

if TYPE_CHECKING:
    from hornbook.curation.annotate_samples import Annotated as AnnotatedSamples
    from hornbook.curation.annotate_samples import AnnotateSamplesConfig
    from hornbook.curation.label_agreement import LabelAgreement
    from hornbook.records import Document
    from hornbook.teacher.account import Account

STAGE = "annotate"
_CODE = "What is read"
_COMPARED = "What it is compared with"

InputsArgument = Annotated[
    list[Path] | None,
    typer.Argument(
        metavar="INPUT",
        help="JSON lines or Parquet with a text a row, Python files, or folders of one of these.",
        show_default=False,
    ),
]
OutputOption = Annotated[
    Path | None,
    typer.Option(
        "--output",
        "-o",
        metavar="FILE",
        help="A .jsonl or .parquet file for the labels; FILE.rejected is put beside it.",
        show_default=False,
    ),
]
StandardLibraryOption = Annotated[
    bool,
    typer.Option(
        "--standard-library", help="Read the functions and classes of the running Python.", rich_help_panel=_CODE
    ),
]
NumOption = Annotated[
    int | None,
    typer.Option(
        "--num",
        min=1,
        metavar="N",
        help="So many of them, drawn by the seed; all where not given.",
        rich_help_panel=_CODE,
        show_default=False,
    ),
]
TextFieldOption = Annotated[
    str, typer.Option("--text-field", metavar="NAME", help="Of a row: holds its code.", rich_help_panel=_CODE)
]
IdFieldOption = Annotated[
    str | None,
    typer.Option(
        "--id-field",
        metavar="NAME",
        help="Of a row: holds its id; FILE:NUMBER is the id where not given.",
        rich_help_panel=_CODE,
    ),
]
FilesOption = Annotated[
    str, typer.Option("--files", metavar="PATTERN", help="Which files of a folder are code.", rich_help_panel=_CODE)
]
MaxCharactersOption = Annotated[
    int,
    typer.Option(
        "--max-characters", metavar="N", help="A longer text is cut behind its last line within.", rich_help_panel=_CODE
    ),
]
ShippedOption = Annotated[
    bool,
    typer.Option(
        "--shipped-labels",
        help="Read only code that the shipped labels speak of, and compare with them; with --standard-library.",
        rich_help_panel=_COMPARED,
    ),
]
AgainstOption = Annotated[
    Path | None,
    typer.Option(
        "--against",
        metavar="FILE",
        help="Rows with `score`, and `sample_id`, `id` or the code's `sha256`.",
        rich_help_panel=_COMPARED,
    ),
]


def annotate(
    teacher: TeacherOption,
    inputs: InputsArgument = None,
    output: OutputOption = None,
    standard_library: StandardLibraryOption = False,
    num: NumOption = None,
    text_field: TextFieldOption = "text",
    id_field: IdFieldOption = None,
    files: FilesOption = "*.py",
    max_characters: MaxCharactersOption = 2000,
    shipped_labels: ShippedOption = False,
    against: AgainstOption = None,
    max_new_tokens: Annotated[int, typer.Option("--max-new-tokens", min=1, help="Of one answer.")] = 80,
    seed: SeedOption = 0,
    teacher_model: TeacherModelOption = "",
    api_key_env: ApiKeyEnvOption = DEFAULT_KEY_VARIABLE,
    api_key_file: ApiKeyFileOption = None,
    concurrency: ConcurrencyOption = DEFAULT_CONCURRENCY,
    budget: BudgetOption = None,
    prices: PricesOption = None,
    cache: CacheOption = DEFAULT_CACHE,
    batch: BatchOption = False,
    temperature: TemperatureOption = 0.0,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Let a language model say, from 0 to 5, how much a student would learn from each piece of code, and why.

    Every answer is kept in the cache, so that the same command goes on where an interrupted one was.
    """
    from hornbook.curation.annotate_samples import AnnotateSamplesConfig

    if output is not None:
        require_writable(output)
    config = AnnotateSamplesConfig(
        max_snippet_characters=max_characters, max_new_tokens=max_new_tokens, temperature=temperature
    )
    _check_sources(inputs, against, standard_library=standard_library, shipped_labels=shipped_labels)
    if standard_library:
        documents, reference = _standard_library(only_labelled=shipped_labels)
    else:
        documents, reference = _documents(inputs or [], text_field, id_field, files), {}
    if against is not None:
        reference = _reference(against, documents)
        documents = _known(documents, reference, against)
    documents = _drawn(documents, num, seed)
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
        _annotate(account, documents, reference, config, output, as_json=as_json)


def _annotate(
    account: "Account",
    documents: "list[Document]",
    reference: dict[str, int],
    config: "AnnotateSamplesConfig",
    output: Path | None,
    *,
    as_json: bool,
) -> None:
    from hornbook.commands.teacher_report import say_estimate
    from hornbook.curation.annotate_samples import annotate_samples, scoring_request
    from hornbook.curation.label_agreement import agreement_of
    from hornbook.display import make_console, show_progress
    from hornbook.records import Dropped, Label

    begun = time.monotonic()
    with show_progress(make_console(stderr=True), "annotate") as progress:
        say_estimate(
            account,
            (scoring_request(one.text, config) for one in documents),
            len(documents),
            progress,
        )
        found = annotate_samples(
            documents,
            account,
            config,
            lambda done, total, _: progress(done, total, account.progress().note(num_open=total - done)),
        )
    account.kept(len(found.labels), found.completion_tokens)
    paths = [] if output is None else [output, beside(output, "rejected")]
    if output is not None:
        write_records(paths[0], Label, found.labels)
        write_records(paths[1], Dropped, found.dropped)
    compared = [(reference[label.sample_id], label.score) for label in found.labels if label.sample_id in reference]
    agreement = agreement_of([one for one, _ in compared], [other for _, other in compared]) if compared else None
    described = _described(found, agreement, time.monotonic() - begun, paths)
    described["account"] = account.summary()
    if as_json:
        typer.echo(json.dumps(described, indent=2))
        return
    _print(described)
    from hornbook.commands.teacher_report import print_account

    print_account(described["account"], make_console())


def _check_sources(
    inputs: list[Path] | None, against: Path | None, *, standard_library: bool, shipped_labels: bool
) -> None:
    """See that what is read, and what it is compared with, is named once.

    Raises:
        ConfigError: It is not.
    """
    if standard_library == bool(inputs):
        raise ConfigError("name what is to be read: either files and folders, or `--standard-library`")
    if shipped_labels and not standard_library:
        raise ConfigError("`--shipped-labels` speak of the standard library's code: give `--standard-library`, too")
    if shipped_labels and against is not None:
        raise ConfigError("compare with `--shipped-labels` or `--against` a file, not with both")


def _known(documents: "list[Document]", reference: dict[str, int], against: Path) -> "list[Document]":
    """The documents with a score in the reference."""
    known = [document for document in documents if document.id in reference]
    if not known:
        raise MissingInputError(f"`--against` `{against}` has no score for any of the code")
    return known


def _drawn(documents: "list[Document]", num: int | None, seed: int) -> "list[Document]":
    """`num` of the documents, in their order."""
    if num is None or num >= len(documents):
        return documents
    places = sorted(random.Random(seed).sample(range(len(documents)), num))
    return [documents[place] for place in places]


def _standard_library(*, only_labelled: bool) -> "tuple[list[Document], dict[str, int]]":
    """The library's code, with the shipped scores where only labelled code is wanted."""
    from hornbook.curation.annotate import describe_labels, join_labels, load_labels
    from hornbook.curation.corpus import describe_standard_library, read_standard_library
    from hornbook.records import Document, DocumentKind

    samples = read_standard_library(describe_standard_library()).samples
    reference: dict[str, int] = {}
    if only_labelled:
        labels = describe_labels()
        reference = {label.sample_id: label.score for label in join_labels(samples, load_labels(labels), labels)}
        samples = [sample for sample in samples if sample.id in reference]
    return [Document(id=sample.id, kind=DocumentKind.CODE, text=sample.text) for sample in samples], reference


def _documents(inputs: list[Path], text_field: str, id_field: str | None, files: str) -> "list[Document]":
    from hornbook.reading.files import find_files
    from hornbook.tokens.inputs import Inputs

    found = Inputs(find_files(inputs, pattern=files), text_field=text_field, id_field=id_field)
    documents = list(found.documents())
    ids = Counter(document.id for document in documents)
    repeated = next((name for name, number in ids.items() if number > 1), None)
    if repeated is not None:
        raise MissingInputError(f"the id {repeated!r} stands on {ids[repeated]} rows; name another field: --id-field")
    return documents


def _reference(path: Path, documents: "list[Document]") -> dict[str, int]:
    """The scores of a file, by the id of the document that each speaks of."""
    import hashlib

    from hornbook.reading.rows import read_rows

    keys = {document.id: document.id for document in documents}
    for document in documents:
        keys[hashlib.sha256(document.text.removesuffix("\n").encode()).hexdigest()] = document.id
    scores: dict[str, int] = {}
    for place, fields in read_rows(path):
        score = fields.get("score")
        if not isinstance(score, int) or not 0 <= score <= 5:
            raise MissingInputError(f"`{place}` has no `score` from 0 to 5, but {score!r}")
        named = [str(fields[name]) for name in ("sample_id", "id", "sha256") if fields.get(name)]
        if not named:
            raise MissingInputError(f"`{place}` names no code: it needs `sample_id`, `id` or `sha256`")
        for name in named:
            if name in keys:
                scores[keys[name]] = score
    return scores


def _described(
    found: "AnnotatedSamples", agreement: "LabelAgreement | None", seconds: float, paths: list[Path]
) -> dict[str, Any]:
    num_answers = len(found.labels) + len(found.dropped)
    scores = Counter(label.score for label in found.labels)
    return {
        "files": [str(path) for path in paths],
        "labels": len(found.labels),
        "rejected": dict(Counter(entry.reason for entry in found.dropped).most_common()),
        "truncated": found.num_truncated,
        "scores": {str(score): scores[score] for score in range(6)},
        "agreement": None
        if agreement is None
        else {
            "compared": agreement.num,
            "spearman": None if agreement.spearman is None else round(agreement.spearman, 4),
            "exact": round(agreement.exact_share, 4),
            "within_one": round(agreement.within_one_share, 4),
            "table": [list(row) for row in agreement.table],
        },
        "tokens_per_answer": round(found.completion_tokens / num_answers, 1) if num_answers else None,
        "prompt_tokens_per_answer": round(found.prompt_tokens / num_answers, 1) if num_answers else None,
        "seconds": round(seconds, 1),
    }


def _print(described: dict[str, Any]) -> None:
    typer.echo(f"{described['labels']:,} labels")
    typer.echo("scores: " + ", ".join(f"{number:,} of {score}" for score, number in described["scores"].items()))
    for reason, number in described["rejected"].items():
        typer.echo(f"{number:>8,} without a label: {reason}")
    if described["truncated"]:
        typer.echo(f"{described['truncated']:,} texts were longer than what was shown of them")
    compared = described["agreement"]
    if compared is not None:
        rank = "not defined, all scores are equal" if compared["spearman"] is None else f"{compared['spearman']:.3f}"
        typer.echo(
            f"against {compared['compared']:,} known scores: rank correlation {rank}, {compared['exact']:.0%} equal, "
            f"{compared['within_one']:.0%} at most one apart"
        )
    if described["files"]:
        typer.echo(f"the labels are in {described['files'][0]}")
