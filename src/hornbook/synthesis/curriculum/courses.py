"""Courses: how much of the curriculum is taught. The whole of it, or a first course for a model of a few minutes.

A first course keeps the operations that a beginner meets first; each then occurs more often in as many exercises.
"""

from enum import StrEnum

from hornbook.errors import ConfigError
from hornbook.synthesis.curriculum.operation import Family


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


_FIRST = {
    Family.INTEGERS: "add subtract multiply double square is_even digit_sum",
    Family.CONDITIONS: "halve_if_even add_if_below parity_label sign_label zero_negative",
    Family.LISTS: """add_to_each multiply_each double_each keep_even keep_odd keep_positive keep_greater keep_less
        sort_ascending reverse dedupe take_first append sum count largest smallest contains""",
    Family.STRINGS: """lower upper reverse_text replace_character first_characters remove_vowels length count_vowels
        split_words""",
    Family.WORDS: "upper_each lengths keep_longer sort_words join_words longest_word count_strings",
    Family.DICTIONARIES: "keys values entries_above total_of_values",
    Family.NESTED: "flatten row_sums row_lengths grid_total",
    Family.RECURSION: "deep_flatten deep_sum deep_count depth",
    Family.NUMBER_THEORY: "sum_up_to factorial divisors is_prime",
    Family.BITS: "bit_and bit_or shift_left has_bit count_ones",
    Family.DATES: "hour_of minute_of year_of is_leap_year",
    Family.SETS: "to_set set_union sorted_members set_size pair_sum sum_of_each",
    Family.MATRICES: "turn_half sort_each_row matrix_sum trace",
    Family.SEARCHING: "even_first first_above top_numbers closest_to",
    Family.PARSING: "parse_numbers join_numbers parse_fields version_parts",
    Family.SIMULATION: "lift_floor account_balance tank_level savings_after",
    Family.CLASSES: "read_number add_to_held push pop_last",
    Family.GENERATORS: "yield_each yield_running_totals yield_until_above yield_words",
    Family.ERRORS: "refuse_negative refuse_empty none_if_empty value_or",
}
"""Of each family the operations that a beginner meets first."""

FIRST_OPERATIONS = frozenset(" ".join(_FIRST.values()).split())
"""Names of the operations of a first course."""
