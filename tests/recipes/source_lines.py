"""Which values of a recipe do not say where they come from."""

import ast
import io
import re
import tokenize

TAGS = re.compile(
    r"# (Source: (.*?)(sections? \d|figure \d|table \d|the released model|`[a-z_/]+\.py`)|Departs: \w|Gap: \w)"
)
"""A tag with a place or a reason behind it."""
CONSTANT = re.compile(r"[A-Z][A-Z0-9_]*")
REASONS = {"basis"}
"""Fields that are themselves a sentence on where the others come from."""


def comments_of(source: str) -> dict[int, str]:
    """Line → the comment on it."""
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    return {token.start[0]: token.string for token in tokens if token.type == tokenize.COMMENT}


def values_of(source: str) -> list[tuple[str, ast.expr | ast.keyword]]:
    """The constants of a recipe, and of those that are made by a call each field that the call gives.

    A field that names another constant of the recipe is left out: that one is looked at where it stands.
    """
    constants = {
        target.id: statement.value
        for statement in ast.parse(source).body
        if isinstance(statement, ast.Assign | ast.AnnAssign) and statement.value is not None
        for target in (statement.targets if isinstance(statement, ast.Assign) else [statement.target])
        if isinstance(target, ast.Name) and CONSTANT.fullmatch(target.id)
    }
    found: list[tuple[str, ast.expr | ast.keyword]] = []
    for name, value in constants.items():
        fields = value.keywords if isinstance(value, ast.Call) else []
        found += [
            (f"{name}.{field.arg}", field)
            for field in fields
            if field.arg not in REASONS and not (isinstance(field.value, ast.Name) and field.value.id in constants)
        ]
        if not fields:
            found.append((name, value))
    return found


def untagged(source: str) -> list[str]:
    """The values without a tag on a line of theirs or in the comment that ends on the line above."""
    comments = comments_of(source)
    lines = source.splitlines()

    def tag_is_near(first: int, last: int) -> bool:
        above = first - 1
        while above >= 1 and lines[above - 1].lstrip().startswith("#"):
            first, above = above, above - 1
        said = [comments[line] for line in range(first, last + 1) if line in comments]
        return TAGS.search("\n".join(said)) is not None

    return [
        f"line {value.lineno}: {name}"
        for name, value in values_of(source)
        if not tag_is_near(value.lineno, value.end_lineno or value.lineno)
    ]
