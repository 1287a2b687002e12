"""The stage `annotate`: ask a language model how much a student would learn from each document.

Reads:  the documents of its input; `educational_value/rubric.md`.
Writes: `labels`: Label, the reason before the score; `dropped`: Dropped, the documents without a label.
Source: section 2.1 of the paper, where GPT-4 was asked. Its prompt is not published; the rubric is this project's.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from importlib.resources import files
from typing import Any

from hornbook.errors import ConfigError, MissingInputError
from hornbook.pipeline.stage import Artifact, Result, Stage, Workspace, count_reasons
from hornbook.pipeline.table import Table, TableWriter
from hornbook.records import Dropped, Label
from hornbook.teacher.account import say_estimate
from hornbook.teacher.api import ChatRequest, Reply, ReplyOutcome, SamplingConfig, fenced

VERSION = 1
"""Raised when the prompt or a rule of this stage changes: it is part of the fingerprint."""
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
class PromptConfig:
    """How code is shown to the language model, and how its answer is drawn."""

    max_characters: int = 2000
    """Longest text that is shown whole; a longer one is cut behind its last whole line within."""
    max_new_tokens: int = 80
    """Most tokens of one answer."""
    temperature: float = 0.0
    """Sampling temperature; 0 takes the most likely token."""

    def __post_init__(self) -> None:
        if self.max_characters < 100:
            raise ConfigError(f"`max_characters` must be at least 100, got {self.max_characters!r}")
        SamplingConfig(max_new_tokens=self.max_new_tokens, temperature=self.temperature, top_p=1.0)


@dataclass(frozen=True, kw_only=True)
class AnnotateConfig(PromptConfig):
    """Which language model is asked, and how."""

    teacher: str = ""
    """Name of the language model."""


def annotate(documents: Stage, config: AnnotateConfig, name: str = "annotate") -> Stage:
    """The stage that asks a language model for labels."""
    return Stage(name, run_annotate, config, VERSION, {"documents": documents})


def run_annotate(config: AnnotateConfig, inputs: Mapping[str, Artifact], workspace: Workspace) -> Result:
    """Score all documents; every answer is in the teacher's account before it counts.

    Raises:
        ConfigError: No teacher was named.
        MissingInputError: No answer holds a score.
        HornbookError: As the teacher's `ask`.
    """
    documents = inputs["documents"].documents()
    ids: list[str] = []
    num_truncated = 0

    def requests() -> Iterator[ChatRequest]:
        nonlocal num_truncated
        for document in documents:
            if document.text.strip():
                ids.append(document.id)
                num_truncated += len(document.text.rstrip()) > config.max_characters
                yield scoring_request(document.text, config)

    read: dict[str, tuple[int | Unscored, str]] = {}
    tokens = Counter[str]()
    total = documents.num_rows
    with workspace.open_teacher(config.teacher) as teacher:
        shown = (scoring_request(document.text, config) for document in documents)
        say_estimate(teacher, shown, total, workspace.progress)
        for index, reply in teacher.ask(requests()):
            read[ids[index]] = read_score(reply)
            tokens.update(prompt=reply.prompt_tokens or 0, completion=reply.completion_tokens or 0)
            workspace.progress(len(read), total, "documents scored")
    counts = Counter(str(score) for score, _ in read.values() if not isinstance(score, Unscored))
    with (
        TableWriter(workspace.folder / "labels", Label) as labels,
        TableWriter(workspace.folder / "dropped", Dropped) as dropped,
    ):
        for name in documents.ids():
            score, said = read.get(name, (Unscored.EMPTY, ""))
            if isinstance(score, Unscored):
                dropped.add(Dropped(id=name, reason=score.value, detail=said))
            else:
                labels.add(Label(id=name, score=score, reason=said, annotator=config.teacher))
    if not labels.num_rows:
        detail = next((f": {score}, {said!r}" for score, said in read.values()), "")
        raise MissingInputError(f"none of {total:,} documents has a score{detail}")
    return Result(
        kept=labels.num_rows,
        unit="labels",
        dropped=count_reasons(Table.of_folder(workspace.folder / "dropped", Dropped)),
        metrics={
            "score_counts": {str(score): counts[str(score)] for score in range(HIGHEST_SCORE + 1)},
            "num_truncated": num_truncated,
            "num_replies": len(read),
            "prompt_tokens": tokens["prompt"],
            "completion_tokens": tokens["completion"],
        },
    )


def scoring_request(text: str, config: PromptConfig) -> ChatRequest:
    """The question about one piece of code."""
    messages = [{"role": "system", "content": f"{load_rubric().strip()}\n\n{_FORMAT}"}]
    for snippet, answer in _EXAMPLES:
        messages.append({"role": "user", "content": _shown(snippet, len(snippet))})
        messages.append({"role": "assistant", "content": answer})
    messages.append({"role": "user", "content": _shown(text, config.max_characters)})
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
