"""Ask a language model how much a student would learn from each piece of code.

Reads:  documents; `educational_value/rubric.md`.
Writes: a label for each that was scored, the reason before the score; the others with why they have none.
Source: section 2.1 of the paper, where GPT-4 was asked. Its prompt is not published; the rubric is this project's.
"""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from importlib.resources import files
from typing import Any

from hornbook.errors import ConfigError
from hornbook.records import Document, Dropped, Label
from hornbook.teacher.api import ChatRequest, Reply, ReplyOutcome, SamplingConfig, Teacher, fenced

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


@dataclass(frozen=True, kw_only=True)
class AnnotateSamplesConfig:
    """How code is shown and the answer drawn."""

    max_snippet_characters: int = 2000
    """A longer one is cut behind its last whole line within; the model is told so."""
    max_new_tokens: int = 80
    temperature: float = 0.0

    def __post_init__(self) -> None:
        if self.max_snippet_characters < 100:
            raise ConfigError(f"`max_snippet_characters` must be at least 100, got {self.max_snippet_characters!r}")
        SamplingConfig(max_new_tokens=self.max_new_tokens, temperature=self.temperature, top_p=1.0)


@dataclass(frozen=True, kw_only=True)
class Annotated:
    """What was scored and what was not, both in the order of the documents."""

    labels: list[Label]
    dropped: list[Dropped]
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
    replies: dict[int, Reply] = {}
    for index, reply in teacher.ask(scoring_requests(documents, config)):
        replies[index] = reply
        if progress is not None:
            progress(len(replies), len(asked), "")
    read = {document.id: read_score(replies[index]) for index, document in enumerate(asked)}
    labels, dropped = [], []
    for document in documents:
        score, said = read.get(document.id, (Unscored.EMPTY, ""))
        if isinstance(score, Unscored):
            dropped.append(Dropped(id=document.id, reason=score.value, detail=said))
        else:
            labels.append(Label(sample_id=document.id, score=score, reason=said, annotator=teacher.name))
    return Annotated(
        labels=labels,
        dropped=dropped,
        num_replies=len(asked),
        num_truncated=sum(len(document.text.rstrip()) > config.max_snippet_characters for document in asked),
        prompt_tokens=sum(reply.prompt_tokens or 0 for reply in replies.values()),
        completion_tokens=sum(reply.completion_tokens or 0 for reply in replies.values()),
    )


def scoring_requests(documents: Sequence[Document], config: AnnotateSamplesConfig) -> Iterator[ChatRequest]:
    """All questions: one for each document that is not empty."""
    return (scoring_request(document.text, config) for document in documents if document.text.strip())


def scoring_request(text: str, config: AnnotateSamplesConfig) -> ChatRequest:
    """The question about one piece of code."""
    messages = [{"role": "system", "content": f"{load_rubric().strip()}\n\n{_FORMAT}"}]
    for snippet, answer in _EXAMPLES:
        messages.append({"role": "user", "content": _shown(snippet, len(snippet))})
        messages.append({"role": "assistant", "content": answer})
    messages.append({"role": "user", "content": _shown(text, config.max_snippet_characters)})
    sampling = SamplingConfig(max_new_tokens=config.max_new_tokens, temperature=config.temperature, top_p=1.0)
    return ChatRequest(messages=messages, sampling=sampling)


def load_rubric() -> str:
    """The question that the annotator answered, and its scale."""
    return files("hornbook.curation").joinpath("educational_value/rubric.md").read_text(encoding="utf-8")


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
    if "score" in said:
        return _checked(str(said["score"]), str(said.get("reason", "")))
    found = list(_SCORE.finditer(text))
    if not found:
        return (Unscored.CUT if reply.outcome is ReplyOutcome.CUT else Unscored.NO_SCORE), _bounded(text)
    before, behind = text[: found[-1].start()], text[found[-1].end() :]
    return _checked(found[-1][1], before if re.search(r"\w", before) else behind)


def _shown(text: str, limit: int) -> str:
    text = text.rstrip()
    note = ""
    if len(text) > limit:
        beginning = text[:limit]
        text = beginning[: beginning.rfind("\n")] if "\n" in beginning else beginning
        note = "\n(The snippet goes on; only its beginning is shown.)"
    return f"{fenced(text)}{note}"


def _read_object(text: str) -> dict[str, Any]:
    found = re.search(r"\{.*\}", text, re.DOTALL)
    try:
        said: dict[str, Any] = json.loads(found[0]) if found else {}
    except (ValueError, RecursionError):
        return {}
    return said


def _checked(score: str, reason: str) -> tuple[int | Unscored, str]:
    if not re.fullmatch(rf"[0-{HIGHEST_SCORE}](\.0+)?", score.strip()):
        return Unscored.OFF_THE_SCALE, _bounded(score)
    return int(score.strip()[0]), _bounded(_REASON.sub("", reason).strip().rstrip("*`#-").strip())


def _bounded(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _MOST_REASON_CHARACTERS else f"{line[:_MOST_REASON_CHARACTERS]}…"
