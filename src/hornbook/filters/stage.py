"""The stage `filters`: drop code that fails the filters and mask secrets in the rest.

Reads:  the documents of its input, with what their metadata say of path, repository and licences.
Writes: `documents`: Document, masked, under the same ids; `dropped`: Dropped.
Source: The Stack, StarCoder and StarCoder 2; see `config.py` and `filters.py`.
"""

import dataclasses
import functools
import json
import platform
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from hornbook.errors import MissingInputError
from hornbook.filters.config import VERSION, FiltersConfig
from hornbook.filters.judge import judge
from hornbook.filters.masking import detector
from hornbook.pipeline.stage import Artifact, Result, Stage, Workspace, count_reasons
from hornbook.pipeline.table import TableWriter, read_part
from hornbook.records import Document, Dropped
from hornbook.sources.source import TextKind

POST_LICENSES = ("CC-BY-SA-2.5", "CC-BY-SA-3.0", "CC-BY-SA-4.0")
"""Licences of the posts of Stack Exchange, which have no other; whoever names a dump as an input has chosen them."""
_NO_LIMIT = 2**31


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
                documents.add(dataclasses.replace(document, text=judged.text))
                masked.update(judged.masked)
    (folder / "masked.json").write_text(json.dumps(masked))


def config_of_posts(config: FiltersConfig) -> FiltersConfig:
    """The filters for prose: no grammar, no lines of code, and the licences that posts have."""
    return dataclasses.replace(
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
