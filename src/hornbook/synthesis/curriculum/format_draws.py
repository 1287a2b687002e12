"""Draw strings and lists in a small format: each function here draws one, or makes a function that does."""

import random
from collections.abc import Callable

NAMES = ("tea", "salt", "bread", "rice", "milk", "apple", "pear", "plum", "egg", "corn", "nut", "fig")
DrawText = Callable[[random.Random], str]


def joined(separator: str, part: DrawText, low: int, high: int) -> DrawText:
    """From `low` to `high` parts with a separator between them."""
    return lambda rng: separator.join(part(rng) for _ in range(rng.randint(low, high)))


def signs(choices: str, low: int, high: int) -> DrawText:
    """From `low` to `high` signs."""
    return lambda rng: "".join(rng.choice(choices) for _ in range(rng.randint(low, high)))


def integer(low: int, high: int) -> DrawText:
    """A whole number as text."""
    return lambda rng: str(rng.randint(low, high))


def arithmetic(choices: str) -> DrawText:
    """Two to four numbers with signs between them."""

    def draw(rng: random.Random) -> str:
        rest = (f"{rng.choice(choices)}{rng.randint(1, 20)}" for _ in range(rng.randint(1, 3)))
        return str(rng.randint(1, 30)) + "".join(rest)

    return draw


def entries(equals: str, separator: str, is_repeating: bool = False) -> DrawText:
    """Names with whole numbers; where `is_repeating`, one name comes twice."""

    def draw(rng: random.Random) -> str:
        names = rng.sample(NAMES, rng.randint(2, 4))
        if is_repeating:
            names += [rng.choice(names)]
        return separator.join(f"{name}{equals}{rng.randint(0, 20)}" for name in names)

    return draw


def fields(rng: random.Random) -> str:
    """Words with commas between them, some behind a space, now and then an empty one."""
    parts = [rng.choice(("", " ")) + rng.choice(NAMES) for _ in range(rng.randint(2, 5))]
    if rng.random() < 0.3:
        parts.insert(rng.randrange(len(parts)), "")
    return ",".join(parts).strip()


def brackets(rng: random.Random) -> str:
    """Brackets, balanced in about half of the draws, with letters between them."""
    text = ""
    for _ in range(rng.randint(2, 5)):
        text = rng.choice((f"({text})", f"{text}()", f"a{text}", f"({text}b)", f"{text}{rng.choice('cdxy')}"))
    if rng.random() < 0.45:
        place = rng.randrange(len(text) + 1)
        text = rng.choice((text[:place] + rng.choice("()") + text[place:], f"){text}(", text[::-1]))
    return text


def runs(rng: random.Random) -> str:
    """Letters in runs of one to five."""
    text = ""
    for _ in range(rng.randint(2, 4)):
        text += rng.choice([letter for letter in "abcxyz" if not text.endswith(letter)]) * rng.choice((1, 1, 2, 3, 5))
    return text


def coded(rng: random.Random) -> str:
    """Letters, each followed by how often it is repeated."""
    return "".join(f"{rng.choice('abcxyz')}{rng.randint(1, 6)}" for _ in range(rng.randint(1, 4)))


def version(rng: random.Random) -> str:
    """Three numbers with dots between them."""
    return f"{rng.randint(0, 4)}.{rng.randint(0, 12)}.{rng.randint(0, 12)}"


def colour(rng: random.Random) -> str:
    """A colour in hexadecimal digits."""
    return "#" + "".join(f"{rng.choice((0, 16, 51, 128, 200, 255, rng.randrange(256))):02x}" for _ in range(3))


def roman(number: int) -> str:
    """A positive number in Roman numerals, put together digit by digit."""
    ones, tens = "I II III IV V VI VII VIII IX", "X XX XXX XL L LX LXX LXXX XC"
    places = [["", *row.split()] for row in (ones, tens, "C CC CCC CD D DC DCC DCCC CM")]
    thousands, rest = divmod(number, 1000)
    return "M" * thousands + places[2][rest // 100] + places[1][rest // 10 % 10] + places[0][rest % 10]


def numeral(rng: random.Random) -> str:
    """A Roman numeral, most often a small one."""
    return roman(rng.choice((rng.randint(1, 30), rng.randint(1, 120), rng.randint(100, 2200))))


def snake(rng: random.Random) -> str:
    """Lower-case words with underscores between them."""
    return "_".join(rng.choice((*NAMES, "total", "size", "max")) for _ in range(rng.randint(2, 4)))


def camel(rng: random.Random) -> str:
    """Words run together, each after the first capitalised."""
    first, *rest = snake(rng).split("_")
    return first + "".join(word.capitalize() for word in rest)


def commented(rng: random.Random) -> str:
    """A line of code, most often with a comment behind it."""
    code = rng.choice(("x = 3", "print(x)", "y += 1", "return", "i = 0", "a = [1]"))
    return code + rng.choice(("", "  # count", " # add 1", "  # first # second", "#done", "  "))


def postfix(rng: random.Random) -> str:
    """An expression whose signs stand behind their operands."""
    parts, depth = [str(rng.randint(1, 9))], 1
    while len(parts) < 5 or depth > 1:
        if depth > 1 and (len(parts) >= 5 or rng.random() < 0.5):
            parts.append(rng.choice("+-*"))
            depth -= 1
        else:
            parts.append(str(rng.randint(1, 9)))
            depth += 1
    return " ".join(parts)


def address(rng: random.Random) -> str:
    """Numbers with dots between them; in some draws one is too large, or there are too few."""
    parts = [rng.choice((0, 1, 10, 127, 168, 192, 255)) for _ in range(4)]
    if rng.random() < 0.4:
        parts[rng.randrange(4)] = rng.randint(256, 400)
    return ".".join(map(str, parts[: rng.choice((3, 4, 4, 4, 4))]))


def path(rng: random.Random) -> str:
    """The name of a file behind the names of its folders."""
    folders = "".join(f"{rng.choice(('home', 'data', 'notes', 'old'))}/" for _ in range(rng.randint(0, 3)))
    return folders + rng.choice(NAMES) + rng.choice((".txt", ".py", ".csv", ".png"))


def rows(rng: random.Random) -> str:
    """Rows of numbers, all of the same length."""
    width = rng.randint(1, 3)
    return "/".join(" ".join(str(rng.randint(0, 12)) for _ in range(width)) for _ in range(rng.randint(1, 3)))


def ranges(rng: random.Random) -> str:
    """Rising numbers and ranges of numbers."""
    parts, last = [], 0
    for _ in range(rng.randint(1, 3)):
        start = last + rng.randint(1, 4)
        last = start + rng.choice((0, 0, 1, 3, 4))
        parts.append(str(start) if start == last else f"{start}-{last}")
    return ",".join(parts)


def typed(rng: random.Random) -> str:
    """Letters and the sign of the backspace key."""
    return "".join(rng.choice("abcdet##") for _ in range(rng.randint(3, 9)))


def gate(rng: random.Random) -> str:
    """Who goes in (I) and out (O) of a place that is empty at first."""
    text, inside = "", 0
    for _ in range(rng.randint(3, 9)):
        sign = "I" if inside == 0 else rng.choice("IIO")
        inside += 1 if sign == "I" else -1
        text += sign
    return text


def rolls(rng: random.Random) -> list[int]:
    """Rolls of a die."""
    return [rng.randint(1, 6) for _ in range(rng.randint(3, 7))]


def cells(rng: random.Random) -> list[int]:
    """Zeros and ones."""
    return [int(rng.random() < 0.45) for _ in range(rng.randint(3, 8))]


def living(rng: random.Random) -> list[list[int]]:
    """Rows of zeros and ones, all of the same length."""
    width = rng.randint(2, 4)
    return [[int(rng.random() < 0.45) for _ in range(width)] for _ in range(rng.randint(2, 4))]
