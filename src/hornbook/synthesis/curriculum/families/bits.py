"""Bit operations on one integer: single bits, shifts and masks, and a second integer beside it."""

from hornbook.synthesis.curriculum.kinds import Kind
from hornbook.synthesis.curriculum.operation import Family, Operation, Parameter
from hornbook.synthesis.curriculum.shorthand import count, other, whole

N, F = Kind.NUMBER, Kind.FLAG
BITS = Family.BITS
PLACES = "Bits are numbered from 0, the lowest one."


def operations() -> tuple[Operation, ...]:
    """The operations of this file, in a fixed order."""
    return (*_single_bits(), *_shifts(), *_two_numbers())


def _single_bits() -> tuple[Operation, ...]:
    place = (count("k", 0, 1, 2, 3, 4, argument="position bit place"),)
    return (
        whole(
            "set_bit",
            BITS,
            N,
            N,
            code=("$x | (1 << $k)", "$x | 2 ** $k"),
            block="$out = $x\nif ($x >> $k) % 2 == 0:\n    $out += 1 << $k",
            noun="$x with bit $k set to 1",
            act="set bit $k of $x to 1",
            frag=("with_bit_set", "set_bit"),
            result="changed",
            params=place,
            needs="nonneg",
            adds="nonneg positive",
            group="one_bit",
            note=PLACES,
        ),
        whole(
            "clear_bit",
            BITS,
            N,
            N,
            code=("$x & ~(1 << $k)",),
            block=(
                "$out = $x\nif ($x >> $k) & 1:\n    $out -= 1 << $k",
                "mask = 1 << $k\n$out = ($x | mask) ^ mask",
            ),
            noun="$x with bit $k set to 0",
            act="set bit $k of $x to 0",
            frag=("with_bit_cleared", "clear_bit"),
            result="changed",
            params=place,
            needs="nonneg",
            adds="nonneg",
            group="one_bit",
            note=PLACES,
        ),
        whole(
            "flip_bit",
            BITS,
            N,
            N,
            code=("$x ^ (1 << $k)", "$x ^ 2 ** $k"),
            block="mask = 1 << $k\nif $x & mask:\n    $out = $x - mask\nelse:\n    $out = $x + mask",
            noun="$x with bit $k flipped",
            act="flip bit $k of $x",
            frag=("with_bit_flipped", "toggle_bit"),
            result="changed",
            params=place,
            needs="nonneg",
            adds="nonneg",
            group="one_bit",
            note=PLACES,
        ),
        whole(
            "bit_at",
            BITS,
            N,
            N,
            code=("($x >> $k) & 1", "$x // 2 ** $k % 2"),
            block="$out = 0\nif $x & (1 << $k):\n    $out = 1",
            noun="bit $k of $x",
            act="take bit $k of $x",
            frag=("bit_at", "get_bit"),
            result="bit",
            params=place,
            needs="nonneg",
            adds="nonneg small",
            group="one_bit",
            note=PLACES,
            last=True,
            difficulty=1,
        ),
        whole(
            "has_bit",
            BITS,
            N,
            F,
            code=("$x & (1 << $k) != 0", "($x >> $k) & 1 == 1"),
            block="if $x & (1 << $k):\n    $out = True\nelse:\n    $out = False",
            noun=("whether bit $k of $x is 1", "whether bit $k of $x is set"),
            frag=("has_bit", "bit_is_set"),
            result="is_set",
            params=place,
            needs="nonneg",
            group="one_bit",
            note=PLACES,
            last=True,
            difficulty=1,
        ),
    )


def _shifts() -> tuple[Operation, ...]:
    return (
        whole(
            "shift_left",
            BITS,
            N,
            N,
            code=("$x << $k", "$x * 2 ** $k"),
            block="$out = $x\nfor _ in range($k):\n    $out += $out",
            noun="$x shifted left by $k bits",
            act="shift $x left by $k bits",
            frag=("shifted_left", "shift_left"),
            result="shifted",
            params=(count("k", 2, 3, 4, 5, argument="places shift"),),
            keeps="nonneg positive",
            adds="even",
            group="shift",
            difficulty=1,
        ),
        whole(
            "shift_right",
            BITS,
            N,
            N,
            code=("$x >> $k", "$x // 2 ** $k"),
            block="$out = $x\nfor _ in range($k):\n    $out //= 2",
            noun="$x shifted right by $k bits",
            act="shift $x right by $k bits",
            frag=("shifted_right", "shift_right"),
            result="shifted",
            params=(count("k", 2, 3, 4, argument="places shift"),),
            keeps="nonneg",
            group="shift",
            difficulty=1,
        ),
        whole(
            "low_bits",
            BITS,
            N,
            N,
            code=("$x & ((1 << $k) - 1)", "$x % 2 ** $k"),
            block="mask = (1 << $k) - 1\n$out = $x & mask",
            noun="the number that the lowest $k bits of $x form",
            act="keep only the lowest $k bits of $x",
            frag=("low_bits", "masked"),
            result="low",
            params=(count("k", 2, 3, 4, 5, argument="width"),),
            needs="nonneg",
            adds="nonneg",
            group="shift",
        ),
        whole(
            "flip_all_bits",
            BITS,
            N,
            N,
            code=("$x ^ ((1 << $x.bit_length()) - 1)", "(1 << $x.bit_length()) - 1 - $x"),
            block=(
                "mask = 1\nwhile mask <= $x:\n    mask <<= 1\n$out = $x ^ (mask - 1)",
                "$out = 0\nplace = 1\nwhile place <= $x:\n    if $x & place == 0:\n        $out += place\n"
                "    place *= 2",
            ),
            noun="$x with all of its binary digits flipped",
            act="flip all binary digits of $x",
            frag=("flipped_bits", "complement"),
            result="flipped",
            needs="nonneg",
            adds="nonneg",
            note="Only the digits up to the highest 1 are flipped, so 5, which is 101, becomes 2, which is 010.",
            difficulty=3,
        ),
        whole(
            "reverse_byte",
            BITS,
            N,
            N,
            code=('int(format($x % 256, "08b")[::-1], 2)',),
            block=(
                "$out = 0\nfor i in range(8):\n    $out = ($out << 1) | (($x >> i) & 1)",
                "$out = 0\nfor i in range(8):\n    if $x & (1 << i):\n        $out |= 1 << (7 - i)",
            ),
            noun="the lowest 8 bits of $x in reverse order, as a number",
            act="reverse the order of the lowest 8 bits of $x, dropping all others",
            frag=("reversed_bits", "reverse_byte"),
            result="mirrored",
            needs="nonneg",
            adds="nonneg",
            group="byte",
            difficulty=3,
        ),
        whole(
            "swap_nibbles",
            BITS,
            N,
            N,
            code=("($x & 15) << 4 | ($x >> 4) & 15", "$x % 16 * 16 + $x // 16 % 16"),
            block="low = $x & 15\nhigh = ($x >> 4) & 15\n$out = (low << 4) | high",
            noun="the lowest 8 bits of $x with their two halves swapped",
            act="swap the two halves of the lowest 8 bits of $x, dropping all others",
            frag=("swapped_nibbles", "swap_halves"),
            result="swapped",
            needs="nonneg",
            adds="nonneg",
            group="byte",
        ),
    )


def _two_numbers() -> tuple[Operation, ...]:
    masks = (count("m", 5, 6, 10, 12, 15, 21, argument="m mask other"),)
    return (
        _bitwise("bit_and", "AND", "&", "$x - ($x & ~$m)", "common_bits", masks),
        _bitwise("bit_or", "OR", "|", "$x + $m - ($x & $m)", "merged_bits", masks),
        _bitwise("bit_xor", "XOR", "^", "($x | $m) - ($x & $m)", "differing_bits", masks),
        whole(
            "bit_distance",
            BITS,
            N,
            N,
            code=('bin($x ^ $m).count("1")', "($x ^ $m).bit_count()"),
            block=(
                "$out = 0\na, b = $x, $m\nwhile a or b:\n    if a % 2 != b % 2:\n        $out += 1\n"
                "    a //= 2\n    b //= 2",
            ),
            noun="the number of bits in which $x and $m differ",
            act="count the bits in which $x and $m differ",
            frag=("bit_distance", "hamming_distance"),
            result="distance",
            params=(other("m", N, "m second other", needs="nonneg"),),
            needs="nonneg",
            adds="nonneg small",
            difficulty=3,
        ),
    )


def _bitwise(name: str, word: str, sign: str, longer: str, fragment: str, masks: tuple[Parameter, ...]) -> Operation:
    return whole(
        name,
        BITS,
        N,
        N,
        code=(f"$x {sign} $m", f"$m {sign} $x"),
        block=f"$out = {longer}",
        noun=f"the bitwise {word} of $x and $m",
        act=f"take the bitwise {word} of $x and $m",
        frag=(f"bitwise_{word.lower()}", fragment),
        result="combined",
        params=masks,
        needs="nonneg",
        adds="nonneg",
        group="bitwise",
        difficulty=1,
    )
