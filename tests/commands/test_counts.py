import pytest

from hornbook.commands.counts import parse_count
from hornbook.errors import ConfigError


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("6B", 6_000_000_000),
        ("500M", 500_000_000),
        ("10k", 10_000),
        ("0.1b", 100_000_000),
        ("1.5K", 1500),
        ("2T", 2 * 10**12),
        ("1_000", 1000),
        ("1,250,000", 1_250_000),
        ("7", 7),
    ],
)
def test_numbers_are_read_as_people_type_them(typed: str, number: int) -> None:
    assert parse_count(typed, "--keep-tokens") == number


@pytest.mark.parametrize("typed", ["", "0", "-5", "6G", "1.5", "0.0001k", "six", "B", "1e3", "1,2", "٣"])
def test_what_is_no_whole_number_above_0_is_refused(typed: str) -> None:
    with pytest.raises(ConfigError, match="`--keep-tokens` must be a whole number above 0, such as 6B"):
        parse_count(typed, "--keep-tokens")
