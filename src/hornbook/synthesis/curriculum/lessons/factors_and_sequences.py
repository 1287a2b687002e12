"""What a teacher says about number theory: primes, divisors, sequences, powers, digits and numbers with a name."""

SENTENCES: dict[str, tuple[str, str]] = {
    "prime_factors": (
        "Divide by 2 as long as that works, then by 3, and so on: every divisor found this way is prime, because all "
        "smaller factors are gone already. What is left becomes smaller with each division, until it is 1.",
        "Use `while`, not `if`, for each divisor: 8 is 2 * 2 * 2, and all three belong to the answer. The product of "
        "the factors is the number again, which makes a good test.",
    ),
    "smallest_factor": (
        "Try 2, 3, 4 and so on, and stop at the first number that divides without a remainder. The first one found is "
        "always prime, since a factor of it would divide as well and would have come earlier.",
        "For a prime number the search only ends at the number itself. For 1 there is no divisor greater than 1, so "
        "that case needs an answer of its own.",
    ),
    "exponent_of": (
        "Divide for as long as no remainder is left, and count the divisions. 24 can be halved three times, to 12, 6 "
        "and 3, so 2 divides it three times.",
        "The test comes before each division, so that a number that is not divisible at all gives 0. For the number 0 "
        "the loop would never end, because 0 stays divisible for ever.",
    ),
    "primes_up_to": (
        "A number is prime if no smaller prime divides it, so one can test each candidate against the primes found "
        "before. The sieve turns this round: take each prime and cross out its multiples.",
        "It is enough to cross out from p * p on, since a smaller multiple has a smaller factor. The numbers 0 and 1 "
        "are not prime, so the search starts at 2.",
    ),
    "count_primes": (
        "Test every number from 2 on, and add 1 for each that has no divisor between 1 and itself. The primes "
        "need not be kept if only their number is wanted.",
        "The range must include the limit itself, which may be prime: it ends at n + 1. Divisors come in pairs "
        "whose product is the number, so testing up to the square root would be enough.",
    ),
    "next_prime": (
        "Start one above the number, test whether it is prime, and go one further until the test succeeds. There is "
        "always a next prime, because there are infinitely many.",
        "The search must begin above the number itself, or a prime would be its own successor. Candidates below 2 "
        "must be skipped: the loop over divisors finds nothing wrong with 1.",
    ),
    "proper_divisor_sum": (
        "A proper divisor divides the number without a remainder and is smaller than it; for 12 these are 1, 2, 3, 4 "
        "and 6, and their sum is 16. A range that ends before the number leaves the number itself out.",
        "1 has no proper divisor, so its sum is 0. For a prime number the sum is 1, and this too tells primes from "
        "other numbers.",
    ),
    "abundance_label": (
        "Compare a number with the sum of its proper divisors: if the sum is larger the number is abundant, if it is "
        "equal perfect, otherwise deficient. 6 is perfect, because 1 + 2 + 3 is 6.",
        "With three possible answers, two comparisons are enough and the last case is what remains. The number itself "
        "is a divisor too, but must not be added.",
    ),
    "totient": (
        "The totient counts the numbers up to n that share no factor with n; for 10 these are 1, 3, 7 and 9. One can "
        "test each with the greatest common divisor, or take away the share of multiples for each prime factor.",
        "Each prime factor is used once, however often it divides: that is why the inner loop divides it out. For a "
        "prime p the totient is p - 1.",
    ),
    "common_multiple": (
        "Walk through the multiples of one number until the other divides one of them. Faster: the product of both "
        "numbers, divided by their greatest common divisor.",
        "The product alone is a common multiple, but often not the least: 4 and 6 meet at 12 already, not at 24. "
        "Divide with `//`, so that the result stays an integer.",
    ),
    "is_coprime": (
        "Two numbers are coprime if 1 is their only common divisor, like 8 and 15. Euclid's method answers this "
        "without finding any factor: replace the pair by the smaller number and the remainder until the remainder is "
        "0.",
        "Coprime numbers need not be prime themselves. The number 1 is coprime to every number.",
    ),
    "gcd_of_all": (
        "The greatest common divisor of many numbers is found step by step: take that of the first two, then that of "
        "the result and the third, and so on. Each step uses Euclid's method.",
        "Start with 0, since every number divides 0 and the first step then gives the first number. Once the result "
        "is 1 it stays 1.",
    ),
    "lcm_of_all": (
        "Start with 1 and bring in one number after the other: the least common multiple so far grows by its own size "
        "until the next number divides it. Each step keeps what was reached before.",
        "Starting with 0 would spoil everything, as every number divides 0. The result can grow fast when the numbers "
        "share few factors.",
    ),
    "collatz_steps": (
        "Halve an even number, turn an odd n into 3 * n + 1, and count the steps until 1 appears. From 6 the path is "
        "6, 3, 10, 5, 16, 8, 4, 2, 1: eight steps.",
        "Nobody has proved that 1 is always reached, but no number is known that fails. For 1 the answer is 0, so the "
        "test must stand before the first step.",
    ),
    "collatz_path": (
        "The list starts with the number, and each further entry is made from the last one by the rule for even or "
        "odd numbers. The expression `path[-1]` names the last entry of a list.",
        "Both ends belong to the path, so 1 must be in the list even if one starts there. Halve with `//`: a single "
        "slash would produce numbers with a decimal point.",
    ),
    "fibonacci_up_to": (
        "Two variables hold a Fibonacci number and the one after it; as long as the first is within the limit, write "
        "it down and move both on. A `while` loop fits, as the count is not known before.",
        "The number 1 occurs twice in the sequence. If the limit itself is a Fibonacci number it belongs to the list, "
        "so the test is `<=`.",
    ),
    "fibonacci_above": (
        "Walk along the sequence with two variables, and stop as soon as the current number exceeds the limit. Only "
        "the last two numbers are ever needed.",
        "The assignment `a, b = b, a + b` changes both at once, using the old values. Written in two lines, the "
        "second line would already see the new `a`.",
    ),
    "binomial": (
        "To choose k things from n, multiply n, n - 1 and so on, k factors, and divide by 1, 2, up to k. From 5 "
        "things one can choose 2 in 5 * 4 // 2 = 10 ways.",
        "Multiply before dividing in each step: then every division comes out even. If k is larger than n, one of the "
        "factors is 0, and so is the answer.",
    ),
    "pascal_row": (
        "Each row of Pascal's triangle starts and ends with 1, and every other number is the sum of the two above it. "
        "Adding the row to itself, shifted by one place, makes the next row.",
        "The row with index n has n + 1 numbers, and their sum is 2 to the power of n. Counting starts at 0: row 0 is "
        "just [1].",
    ),
    "factorial_zeros": (
        "A zero at the end of a factorial comes from a pair of factors 2 and 5, and there are always enough twos. So "
        "count the fives: the multiples of 5, then those of 25, which give a second one, and so on.",
        "There is no need to compute the factorial, which would be huge. Counting only the multiples of 5 forgets the "
        "second five in 25.",
    ),
    "modular_power": (
        "To find a power modulo m, take the remainder after each multiplication, so that the numbers stay small. "
        "Python's `pow` with three arguments does this, and squares its way up to be fast.",
        "The remainder of a product is the remainder of the product of the remainders: that is why one may reduce at "
        "every step. With `%` at the end alone the result is the same, only the numbers in between grow.",
    ),
    "integer_root": (
        "The integer square root is the last i whose square does not exceed the number; count upwards, or halve the "
        "range in which it must lie. For 20 it is 4, since 25 is too much.",
        "`int(n ** 0.5)` can be off by one for very large numbers, since `**` with 0.5 computes with decimals. "
        "Comparing squares of integers is always exact.",
    ),
    "in_base": (
        "The remainder of the division by the base is the last digit; the quotient holds the others. Repeat with the "
        "quotient until it is 0, putting each new digit in front.",
        "The digits appear from right to left, so each goes to the front of the string. For 0 the loop never runs, "
        "and the answer '0' must be given separately.",
    ),
    "digital_root": (
        "Add up the digits, then the digits of the sum, until one digit is left: 9875 gives 29, then 11, then 2. The "
        "digit sum has the same remainder by 9 as the number, which allows a direct formula.",
        "A multiple of 9 has the digital root 9, not 0; only 0 itself gives 0. The formula `1 + (n - 1) % 9` takes "
        "care of this.",
    ),
    "digit_square_sum": (
        "Take each digit, square it, and add: 32 gives 9 + 4 = 13. The digits come from the characters of `str(n)` "
        "or, one by one, from `n % 10`.",
        "Square the digits before adding; the square of the digit sum is something else. A character must be turned "
        "into a number with `int` first.",
    ),
    "is_armstrong": (
        "Count the digits, raise each digit to that power, and compare the sum with the number. 153 has three digits, "
        "and 1 + 125 + 27 is 153 again.",
        "The exponent is the number of digits, not always 3. Every number of one digit fulfils the condition.",
    ),
    "is_triangular": (
        "Add 1, 2, 3 and so on until the sum reaches the number or passes it; if it is hit exactly, the number is "
        "triangular. These are the numbers of stones that form a triangle.",
        "Stop as soon as the sum is too large, since it can only grow. The number 0 counts, as the sum of nothing.",
    ),
    "is_harshad": (
        "Add up the digits and see whether the sum divides the number. 18 has the digit sum 9, and 9 divides 18.",
        "The digit sum of 0 is 0, and dividing by it is an error, so the number must be positive. A number of one "
        "digit always fulfils the condition.",
    ),
    "is_happy": (
        "Replace the number by the sum of the squares of its digits, again and again. Either 1 appears, and it stays "
        "1, or the numbers run in a circle; a set of those seen before notices the circle.",
        "Without a test for repetition the loop would never end for an unhappy number. All unhappy numbers come to 4 "
        "sooner or later, which makes a shorter test.",
    ),
}
