"""A report as one HTML file that loads nothing and trusts no text.

The templates escape every text (code, completions, names): a completion that closes a script and opens another one is
shown, not run. Equal pages give equal bytes.
"""

import itertools
from collections.abc import Iterator, Mapping, MutableMapping, Sequence
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

from hornbook.report.scores import MODELS
from hornbook.report.sections import PageSection
from hornbook.units import count, duration, magnitude, percent, plural

_CLASS_OF = (
    *((Token.Comment, "c"), (Token.Literal.String, "s"), (Token.Keyword, "k"), (Token.Operator.Word, "k")),
    *((Token.Name.Function, "d"), (Token.Name.Class, "d"), (Token.Name.Decorator, "o")),
    *((Token.Literal.Number, "m"), (Token.Name.Builtin, "b")),
)
"""Kind of token → the class of its colour in `report.css`."""
_PYTHON = frozenset({"python", "py", "pycon"})
_NOT_READ = ("link", "image", "autolink", "reference", "html_block", "html_inline", "blockquote")
"""Markdown rules that are disabled: nothing may link out of the page, and `>>>` begins an interpreter session."""


@dataclass(frozen=True, kw_only=True)
class Page:
    """A report before it is drawn."""

    kind: str
    """`the report of a run`."""
    heading: str
    lead: Mapping[str, Any]
    """The values that `lead.jinja` asks for: the summary in two or three sentences."""
    notes: Sequence[str]
    """Quiet lines below the lead."""
    sandbox: Mapping[str, Any] | None
    """As in `scores.sandbox_of`; a sandbox that is no jail gets a warning."""
    sections: Sequence[PageSection]
    made_from: str
    """`the artifacts of this run`."""


def draw_page(page: Page) -> str:
    """The whole HTML document, styles and script inside."""
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
        magnitude=magnitude,
        percent=percent,
        plural=plural,
        short=lambda text: text[:12],
    )
    environment.globals.update(
        roles=MODELS,
        style=Markup((folder / "report.css").read_text()),
        script=Markup((folder / "report.js").read_text()),
    )
    drawn: str = environment.get_template("page.html.jinja").render(page=page)
    return drawn


def highlight_python(source: str) -> Markup:
    """Highlight comments, strings, keywords, numbers, builtins and names that are defined in any text, valid or not.

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
    """Render a passage that is written in Markdown.

    Fenced blocks become code (Python highlighted, other blocks plain, as output is), and so do paragraphs that begin
    with `>>>`. Links, images and HTML are shown as source; everything is escaped.
    """
    markdown = MarkdownIt("commonmark", {"html": False}, renderer_cls=_Renderer).disable(_NOT_READ)
    return Markup(markdown.renderer.render([*_adapted(markdown.parse(text))], markdown.options, {}))


def _css_class(kind: Any) -> str:
    return next((css_class for token, css_class in _CLASS_OF if kind in token), "")


class _Renderer(RendererHTML):
    """Renders code as the rest of the page does."""

    def fence(self, tokens: Sequence[Piece], idx: int, options: OptionsDict, env: MutableMapping[str, Any]) -> str:
        """A fenced block; without a language it is output."""
        del options, env
        code = tokens[idx].content.rstrip("\n")
        if tokens[idx].info.strip() in _PYTHON:
            return Markup('<pre class="code" tabindex="0"><code>{}</code></pre>\n').format(highlight_python(code))
        return Markup('<pre class="code output" tabindex="0"><code>{}</code></pre>\n').format(code)


def _adapted(pieces: Sequence[Piece]) -> Iterator[Piece]:
    """Indented blocks and paragraphs that begin with `>>>` become fenced Python, and headings become paragraphs."""
    at = 0
    while at < len(pieces):
        is_session = pieces[at].type == "paragraph_open" and pieces[at + 1].content.startswith(">>> ")
        if is_session or pieces[at].type == "code_block":
            yield Piece("fence", "code", 0, content=pieces[at + is_session].content, info="python")
        else:
            if pieces[at].type == "heading_open":
                pieces[at].attrSet("class", "heading")
            if pieces[at].type in ("heading_open", "heading_close"):
                pieces[at].tag = "p"
            yield pieces[at]
        at += 3 if is_session else 1
