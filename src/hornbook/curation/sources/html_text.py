"""Turn a post's HTML into text: paragraphs apart, lists and quotes marked, code in fences as it stands."""

import re
from html.parser import HTMLParser

_BLOCKS = frozenset({"p", "div", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6", "table", "hr", "dl"})
_LINES = frozenset({"br", "tr", "dt", "dd"})
_UNSEEN = frozenset({"script", "style"})
_MOST_QUOTES = 8
"""Quotes within quotes further in are not marked."""


def text_of_html(html: str) -> str:
    """The text of a fragment of HTML, broken or not; without white space at its ends."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.text()


class _Reader(HTMLParser):
    """Writes text while it reads."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._quotes: list[list[str]] = [[]]
        """What is written so far: outside of quotes, and in each quote that is open."""
        self._code: list[str] | None = None
        """What a fence holds so far."""
        self._lists: list[int | None] = []
        """Of each list that is open: the number of the last item, or None where items have none."""
        self._num_unseen = 0

    def text(self) -> str:
        while len(self._quotes) > 1:
            self._end_quote()
        if self._code is not None:
            self._end_code()
        return re.sub(r"[ \t]+$", "", "".join(self._quotes[0]), flags=re.MULTILINE).strip()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        if tag in _UNSEEN:
            self._num_unseen += 1
        elif self._code is not None:
            return
        elif tag == "pre":
            self._code = []
        elif tag == "code":
            self._write("`")
        elif tag == "blockquote" and len(self._quotes) <= _MOST_QUOTES:
            self._quotes.append([])
        elif tag == "li":
            self._start_item()
        elif tag in ("td", "th"):
            self._write(" ")
        else:
            self._break(tag)
            if tag in ("ul", "ol"):
                self._lists.append(0 if tag == "ol" else None)

    def handle_endtag(self, tag: str) -> None:
        if tag in _UNSEEN:
            self._num_unseen = max(0, self._num_unseen - 1)
        elif self._code is not None:
            if tag == "pre":
                self._end_code()
        elif tag == "code":
            self._write("`")
        elif tag == "blockquote" and len(self._quotes) > 1:
            self._end_quote()
        elif tag != "br":
            if tag in ("ul", "ol") and self._lists:
                self._lists.pop()
            self._break(tag)

    def handle_data(self, data: str) -> None:
        if self._num_unseen:
            return
        if self._code is not None:
            self._code.append(data)
            return
        written = self._quotes[-1]
        text = re.sub(r"\s+", " ", data)
        if not written or written[-1].endswith(("\n", " ")):
            text = text.lstrip()
        self._write(text)

    def _write(self, text: str) -> None:
        if text:
            self._quotes[-1].append(text)

    def _break(self, tag: str) -> None:
        """Begin a block or a line, unless one has just begun."""
        if tag in _BLOCKS and not (tag in ("ul", "ol", "p") and self._lists):
            self._newlines(2)
        elif tag in _BLOCKS or tag in _LINES:
            self._newlines(1)

    def _newlines(self, number: int) -> None:
        written = self._quotes[-1]
        if not written or re.fullmatch(r"\s*(?:-|\d+\.) ", written[-1]):
            return
        end = "".join(written[-3:])
        self._write("\n" * (number - (len(end) - len(end.rstrip("\n")))))

    def _start_item(self) -> None:
        self._newlines(1)
        mark = "- "
        if self._lists and self._lists[-1] is not None:
            self._lists[-1] += 1
            mark = f"{self._lists[-1]}. "
        self._write("  " * max(0, min(len(self._lists), _MOST_QUOTES) - 1) + mark)

    def _end_code(self) -> None:
        code = "".join(self._code or ()).replace("\r\n", "\n").strip("\n")
        self._code = None
        longest = max((len(one) for one in re.findall(r"`{3,}", code)), default=2)
        fence = "`" * (longest + 1)
        self._newlines(2)
        self._write(f"{fence}\n{code}\n{fence}\n\n")

    def _end_quote(self) -> None:
        quote = "".join(self._quotes.pop()).strip()
        self._newlines(2)
        if quote:
            self._write("".join(f"> {line}".rstrip() + "\n" for line in quote.split("\n")) + "\n")
