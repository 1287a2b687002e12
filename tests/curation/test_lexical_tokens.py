import random

from hornbook.curation.lexical_tokens import LEXICAL_TOKEN, count_tokens

CODE = 'def add_all(items):\n    """Sum."""\n    total = 0\n    for item in items:\n        total += item\n'
ODD = "'\"\\#\n\r\t \0\x1c\x85\u2028_aZ09é漢²½٣𝟗Ⅷ́\u200d🙂\ud800\udfff"
"""Quotes, white space of several kinds, word characters, decimal digits and other ones, marks, halves of surrogates."""


def found(texts: list[str]) -> list[int]:
    return [len(LEXICAL_TOKEN.findall(text)) for text in texts]


def test_lexical_tokens_are_words_numbers_and_marks() -> None:
    texts = ["a += 10\n\n", "2nd", "n2", "", " ", "1_000", "**"]
    assert count_tokens(texts) == found(texts) == [4, 2, 1, 0, 0, 2, 2]
    assert count_tokens([]) == []
    (of_code,) = count_tokens([CODE])
    sizes = (8_000, 0, 1, 15_000)
    assert count_tokens([CODE * number for number in sizes]) == [of_code * number for number in sizes]
    assert count_tokens([CODE] * 5_000) == [of_code] * 5_000


def test_odd_texts_have_as_many_tokens_as_the_definition_finds() -> None:
    everywhere = [f"1{one}a {one}1" for one in map(chr, [*range(0x3000), *range(0x3000, 0x110000, 37)])]
    blocks = ["\n".join(everywhere[start : start + 256]) for start in range(0, len(everywhere), 256)]
    assert count_tokens(blocks) == found(blocks)
    chance = random.Random(0)
    for _ in range(300):
        alphabet = chance.sample(ODD, chance.randrange(1, len(ODD)))
        texts = ["".join(chance.choices(alphabet, k=chance.randrange(12))) for _ in range(40)]
        assert count_tokens(texts) == found(texts)
        assert [count_tokens([text])[0] for text in texts[:5]] == found(texts[:5])
