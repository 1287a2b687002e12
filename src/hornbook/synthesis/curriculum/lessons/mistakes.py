"""Wrong attempts: code that a beginner might write for an operation, and why it is wrong.

The lines use `$x` for the value, parameters by name, and set `$out`; they are run, and what they print is shown.
"""

MISTAKES: dict[str, tuple[str, str]] = {
    "halve": ("$out = $x / 2", "A single slash makes a number with a decimal point; `//` stays with integers."),
    "square": ("$out = $x ^ 2", "`^` is no power: it compares the bits of two numbers. The power is written `**`."),
    "cube": ("$out = $x * 3", "Three times a number is not its cube: `x * 3` adds it up, `x ** 3` multiplies it."),
    "absolute": ("$out = -$x if $x > 0 else $x", "The condition is the wrong way round: negative ones must be turned."),
    "remainder": ("$out = $x // $k", "`//` is how often the divisor fits; what is left over is `%`."),
    "larger_of": ("$out = min($x, $k)", "The larger of two is their maximum, even when one wants at least that much."),
    "smaller_of": ("$out = max($x, $k)", "The smaller of two is their minimum, even when one wants at most that much."),
    "sum_up_to": ("$out = sum(range(1, $x))", "A range stops before its end, so the last number is missing."),
    "factorial": (
        "$out = 0\nfor i in range(1, $x + 1):\n    $out *= i",
        "A product starts with 1. Starting with 0, it stays 0 whatever comes.",
    ),
    "count_up": (
        "$out = list(range($x))",
        "This starts at 0 and stops before the end: one number too low, one missing.",
    ),
    "count_down": ("$out = list(range($x, 1, -1))", "Backwards too the end is left out, so the 1 is missing."),
    "divisors": (
        "$out = [d for d in range(1, $x) if $x % d == 0]",
        "Every number divides itself, but the range stops before it.",
    ),
    "is_even": (
        "$out = $x % 2",
        "This is the remainder, 0 for even numbers, and 0 counts as false: the wrong way round.",
    ),
    "digit_sum": ("$out = sum([$x])", "The number is one value; to get at its digits, turn it into a string first."),
    "digits": ("$out = list(str($x))", "These are characters, not numbers: each must go through `int`."),
    "last_digit": ("$out = $x // 10", "This cuts the last digit off and keeps the rest; the digit itself is `% 10`."),
    "add_to_each": (
        "$out = list($x)\nfor value in $out:\n    value += $k",
        "`value` is only a name for the member; changing it leaves the list as it was.",
    ),
    "double_each": ("$out = $x * 2", "A list times 2 is the list twice over, not each member doubled."),
    "multiply_each": ("$out = $x * $k", "A list times a number repeats the list; its members stay what they are."),
    "square_each": ("$out = [v * 2 for v in $x]", "Twice a number and its square agree only for 0 and 2."),
    "keep_even": (
        "$out = [v % 2 == 0 for v in $x]",
        "The condition stands in the wrong place: this lists the answers.",
    ),
    "keep_odd": (
        "$out = list($x)\nfor v in $out:\n    if v % 2 == 0:\n        $out.remove(v)",
        "Removing from a list while a loop runs over it makes the loop skip members.",
    ),
    "keep_positive": ("$out = [v for v in $x if v >= 0]", "Zero is not positive: the comparison must be `>`."),
    "keep_greater": (
        "$out = [v for v in $x if v >= $k]",
        "Greater does not include equal: the comparison must be `>`.",
    ),
    "keep_less": ("$out = [v for v in $x if v <= $k]", "Less does not include equal: the comparison must be `<`."),
    "drop_value": (
        "$out = list($x)\nif $k in $out:\n    $out.remove($k)",
        "`remove` deletes only the first one that is equal; later ones stay.",
    ),
    "sort_ascending": (
        "$out = list($x).sort()",
        "`sort` works in place and returns None; `sorted` returns the new list.",
    ),
    "sort_descending": ("$out = $x[::-1]", "Reversing is not sorting: the list must be in ascending order first."),
    "reverse": ("$out = list($x).reverse()", "`reverse` works in place and returns None."),
    "dedupe": ("$out = sorted(set($x))", "The set forgets the order, and sorting does not bring the old one back."),
    "take_first": ("$out = $x[1:$k]", "Indexes start at 0, so this leaves out the first member."),
    "take_last": ("$out = $x[$k:]", "This drops members from the front; to count from the end, write a minus sign."),
    "drop_first": ("$out = $x[:$k]", "This keeps exactly what should go: the colon is on the wrong side."),
    "append": ("$out = list($x).append($k)", "`append` changes the list and returns None."),
    "running_totals": (
        "$out = []\nfor v in $x:\n    total = 0\n    total += v\n    $out.append(total)",
        "The total starts anew in every turn: the first line belongs in front of the loop.",
    ),
    "sum": (
        "for v in $x:\n    $out = 0\n    $out += v",
        "The total is set to 0 in each turn, so only the last number is left.",
    ),
    "product": (
        "$out = 0\nfor v in $x:\n    $out *= v",
        "A product starts with 1, because 0 times anything is 0.",
    ),
    "count": ("$out = sum($x)", "The sum of the members is not their number; that is `len`."),
    "largest": (
        "$out = 0\nfor v in $x:\n    if v < $out:\n        $out = v",
        "The comparison points the wrong way, so the smallest is sought.",
    ),
    "smallest": (
        "$out = 0\nfor v in $x:\n    if v < $out:\n        $out = v",
        "Starting from 0, a list of positive numbers never changes the answer.",
    ),
    "count_distinct": ("$out = len($x)", "This counts repetitions too; a set holds each number once."),
    "any_negative": ("$out = all(v < 0 for v in $x)", "`all` asks every member; a single one is enough here."),
    "reverse_text": ('$out = "".join(sorted($x))', "Sorting the characters is not turning the string around."),
    "length": ("$out = len($x.split())", "This counts words, not characters."),
    "count_words": ("$out = len($x)", "`len` of a string counts its characters; split it first."),
    "count_vowels": (
        '$out = 0\nfor letter in "aeiou":\n    if letter in $x:\n        $out += 1',
        "This counts how many different vowels occur, not how often.",
    ),
    "first_characters": ("$out = $x[$k]", "One index gives one character; a slice needs the colon in front of it."),
    "last_characters": ("$out = $x[$k:]", "Without the minus sign the counting starts at the front."),
    "replace_character": (
        "$out = $x\n$out.replace($a, $b)",
        "A string never changes: `replace` returns a new one, which is thrown away here.",
    ),
    "upper": ("$out = $x\n$out.upper()", "A string never changes: the result of `upper` must be stored."),
    "split_words": (
        "$out = list($x)",
        "`list` of a string gives its characters; `split` without an argument gives words.",
    ),
    "lengths": ("$out = len($x)", "This is the number of strings, not the length of each."),
    "join_words": (
        "$out = str($x)",
        "`str` of a list shows brackets and quotation marks; `join` puts the parts together.",
    ),
    "sort_by_length": ("$out = sorted($x)", "Without a key the strings are in alphabetical order."),
    "longest_word": ("$out = max($x)", "Without `key=len` the last one in alphabetical order is found."),
    "shortest_word": ("$out = min($x)", "Without `key=len` the first one in alphabetical order is found."),
    "values": ("$out = list($x)", "A loop over a dictionary gives its keys."),
    "keys": ("$out = list($x.values())", "These are the values; the keys come from the dictionary itself."),
    "total_of_values": ("$out = len($x)", "`len` counts the entries, whatever their values are."),
    "largest_value": ("$out = max($x)", "`max` of a dictionary compares its keys."),
    "row_sums": ("$out = [len(line) for line in $x]", "`len` counts the members of a row; `sum` adds them up."),
    "flatten": (
        "$out = []\nfor line in $x:\n    $out.append(line)",
        "`append` puts the whole row in as one member; `extend` puts in its members.",
    ),
    "grid_total": ("$out = len($x)", "This counts the rows and looks at no number."),
    "transpose": ("$out = [line[::-1] for line in $x]", "This turns each row around; rows do not become columns."),
    "trace": ("$out = sum($x[0])", "This adds up the first row; the diagonal has another index in each row."),
    "integer_or_none": (
        "$out = int($x) if $x.isdigit() else None",
        "A minus sign is no digit, so negative numbers are taken for no numbers.",
    ),
}
"""By operation: the attempt and the explanation. Where an attempt happens to be right, it is not shown."""
