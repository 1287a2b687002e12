"""What a teacher says about lists of integers as a whole, dictionaries, lists of lists, and nested lists."""

SENTENCES: dict[str, tuple[str, str]] = {
    "sort_ascending": (
        "The function `sorted` returns a new list in ascending order.",
        "The method `sort` changes the list itself and returns None, so `values = values.sort()` loses everything.",
    ),
    "sort_descending": (
        "With `reverse=True`, `sorted` puts the largest number first.",
        "Reversing the list is not the same as sorting it in descending order.",
    ),
    "sort_by_size": (
        "A key function tells `sorted` what to compare; with `key=abs` it compares distances from zero.",
        "The members themselves keep their signs; the key is used for comparing only.",
    ),
    "reverse": (
        "The slice `[::-1]` walks through the list backwards and makes a new list.",
        "The method `reverse` changes the list in place and returns None.",
    ),
    "dedupe": (
        "Walk through the list and take a number only if it was not taken before; `dict.fromkeys` does the "
        "same, because keys are unique and keep their order.",
        "A set also drops repetitions, but it promises no order.",
    ),
    "rotate_left": (
        "Rotation cuts the list in two and glues the parts together the other way round: `values[1:] + values[:1]`.",
        "Slices of an empty list are empty, so no special case is needed.",
    ),
    "repeat_list": (
        "Multiplying a list by a whole number repeats it.",
        "The members are not multiplied; that takes a comprehension.",
    ),
    "take_first": (
        "The slice `values[:3]` holds the members with the indices 0, 1 and 2.",
        "A slice may reach beyond the end: it simply holds what there is.",
    ),
    "take_last": (
        "A negative index counts from the end, so `values[-3:]` starts with the third member from the end.",
        "With a count of 0 the trick fails: `values[-0:]` is the whole list.",
    ),
    "drop_first": (
        "The slice `values[2:]` leaves out the first two members and keeps the rest.",
        "If there are fewer members than are dropped, the result is empty.",
    ),
    "every_second": (
        "The third number in a slice is its step: `values[::2]` takes the indices 0, 2, 4 and so on.",
        "It is the position that decides here, not the value.",
    ),
    "drop_smallest": (
        "Find the minimum, and keep everything that differs from it.",
        "If the minimum occurs twice, both are dropped.",
    ),
    "drop_largest": (
        "Find the maximum, and keep everything that differs from it.",
        "In an empty list there is no maximum to look for, so check what the code does then.",
    ),
    "running_totals": (
        "A running total is the sum of everything so far; keep a total, add each number, and note the total each time.",
        "The last running total is the sum of the whole list.",
    ),
    "running_maxima": (
        "Remember the largest number so far, and note it at each step.",
        "A running maximum never falls.",
    ),
    "differences": (
        "Pair each number with its successor and subtract; `zip(values, values[1:])` makes the pairs.",
        "There is one difference fewer than there are numbers.",
    ),
    "times_position": (
        "`enumerate` gives each member together with its index, so both can be multiplied.",
        "Indices start at 0, therefore the first product is always 0.",
    ),
    "even_indices": (
        "Walk through the list with `enumerate`, test the member, and note the index.",
        "An index says where something is, not what it is.",
    ),
    "append": (
        "`values + [5]` is a new list with one more member at its end.",
        "The method `append` changes the list and returns None; use it as a statement.",
    ),
    "concatenate": ("The plus sign puts two lists one behind the other.", "Adding lists does not add their members."),
    "add_pairwise": (
        "`zip` walks through two lists side by side, so that members at the same position can be added.",
        "`zip` stops at the end of the shorter list.",
    ),
    "keep_common": (
        "For each member of the first list ask whether it is `in` the second one.",
        "Order and repetitions come from the first list; the second is only looked at.",
    ),
    "drop_common": (
        "Keep a member only if it is `not in` the other list.",
        "This is the difference of two collections, with the order of the first.",
    ),
    "sum": (
        "The built-in `sum` adds up all members; by hand, start with 0 and add each one.",
        "The sum of an empty list is 0.",
    ),
    "product": ("Start with 1 and multiply by each number in turn.", "Starting with 0 would make every product 0."),
    "count": (
        "The function `len` tells how many members a list has.",
        "An empty list has the length 0, and its last index is one less than its length otherwise.",
    ),
    "mean": (
        "The average is the sum divided by the number of members; `//` rounds it down.",
        "An empty list has no average: dividing by zero is an error, so that case comes first.",
    ),
    "largest": (
        "The function `max` finds the largest member; with `default=0` it also has an answer for an empty list.",
        "Starting a loop with 0 as the best so far goes wrong if all numbers are negative.",
    ),
    "smallest": (
        "The function `min` finds the smallest member; `default` says what to return if there is none.",
        "Starting a loop with 0 goes wrong if all numbers are positive.",
    ),
    "first": (
        "The first member has the index 0.",
        "Reading index 0 of an empty list is an error, so ask first whether there is anything.",
    ),
    "last": ("The last member has the index -1.", "An empty list has no last member; a condition avoids the error."),
    "second_largest": (
        "Sort the list; the second largest number stands at index -2.",
        "If the largest number occurs twice, it is also the second largest here.",
    ),
    "median": (
        "The median is the number in the middle of the sorted list, at index `len(values) // 2`.",
        "Taking the middle of the unsorted list is a common mistake.",
    ),
    "most_common": (
        "Count each number with `values.count` and take the one with the highest count.",
        "Ties must be decided by a rule; here the smaller number wins, because the numbers are sorted first.",
    ),
    "spread": ("The spread is the largest number minus the smallest.", "If all numbers are equal, the spread is 0."),
    "count_distinct": (
        "A set keeps each value once, so its size is the number of different values.",
        "`len(values)` would count repetitions as well.",
    ),
    "count_value": (
        "The method `count` says how often a value occurs in a list.",
        "A value that does not occur has the count 0; that is no error.",
    ),
    "index_of": (
        "The method `index` returns the first position of a value.",
        "If the value is missing, `index` raises an error, so ask with `in` first.",
    ),
    "index_of_largest": (
        "Find the maximum, then ask for its index.",
        "If the maximum occurs several times, `index` returns the first place.",
    ),
    "count_rises": (
        "Compare each number with the one before it, and count how often it is greater.",
        "Begin with the second member: the first has nothing before it.",
    ),
    "longest_run": (
        "Keep the length of the present run; equal to the number before, it grows, otherwise it starts "
        "again at 1. Remember the best length.",
        "The best length must be brought up to date inside the loop, or the last run is forgotten.",
    ),
    "is_sorted": (
        "A list is in ascending order if no number is less than the one before it.",
        "Equal neighbours are allowed; a strict comparison would forbid them.",
    ),
    "all_distinct": (
        "If a set of the members is as large as the list, nothing occurs twice.",
        "An empty list has no repetitions, so the answer is True.",
    ),
    "contains": (
        "The keyword `in` tells whether a value occurs in a list.",
        "For long lists a set answers the same question faster.",
    ),
    "all_even": (
        "`all` is true if the condition holds for every member.",
        "For an empty list `all` is True: there is no member that breaks the rule.",
    ),
    "any_negative": (
        "`any` is true if the condition holds for at least one member.",
        "For an empty list `any` is False: there is no member that could fulfil it.",
    ),
    "any_above": (
        "`any` stops at the first member that is above the limit.",
        "The opposite of this question is that all members are at most the limit.",
    ),
    "is_mirrored": (
        "A list that equals its own reverse reads the same in both directions.",
        "Lists with no or one member are mirrored, too.",
    ),
    "keys": (
        "Iterating over a dictionary yields its keys, in the order in which they were put in; `list` collects them.",
        "The keys are not sorted.",
    ),
    "values": (
        "The method `values` yields what is stored, without the keys.",
        "Two keys may hold the same value, so values can repeat; keys cannot.",
    ),
    "sorted_keys": (
        "`sorted` on a dictionary returns a list of its keys in alphabetical order.",
        "The values are not in that list; look them up by key.",
    ),
    "keys_by_value": (
        "A key function that looks up the value makes `sorted` order the keys by their values.",
        "Keys with equal values keep the order in which they stood before, because sorting is stable.",
    ),
    "keys_above": (
        "Walk through `items()`, compare each value with the limit, and keep the key.",
        "It is the value that is tested, but the key that is kept.",
    ),
    "keys_with_value": (
        "Looking up by key is direct; finding the keys of a value means walking through all entries.",
        "There may be no such key, or several: the answer is a list.",
    ),
    "entries_above": (
        "A dictionary comprehension builds a new dictionary from the entries that pass the test.",
        "Deleting entries while looping over the same dictionary is an error; build a new one.",
    ),
    "entries_below": (
        "`{key: value for key, value in table.items() if value < 5}` keeps the entries below 5.",
        "The braces with a colon make a dictionary; without the colon they would make a set.",
    ),
    "entries_even": (
        "Each value is tested for parity, and the entry is kept with its key.",
        "The order of the remaining entries does not change.",
    ),
    "entries_long_key": (
        "Here the key decides: its length is compared with the limit.",
        "Spaces in a key count as characters.",
    ),
    "remove_key": (
        "Copy the dictionary and use `pop` on the copy; with a second argument `pop` does not mind a missing key.",
        "`del table[key]` raises an error if the key is missing.",
    ),
    "select_keys": (
        "Walk through the dictionary and keep the entries whose key is in the list of names.",
        "Names that are no keys are simply ignored.",
    ),
    "add_to_values": (
        "The keys stay, and every value is increased: a dictionary comprehension says so in one line.",
        "Assigning to the loop variable changes nothing in the dictionary.",
    ),
    "multiply_values": (
        "Every value is multiplied, every key stays.",
        "The old dictionary is not touched, because a new one is built.",
    ),
    "merge_sum": (
        "Begin with a copy of the first dictionary; for each entry of the second, add to what is there, or to 0.",
        "`get(key, 0)` gives 0 for a missing key, where square brackets would raise an error.",
    ),
    "key_of_largest": (
        "`max` over a dictionary goes through the keys; with `key=` it compares their values.",
        "Without the key function the alphabetically last key would win.",
    ),
    "key_of_smallest": (
        "`min` with a key function that looks up the value finds the key with the smallest value.",
        "For an empty dictionary a default is needed.",
    ),
    "look_up": (
        "`get` looks up a key and returns a default if there is none.",
        "Square brackets raise a KeyError for a missing key.",
    ),
    "total_of_values": (
        "Add up what `values()` yields.",
        "`sum(table)` would try to add the keys, and strings cannot be summed.",
    ),
    "largest_value": (
        "`max(table.values())` finds the largest value.",
        "To learn whose value it is, look for the key instead.",
    ),
    "smallest_value": (
        "`min(table.values())` finds the smallest value.",
        "An empty dictionary has no smallest value, so a default is given.",
    ),
    "count_entries": ("`len` counts the entries of a dictionary.", "One key with its value is one entry, not two."),
    "has_key": (
        "`in` asks whether a dictionary has a key.",
        "It does not look at the values; for those, write `in table.values()`.",
    ),
    "transpose": (
        "The first numbers of all rows make the first new row, the second numbers the second; `zip(*grid)` "
        "collects them.",
        "`zip` yields tuples, which `list` turns into lists.",
    ),
    "reverse_rows": (
        "Each row is turned around by itself, which mirrors the table from left to right.",
        "The order of the rows stays.",
    ),
    "flip_rows": ("Reversing the outer list turns the table upside down.", "The rows themselves are not changed."),
    "add_to_cells": (
        "Two loops, one inside the other: the outer one takes the rows, the inner one the numbers of a row.",
        "In a nested comprehension the inner brackets build one row.",
    ),
    "multiply_cells": (
        "Every number of every row is multiplied; the shape of the table stays.",
        "`grid * 2` would repeat the rows.",
    ),
    "rows_longer": (
        "Rows are lists, so `len(row)` tells how many numbers they hold.",
        "An empty row has the length 0.",
    ),
    "rows_with_sum": (
        "Add up each row and keep the row if the sum is above the limit.",
        "The sum of an empty row is 0.",
    ),
    "sort_rows_by_sum": (
        "`sorted` with `key=sum` compares rows by their sums.",
        "Without the key, rows are compared member by member.",
    ),
    "flatten": (
        "Two `for` in one comprehension walk through all rows and all their numbers: `[n for row in grid "
        "for n in row]`.",
        "The loops are written in the order in which they would be nested.",
    ),
    "row_sums": ("Apply `sum` to each row; there is one result per row.", "An empty row contributes 0."),
    "row_lengths": ("Apply `len` to each row.", "If the lengths differ, the table is ragged."),
    "row_maxima": (
        "Apply `max` to each row that has numbers.",
        "`max` of an empty row is an error, so such rows are left out.",
    ),
    "first_column": ("Take index 0 of each row.", "A row without numbers has no first one and must be passed over."),
    "column_sums": (
        "`zip(*grid)` turns columns into tuples, and `sum` adds each of them.",
        "All rows must be equally long, because `zip` stops at the shortest.",
    ),
    "diagonal": (
        "On the diagonal the row's index equals the column's index: `grid[i][i]`.",
        "A diagonal from corner to corner needs as many rows as columns.",
    ),
    "heaviest_row": (
        "`max` with `key=sum` compares the rows by their sums and returns the row itself.",
        "If two rows have the same sum, the first one wins.",
    ),
    "grid_total": ("Add up the sums of the rows.", "`sum(grid)` fails, because lists cannot be added to 0."),
    "grid_largest": (
        "Walk through all rows and all numbers, and remember the largest.",
        "Comparing rows with `max(grid)` compares lists, not numbers.",
    ),
    "grid_size": ("Add up the lengths of the rows.", "`len(grid)` counts rows, not numbers."),
    "count_rows": ("The outer list has one member per row, so `len` counts the rows.", "An empty row is a row."),
    "grid_contains": (
        "Ask each row with `in`, and combine the answers with `any`.",
        "`5 in grid` looks for 5 among the rows, and no row equals 5.",
    ),
    "chunks": (
        "A range with a step gives the start of each row, and a slice cuts it out.",
        "The last row is shorter if the numbers do not fill it.",
    ),
    "neighbour_pairs": (
        "Pair the list with itself, shifted by one: `zip(values, values[1:])`.",
        "A list of n numbers has n - 1 pairs of neighbours.",
    ),
    "split_by_parity": (
        "Prepare two lists and put each number into one of them.",
        "The order inside each part is that of the original list.",
    ),
    "deep_flatten": (
        "A recursive function flattens an inner list by calling itself, and takes numbers as they are.",
        "Without the test `isinstance(item, list)` it would not know where to stop.",
    ),
    "deep_sum": (
        "Add numbers directly; for an inner list, add what the same function returns for it.",
        "Every recursive function needs a case that does not call itself: here, a number.",
    ),
    "deep_count": (
        "Count 1 for each number, and for an inner list the count that the function itself returns.",
        "`len` counts an inner list as one member, whatever it holds.",
    ),
    "deep_largest": (
        "Collect the numbers of all levels, then take the maximum.",
        "Inner lists may be empty, so have a default ready.",
    ),
    "depth": (
        "A list is one level deeper than its deepest inner list.",
        "A list without inner lists has depth 1, even if it is empty.",
    ),
    "deep_double": (
        "Rebuild the list: double the numbers, and let the function rebuild each inner list.",
        "The shape stays; only the numbers change.",
    ),
    "deep_reverse": (
        "Turn the list around, and let the function turn around each inner list.",
        "A plain `[::-1]` reverses the outermost level only.",
    ),
}
