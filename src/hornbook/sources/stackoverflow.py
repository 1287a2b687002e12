"""Read a dump of Stack Overflow, or another site of Stack Exchange: a document for each question with its answers.

Reads:  `Posts.xml`, unpacked: the questions with a tag, each with its accepted answer and those of the highest score.
Writes: a document for each, as Markdown: the title, the question, the answers, code in fences as it stands; then the
        broken rows. Its licences are those that its posts name (CC BY-SA, by version), its origin the question's URL
        with the authors.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

from hornbook.records import Document, Dropped, content_id
from hornbook.sources.posts_index import PlacedPost, PostsIndex, read_post
from hornbook.sources.source import NO_ASSERTION, Piece, TextKind, make_document

NO_ANSWER = "question without answer"
NUM_ANSWERS = 3
"""At most so many for a question: the accepted one, then those of the highest score."""
QUESTIONS_PER_PIECE = 4000
_LICENSES = {f"CC BY-SA {version}": f"CC-BY-SA-{version}" for version in ("2.5", "3.0", "4.0")}


class StackOverflow:
    """A dump."""

    layout = "stackoverflow"

    def __init__(self, posts: Path, *, site: str, tag: str) -> None:
        """Take the file; it is scanned when its pieces are asked for."""
        self.name = posts.name
        self.passed_over: dict[str, int] = {}
        """Posts that were not asked for, by kind; known once there are pieces."""
        self._posts = posts
        self._site = site
        self._tag = tag

    def identity(self, sha256_of: Callable[[Path], str]) -> list[Any]:
        """The file's hash."""
        return [sha256_of(self._posts)]

    def pieces(self, work: Path) -> list[Piece]:
        """The questions in the order of the file, then its broken rows; scans the file into an index in `work`."""
        index = work.absolute() / f"{content_id('posts', str(self._posts.resolve()))}.sqlite"
        with closing(PostsIndex(index, self._posts, self._tag)) as opened:
            self.passed_over = dict(opened.passed_over)
            starts = range(0, opened.num_questions, QUESTIONS_PER_PIECE)
        questions = [partial(self._read, index, start, start + QUESTIONS_PER_PIECE) for start in starts]
        return [*questions, partial(self._read_broken, index)]

    def _read(self, path: Path, start: int, stop: int) -> Iterator[Document | Dropped]:
        with closing(PostsIndex(path, self._posts, self._tag)) as index, self._posts.open("rb") as stream:
            for question in index.questions(start, stop):
                placed = index.answers(question, NUM_ANSWERS)
                posts = [read_post(stream, one.place, one.length) for one in (question, *placed)]
                yield self._document(question, posts[0], posts[1:])

    def _read_broken(self, path: Path) -> Iterator[Dropped]:
        with closing(PostsIndex(path, self._posts, self._tag)) as index:
            yield from index.broken()

    def _document(
        self, placed: PlacedPost, question: Mapping[str, str], answers: Sequence[Mapping[str, str]]
    ) -> Document | Dropped:
        place = f"{self.name}:{placed.line}"
        if not answers:
            return Dropped(id=place, reason=NO_ANSWER, detail=f"question {placed.id}")
        parts = [f"# {' '.join(question['Title'].split())}", text_of_html(question["Body"])]
        for answer in answers:
            kind = "Accepted answer" if answer["Id"] == str(placed.accepted) else "Answer"
            parts += [f"## {kind}, score {answer.get('Score', '0')}", text_of_html(answer["Body"])]
        text = "\n\n".join(part for part in parts if part) + "\n"
        posts = (question, *answers)
        url = f"https://{self._site}/questions/{placed.id}"
        wrote = [f"answer {answer['Id']} by {_author(answer)}" for answer in answers]
        return make_document(
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
