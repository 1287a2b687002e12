"""The lexicon: one line for each predicate and map that fills the holes of schemas.

    kinds | expression of x | tag | wordings | constants

A predicate has one kind, a map two (`int>str`). The tag stands in function names. Wordings are separated by `;`: a
predicate's is a verb phrase in the singular, or behind `~` an adjective; a map's is a noun phrase in which X is the
item. K (or A and B) stand for constants: `1..9`, or a list of values, of pairs with a comma for A and B. A constant may
also follow the tag (`above_K`). `{K}` in a wording is the constant as Python writes it.
"""

WORDS = r"""
int | x % 2 == 0 | even | is even; is divisible by two; ~even; leaves no remainder when halved; can be halved without a remainder; is an even number; is a multiple of two
int | x % 2 == 1 | odd | is odd; is not divisible by two; ~odd; leaves a remainder when halved; is an odd number; leaves the remainder 1 when divided by two
int | x > K | above_K | is greater than {K}; exceeds {K}; is above {K}; is larger than {K}; is more than {K}; is bigger than {K}; is over {K}; is higher than {K} | 0..30
int | x < K | below_K | is less than {K}; is below {K}; is smaller than {K}; is under {K}; is lower than {K}; does not reach {K} | 0..30
int | x >= K | at_least_K | is at least {K}; is {K} or more; is not less than {K}; is no less than {K}; is greater than or equal to {K} | 1..30
int | x <= K | at_most_K | is at most {K}; is {K} or less; does not exceed {K}; is no more than {K}; is less than or equal to {K}; is not above {K} | 0..30
int | x != K | not_K | is not {K}; differs from {K}; is different from {K}; is not equal to {K}; does not equal {K}; is other than {K} | 0..12
int | x % K == 0 | divisible_by_K | is divisible by {K}; is a multiple of {K}; can be divided by {K}; leaves no remainder when divided by {K}; is evenly divisible by {K}; has {K} as a divisor | 3..12
int | x % K != 0 | not_divisible_by_K | is not divisible by {K}; is not a multiple of {K}; cannot be divided by {K}; leaves a remainder when divided by {K}; does not have {K} as a divisor | 3..9
int | x % K == A | mod_K_A | leaves the remainder {A} when divided by {K}; is {A} modulo {K}; has the remainder {A} on division by {K}; gives {A} as the remainder of a division by {K} | A,K 1,3 2,3 1,4 3,4 2,5 4,5
int | A <= x <= B | between_A_and_B | lies between {A} and {B} (inclusive); is in the range from {A} to {B}; is no less than {A} and no greater than {B}; is between {A} and {B}, both included; is at least {A} and at most {B}; falls into the range {A} to {B} | A,B 1,5 2,8 0,9 5,15 10,20 3,12 1,10 -5,5
int | x < A or x > B | outside_A_B | lies outside the range from {A} to {B}; is less than {A} or greater than {B}; is not in the range from {A} to {B}; is below {A} or above {B} | A,B 0,9 1,5 2,8 5,15 -5,5
int | x > 0 | positive | is positive; is greater than zero; ~positive; is above zero; is larger than zero; is more than 0; is a positive number
int | x < 0 | negative | is negative; is less than zero; ~negative; is below zero; is smaller than zero; has a minus sign; is a negative number; is less than 0
int | x != 0 | nonzero | is not zero; is different from zero; ~non-zero; is not equal to zero; is not 0; does not equal zero
int | str(x) == str(x)[::-1] | palindrome | reads the same backwards; is a palindrome; has digits that form a palindrome; is the same when its digits are reversed; is palindromic
int | 'K' in str(x) | with_K | contains the digit {K}; has the digit {K}; is written with a {K}; has a {K} among its digits; includes the digit {K} | 0..9
int | len(str(abs(x))) == K | K_digits | has exactly {K} digits; is written with {K} digits; is a number of {K} digits; consists of {K} digits | 1 2 3
int | x > 0 and int(x**0.5) ** 2 == x | square | is a perfect square; has a whole number as its square root; is the square of an integer; is a square number
int | x > 1 and all(x % d != 0 for d in range(2, int(x**0.5) + 1)) | prime | is prime; is a prime number; ~prime; has no divisors but 1 and itself; is a prime
int | sum(int(d) for d in str(abs(x))) % 2 == 0 | even_digit_sum | has an even digit sum; has digits that add up to an even number; has digits whose sum is even; has an even sum of digits
int | sum(int(d) for d in str(abs(x))) > K | digit_sum_above_K | has digits that add up to more than {K}; has a digit sum greater than {K}; has digits whose sum is above {K}; has a sum of digits greater than {K} | 4..12
int | abs(x) > K | far_from_zero | is more than {K} away from zero; has an absolute value above {K}; is farther than {K} from zero; is greater than {K} in absolute value | 3..12
int | x > 0 and x & (x - 1) == 0 | power_of_two | is a power of two; is a power of 2; equals two to the power of some integer; is 1, 2, 4, 8 or another power of two
int | abs(x) % 10 == K | ending_in_K | ends with the digit {K}; ends in {K}; has {K} as the last digit; has a last digit of {K}; has the final digit {K} | 0..9
float | x > K | above_K | is greater than {K}; exceeds {K}; is above {K}; is larger than {K}; is more than {K}; is bigger than {K}; is over {K}; is higher than {K} | 0.0 0.5 1.0 2.5 3.0 10.0
float | x < K | below_K | is less than {K}; is below {K}; is smaller than {K}; is under {K}; is lower than {K} | 0.0 0.5 1.0 2.5 5.0
float | x < 0 | negative | is negative; is less than zero; ~negative; has a minus sign; is below zero; is smaller than 0
float | x > 0 | positive | is positive; is greater than zero; ~positive; is above zero; is larger than 0; is a positive number
float | A <= x <= B | between | lies between {A} and {B} (inclusive); is in the range from {A} to {B}; is at least {A} and at most {B}; is between {A} and {B}, both included | A,B 0.0,1.0 0.5,2.5 -1.0,1.0 1.0,5.0
float | x == int(x) | whole | is a whole number; has no fractional part; ~whole; equals an integer; has nothing after the decimal point but zeros
float | x != int(x) | fractional | is not a whole number; has a fractional part; does not equal an integer; has something after the decimal point
float | abs(x) < K | near_zero | is closer to zero than {K}; has an absolute value less than {K}; is less than {K} away from zero; is smaller than {K} in absolute value | 1.0 2.0 5.0
str | len(x) > K | longer_than_K | is longer than {K} characters; has more than {K} characters; has length greater than {K}; has a length above {K}; is made of more than {K} characters; has over {K} letters | 1..8
str | len(x) < K | shorter_than_K | is shorter than {K} characters; has fewer than {K} characters; has length less than {K}; has a length below {K}; is made of fewer than {K} characters; has under {K} letters | 2..8
str | len(x) == K | of_length_K | has exactly {K} characters; is {K} characters long; has length {K}; consists of {K} characters; has a length of {K}; has {K} letters | 1..7
str | len(x) % 2 == 0 | of_even_length | has an even number of characters; has even length; has a length that is even; has a length divisible by two
str | len(x) % 2 == 1 | of_odd_length | has an odd number of characters; has odd length; has a length that is odd; has a length not divisible by two
str | x == x[::-1] | palindrome | is a palindrome; reads the same backwards; is equal to its reverse; is the same when reversed; stays the same when read from right to left; is palindromic
str | x[:1].lower() in list("aeiou") | starting_with_vowel | starts with a vowel; begins with a vowel; has a vowel as the first letter; has a first letter that is a vowel; has a vowel at the beginning
str | x.startswith(K) | starting_with_K | starts with {K}; begins with {K}; has the first letter {K}; has {K} as its first letter; has {K} at the beginning; has the initial {K} | letters
str | x.endswith(K) | ending_with_K | ends with {K}; has {K} at the end; has the last letter {K}; ends in {K}; has {K} as its last letter; closes with {K} | letters
str | K in x | with_K | contains the letter {K}; contains {K}; has the letter {K} in it; has {K} in it; includes {K}; has an {K} somewhere; includes the letter {K} | letters
str | K not in x | without_K | does not contain the letter {K}; does not contain {K}; has no {K} in it; does not include {K}; does not have {K} in it; lacks the letter {K}; is free of {K} | letters
str | x.isupper() | upper_case | is written in upper case; is in capital letters; ~upper-case; has all its letters in upper case; is in upper case; is uppercase
str | x.islower() | lower_case | is written in lower case; is in small letters; ~lower-case; has all its letters in lower case; is in lower case; is lowercase
str | x[:1].isupper() | capitalized | starts with a capital letter; begins with an upper-case letter; ~capitalized; has a capital first letter; has an upper-case letter at the beginning; begins with a capital
str | len(set(x)) == len(x) | with_distinct_letters | has no repeated character; consists of different characters; uses no character twice; has no character twice; has only different characters; does not repeat any character
str | len(set(x)) < len(x) | with_repeated_letters | has a repeated character; uses some character more than once; repeats some character; has some character twice or more
str | x.isdigit() | numeric | consists of digits only; is made of digits; ~numeric; has digits and nothing else; contains only digits; is made up of digits
str | x.isalpha() | alphabetic | consists of letters only; is made of letters; ~alphabetic; has letters and nothing else; contains only letters; is made up of letters
str | any(c.isdigit() for c in x) | with_digit | contains a digit; has at least one digit in it; has some digit in it; includes a digit; has one digit or more
str | x.count(K) > 1 | with_two_K | contains {K} more than once; has at least two times the letter {K}; has {K} twice or more; has two or more of the letter {K}; has more than one {K} | letters
str | x[:1] == x[-1:] | same_ends | starts and ends with the same character; has equal first and last characters; begins and ends with the same character; has the same character at both ends
str | sum(c in "aeiou" for c in x.lower()) >= K | with_K_vowels | contains at least {K} vowels; has {K} or more vowels; has at least {K} vowels; includes no fewer than {K} vowels | 1 2 3
Char | x.lower() in "aeiou" | vowel | is a vowel; is one of a, e, i, o and u; is one of the five vowels; is among the vowels; belongs to a, e, i, o and u; is a vowel letter
Char | x.isalpha() and x.lower() not in "aeiou" | consonant | is a consonant; is a letter but not a vowel; is a consonant letter; is among the consonants
Char | x.isupper() | upper | is an upper-case letter; is a capital letter; is in upper case; is uppercase; is a capital; is an uppercase letter; belongs to the capital letters
Char | x.islower() | lower | is a lower-case letter; is a small letter; is in lower case; is lowercase; is a lowercase letter; belongs to the small letters
Char | x.isdigit() | digit | is a digit; is a decimal digit; is one of the digits 0 to 9; is a numeral; is numeric; is between '0' and '9'
Char | x.isalpha() | letter | is a letter; is a letter of the alphabet; is alphabetic; belongs to the alphabet; is an alphabetic character
Char | x.isalnum() | alphanumeric | is a letter or a digit; is alphanumeric; is one of the letters and digits
Char | not x.isalnum() | symbol | is neither a letter nor a digit; is not alphanumeric; is no letter and no digit; is a special character
Char | x == K | equal_K | equals {K}; is {K}; is equal to {K}; is the character {K}; is the same as {K} | '.' ',' '-' '_' ' ' 'a' 'e' 'x' '!' '0'
Char | x in K | in_set | is one of the characters {K}; occurs in {K}; is contained in {K}; is in the string {K}; is found in {K} | '()' '.,!' 'xyz' 'abc' '+-*/' '[]' '01'
Char | x == " " | space | is a space; is a blank; is a space character; is ' '
Char | x > K | after_K | comes after {K} in the order of code points; is greater than {K}; is larger than {K} by its code; has a code above that of {K} | 'a' 'm' 'M'
int>int | x * x | squared | the square of X; X squared; X multiplied by itself; the second power of X; X to the power of two; X times itself
int>int | x**3 | cubed | the cube of X; X cubed; X to the power of three; the third power of X; X raised to the third power
int>int | abs(x) | absolute | the absolute value of X; X without its sign; the distance of X from zero; X made positive; the magnitude of X; X regardless of its sign
int>int | -x | negated | the negative of X; X with its sign changed; minus X; X multiplied by -1; the opposite of X; X with the opposite sign
int>int | x * K | times_K | {K} times X; X multiplied by {K}; the product of X and {K}; {K} multiplied by X; X taken {K} times; {K} * X | 2..12
int>int | x + K | plus_K | X plus {K}; the sum of X and {K}; X increased by {K}; X with {K} added; {K} more than X; {K} added to X; X + {K} | 1..20
int>int | x - K | minus_K | X minus {K}; X reduced by {K}; the difference of X and {K}; {K} less than X; X decreased by {K}; X with {K} subtracted; {K} subtracted from X | 1..20
int>int | K - x | from_K | {K} minus X; the difference between {K} and X; what is missing from X to {K}; X subtracted from {K} | 5 10 20 100
int>int | sum(int(d) for d in str(abs(x))) | digit_sum | the sum of the digits of X; the digit sum of X; what the digits of X add up to; all digits of X added up; the sum of all digits in X
int>int | len(str(abs(x))) | num_digits | the number of digits of X; the digit count of X; how many digits X has; the length of X in digits
int>int | max(int(d) for d in str(abs(x))) | largest_digit | the largest digit of X; the greatest of the digits of X; the highest digit in X; the maximum of the digits of X
int>int | x % K | mod_K | the remainder of X divided by {K}; X modulo {K}; the remainder of dividing X by {K}; what remains when X is divided by {K}; X mod {K}; the rest of X after division by {K} | 2..10
int>int | x // K | over_K | X divided by {K} and rounded down; the integer quotient of X and {K}; X floor-divided by {K}; how many times {K} fits into X; the whole part of X divided by {K}; X // {K} | 2..10
int>int | int(str(abs(x))[::-1]) | reversed_digits | the number formed by the digits of X in reverse; X with its digits reversed; the digits of X read backwards as a number; the reverse of the number X
int>int | max(x, K) | floored_at_K | the larger of X and {K}; X, but at least {K}; the maximum of X and {K}; X, raised to {K} if it is smaller | 0..5
int>int | min(x, K) | capped_at_K | the smaller of X and {K}; X, but at most {K}; the minimum of X and {K}; X, lowered to {K} if it is larger | 5..12
int>int | x * (x + 1) // 2 | triangular | X times its successor, halved; the triangular number of X; half the product of X and its successor; the sum of the numbers from 1 to X as X * (X + 1) / 2
int>int | bin(abs(x)).count("1") | ones | the number of ones in the binary form of X; the number of 1 bits of X; how many bits of X are 1; the count of ones in X written in binary
int>str | str(x) | text | the decimal representation of X; X as a string; X written as text; X converted to a string; the string form of X; the digits of X as text
int>str | str(x) + K | with_suffix | X as a string followed by {K}; the digits of X with {K} appended; X written as text with {K} behind it; X and then {K} as one string | '!' '%' 'px' 'th'
int>str | bin(abs(x))[2:] | binary | the binary form of X; X in base 2; X converted to binary; X written in binary; the binary representation of X
int>str | "even" if x % 2 == 0 else "odd" | parity | 'even' if X is even and 'odd' otherwise; the parity of X as a word, 'even' or 'odd'; the word 'even' or 'odd' for X; 'odd' if X is odd, else 'even'
int>float | x / K | over_K | X divided by {K}; the quotient of X and {K}; X over {K}; the result of dividing X by {K}; one part of X split into {K} equal ones | 2 4 5 8 10
int>float | x * K | scaled | {K} times X; X multiplied by {K}; the product of {K} and X; {K} * X | 0.5 1.5 2.5
float>float | round(x, K) | rounded | X rounded to {K} decimal places; X rounded to {K} decimals; X with {K} digits after the point; X to {K} decimals; X rounded off to {K} places after the point | 1 2
float>float | x / K | over_K | X divided by {K}; the quotient of X and {K}; X over {K}; the result of dividing X by {K} | 2 4 10
float>float | x * K | times_K | {K} times X; X multiplied by {K}; the product of X and {K}; {K} multiplied by X | 2 3 10 0.5
float>float | abs(x) | absolute | the absolute value of X; the distance of X from zero; X without its sign; the magnitude of X; X made positive; X regardless of its sign
float>float | x * x | squared | the square of X; X squared; X multiplied by itself; X to the power of two; X times itself; the second power of X
float>float | x - int(x) | fraction | the fractional part of X; the part of X behind the decimal point; what X has behind the decimal point; X without its integer part
float>float | -x | negated | the negative of X; X with its sign changed; the opposite of X; X multiplied by -1
float>int | int(x) | whole_part | the integer part of X; X with its fraction cut off; X truncated to an integer; X without its fractional part; X rounded towards zero; X as an integer, decimals dropped
float>int | round(x) | rounded | X rounded to the nearest integer; the integer nearest to X; X rounded to a whole number; the closest integer to X
float>str | str(x) | text | X as a string; X written as text; X converted to a string; the string form of X
str>int | len(x) | length | the length of X; the number of characters in X; the character count of X; how many characters X has; how long X is; the number of letters in X; the size of X
str>int | sum(c in "aeiou" for c in x.lower()) | num_vowels | the number of vowels in X; the count of vowels in X; the vowel count of X; how many vowels X has; how many vowels there are in X
str>int | x.count(K) | count_of_K | the number of times {K} occurs in X; the number of occurrences of {K} in X; the count of {K} in X; how many {K} X has; how often {K} occurs in X; how many times {K} appears in X | letters
str>int | len(set(x)) | num_distinct | the number of different characters in X; the count of distinct characters in X; how many different characters X has; the number of distinct characters in X; how many distinct letters X has
str>int | sum(c.isupper() for c in x) | num_capitals | the number of capital letters in X; the number of upper-case letters in X; how many capital letters X has; the count of upper-case letters in X
str>int | sum(c.isdigit() for c in x) | num_digits | the number of digits in X; the count of digits in X; how many digits X has; how many characters of X are digits
str>int | x.find(K) | position_of_K | the index of the first {K} in X (-1 if there is none); the position of the first {K} in X (or -1); where {K} first stands in X, or -1; the first index at which X has {K}, or -1 | letters
str>int | sum(ord(c) for c in x) | code_sum | the sum of the code points of X; the sum of the character codes in X; the total of the codes of the characters in X; the codes of all characters in X added up
str>str | x.upper() | upper | the upper-case form of X; X in upper case; X in capital letters; X with all letters in upper case; X converted to upper case; X in uppercase
str>str | x.lower() | lower | the lower-case form of X; X in lower case; X in small letters; X with all letters in lower case; X converted to lower case; X in lowercase
str>str | x.capitalize() | capitalized | X with only its first letter capitalized; the capitalized form of X; X with a capital first letter and small ones behind it; X capitalized
str>str | x.swapcase() | swapped_case | X with upper and lower case exchanged; X with the case of each letter swapped; X with its capital letters made small and its small ones capital; X with swapped case
str>str | x[::-1] | reversed | the reverse of X; X reversed; X read backwards; X from back to front; X in reverse; the letters of X in reverse order; X backwards
str>str | x[:K] | first_K | the first {K} characters of X; the leading {K} characters of X; the first {K} letters of X; the beginning of X, {K} characters long; X cut after {K} characters | 1..4
str>str | x[-K:] | last_K | the last {K} characters of X; the final {K} characters of X; the last {K} letters of X; the end of X, {K} characters long | 1..4
str>str | x[K:] | without_first_K | X without its first {K} characters; the rest of X after its first {K} characters; X with its first {K} characters removed; X from index {K} on; what follows the first {K} characters of X | 1 2 3
str>str | x + x | doubled | X written twice; X followed by itself; two copies of X; X repeated twice; X doubled; X and the same once more
str>str | x + K | with_suffix | X followed by {K}; X with {K} appended; {K} added to the end of X; X with {K} at the end; X and then {K}; X plus {K} at its end | '!' '?' 's' '_' 'ed'
str>str | K + x | with_prefix | {K} followed by X; X with {K} put in front; {K} added before X; X with {K} before it; {K} and then X; X with {K} at the front | '#' '-' 're' '> '
str>str | x.replace(K, "") | without_K | X without any {K}; X with every {K} removed; X without the letter {K}; X with all {K} deleted; what remains of X without {K} | letters
str>str | x.replace(A, B) | with_B_for_A | X with every {A} replaced by {B}; X after changing each {A} to {B}; X with {B} for {A}; X with {B} in place of each {A}; X after replacing {A} with {B} | A,B 'a','e' 'o','0' 'e','3' 's','z' 'i','y'
str>str | "".join(sorted(x)) | sorted_letters | the characters of X in sorted order; X with its characters sorted; the letters of X sorted; X with its letters in ascending order; X sorted by character
str>str | x[:1] | initial | the first character of X; the initial of X; the first letter of X; the letter at the beginning of X
str>str | x[-1:] | last_letter | the last character of X; the final character of X; the last letter of X; the letter at the end of X
str>str | x.strip() | stripped | X without spaces around it; X stripped of surrounding spaces; X without blanks at either end; X with spaces removed at both ends
str>str | "".join(c for c in x if c.lower() not in "aeiou") | without_vowels | X without its vowels; X with all vowels removed; X with its vowels left out; X without a, e, i, o and u in either case; what remains of X without vowels
Char>str | x.upper() | upper | the upper-case form of X; X in upper case; X converted to upper case; X as a capital letter; X in uppercase
Char>str | x.lower() | lower | the lower-case form of X; X in lower case; X converted to lower case; X as a small letter; X in lowercase
Char>str | x.swapcase() | swapped_case | X with its case changed; X in the other case; X with upper and lower case exchanged; X with swapped case
Char>str | K | masked | {K}; the character {K}; the sign {K}; a {K} | '*' '_' '-' '#' '.' '?'
Char>str | x * K | repeated | X repeated {K} times; {K} copies of X; X written {K} times; X {K} times in a row | 2 3
Char>str | chr(ord(x) + K) | shifted | the character whose code is {K} more than that of X; X shifted by {K} code points; the character {K} places after X; what comes {K} code points after X | 1 2 3
Char>str | "[" + x + "]" | bracketed | X between square brackets; X put in square brackets; X inside square brackets; X with '[' before and ']' behind it
Char>int | ord(x) | code | the code point of X; the character code of X; the Unicode code of X; the numeric code of X; ord of X
Char>int | ord(x.lower()) - ord("a") + 1 if x.isalpha() else 0 | letter_value | the position of X in the alphabet counted from 1, or 0 for what is no letter; the alphabet position of X, 1 for 'a', and 0 if X is not a letter
Char>int | int(x) if x.isdigit() else 0 | digit_value | the value of X if X is a digit and 0 otherwise; X as an integer, or 0 if X is not a digit
int,int | x > y | above | is greater than Y; exceeds Y; is above Y; is larger than Y; is bigger than Y; is more than Y; is over Y
int,int | x < y | below | is less than Y; is below Y; is smaller than Y; is under Y; is lower than Y
int,int | x >= y | at_least | is at least Y; is Y or more; is not less than Y; is greater than or equal to Y; is not below Y
int,int | x <= y | at_most | is at most Y; is Y or less; does not exceed Y; is less than or equal to Y; is not above Y
int,int | x == y | equal | equals Y; is equal to Y; is the same as Y; has the value Y
int,int | x != y | other_than | differs from Y; is different from Y; is not equal to Y; is not Y
int,int | x % y == 0 | divisible | is divisible by Y; is a multiple of Y; can be divided by Y without a remainder; leaves no remainder when divided by Y
int,int | abs(x - y) <= K | near | differs from Y by at most {K}; lies within {K} of Y; is no more than {K} away from Y | 1..5
float,float | x > y | above | is greater than Y; exceeds Y; is above Y; is larger than Y; is more than Y
float,float | x < y | below | is less than Y; is below Y; is smaller than Y; is lower than Y
float,float | x >= y | at_least | is at least Y; is not less than Y; is greater than or equal to Y
float,float | abs(x - y) < K | near | is closer to Y than {K}; differs from Y by less than {K} | 0.5 1.0 2.0
str,str | x.startswith(y) | starting_with | starts with Y; begins with Y; has Y as its beginning; has the prefix Y
str,str | x.endswith(y) | ending_with | ends with Y; has Y at the end; has the suffix Y; has Y as its ending
str,str | y in x | containing | contains Y; has Y in it; includes Y; has the substring Y; has Y somewhere inside
str,str | y not in x | without | does not contain Y; has no Y in it; does not include Y
str,str | x == y | equal | equals Y; is equal to Y; is the same as Y
str,str | x != y | other_than | differs from Y; is not equal to Y; is different from Y
str,str | x.lower() == y.lower() | like | is the same as Y when case is ignored; equals Y apart from upper and lower case
str,str | len(x) > len(y) | longer | is longer than Y; has more characters than Y
str,str | len(x) == len(y) | as_long | is as long as Y; has the same length as Y; has as many characters as Y
str,str | x < y | before | comes before Y in sorted order; is sorted before Y
str,str | x[:1] == y[:1] | same_start | starts with the same character as Y; has the same first character as Y
int,int>int | x + y | sum | the sum of X and Y; X plus Y; the total of X and Y; X added to Y; what X and Y are together
int,int>int | x - y | difference | X minus Y; the difference of X and Y; X reduced by Y; what is left of X without Y
int,int>int | x * y | product | the product of X and Y; X times Y; X multiplied by Y
int,int>int | max(x, y) | larger | the larger of X and Y; the maximum of X and Y; the greater one of X and Y; the bigger of X and Y
int,int>int | min(x, y) | smaller | the smaller of X and Y; the minimum of X and Y; the lesser one of X and Y; the lower of X and Y
int,int>int | abs(x - y) | distance | the absolute difference of X and Y; the distance between X and Y; the absolute value of X minus Y
int,int>int | x * x + y * y | sum_of_squares | the sum of the squares of X and Y; X squared plus Y squared; the square of X plus the square of Y
int,int>int | 2 * (x + y) | perimeter | twice the sum of X and Y; the perimeter of a rectangle with the sides X and Y; double what X and Y are together
int,int>int | K * x + y | scaled_sum | {K} times X plus Y; the sum of {K} times X and Y | 2..10
int,int>int | x - K * y | scaled_difference | X minus {K} times Y; X reduced by {K} times Y | 2..10
int,int>int | (x + y) // 2 | middle | the sum of X and Y divided by 2 and rounded down; the average of X and Y, rounded down
int,int>int | (x + y) % K | sum_mod_K | the sum of X and Y modulo {K}; the remainder of the sum of X and Y divided by {K} | 2..12
float,float>float | x + y | sum | the sum of X and Y; X plus Y; the total of X and Y; X added to Y
float,float>float | x - y | difference | X minus Y; the difference of X and Y; X reduced by Y
float,float>float | x * y | product | the product of X and Y; X times Y; X multiplied by Y; the area of a rectangle with the sides X and Y
float,float>float | (x + y) / 2 | average | the average of X and Y; the mean of X and Y; half the sum of X and Y; the middle between X and Y
float,float>float | abs(x - y) | distance | the distance between X and Y; the absolute difference of X and Y
float,float>float | max(x, y) | larger | the larger of X and Y; the maximum of X and Y
float,float>float | min(x, y) | smaller | the smaller of X and Y; the minimum of X and Y
float,float>float | round(x * y, K) | rounded_product | the product of X and Y, rounded to {K} decimals; X times Y to {K} decimal places | 1 2
float,float>float | x * (1 + y / 100) | raised_by_percent | X increased by Y percent; X with Y percent added
str,str>str | x + y | joined | X followed by Y; X and Y joined together; the concatenation of X and Y; X with Y appended; X with Y at the end
str,str>str | y + x | joined_backwards | Y followed by X; X with Y put in front; X with Y before it
str,str>str | x + K + y | joined_with | X and Y with {K} between them; X followed by {K} and then Y; X and Y joined by {K} | ' ' '-' ',' '_' ', '
str,str>str | x + y + x | wrapped | X followed by Y and then X again; Y between two copies of X
str,str>str | x if len(x) >= len(y) else y | longer | the longer of X and Y (X if both are equally long); the one of X and Y that has more characters, or X in case of a tie
str,str>str | min(x, y) | first_in_order | the one of X and Y that comes first in sorted order; whichever of X and Y is sorted first
str,str>str | x.replace(y, K) | replaced | X with every Y replaced by {K}; X after changing each Y to {K} | '' '-' '*'
list[T]>any | x[0] | first | the first of X; the one at the beginning of X; the first one of X
list[T]>any | x[-1] | last | the last of X; the one at the end of X; the final one of X
list[T]>any | x.count(x[0]) | count_of_first | the number of times the first of X comes up among X; how often the first of X occurs in X
list[T]>any | max(set(x), key=lambda item: (x.count(item), item)) | most_common | the most frequent of X, the largest in case of a tie; the one of X that occurs most often (the largest of several)
list[T]>any | len(set(x)) | num_different | the number of different values among X; the number of distinct ones of X; how many different ones there are among X
list[T]>any | x == sorted(x) | in_order | whether X are in ascending order; True if X are sorted from small to large, otherwise False
list[T]>any | x == x[::-1] | mirrored | whether X are the same read backwards; True if X form a palindrome, otherwise False
list[T]>any | len(set(x)) == len(x) | no_repeats | whether X are all different; True if there are no duplicates among X, otherwise False
list[int]>any | sum(x) | sum | the sum of X; the total of X; what X add up to; the result of adding up X
list[int]>any | max(x) | max | the maximum of X; the largest of X; the greatest of X; the biggest of X; the highest of X
list[int]>any | min(x) | min | the minimum of X; the smallest of X; the least of X; the lowest of X
list[int]>any | max(x) - min(x) | range | the difference between the largest and the smallest of X; the range of X; by how much the maximum of X exceeds the minimum
list[int]>any | sum(x) / len(x) | average | the average of X; the mean of X; the arithmetic mean of X; the sum of X divided by their number
list[int]>any | math.prod(x) | product | the product of X; X multiplied together; the result of multiplying X
list[int]>any | sorted(x)[len(x) // 2] | middle | the middle one of X in sorted order, the upper one of two; the upper median of X
list[int]>any | sum(x) % K | sum_mod_K | the sum of X modulo {K}; the remainder of the sum of X divided by {K} | 2..12
list[int]>any | x[0] + x[-1] | ends_sum | the sum of the first and the last of X; the first plus the last of X
list[int]>any | max(x, key=abs) | farthest | the one of X with the largest absolute value, the first of several; the one of X that is farthest from zero, the earliest in case of a tie
list[int]>any | sum(x) > K | sum_above_K | whether the sum of X is greater than {K}; True if X add up to more than {K}, otherwise False | 10 20 50 100
list[float]>any | sum(x) | sum | the sum of X; the total of X; the result of adding up X
list[float]>any | max(x) | max | the maximum of X; the largest of X; the greatest of X; the highest of X
list[float]>any | min(x) | min | the minimum of X; the smallest of X; the lowest of X
list[float]>any | max(x) - min(x) | range | the difference between the largest and the smallest of X; the range of X
list[float]>any | sum(x) / len(x) | average | the average of X; the mean of X; the arithmetic mean of X
list[float]>any | round(sum(x), K) | rounded_sum | the sum of X, rounded to {K} decimals; the total of X to {K} decimal places | 1 2
list[str]>any | K.join(x) | joined | X joined with {K} between them; a string of X separated by {K}; X in one string, with {K} in between | ' ' ',' '-' '/' ', '
list[str]>any | "".join(x) | concatenated | X joined together; the concatenation of X; X put together into one string; a single string made of X
list[str]>any | max(x, key=len) | longest | the longest of X, the first of several; the first of X that has the greatest length; the longest one of X (the first in case of a tie)
list[str]>any | min(x, key=len) | shortest | the shortest of X, the first of several; the first of X that has the smallest length
list[str]>any | sum(len(item) for item in x) | total_length | the total number of characters in X; the sum of the lengths of X; the length of all of X together
list[str]>any | min(x) | first_in_order | the one of X that comes first in sorted order; the alphabetically first of X
list[str]>any | max(len(item) for item in x) | greatest_length | the length of the longest of X; the greatest length among X
list[str]>any | "".join(item[:1] for item in x) | initials | the first characters of X as one string; the initials of X joined together
list[T]>list | sorted(x) | sorted | X in ascending order; X sorted; X sorted in increasing order; X in sorted order; X ordered from smallest to largest
list[T]>list | sorted(x, reverse=True) | falling | X in descending order; X sorted in decreasing order; X ordered from largest to smallest; X sorted in reverse
list[T]>list | x[::-1] | reversed | X in reverse order; X reversed; X backwards; X from the last to the first
list[T]>list | x[1:] | without_first | X without the first one; X except the first; all of X but the first
list[T]>list | x[:-1] | without_last | X without the last one; X except the last; all of X but the last
list[T]>list | x[::2] | every_second | those of X at even positions, counted from 0; every second one of X, beginning with the first; those of X at even indices
list[T]>list | x[1::2] | every_other | those of X at odd positions, counted from 0; every second one of X, beginning with the second; those of X at odd indices
list[T]>list | x[:K] | first_K | the first {K} of X; at most {K} of X, from the beginning; the leading {K} of X | 2 3 4
list[T]>list | x[-K:] | last_K | the last {K} of X; at most {K} of X, from the end; the final {K} of X | 2 3 4
list[T]>list | sorted(set(x)) | sorted_unique | the different ones of X in ascending order; X sorted and without duplicates; the sorted distinct values of X; the unique ones of X, sorted
list[T]>list | list(dict.fromkeys(x)) | unique | X without duplicates, in the order of first appearance; X with repeated values removed, the order kept; each of X only once, where it appears first
list[T]>list | [item for item in x if x.count(item) == 1] | single | those of X that occur exactly once; the ones among X that are not repeated; X without all that occur several times
list[T]>list | [item for item in x if x.count(item) > 1] | repeated | those of X that occur more than once; the ones among X that have a duplicate
list[T]>list | x + x | twice | X followed by the same again; two copies of X in a row; X repeated twice
list[T]>list | x + x[::-1] | there_and_back | X followed by the same in reverse; X forwards and then backwards
list[T]>list | x[K:] + x[:K] | rotated_K | X rotated to the left by {K}; X with the first {K} moved to the end | 2 3
list[str]>list | sorted(x, key=len) | by_length | X sorted by length; X ordered by their number of characters, the shortest first
list[int]>list | sorted(x, key=abs) | by_size | X sorted by absolute value; X ordered by their distance from zero
"""
