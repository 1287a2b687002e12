"""What a teacher says about functions that call themselves."""

SENTENCES: dict[str, tuple[str, str]] = {
    "hanoi_moves": (
        "To move a tower, move all discs but the largest aside, move the largest, and move the others on top of it. "
        "So the number of moves is twice that of the smaller tower, plus one.",
        "The function needs a case that does not call itself: no discs take no moves. Calling it twice instead of "
        "doubling gives the same number, but takes very long for tall towers.",
    ),
    "stair_ways": (
        "The last step takes one, two or three stairs. What comes before it is the same question with fewer stairs, "
        "so the three answers are added.",
        "Two cases end the recursion: no stairs left is one way, fewer than none is no way. Without a memory the same "
        "questions are answered again and again.",
    ),
    "coin_ways": (
        "Either the first kind of coin is used once more, or it is never used again. Both questions are smaller: less "
        "to pay, or fewer kinds of coin.",
        "Deciding about one kind of coin after the other keeps the same coins in another order from being counted "
        "twice.",
    ),
    "grid_paths": (
        "The first step goes right or up; what is left is the same question with one step less. The two numbers are "
        "added.",
        "When only one direction is left, there is exactly one path, and the recursion ends there. The number of "
        "calls grows as fast as the number of paths.",
    ),
    "steps_down_to_zero": (
        "A step halves an even number and takes 1 from an odd one; the rest of the way is the same question again. So "
        "the answer is 1 plus the answer for the smaller number.",
        "The recursion must come to an end: each step makes the number smaller, and 0 needs no step. The function "
        "must return in every branch.",
    ),
    "power_of_base": (
        "A power is the base times the power with an exponent smaller by one. The power with exponent 0 is 1, which "
        "ends the recursion.",
        "Halving the exponent needs far fewer calls than lowering it by one. Python has the operator `**`; the sign "
        "`^` means something else.",
    ),
    "alternating_digit_sum": (
        "Take the last digit, and subtract the alternating sum of what is left. The minus sign in front of the call "
        "turns the signs around at every step.",
        "A number below 10 is a single digit and ends the recursion. The result can be negative.",
    ),
    "weave_texts": (
        "Take the first character of both strings and weave the rests in the same way. The strings become shorter "
        "with each call.",
        "The recursion ends when a string is empty; then the other is taken as it is. Python allows about a thousand "
        "nested calls, so long strings need a loop.",
    ),
    "beginnings_of_text": (
        "The beginnings of a string are those of the string without its last character, and the string itself. That "
        "sentence is the whole function.",
        "The empty string has no beginnings and ends the recursion. Slices count from 1 here, so that the empty "
        "string is left out.",
    ),
    "alternating_sum": (
        "The first number counts fully, and from it the alternating sum of the rest is subtracted. So the signs "
        "alternate by themselves.",
        "The empty list has the sum 0 and ends the recursion. `items[1:]` copies the rest, which costs time for long "
        "lists.",
    ),
    "outside_in": (
        "Take the first and the last member, then do the same with what lies between them. The list becomes shorter "
        "by two with each call.",
        "A list of one member has no separate last one, so that case must end the recursion, or the member would "
        "come twice.",
    ),
    "selections_with_sum": (
        "The first number is chosen or it is not, and for both cases the rest of the list is asked. If it is chosen, "
        "less is missing to the sum.",
        "Only at the end of the list is it known whether the sum is right. Each number doubles the cases, so long "
        "lists take very long.",
    ),
    "largest_halving_sum": (
        "Compare the sum of the whole list with the best of its two halves, which the function finds by calling "
        "itself. Such a method is called divide and conquer.",
        "A list of one member cannot be divided further and ends the recursion. Not every stretch of the list is "
        "looked at, only those that halving makes.",
    ),
    "depth_weighted_sum": (
        "The function takes the depth as a second argument and passes it on, increased by 1, to each inner list. An "
        "integer counts as often as it is deep.",
        "The depth must be handed down as an argument: each call has variables of its own. The outermost list has "
        "depth 1.",
    ),
    "count_lists": (
        "A list counts as one, and each list inside it is counted in the same way. The sum over the inner lists is "
        "added to 1.",
        "Integers are passed over with `isinstance`. An empty list counts, too, so the smallest answer is 1.",
    ),
    "longest_inner_list": (
        "Compare the length of the list with the longest of each inner list. The function finds the latter by calling "
        "itself.",
        "`len` of a list counts an inner list as one member. Putting the own length into the list given to `max` "
        "keeps `max` from being empty.",
    ),
    "integer_depths": (
        "Walk through the list; an integer adds the present depth to the result, an inner list is walked through one "
        "level deeper. The order from left to right is kept.",
        "The function returns a list, which the caller must add to its own. Forgetting that loses the results of the "
        "inner calls.",
    ),
    "deep_contains": (
        "Look at each member: an inner list is searched by the same function, an integer is compared. The first "
        "success ends the search.",
        "Only `return False` after the loop says that nothing was found. Returning False inside the loop would stop at "
        "the first member.",
    ),
    "flatten_levels": (
        "An inner list is replaced by its members, and the number of levels says how deep that goes on. At 0 the "
        "recursion ends and lists stay as they are.",
        "Lists that lie deeper than the levels remain. `append` adds a list as one member, `extend` adds its members.",
    ),
    "prune_small": (
        "Build the list anew: integers that are large enough are taken over, and inner lists are pruned by the same "
        "function. The old list stays as it is.",
        "Do not remove from a list while a loop runs over it. An inner list stays even if nothing is left in it.",
    ),
    "replace_lists_by_sums": (
        "The inner function adds up whatever it is given: an integer is its own sum, a list the sum of its members' "
        "sums. It is applied to each member of the outer list.",
        "The built-in `sum` alone fails as soon as a list contains a list. An empty inner list becomes 0.",
    ),
}
