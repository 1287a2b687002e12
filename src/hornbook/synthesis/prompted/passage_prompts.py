"""Ask for one textbook passage: a topic for an audience in a style, with a skill to practise and words to use.

Source: section 2.2 of the paper, where topics and audiences give diversity; the words that must be used follow
TinyStories, the piece of real code that may inspire follows OSS-Instruct.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from hornbook.errors import ConfigError
from hornbook.synthesis.prompted.draws import draw_generator, draw_in_turn
from hornbook.synthesis.prompted.forms import Audience, Style
from hornbook.synthesis.prompted.word_lists import Topic
from hornbook.teacher.teacher import TeacherRequest
from hornbook.teacher.wire import ChatRequest, SamplingConfig

_SYSTEM = (
    "You write passages of a textbook on Python: clear prose with small programs that run as they stand, with the"
    " standard library only. A program stands in a block that begins with ```python. Directly below it, in a block"
    " that begins with ```, stands exactly what it prints. Begin with the matter itself: no greeting, no announcement"
    " of what the passage will do, no summary at the end."
)
MAX_INSPIRATION_LINES = 15


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


@dataclass(frozen=True, slots=True, kw_only=True)
class PassageOrder:
    """What one request asks for."""

    index: int
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
    top_p: float = 0.95
    max_new_tokens: int = 600

    def __post_init__(self) -> None:
        SamplingConfig(max_new_tokens=self.max_new_tokens, temperature=self.temperature, top_p=self.top_p)
        if self.num_words < 0:
            raise ConfigError(f"`num_words` must not be negative, got {self.num_words!r}")


def order_passage(ingredients: PassageIngredients, config: PassagePromptConfig, seed: int, index: int) -> PassageOrder:
    """Draw what request number `index` asks for. A pure function of its arguments.

    No topic comes again before each came once.

    Raises:
        ConfigError: There are fewer words than a passage must use.
    """
    if config.num_words > len(ingredients.words):
        raise ConfigError(f"`num_words` is {config.num_words}, and there are {len(ingredients.words)} words")
    rng = draw_generator(seed, "passage", index)
    return PassageOrder(
        index=index,
        topic=draw_in_turn(ingredients.topics, seed, "topic", index),
        audience=rng.choice(ingredients.audiences),
        style=rng.choice(ingredients.styles),
        skill=rng.choice(ingredients.skills),
        words=tuple(rng.sample(ingredients.words, config.num_words)),
        inspiration=_lines_of(rng.choice(ingredients.inspirations), seed, index) if ingredients.inspirations else "",
    )


def passage_request(order: PassageOrder, config: PassagePromptConfig, seed: int) -> TeacherRequest:
    """The request: a short example of the style comes first, as if the teacher had written it."""
    messages = [
        {"role": "system", "content": _SYSTEM},
        {"role": "user", "content": f"Show me a short sample of this form. {order.style.instruction}"},
        {"role": "assistant", "content": order.style.example.strip()},
        {"role": "user", "content": _request_text(order)},
    ]
    sampling = SamplingConfig(
        max_new_tokens=config.max_new_tokens,
        temperature=config.temperature,
        top_p=config.top_p,
        seed=draw_generator(seed, "sampling of passage", order.index).getrandbits(31)
        if config.temperature > 0
        else None,
    )
    return ChatRequest(messages=messages, sampling=sampling, sample=order.index)


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


def _lines_of(text: str, seed: int, index: int) -> str:
    """1 to 15 consecutive lines of a text."""
    rng = draw_generator(seed, "inspiration", index)
    lines = text.rstrip().split("\n")
    number = rng.randint(1, min(MAX_INSPIRATION_LINES, len(lines)))
    start = rng.randint(0, len(lines) - number)
    return "\n".join(line.rstrip() for line in lines[start : start + number])
