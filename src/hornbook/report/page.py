"""A report as one HTML file: no request leaves it, and nothing in it is trusted.

Every text that goes in (code, completions, names) is escaped by the templates; a completion that closes a script and
opens another is shown, not run. Equal pages give equal bytes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import jinja2
from markupsafe import Markup

from hornbook.report.highlight import highlight_python
from hornbook.report.phrases import count, duration, percent, plural
from hornbook.report.prose import passage_html
from hornbook.report.scored import SandboxFacts


@dataclass(frozen=True, kw_only=True)
class Section:
    """A numbered part of the page."""

    anchor: str
    title: str
    template: str
    """Name of the template without its ending; it sees the section as `section`."""
    content: Any = None
    """What the template draws, where that is not in the page's context."""


@dataclass(frozen=True, kw_only=True)
class Page:
    """The frame of a report."""

    kind: str
    """`the report of a run`."""
    heading: str
    lead: Markup
    note: str
    """A quiet line below the lead; may be empty."""
    warnings: Sequence[str]
    sections: Sequence[Section]
    made_from: str
    """`the artifacts of this run`."""


def draw_page(page: Page, **context: Any) -> str:
    """The whole HTML document, styles and script inside.

    Args:
        page: Its frame.
        context: What the sections' templates need.
    """
    folder = files("hornbook.report") / "templates"
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("hornbook.report", "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters.update(
        code=highlight_python,
        passage=passage_html,
        count=count,
        duration=duration,
        percent=percent,
        plural=plural,
        short=lambda text: text[:12],
    )
    drawn: str = environment.get_template("page.html.jinja").render(
        page=page,
        style=Markup((folder / "report.css").read_text()),
        script=Markup((folder / "report.js").read_text()),
        **context,
    )
    return drawn


def sandbox_warnings(sandbox: SandboxFacts | None) -> list[str]:
    """What a reader of scores must know of a sandbox that is no jail; nothing where it is one."""
    if sandbox is None or sandbox.jailed:
        return []
    return [
        f"Programs ran without a jail (sandbox: “{sandbox.backend}”). What the model wrote had the rights of whoever "
        "started it: it may have changed files, disturbed other programs, or written its own verdict."
    ]
