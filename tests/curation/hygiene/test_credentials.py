import time
from collections import Counter

import pytest
from tests.curation.hygiene.planted import planted_secrets

from hornbook.curation.hygiene.credentials import detector, secrets

FILE = "import os\n\n\ndef connect(user):\n    {}\n    return user\n"


@pytest.fixture(scope="module")
def found_of() -> dict[str, int]:
    """Kind → in how many of ten files its secret was covered whole."""
    found: Counter[str] = Counter()
    for seed in range(10):
        for planted in planted_secrets(seed):
            text = FILE.format(planted.line)
            start = text.index(planted.secret)
            end = start + len(planted.secret)
            found[planted.kind] += any(first <= start and last >= end for first, last in secrets(text))
    return dict(found)


def test_planted_secrets_of_all_kinds_are_found(found_of: dict[str, int]) -> None:
    assert {kind: number for kind, number in found_of.items() if number < 9} == {}
    assert sum(found_of.values()) >= 0.98 * 10 * len(found_of)


@pytest.mark.parametrize(
    "line",
    [
        "password = 'changeme'",
        "password = getpass.getpass('Password: ')",
        "url = 'postgresql://user:password@localhost/db'",
        "token = os.environ['API_TOKEN_2024_PRODUCTION']",
        "api_key = '<your api key here 123>'",
        "secret = config.get_secret_value('x')",
        "sha256 = '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08'",
        "uuid = '123e4567-e89b-12d3-a456-426614174000'",
        "token = tokenizer.encode('abc 123 def 456')",
        "aws_access_key_id = 'AKIA" + "IOSFODNN7EXAMPLE'",
        "for token in tokens: print(token, 'a1b2c3')",
    ],
)
def test_placeholders_hashes_and_code_about_secrets_are_left_alone(line: str) -> None:
    assert secrets(FILE.format(line)) == []


def test_places_are_right_behind_letters_of_several_bytes() -> None:
    planted = next(iter(planted_secrets(0)))
    text = "# Ключ → 🔑\n" + planted.line
    ((start, end),) = secrets(text)
    assert text[start:end] == planted.secret


def test_a_text_of_a_million_characters_takes_moments() -> None:
    text = "".join(f"value_{number} = compute({number}, 'text')\n" for number in range(30_000))[:1_000_000]
    secrets("")
    began = time.process_time()
    assert secrets(text) == []
    assert time.process_time() - began < 5


def test_text_that_is_not_unicode_does_no_harm() -> None:
    planted = next(iter(planted_secrets(0)))
    text = "# \ud800\n" + planted.line
    ((start, end),) = secrets(text)
    assert text[start:end] == planted.secret


def test_the_detector_names_its_version() -> None:
    assert detector().split()[1][0].isdigit()
