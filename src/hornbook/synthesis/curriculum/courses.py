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
    Family.INTEGERS: """add subtract multiply double square absolute halve remainder larger_of is_even is_multiple
        is_above digit_sum digits last_digit""",
    Family.CONDITIONS: """halve_if_even double_if_odd add_if_below parity_label sign_label double_odd zero_negative cap
        upper_long""",
    Family.LISTS: """add_to_each multiply_each double_each square_each absolute_each keep_even keep_odd keep_positive
        keep_greater keep_less keep_multiples drop_value sort_ascending sort_descending reverse dedupe take_first
        drop_first running_totals append concatenate keep_common sum count largest smallest first last count_distinct
        contains all_even""",
    Family.STRINGS: """lower upper reverse_text strip repeat_text replace_character first_characters last_characters
        first_word remove_vowels remove_character length count_vowels count_character count_words split_words
        characters""",
    Family.WORDS: """upper_each reverse_each first_letters lengths keep_longer keep_starting sort_words sort_by_length
        reverse_words join_words longest_word count_strings total_length word_counts count_word""",
    Family.DICTIONARIES: """keys values sorted_keys entries_above add_to_values look_up total_of_values largest_value
        count_entries""",
    Family.NESTED: "reverse_rows add_to_cells flatten row_sums row_lengths first_column grid_total count_rows",
    Family.RECURSION: "deep_flatten deep_sum deep_count depth deep_double",
    Family.NUMBER_THEORY: "sum_up_to factorial divisors is_prime digit_square_sum",
    Family.BITS: "bit_and bit_or shift_left has_bit count_ones bit_list",
    Family.DATES: "hour_of minute_of minutes_of_clock year_of month_of century_of is_leap_year",
    Family.SETS: """to_set set_union set_difference sorted_members set_size swap_pair pair_sum zip_lists first_of_each
        sum_of_each""",
    Family.MATRICES: "turn_half sort_each_row matrix_sum swap_outer_rows trace is_symmetric",
    Family.SEARCHING: "even_first first_above last_index_of top_numbers closest_to kth_smallest",
    Family.PARSING: "parse_numbers join_numbers parse_fields version_parts setting_names value_of_sum",
    Family.SIMULATION: "lift_floor account_balance tank_level robot_place savings_after final_score",
    Family.CLASSES: "read_number add_to_held take_from_held read_numbers push pop_last note_word count_key",
    Family.GENERATORS: """yield_each yield_running_totals yield_new yield_until_above yield_windows yield_countdown
        yield_multiples yield_words""",
    Family.ERRORS: """refuse_negative refuse_above refuse_empty refuse_empty_text none_if_empty integer_or value_or
        integers_among""",
}
"""Of each family the operations that a beginner meets first."""

FIRST_OPERATIONS = frozenset(" ".join(_FIRST.values()).split())
"""Names of the operations of a first course."""
