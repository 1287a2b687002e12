"""Courses: how much of the curriculum is taught. The whole of it, or a first course for a model of a few minutes.

A first course keeps the operations that a beginner meets first; each then occurs more often in as many exercises.
"""

from enum import StrEnum

from hornbook.errors import ConfigError


class Course(StrEnum):
    """Which operations are taught."""

    FIRST = "first"
    WHOLE = "whole"


def parse_course(field: str, value: str) -> Course:
    """The course of that name.

    Raises:
        ConfigError: There is none; the message names the config's field.
    """
    try:
        return Course(value)
    except ValueError:
        names = ", ".join(f"`{course}`" for course in Course)
        raise ConfigError(f"`{field}` must be one of {names}, got {value!r}") from None


_INTEGERS = """add subtract multiply double square negate absolute halve remainder larger_of smaller_of sum_up_to
    factorial divisors is_even is_multiple is_above is_prime digit_sum digit_count digits last_digit"""
_CONDITIONS = """halve_if_even double_if_odd add_if_below sign parity_label sign_label double_odd zero_negative cap
    upper_long"""
_LISTS = """add_to_each multiply_each double_each square_each negate_each absolute_each keep_even keep_odd
    keep_positive keep_negative keep_greater keep_less keep_multiples drop_value sort_ascending
    sort_descending reverse dedupe take_first take_last drop_first running_totals append concatenate
    keep_common sum product count largest smallest first last count_distinct contains all_even"""
_STRINGS = """lower upper reverse_text strip sort_characters unique_characters repeat_text replace_character
    first_characters last_characters first_word remove_vowels remove_spaces remove_character length
    count_vowels count_character count_words split_words characters"""
_WORDS = """upper_each lower_each reverse_each first_letters lengths keep_longer keep_shorter keep_starting
    sort_words sort_by_length reverse_words unique_words join_words longest_word shortest_word
    count_strings total_length word_counts count_word"""
_DICTIONARIES = """keys values sorted_keys keys_above entries_above remove_key add_to_values multiply_values look_up
    total_of_values largest_value count_entries"""
_NESTED = """reverse_rows add_to_cells flatten row_sums row_lengths row_maxima first_column grid_total
    grid_largest count_rows"""
_RECURSION = "deep_flatten deep_sum deep_count deep_largest depth deep_double"

FIRST_OPERATIONS = frozenset(
    " ".join((_INTEGERS, _CONDITIONS, _LISTS, _STRINGS, _WORDS, _DICTIONARIES, _NESTED, _RECURSION)).split()
)
"""Names of the operations of a first course."""
