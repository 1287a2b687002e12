"""What a teacher says about bit operations, on one integer, on two, and on lists of them."""

SENTENCES: dict[str, tuple[str, str]] = {
    "set_bit": (
        "The number `1 << k` has a single 1, at position k. The operator `|` puts a 1 wherever one of the two numbers "
        "has one, so bit k becomes 1 and all others stay.",
        "Adding `1 << k` instead is only right if the bit was 0 before. Positions are counted from 0, so bit 3 stands "
        "for 8.",
    ),
    "clear_bit": (
        "The mask `~(1 << k)` has a 0 at position k and 1 everywhere else. The operator `&` keeps a 1 only where both "
        "numbers have one, so exactly that bit becomes 0.",
        "Subtracting `1 << k` is only right if the bit was 1 before. The tilde flips all bits of an integer, which "
        "makes it negative; as a mask that is just what is needed.",
    ),
    "flip_bit": (
        "The operator `^` gives 1 where two bits differ. With a mask that has a single 1, that one bit is turned over "
        "and all others stay.",
        "Flipping twice gives back the number one started with. In Python `^` is not a power: that is written `**`.",
    ),
    "bit_at": (
        "Shifting right by k brings bit k to the lowest place, and `& 1` keeps only that place. The result is 0 or 1.",
        "Without `& 1` all the higher bits would come along. Dividing by `2 ** k` and taking the remainder by 2 does "
        "the same for numbers that are not negative.",
    ),
    "has_bit": (
        "The expression `n & (1 << k)` is 0 if bit k is 0, and otherwise the value of that bit. Comparing it with 0 "
        "turns it into True or False.",
        "The result of `&` is a number such as 8, not True; so compare with 0 and not with 1. In Python `&` binds "
        "more tightly than `!=`, unlike in C.",
    ),
    "shift_left": (
        "Shifting left by k moves every bit k places up and fills the lowest places with 0. Each place doubles the "
        "value, so this is multiplication by 2 to the power of k.",
        "Python's integers grow as needed, so no bit is lost at the upper end. In many other languages the topmost "
        "bits would fall away.",
    ),
    "shift_right": (
        "Shifting right by k drops the lowest k bits. This is division by 2 to the power of k, rounded down.",
        "The bits that are dropped are gone: shifting back to the left puts zeros in their place. A negative number "
        "is rounded down too, so `-1 >> 1` is -1.",
    ),
    "low_bits": (
        "The number `(1 << k) - 1` consists of k ones, so `&` with it keeps the lowest k bits. The result is the "
        "remainder of the division by 2 to the power of k.",
        "Mind the brackets: `1 << k - 1` means `1 << (k - 1)`, because minus binds more tightly than the shift. For k "
        "= 3 the mask is 7.",
    ),
    "flip_all_bits": (
        "Build a mask of ones that is as long as the number, and combine both with `^`: every bit is turned over. The "
        "method `bit_length` tells how long the mask must be.",
        "The operator `~` alone flips the endless zeros in front as well and gives a negative number. Zeros at the "
        "front of the result vanish: 5 is 101 and becomes 010, which is 2.",
    ),
    "reverse_byte": (
        "Take the bits from the lowest on, and push each into the result from the right: `out << 1` makes room for "
        "it. After eight rounds the first bit taken is the highest of the result.",
        "The width must be agreed on: 1 reversed within 8 bits is 128, within 4 bits it is 8. Higher bits of the "
        "number are ignored here.",
    ),
    "swap_nibbles": (
        "A nibble is half a byte. Cut out the lower four bits with `& 15`, move the upper four down with `>> 4`, and "
        "put them together in the other order.",
        "15 is 1111 in binary, the mask for four bits. In base 16 this swaps two digits: 0x2A becomes 0xA2.",
    ),
    "bit_and": (
        "The operator `&` compares two numbers bit by bit and keeps a 1 only where both have one. 12 is 1100 and 10 "
        "is 1010, so `12 & 10` is 1000, which is 8.",
        "Do not confuse it with `and`, which asks whether two values are true and does not look at bits. The result "
        "is never larger than either of the numbers.",
    ),
    "bit_or": (
        "The operator `|` puts a 1 wherever at least one of two numbers has one. `12 | 10` is 1110 in binary, which "
        "is 14.",
        "It is like adding without carrying: only where the numbers share no 1 do both agree. Do not confuse it with "
        "`or`, which returns one of its two values.",
    ),
    "bit_xor": (
        "The operator `^` puts a 1 where exactly one of two numbers has one. `12 ^ 10` is 0110 in binary, which is 6.",
        "Used twice with the same number, XOR undoes itself. A number combined with itself gives 0.",
    ),
    "bit_distance": (
        "XOR leaves a 1 exactly where the two numbers differ, so count the ones of `a ^ b`. This is called the "
        "Hamming distance.",
        "The order of the numbers does not matter, and the distance of a number to itself is 0. The shorter number is "
        "thought of as filled with zeros at the front.",
    ),
    "count_ones": (
        "Write the number in binary and count the character '1', or look at the lowest bit and shift. A trick: `n & "
        "(n - 1)` removes the lowest 1, so the number of rounds is the number of ones.",
        "The text made by `bin` starts with '0b', which holds no '1' and so does no harm. Since Python 3.10 integers "
        "have the method `bit_count`.",
    ),
    "bit_parity": (
        "Count the bits that are 1 and ask whether the count is odd. With `^`, each 1 turns the parity over.",
        "Do not confuse it with the parity of the number itself, which only depends on the lowest bit: 3 is odd, but "
        "has two ones. A parity bit reveals a single flipped bit in a transmission.",
    ),
    "bit_length": (
        "Halve the number, rounding down, until nothing is left, and count the steps; or use the method `bit_length`. "
        "A number of k bits lies between `2 ** (k - 1)` and `2 ** k - 1`.",
        "The bit length of 0 is 0, although '0' is one character. The text from `bin` is two characters longer "
        "because of the prefix.",
    ),
    "longest_ones": (
        "Split the binary text at each '0': the pieces are the runs of ones, and the longest piece is the answer. "
        "Without text: `n & (n << 1)` shortens every run by one, so count the rounds until 0.",
        "Where two zeros stand side by side, `split` yields an empty piece, which does not matter for a maximum. For "
        "0 the answer is 0.",
    ),
    "lowest_one": (
        "In `-n` all bits above the lowest 1 are the opposite of those in n, and the lowest 1 is the same. So `n & "
        "-n` keeps just this one bit.",
        "The result is the value of the bit, a power of two, and not its position: for 12, which is 1100, it is 4. "
        "For 0 there is no 1, and the result is 0.",
    ),
    "clear_lowest_one": (
        "Subtracting 1 turns the lowest 1 into 0 and the zeros behind it into ones. With `&` those ones vanish again, "
        "so `n & (n - 1)` is n without its lowest 1.",
        "Repeating this until 0 is reached takes as many rounds as the number has ones. If 0 is reached after one "
        "round, the number was a power of two.",
    ),
    "highest_power": (
        "Start with 1 and double it as long as the result does not exceed the number. Or take the bit length: the "
        "highest bit of a number with k bits is `1 << (k - 1)`.",
        "A power of two is its own answer. For 0 there is none, so the number must be positive.",
    ),
    "trailing_zero_bits": (
        "Shift right until the lowest bit is 1, and count the shifts. This is how often the number can be halved "
        "without a remainder.",
        "0 consists of zeros only, and the loop would never end; the number must be positive. An odd number has no "
        "zero at the end.",
    ),
    "is_power_of_two": (
        "A power of two has a single 1 in binary. Removing the lowest 1 with `n & (n - 1)` must then leave 0.",
        "0 passes that test without being a power of two, so `n > 0` must be asked as well. 1 is a power of two: 2 to "
        "the power of 0.",
    ),
    "gray_code": (
        "In the Gray code, neighbouring numbers differ in exactly one bit, which is useful for dials and sensors. The "
        "code of n is `n ^ (n >> 1)`: a bit is 1 where two neighbouring bits of n differ.",
        "The shift needs brackets only for the reader: `>>` binds more tightly than `^`. The codes of 0 to 3 are 0, "
        "1, 3 and 2.",
    ),
    "from_gray": (
        "The highest bit of the Gray code is that of the number; each further bit is the XOR of all the code's bits "
        "down to it. So combine the code with all its right shifts.",
        "Applying the Gray code once more does not undo it. To test a decoder, encode its result and compare.",
    ),
    "padded_binary": (
        'The format "08b" means: binary, at least 8 places, filled with zeros. The same comes from `bin(n)[2:]` and '
        "the method `zfill`.",
        "A number that needs more than 8 digits gets them; nothing is cut off. The result is a string, with which one "
        "cannot calculate.",
    ),
    "binary_value": (
        "Read from left to right: double what you have and add the next digit. The function `int` with the base 2 as "
        "its second argument does the same.",
        "Without the 2, `int` would read the digits as a decimal number. A digit is a character and must be compared "
        "with '1', not with 1.",
    ),
    "flip_binary_digits": (
        "Go through the characters and write the other one for each. A conditional expression chooses between the two.",
        "Replacing all 0 by 1 and then all 1 by 0 fails, because the second step also changes the results of the "
        "first; a third sign in between helps. Zeros at the front count here, as this is a text.",
    ),
    "bit_list": (
        "Each character behind the prefix of `bin` is a binary digit; `int` makes it a number. Without text: the "
        "remainder by 2 is the last bit, so put each new one in front.",
        "The slice `[2:]` removes the prefix '0b'. For 0 the list is [0], not the empty list.",
    ),
    "one_places": (
        "Shift the number right by i and look at the lowest bit: if it is 1, then i belongs to the list. The number "
        "is the sum of 2 to the power of these positions.",
        "Positions are counted from the right, from 0 on, while the characters of the binary text are counted from "
        "the left. For 0 the list is empty.",
    ),
    "ones_of_each": (
        "For each number of the list, count the ones of its binary form. A comprehension applies the same expression "
        "to every member.",
        "The numbers must not be negative: the binary text of -3 is '-0b11', which says nothing about the bits "
        "stored. 0 has no ones.",
    ),
    "xor_each": (
        "Combine every number of the list with the same key by `^`. Doing it again with the same key restores the "
        "list, which is the idea behind simple ciphers.",
        "Equal numbers stay equal and different ones stay different. Their order of size may change, though.",
    ),
    "keep_with_bit": (
        "The mask `1 << k` has its only 1 at position k; a number stays if `&` with the mask is not 0. In a condition "
        "every number other than 0 counts as true.",
        "Bit 0 separates odd from even numbers. The value of `n & mask` is not 1 but the value of the bit, so do not "
        "compare it with 1.",
    ),
    "keep_powers_of_two": (
        "A power of two has exactly one 1 in binary, and `n & (n - 1)` removes the lowest 1. So a number stays if "
        "nothing is left, and the number is positive.",
        "Without the test `n > 0` the number 0 would stay as well. Negative numbers are no powers of two.",
    ),
    "sort_by_ones": (
        "The function `sorted` takes a key: a function that computes for each number what to sort by. Here it is the "
        "number of ones in binary.",
        "Python's sort is stable: numbers with the same key keep their order. The numbers themselves are put into the "
        "result, not their keys.",
    ),
    "xor_of_all": (
        "Start with 0 and combine it with each number by `^`. Two equal numbers cancel each other, so if all numbers "
        "but one occur twice, the one is left.",
        "The order does not matter. The start value must be 0, because XOR with 0 changes nothing.",
    ),
    "or_of_all": (
        "Start with 0 and collect the ones of each number with `|`. The result has a 1 wherever at least one of the "
        "numbers has one.",
        "A bit that has been set never goes back to 0, so the result is at least as large as the largest number. It "
        "is not the sum: shared bits count once.",
    ),
    "total_ones": (
        "Count the ones of each number and add the counts. A generator inside `sum` does both in one line.",
        "This is not the number of ones in the sum of the numbers. For an empty list `sum` gives 0.",
    ),
}
