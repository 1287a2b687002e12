"""Untrusted text for a terminal, which it must not control."""

from rich.markup import escape


def visible(text: str) -> str:
    """The text on one line, with every character that cannot be printed as an escape sequence."""
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode() for character in text
    )


def plain(text: str) -> str:
    """Escape a name or an error for a `rich` console, so that it can neither set colours nor move the cursor."""
    return escape(visible(text))
