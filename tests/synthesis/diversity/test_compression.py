import random

from tests.synthesis.diversity.writers import varied, with_other_constants

from hornbook.records import Exercise
from hornbook.synthesis.diversity.compression import compression_of


def text(one: Exercise) -> str:
    return one.prompt + one.solution


def test_texts_that_repeat_each_other_compress_better() -> None:
    rng = random.Random(1)
    varied_ratio = compression_of([text(varied(rng)) for _ in range(100)], 50)
    repeated_ratio = compression_of([text(with_other_constants(rng)) for _ in range(100)], 50)
    assert varied_ratio is not None
    assert repeated_ratio is not None
    assert varied_ratio.num_blocks == repeated_ratio.num_blocks == 2
    assert repeated_ratio.ratio > 2 * varied_ratio.ratio > 2


def test_the_ratio_does_not_depend_on_the_number_of_blocks() -> None:
    rng = random.Random(2)
    texts = [text(varied(rng)) for _ in range(410)]
    few, many = compression_of(texts[:50], 50), compression_of(texts, 50)
    assert few is not None
    assert many is not None
    assert many.num_blocks == 8
    assert abs(few.ratio - many.ratio) < 0.1 * many.ratio
    assert compression_of(texts[:49], 50) is None
