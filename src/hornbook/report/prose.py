"""A textbook passage as HTML: headings, paragraphs, and code set as code."""

import re

from markupsafe import Markup, escape

from hornbook.report.highlight import highlight_python

_FENCED = re.compile(r"^[ \t]*```(?P<language>\w*)[ \t]*\n(?P<code>.*?)^[ \t]*```[ \t]*$\n?", re.DOTALL | re.MULTILINE)
_PYTHON = frozenset({"python", "py"})


def passage_html(text: str) -> Markup:
    """Set a passage that is written in the little Markdown of the lessons.

    Fenced blocks become code (Python highlighted, other blocks plain, as output is), and so do sessions that begin
    with `>>>`; lines that begin with `#` become headings, text between backticks code, text between double asterisks
    strong, the rest paragraphs. Nothing else is interpreted and everything is escaped.
    """
    parts: list[Markup] = []
    position = 0
    for block in _FENCED.finditer(text):
        parts += _paragraphs(text[position : block.start()])
        code = block["code"].rstrip("\n")
        marked = highlight_python(code) if block["language"] in _PYTHON else escape(code)
        parts.append(Markup('<pre class="{}" tabindex="0"><code>{}</code></pre>').format(_class_of(block), marked))
        position = block.end()
    parts += _paragraphs(text[position:])
    return Markup("\n").join(parts)


def _class_of(block: re.Match[str]) -> str:
    return "code" if block["language"] in _PYTHON else "code output"


def _paragraphs(text: str) -> list[Markup]:
    parts = []
    for paragraph in re.split(r"\n\s*\n", text.strip("\n")):
        heading = re.fullmatch(r"\s*#{1,6}\s+(.*)", paragraph)
        if paragraph.lstrip().startswith(">>> "):
            parts.append(
                Markup('<pre class="code" tabindex="0"><code>{}</code></pre>').format(highlight_python(paragraph))
            )
        elif heading:
            parts.append(Markup('<p class="heading">{}</p>').format(_inline(heading[1])))
        elif paragraph.strip():
            parts.append(Markup("<p>{}</p>").format(_inline(paragraph.strip())))
    return parts


def _inline(text: str) -> Markup:
    pieces = re.split(r"`([^`\n]+)`", text)
    marked = [Markup("<code>{}</code>").format(piece) if at % 2 else _bold(piece) for at, piece in enumerate(pieces)]
    return Markup("").join(marked)


def _bold(text: str) -> Markup:
    pieces = re.split(r"\*\*([^*\n]+)\*\*", text)
    marked = [
        Markup("<strong>{}</strong>").format(piece) if at % 2 else escape(piece) for at, piece in enumerate(pieces)
    ]
    return Markup("").join(marked)
