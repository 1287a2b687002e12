import json

import pytest

from hornbook.errors import ConfigError
from hornbook.synthesis.prompted.exercise_prompts import (
    Constraint,
    ExerciseIngredients,
    ExercisePromptConfig,
    constraint_named,
    exercise_request,
    order_exercise,
)
from hornbook.synthesis.prompted.forms import read_layouts
from hornbook.synthesis.prompted.word_lists import Topic
from hornbook.teacher.wire import ChatRequest

INGREDIENTS = ExerciseIngredients(
    names=[f"name_{number}" for number in range(50)],
    topics=[Topic(f"area {number % 3}", f"topic {number}") for number in range(12)],
    professions=["a baker", "a nurse", "a pilot"],
    twists=["It sorts first.", "It stops early."],
    layouts=read_layouts(),
)


def said(constraint: Constraint, index: int, seed: int = 0) -> str:
    config = ExercisePromptConfig(constraint=constraint)
    request = exercise_request(order_exercise(INGREDIENTS, config, seed, index), config, seed)
    assert isinstance(request, ChatRequest)
    return json.dumps([dict(message) for message in request.messages])


def test_a_request_depends_on_seed_and_index_alone_and_no_two_are_alike() -> None:
    texts = [said(Constraint.ALL, index) for index in range(100)]
    assert len(set(texts)) == 100
    assert [said(Constraint.ALL, index) for index in (99, 3)] == [texts[99], texts[3]]
    assert said(Constraint.ALL, 0, seed=1) != texts[0]


def test_the_constraint_decides_what_is_said() -> None:
    for index in range(20):
        order = order_exercise(INGREDIENTS, ExercisePromptConfig(), 0, index)
        name, topics, profession = f"`{order.name}`", [topic.name for topic in order.topics], order.profession
        whole = said(Constraint.ALL, index)
        assert name in whole
        assert all(topic in whole for topic in topics)
        assert profession in whole
        only_name = said(Constraint.NAME, index)
        assert name in only_name
        assert not any(f"{topic};" in only_name or f"{topic}." in only_name for topic in topics)
        assert f"Profession: {profession}." not in only_name
        with_topics = said(Constraint.NAME_TOPICS, index)
        assert all(topic in with_topics for topic in topics)
        assert f"Profession: {profession}." not in with_topics


def test_one_fixed_prompt_differs_only_in_how_its_answers_are_drawn() -> None:
    config = ExercisePromptConfig(constraint=Constraint.FIXED, temperature=1.0)
    requests = [exercise_request(order_exercise(INGREDIENTS, config, 0, index), config, 0) for index in range(10)]
    assert len({json.dumps(request.body("m")["messages"]) for request in requests}) == 1
    assert len({request.sampling.seed for request in requests}) == 10
    assert [request.sample for request in requests] == list(range(10))


def test_every_name_and_every_topic_comes_once_before_any_comes_twice() -> None:
    orders = [order_exercise(INGREDIENTS, ExercisePromptConfig(), 7, index) for index in range(50)]
    assert len({order.name for order in orders}) == 50
    assert len({order.topics[0] for order in orders[:12]}) == 12


def test_the_two_topics_come_from_different_areas() -> None:
    for index in range(60):
        first, second = order_exercise(INGREDIENTS, ExercisePromptConfig(), 0, index).topics
        assert first.area != second.area


def test_the_layout_and_its_example_vary() -> None:
    layouts = {order_exercise(INGREDIENTS, ExercisePromptConfig(), 0, index).layout.name for index in range(100)}
    assert layouts == {layout.name for layout in read_layouts()}


def test_a_likeliest_answer_is_asked_for_without_a_seed() -> None:
    config = ExercisePromptConfig(temperature=0)
    assert exercise_request(order_exercise(INGREDIENTS, config, 0, 0), config, 0).sampling.seed is None


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"temperature": -1}, "`temperature` must not be negative"),
        ({"max_new_tokens": 0}, "`max_new_tokens` must be at least 1"),
        ({"top_p": 0}, r"`top_p` must lie in \(0, 1\]"),
        ({"constraint": Constraint.FIXED, "temperature": 0}, "needs a `temperature` above 0"),
    ],
)
def test_a_config_that_cannot_be_used_is_refused(fields: dict[str, float], said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        ExercisePromptConfig(**fields)  # type: ignore[arg-type]


def test_an_unknown_constraint_is_named_with_those_there_are() -> None:
    assert constraint_named("name+topics") is Constraint.NAME_TOPICS
    with pytest.raises(ConfigError, match=r"one of `fixed`, `name`, .*, got 'none'"):
        constraint_named("none")
