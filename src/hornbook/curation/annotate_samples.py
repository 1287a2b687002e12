"""Ask a language model how much a student would learn from each piece of code.

Reads:  documents; `educational_value/rubric.md`.
Writes: a label for each that was scored, the reason before the score; the others with why they have none. With two
        passes also every single reading (`readings.py`).
Source: section 2.1 of the paper, where GPT-4 was asked. Its prompt is not published; the rubric is this project's.
"""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from hornbook.curation.annotate import load_rubric
from hornbook.curation.readings import Reading, kept_reading, name_of_pass
from hornbook.errors import ConfigError
from hornbook.records import Document, Dropped, Label
from hornbook.teacher.shown_code import fenced
from hornbook.teacher.teacher import Reply, ReplyOutcome, Teacher
from hornbook.teacher.wire import ChatRequest, SamplingConfig

HIGHEST_SCORE = 5
_MOST_REASON_CHARACTERS = 500
_FORMAT = (
    "Each message is a snippet. Answer in two lines and nothing else. First `Reason:` and at most fifteen words on what"
    " a student would or would not learn. Then `Score:` and one whole number from 0 to 5."
)
_EXAMPLES = (
    (
        "def set_parent(self, parent):\n    self._parent = parent\n    self._manager.notify(self)",
        "Reason: sets an attribute and forwards to an object that is not shown.\nScore: 0",
    ),
    (
        "def longest_word(words):\n"
        '    """Return the longest word; of equally long ones the first."""\n'
        '    best = ""\n'
        "    for word in words:\n"
        "        if len(word) > len(best):\n"
        "            best = word\n"
        "    return best",
        "Reason: self-contained search for a maximum, clearly named, with its tie rule explained.\nScore: 5",
    ),
    (
        "def _expand(self, names):\n"
        "    found = []\n"
        "    for name in names:\n"
        "        found.extend(self._table.get(name.lower(), [name]))\n"
        "    return found",
        "Reason: loop and lookup with a default are readable, but the table's meaning is hidden.\nScore: 2",
    ),
)
"""Snippets written for this, and what a good answer to each looks like."""
SECOND_TEMPERATURE = 0.7
"""At least so freely the second pass is drawn: the likeliest answer again would tell nothing new."""
_SCORE = re.compile(r"\bscore\W{0,6}?(-?\d+(?:\.\d+)?)(?:\s*/\s*5\b)?", re.IGNORECASE)
_REASON = re.compile(r"^\W*reason\W*", re.IGNORECASE)


class Unscored(StrEnum):
    """Why a document has no label."""

    EMPTY = "empty"
    """There is nothing to read."""
    UNANSWERED = "no answer"
    REFUSED = "refused"
    CUT = "cut off before the score"
    NO_SCORE = "no score"
    OFF_THE_SCALE = "a score that is not on the scale"


_Read = tuple[int | Unscored, str]
"""The score and its reason, or why there is none and the evidence."""


@dataclass(frozen=True, kw_only=True)
class AnnotateSamplesConfig:
    """How code is shown and the answer drawn."""

    max_snippet_characters: int = 2000
    """A longer one is cut behind its last whole line within; the model is told so."""
    max_new_tokens: int = 80
    temperature: float = 0.0
    """Of the first pass; the second is drawn at `SECOND_TEMPERATURE` where that is more."""
    top_p: float = 1.0
    num_passes: int = 1
    """2: each is read again, with the examples in the opposite order and drawn by `seed`. The first pass asks what a
    single one asks."""
    seed: int = 0
    """Sent with the second pass."""

    def __post_init__(self) -> None:
        if self.num_passes not in (1, 2):
            raise ConfigError(f"`num_passes` must be 1 or 2, got {self.num_passes!r}")
        if self.max_snippet_characters < 100:
            raise ConfigError(f"`max_snippet_characters` must be at least 100, got {self.max_snippet_characters!r}")
        SamplingConfig(max_new_tokens=self.max_new_tokens, temperature=self.temperature, top_p=self.top_p)


@dataclass(frozen=True, kw_only=True)
class Annotated:
    """What was scored and what was not, both in the order of the documents."""

    labels: list[Label]
    dropped: list[Dropped]
    """Those that no pass has scored."""
    readings: list[Label]
    """Of two passes: each score on its own, those of the first pass before those of the second; the annotator ends in
    `#1` or `#2`. Of one pass: none, they are the labels."""
    unscored: list[Counter[str]]
    """For each pass how often there was no score, by reason."""
    num_replies: int
    num_truncated: int
    """Documents of which only the beginning was read."""
    prompt_tokens: int
    completion_tokens: int
    """By the server's count."""


def annotate_samples(
    documents: Sequence[Document],
    teacher: Teacher,
    config: AnnotateSamplesConfig,
    progress: Callable[[int, int, str], None] | None = None,
) -> Annotated:
    """Score documents; a pure function of them, the config and the replies.

    Args:
        documents: Ids unique.
        teacher: Entered; its name stands in the labels.
        config: How they are shown.
        progress: Called after each reply with the number of replies, of documents, and a note.

    Raises:
        HornbookError: As the teacher's `ask`.
    """
    asked = [document for document in documents if document.text.strip()]
    num_replies = len(asked) * config.num_passes
    replies: dict[int, Reply] = {}
    for index, reply in teacher.ask(scoring_requests(documents, config)):
        replies[index] = reply
        if progress is not None:
            progress(len(replies), num_replies, "")
    passes = [
        [read_score(replies[number * len(asked) + index]) for index in range(len(asked))]
        for number in range(config.num_passes)
    ]
    labels, dropped = _settled(documents, asked, passes, teacher.name)
    return Annotated(
        labels=labels,
        dropped=dropped,
        readings=_single_readings(asked, passes, teacher.name),
        unscored=[Counter(score.value for score, _ in read if isinstance(score, Unscored)) for read in passes],
        num_replies=num_replies,
        num_truncated=sum(len(document.text.rstrip()) > config.max_snippet_characters for document in asked),
        prompt_tokens=sum(reply.prompt_tokens or 0 for reply in replies.values()),
        completion_tokens=sum(reply.completion_tokens or 0 for reply in replies.values()),
    )


def scoring_requests(documents: Sequence[Document], config: AnnotateSamplesConfig) -> Iterator[ChatRequest]:
    """All questions: one for each document that is not empty, then for each the second one if there are two passes."""
    for number in range(config.num_passes):
        for document in documents:
            if document.text.strip():
                yield scoring_request(document.text, config, is_second=number > 0)


def scoring_request(text: str, config: AnnotateSamplesConfig, *, is_second: bool = False) -> ChatRequest:
    """The question about one piece of code, as the first or the second pass asks it."""
    temperature = max(config.temperature, SECOND_TEMPERATURE) if is_second else config.temperature
    return ChatRequest(
        messages=[
            {"role": "system", "content": f"{load_rubric().strip()}\n\n{_FORMAT}"},
            *_example_messages(_EXAMPLES[::-1] if is_second else _EXAMPLES),
            {"role": "user", "content": _shown(text, config.max_snippet_characters)},
        ],
        sampling=SamplingConfig(
            max_new_tokens=config.max_new_tokens,
            temperature=temperature,
            top_p=config.top_p,
            seed=config.seed if is_second else None,
        ),
        sample=int(is_second),
    )


def read_score(reply: Reply) -> tuple[int | Unscored, str]:
    """The score of a reply and its reason, or why there is none and the evidence.

    Understood are a JSON object with `score` and `reason`, and lines that end in `Score: N`; the last score counts.
    """
    match reply.outcome:
        case ReplyOutcome.ANSWERED | ReplyOutcome.CUT:
            text = reply.text.strip()
        case ReplyOutcome.REFUSED:
            return Unscored.REFUSED, reply.detail
        case _:
            return Unscored.UNANSWERED, reply.detail or reply.outcome.value
    said = _read_object(text)
    if said is not None and "score" in said:
        return _checked(str(said["score"]), str(said.get("reason", "")))
    found = list(_SCORE.finditer(text))
    if not found:
        return (Unscored.CUT if reply.outcome is ReplyOutcome.CUT else Unscored.NO_SCORE), _bounded(text)
    before, behind = text[: found[-1].start()], text[found[-1].end() :]
    return _checked(found[-1][1], before if re.search(r"\w", before) else behind)


def _settled(
    documents: Sequence[Document], asked: Sequence[Document], passes: Sequence[Sequence[_Read]], annotator: str
) -> tuple[list[Label], list[Dropped]]:
    """A label for each document that a pass has scored; the others with what the first pass met."""
    labels, dropped = [], []
    found = {document.id: [read[index] for read in passes] for index, document in enumerate(asked)}
    for document in documents:
        read = found.get(document.id, [(Unscored.EMPTY, "")])
        readings = [Reading(score, said) for score, said in read if not isinstance(score, Unscored)]
        if readings:
            kept = kept_reading(readings)
            labels.append(Label(sample_id=document.id, score=kept.score, reason=kept.reason, annotator=annotator))
        else:
            dropped.append(Dropped(id=document.id, reason=str(read[0][0]), detail=read[0][1]))
    return labels, dropped


def _single_readings(asked: Sequence[Document], passes: Sequence[Sequence[_Read]], annotator: str) -> list[Label]:
    if len(passes) < 2:
        return []
    return [
        Label(sample_id=document.id, score=score, reason=said, annotator=name_of_pass(annotator, number))
        for number, read in enumerate(passes, start=1)
        for document, (score, said) in zip(asked, read, strict=True)
        if not isinstance(score, Unscored)
    ]


def _example_messages(examples: Sequence[tuple[str, str]]) -> Iterator[dict[str, str]]:
    for snippet, answer in examples:
        yield {"role": "user", "content": _shown(snippet, len(snippet))}
        yield {"role": "assistant", "content": answer}


def _shown(text: str, limit: int) -> str:
    text = text.rstrip()
    note = ""
    if len(text) > limit:
        beginning = text[:limit]
        text = beginning[: beginning.rfind("\n")] if "\n" in beginning else beginning
        note = "\n(The snippet goes on; only its beginning is shown.)"
    return f"{fenced(text)}{note}"


def _read_object(text: str) -> dict[str, Any] | None:
    found = re.search(r"\{.*\}", text, re.DOTALL)
    try:
        said = json.loads(found[0]) if found else None
    except ValueError:
        return None
    return said if isinstance(said, dict) else None


def _checked(score: str, reason: str) -> tuple[int | Unscored, str]:
    if not re.fullmatch(rf"[0-{HIGHEST_SCORE}](\.0+)?", score.strip()):
        return Unscored.OFF_THE_SCALE, _bounded(score)
    return int(score.strip()[0]), _bounded(_REASON.sub("", reason).strip().rstrip("*`#-").strip())


def _bounded(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _MOST_REASON_CHARACTERS else f"{line[:_MOST_REASON_CHARACTERS]}…"
