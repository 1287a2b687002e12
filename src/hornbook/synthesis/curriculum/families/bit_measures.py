"""What can be counted in the bits of one integer, its lowest and highest bit, and its Gray code."""

from hornbook.synthesis.curriculum.kinds import Kind
from hornbook.synthesis.curriculum.operation import Family, Operation
from hornbook.synthesis.curriculum.shorthand import whole

N, F = Kind.NUMBER, Kind.FLAG
BITS = Family.BITS


def operations() -> tuple[Operation, ...]:
    """The operations of this file, in a fixed order."""
    return (*_counts(), *_ends(), *_gray())


def _counts() -> tuple[Operation, ...]:
    return (
        whole(
            "count_ones",
            BITS,
            N,
            N,
            code=('bin($x).count("1")', "$x.bit_count()"),
            block=(
                "$out = 0\nrest = $x\nwhile rest:\n    $out += rest & 1\n    rest >>= 1",
                "$out = 0\nrest = $x\nwhile rest:\n    rest &= rest - 1\n    $out += 1",
            ),
            noun=("the number of ones in the binary form of $x", "the number of 1 bits in $x"),
            act=("count the ones in the binary form of $x", "count the 1 bits in $x"),
            frag=("bit_count", "popcount", "count_ones"),
            result="ones",
            needs="nonneg",
            adds="nonneg small",
            group="bit_measure",
        ),
        whole(
            "bit_parity",
            BITS,
            N,
            N,
            code=('bin($x).count("1") % 2', "$x.bit_count() & 1"),
            block="$out = 0\nrest = $x\nwhile rest:\n    $out ^= rest & 1\n    rest >>= 1",
            noun="the parity bit of $x",
            act="take the parity bit of $x",
            frag=("parity_bit", "bit_parity"),
            result="parity",
            needs="nonneg",
            adds="nonneg small",
            group="bit_measure",
            note="The parity bit is 1 if an odd number of bits is 1, and 0 otherwise.",
            last=True,
        ),
        whole(
            "bit_length",
            BITS,
            N,
            N,
            code=("$x.bit_length()", "len(bin($x)) - 2 if $x else 0"),
            block="$out = 0\nrest = $x\nwhile rest > 0:\n    rest //= 2\n    $out += 1",
            noun="the bit length of $x",
            act="take the bit length of $x",
            frag=("bit_length", "num_bits"),
            result="size",
            needs="nonneg",
            adds="nonneg small",
            group="bit_measure",
            note="The bit length is the number of binary digits; that of 0 is 0.",
            difficulty=1,
        ),
        whole(
            "longest_ones",
            BITS,
            N,
            N,
            code=('max(len(part) for part in bin($x)[2:].split("0"))', 'max(map(len, format($x, "b").split("0")))'),
            block=(
                "$out = run = 0\nrest = $x\nwhile rest:\n    run = run + 1 if rest & 1 else 0\n"
                "    $out = max($out, run)\n    rest >>= 1",
                "$out = 0\nrest = $x\nwhile rest:\n    rest &= rest << 1\n    $out += 1",
            ),
            noun="the length of the longest run of ones in the binary form of $x",
            act="measure the longest run of ones in the binary form of $x",
            frag=("longest_ones", "longest_bit_run"),
            result="longest",
            needs="nonneg",
            adds="nonneg small",
            group="bit_measure",
            difficulty=3,
        ),
    )


def _ends() -> tuple[Operation, ...]:
    return (
        whole(
            "lowest_one",
            BITS,
            N,
            N,
            code=("$x & -$x", "$x ^ ($x & ($x - 1))"),
            block="$out = 1 if $x else 0\nwhile $x and $x & $out == 0:\n    $out <<= 1",
            noun="the value of the lowest 1 bit of $x",
            act="take the value of the lowest 1 bit of $x",
            frag=("lowest_bit", "lowest_one"),
            result="lowest",
            needs="nonneg",
            adds="nonneg",
            keeps="positive",
            group="bit_end",
            note="The value of bit number i is 2 to the power of i; for 0 the result is 0.",
        ),
        whole(
            "clear_lowest_one",
            BITS,
            N,
            N,
            code=("$x & ($x - 1)", "$x - ($x & -$x)"),
            block=(
                "$out = $x\nplace = 1\nwhile place <= $x:\n    if $x & place:\n        $out -= place\n        break\n"
                "    place *= 2",
            ),
            noun="$x with its lowest 1 bit turned into 0",
            act="turn the lowest 1 bit of $x into 0",
            frag=("without_lowest_bit", "clear_lowest"),
            result="rest",
            needs="nonneg",
            adds="nonneg",
            group="bit_end",
            note="The number 0 stays as it is.",
        ),
        whole(
            "highest_power",
            BITS,
            N,
            N,
            code=("1 << ($x.bit_length() - 1)", "2 ** ($x.bit_length() - 1)"),
            block="$out = 1\nwhile $out * 2 <= $x:\n    $out *= 2",
            noun="the largest power of two that is at most $x",
            act="find the largest power of two that is at most $x",
            frag=("highest_bit", "floor_power_of_two"),
            result="power",
            needs="positive",
            adds="nonneg positive",
            group="bit_end",
        ),
        whole(
            "trailing_zero_bits",
            BITS,
            N,
            N,
            code=("($x & -$x).bit_length() - 1",),
            block=(
                "$out = 0\nwhile ($x >> $out) & 1 == 0:\n    $out += 1",
                'digits = bin($x)\n$out = len(digits) - len(digits.rstrip("0"))',
            ),
            noun="the number of zeros at the end of the binary form of $x",
            act="count the zeros at the end of the binary form of $x",
            frag=("trailing_zeros", "zeros_at_end"),
            result="zeros",
            needs="positive",
            adds="nonneg small",
            group="bit_end",
        ),
        whole(
            "is_power_of_two",
            BITS,
            N,
            F,
            code=("$x > 0 and $x & ($x - 1) == 0", '$x > 0 and bin($x).count("1") == 1'),
            block="power = 1\nwhile power < $x:\n    power *= 2\n$out = power == $x",
            noun="whether $x is a power of two",
            frag=("is_power_of_two", "one_bit_only"),
            result="is_power",
            group="power_of_two",
            note="1 is a power of two, 0 is none.",
            last=True,
        ),
    )


def _gray() -> tuple[Operation, ...]:
    return (
        whole(
            "gray_code",
            BITS,
            N,
            N,
            code=("$x ^ ($x >> 1)", "$x ^ ($x // 2)"),
            block=(
                "$out = 0\nfor i in range($x.bit_length()):\n"
                "    if ($x >> i) & 1 != ($x >> (i + 1)) & 1:\n        $out |= 1 << i",
            ),
            noun="the Gray code of $x",
            act="take the Gray code of $x",
            frag=("gray_code", "to_gray"),
            result="code",
            needs="nonneg",
            adds="nonneg",
            keeps="positive",
            group="gray",
            note="The Gray code of n is the bitwise XOR of n and n shifted right by one bit.",
        ),
        whole(
            "from_gray",
            BITS,
            N,
            N,
            block=(
                "$out = 0\nrest = $x\nwhile rest:\n    $out ^= rest\n    rest >>= 1",
                "$out = 0\nwhile $out ^ ($out >> 1) != $x:\n    $out += 1",
                "def decode(m):\n    return m ^ decode(m >> 1) if m else 0\n\n$out = decode($x)",
            ),
            noun="the number whose Gray code is $x",
            act="find the number whose Gray code is $x",
            frag=("from_gray", "gray_to_number"),
            result="plain",
            needs="nonneg",
            adds="nonneg",
            keeps="positive",
            group="gray",
            note="The Gray code of n is the bitwise XOR of n and n shifted right by one bit.",
            difficulty=4,
        ),
    )
