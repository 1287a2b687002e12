"""Foreign text for a terminal: a name or an error cannot colour the screen, move the cursor or pass for markup."""

from rich.markup import escape


def plain(text: str) -> str:
    """The text on one line, what cannot be printed made visible, markup taken literally.

    For strings that are printed by a `rich` console as a part of a line of ours.
    """
    visible = "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode() for character in text
    )
    return escape(visible)
