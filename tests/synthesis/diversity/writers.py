"""Writers of exercises for these tests: one that varies everything, and some that have collapsed in one way each."""

import random

from tests.synthesis import exercises_at_hand

from hornbook.records import Exercise, content_id

_LISTED = (
    "apple river count merge split window signal market planet garden ticket letter number weight colour engine "
    "mirror bridge shadow pocket winter summer orange silver copper hammer ladder basket button candle carpet "
    "castle coffee corner cotton desert dragon drawer farmer finger forest guitar helmet island jacket jungle "
    "kettle lizard magnet"
)
WORDS = tuple(_LISTED.split(" "))


def exercise(prompt: str, solution: str, entry_point: str = "") -> Exercise:
    return exercises_at_hand.whole(prompt, solution, entry_point, content_id("exercise", prompt, solution))


def new_name(rng: random.Random) -> str:
    """Three words, two of them invented: a few dozen words would be a small world of names."""
    invented = ("".join(rng.choice("bdfgklmnprstvz") + rng.choice("aeiou") for _ in range(3)) for _ in range(2))
    return "_".join([rng.choice(WORDS), *invented])


def varied(rng: random.Random) -> Exercise:
    """Names, words and the shape of the code are drawn anew."""
    name = new_name(rng)
    prose = " ".join(rng.choices(WORDS, k=rng.randint(6, 20))).capitalize()
    lines = [f"    {rng.choice(WORDS)} = {_expression(rng, 3)}" for _ in range(rng.randint(1, 4))]
    if rng.random() < 0.5:
        lines += [f"    if {_expression(rng, 2)} > {_expression(rng, 1)}:", f"        return {_expression(rng, 2)}"]
    lines.append(f"    return {_expression(rng, 3)}")
    body = "\n".join(lines) + "\n"
    return exercise(f'def {name}(a: int, b: int) -> int:\n    """{prose}."""\n', body, name)


def _expression(rng: random.Random, depth: int) -> str:
    if depth == 0 or rng.random() < 0.2:
        return rng.choice(["a", "b", str(rng.randint(0, 99))])
    first, second = _expression(rng, depth - 1), _expression(rng, depth - 1)
    form = rng.choice(["({0} + {1})", "({0} * {1})", "max({0}, {1})", "-{0}", "[{0}, {1}]", "({0} if {1} else a)"])
    return form.format(first, second)


def with_other_constants(rng: random.Random) -> Exercise:
    """One exercise again and again; the numbers differ, and hardly ever are there the same twice."""
    add, times = rng.randint(2, 9_999), rng.randint(2, 9_999)
    prompt = f'def add_and_multiply(x: int) -> int:\n    """Add {add} to x, then multiply by {times}."""\n'
    return exercise(prompt, f"    total = x + {add}\n    return total * {times}\n", "add_and_multiply")


def with_other_names(rng: random.Random) -> Exercise:
    """One solution again and again under other names, with other words around it."""
    name, first, second = new_name(rng), *rng.sample(WORDS, 2)
    prose = " ".join(rng.choices(WORDS, k=12)).capitalize()
    prompt = f'def {name}({first}: int, {second}: int) -> int:\n    """{prose}."""\n'
    return exercise(prompt, f"    return {first} + {second}\n", name)


def with_one_opening(rng: random.Random) -> Exercise:
    """Everything is drawn anew but the first words."""
    made = varied(rng)
    return exercise(made.prompt.replace('"""', '"""Write a function that ', 1), made.solution, made.entry_point)


def with_one_name(rng: random.Random) -> Exercise:
    """Everything is drawn anew but the function's name, one of three."""
    made, name = varied(rng), rng.choice(["solve", "is_prime", "add"])
    return exercise(made.prompt.replace(made.entry_point, name, 1), made.solution, name)


def with_echoes(rng: random.Random) -> Exercise:
    """One of twenty exercises, word for word."""
    return varied(random.Random(rng.randrange(20)))
