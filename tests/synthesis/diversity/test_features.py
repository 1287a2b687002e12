import random

import pytest
from tests.synthesis.diversity.writers import exercise, passage, varied

from hornbook.deduplication.exact import normalised_hash
from hornbook.synthesis.diversity.features import features_of, words_of_name

PROMPT = 'import math\n\n\ndef area(r: float) -> float:\n    """Return the area of a circle of radius r."""\n'


def test_an_exercise_is_read_whole() -> None:
    found = features_of(exercise(PROMPT, "    return math.pi * r**2 if r > 0 else 0.0\n", "area"))
    assert found.opening == "return the area of"
    assert found.names == ("area",)
    assert found.imports == ("math",)
    assert [piece.num_branches for piece in found.pieces] == [1]
    assert (found.num_lines, found.num_unparsed) == (4, 0)
    assert features_of(exercise(PROMPT, "    return 1.0\n")).names == ("area",)


def test_an_exercise_that_does_not_parse_is_counted_and_still_has_its_text() -> None:
    found = features_of(exercise("def f(:\n", "    return 1\n", "f"))
    assert (found.pieces, found.shape, found.num_unparsed, found.opening, found.names) == ((), 0, 1, "", ("f",))
    assert len(found.shingles) > 0


def test_a_passage_opens_with_its_first_prose_and_each_block_is_a_piece() -> None:
    text = (
        "# A title\n\n```python\nfrom os import path\ndef f(x):\n    return x\n```\nSorting puts Things in order.\n"
        "```python\nprint(f(1)\n```\n```\ndef g(): pass\n```\n"
    )
    found = features_of(passage(text))
    assert found.opening == "sorting puts things in"
    assert found.names == ("f", "g")
    assert found.imports == ("os",)
    assert (len(found.pieces), found.num_unparsed) == (2, 1)
    assert found.shape == features_of(passage(text.replace("return x", "return y"))).shape
    assert found.shape != features_of(passage(text.replace("def g(): pass", "g = 1"))).shape


def test_texts_are_equal_where_the_deduplication_finds_them_equal() -> None:
    rng = random.Random(2)
    bodies = [varied(rng).solution for _ in range(5)]
    bodies += [body.replace("\n", "  \n\n") for body in bodies] + [body.replace("    ", "  ") for body in bodies]
    made = [exercise("def f(a, b):\n", body) for body in bodies]
    mine = [features_of(one).text_key for one in made]
    theirs = [normalised_hash(one.prompt + one.solution) for one in made]
    assert [[a == b for b in mine] for a in mine] == [[a == b for b in theirs] for a in theirs]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("is_prime", ["is", "prime"]),
        ("parse_HTTPDate2", ["parse", "http", "date"]),
        ("countVowels", ["count", "vowels"]),
        ("größe", ["größe"]),
        ("_", []),
    ],
)
def test_a_name_falls_into_its_words(name: str, words: list[str]) -> None:
    assert words_of_name(name) == words


def test_an_empty_record_has_no_features() -> None:
    found = features_of(passage(""))
    assert (found.opening, found.pieces, found.num_tokens, found.num_lines, len(found.ngrams)) == ("", (), 0, 0, 0)
