"""Refuse files that a program wrote: code generators, minifiers.

Reads:  a source text's path and head, and its code.
Writes: a refusal, or None.
Source: the markers are those of GitHub's Linguist (`generated.rb`) and of StarCoder 2 (Lozhkov et al. 2024), and what
the generators of Python that we know write. Only the head counts: what stands deep in a text is about other files.
"""

import re

from hornbook.curation.hygiene.reasons import Reason, Refusal

_PATH = re.compile(r"(?:^|/)(?:[^/]+_pb2(?:_grpc)?\.pyi?|parsetab\.py|lextab\.py)$")
_HEAD_CHARACTERS = 2_000
_SUBJECT = r"(?:file|module|code|script|class|parser|lexer|source|document|package|stub)s?"
_MARKERS = re.compile(
    r"(?i)@generated\b"
    r"|\b(?:do(?: not|n't)|never) (?:edit|modify|change)"
    r"(?: (?:it|this|the file|manually|by hand|directly)\b|[\W_]*$|[.!;,:])"
    rf"|\bthis (?:\w+ )?{_SUBJECT} (?:is|was|has been) (?:an? )?(?:\w+ly |auto[ -]?)?generated\b"
    rf"|^[\W_]*(?:an? )?auto(?:matically)?[ -]?generated(?: (?:by|from|with|using|on|{_SUBJECT})\b|[\W_]*$)"
    rf"|^[\W_]*(?:{_SUBJECT} (?:\w+ )?|\w+ implementation )?generated (?:automatically )?"
    r"(?:by|from|using|on|with (?=\W))"
    r"|^[\W_]*generated (?:file|automatically|code)\b"
    r"|^[\W_]*created by: .*code generator\b"
)
_COMMENT_OR_TEXT = re.compile(r'\s*(?:#|[rRuU]?(?:"""|\'\'\'))')


def generated(text: str, *, path: str, num_head_lines: int) -> Refusal | None:
    """Refuse a text whose path or head says that a program wrote it.

    The head are the comments, and the docstring, among its first `num_head_lines` lines that are not blank.
    """
    if path and _PATH.search(path.replace("\\", "/")):
        return Refusal(Reason.GENERATED, f"called {path.rsplit('/', 1)[-1]}")
    for line in _head(text, num_head_lines):
        if _MARKERS.search(line):
            return Refusal(Reason.GENERATED, line.strip()[:120])
    return None


def minified(code: str, *, min_characters: int, max_statements_a_line: float, min_white_share: float) -> Refusal | None:
    """Refuse code that is written for no reader: several statements a line, or hardly any white space.

    Args:
        code: Without comments, strings replaced by `""`.
        min_characters: A shorter code passes.
        max_statements_a_line: Largest mean of the lines that are not blank, told by their semicolons.
        min_white_share: Least share of white space.
    """
    if len(code) < min_characters:
        return None
    num_lines = sum(1 for line in code.splitlines() if line.strip())
    statements = 1 + code.count(";") / max(num_lines, 1)
    if statements > max_statements_a_line:
        return Refusal(Reason.MINIFIED, f"{statements:.1f} statements a line")
    share = 1 - sum(map(len, code.split())) / len(code)
    if share < min_white_share:
        return Refusal(Reason.MINIFIED, f"{share:.1%} white space")
    return None


def _head(text: str, num_lines: int) -> list[str]:
    """The first lines as far as they are comments or a docstring."""
    head: list[str] = []
    quote = ""
    for line in text[:_HEAD_CHARACTERS].splitlines():
        if len(head) == num_lines:
            break
        if not line.strip():
            continue
        if not quote:
            opening = _COMMENT_OR_TEXT.match(line)
            if not opening:
                break
            mark = opening.group()[-3:]
            if mark in ('"""', "'''") and mark not in line[opening.end() :]:
                quote = mark
        elif quote in line:
            quote = ""
        head.append(line)
    return head
