"""`hornbook collect`: read code and texts about code from where they lie into one file of documents."""

import json
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hornbook.commands.input_options import EngineOption, FilesOption, IdFieldOption, RayOption, TextFieldOption
from hornbook.commands.work_folder import require_outside, work_beside
from hornbook.commands.written_files import beside, require_writable, write_records, write_rejected
from hornbook.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hornbook.filters.config import HygieneConfig
    from hornbook.pipeline.parts import Parts
    from hornbook.sources.source import Source, SourceDocument

_MEGABYTE = 1_000_000

InputsArgument = Annotated[
    list[str],
    typer.Argument(
        metavar="INPUT",
        help="Folders of code or notebooks, git repositories, a site-packages folder, files of rows (also s3:// and "
        "hf://), The Stack's files, a dump's Posts.xml.",
        show_default=False,
    ),
]
OutputOption = Annotated[
    Path,
    typer.Option(
        "--output", "-o", metavar="FILE", help="Where the documents go: .jsonl or .parquet.", show_default=False
    ),
]
LayoutOption = Annotated[
    str,
    typer.Option(
        "--layout",
        metavar="LAYOUT",
        help="What the inputs are: auto, files, git, notebooks, packages, rows, the-stack or stackoverflow.",
    ),
]
TagOption = Annotated[str, typer.Option("--tag", metavar="TAG", help="Of a dump: which questions are read.")]
SiteOption = Annotated[str, typer.Option("--site", metavar="HOST", help="Of a dump: whose it is.")]
AllowLicenseOption = Annotated[
    list[str] | None,
    typer.Option(
        "--allow-license", metavar="ID", help="One more SPDX licence that is allowed; repeatable.", show_default=False
    ),
]
AnyLicenseOption = Annotated[
    bool, typer.Option("--any-license", help="Ask for no licence; for code that is one's own.")
]
OptOutOption = Annotated[
    Path | None,
    typer.Option(
        "--opt-out",
        metavar="FILE",
        help="Repositories, accounts and paths to leave out, one a line.",
        show_default=False,
    ),
]
SetOption = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="FIELD=VALUE",
        help="A threshold of the filters: max_line=2000; repeatable.",
        show_default=False,
    ),
]
NoFiltersOption = Annotated[bool, typer.Option("--no-filters", help="Keep every document as it is, secrets too.")]


def collect(
    inputs: InputsArgument,
    output: OutputOption,
    layout: LayoutOption = "auto",
    files: FilesOption = "*.py",
    text_field: TextFieldOption = "text",
    id_field: IdFieldOption = None,
    tag: TagOption = "python",
    site: SiteOption = "stackoverflow.com",
    allow_license: AllowLicenseOption = None,
    any_license: AnyLicenseOption = False,
    opt_out: OptOutOption = None,
    overrides: SetOption = None,
    no_filters: NoFiltersOption = False,
    engine: EngineOption = "local",
    ray_address: RayOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Read code, notebooks, packages, rows or dumps of Stack Exchange into one file of documents.

    Each document keeps its licence and origin. What is not fit to be learnt from is dropped, and secrets are masked.
    What is dropped, and what cannot be read, is put beside the output with its reason. An interrupted command, typed
    again, goes on where it was.
    """
    from hornbook.curation.collect import collect as collect_documents
    from hornbook.display import make_console, show_progress
    from hornbook.parallel import open_engine
    from hornbook.sources.find import SourcesConfig, close_sources, open_sources
    from hornbook.sources.remote import is_remote

    require_writable(output)
    require_outside(output, [Path(one) for one in inputs if not is_remote(one)])
    config = SourcesConfig(layout=layout, files=files, text_field=text_field, id_field=id_field, site=site, tag=tag)
    given = (allow_license, any_license, opt_out, overrides)
    if no_filters and any(given):
        raise ConfigError(
            "`--no-filters` leaves nothing for --allow-license, --any-license, --opt-out and --set to say"
        )
    hygiene = None if no_filters else _hygiene(allow_license or [], any_license, opt_out, overrides or [])
    begun = time.monotonic()
    with show_progress(make_console(stderr=True), "collect") as progress:

        def report_scan(done: int, total: int) -> None:
            progress(done // _MEGABYTE, max(1, total // _MEGABYTE), "MB of the dump scanned")

        def report(num_rows: int, num_characters: int) -> None:
            progress(num_rows, num_rows, f"documents read; {num_characters // _MEGABYTE:,} MB")

        sources = open_sources(inputs, config, output.with_name(f".{output.name}.work"), report=report_scan)
        where = open_engine(engine, ray_address)
        with work_beside(output, "collecting in", _settings(sources, config, hygiene)) as folder:
            try:
                parts = collect_documents(sources, folder, hygiene, report=report, engine=where)
                described = _write(parts, output)
            finally:
                passed_over = close_sources(sources)
    described |= {"passed_over": passed_over, "layouts": dict(Counter(str(source.layout) for source in sources))}
    described |= {"seconds": round(time.monotonic() - begun, 2), "output": str(output)}
    if as_json:
        typer.echo(json.dumps(described, indent=2))
    else:
        _print(described)


def _hygiene(allowed: list[str], any_license: bool, opt_out: Path | None, overrides: list[str]) -> "HygieneConfig":
    from hornbook.filters.config import HygieneConfig, read_opt_out
    from hornbook.pipeline.override import override_config

    default = HygieneConfig()
    config = HygieneConfig(
        allowed_licenses=(*default.allowed_licenses, *allowed),
        check_licenses=not any_license,
        opt_out=read_opt_out(opt_out) if opt_out else (),
    )
    return override_config(config, overrides)


def _settings(sources: "list[Source]", config: Any, hygiene: "HygieneConfig | None") -> dict[str, Any]:
    """All that determines the documents; what parses depends on the running Python, secrets on their detector."""
    import platform

    from hornbook.filters.config import VERSION
    from hornbook.filters.masking import detector
    from hornbook.pipeline.fingerprint import encode

    return {
        "sources": [[source.layout, source.name, source.identity()] for source in sources],
        "config": encode(config),
        "hygiene": encode(hygiene),
        "rules": [VERSION, platform.python_version(), detector()],
    }


def _write(parts: "Parts", output: Path) -> dict[str, Any]:
    """Write the kept documents and the others; returns how many went which way."""
    from hornbook.curation.collect import DroppedDocument, dropped, kept, num_masked
    from hornbook.sources.source import SourceDocument

    counts: Counter[str] = Counter(kept=0, characters=0)
    licenses: Counter[str] = Counter()
    reasons = Counter(one.reason for one in dropped(parts))

    def counted() -> "Iterator[SourceDocument]":
        for one in kept(parts):
            counts.update(kept=1, characters=len(one.text))
            licenses.update(one.licenses)
            yield one

    write_records(output, SourceDocument, counted())
    if reasons:
        write_records(beside(output, "dropped"), DroppedDocument, dropped(parts))
    else:
        beside(output, "dropped").unlink(missing_ok=True)
    return {
        **counts,
        "licenses": dict(licenses.most_common()),
        "dropped": dict(reasons.most_common()),
        "rejected": write_rejected(parts, output),
        "masked": num_masked(parts),
        "num_rows": parts.num_rows,
    }


def _print(described: dict[str, Any]) -> None:
    layouts = ", ".join(f"{number} × {layout}" for layout, number in described["layouts"].items())
    typer.echo(f"read as {layouts}")
    typer.echo(f"{described['num_rows']:,} read: {described['kept']:,} kept, {described['characters']:,} characters")
    for title in ("dropped", "rejected", "passed_over", "masked"):
        if described[title]:
            typer.echo(f"{title.replace('_', ' ')}:")
        for reason, number in described[title].items():
            typer.echo(f"{number:>12,} {reason}")
    typer.echo(f"{described['seconds']} s; the documents are in {described['output']}")
