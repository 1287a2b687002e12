"""What a teacher says about small formats: how they are read, and how they are written."""

SENTENCES: dict[str, tuple[str, str]] = {
    "parse_entries": (
        "Cut the string at the outer separator first, so that each part holds one entry. Then cut each part at its "
        "equals sign into a name and a number.",
        "`split` returns strings, so `int` must turn the digits into a number. Cutting at the inner sign first would "
        "mix up neighbouring entries.",
    ),
    "format_entries": (
        "Write each entry as a string of its own, then put the separator between them with `join`. That is the "
        "opposite of parsing.",
        "`join` puts the separator only between the parts, never behind the last one. An empty dictionary gives an "
        "empty string.",
    ),
    "add_up_tallies": (
        "Read the entries one by one and keep a running total for each name. `get` with the default 0 starts a total "
        "where there is none yet.",
        "Plain assignment would keep only the last number of a name. The numbers must be converted with `int`, or "
        "`+` would join strings.",
    ),
    "setting_names": (
        "Cut at the sign that divides the settings, then take what stands before the equals sign of each part.",
        "Index 0 of the inner `split` is the name, index 1 the value. The order of the settings is kept.",
    ),
    "setting_values": (
        "Cut at the sign that divides the settings, then take what stands behind the equals sign of each part and "
        "convert it.",
        "A value is a string until `int` converts it. Without the conversion, adding two values would join their "
        "digits.",
    ),
    "parse_numbers": (
        "`split` cuts the line at its commas, and `int` turns each part into a number. A comprehension does both for "
        "all parts.",
        "`int` accepts a minus sign and spaces around the digits, but an empty part raises an error. So a line with "
        "two commas in a row cannot be read this way.",
    ),
    "join_numbers": (
        "`join` only joins strings, so each number is converted with `str` first. The separator is the string on "
        "which `join` is called.",
        "Forgetting `str` raises a `TypeError`. No comma stands behind the last number.",
    ),
    "integers_in_text": (
        "Replace everything that is no digit by a space; what is left between the spaces are runs of digits. `split` "
        "without an argument cuts at any number of spaces.",
        "A minus sign is no digit, so the results are never negative. Leading zeros vanish when `int` reads a run.",
    ),
    "expand_ranges": (
        "A part with a hyphen is a range with two ends, and a part without one is a single number. A range becomes "
        "all integers from its first to its last.",
        "`range` leaves out its end, so 1 is added. Both ends are strings and must be converted before counting.",
    ),
    "parse_fields": (
        "`split` cuts the line at each comma, and `strip` removes the spaces around each field.",
        "Two commas in a row leave an empty field between them, which is kept. Fields that contain a comma themselves "
        "need a real parser, such as the module `csv`.",
    ),
    "count_filled_fields": (
        "Cut the line at its commas and count the parts in which something is left after `strip`. An empty string "
        "counts as false.",
        "A field of spaces alone is empty once it is stripped. The number of all fields is one more than the number "
        "of commas.",
    ),
    "parse_rows": (
        "Two separators mean two levels: the slash divides the rows, and spaces divide the numbers in a row. The "
        "inner comprehension reads one row, the outer one collects the rows.",
        "The result is a list of lists, so `table[0][1]` is the second number of the first row. Each number must be "
        "converted on its own.",
    ),
    "parse_points": (
        "Spaces divide the pairs, and a comma divides the two numbers of a pair. Each pair becomes a tuple, and the "
        "tuples go into a list.",
        "Round brackets around a comprehension make a generator, not a tuple: `tuple(...)` is needed. `int` reads a "
        "minus sign as well.",
    ),
    "file_of_path": (
        "The file is what stands behind the last slash. `split` and index -1 take the last part, whether there are "
        "slashes or not.",
        "`rfind` searches from the end and gives -1 if there is no slash; adding 1 then gives 0, the start of the "
        "string.",
    ),
    "ending_of_path": (
        "The ending is what stands behind the last dot. Cut the string at its dots and take the last part.",
        "A name without a dot would come back whole, so check for that where it can happen. The dot itself is not "
        "part of the result.",
    ),
    "folders_of_path": (
        "Cut the path at its slashes; all parts but the last are folders. The slice `[:-1]` leaves the last part out.",
        "A path without a slash has no folders, and the list is empty. A slash at the start would make an empty first "
        "part.",
    ),
    "version_parts": (
        "Cut the version at its dots and convert each part to a number. As numbers the parts can be compared and "
        "counted up.",
        "As strings '10' would come before '9', since strings are compared character by character.",
    ),
    "is_newer_version": (
        "Turn both versions into lists of numbers and compare the lists. Python compares lists part by part, and the "
        "first difference decides.",
        "Comparing the strings goes wrong as soon as a part has two digits. Equal versions are not newer than each "
        "other.",
    ),
    "next_patch": (
        "Take the version apart, raise the last number, and put the parts together again. Only the last part has to "
        "become a number on the way.",
        "A string cannot be changed in place, so a new one is built. Raising 9 gives 10, and no other part changes.",
    ),
    "colour_parts": (
        "Behind the sign '#' stand three numbers of two hexadecimal digits each. `int` with the base 16 reads them, "
        "and slices of length 2 cut them out.",
        "The first digit counts sixteen times as much as the second, so 'ff' is 15 * 16 + 15 = 255. Index 0 is the "
        "sign '#' and must be skipped.",
    ),
    "is_valid_address": (
        "Two things must hold: there are exactly four parts, and each part is small enough. Cut the string at its "
        "dots and test both.",
        "`all` tests every part and stops at the first that fails. The number of parts must be tested as well, since "
        "three small numbers would pass otherwise.",
    ),
    "address_numbers": (
        "The dots divide the string into parts, and each part is converted to a number.",
        "Converted numbers can be compared by size; strings of digits would be compared character by character.",
    ),
    "roman_value": (
        "Each sign has a value, and the values are added up. A sign that stands before a larger one is subtracted "
        "instead, as in 'IV', which is 4.",
        "The comparison looks at the next sign, so the last sign needs care: it has no next one. Reading from the "
        "right avoids that question.",
    ),
    "to_roman": (
        "Go through the values from the largest to the smallest, and take each as often as it fits. The pairs such as "
        "'IV' count as values of their own.",
        "The order of the table matters: 9 must be tried before 5, or 9 would become 'VIIII'. There is no Roman "
        "numeral for 0.",
    ),
    "camel_case": (
        "Cut the name at its underscores, leave the first word alone, and capitalise all others. Joined without a "
        "separator they form the new name.",
        "`capitalize` puts the first letter in upper case and all others in lower case. A name of one word stays as "
        "it is.",
    ),
    "snake_case": (
        "Go through the characters: before each capital letter put an underscore, and write the letter in lower case. "
        "All other characters stay.",
        "A capital letter at the very start would give an underscore in front. Test with `isupper` before the letter "
        "is lowered.",
    ),
    "strip_comment": (
        "Everything before the first '#' is code. `split` and index 0 take it, and `rstrip` removes the spaces that "
        "stood before the comment.",
        "Without a '#' the whole line comes back, since `split` then returns one part. A '#' inside quotation marks "
        "would need a real parser.",
    ),
    "comment_of_line": (
        "`partition` cuts a string at the first place where the sign occurs, into what is before, the sign, and what "
        "is behind. The comment is the last of the three.",
        "If the sign does not occur, the last part is an empty string, and no error is raised. A second '#' belongs "
        "to the comment.",
    ),
    "encode_runs": (
        "A run is a stretch of equal letters. Measure each run, write its letter once, and write its length behind it.",
        "The last run must be written, too, when the string ends. For a string without repetitions the code is "
        "twice as long as the string.",
    ),
    "decode_runs": (
        "Letters stand at even places and their numbers behind them. Multiply each letter by its number and join the "
        "results.",
        "A digit in a string is a character: `int` turns it into a number that can multiply. Numbers of two digits "
        "would need another way of reading.",
    ),
    "value_of_sum": (
        "Cut the string at its plus signs, convert the parts, and add them up.",
        "A string is not computed by itself: '3+4' is three characters. `eval` would compute it, but it runs any code "
        "it is given and is dangerous on input from others.",
    ),
    "value_of_signed_terms": (
        "Write '+-' for each minus sign; then every plus sign divides two terms, and a term may begin with a minus "
        "sign. `int` reads such a term.",
        "Taken from left to right, each sign belongs to the number behind it. The number before the first sign counts "
        "as positive.",
    ),
    "value_with_precedence": (
        "Cut at the signs that bind least first: the expression is a sum of terms. Each term is a product, so it is "
        "cut at '*' and its factors are multiplied.",
        "Computing strictly from left to right would give 2+3*4 the value 20 instead of 14. A subtracted term is "
        "added with a minus sign.",
    ),
    "value_of_postfix": (
        "Numbers are put on a stack. A sign takes the two topmost numbers from the stack and puts the result of "
        "computing with them there.",
        "The number taken first is the right operand, which matters for subtraction. At the end exactly one number is "
        "left, the value.",
    ),
    "tokens_of_expression": (
        "Digits that stand side by side form one number, and each sign is a piece of its own. The loop either makes "
        "the last piece longer or starts a new one.",
        "The pieces are strings, also the numbers. Without the test for digits a number such as 12 would fall apart.",
    ),
    "count_signs": (
        "A string of signs can serve as a collection: `c in signs` asks whether the character is one of them. Count "
        "those that are.",
        "There is one number more than there are signs, because each sign stands between two numbers.",
    ),
    "is_balanced": (
        "Keep count of how many brackets are open. It goes up with each opening bracket, down with each closing one, "
        "and must be 0 at the end.",
        "If the count falls below 0 on the way, a closing bracket came too early. Counting both kinds and comparing "
        "would call ')(' balanced, which it is not.",
    ),
    "bracket_depth": (
        "Count how many brackets are open at each place, and remember the greatest count. Opening raises the count, "
        "closing lowers it.",
        "The greatest depth is not the number of brackets: in '()()' it is 1. A string without brackets has depth 0.",
    ),
    "drop_brackets": (
        "Keep every character that is neither bracket, or replace both brackets by an empty string.",
        "`replace` returns a new string, so the two calls are chained or the result is stored in between.",
    ),
    "text_outside_brackets": (
        "Follow the depth of the brackets, and keep a letter only while no bracket is open. The brackets themselves "
        "are never kept.",
        "A single variable for the depth is enough for brackets of one kind. With several kinds a stack would be "
        "needed.",
    ),
}
