"""What a teacher says about strings and lists of words."""

SENTENCES: dict[str, tuple[str, str]] = {
    "lower": (
        "The method `lower` returns the string with all letters in lower case.",
        "The string itself is not changed: keep the result.",
    ),
    "upper": (
        "The method `upper` returns the string with all letters in upper case.",
        "Digits and signs have no case and stay as they are.",
    ),
    "capitalize_first": (
        "Cut off the first character, put it in upper case, and add the rest as it is.",
        "The method `capitalize` would also put the rest in lower case.",
    ),
    "reverse_text": (
        "The slice `[::-1]` reads a string from its end to its start.",
        "`reversed` returns an iterator, which must be joined to be a string again.",
    ),
    "strip": ("The method `strip` removes spaces from both ends.", "Spaces between words stay."),
    "sort_characters": (
        "`sorted` returns a list of characters, and `join` makes a string of it.",
        "Spaces and upper-case letters come before lower-case letters.",
    ),
    "unique_characters": (
        "Take a character only if it was not taken before.",
        "Upper and lower case count as different characters.",
    ),
    "double_characters": (
        "Multiply each character by 2 and join the results.",
        "`text * 2` would repeat the whole string instead.",
    ),
    "repeat_text": ("Multiplying a string by a number repeats it.", "Repeating it zero times gives the empty string."),
    "replace_character": (
        "The method `replace` puts one string in the place of every occurrence of another.",
        "It replaces all occurrences, not only the first.",
    ),
    "mask_vowels": (
        "Go through the characters, and write the sign instead of each vowel.",
        "Think of upper-case vowels as well.",
    ),
    "spaces_to": (
        "`replace` with a space as its first argument changes every space.",
        "Two spaces in a row become two signs.",
    ),
    "first_characters": (
        "The slice `text[:3]` holds the characters with the indices 0, 1 and 2.",
        "If the string is shorter, the slice is the whole string, without an error.",
    ),
    "last_characters": (
        "Negative indices count from the end: `text[-3:]` starts at the third character from the end.",
        "A shorter string comes back whole.",
    ),
    "drop_first_characters": (
        "The slice `text[2:]` begins at index 2, so the characters 0 and 1 are left out.",
        "For a short string the result is empty.",
    ),
    "every_second_character": ("A slice with the step 2 skips every other character.", "Spaces count as characters."),
    "first_word": (
        "`split` cuts a text into words, and index 0 is the first of them.",
        "A text without words gives an empty list, which has no index 0.",
    ),
    "last_word": (
        "`split` cuts a text into words, and index -1 is the last of them.",
        "Punctuation stays attached to the word.",
    ),
    "remove_vowels": ("Join the characters that are not vowels.", "The letter y is not counted as a vowel here."),
    "remove_spaces": ("Replace every space by the empty string.", "`strip` would remove spaces at the ends only."),
    "remove_character": (
        "Keep every character that differs from the unwanted one; `replace` with an empty string does the same.",
        "Upper-case letters are different characters and stay.",
    ),
    "keep_letters": (
        "`isalpha` tells whether a character is a letter; join those that are.",
        "Spaces are no letters, so the words run together.",
    ),
    "keep_digits": (
        "`isdigit` tells whether a character is a digit; join those that are.",
        "The result is a string; use `int` to compute with it.",
    ),
    "length": ("`len` counts the characters of a string.", "Spaces and signs count; the quotation marks do not."),
    "count_vowels": (
        "Ask for each character whether it is in the string of vowels, and count the yeses.",
        "Include the upper-case vowels, or 'Anna' seems to have only one.",
    ),
    "count_character": (
        "The method `count` says how often a character occurs.",
        "Upper and lower case are counted separately.",
    ),
    "count_upper": (
        "`isupper` is true for upper-case letters; add up the cases.",
        "For digits and spaces it is false.",
    ),
    "count_digits": (
        "Count the characters for which `isdigit` is true.",
        "'12' contains two digits, although it is one number.",
    ),
    "count_different": ("A set keeps each character once; its size is the answer.", "A space is a character as well."),
    "count_words": (
        "Split the text at its spaces and count the parts.",
        "`split` without an argument treats several spaces as one.",
    ),
    "find_character": (
        "`find` returns the index of the first occurrence, or -1.",
        "-1 is also a valid index, that of the last character: check before you use it.",
    ),
    "digit_total": (
        "Pick the digits out of the text, turn each into a number, and add them.",
        "Adding the characters themselves would join strings.",
    ),
    "longest_letter_run": (
        "Count how long the present run of equal characters is, and remember the longest.",
        "A new character starts a run of length 1, not 0.",
    ),
    "split_words": (
        "`split` cuts a text at its spaces and returns a list of words.",
        "Without an argument it never returns empty strings.",
    ),
    "characters": ("`list` of a string is the list of its characters.", "`split` would give words instead."),
    "word_lengths_of_text": (
        "Split the text, then measure each word.",
        "The spaces between the words are not counted.",
    ),
    "character_counts": (
        "Go through the characters; for each, add 1 to its entry, which starts at 0.",
        "`get(c, 0)` saves the question whether the entry exists.",
    ),
    "character_places": (
        "`enumerate` yields each character with its index; note the index where the character fits.",
        "A character that does not occur gives an empty list.",
    ),
    "is_palindrome": (
        "Compare the string with its reverse.",
        "Spaces and upper case count, so 'Anna' is no palindrome before it is put in lower case.",
    ),
    "has_character": ("`in` tells whether one string occurs in another.", "The empty string occurs in every string."),
    "starts_with": (
        "`startswith` tells whether a string begins with another.",
        "Unlike `text[0]`, it does not fail for an empty string.",
    ),
    "all_different": (
        "If the set of characters is as large as the string, none occurs twice.",
        "An empty string has no repeated character.",
    ),
    "upper_each": (
        "Call `upper` on each word and collect the results.",
        "A list has no method `upper`; its members have.",
    ),
    "lower_each": (
        "Call `lower` on each word and collect the results.",
        "It is a good first step before words are compared.",
    ),
    "capitalize_each": (
        "`capitalize` makes the first letter large and all others small.",
        "An abbreviation such as 'USA' becomes 'Usa'.",
    ),
    "reverse_each": (
        "Read each word backwards with `[::-1]`; the order of the words stays.",
        "`words[::-1]` would reverse the list instead of the words.",
    ),
    "first_letters": (
        "The slice `word[:1]` is the first letter, and it is empty for an empty word.",
        "`word[0]` raises an error for an empty word.",
    ),
    "suffix_each": (
        "Put the same ending behind each word with a plus sign.",
        "The list itself cannot be added to a string.",
    ),
    "lengths": ("Apply `len` to each word.", "`len(words)` counts the words, not their letters."),
    "vowels_of_each": (
        "For each word, count the characters that are vowels: a loop inside a loop.",
        "Here only lower-case vowels are counted.",
    ),
    "keep_longer": (
        "Compare the length of each word with the limit.",
        "A word with exactly as many letters as the limit is not longer.",
    ),
    "keep_shorter": (
        "Keep a word if `len(word)` is less than the limit.",
        "The empty string is shorter than everything else.",
    ),
    "keep_starting": (
        "`startswith` is asked for each word.",
        "Upper and lower case count: 'Apple' does not start with 'a'.",
    ),
    "keep_ending": ("`endswith` is asked for each word.", "A full stop at the end of a word is its last character."),
    "keep_containing": (
        "`'a' in word` is true if the letter occurs anywhere in the word.",
        "`'a' in words` asks something else: whether the list has the member 'a'.",
    ),
    "drop_word": ("Keep every word that is not equal to the unwanted one.", "Words that merely contain it are kept."),
    "sort_words": (
        "`sorted` puts strings in alphabetical order.",
        "All upper-case letters come before all lower-case ones.",
    ),
    "sort_by_length": (
        "With `key=len`, `sorted` compares the lengths of the words.",
        "Words of equal length keep their order, because sorting is stable.",
    ),
    "reverse_words": (
        "The slice `[::-1]` reads the list from its end.",
        "The letters inside the words keep their order.",
    ),
    "unique_words": ("Take a word only the first time that it occurs.", "'Tea' and 'tea' are different strings."),
    "first_words": ("The slice `words[:2]` holds the first two words.", "A short list gives what it has."),
    "add_numbers": (
        "`enumerate` yields index and word together, and an f-string puts them into one string.",
        "Indices start at 0; `enumerate(words, 1)` would start at 1.",
    ),
    "keep_listed": ("Ask for each word whether it is in the other list.", "The order is that of the first list."),
    "join_words": (
        "`separator.join(words)` puts the separator between the words.",
        "It stands between the words only: not before the first, not behind the last.",
    ),
    "join_with_spaces": (
        "`' '.join(words)` makes a sentence of a list of words.",
        "All members must be strings; numbers need `str` first.",
    ),
    "acronym": (
        "Take the first letter of each word and join the letters.",
        "`word[:1]` is safe even for an empty word.",
    ),
    "longest_word": (
        "`max` with `key=len` compares the words by their length.",
        "If several are equally long, the first one wins.",
    ),
    "shortest_word": (
        "`min` with `key=len` finds the shortest word.",
        "Without the key, `min` finds the alphabetically first word.",
    ),
    "first_word_of_list": (
        "Index 0 is the first member; a condition takes care of the empty list.",
        "An empty list counts as false in a condition.",
    ),
    "alphabetically_first": (
        "`min` compares strings alphabetically.",
        "An upper-case word comes before every lower-case one.",
    ),
    "most_frequent_word": (
        "Count each word and take the one with the highest count.",
        "If two words are equally frequent, the one that comes first wins.",
    ),
    "count_strings": ("`len` of a list tells how many words it holds.", "Repeated words count each time."),
    "total_length": (
        "Add up the lengths of the words.",
        "The commas and brackets that Python prints are not part of the words.",
    ),
    "count_distinct_words": (
        "A set holds each word once; count its members.",
        "Upper and lower case make a difference.",
    ),
    "count_word": (
        "`words.count(word)` says how often a word occurs.",
        "It compares whole members: 'a' is not counted in 'tea'.",
    ),
    "all_start_with": ("`all` is true if every word starts with the letter.", "An empty list gives True."),
    "any_contains": ("`any` is true as soon as one word contains the letter.", "An empty list gives False."),
    "word_counts": (
        "For each word, add 1 to its entry in a dictionary.",
        "The first time, the entry does not exist yet: `get` with a default of 0 helps.",
    ),
    "length_table": ("The word becomes the key, its length the value.", "A repeated word has one entry only."),
    "initial_counts": (
        "The first letter is the key, and each word adds 1 to its entry.",
        "Words that start with an upper-case letter are counted under that letter.",
    ),
}
