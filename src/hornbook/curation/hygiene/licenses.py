"""Refuse files whose licences are not among the allowed ones.

Reads:  the licences that a source names for a file: SPDX ids or expressions.
Writes: a refusal, or None.
Source: The Stack's list of permissive licences; expressions as SPDX defines them (specification 2.3, annex D).
"""

from collections.abc import Collection, Sequence

from hornbook.curation.hygiene.reasons import Reason, Refusal

UNKNOWN = frozenset({"", "noassertion", "none", "no license", "no_license", "unknown", "other", "unlicensed"})
"""What sources write where they know of no licence; in lower case."""

_LONGEST_EXPRESSION = 500
"""In characters: reading one recurses by its brackets."""


def license_refused(licenses: Sequence[str], *, allowed: Collection[str], allow_unknown: bool) -> Refusal | None:
    """Refuse a file unless each of its licences is allowed.

    Several licences of one file, as The Stack lists those found in a repository, bind all at once. Within an expression
    `OR` leaves the choice, `AND` binds both, and `WITH` an exception only ever adds permissions.

    Args:
        licenses: As the source has them; none: unknown.
        allowed: SPDX ids in lower case.
        allow_unknown: Whether a file without a known licence passes.
    """
    known = [one for one in licenses if one.strip().lower() not in UNKNOWN]
    if len(known) < max(len(licenses), 1) and not allow_unknown:
        return Refusal(Reason.LICENSE_UNKNOWN, ", ".join(licenses))
    for one in known:
        if one.lower() not in allowed and not _expression_allowed(one, allowed):
            return Refusal(Reason.LICENSE_NOT_ALLOWED, one[:120])
    return None


def _expression_allowed(expression: str, allowed: Collection[str]) -> bool:
    """Whether an expression of several ids leaves an allowed choice; False if it cannot be read."""
    from boolean import ParseError
    from license_expression import ExpressionError, LicenseWithExceptionSymbol, Licensing

    if len(expression) > _LONGEST_EXPRESSION:
        return False
    licensing = Licensing()
    try:
        tree = licensing.parse(expression)
    except (ExpressionError, ParseError):
        return False

    def holds(node: object) -> bool:
        if isinstance(node, licensing.OR):
            return any(holds(part) for part in node.args)
        if isinstance(node, licensing.AND):
            return all(holds(part) for part in node.args)
        if isinstance(node, LicenseWithExceptionSymbol):
            return node.license_symbol.key.lower() in allowed
        return str(node).lower() in allowed

    return tree is not None and holds(tree)
