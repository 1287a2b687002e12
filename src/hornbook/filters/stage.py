"""The stage `filters`: drop code that fails the filters and mask secrets in the rest.

Reads:  the documents of its input, with what their metadata say of path, repository and licences.
Writes: `documents`: Document, masked, under the same ids; `dropped`: Dropped.
Source: The Stack, StarCoder and StarCoder 2; see `config.py` and `filters.py`.

The filters stand in the order of their cost, but for masking, which only what is kept needs. The first that refuses a
file gives its reason, so that counts by reason depend on this order:

1. by name and number alone: size, opt-out list, licence (`filters.py`);
2. by its lines: too short, long lines, few letters, a generator's mark (`filters.py`);
3. by its tokens: minified (`filters.py`), data in code (`data.py`), nested too deep (`syntax.py`);
4. by its parse (`syntax.py`);
5. masked: secrets, e-mail and IP addresses (`masking.py`).
"""

import functools
import json
import platform
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from hornbook.errors import MissingInputError
from hornbook.filters.config import VERSION, FiltersConfig
from hornbook.filters.data import data_in_code, find_literals
from hornbook.filters.filters import (
    Reason,
    Refusal,
    few_words,
    generated,
    license_refused,
    long_lines,
    minified,
    opted_out,
    too_large,
    too_short,
)
from hornbook.filters.masking import Span, apply_masks, detector, find_masks, widened
from hornbook.filters.syntax import does_not_parse, parse_error, too_deep
from hornbook.pipeline.stage import Artifact, Result, Stage, Workspace, count_reasons
from hornbook.pipeline.table import TableWriter, read_part
from hornbook.records import Document, Dropped
from hornbook.sources.source import TextKind

POST_LICENSES = ("CC-BY-SA-2.5", "CC-BY-SA-3.0", "CC-BY-SA-4.0")
"""Licences of the posts of Stack Exchange, which have no other; whoever names a dump as an input has chosen them."""
_NO_LIMIT = 2**31


@dataclass(frozen=True, slots=True)
class Judged:
    """What became of a file."""

    text: str
    """Masked where the file is kept; empty where it is refused, as nothing of it may go on."""
    reason: str
    """The rule that refused it (`Reason`); empty where it is kept."""
    detail: str = ""
    """The evidence for the reason."""
    masked: dict[str, int] = field(default_factory=dict)
    """Kind (`key`, `email`, `ip`) → how many were masked; kinds without any are left out."""


def filters(documents: Stage, config: FiltersConfig | None = None, name: str = "filters") -> Stage:
    """The stage that filters documents."""
    return Stage(
        name, run_filters, config or FiltersConfig(), VERSION, {"documents": documents}, identity=_installed_tools
    )


def run_filters(config: FiltersConfig, inputs: Mapping[str, Artifact], workspace: Workspace) -> Result:
    """Filter all documents, part by part.

    Raises:
        MissingInputError: No document passes.
    """
    parts = inputs["documents"].documents().parts
    apply = functools.partial(filter_part, config=config)
    results = workspace.map_parts("filtered", apply, parts, note="parts filtered")
    masked: Counter[str] = Counter()
    for result in results:
        masked.update(json.loads((result / "masked.json").read_text()))
    documents = workspace.gather(results, "documents", Document)
    reasons = count_reasons(workspace.gather(results, "dropped", Dropped))
    if not documents.num_rows:
        counts = ", ".join(f"{number:,} {reason}" for reason, number in reasons.items())
        raise MissingInputError(f"no document passes the filters; dropped: {counts}. {_advice(reasons)}".rstrip())
    return Result(
        kept=documents.num_rows,
        unit="documents",
        dropped=reasons,
        metrics={"masked": dict(sorted(masked.items())), "advice": _advice(reasons)},
    )


def filter_part(part: Path, folder: Path, *, config: FiltersConfig) -> None:
    """Filter the documents of one part."""
    configs = {TextKind.CODE: config, TextKind.POST: config_of_posts(config)}
    masked: Counter[str] = Counter()
    with (
        TableWriter(folder / "documents", Document) as documents,
        TableWriter(folder / "dropped", Dropped) as dropped,
    ):
        for document in read_part(part, Document):
            metadata = json.loads(document.metadata)
            judged = judge(
                document.text,
                path=metadata.get("path", ""),
                repository=metadata.get("repository", ""),
                licenses=metadata.get("licenses", []),
                config=configs[TextKind(metadata.get("kind", TextKind.CODE))],
            )
            if judged.reason:
                dropped.add(Dropped(id=document.id, reason=judged.reason, detail=judged.detail))
            else:
                documents.add(replace(document, text=judged.text))
                masked.update(judged.masked)
    (folder / "masked.json").write_text(json.dumps(masked))


def judge(text: str, *, path: str, repository: str, licenses: Sequence[str], config: FiltersConfig) -> Judged:
    """Judge one file.

    A pure function of its arguments, the running Python's grammar and the detector of secrets
    (`masking.detector`). It never raises for a text, whatever is in it.

    Args:
        text: The file's content. A byte order mark at its start is taken off.
        path: In its repository; empty if unknown.
        repository: `owner/name`; empty if unknown.
        licenses: SPDX ids or expressions; none if unknown.
        config: Thresholds and switches.
    """
    refusal = too_large(text, max_characters=config.max_characters)
    refusal = refusal or opted_out(config.opted_out, repository=repository, path=path)
    if config.check_licenses:
        refusal = refusal or license_refused(
            licenses, allowed=config.licenses, allow_unknown=config.allow_unknown_license
        )
    if refusal:
        return _refused(refusal)
    text = text.removeprefix("\ufeff")
    refusal = too_short(text, min_characters=config.min_characters)
    refusal = refusal or long_lines(text, max_line=config.max_line, max_mean_line=config.max_mean_line)
    refusal = refusal or few_words(text, min_share=config.min_alphanumeric_share)
    if config.drop_generated:
        refusal = refusal or generated(text, path=path)
    if refusal:
        return _refused(refusal)
    if not config.must_parse:
        masked, numbers = apply_masks(text, find_masks(text, None, config))
        return Judged(masked, "", "", numbers)
    literals = find_literals(text)
    refusal = minified(literals.code) or data_in_code(text, literals, max_share=config.max_data_share)
    refusal = refusal or too_deep(literals.code) or does_not_parse(text, literals.code)
    return _refused(refusal) if refusal else _masked_code(text, literals.spans, config)


def config_of_posts(config: FiltersConfig) -> FiltersConfig:
    """The filters for prose: no grammar, no lines of code, and the licences that posts have."""
    return replace(
        config,
        must_parse=False,
        drop_generated=False,
        max_line=_NO_LIMIT,
        max_mean_line=float(_NO_LIMIT),
        allowed_licenses=(*config.allowed_licenses, *POST_LICENSES),
    )


def _installed_tools(config: FiltersConfig, sha256_of: object) -> list[str]:
    """What determines the result beside the config: the grammar that texts must parse in, the detector of secrets."""
    del config, sha256_of
    return [platform.python_version(), detector()]


def _advice(reasons: Mapping[str, int]) -> str:
    if not reasons.get("licence unknown", 0) + reasons.get("licence not allowed", 0):
        return ""
    return "Code of your own needs no licence: --no-check-licenses; --allow-license ID allows another licence"


def _masked_code(text: str, spans: list[Span], config: FiltersConfig) -> Judged:
    """The text with its strings and comments masked. It still parses, or it is refused."""
    masks = find_masks(text, spans, config)
    if not masks:
        return Judged(text, "")
    for attempt in (masks, widened(masks, spans)):
        masked, numbers = apply_masks(text, attempt)
        problem = parse_error(masked)
        if not problem:
            return Judged(masked, "", "", numbers)
    return _refused(Refusal(Reason.CANNOT_MASK, problem))


def _refused(refusal: Refusal) -> Judged:
    return Judged("", str(refusal.reason), refusal.detail)
