"""Read a teacher's answer as a textbook passage, or say in a countable word why it is none.

Reads:  an answer: prose with fenced programs and their outputs.
Writes: a passage in the form that `checker.py` runs: an output stands in a fence without a language.
"""

import re

from hornbook.python_code.answers import without_thoughts
from hornbook.python_code.fences import CODE_LANGUAGES, OUTPUT_LANGUAGES, Block, prose_of, read_blocks
from hornbook.python_code.parse import parse_code
from hornbook.records import Document, content_id, textbook_passage
from hornbook.synthesis.prompted.commission import Reason, Rejection, of_outcome
from hornbook.synthesis.prompted.ingredients import Audience, Style, Topic
from hornbook.teacher.api import Reply, ReplyOutcome

_MIN_PROSE_WORDS = 60
"""Words outside of the fences."""
_MAX_CHARACTERS = 8000
_OUTPUT = OUTPUT_LANGUAGES | {"bash", "shell", "none"}
_CHATTER = re.compile(r"\A(sure|certainly|of course|here is|here's|absolutely|okay|great)\b[^\n]*\n+", re.IGNORECASE)
_REFUSAL = re.compile(r"\A\W*(i'?m sorry|i am sorry|i cannot|i can'?t|as an ai)\b", re.IGNORECASE)
_STOCK_OPENER = re.compile(
    r"\A\W*(in this (passage|lesson|section|chapter|tutorial|article|example|guide)|welcome\b|today,? we"
    r"|let'?s (dive|explore)|have you ever|in the world of|python is a|in python programming|in today'?s)",
    re.IGNORECASE,
)
_OUTPUT_COMMENT = re.compile(
    r"#\s*(?:(?:expected )?(?:output|prints?|result|returns?)\b\s*:?|=>|->)\s*\S", re.IGNORECASE
)


def read_passage(reply: Reply, topic: Topic, audience: Audience, style: Style, teacher: str) -> Document | Rejection:
    """Turn one reply into a passage, or give the first reason against it.

    Chatter before the passage is left out, and the fences of outputs lose their language; the rest stays as it is. An
    answer that was cut off keeps its whole paragraphs, if they make a passage.
    """
    unusable = of_outcome(reply.outcome, reply.detail)
    if unusable is not None:
        return unusable
    text = _unwrapped(without_thoughts(reply.text))
    is_cut = reply.outcome is ReplyOutcome.CUT
    text, end = _with_plain_outputs(text), text.strip()[-100:].replace("\n", " ")
    if is_cut:
        text = _whole_paragraphs(text)
    wrong = _wrong_form(text, style)
    if wrong is not None:
        return Rejection(Reason.CUT, end) if is_cut else wrong
    return textbook_passage(
        id=content_id("passage", teacher, text),
        text=text,
        family=topic.area,
        topic=topic.name,
        audience=audience.name,
        style=style.name,
        teacher=teacher,
    )


def share_of_words_used(text: str, words: tuple[str, ...]) -> float:
    """How many of the words stand in the text, in any form that begins like them; 1 where none is asked for."""
    if not words:
        return 1.0
    found = sum(re.search(rf"(?<![a-z]){re.escape(_stem(word))}", text.lower()) is not None for word in words)
    return found / len(words)


def _wrong_form(text: str, style: Style) -> Rejection | None:
    prose = prose_of(text)
    blocks = read_blocks(text)
    programs = [block for block in blocks if block.language == "python"]
    if _REFUSAL.match(text):
        return Rejection(Reason.REFUSED, text[:100].replace("\n", " "))
    if not programs:
        return Rejection(Reason.NO_CODE)
    if not all(block.is_closed for block in blocks):
        return Rejection(Reason.CUT, "a block is not closed")
    broken = next((block for block in programs if not block.is_session and parse_code(block.body) is None), None)
    if broken is not None:
        return Rejection(Reason.NO_PYTHON, broken.body[:100].replace("\n", " "))
    if {block.body for block in programs} & {block.body for block in read_blocks(style.example)}:
        return Rejection(Reason.COPIED)
    if not any(_shows_itself(block) for block in programs) and not any(block.language == "" for block in blocks):
        return Rejection(Reason.NO_OUTPUT)
    num_words = len(prose.split())
    if num_words < _MIN_PROSE_WORDS:
        return Rejection(Reason.TOO_SHORT, f"{num_words} words besides the programs")
    if len(text) > _MAX_CHARACTERS:
        return Rejection(Reason.TOO_LONG, f"{len(text)} characters")
    opener = _STOCK_OPENER.match(_without_headings(prose))
    if opener:
        return Rejection(Reason.STOCK_OPENER, opener[0].strip())
    return None


def _unwrapped(text: str) -> str:
    """The passage without chatter before it, and without a fence around the whole."""
    text = _CHATTER.sub("", text.strip())
    whole = re.fullmatch(r"```(?:markdown|md)[ \t]*\n(.*)\n```", text, re.DOTALL)
    return (whole[1] if whole else text).strip() + "\n"


def _with_plain_outputs(text: str) -> str:
    """Fences at the margin, `python` spelt so, and outputs without a language."""
    parts, place, before = [], 0, ""
    for block in read_blocks(text):
        language = block.language
        if language in CODE_LANGUAGES:
            language = "python"
        elif language in _OUTPUT and before == "python":
            language = ""
        before = language
        body = block.body if block.body.endswith("\n") or not block.body else f"{block.body}\n"
        parts += [text[place : block.opens], f"```{language}\n{body}", "```\n" * block.is_closed]
        place = block.closes
    lines = "".join([*parts, text[place:]]).split("\n")
    return "\n".join(line.rstrip() for line in lines)


def _whole_paragraphs(text: str) -> str:
    """The beginning of a passage up to where a reader misses nothing.

    Without the paragraph or block at its end, which is not whole, and then without lines that announce what no longer
    comes, and programs whose output does not.
    """
    parts: list[str] = []
    place = 0
    for block in read_blocks(text):
        parts += [*text[place : block.opens].split("\n\n"), text[block.opens : block.closes]]
        place = block.closes
    parts = [part.strip("\n") for part in [*parts, *text[place:].split("\n\n")] if part.strip()][:-1]
    while parts and (_announces(parts[-1]) or parts[-1].startswith("```python")):
        del parts[-1]
    return "\n\n".join(parts) + "\n"


def _announces(paragraph: str) -> bool:
    """Whether a paragraph is a heading, or leads to what follows it."""
    is_heading = paragraph.startswith("#") or re.fullmatch(r"\*\*[^\n]*\*\*", paragraph) is not None
    return is_heading or paragraph.rstrip("*_ ").endswith(":")


def _shows_itself(block: Block) -> bool:
    """Whether a program's output stands within it: a session's, or in comments."""
    return block.is_session or _OUTPUT_COMMENT.search(block.body) is not None


def _without_headings(prose: str) -> str:
    return "\n".join(line for line in prose.split("\n") if line.strip() and not line.startswith("#"))


def _stem(word: str) -> str:
    """What all forms of an English word begin with: `carry`, `carries`, `carried`."""
    return word[:-1] if len(word) > 3 and word[-1] in "ey" else word
