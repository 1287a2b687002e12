"""How difficult an operation is, and a task composed of several: four levels, from a first lesson to an algorithm.

The rule for a task: it is as difficult as the hardest of its operations, and at least as difficult as their number; one
level more if it composes three of which one is of level 3; never above 4.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from hornbook.errors import ConfigError
from hornbook.synthesis.curriculum.operation import Operation

LEVELS = (1, 2, 3, 4)

_FIRST_LESSONS = """add subtract multiply double square negate halve is_even is_above count_up last_digit
    add_to_each subtract_from_each multiply_each double_each square_each negate_each keep_even keep_odd keep_positive
    keep_negative keep_greater keep_less sort_ascending sort_descending reverse take_first append sum count largest
    smallest first last contains lower upper reverse_text length first_characters has_character starts_with
    upper_each lower_each lengths first_word_of_list count_strings keys values count_entries has_key count_rows
    sort_words"""
_TAKING_THOUGHT = """fibonacci common_divisor is_prime count_divisors divisors is_square multiple_above binary
    is_palindrome_number half_or_triple three_way_label sort_by_size running_maxima times_position keep_prime
    second_largest median most_common index_of_largest count_rises mean rotate_left unique_characters sort_characters
    longest_letter_run all_different word_lengths_of_text character_places is_palindrome most_frequent_word keep_listed
    initial_counts length_table key_of_largest key_of_smallest keys_by_value merge_sum select_keys flip_rows
    sort_rows_by_sum diagonal heaviest_row column_sums chunks split_by_parity deep_flatten deep_sum deep_count
    deep_double differences digit_total acronym sign"""
_ALGORITHMS = "longest_run transpose deep_largest depth deep_reverse decimal"

_LEVEL_OF: Mapping[str, int] = {
    name: level
    for level, names in ((1, _FIRST_LESSONS), (3, _TAKING_THOUGHT), (4, _ALGORITHMS))
    for name in names.split()
}
"""Levels that the families' own files leave at the middling 2."""


def parse_difficulties(field: str, value: tuple[int, ...]) -> tuple[int, ...]:
    """The levels, if they are some.

    Raises:
        ConfigError: There is none among them, or something else; the message names the config's field.
    """
    if not value or not set(value) <= set(LEVELS):
        raise ConfigError(f"`{field}` must hold at least one of 1, 2, 3 and 4, and nothing else, got {value!r}")
    return value


def with_level(operation: Operation) -> Operation:
    """The operation with its level from the table above, if it has one there."""
    level = _LEVEL_OF.get(operation.name, operation.difficulty)
    return operation if level == operation.difficulty else replace(operation, difficulty=level)


def difficulty_of(operations: Iterable[Operation]) -> int:
    """How difficult a task composed of `operations` is, 1 to 4, by the rule above."""
    levels = [operation.difficulty for operation in operations]
    hardest = max(levels)
    surcharge = len(levels) >= 3 and hardest >= 3
    return min(LEVELS[-1], max(hardest, len(levels)) + surcharge)
