import random
import re
from typing import Any

import pytest
from tests.synthesis.exercises_at_hand import metadata

from hornbook.errors import ConfigError
from hornbook.records import Document
from hornbook.synthesis.checker import check_passage
from hornbook.synthesis.curriculum.execution import Reference
from hornbook.synthesis.curriculum.explaining import wrong_attempt
from hornbook.synthesis.curriculum.lessons.mistakes import MISTAKES
from hornbook.synthesis.curriculum.sampler import bind
from hornbook.synthesis.curriculum.scripts import printed, watch_loop
from hornbook.synthesis.curriculum.textbooks import STYLES, TextbooksConfig, write_passages
from hornbook.synthesis.curriculum.worked import work_out
from hornbook.synthesis.curriculum.world import World


def write(num_passages: int, seed: int, **more: Any) -> list[Document]:
    return list(write_passages(TextbooksConfig(num_passages=num_passages, **more), seed))


@pytest.fixture(scope="module")
def passages() -> list[Document]:
    return write(450, 4)


def test_every_output_shown_is_the_one_that_the_code_prints(passages: list[Document]) -> None:
    for passage in passages:
        assert check_passage(passage.text) is None, passage.text


def test_topics_audiences_and_styles_are_as_many_as_promised(passages: list[Document]) -> None:
    assert len({metadata(passage, "topic") for passage in passages}) >= 150
    assert len({metadata(passage, "audience") for passage in passages}) == 4
    assert {metadata(passage, "style") for passage in passages} == set(STYLES)
    assert len({passage.text for passage in passages}) == len(passages)


def test_no_passage_is_broken_or_long(passages: list[Document]) -> None:
    for passage in passages:
        prose = re.sub(r"```.*?```|`[^`]*`|'\S+'", "code", passage.text, flags=re.DOTALL)
        assert not re.search(r"\$|\{|  |\b(the the|a a|of of)\b|\.\.(?!\.)| \.", prose), passage.text
        assert len(passage.text) < 1600
        assert '"""' not in passage.text  # It would be in the form of an exercise.


def test_a_watched_loop_prints_its_variables_in_every_turn() -> None:
    watched = watch_loop("total = 0\nfor n in [3, 4]:\n    total += n\nprint(total)\n")
    assert watched is not None
    assert printed(watched) == "n = 3 total = 3\nn = 4 total = 7\n7\n"
    assert watch_loop("print(3)\n") is None


def test_a_wrong_attempt_runs_and_is_wrong_on_some_values(world: World) -> None:
    reference = Reference(world)

    def attempt(name: str, number: int) -> object:
        rng = random.Random(f"{name}:{number}")
        worked = work_out(reference, bind((world.operations[name],), rng), rng)
        return worked and wrong_attempt(worked, "a child", rng)

    for name in MISTAKES:
        assert any(attempt(name, number) for number in range(30)), name


def test_passages_are_a_function_of_the_seed() -> None:
    first = write(20, 1)
    assert first == write(20, 1) != write(20, 2)


@pytest.mark.parametrize(("field", "value"), [("num_passages", 0), ("course", "second"), ("difficulties", (0,))])
def test_a_bad_value_is_named(field: str, value: object) -> None:
    with pytest.raises(ConfigError, match=f"`{field}`"):
        TextbooksConfig(**{field: value})  # type: ignore[arg-type]


def test_only_operations_of_the_wanted_difficulties_are_explained(world: World) -> None:
    topics = {metadata(passage, "topic") for passage in write(60, 1, difficulties=(4,))}
    assert {world.operations[topic].difficulty for topic in topics} == {4}
