"""Read a dump of Stack Overflow, or another site of Stack Exchange: a document for each question with its answers.

Reads:  `Posts.xml`, unpacked: the questions with a tag, each with its accepted answer and those of the highest score.
Writes: a document for each, as Markdown: the title, the question, the answers, code in fences as it stands; then the
        broken rows. Its licences are those that its posts name (CC BY-SA, by version), its origin the question's URL
        with the authors.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from hornbook.records import content_id
from hornbook.sources.documents import LeftOut
from hornbook.sources.posts_index import PlacedPost, PostsIndex, read_post
from hornbook.sources.source import NO_ASSERTION, SourceDocument, TextKind

NO_ANSWER = "question without answer"
NUM_ANSWERS = 3
"""At most so many for a question: the accepted one, then those of the highest score."""
_LICENSES = {f"CC BY-SA {version}": f"CC-BY-SA-{version}" for version in ("2.5", "3.0", "4.0")}


class StackOverflow:
    """A dump."""

    layout = "stackoverflow"

    def __init__(self, posts: Path, work: Path, *, site: str, tag: str, report: Callable[[int, int], None]) -> None:
        """Take the file; nothing is read before the first question is asked for.

        What is found then is kept in the folder `work`; `report` is told the bytes scanned and those of the file.
        """
        self.name = posts.name
        self._posts = posts
        self._work = work
        self._site = site
        self._tag = tag
        self._report = report
        self._opened: PostsIndex | None = None

    def identity(self) -> list[Any]:
        """Place, size and time."""
        about = self._posts.stat()
        return [str(self._posts.resolve()), about.st_size, about.st_mtime_ns]

    def num_rows(self) -> int:
        """The wanted questions, and the broken rows."""
        number: int = self._index().num_questions + self._index().num_broken
        return number

    def passed_over(self) -> dict[str, int]:
        """Posts that were not asked for."""
        return dict(self._index().passed_over)

    def read(self, start: int = 0) -> Iterator[SourceDocument | LeftOut]:
        """The questions in the order of the file, then its broken rows, from number `start` on."""
        index = self._index()
        with self._posts.open("rb") as stream:
            for question in index.questions(start):
                placed = index.answers(question, NUM_ANSWERS)
                posts = [read_post(stream, one.place, one.length) for one in (question, *placed)]
                yield self._document(question, posts[0], posts[1:])
        yield from index.broken(max(0, start - index.num_questions))

    def close(self) -> None:
        """Leave the database in the work folder, so that the folder can be removed."""
        if self._opened is not None:
            self._opened.close()
            self._opened = None

    def _index(self) -> PostsIndex:
        if self._opened is None:
            named = content_id("posts", str(self._posts.resolve()))
            self._opened = PostsIndex(self._work / f"{named}.sqlite", self._posts, self._tag, report=self._report)
        return self._opened

    def _document(
        self, placed: PlacedPost, question: Mapping[str, str], answers: Sequence[Mapping[str, str]]
    ) -> SourceDocument | LeftOut:
        place = f"{self.name}:{placed.line}"
        if not answers:
            return LeftOut(place=place, reason=NO_ANSWER, detail=f"question {placed.id}")
        parts = [f"# {' '.join(question['Title'].split())}", text_of_html(question["Body"])]
        for answer in answers:
            kind = "Accepted answer" if answer["Id"] == str(placed.accepted) else "Answer"
            parts += [f"## {kind}, score {answer.get('Score', '0')}", text_of_html(answer["Body"])]
        text = "\n\n".join(part for part in parts if part) + "\n"
        posts = (question, *answers)
        url = f"https://{self._site}/questions/{placed.id}"
        wrote = [f"answer {answer['Id']} by {_author(answer)}" for answer in answers]
        return SourceDocument(
            kind=TextKind.POST,
            id=content_id("post", url, text),
            text=text,
            source=self._site,
            path=f"questions/{placed.id}",
            repository="",
            licenses=tuple(sorted({_license(post) for post in posts})),
            origin="; ".join([url, f"question by {_author(question)}", *wrote]),
        )


def _author(post: Mapping[str, str]) -> str:
    """By number; those who left have a name at most."""
    if "OwnerUserId" in post:
        return f"user {post['OwnerUserId']}"
    return post.get("OwnerDisplayName") or "somebody who left"


def _license(post: Mapping[str, str]) -> str:
    stated = post.get("ContentLicense", "")
    return _LICENSES.get(stated, stated or NO_ASSERTION)


def text_of_html(html: str) -> str:
    """A post's HTML as Markdown, broken or not: code in fences as it stands, links and pictures as their words.

    Where it is nested too deep for that, its words alone.
    """
    from bs4 import BeautifulSoup
    from bs4.exceptions import ParserRejectedMarkup

    try:
        soup = BeautifulSoup(f"<div>{html}", "html.parser")  # Text without any tag is taken for the name of a file.
    except ParserRejectedMarkup:
        return re.sub(r"<[^>]*>", " ", html).strip()
    try:
        text = _converter().convert_soup(soup)
    except RecursionError:
        text = soup.get_text()
    return re.sub(r"[ \t]+$", "", text, flags=re.MULTILINE).strip()


@lru_cache(maxsize=1)
def _converter() -> Any:
    from markdownify import MarkdownConverter

    class Converter(MarkdownConverter):
        """Fences that no code within ends."""

        def convert_pre(self, el: Any, text: str, parent_tags: Any) -> str:
            del el, parent_tags
            code = text.replace("\r\n", "\n").strip("\n")
            fence = "`" * (1 + max((len(run) for run in re.findall(r"`{3,}", code)), default=2))
            return f"\n\n{fence}\n{code}\n{fence}\n\n"

    return Converter(
        bullets="-",
        escape_asterisks=False,
        escape_misc=False,
        escape_underscores=False,
        heading_style="ATX",
        strip=["a", "img"],
        strong_em_symbol="",
    )
