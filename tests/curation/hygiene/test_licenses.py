import pytest
from license_expression import get_license_index

from hornbook.curation.hygiene.config import PERMISSIVE_LICENSES
from hornbook.curation.hygiene.licenses import license_refused
from hornbook.curation.hygiene.reasons import Reason

ALLOWED = frozenset(one.lower() for one in PERMISSIVE_LICENSES)


def reason_of(*licenses: str, allow_unknown: bool = False) -> str:
    refusal = license_refused(licenses, allowed=ALLOWED, allow_unknown=allow_unknown)
    return refusal.reason if refusal else ""


@pytest.mark.parametrize(
    "license_",
    [
        "MIT",
        "apache-2.0",
        "MIT OR GPL-3.0-only",
        "GPL-2.0-only OR (MIT AND ISC)",
        "MIT AND Apache-2.0",
        "Apache-2.0 WITH LLVM-exception",
        "(MIT)",
        "mit or gpl-2.0",
    ],
)
def test_an_allowed_licence_or_a_choice_of_one_passes(license_: str) -> None:
    assert reason_of(license_) == ""


@pytest.mark.parametrize(
    "license_",
    [
        "GPL-3.0-only",
        "MPL-2.0",
        "deprecated_LGPL-3.0+",
        "MIT AND GPL-3.0-only",
        "(MIT OR ISC) AND GPL-2.0-only",
        "GPL-2.0-only WITH Classpath-exception-2.0",
        "MIT AND",
        "not a licence",
        "((((",
        "(" * 100_000,
        "MIT OR " * 100_000 + "MIT",
        "MIT\0",
    ],
    ids=lambda text: text[:20],
)
def test_any_other_and_what_cannot_be_read_is_refused(license_: str) -> None:
    assert reason_of(license_) == Reason.LICENSE_NOT_ALLOWED


def test_all_licences_of_a_repository_bind() -> None:
    assert reason_of("MIT", "Apache-2.0") == ""
    assert reason_of("MIT", "GPL-3.0-only") == Reason.LICENSE_NOT_ALLOWED


@pytest.mark.parametrize("license_", [(), ("NOASSERTION",), ("",), ("MIT", "NOASSERTION")])
def test_an_unknown_licence_is_refused_unless_it_is_allowed(license_: tuple[str, ...]) -> None:
    assert reason_of(*license_) == Reason.LICENSE_UNKNOWN
    assert reason_of(*license_, allow_unknown=True) == ""


def test_an_unknown_licence_beside_a_refused_one_does_not_save_it() -> None:
    assert reason_of("GPL-3.0-only", "NOASSERTION", allow_unknown=True) == Reason.LICENSE_NOT_ALLOWED


def test_the_default_licences_are_permissive_in_the_eyes_of_scancode() -> None:
    category = {key: entry["category"] for entry in get_license_index() if (key := entry.get("spdx_license_key"))}
    others = {one for one in PERMISSIVE_LICENSES if category[one] not in ("Permissive", "Public Domain")}
    assert others == {"Artistic-2.0"}
