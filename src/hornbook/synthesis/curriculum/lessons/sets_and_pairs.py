"""What a teacher says about sets, pairs and lists of pairs."""

SENTENCES: dict[str, tuple[str, str]] = {
    "to_set": (
        "The call `set(...)` goes through the list and keeps each value once. Values that come again change nothing, "
        "because a set only knows whether a value is in it.",
        "A set has no order and no indices. An empty set is written `set()`, since `{}` is an empty dictionary.",
    ),
    "repeated_set": (
        "A number belongs to the result if the list holds it more than once. The loop remembers what it has seen; "
        "a number that was seen before goes into the result.",
        "A number that comes three times still enters the set only once. `count` reads the whole list each time, so "
        "the loop with a set of seen numbers is faster on long lists.",
    ),
    "shared_set": (
        "Both lists become sets, and the operator `&` keeps what is in both. Order and repetition play no part in the "
        "answer.",
        "The operator `&` works on sets, not on lists. Asking `item in other_list` is right as well, but it searches "
        "the list anew each time.",
    ),
    "set_union": (
        "The union holds every value that at least one of the two sets holds. The operator `|` makes a new set of "
        "them.",
        "A value that is in both sets appears once. The method `update` would change the first set itself, so copy "
        "the set before you use it.",
    ),
    "set_intersection": (
        "The intersection holds the values that both sets have. The operator `&` tests each member of one set for "
        "membership in the other.",
        "If the sets share nothing, the result is the empty set, printed as `set()`. The order of the two sets does "
        "not matter.",
    ),
    "set_difference": (
        "The difference keeps the members of the first set and takes away all that the second has. The operator is "
        "the minus sign.",
        "Here the order matters: `a - b` and `b - a` are different sets. Members of the second set that the first "
        "does not have are simply ignored.",
    ),
    "symmetric_difference": (
        "The operator `^` keeps the values that are in one of the sets but not in both. It is the union without the "
        "intersection.",
        "Two equal sets give the empty set. Do not confuse `^` with a power, which Python writes `**`.",
    ),
    "add_member": (
        "The union with a set of one member adds that member. The result is a new set, and the old one stays as it "
        "was.",
        "Adding a member that is already there changes nothing and is no error. The method `add` works on the set "
        "itself and returns `None`.",
    ),
    "remove_member": (
        "Taking away a set of one member leaves all others. A comprehension with `!=` says the same in other words.",
        "If the member is not there, the set stays as it was. The method `remove` would raise an error in that case, "
        "while `discard` would not.",
    ),
    "members_above": (
        "A set comprehension looks like one of a list, but stands in curly braces. The condition decides which "
        "members go into the new set.",
        "A member that is equal to the limit is not greater than it. Never remove members from a set while a loop "
        "runs over it: build a new set.",
    ),
    "even_members": (
        "A member is even if division by 2 leaves no remainder. The comprehension collects the even ones in a new set.",
        "Zero is even, and negative numbers can be even as well. The result can be the empty set.",
    ),
    "shift_members": (
        "Each member is increased by the same amount, and the sums form a new set. A comprehension in curly braces "
        "does it in one line.",
        "Different members stay different, so the set keeps its size. Multiplying by 0 instead would make all of "
        "them equal.",
    ),
    "remainders_set": (
        "Every member is replaced by its remainder. Members with the same remainder fall together, because a set "
        "holds each value once.",
        "The result can be much smaller than the set it came from. With a positive divisor Python's remainders are "
        "never negative.",
    ),
    "sorted_members": (
        "`sorted` takes any collection and returns a list in ascending order. A list has an order, which a set does "
        "not.",
        "The result is a list, so set operators no longer work on it. A set has no method `sort` of its own.",
    ),
    "set_size": (
        "`len` tells how many members a set has. It does not have to look at them, because the set keeps count.",
        "If the set came from a list, its size is the number of different values there. The empty set has size 0.",
    ),
    "sum_of_members": (
        "`sum` adds up the members of any collection of numbers, and for a sum the order does not matter.",
        "If a set was made from a list, repeated numbers are counted once. The sum of the empty set is 0.",
    ),
    "subset_count": (
        "For each member there are two choices: it is in the subset or it is not. With n members that makes 2 times 2 "
        "times 2 and so on, n times.",
        "The empty set has one subset, namely itself. The number doubles with each further member, so it soon becomes "
        "huge.",
    ),
    "missing_numbers": (
        "Count through all candidates in ascending order and keep those that the set does not hold. Asking a set "
        "whether it has a value is quick, however large it is.",
        "`range` stops before its end, so the end must be one more than the last candidate. Members outside the range "
        "play no part.",
    ),
    "smallest_free": (
        "Start at 0 and go up as long as the number is in the set. The first number that is not in it is the answer.",
        "Among the first n + 1 numbers at least one is free if the set has n members, so the search always ends. "
        "Negative members do not matter.",
    ),
    "is_subset": (
        "One set is a subset of another if each of its members is in the other too. Python writes that as `<=`.",
        "Every set is a subset of itself, and the empty set is a subset of any set. For sets `<=` can be false in "
        "both directions.",
    ),
    "is_disjoint": (
        "Two sets are disjoint if no value is in both. The method `isdisjoint` answers that without building the "
        "intersection.",
        "The empty set is disjoint from every set, even from itself. An empty set counts as false, so `not a & b` "
        "gives the same answer.",
    ),
    "has_member": (
        "The operator `in` asks whether a value is a member. A set finds the answer by computing where the value "
        "would be, not by searching through all members.",
        "The answer is a truth value, so no `if` is needed to make one. In a list the same question takes longer the "
        "longer the list is.",
    ),
    "smallest_and_largest": (
        "A function returns one value, but the value may be a tuple that holds two. `min` and `max` give the two "
        "parts.",
        "`min` of an empty list is an error, so that case is decided first. For a list of one number both parts are "
        "equal.",
    ),
    "sum_and_count": (
        "Two results that belong together, a sum and a number of terms, fit in a tuple. From such a pair an average "
        "can be computed later.",
        "Put the parts in a fixed order and keep to it. The empty list gives zero for both.",
    ),
    "even_odd_counts": (
        "Two counters run side by side, and each number raises one of them. In the end both go into a tuple.",
        "In Python `n % 2` is 1 for negative odd numbers, too. The two counts together are the length of the list.",
    ),
    "quotient_and_remainder": (
        "`divmod` returns a tuple: how often the divisor fits, and what is left over. It saves one of the two "
        "divisions that `//` and `%` would make.",
        "The quotient is rounded down, so for negative numbers the remainder is still not negative. The divisor must "
        "not be 0.",
    ),
    "multiples_around": (
        "Taking the remainder away leaves the multiple below, and one divisor more is the multiple above. Both go "
        "into a tuple.",
        "If the number is a multiple itself, it is the first part. Rounding down also works for negative numbers, "
        "which `int(n / k)` would round the wrong way.",
    ),
    "swap_pair": (
        "A tuple cannot be changed, so a new one is made with the parts in the other order. Unpacking gives the parts "
        "names first.",
        "Python needs no third variable for a swap: `a, b = b, a` computes the right side before it assigns. The "
        "slice `[::-1]` reverses a tuple as it does a list.",
    ),
    "order_pair": (
        "The smaller part goes first and the larger part second. `sorted` does that too, but returns a list, so "
        "`tuple` must follow.",
        "Equal parts stay as they are. A tuple has no method `sort`, because it cannot be changed.",
    ),
    "move_pair": (
        "To move a point, add one number to its first part and another to its second. The sums form a new tuple.",
        "The operator `+` between two tuples joins them instead of adding their parts: `(1, 2) + (3, 4)` has four "
        "members.",
    ),
    "scale_pair": (
        "Both parts are multiplied by the same factor, and the products form a new tuple.",
        "A tuple times a number repeats the tuple, as with lists. `tuple(...)` is needed around a generator, since "
        "round brackets alone do not make a tuple.",
    ),
    "sum_and_difference": (
        "Unpack the pair into two names, then write the two results between round brackets with a comma. The comma "
        "is what makes a tuple.",
        "The difference depends on the order of the parts and can be negative. Sum and difference together determine "
        "the pair.",
    ),
    "pair_sum": (
        "The parts of a tuple have the indices 0 and 1, as in a list. `sum` works on tuples as well.",
        "Unpacking, as in `first, second = pair`, fails if the tuple does not have exactly two parts. That can be "
        "welcome, as it reveals a mistake early.",
    ),
    "pair_product": (
        "Multiply the part with index 0 by the part with index 1. For the width and the height of a rectangle that is "
        "the area.",
        "If one part is 0, so is the product. There is no built-in counterpart of `sum` for products without an "
        "import.",
    ),
    "pair_gap": (
        "The distance between two numbers is their difference without its sign. `abs` removes the sign, so the order "
        "of the parts does not matter.",
        "A distance is never negative, and it is 0 only for equal parts.",
    ),
    "steps_from_origin": (
        "On a grid one walks along the axes, so the steps sideways and the steps upwards add up. Each is the part "
        "without its sign.",
        "Forget `abs`, and steps to the left would cancel steps upwards. This is not the distance as the crow flies, "
        "which is shorter.",
    ),
    "integers_between": (
        "`range` counts from the first part up to the second. It stops before its end, so 1 is added to include the "
        "second part.",
        "If the first part is greater, the range is empty, and that is no error. `list` turns the range into a list.",
    ),
    "is_rising_pair": (
        "Compare the two parts; the comparison itself is a truth value. No `if` is needed.",
        "Equal parts do not rise, since `<` is false for them.",
    ),
    "number_places": (
        "`enumerate` hands out each member together with its index, as a tuple. `list` collects the tuples.",
        "The index comes first and the member second. Counting starts at 0 unless `enumerate` is told otherwise.",
    ),
    "zip_lists": (
        "`zip` walks through both lists at once, like a zip fastener, and makes a tuple of the members at the same "
        "place. `list` collects the tuples.",
        "The result is as long as the shorter list, without any warning. `zip` itself is an iterator and can be read "
        "only once.",
    ),
    "group_in_twos": (
        "Take the members with even index as first parts and those with odd index as second parts. Two slices with "
        "step 2 and `zip` do it, or indices that go up by 2.",
        "A member left over at the end has no partner and is dropped. The range must end early enough that index "
        "`i + 1` exists.",
    ),
    "all_later_pairs": (
        "The outer loop chooses the first part, the inner loop walks through everything behind it. So each choice of "
        "two places comes once.",
        "A list of n numbers has n * (n - 1) / 2 such pairs, so the result grows quickly. Equal numbers at different "
        "places do form pairs.",
    ),
    "cartesian_product": (
        "Two loops, one inside the other, combine each member of the first list with each of the second. In a "
        "comprehension the outer loop is written first.",
        "The result has as many pairs as the product of both lengths. If one list is empty, there are no pairs at all.",
    ),
    "number_counts": (
        "A dictionary counts, and its `items` are tuples of key and count. Dictionaries keep the order in which keys "
        "were first put in.",
        "Counting with `count` inside a loop reads the list once per number; one pass with a dictionary is enough.",
    ),
    "number_runs": (
        "Compare each number with that of the last run. If they are equal, the run becomes one longer; if not, a new "
        "run of length 1 begins.",
        "A tuple cannot be changed, so the last pair is replaced by a new one. The same number may start several runs "
        "at different places.",
    ),
    "dictionary_of_two_lists": (
        "`zip` pairs each string with the number at the same place, and `dict` takes pairs of key and value. So two "
        "lists become one table.",
        "A dictionary has each key once: when a string comes again, the later number wins. What is left over of the "
        "longer list is lost.",
    ),
    "first_of_each": (
        "Each member of the list is a tuple, and index 0 reads its first part. The comprehension collects them.",
        "Unpacking in the loop, as in `for first, second in pairs`, says the same with names. The pairs themselves "
        "stay as they are.",
    ),
    "second_of_each": (
        "Index 1 reads the second part of each tuple, and a comprehension collects the parts in order.",
        "In a tuple of two the last part, index -1, is the second one. For longer tuples the two would differ.",
    ),
    "sum_of_each": (
        "For each pair add its two parts. `sum` accepts a tuple, so no indices are needed.",
        "This gives one sum per pair; it is not the sum of the whole list. Adding tuples with `+` would join them.",
    ),
    "gap_of_each": (
        "For each pair take the difference of its parts without the sign. The list of distances has one number per "
        "pair.",
        "Without `abs` some results could be negative, depending on which part is larger.",
    ),
    "swap_each": (
        "Each tuple is replaced by a new one whose parts are the other way round. Tuples cannot be changed in place.",
        "The order of the pairs in the list does not change, only the order within each pair.",
    ),
    "sort_by_second": (
        "`sorted` compares what its `key` function returns, here the second part of each pair. A short `lambda` is "
        "enough as a key.",
        "Without a key tuples are compared by their first parts. Python's sort is stable: pairs with equal keys keep "
        "their order.",
    ),
    "rising_pairs": (
        "The condition compares the two parts of each tuple. Only pairs for which it is true go into the new list.",
        "Pairs with equal parts are left out, because `<` is strict.",
    ),
    "pairs_with_sum_above": (
        "Each pair is measured by the sum of its parts, and the sum is compared with the limit.",
        "A sum equal to the limit is not greater than it. The pairs keep their order.",
    ),
    "pairs_with_member": (
        "The operator `in` works on tuples: it asks whether one of the parts equals the number. Pairs that answer yes "
        "are kept.",
        "It does not matter which of the two parts it is. Compare with index 0 or 1 if it does.",
    ),
    "count_pairs": (
        "A list of pairs has as many members as pairs, so `len` counts them.",
        "`len` counts the pairs, not the numbers in them, of which there are twice as many.",
    ),
    "add_up_pairs": (
        "Unpack each pair in the head of the loop and keep two running totals. At the end they form a tuple.",
        "Do not add the tuples themselves, which would join them. The empty list gives `(0, 0)`.",
    ),
    "pair_with_largest_sum": (
        "`max` with `key=sum` compares the sums of the pairs but returns the pair itself.",
        "Without the key the pairs would be compared by their first parts. An empty list needs a `default`, or `max` "
        "raises an error.",
    ),
    "path_length": (
        "`zip` of the list with itself shifted by one gives each point and the next. For each such step add how much "
        "both coordinates change.",
        "A path of n points has n - 1 steps; a single point gives 0. Without `abs` steps back would shorten the way.",
    ),
}
