"""What a page of HTML is made of, for tests that read one."""

import html.parser
import re

VOID = {"meta", "link", "img", "br", "input"}


class Balance(html.parser.HTMLParser):
    """Collects unbalanced tags, ids, and whatever could leave the page."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.tags: list[str] = []
        self.links: list[str] = []
        self.labels: list[str] = []
        self.handlers: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.ids += [value or "" for name, value in attrs if name == "id"]
        self.links += [value or "" for name, value in attrs if name in {"src", "href"}]
        self.labels += (dict(attrs).get("aria-labelledby") or "").split()
        self.handlers += [name for name, _ in attrs if name.startswith("on")]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag


def parsed(page: str) -> Balance:
    parser = Balance()
    parser.feed(page)
    parser.close()
    return parser


def check_page(page: str) -> Balance:
    """Check that the page is well-formed, loads nothing, and runs nothing but its own script."""
    found = parsed(page)
    assert found.open == []
    assert len(found.ids) == len(set(found.ids))
    assert set(found.labels) <= set(found.ids)
    assert all(link.startswith("#") and link[1:] in found.ids for link in found.links if link != "data:,")
    assert found.tags.count("script") == 1
    assert "img" not in found.tags
    assert found.handlers == []
    return found


def text_of(page: str) -> str:
    """What a person reads: no tags, single spaces; code keeps the tags that it talks about as entities."""
    return re.sub(r"[ \n]+", " ", re.sub(r"<[^>]*>", " ", page))
