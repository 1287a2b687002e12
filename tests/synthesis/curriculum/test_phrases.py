import itertools
import random
import re

import pytest

from hornbook.synthesis.curriculum.nouns import value_phrase
from hornbook.synthesis.curriculum.phrases import describe, question
from hornbook.synthesis.curriculum.sampler import bind, draw_composition
from hornbook.synthesis.curriculum.world import World

BROKEN = re.compile(
    r"\$|\{those\}|\{ones\}|\b(the the|a a|of of|them them|the a|the result result|the first the|a an|"
    r"whether them|it's|1 numbers|1 characters|their sign of|\bof it with\b)\b|  |,,|\.\.(?!\.)|\s[,.]"
)


@pytest.mark.parametrize("length", [1, 2])
def test_no_sentence_is_broken(world: World, length: int) -> None:
    texts = []
    for name, number in itertools.product(world.operations, range(4)):
        rng = random.Random(f"{name}:{number}:{length}")
        if operations := draw_composition(world, length, name, rng):
            description = describe(bind(operations, rng), rng)
            texts += [*description.sentences, *(f"{step}." for step in description.steps), f"{description.result}."]
    assert len(texts) > 1000
    assert [text for text in texts if BROKEN.search(re.sub(r"'[^']*'", "'quoted'", text))] == []


def test_sentences_are_whole_speak_of_every_argument_and_every_operation_can_be_asked_for(world: World) -> None:
    for name in world.operations:
        rng = random.Random(name)
        task = bind((world.operations[name],), rng)
        sentences = describe(task, rng).sentences
        for sentence in sentences:
            assert sentence[0].isupper() or sentence[0] in "`'1", sentence
            assert sentence.endswith((".", ".'")), sentence
        assert all(f"`{argument.name}`" in " ".join(sentences) for argument in task.arguments), sentences
        asked = question(task.steps[0], value_phrase(task.arguments[0], rng), rng)
        assert asked[0].islower()
        assert "$" not in asked
