import pytest

from hornbook.commands.counts import parse_count
from hornbook.errors import ConfigError


def test_numbers_are_read_as_people_type_them() -> None:
    typed = {
        "6B": 6 * 10**9,
        "500M": 5 * 10**8,
        "10k": 10_000,
        "1.5K": 1500,
        "2T": 2 * 10**12,
        "1_000": 1000,
        "1,250,000": 1_250_000,
    }
    assert {text: parse_count(text, "--keep-tokens") for text in typed} == typed


@pytest.mark.parametrize("typed", ["", "0", "-5", "6G", "1.5", "0.0001k", "1,2", "٣"])
def test_what_is_no_whole_number_above_0_is_refused(typed: str) -> None:
    with pytest.raises(ConfigError, match="`--keep-tokens`"):
        parse_count(typed, "--keep-tokens")
