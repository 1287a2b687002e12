"""What a teacher says about refusing values and about catching errors."""

SENTENCES: dict[str, tuple[str, str]] = {
    "refuse_negative": (
        "`raise ValueError(...)` stops the function at once and tells the caller what was wrong.",
        "Test before computing: behind the `raise` nothing of the function runs any more.",
    ),
    "refuse_nonpositive": (
        "Positive means greater than 0, so 0 is refused as well.",
        "`< 0` would let 0 through.",
    ),
    "refuse_above": (
        "Compare with the limit and raise an error above it; the limit itself is fine.",
        "A clear message saves the reader of the error a search.",
    ),
    "refuse_outside": (
        "A chained comparison `low <= n <= high` says what is allowed; `not` in front says what is refused.",
        "`not` is needed for the whole comparison, not for its first half.",
    ),
    "refuse_odd": (
        "An odd number leaves the remainder 1 when divided by 2; then the function refuses.",
        "In Python `-3 % 2` is 1 too, so negative odd numbers are caught.",
    ),
    "refuse_no_integer": (
        "`isinstance(n, int)` is True for integers; for anything else a TypeError is the fitting exception.",
        "A ValueError is for a wrong value of the right type, a TypeError for a wrong type.",
    ),
    "refuse_empty": (
        "An empty list counts as false, so `if not values` catches it.",
        "Without the test the error would come later, from `max` or an index, and say less.",
    ),
    "refuse_negatives": (
        "`any` with a condition is True as soon as one member meets it.",
        "For an empty list `any` is False: nothing is refused.",
    ),
    "refuse_repetitions": (
        "A set keeps each number once; if it is smaller than the list, something occurred twice.",
        "The set has no order, so it serves for the test only.",
    ),
    "refuse_long": (
        "Compare the length with the limit; more than the limit is refused.",
        "Exactly as many members as the limit are still fine.",
    ),
    "refuse_unsorted": (
        "A list that equals its sorted copy is in order; any other is refused.",
        "`values.sort()` would change the caller's list and hide the fault.",
    ),
    "refuse_without": (
        "`not in` tells whether a member is missing; then an error is raised.",
        "Calling `index` without the test raises a ValueError too, but with Python's own message.",
    ),
    "refuse_empty_text": (
        "An empty string counts as false; `if not text` catches it.",
        "A string of spaces is not empty.",
    ),
    "refuse_digits": (
        "`any` walks along the characters and stops at the first digit.",
        "`text.isdigit()` asks whether all characters are digits, which is another question.",
    ),
    "refuse_spaces": (
        "`' ' in text` is True if there is a space anywhere.",
        "Tabs and line breaks are other characters and are not caught.",
    ),
    "refuse_long_text": (
        "`len(text)` counts all characters, spaces too.",
        "The message should name the fault; even better, it names the limit.",
    ),
    "refuse_no_words": (
        "Test for the empty list first, and raise an error with a message.",
        "The caller can catch the error; a wrong result would go unnoticed.",
    ),
    "refuse_blank_words": (
        "`'' in words` asks for a member that is the empty string.",
        "In a text `'' in text` is always True: lists and strings differ here.",
    ),
    "refuse_repeated_words": (
        "Compare the length of the list with that of its set.",
        "'Tea' and 'tea' are two different strings.",
    ),
    "refuse_empty_table": (
        "A dictionary without entries counts as false.",
        "`if counts is None` would not catch it: empty is not None.",
    ),
    "refuse_negative_values": (
        "`values()` gives the values of a dictionary; `any` asks whether one of them is negative.",
        "Looping over the dictionary itself would give the keys.",
    ),
    "refuse_uneven_rows": (
        "Every row must be as long as the first; one that differs is enough to refuse.",
        "The set of all lengths has one member at most if the rows agree.",
    ),
    "none_if_negative": (
        "A function may answer None where it has no answer; the caller must then ask for None.",
        "None is no number: adding to it raises a TypeError.",
    ),
    "none_if_empty": (
        "Return None early for the empty list; what follows may rely on a first member.",
        "Test the answer with `is None`: 0 and None both count as false.",
    ),
    "none_if_no_text": (
        "An early `return None` keeps the rest of the function free of special cases.",
        "A function that returns a string or None should say so in its annotation.",
    ),
    "none_if_no_words": (
        "Leave the function with None if there are no words to work with.",
        "The caller who forgets to ask for None gets an error elsewhere, later.",
    ),
    "none_if_missing": (
        "Ask with `not in` whether the key is missing, and leave the function with None.",
        "`get` returns None by itself, but only for the look-up, not for what follows.",
    ),
    "integer_or": (
        "`int(text)` raises a ValueError if the text is no integer; `except` catches it and sets a default.",
        "Catch the one exception you expect. A bare `except` hides other mistakes.",
    ),
    "item_or": (
        "An index beyond the end raises an IndexError; `except` turns it into a default.",
        "Negative indexes do not raise at once: they count from the end.",
    ),
    "place_or": (
        "`index` raises a ValueError if the member is missing; catch it and take the default.",
        "A default of -1 is a valid index in Python, so test for it before using it.",
    ),
    "divided_or": (
        "Division by 0 raises a ZeroDivisionError; the `except` branch says what to answer then.",
        "Only the line that may fail belongs into the `try` block.",
    ),
    "share_of": (
        "The number divides a fixed total; if it is 0, the division fails and 0 is the answer.",
        "`//` rounds down, also for negative numbers.",
    ),
    "value_or": (
        "A missing key raises a KeyError; catching it gives the default.",
        "`counts.get(key, default)` says the same in one call.",
    ),
    "integers_among": (
        "Inside the loop each conversion has a `try` of its own; what fails is skipped.",
        "With the `try` around the whole loop, the first failure would end it.",
    ),
    "integers_or_zero": (
        "Each string is converted, and where that fails a 0 is put in its place, so the length stays the same.",
        "'1.5' is no integer: `int` refuses it.",
    ),
    "sum_of_integers": (
        "Add what can be converted; `except` with `pass` leaves out the rest.",
        "If `int` fails, the total keeps its value, because the addition never happens.",
    ),
    "count_no_integers": (
        "Try to convert each string, and count in the `except` branch.",
        "The converted number is not needed here; only whether it worked.",
    ),
    "shares_of": (
        "Divide the total by each number; a 0 raises an error and is skipped.",
        "The result may be shorter than the list, so places no longer correspond.",
    ),
    "known_values": (
        "Look up one key after the other, and skip those that raise a KeyError.",
        "The answer follows the order of the wanted keys, not that of the dictionary.",
    ),
    "integer_or_none": (
        "None stands for no answer: set it in the `except` branch.",
        "0 and None both count as false, so ask with `is None`.",
    ),
    "place_or_none": (
        "`index` finds the place or raises a ValueError; `except` turns that into None.",
        "The place may be 0, which counts as false but is an answer.",
    ),
    "value_or_none": (
        "A key that is missing gives None instead of a KeyError.",
        "A key may be stored with the value None; then the two cases look alike.",
    ),
    "first_above_or_none": (
        "Leave the loop with `break` at the first hit; without one, the None from the start remains.",
        "`next` with a default of None does the same to a generator expression.",
    ),
}
