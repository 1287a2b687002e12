"""What a teacher says about generators."""

SENTENCES: dict[str, tuple[str, str]] = {
    "yield_each": (
        "A function with `yield` in it is a generator: it hands out one value, waits, and goes on when asked.",
        "Calling it runs nothing yet. Only a loop, `list` or `next` asks for values.",
    ),
    "yield_repeated": (
        "An inner loop yields the same value as often as needed before the outer loop moves on.",
        "`[v] * 3` makes a list of three; `v * 3` would multiply the number.",
    ),
    "yield_with_double": (
        "There may be several `yield` lines in one loop; they are reached one after the other.",
        "The generator remembers which `yield` it stopped at, so nothing is left out.",
    ),
    "yield_alternating": (
        "`zip` walks along two lists side by side; each round yields one member of each.",
        "`zip` stops at the end of the shorter list and says nothing about the rest.",
    ),
    "yield_then_reversed": (
        "`yield from` hands out all members of a list; a second one can follow with `reversed`.",
        "A list can be walked through twice, a generator cannot: after the first time it is used up.",
    ),
    "yield_cells": (
        "The outer loop takes one row after the other, and `yield from` hands out the members of that row.",
        "With plain `yield row` the rows would come out, not the numbers in them.",
    ),
    "yield_running_totals": (
        "A variable keeps the total so far; each round adds one number and yields the new total.",
        "The order of the two lines counts: yield before adding, and every total lags behind by one.",
    ),
    "yield_running_largest": (
        "Remember the largest number so far, replace it when a larger one comes, and yield it every time.",
        "Start with None rather than 0, or a list of negative numbers gives zeros.",
    ),
    "yield_running_counts": (
        "A counter goes up when the condition holds; its value is yielded in every round, whether it moved or not.",
        "With the `yield` inside the `if` only the rounds that count would be seen.",
    ),
    "yield_steps": (
        "Each number minus the one before it is a step; zip the list with itself moved by one place.",
        "There is one step fewer than there are numbers, and none at all for a single number.",
    ),
    "yield_neighbour_sums": (
        "Pair each number with the one behind it, and yield the sum of the pair.",
        "The last number has nobody behind it, so the range ends one place early.",
    ),
    "yield_until_above": (
        "A generator ends when its function ends; `return` in the loop stops it early.",
        "This is no filter: what comes behind the first large number is never looked at.",
    ),
    "yield_from_above": (
        "A truth value remembers whether the turning point has been reached; from then on everything is yielded.",
        "The condition decides only once. Later numbers are yielded even if they are small.",
    ),
    "yield_until_total": (
        "Add each number to a total first; as soon as the total is too large, stop.",
        "A smaller number further behind might still fit, but the generator has ended by then.",
    ),
    "yield_new": (
        "A set remembers what has been seen; only what is not in it is yielded, and added to it.",
        "A list would serve as well, but asking whether something is in a long list is slow.",
    ),
    "yield_records": (
        "Keep the largest number so far; yield a number only when it is greater, for then it is a new record.",
        "Equal is no record: the comparison is `>`, not `>=`.",
    ),
    "yield_changes": (
        "Remember the number before; yield only when the present one differs, then remember it.",
        "A number may come out again later. Only repetitions side by side are left out.",
    ),
    "yield_positions": (
        "`enumerate` gives the position along with each value; yield the position where the condition holds.",
        "Positions start at 0, so the first member is at place 0.",
    ),
    "yield_in_circles": (
        "`while` around `yield from` starts again from the front each time the list is exhausted.",
        "Never call `list` on an endless generator: it would collect for ever. Take a few with `islice`.",
    ),
    "yield_windows": (
        "A window of k neighbours starts at each index as long as k members are left; a slice cuts it out.",
        "The last start is `len(values) - k`, so the range must end one behind it.",
    ),
    "yield_chunks": (
        "`range` with a step of k gives the start of each part; a slice cuts the part out.",
        "A slice may reach beyond the end: the last part is then simply shorter.",
    ),
    "yield_beginnings": (
        "The slice `values[:i]` holds the first i members; let i grow from 1 to the length.",
        "The range must include the length itself, or the whole list is missing at the end.",
    ),
    "yield_rises": (
        "Collect members in a list as long as each is greater than the last; otherwise yield the list and begin anew.",
        "Behind the loop the last list is still waiting: it must be yielded too.",
    ),
    "yield_countdown": (
        "A variable starts at n and loses 1 after each `yield`, as long as it is above 0.",
        "The variable lives on between two values: that is what makes generators convenient.",
    ),
    "yield_count_up": (
        "Start at 1, yield, add 1, and stop when n is passed; or loop over a range.",
        "`while current < n` would leave out n itself.",
    ),
    "yield_halves": (
        "Divide by 2 with `//` again and again, and stop at 0.",
        "A single slash would give fractions that come near to 0 for a very long time.",
    ),
    "yield_hailstones": (
        "An even number is halved, an odd one tripled and increased by 1; stop at 1.",
        "Nobody has proved that every number arrives at 1, but all that were tried did.",
    ),
    "yield_divisors": (
        "Try every candidate from 1 to n and yield those that leave no remainder.",
        "The first divisor is ready at once; a function with a list would try all before answering.",
    ),
    "yield_digits": (
        "`n % 10` is the last digit, `n // 10` the number without it; repeat until nothing is left.",
        "0 has one digit, which the loop alone would miss.",
    ),
    "yield_fibonacci_below": (
        "Two variables hold neighbours of the sequence; yield the smaller, then move both one place on.",
        "The comparison comes before the `yield`, so that no number reaches the limit.",
    ),
    "yield_multiples": (
        "`while True` never ends by itself, and need not: whoever asks decides how many values are taken.",
        "In an ordinary function such a loop would hang; here each `yield` pauses it.",
    ),
    "yield_from_number": (
        "Yield the number, add the step, and go round again without end.",
        "The library has it too: `itertools.count(start, step)`.",
    ),
    "yield_powers": (
        "Start with 1, and multiply by the base after each `yield`.",
        "The first power is 1, since any number to the power 0 is 1.",
    ),
    "yield_doublings": (
        "Yield the number and double it, without end.",
        "Doubling grows fast: ten steps make a thousand out of 1.",
    ),
    "yield_swinging": (
        "Yield the number, change its sign, and go round again.",
        "The opposite of 0 is 0, so from 0 only zeros come.",
    ),
    "yield_squares_from": (
        "Yield the square of the present number, then add 1 to the number, not to the square.",
        "From a negative start the squares first fall, then rise.",
    ),
    "yield_primes_after": (
        "Test one candidate after the other, and yield those that no smaller number from 2 on divides.",
        "`all` over an empty range is True, which is right for 2.",
    ),
    "yield_sums_of_two": (
        "Two variables hold the two latest numbers; the next is their sum.",
        "Both variables must change together, or the old value is lost before the sum is formed.",
    ),
    "yield_words": (
        "A generator over strings hands them out one by one, like any other.",
        "What a generator yields can be looped over once; make a list of it to use it twice.",
    ),
    "yield_numbered": (
        "`enumerate(words, 1)` counts from 1; an f-string puts number and word together.",
        "Without the 1 the count starts at 0.",
    ),
    "yield_until_word": (
        "Test each string first; a string that is too long ends the generator.",
        "Short strings behind the long one do not come out any more.",
    ),
    "yield_growing": (
        "A string grows by one part in each round and is yielded as it stands.",
        "Strings do not change: each round makes a new one, so earlier results stay as they were.",
    ),
    "yield_text_beginnings": (
        "The slice `text[:i]` holds the first i characters; let i grow to the length.",
        "Starting at 0 would yield the empty string first.",
    ),
    "yield_until_character": (
        "Walk along the string and stop at the first character that equals the wanted one.",
        "If the character never comes, all characters are yielded.",
    ),
    "yield_long_words": (
        "Split the text at spaces and yield the parts that are long enough.",
        "A comma behind a word counts as one of its characters.",
    ),
}
