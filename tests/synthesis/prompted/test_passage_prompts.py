import dataclasses

import pytest

from hornbook.errors import ConfigError
from hornbook.synthesis.prompted.forms import read_audiences, read_styles
from hornbook.synthesis.prompted.passage_prompts import (
    PassageIngredients,
    PassagePromptConfig,
    order_passage,
    passage_request,
)
from hornbook.synthesis.prompted.word_lists import Topic

INGREDIENTS = PassageIngredients(
    topics=[Topic("Loops", f"topic {number}") for number in range(40)],
    audiences=read_audiences(),
    styles=read_styles(),
    skills=["tracing", "testing"],
    words=[f"word{number}" for number in range(30)],
)
CONFIG = PassagePromptConfig()


def said(ingredients: PassageIngredients, index: int, config: PassagePromptConfig = CONFIG) -> str:
    return str(
        passage_request(order_passage(ingredients, config, 0, index), config, 0).body("m")["messages"][-1]["content"]
    )


def test_a_request_says_topic_audience_skill_and_words_after_an_example_of_the_style() -> None:
    for index in range(30):
        order = order_passage(INGREDIENTS, CONFIG, 0, index)
        messages = passage_request(order, CONFIG, 0).body("m")["messages"]
        assert messages[-2]["content"] == order.style.example.strip()
        text = messages[-1]["content"]
        for part in (order.topic.name, order.topic.area, order.audience.instruction, order.skill, *order.words):
            assert part in text
        assert len(set(order.words)) == 3


def test_audiences_styles_and_words_vary_and_no_topic_comes_twice_before_each_came_once() -> None:
    orders = [order_passage(INGREDIENTS, CONFIG, 0, index) for index in range(80)]
    assert {order.audience for order in orders} == set(INGREDIENTS.audiences)
    assert {order.style for order in orders} == set(INGREDIENTS.styles)
    assert {word for order in orders for word in order.words} == set(INGREDIENTS.words)
    assert len({order.topic for order in orders[:40]}) == 40


def test_a_request_is_a_pure_function_of_seed_and_index() -> None:
    assert said(INGREDIENTS, 5) == said(INGREDIENTS, 5)
    assert len({said(INGREDIENTS, index) for index in range(40)}) == 40
    assert order_passage(INGREDIENTS, CONFIG, 1, 5) != order_passage(INGREDIENTS, CONFIG, 0, 5)


def test_real_code_inspires_by_one_to_fifteen_lines_that_stand_together() -> None:
    code = "\n".join(f"line_{number} = {number}" for number in range(40))
    inspired = dataclasses.replace(INGREDIENTS, inspirations=[code, "only = 1\n"])
    pieces = [order_passage(inspired, CONFIG, 0, index).inspiration for index in range(60)]
    assert all(piece in code or piece == "only = 1" for piece in pieces)
    lengths = {piece.count("\n") + 1 for piece in pieces}
    assert min(lengths) == 1
    assert 10 <= max(lengths) <= 15
    assert pieces[0] in said(inspired, 0)
    assert "inspire" not in said(INGREDIENTS, 0)


def test_no_words_may_be_asked_for_but_not_more_than_there_are() -> None:
    assert "Use these words" not in said(INGREDIENTS, 0, PassagePromptConfig(num_words=0))
    with pytest.raises(ConfigError, match="`num_words` is 31, and there are 30 words"):
        order_passage(INGREDIENTS, PassagePromptConfig(num_words=31), 0, 0)
    with pytest.raises(ConfigError, match="`num_words` must not be negative"):
        PassagePromptConfig(num_words=-1)
