"""Pairs of operations that together do what a single operation does: such compositions are no tasks of their own.

Found by comparing all pairs without parameters with all single operations; a test compares them again.
"""

_SORTS = (
    "bubble_sort",
    "insertion_sort",
    "selection_sort",
    "counting_sort",
    "merge_sort",
    "quick_sort",
    "shell_sort",
)

REDUNDANT_PAIRS = frozenset(
    {
        *((sort, end) for sort in _SORTS for end in ("first", "last")),  # smallest, largest
        *((start, sort) for sort in _SORTS for start in ("rotate_left", "count_down")),  # sort_ascending, count_up
        ("halve_if_even", "double"),  # double_if_odd
        ("double_if_odd", "halve"),  # halve_if_even
        ("double_odd", "halve_each"),  # halve_even
        ("halve_even", "double_each"),  # double_odd
        ("decimal_each", "count_strings"),  # count
        ("decimal_each", "count_distinct_words"),  # count_distinct
        ("sort_ascending", "first"),  # smallest
        ("sort_ascending", "last"),  # largest
        ("sort_descending", "first"),  # largest
        ("sort_descending", "last"),  # smallest
        ("reverse", "first"),  # last
        ("reverse", "last"),  # first
        ("dedupe", "count"),  # count_distinct
        ("rotate_left", "last"),  # first
        ("running_totals", "last"),  # sum
        ("running_maxima", "smallest"),  # first
        ("running_maxima", "last"),  # largest
        ("unique_characters", "length"),  # count_different
        ("keep_digits", "length"),  # count_digits
        ("keep_digits", "count_different"),  # count_digits
        ("split_words", "lengths"),  # word_lengths_of_text
        ("split_words", "join_with_spaces"),  # strip
        ("split_words", "first_word_of_list"),  # first_word
        ("split_words", "count_strings"),  # count_words
        ("characters", "count_strings"),  # length
        ("characters", "count_distinct_words"),  # count_different
        ("characters", "word_counts"),  # character_counts
        ("word_lengths_of_text", "count"),  # count_words
        ("character_counts", "total_of_values"),  # length
        ("character_counts", "count_entries"),  # count_different
        ("first_letters", "word_counts"),  # initial_counts
        ("lengths", "sum"),  # total_length
        ("lengths", "count"),  # count_strings
        ("vowels_of_each", "count"),  # count_strings
        ("sort_words", "first_word_of_list"),  # alphabetically_first
        ("sort_by_length", "first_word_of_list"),  # shortest_word
        ("unique_words", "first_word_of_list"),  # most_frequent_word
        ("unique_words", "count_strings"),  # count_distinct_words
        ("first_word_of_list", "strip"),  # most_frequent_word
        ("first_word_of_list", "first_word"),  # most_frequent_word
        ("first_word_of_list", "last_word"),  # most_frequent_word
        ("first_word_of_list", "remove_spaces"),  # most_frequent_word
        ("first_word_of_list", "keep_letters"),  # most_frequent_word
        ("word_counts", "keys"),  # unique_words
        ("word_counts", "key_of_largest"),  # most_frequent_word
        ("word_counts", "total_of_values"),  # count_strings
        ("word_counts", "count_entries"),  # count_distinct_words
        ("length_table", "keys"),  # unique_words
        ("length_table", "key_of_largest"),  # longest_word
        ("length_table", "key_of_smallest"),  # shortest_word
        ("length_table", "count_entries"),  # count_distinct_words
        ("initial_counts", "total_of_values"),  # count_strings
        ("keys", "sort_words"),  # sorted_keys
        ("keys", "count_strings"),  # count_entries
        ("values", "sum"),  # total_of_values
        ("values", "count"),  # count_entries
        ("values", "largest"),  # largest_value
        ("values", "smallest"),  # smallest_value
        ("sorted_keys", "count_strings"),  # count_entries
        ("keys_by_value", "first_word_of_list"),  # key_of_smallest
        ("keys_by_value", "count_strings"),  # count_entries
        ("flatten", "sum"),  # grid_total
        ("flatten", "count"),  # grid_size
        ("flatten", "largest"),  # grid_largest
        ("row_sums", "sum"),  # grid_total
        ("row_sums", "count"),  # count_rows
        ("row_lengths", "sum"),  # grid_size
        ("row_lengths", "count"),  # count_rows
        ("row_maxima", "largest"),  # grid_largest
        ("split_by_parity", "grid_total"),  # sum
        ("split_by_parity", "grid_largest"),  # largest
        ("split_by_parity", "grid_size"),  # count
        ("deep_flatten", "sum"),  # deep_sum
        ("deep_flatten", "count"),  # deep_count
        ("deep_flatten", "largest"),  # deep_largest
        ("reverse_digits", "last_digit"),  # first_digit
        ("digits", "sum"),  # digit_sum
        ("digits", "count"),  # digit_count
        ("digits", "largest"),  # largest_digit
        ("digits", "first"),  # first_digit
        ("digits", "last"),  # last_digit
        ("digits", "is_mirrored"),  # is_palindrome_number
        ("divisors", "count"),  # count_divisors
        ("divisors", "largest"),  # absolute
        ("divisors", "smallest"),  # sign
        ("divisors", "first"),  # sign
        ("divisors", "last"),  # absolute
        ("count_up", "sort_descending"),  # count_down
        ("count_up", "reverse"),  # count_down
        ("count_up", "sum"),  # sum_up_to
        ("count_up", "product"),  # factorial
        ("count_up", "count"),  # last_digit
        ("count_up", "largest"),  # last_digit
        ("count_up", "smallest"),  # sign
        ("count_up", "first"),  # sign
        ("count_up", "last"),  # last_digit
        ("count_down", "sort_ascending"),  # count_up
        ("count_down", "reverse"),  # count_up
        ("count_down", "sum"),  # sum_up_to
        ("count_down", "product"),  # factorial
        ("count_down", "count"),  # last_digit
        ("count_down", "largest"),  # last_digit
        ("count_down", "smallest"),  # sign
        ("count_down", "first"),  # last_digit
        ("count_down", "last"),  # sign
        ("transpose", "row_sums"),  # column_sums
        ("transpose", "column_sums"),  # row_sums
        ("column_sums", "sum"),  # grid_total
        ("diagonal", "count"),  # count_rows
        ("to_set", "set_size"),  # count_distinct
        ("sorted_members", "sum"),  # sum_of_members
        ("sorted_members", "count"),  # set_size
        ("smallest_and_largest", "pair_gap"),  # spread
        ("even_odd_counts", "pair_sum"),  # count
        ("number_places", "count_pairs"),  # count
        ("number_counts", "first_of_each"),  # dedupe
        ("number_counts", "count_pairs"),  # count_distinct
        ("first_of_each", "count"),  # count_pairs
        ("second_of_each", "count"),  # count_pairs
        ("sum_of_each", "count"),  # count_pairs
        ("gap_of_each", "count"),  # count_pairs
        ("swap_each", "first_of_each"),  # second_of_each
        ("swap_each", "second_of_each"),  # first_of_each
        ("format_entries", "count_digits"),  # count_entries
        ("integers_in_text", "join_numbers"),  # keep_digits
        ("beginnings_of_text", "count_strings"),  # length
        ("integer_depths", "count"),  # deep_count
        ("replace_lists_by_sums", "sum"),  # deep_sum
        ("waiting_times", "is_mirrored"),  # all_even
        ("coins_for_change", "sum"),  # absolute
        ("divisors", "floors_travelled"),  # absolute
        ("lamps_on", "smallest"),  # sign
        ("lamps_on", "first"),  # sign
        ("count_up", "floors_travelled"),  # alternating_digit_sum
        ("sorted_members", "to_set"),  # nothing
        ("number_places", "second_of_each"),  # nothing
        ("beginnings_of_text", "longest_word"),  # nothing
        ("square", "integer_root"),  # absolute
        ("zigzag", "sum"),  # grid_total
        ("zigzag", "count"),  # grid_size
        ("zigzag", "largest"),  # grid_largest
        ("smaller_behind", "sum"),  # inversions
        ("vowels_of_each", "total_ones"),  # count_strings
        ("row_sums", "largest"),  # largest_row_sum
        ("heaviest_row", "sum"),  # largest_row_sum
        ("split_by_parity", "flatten"),  # even_first
        ("to_set", "smallest_free"),  # missing_number
        ("subset_count", "collatz_steps"),  # set_size
        ("subset_count", "trailing_zero_bits"),  # set_size
        ("padded_binary", "binary_value"),  # absolute
        ("padded_binary", "digit_total"),  # count_ones
        ("bit_list", "xor_of_all"),  # bit_parity
        ("bit_list", "total_ones"),  # count_ones
        ("bit_list", "sum"),  # count_ones
        ("one_places", "count"),  # count_ones
        ("ones_of_each", "sum"),  # total_ones
        ("sort_by_ones", "sum"),  # largest_halving_sum
        ("counting_sort", "sum"),  # largest_halving_sum
        ("counting_sort", "floors_travelled"),  # largest
        ("binary", "binary_value"),  # absolute
        ("binary", "digit_total"),  # count_ones
        ("prime_factors", "product"),  # absolute
        ("primes_up_to", "count"),  # count_primes
        ("lowest_one", "collatz_steps"),  # trailing_zero_bits
        ("highest_power", "count_divisors"),  # bit_length
        ("highest_power", "steps_down_to_zero"),  # bit_length
        ("divisors", "lcm_of_all"),  # absolute
        ("lamps_on", "count"),  # integer_root
        ("pascal_row", "index_of_largest"),  # halve
        ("pascal_row", "count_rises"),  # halve
        ("identity_matrix", "trace"),  # alternating_digit_sum
        ("identity_matrix", "grid_total"),  # alternating_digit_sum
        ("identity_matrix", "grid_size"),  # digit_square_sum
        ("identity_matrix", "count_rows"),  # alternating_digit_sum
        ("times_table", "first_column"),  # count_up
        ("times_table", "grid_largest"),  # digit_square_sum
        ("times_table", "grid_size"),  # digit_square_sum
        ("times_table", "count_rows"),  # alternating_digit_sum
        ("count_down", "sort_by_last_digit"),  # count_up
        ("count_down", "swaps_to_sort"),  # halve
        ("hanoi_moves", "count_ones"),  # alternating_digit_sum
        ("hanoi_moves", "bit_length"),  # alternating_digit_sum
        ("hanoi_moves", "longest_ones"),  # alternating_digit_sum
        ("coin_ways", "count_primes"),  # halve
        ("collatz_path", "first"),  # absolute
        ("turn_clockwise", "swap_outer_columns"),  # transpose
        ("turn_clockwise", "row_sums"),  # column_sums
        ("turn_clockwise", "row_maxima"),  # column_maxima
        ("turn_counterclockwise", "swap_outer_rows"),  # transpose
        ("turn_counterclockwise", "column_maxima"),  # row_maxima
        ("turn_counterclockwise", "column_sums"),  # row_sums
        ("swap_outer_rows", "turn_clockwise"),  # transpose
        ("swap_outer_rows", "transpose"),  # turn_clockwise
        ("swap_outer_columns", "turn_counterclockwise"),  # transpose
        ("swap_outer_columns", "transpose"),  # turn_counterclockwise
        ("spiral", "sum"),  # grid_total
        ("spiral", "count"),  # grid_size
        ("spiral", "largest"),  # grid_largest
        ("border", "sum"),  # border_sum
        ("column_maxima", "largest"),  # grid_largest
        ("transpose", "swap_outer_rows"),  # turn_counterclockwise
        ("transpose", "swap_outer_columns"),  # turn_clockwise
        ("transpose", "column_maxima"),  # row_maxima
        ("transpose", "row_maxima"),  # column_maxima
        ("turn_clockwise", "anti_diagonal"),  # diagonal
        ("turn_counterclockwise", "diagonal"),  # anti_diagonal
        ("swap_outer_columns", "anti_diagonal"),  # diagonal
        ("swap_outer_columns", "diagonal"),  # anti_diagonal
        ("anti_diagonal", "count"),  # count_rows
        ("reverse_rows", "anti_diagonal"),  # diagonal
        ("reverse_rows", "diagonal"),  # anti_diagonal
        ("diagonal", "sum"),  # trace
        ("days_in_year", "is_even"),  # is_leap_year
        ("minutes_of_clock", "clock_of_minutes"),  # the same again
        ("seconds_of_duration", "duration_of_seconds"),  # the same again
        ("duration_of_seconds", "seconds_of_duration"),  # absolute
        ("bit_list", "count"),  # bit_length, but for 0
        ("prime_factors", "first"),  # smallest_factor, but for 1
        ("prime_factors", "smallest"),  # smallest_factor, but for 1
        ("beginnings_of_text", "yield_words"),  # yield_text_beginnings
        ("dedupe", "yield_each"),  # yield_new
        ("rotate_left", "sort_ascending"),  # shell_sort
        ("running_totals", "yield_each"),  # yield_running_totals
        ("running_maxima", "yield_each"),  # yield_running_largest
        ("running_maxima", "yield_new"),  # yield_records
        ("running_maxima", "yield_changes"),  # yield_records
        ("differences", "yield_each"),  # yield_steps
        ("characters", "yield_growing"),  # yield_text_beginnings
        ("flatten", "yield_each"),  # yield_cells
        ("divisors", "yield_each"),  # yield_divisors
        ("count_up", "yield_each"),  # yield_count_up
        ("count_down", "yield_each"),  # yield_countdown
        ("collatz_path", "yield_each"),  # yield_hailstones
        ("sorted_members", "missing_number"),  # smallest_free
    }
)
