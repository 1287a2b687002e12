"""Python source as HTML with its parts marked, for code that may be broken, cut off, or hostile.

A lexer of one regular expression: it cannot fail, and the text of its output is exactly its input, escaped.
"""

import builtins
import keyword
import re

from markupsafe import Markup, escape

_KEYWORDS = frozenset(keyword.kwlist) | {"match", "case"}
_BUILTINS = frozenset(name for name in dir(builtins) if not name.startswith("_"))
_TOKEN = re.compile(
    r"""
      (?P<comment>\#[^\n]*)
    | (?P<string>(?<![\w])[rRbBuUfF]{0,2}(?:
          \"\"\"(?:[^\\]|\\.)*?(?:\"\"\"|\Z)
        | '''(?:[^\\]|\\.)*?(?:'''|\Z)
        | "(?:[^"\\\n]|\\.)*(?:"|$|\Z)
        | '(?:[^'\\\n]|\\.)*(?:'|$|\Z)))
    | (?P<definition>(?<=def[ ])[^\W\d]\w*|(?<=class[ ])[^\W\d]\w*)
    | (?P<decorator>(?<![^\n\s])@[\w.]+)
    | (?P<number>(?<![\w.])(?:0[xXbBoO][\da-fA-F_]+|\d[\d_]*(?:\.[\d_]*)?(?:[eE][+-]?\d+)?)j?)
    | (?P<name>[^\W\d]\w*)
    """,
    re.VERBOSE | re.DOTALL | re.MULTILINE,
)
_CLASSES = {"comment": "c", "string": "s", "definition": "d", "decorator": "o", "number": "m"}


def highlight_python(source: str) -> Markup:
    """Mark comments, strings, keywords, numbers, builtins and names that are defined.

    Args:
        source: Any text; need not be valid Python.

    Returns:
        Escaped HTML: text and `<i class=…>` elements with the classes c, s, k, d, o, m, b. Stripped of its tags and
        unescaped it equals `source`. An unclosed string runs to the end of its line, or of the text when triple-quoted.
    """
    parts: list[Markup] = []
    position = 0
    for match in _TOKEN.finditer(source):
        css_class = _class_of(match)
        if css_class:
            parts.append(escape(source[position : match.start()]))
            parts.append(Markup('<i class="{}">{}</i>').format(css_class, match.group()))
            position = match.end()
    parts.append(escape(source[position:]))
    return Markup("").join(parts)


def _class_of(match: re.Match[str]) -> str:
    kind = match.lastgroup or ""
    if kind != "name":
        return _CLASSES[kind]
    if match.group() in _KEYWORDS:
        return "k"
    return "b" if match.group() in _BUILTINS else ""
