"""The lexicon: one line for each predicate and map that fills the holes of schemas.

    kinds | expression of x | tag | wordings | constants

A predicate has one kind, a map two (`int>str`). The tag stands in function names. Wordings are separated by `;`: a
predicate's is a verb phrase in the singular, or behind `~` an adjective; a map's is a noun phrase in which X is the
item. K (or A and B) stand for constants: `1..9`, or a list of values, of pairs with a comma for A and B. A constant may
also follow the tag (`above_K`). `{K}` in a wording is the constant as Python writes it.
"""

WORDS = r"""
int | x % 2 == 0 | even | is even; is divisible by two; ~even; leaves no remainder when halved
int | x % 2 == 1 | odd | is odd; is not divisible by two; ~odd; leaves a remainder when halved
int | x > K | above_K | is greater than {K}; exceeds {K}; is above {K}; is larger than {K} | 0..30
int | x < K | below_K | is less than {K}; is below {K}; is smaller than {K}; is under {K} | 0..30
int | x >= K | at_least_K | is at least {K}; is {K} or more; is not less than {K} | 1..30
int | x <= K | at_most_K | is at most {K}; is {K} or less; does not exceed {K} | 0..30
int | x != K | not_K | is not {K}; differs from {K}; is different from {K} | 0..12
int | x % K == 0 | divisible_by_K | is divisible by {K}; is a multiple of {K}; can be divided by {K} | 3..12
int | x % K != 0 | not_divisible_by_K | is not divisible by {K}; is not a multiple of {K}; cannot be divided by {K} | 3..9
int | x % K == A | mod_K_A | leaves the remainder {A} when divided by {K}; is {A} modulo {K} | A,K 1,3 2,3 1,4 3,4 2,5 4,5
int | A <= x <= B | between_A_and_B | lies between {A} and {B} (inclusive); is in the range from {A} to {B}; is no less than {A} and no greater than {B} | A,B 1,5 2,8 0,9 5,15 10,20 3,12 1,10 -5,5
int | x < A or x > B | outside_A_B | lies outside the range from {A} to {B}; is less than {A} or greater than {B} | A,B 0,9 1,5 2,8 5,15 -5,5
int | x > 0 | positive | is positive; is greater than zero; ~positive; is above zero
int | x < 0 | negative | is negative; is less than zero; ~negative; is below zero
int | x != 0 | nonzero | is not zero; is different from zero; ~non-zero
int | str(x) == str(x)[::-1] | palindrome | reads the same backwards; is a palindrome; has digits that form a palindrome
int | 'K' in str(x) | with_K | contains the digit {K}; has the digit {K}; is written with a {K} | 0..9
int | len(str(abs(x))) == K | K_digits | has exactly {K} digits; is written with {K} digits | 1 2 3
int | x > 0 and int(x**0.5) ** 2 == x | square | is a perfect square; has a whole number as its square root
int | x > 1 and all(x % d != 0 for d in range(2, int(x**0.5) + 1)) | prime | is prime; is a prime number; ~prime
int | sum(int(d) for d in str(abs(x))) % 2 == 0 | even_digit_sum | has an even digit sum; has digits that add up to an even number
int | sum(int(d) for d in str(abs(x))) > K | digit_sum_above_K | has digits that add up to more than {K}; has a digit sum greater than {K} | 4..12
int | abs(x) > K | far_from_zero | is more than {K} away from zero; has an absolute value above {K} | 3..12
int | x > 0 and x & (x - 1) == 0 | power_of_two | is a power of two; is a power of 2
int | abs(x) % 10 == K | ending_in_K | ends with the digit {K}; ends in {K}; has {K} as the last digit | 0..9
float | x > K | above_K | is greater than {K}; exceeds {K}; is above {K}; is larger than {K} | 0.0 0.5 1.0 2.5 3.0 10.0
float | x < K | below_K | is less than {K}; is below {K}; is smaller than {K} | 0.0 0.5 1.0 2.5 5.0
float | x < 0 | negative | is negative; is less than zero; ~negative
float | x > 0 | positive | is positive; is greater than zero; ~positive
float | A <= x <= B | between | lies between {A} and {B} (inclusive); is in the range from {A} to {B} | A,B 0.0,1.0 0.5,2.5 -1.0,1.0 1.0,5.0
float | x == int(x) | whole | is a whole number; has no fractional part; ~whole
float | x != int(x) | fractional | is not a whole number; has a fractional part
float | abs(x) < K | near_zero | is closer to zero than {K}; has an absolute value less than {K} | 1.0 2.0 5.0
str | len(x) > K | longer_than_K | is longer than {K} characters; has more than {K} characters; has length greater than {K} | 1..8
str | len(x) < K | shorter_than_K | is shorter than {K} characters; has fewer than {K} characters; has length less than {K} | 2..8
str | len(x) == K | of_length_K | has exactly {K} characters; is {K} characters long; has length {K} | 1..7
str | len(x) % 2 == 0 | of_even_length | has an even number of characters; has even length
str | len(x) % 2 == 1 | of_odd_length | has an odd number of characters; has odd length
str | x == x[::-1] | palindrome | is a palindrome; reads the same backwards; is equal to its reverse
str | x[:1].lower() in list("aeiou") | starting_with_vowel | starts with a vowel; begins with a vowel; has a vowel as the first letter
str | x.startswith(K) | starting_with_K | starts with {K}; begins with {K}; has the first letter {K} | letters
str | x.endswith(K) | ending_with_K | ends with {K}; has {K} at the end; has the last letter {K} | letters
str | K in x | with_K | contains the letter {K}; contains {K}; has the letter {K} in it | letters
str | K not in x | without_K | does not contain the letter {K}; does not contain {K}; has no {K} in it | letters
str | x.isupper() | upper_case | is written in upper case; is in capital letters; ~upper-case
str | x.islower() | lower_case | is written in lower case; is in small letters; ~lower-case
str | x[:1].isupper() | capitalized | starts with a capital letter; begins with an upper-case letter; ~capitalized
str | len(set(x)) == len(x) | with_distinct_letters | has no repeated character; consists of different characters; never uses a character twice
str | len(set(x)) < len(x) | with_repeated_letters | has a repeated character; uses some character more than once
str | x.isdigit() | numeric | consists of digits only; is made of digits; ~numeric
str | x.isalpha() | alphabetic | consists of letters only; is made of letters; ~alphabetic
str | any(c.isdigit() for c in x) | with_digit | contains a digit; has at least one digit in it
str | x.count(K) > 1 | with_two_K | contains {K} more than once; has at least two times the letter {K} | letters
str | x[:1] == x[-1:] | same_ends | starts and ends with the same character; has equal first and last characters
str | sum(c in "aeiou" for c in x.lower()) >= K | with_K_vowels | contains at least {K} vowels; has {K} or more vowels | 1 2 3
Char | x.lower() in "aeiou" | vowel | is a vowel; is one of a, e, i, o and u; is one of the five vowels
Char | x.isalpha() and x.lower() not in "aeiou" | consonant | is a consonant; is a letter but not a vowel
Char | x.isupper() | upper | is an upper-case letter; is a capital letter; is in upper case; is uppercase
Char | x.islower() | lower | is a lower-case letter; is a small letter; is in lower case; is lowercase
Char | x.isdigit() | digit | is a digit; is a decimal digit; is one of the digits 0 to 9
Char | x.isalpha() | letter | is a letter; is a letter of the alphabet; is alphabetic
Char | x.isalnum() | alphanumeric | is a letter or a digit; is alphanumeric
Char | not x.isalnum() | symbol | is neither a letter nor a digit; is not alphanumeric
Char | x == K | equal_K | equals {K}; is {K}; is equal to {K} | '.' ',' '-' '_' ' ' 'a' 'e' 'x' '!' '0'
Char | x in K | in_set | is one of the characters {K}; occurs in {K} | '()' '.,!' 'xyz' 'abc' '+-*/' '[]' '01'
Char | x == " " | space | is a space; is a blank
Char | x > K | after_K | comes after {K} in the order of code points; is greater than {K} | 'a' 'm' 'M'
int>int | x * x | squared | the square of X; X squared; X multiplied by itself
int>int | x**3 | cubed | the cube of X; X cubed; X to the power of three
int>int | abs(x) | absolute | the absolute value of X; X without its sign; the distance of X from zero
int>int | -x | negated | the negative of X; X with its sign changed; minus X
int>int | x * K | times_K | {K} times X; X multiplied by {K}; the product of X and {K} | 2..12
int>int | x + K | plus_K | X plus {K}; the sum of X and {K}; X increased by {K} | 1..20
int>int | x - K | minus_K | X minus {K}; X reduced by {K}; the difference of X and {K} | 1..20
int>int | K - x | from_K | {K} minus X; the difference between {K} and X | 5 10 20 100
int>int | sum(int(d) for d in str(abs(x))) | digit_sum | the sum of the digits of X; the digit sum of X
int>int | len(str(abs(x))) | num_digits | the number of digits of X; the digit count of X
int>int | max(int(d) for d in str(abs(x))) | largest_digit | the largest digit of X; the greatest of the digits of X
int>int | x % K | mod_K | the remainder of X divided by {K}; X modulo {K}; the remainder of dividing X by {K} | 2..10
int>int | x // K | over_K | X divided by {K} and rounded down; the integer quotient of X and {K}; X floor-divided by {K} | 2..10
int>int | int(str(abs(x))[::-1]) | reversed_digits | the number formed by the digits of X in reverse; X with its digits reversed
int>int | max(x, K) | floored_at_K | the larger of X and {K}; X, but at least {K} | 0..5
int>int | min(x, K) | capped_at_K | the smaller of X and {K}; X, but at most {K} | 5..12
int>int | x * (x + 1) // 2 | triangular | X times its successor, halved; the triangular number of X
int>int | bin(abs(x)).count("1") | ones | the number of ones in the binary form of X; the number of 1 bits of X
int>str | str(x) | text | the decimal representation of X; X as a string; X written as text
int>str | str(x) + K | with_suffix | X as a string followed by {K}; the digits of X with {K} appended | '!' '%' 'px' 'th'
int>str | bin(abs(x))[2:] | binary | the binary form of X; X in base 2
int>str | "even" if x % 2 == 0 else "odd" | parity | 'even' if X is even and 'odd' otherwise; the parity of X as a word, 'even' or 'odd'
int>float | x / K | over_K | X divided by {K}; the quotient of X and {K} | 2 4 5 8 10
int>float | x * K | scaled | {K} times X; X multiplied by {K} | 0.5 1.5 2.5
float>float | round(x, K) | rounded | X rounded to {K} decimal places; X rounded to {K} decimals; X with {K} digits after the point | 1 2
float>float | x / K | over_K | X divided by {K}; the quotient of X and {K} | 2 4 10
float>float | x * K | times_K | {K} times X; X multiplied by {K} | 2 3 10 0.5
float>float | abs(x) | absolute | the absolute value of X; the distance of X from zero; X without its sign
float>float | x * x | squared | the square of X; X squared; X multiplied by itself
float>float | x - int(x) | fraction | the fractional part of X; the part of X behind the decimal point
float>float | -x | negated | the negative of X; X with its sign changed
float>int | int(x) | whole_part | the integer part of X; X with its fraction cut off; X truncated to an integer
float>int | round(x) | rounded | X rounded to the nearest integer; the integer nearest to X
float>str | str(x) | text | X as a string; X written as text
str>int | len(x) | length | the length of X; the number of characters in X; the character count of X
str>int | sum(c in "aeiou" for c in x.lower()) | num_vowels | the number of vowels in X; the count of vowels in X; the vowel count of X
str>int | x.count(K) | count_of_K | the number of times {K} occurs in X; the number of occurrences of {K} in X; the count of {K} in X | letters
str>int | len(set(x)) | num_distinct | the number of different characters in X; the count of distinct characters in X
str>int | sum(c.isupper() for c in x) | num_capitals | the number of capital letters in X; the number of upper-case letters in X
str>int | sum(c.isdigit() for c in x) | num_digits | the number of digits in X; the count of digits in X
str>int | x.find(K) | position_of_K | the index of the first {K} in X (-1 if there is none); the position of the first {K} in X (or -1) | letters
str>int | sum(ord(c) for c in x) | code_sum | the sum of the code points of X; the sum of the character codes in X
str>str | x.upper() | upper | the upper-case form of X; X in upper case; X in capital letters
str>str | x.lower() | lower | the lower-case form of X; X in lower case; X in small letters
str>str | x.capitalize() | capitalized | X with only its first letter capitalized; the capitalized form of X
str>str | x.swapcase() | swapped_case | X with upper and lower case exchanged; X with the case of each letter swapped
str>str | x[::-1] | reversed | the reverse of X; X reversed; X read backwards
str>str | x[:K] | first_K | the first {K} characters of X; the leading {K} characters of X | 1..4
str>str | x[-K:] | last_K | the last {K} characters of X; the final {K} characters of X | 1..4
str>str | x[K:] | without_first_K | X without its first {K} characters; the rest of X after its first {K} characters | 1 2 3
str>str | x + x | doubled | X written twice; X followed by itself; two copies of X
str>str | x + K | with_suffix | X followed by {K}; X with {K} appended; {K} added to the end of X | '!' '?' 's' '_' 'ed'
str>str | K + x | with_prefix | {K} followed by X; X with {K} put in front; {K} added before X | '#' '-' 're' '> '
str>str | x.replace(K, "") | without_K | X without any {K}; X with every {K} removed | letters
str>str | x.replace(A, B) | with_B_for_A | X with every {A} replaced by {B}; X after changing each {A} to {B} | A,B 'a','e' 'o','0' 'e','3' 's','z' 'i','y'
str>str | "".join(sorted(x)) | sorted_letters | the characters of X in sorted order; X with its characters sorted
str>str | x[:1] | initial | the first character of X; the initial of X
str>str | x[-1:] | last_letter | the last character of X; the final character of X
str>str | x.strip() | stripped | X without spaces around it; X stripped of surrounding spaces
str>str | "".join(c for c in x if c.lower() not in "aeiou") | without_vowels | X without its vowels; X with all vowels removed
Char>str | x.upper() | upper | the upper-case form of X; X in upper case
Char>str | x.lower() | lower | the lower-case form of X; X in lower case
Char>str | x.swapcase() | swapped_case | X with its case changed; X in the other case
Char>str | K | masked | {K}; the character {K} | '*' '_' '-' '#' '.' '?'
Char>str | x * K | repeated | X repeated {K} times; {K} copies of X | 2 3
Char>str | chr(ord(x) + K) | shifted | the character whose code is {K} more than that of X; X shifted by {K} code points | 1 2 3
Char>str | "[" + x + "]" | bracketed | X between square brackets; X put in square brackets
Char>int | ord(x) | code | the code point of X; the character code of X; the Unicode code of X
Char>int | ord(x.lower()) - ord("a") + 1 if x.isalpha() else 0 | letter_value | the position of X in the alphabet counted from 1, or 0 for what is no letter; the alphabet position of X, 1 for 'a', and 0 if X is not a letter
Char>int | int(x) if x.isdigit() else 0 | digit_value | the value of X if X is a digit and 0 otherwise; X as an integer, or 0 if X is not a digit
"""
