"""A report as one HTML file: no request leaves it, and nothing in it is trusted.

Every text that goes in (code, completions, names) is escaped by the templates; a completion that closes a script and
opens another is shown, not run. Equal pages give equal bytes.
"""

import itertools
from collections.abc import Iterator, MutableMapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import jinja2
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token as Piece
from markdown_it.utils import OptionsDict
from markupsafe import Markup, escape
from pygments.lexers.python import PythonLexer
from pygments.token import Token

from hornbook.pipeline.stage import Workspace
from hornbook.report.plain import count, duration, percent, plural
from hornbook.report.scores import SandboxFacts

_CLASS_OF = (
    *((Token.Comment, "c"), (Token.Literal.String, "s"), (Token.Keyword, "k"), (Token.Operator.Word, "k")),
    *((Token.Name.Function, "d"), (Token.Name.Class, "d"), (Token.Name.Decorator, "o")),
    *((Token.Literal.Number, "m"), (Token.Name.Builtin, "b")),
)
"""Kind of token → the class of its colour in `report.css`."""
_PYTHON = frozenset({"python", "py", "pycon"})
_NOT_READ = ("link", "image", "autolink", "reference", "html_block", "html_inline", "blockquote")
"""Markdown that stays as it was written: nothing may leave the page, and `>>>` begins a session."""


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


def write_page(page: str, workspace: Workspace) -> None:
    """Write the page of a stage that has two steps, of which this is the second."""
    (workspace.folder / "report.html").write_text(page, encoding="utf8")
    workspace.progress(2, 2, "")


def highlight_python(source: str) -> Markup:
    """Mark comments, strings, keywords, numbers, builtins and names that are defined.

    Args:
        source: Any text; need not be valid Python.

    Returns:
        Escaped HTML: text and `<i class=…>` elements. Stripped of its tags and unescaped it equals `source`.
    """
    pieces = ((_css_class(kind), value) for _, kind, value in PythonLexer().get_tokens_unprocessed(source))
    parts: list[Markup] = []
    for css_class, group in itertools.groupby(pieces, key=lambda piece: piece[0]):
        text = escape("".join(value for _, value in group))
        parts.append(Markup('<i class="{}">{}</i>').format(css_class, text) if css_class else text)
    return Markup("").join(parts)


def passage_html(text: str) -> Markup:
    """Set a passage that is written in Markdown.

    Fenced blocks become code (Python highlighted, other blocks plain, as output is), and so do paragraphs that begin
    with `>>>`. Links, images and HTML are shown as they were written; everything is escaped.
    """
    markdown = MarkdownIt("commonmark", {"html": False}, renderer_cls=_Renderer).disable(_NOT_READ)
    return Markup(markdown.renderer.render([*_with_sessions(markdown.parse(text))], markdown.options, {}))


def _css_class(kind: Any) -> str:
    return next((css_class for token, css_class in _CLASS_OF if kind in token), "")


class _Renderer(RendererHTML):
    """Draws code as the rest of the page does; headings of a passage are no headings of the page."""

    def fence(self, tokens: Sequence[Piece], idx: int, options: OptionsDict, env: MutableMapping[str, Any]) -> str:
        """A fenced block; without a language it is output."""
        del options, env
        code = tokens[idx].content.rstrip("\n")
        if tokens[idx].info.strip() in _PYTHON:
            return Markup('<pre class="code" tabindex="0"><code>{}</code></pre>\n').format(highlight_python(code))
        return Markup('<pre class="code output" tabindex="0"><code>{}</code></pre>\n').format(code)

    def heading_open(
        self, tokens: Sequence[Piece], idx: int, options: OptionsDict, env: MutableMapping[str, Any]
    ) -> str:
        """A paragraph that looks like a heading."""
        del tokens, idx, options, env
        return '<p class="heading">'

    def heading_close(
        self, tokens: Sequence[Piece], idx: int, options: OptionsDict, env: MutableMapping[str, Any]
    ) -> str:
        """Its end."""
        del tokens, idx, options, env
        return "</p>\n"


def _with_sessions(pieces: Sequence[Piece]) -> Iterator[Piece]:
    """Indented blocks, and paragraphs that begin with `>>>`, as fenced Python."""
    at = 0
    while at < len(pieces):
        is_session = pieces[at].type == "paragraph_open" and pieces[at + 1].content.startswith(">>> ")
        if is_session or pieces[at].type == "code_block":
            yield Piece("fence", "code", 0, content=pieces[at + is_session].content, info="python")
        else:
            yield pieces[at]
        at += 3 if is_session else 1
