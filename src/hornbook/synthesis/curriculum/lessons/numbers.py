"""What a teacher says about operations on integers, their digits, and decisions."""

SENTENCES: dict[str, tuple[str, str]] = {
    "add": (
        "The plus sign adds two numbers; `x += 3` adds 3 to the number that `x` already holds.",
        "`x + 3` alone changes nothing: the sum must be given a name or be used at once.",
    ),
    "subtract": (
        "The minus sign takes one number away from another.",
        "The order counts: `a - b` and `b - a` differ in their sign.",
    ),
    "multiply": (
        "The asterisk multiplies two numbers.",
        "In Python the asterisk may not be left out: `3x` is an error, `3 * x` is right.",
    ),
    "double": (
        "To double a number is to multiply it by 2, or to add it to itself.",
        "The double of any integer is even, and the double of a negative number is negative again.",
    ),
    "square": (
        "The square of a number is the number times itself; `x ** 2` and `x * x` both compute it.",
        "A square is never negative. The sign `^` does something else in Python, so write `**`.",
    ),
    "cube": (
        "The cube of a number is the number multiplied by itself twice over: `x ** 3`.",
        "The cube of a negative number is negative, unlike its square.",
    ),
    "negate": (
        "A minus sign in front of a value changes its sign.",
        "Negating twice gives back the number that you started with.",
    ),
    "absolute": (
        "The absolute value is the distance from zero: `abs(-4)` and `abs(4)` are both 4.",
        "The absolute value forgets the sign, so the original number cannot be found from it.",
    ),
    "halve": (
        "Two slashes divide and round down to a whole number, so `7 // 2` is 3.",
        "Rounding down means towards minus infinity: `-7 // 2` is -4, not -3.",
    ),
    "remainder": (
        "The percent sign gives what is left over after division: 17 divided by 5 leaves 2, so `17 % 5` is 2.",
        "In Python the remainder takes the sign of the divisor, so `-1 % 5` is 4.",
    ),
    "quotient": (
        "The operator `//` says how many whole times the divisor fits, rounded down.",
        "A single slash gives a number with a decimal point, even if the division leaves no remainder.",
    ),
    "distance": (
        "The distance between two numbers is the absolute value of their difference: `abs(a - b)`.",
        "A distance is never negative, and it does not matter which number comes first.",
    ),
    "larger_of": (
        "The function `max` with two arguments returns the larger one.",
        "To make sure that a value is at least 5, one takes the *maximum* with 5; it is easy to reach for "
        "`min` by mistake.",
    ),
    "smaller_of": (
        "The function `min` with two arguments returns the smaller one.",
        "To keep a value at or below 10, one takes the *minimum* with 10, although it feels the wrong way round.",
    ),
    "multiple_above": (
        "Count upwards until the remainder is zero, or divide with rounding up and multiply back.",
        "A number that is a multiple already stays as it is.",
    ),
    "sum_up_to": (
        "The integers from 1 to n add up to `n * (n + 1) // 2`: pair the first with the last, the second "
        "with the last but one.",
        "`range(1, n)` stops before n; to include n, write `range(1, n + 1)`.",
    ),
    "factorial": (
        "The factorial of n is the product of the integers from 1 to n; start with 1 and multiply.",
        "The factorial of 0 is 1, because a product without factors is 1. Factorials grow fast.",
    ),
    "fibonacci": (
        "Each Fibonacci number is the sum of the two before it: 0, 1, 1, 2, 3, 5, 8. Two variables are "
        "enough to walk along the sequence.",
        "With `a, b = b, a + b` both names change at the same moment; in two separate lines the second "
        "would see the new value.",
    ),
    "count_divisors": (
        "A divisor of n leaves no remainder; try every number from 1 to n and count those.",
        "Both 1 and the number itself are divisors, so the answer is at least 1.",
    ),
    "divisors": (
        "Try every candidate from 1 to n, and keep it if `n % d` is 0.",
        "The range must reach n itself: `range(1, n + 1)`.",
    ),
    "common_divisor": (
        "Euclid's method replaces the pair (a, b) by (b, a % b) until b is 0; then a is the greatest common divisor.",
        "It works because a divisor of both numbers also divides the remainder.",
    ),
    "count_up": (
        "The call `range(1, n + 1)` produces 1, 2, and so on up to n; `list` puts the numbers into a list.",
        "A range stops before its end, which is why 1 is added to n.",
    ),
    "count_down": (
        "With a third argument of -1, `range` counts backwards: `range(n, 0, -1)` ends with 1.",
        "The end is left out here as well: to reach 1 the range must end at 0.",
    ),
    "is_even": (
        "A number is even if division by 2 leaves no remainder: `n % 2 == 0`.",
        "Zero is even, and so are negative numbers such as -4. One equals sign assigns, two compare.",
    ),
    "is_multiple": ("A number is a multiple of k if `n % k == 0`.", "Zero is a multiple of every number."),
    "is_above": (
        "The comparison `n > k` is True or False itself; no `if` is needed to return it.",
        "Greater than k does not include k. For that, write `>=`.",
    ),
    "is_between": (
        "Python allows comparisons in a chain: `lo <= n <= hi` is true if both hold.",
        "Look closely at the ends: `<=` includes them, `<` does not.",
    ),
    "is_prime": (
        "A prime number is greater than 1 and has no divisor but 1 and itself; try all smaller candidates from 2 on.",
        "1 is not prime, and the loop alone would not notice that.",
    ),
    "is_square": (
        "A perfect square is the product of an integer with itself; try 0, 1, 2 and so on until the square "
        "is large enough.",
        "Floating-point roots can be off by a little, so integers are the safe way.",
    ),
    "digit_sum": (
        "Turn the number into a string, take each character as a digit, and add: for 472 that is 4 + 7 + 2.",
        "Each character must be turned back with `int` before adding, or Python complains about strings.",
    ),
    "digit_count": (
        "As a string, a number has as many characters as it has digits.",
        "Zero has one digit. For negative numbers the minus sign would count as a character.",
    ),
    "reverse_digits": (
        "Write the number as a string, read the string backwards, and turn it into a number again.",
        "Zeros at the end of the number vanish, because 021 is written 21.",
    ),
    "largest_digit": (
        "Look at each digit and remember the largest so far; `max` over the digits does exactly this.",
        "Compare digits as numbers or as single characters, but do not mix the two.",
    ),
    "first_digit": (
        "The first character of `str(n)` is the first digit; or divide by 10 until one digit is left.",
        "The character is a string: `int` turns it into a number.",
    ),
    "last_digit": (
        "The last digit is the remainder after division by 10.",
        "For negative numbers Python's remainder is not the digit that you see, so this is for numbers from 0 on.",
    ),
    "digits": (
        "A string of digits can be walked through like any string; `int` turns each character into a number.",
        "The digits come from left to right, the most significant one first.",
    ),
    "count_digit": (
        "Turn the number into a string and count the character with `count`.",
        "The digit must be a string too: `str(n).count('7')`, not `count(7)`.",
    ),
    "binary": (
        "Computers write numbers with the digits 0 and 1; `bin(5)` is '0b101', and the slice `[2:]` drops the prefix.",
        "The result is a string. Reading it as a decimal number would give a wrong value.",
    ),
    "decimal": (
        "The function `str` writes a number as a string of its digits.",
        "After that, plus joins instead of adding: '1' + '2' is '12'.",
    ),
    "is_palindrome_number": (
        "Compare the digits with the same digits backwards.",
        "Every number with a single digit reads the same in both directions.",
    ),
    "halve_if_even": (
        "An `if` decides which of two things happens; here the number is halved only if it divides by 2.",
        "The other case must be handled too: without an `else` the variable might have no value.",
    ),
    "double_if_odd": (
        "The expression `a if condition else b` picks one of two values; the condition here is that the "
        "remainder by 2 is 1.",
        "The result is even in either case.",
    ),
    "half_or_triple": (
        "Even numbers are halved, odd numbers are tripled and increased by 1. Repeating this step is the "
        "famous Collatz game.",
        "Exactly one of the two branches runs, never both.",
    ),
    "add_if_below": (
        "First compare, then decide: below the limit the bonus is added, otherwise nothing happens.",
        "A number exactly at the limit is not below it.",
    ),
    "clamp": (
        "To clamp a number is to push it back into a range: below the range it becomes the lower end, "
        "above it the upper end.",
        "With `max(lo, min(n, hi))` the inner call cuts at the top, the outer one at the bottom.",
    ),
    "sign": (
        "The sign tells only the direction: 1 for positive, -1 for negative, 0 for zero.",
        "Zero is a case of its own, so two branches are not enough.",
    ),
    "parity_label": (
        "Parity is whether a number is even or odd; a condition chooses the word.",
        "The words are strings and need quotation marks.",
    ),
    "sign_label": (
        "Three cases need `if`, `elif` and `else`; they are tried from top to bottom, and the first that fits wins.",
        "The last case, `else`, needs no condition: it takes what is left.",
    ),
    "size_label": (
        "A comparison splits all numbers into two groups, and each group gets its word.",
        "Decide on purpose to which group the limit itself belongs.",
    ),
    "three_way_label": (
        "Two limits make three groups; `elif` asks the second question only if the answer to the first was no.",
        "Because the cases are tried in order, the second condition need not repeat the first.",
    ),
    "double_odd": (
        "The choice is made anew for each member: odd ones are doubled, even ones go into the new list unchanged.",
        "A condition in front of `for` chooses a value; a condition behind it would leave members out.",
    ),
    "halve_even": (
        "Even numbers can be halved without a remainder, so only they change; the others stay.",
        "The new list is as long as the old one.",
    ),
    "zero_negative": (
        "For each number take the larger of it and 0: negative numbers become 0, the others stay.",
        "The negative numbers are replaced, not removed, so positions do not shift.",
    ),
    "cap": (
        "To cap a list is to replace everything above a limit by the limit itself: take the smaller of the "
        "number and the limit.",
        "It is `min` that makes sure that nothing is larger than the limit.",
    ),
    "shorten": (
        "If the string is too long, a slice keeps its beginning, and three dots show that something is missing.",
        "The dots come on top: the result can be three characters longer than the limit.",
    ),
    "ensure_stop": (
        "The method `endswith` tells whether a string ends with certain characters; only if not, a full stop is added.",
        "Adding without asking would make two full stops of one.",
    ),
    "upper_long": (
        "Each word is measured with `len`, and only those above the limit are put in upper case.",
        "Strings do not change: `upper` returns a new one that must be kept.",
    ),
    "add_to_each": (
        "Take the numbers one after the other and put each number plus a constant into a new list.",
        "Adding a number to a list itself, as in `values + 3`, is an error: it must be done member by member.",
    ),
    "subtract_from_each": (
        "Every number becomes smaller by the same amount; order and length stay.",
        "Small numbers may become negative.",
    ),
    "multiply_each": (
        "Every number is multiplied by the same factor.",
        "`values * 3` would repeat the list three times instead of multiplying its members.",
    ),
    "double_each": (
        "Every number is replaced by twice the number.",
        "The doubles are all even, even if the numbers were not.",
    ),
    "square_each": (
        "Each number is multiplied by itself.",
        "Different numbers can have the same square: 3 and -3 both give 9.",
    ),
    "negate_each": (
        "A minus sign in front of each number turns positive into negative and back.",
        "The largest number becomes the smallest one: negation turns the order around.",
    ),
    "absolute_each": ("Each number loses its minus sign, if it has one.", "After that -2 and 2 cannot be told apart."),
    "halve_each": (
        "Each number is divided by 2 with `//`, which rounds down.",
        "Rounding down takes -3 to -2, not to -1.",
    ),
    "remainder_each": (
        "Each number is replaced by what is left over after division by the same divisor.",
        "All results lie between 0 and the divisor, which itself never appears.",
    ),
    "decimal_each": (
        "Each number is written as a string of digits, which is needed before strings can be joined.",
        "Sorting strings of digits is alphabetical: '10' comes before '9'.",
    ),
    "keep_even": (
        "Keep a number if `n % 2 == 0`, that is, if division by 2 leaves nothing.",
        "Zero and negative even numbers pass the test as well.",
    ),
    "keep_odd": (
        "A number is odd if the remainder by 2 is 1; Python gives 1 for negative odd numbers, too.",
        "In some other languages the remainder of -3 by 2 is -1; in Python it is 1.",
    ),
    "keep_positive": ("The condition `n > 0` lets positive numbers pass.", "Zero is not positive and is left out."),
    "keep_negative": (
        "The condition `n < 0` lets negative numbers pass.",
        "The result may well be empty, and that is no error.",
    ),
    "keep_greater": (
        "Each number is compared with the limit and kept if it is greater.",
        "A number equal to the limit is not greater, so it is left out.",
    ),
    "keep_less": (
        "Each number is compared with the limit and kept if it is less.",
        "A number equal to the limit is left out; `<=` would keep it.",
    ),
    "keep_multiples": (
        "A multiple of k leaves no remainder: `n % k == 0`.",
        "Zero is a multiple of every number and is kept.",
    ),
    "drop_value": (
        "Keep every number that is not equal to the unwanted one, with the sign `!=`.",
        "The method `remove` would delete only the first occurrence.",
    ),
    "keep_between": (
        "A chain of two comparisons, `lo <= n <= hi`, keeps what lies in the range.",
        "Both ends belong to the range here.",
    ),
    "keep_prime": (
        "For each number ask whether it is greater than 1 and has no divisor between 1 and itself.",
        "1, 0 and negative numbers are not prime; the test must exclude them explicitly.",
    ),
}
