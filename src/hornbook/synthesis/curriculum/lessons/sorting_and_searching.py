"""What a teacher says about sorting step by step, sorting by a key, and searching."""

SENTENCES: dict[str, tuple[str, str]] = {
    "bubble_sort": (
        "Walk through the list and swap neighbours that stand in the wrong order. After the first pass the largest "
        "number has risen to the end; after each further pass, one more is in its place.",
        "Work on a copy, since swapping changes the list. If a pass makes no swap at all, the list is sorted and the "
        "loop may stop.",
    ),
    "insertion_sort": (
        "Keep the front of the list sorted, and insert one number after the other, as one sorts cards in the hand. "
        "Each number moves left past all that are greater.",
        "Stop moving at equal numbers, so that they keep their order. Check `j > 0` before looking at index `j - 1`, "
        "or the index -1 would look at the end of the list.",
    ),
    "selection_sort": (
        "Find the smallest number and put it first, then the smallest of the rest, and so on. Each step brings one "
        "number to its final place.",
        "Remember the index of the smallest and swap once, after the inner loop. However the list is ordered, the "
        "number of comparisons is the same.",
    ),
    "counting_sort": (
        "Count how often each number occurs, using the number as the index into a list of counts. Then write each "
        "number as often as it was counted.",
        "This only works for integers that are not negative and not too large. It compares nothing, which is why it "
        "can be faster than other methods.",
    ),
    "merge_sort": (
        "Split the list in the middle, sort both halves the same way, and merge them: the smaller of the two front "
        "numbers goes next. A list of at most one number is sorted already, and there the recursion ends.",
        "When one half is used up, the rest of the other must be appended. Taking from the left half when both are "
        "equal keeps the sort stable.",
    ),
    "quick_sort": (
        "Choose a number as the pivot, put the smaller ones before it and the others behind it, and sort both parts "
        "the same way. The recursion ends at lists with at most one number.",
        "Numbers equal to the pivot must go to exactly one side, or they are lost or doubled. With an unlucky pivot "
        "one part is empty each time, and the sort becomes slow.",
    ),
    "shell_sort": (
        "Do an insertion sort, but compare numbers that stand a gap apart; then make the gap smaller, and end with 1. "
        "The wide steps bring numbers close to their places quickly.",
        "The last round must have the gap 1, or the list may stay unsorted. Numbers closer to the front than the gap "
        "have no partner to the left.",
    ),
    "bubble_passes": (
        "One pass of bubble sort compares each number with the next one and swaps the two if the first is greater. "
        "After k passes, the k largest numbers stand at the end in order.",
        "Within one pass a large number can travel far to the right, while a small one moves left by one place at "
        "most. The passes work on a copy.",
    ),
    "selection_steps": (
        "A step of selection sort looks for the smallest number from position i on and swaps it to position i. After "
        "k steps, the k smallest numbers stand at the front in order.",
        "The number that stood there moves to where the smallest was, so the rest may change its order. If the list "
        "is shorter than k, there is nothing left to do.",
    ),
    "merge_sorted": (
        "Both lists are sorted, so the next number is always one of the two in front: compare them and take the "
        "smaller. Two indices remember how far each list has been used.",
        "As soon as one list is used up, append all that is left of the other. Sorting the joined list gives the "
        "same, but ignores that half of the work is done.",
    ),
    "partition": (
        "Collect the numbers below the limit and the others in two lists, and join them. This is the step from which "
        "quicksort is made.",
        "Numbers equal to the limit belong to the second part here. The key `n >= k` works for sorting because False "
        "comes before True.",
    ),
    "sort_by_last_digit": (
        "Give `sorted` a key: a function that computes for each number what to compare. The last digit is the "
        "remainder by 10 of the absolute value.",
        "Without `abs` the remainder of -3 by 10 would be 7. The sort is stable, so numbers with the same last digit "
        "keep their order.",
    ),
    "sort_by_remainder": (
        "The key `n % k` sorts the numbers into groups by their remainder. Another way: go through the remainders 0, "
        "1 and so on, and collect the fitting numbers each time.",
        "The members of the result are the numbers themselves and not their remainders. In Python the remainder of a "
        "negative number is not negative.",
    ),
    "sort_by_frequency": (
        "Count how often each number occurs, and sort by the count, the highest first. A key may be a tuple: the "
        "second part decides when the first parts are equal.",
        "To sort one part downwards and the other upwards, put a minus sign before the first. Calling `count` for "
        "every number reads the list again each time; a dictionary counts once.",
    ),
    "even_first": (
        "Sort by the remainder by 2: even numbers have 0 and come first. Or collect the even ones, then the odd ones.",
        "Within both groups the order stays, because Python's sort is stable. The remainder of a negative odd number "
        "is 1 in Python, so it works for these too.",
    ),
    "sort_by_last_letter": (
        "The key is the last character of each string. The slice `w[-1:]` is used, as it also works for the empty "
        "string.",
        "`w[-1]` raises an error for an empty string. Capital letters come before all small ones.",
    ),
    "binary_search": (
        "Look at the middle of the range: if its number is too small, go on in the upper half, otherwise in the "
        "lower. Each step halves the range, so a thousand numbers need ten steps.",
        "The list must be sorted, or the answer is meaningless. When the range is empty, check that the number really "
        "stands there; and mind `high = middle`, not `middle - 1`, to find the first of several.",
    ),
    "insertion_point": (
        "The place is the number of smaller members, since all of these must stand in front. In a sorted list the "
        "place can be found by halving the range.",
        "If all numbers are smaller, the place is the length of the list, one behind the last index. Equal numbers "
        "come after the place, because the first possible one is wanted.",
    ),
    "count_in_sorted": (
        "In a sorted list equal numbers stand side by side. The place where the next larger integer would go, minus "
        "the place where the number itself would go, is how many there are.",
        "Two searches by halves are enough, and nothing in between is looked at. If the number does not occur, both "
        "places are the same and the answer is 0.",
    ),
    "first_above": (
        "Go through the list with `enumerate` and stop at the first number above the limit. `next` with a generator "
        "says the same in one line.",
        "`break` is needed, or the loop would end with the last such index. The second argument of `next` is what "
        "comes out if nothing is found.",
    ),
    "last_index_of": (
        "Overwrite the index each time the number is found: in the end it is the last one. Or search from the end and "
        "stop at the first hit.",
        "`index` finds the first place only. In the reversed list index 0 is the last place, so the result must be "
        "turned round: `len(x) - 1 - i`.",
    ),
    "peak_index": (
        "Look at each number that has two neighbours and compare it with both. Python allows both comparisons in one "
        "chain: `a < b > c`.",
        "The range starts at 1 and ends before the last index, since the ends have one neighbour only. Two equal "
        "numbers side by side are not a peak.",
    ),
    "is_rotated_sorted": (
        "Walk round the list as in a circle and count how often a number is followed by a smaller one. In a sorted "
        "list that has been rotated this happens at most once.",
        "The index -1 makes the circle: for i = 0, `x[i - 1]` is the last number. If all numbers are equal, it never "
        "happens.",
    ),
    "kth_smallest": (
        "Sorting puts it at index k - 1. Quickselect finds it without sorting everything: split the list by a pivot "
        "and go on only in the part in which the number must lie.",
        "Ranks count from 1 and indices from 0. Equal numbers count separately, so the second smallest may equal the "
        "smallest.",
    ),
    "top_numbers": (
        "Sort downwards and take the first k. For few numbers one can instead take out the largest, k times.",
        "`remove` deletes only the first occurrence, which is right here: equal numbers count separately. Work on a "
        "copy, so that the list itself keeps its members.",
    ),
    "majority": (
        "Let the numbers vote: a number that agrees with the leader adds a vote, another one takes one away, and at "
        "zero a new leader is chosen. A number that makes up more than half must lead at the end.",
        "The last leader is only a candidate, so count it once more. Exactly half is not enough.",
    ),
    "closest_to": (
        "`min` with a key compares the distances to the target and returns the number itself. The distance is the "
        "absolute value of the difference.",
        "Of several numbers at the same distance `min` returns the first. For an empty list `default` says what to "
        "return instead of an error.",
    ),
    "missing_number": (
        "Try 0, 1, 2 and so on, until one is not in the list. Among the first n + 1 candidates one must be missing, "
        "as the list has only n numbers.",
        "Negative numbers in the list do not matter. Searching a set is much faster than searching a list, which "
        "counts when the list is long.",
    ),
    "has_pair_sum": (
        "For each number its partner is known: the target minus the number. Remember the numbers seen so far in a "
        "set, and ask whether the partner is among them.",
        "Ask before adding the number to the set, or it could be its own partner. In a sorted list two indices moving "
        "towards each other do the same without a set.",
    ),
    "pair_places": (
        "Take each number as the second of a pair and look for its partner among those before it. The partner is the "
        "target minus the number.",
        "Each number may be used once: the two indices must differ. If several pairs fit, it must be settled which "
        "one counts.",
    ),
    "smallest_gap": (
        "After sorting, the two closest numbers stand side by side, so only neighbours need to be compared. Without "
        "sorting, every pair would have to be looked at.",
        "Two equal numbers have the difference 0. With fewer than two numbers there is no pair, and `default` says "
        "what to return.",
    ),
    "inversions": (
        "Compare each number with all that come after it, and count the pairs in the wrong order. A sorted list has "
        "no inversions, a reversed one has the most.",
        "Bubble sort makes exactly as many swaps as there are inversions. Equal numbers are not in the wrong order.",
    ),
    "ranks": (
        "For each number, count how many are smaller. In the sorted list this is the index at which the number first "
        "occurs.",
        "Equal numbers get equal ranks, and the next rank is then left out. Ranks start at 0 here; for places in a "
        "race one adds 1.",
    ),
    "smaller_behind": (
        "For each number, look at the slice behind it and count the smaller ones. The sum of all these counts is the "
        "number of inversions.",
        "The slice starts at `i + 1`, since a number is not behind itself. For the last number the count is always 0.",
    ),
    "next_greater": (
        "For each number search forward until a greater one comes. Faster: keep the indices that still wait on a "
        "stack; a new number answers all waiting ones that are smaller.",
        "Those that still wait at the end have no greater number behind them and keep -1. Equal is not greater.",
    ),
    "longest_rise": (
        "Go through the list and count how long the current rise is; a number that is not greater than the one before "
        "starts a new count at 1. Remember the largest count.",
        "The last rise must be considered too, so compare in every round. A single number is a rise of length 1, and "
        "an empty list has none.",
    ),
    "longest_increasing": (
        "For each number find the longest increasing sequence that ends with it: 1 more than the best among the "
        "smaller numbers before it. The answer is the largest of these lengths.",
        "The picked numbers keep their order, but others may lie between them. Strictly increasing means that equal "
        "numbers do not count twice.",
    ),
    "best_stretch": (
        "Keep the best sum of a stretch that ends here: add the next number, but start afresh as soon as the sum "
        "would fall below 0. The largest such sum on the way is the answer.",
        "One pass is enough, where trying all stretches takes far longer. Whether the empty stretch counts must be "
        "settled: here it does, so the answer is never negative.",
    ),
    "swaps_to_sort": (
        "Carry out selection sort on a copy and count how often two different places are swapped. If the smallest "
        "number stands in its place already, nothing is swapped.",
        "Counting every round would count too much. Selection sort never needs more swaps than there are numbers, "
        "less one.",
    ),
}
