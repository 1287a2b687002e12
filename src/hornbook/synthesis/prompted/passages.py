"""Ask for textbook passages: each on a topic for an audience in a style, with a skill to practise and words to use.

Source: section 2.2 of the paper, where topics and audiences give diversity; the words that must be used follow
TinyStories, the piece of real code that may inspire follows OSS-Instruct.
"""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from hornbook.errors import ConfigError, MissingInputError
from hornbook.pipeline.fingerprint import NOT_IN_FINGERPRINT
from hornbook.records import Document
from hornbook.sources.find import SourcesConfig, open_sources
from hornbook.synthesis.prompted.commission import Commission, Rejection, chat_request, messages_digest
from hornbook.synthesis.prompted.ingredients import (
    Audience,
    Style,
    Topic,
    draw_generator,
    draw_in_turn,
    read_audiences,
    read_entries,
    read_styles,
    read_topics,
)
from hornbook.synthesis.prompted.passage_answers import read_passage, share_of_words_used
from hornbook.synthesis.prompted.writing import WhenStale, require_one_of
from hornbook.teacher.api import Reply, SamplingConfig, TeacherRequest

_SYSTEM = (
    "You write passages of a textbook on Python: clear prose with small programs that run as they stand, with the"
    " standard library only. A program stands in a block that begins with ```python. Directly below it, in a block"
    " that begins with ```, stands exactly what it prints. Begin with the matter itself: no greeting, no announcement"
    " of what the passage will do, no summary at the end."
)
_MAX_INSPIRATION_LINES = 15
_TOP_P = 0.95


@dataclass(frozen=True, slots=True, kw_only=True)
class PassageIngredients:
    """What requests are made of."""

    topics: Sequence[Topic]
    audiences: Sequence[Audience]
    styles: Sequence[Style]
    skills: Sequence[str]
    words: Sequence[str]
    inspirations: Sequence[str] = ()
    """Texts of real code; empty: none is shown."""


def passage_ingredients(config: "PassagePromptConfig") -> PassageIngredients:
    """The lists that come with the package, or a person's own files in their place.

    Raises:
        ConfigError: A file cannot be used; names the line.
        MissingInputError: The inspiration holds no text.
    """
    return PassageIngredients(
        topics=read_topics(config.topics),
        audiences=read_audiences(),
        styles=read_styles(),
        skills=read_entries("skills"),
        words=read_entries("concepts", config.words),
        inspirations=read_inspirations(config.inspiration) if config.inspiration is not None else (),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class PassageOrder:
    """What one request asks for."""

    topic: Topic
    audience: Audience
    style: Style
    skill: str
    words: tuple[str, ...]
    inspiration: str
    """Lines of real code; empty where none are shown."""


@dataclass(frozen=True, kw_only=True)
class PassagePromptConfig:
    """How passages are asked for."""

    num_words: int = 3
    """Concept words that each passage must use."""
    temperature: float = 0.8
    """Of the sampling; 0 takes the most likely token."""
    max_new_tokens: int = 600
    """Of one answer."""
    max_attempts: int | None = None
    """Answers after which the writer gives up; four for each passage wanted where no number is given."""
    when_stale: str = WhenStale.STOP.value
    """What is done when the passages repeat themselves: stop, reseed or ignore."""
    topics: str | None = field(default=None, metadata=NOT_IN_FINGERPRINT)
    """File of topics, in the place of those of the package: areas at the margin, the topics of each indented below."""
    words: str | None = field(default=None, metadata=NOT_IN_FINGERPRINT)
    """File of concept words, one a line, in the place of those of the package."""
    inspiration: str | None = field(default=None, metadata=NOT_IN_FINGERPRINT)
    """File or folder of real code, 1 to 15 lines of which are shown each time: rows with `text`, or Python files."""

    def __post_init__(self) -> None:
        self.sampling()
        require_one_of("when_stale", self.when_stale, WhenStale)
        if self.num_words < 0:
            raise ConfigError(f"`num_words` must not be negative, got {self.num_words!r}")

    def sampling(self) -> SamplingConfig:
        """How an answer is drawn."""
        return SamplingConfig(max_new_tokens=self.max_new_tokens, temperature=self.temperature, top_p=_TOP_P)


@dataclass(frozen=True)
class PassageJob:
    """Textbook passages made of ingredients under a config. Implements `Job`."""

    ingredients: PassageIngredients
    config: PassagePromptConfig
    teacher_name: str
    """Stands in the records."""

    def order(self, seed: int, index: int) -> PassageOrder:
        """What request number `index` asks for. No topic comes again before each came once.

        Raises:
            ConfigError: There are fewer words than a passage must use.
        """
        given, num_words = self.ingredients, self.config.num_words
        if num_words > len(given.words):
            raise ConfigError(f"`num_words` is {num_words}, and there are {len(given.words)} words")
        rng = draw_generator(seed, "passage", index)
        return PassageOrder(
            topic=draw_in_turn(given.topics, seed, "topic", index),
            audience=rng.choice(given.audiences),
            style=rng.choice(given.styles),
            skill=rng.choice(given.skills),
            words=tuple(rng.sample(given.words, num_words)),
            inspiration=_lines_of(rng.choice(given.inspirations), seed, index) if given.inspirations else "",
        )

    def request(self, seed: int, index: int) -> TeacherRequest:
        """See `Job`. A short example of the style comes first, as if the teacher had written it."""
        order = self.order(seed, index)
        return chat_request(
            _SYSTEM,
            (
                f"Show me a short sample of this form. {order.style.instruction}",
                order.style.example.strip(),
                _request_text(order),
            ),
            self.config.sampling(),
            draw_generator(seed, "sampling of passage", index),
            index,
        )

    def read(self, seed: int, index: int, reply: Reply) -> tuple[Document | Rejection, Commission]:
        """See `Job`."""
        order = self.order(seed, index)
        result = read_passage(reply, order.topic, order.audience, order.style, self.teacher_name)
        return result, Commission(
            record_id="" if isinstance(result, Rejection) else result.id,
            index=index,
            topics=(order.topic.name,),
            layout=order.style.name,
            audience=order.audience.name,
            words=order.words,
            share_of_words_used=share_of_words_used(reply.text, order.words),
            prompt_sha256=messages_digest(self.request(seed, index)),
        )


def _request_text(order: PassageOrder) -> str:
    lines = [
        f"Now write a whole passage in this form. It teaches: {order.topic.name} ({order.topic.area}).",
        f"Reader: {order.audience.instruction}",
        f"What the reader practises: {order.skill}.",
    ]
    if order.words:
        lines.append(f"Use these words in an example, beside the topic: {', '.join(order.words)}.")
    if order.inspiration:
        lines.append(f"Let this piece of code inspire an example; do not copy it:\n```python\n{order.inspiration}\n```")
    lines.append(
        "Keep to 200 words besides the programs. One program or two, each of at most 15 lines; each prints something,"
        " and directly below it stands what it prints. Then end."
    )
    return "\n".join(lines)


def read_inspirations(given: str) -> tuple[str, ...]:
    """The texts with a character in them, of rows or of Python files.

    Raises:
        MissingInputError: There are none.
    """
    with tempfile.TemporaryDirectory() as work:
        found = [
            one.text
            for source in open_sources([given], SourcesConfig())
            for piece in source.pieces(Path(work))
            for one in piece()
            if isinstance(one, Document) and one.text.strip()
        ]
    if not found:
        raise MissingInputError(f"the inspiration `{given}` holds no text")
    return tuple(found)


def _lines_of(text: str, seed: int, index: int) -> str:
    """1 to 15 consecutive lines of a text."""
    rng = draw_generator(seed, "inspiration", index)
    lines = text.rstrip().split("\n")
    number = rng.randint(1, min(_MAX_INSPIRATION_LINES, len(lines)))
    start = rng.randint(0, len(lines) - number)
    return "\n".join(line.rstrip() for line in lines[start : start + number])
