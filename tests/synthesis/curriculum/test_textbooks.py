import re

import pytest

from hornbook.errors import ConfigError
from hornbook.records import Passage
from hornbook.synthesis.checker import check_passage
from hornbook.synthesis.curriculum.textbooks import TextbooksConfig, write_passages
from hornbook.synthesis.curriculum.world import build_world


def _write(num_passages: int, seed: int) -> list[Passage]:
    return write_passages(build_world(), TextbooksConfig(num_passages=num_passages), seed, lambda _done, _total: None)


@pytest.fixture(scope="module")
def passages() -> list[Passage]:
    return _write(1_100, 4)


def test_every_output_shown_is_the_one_that_the_code_prints(passages: list[Passage]) -> None:
    for passage in passages:
        assert check_passage(passage.text) is None, passage.text


def test_topics_audiences_and_styles_are_as_many_as_promised(passages: list[Passage]) -> None:
    assert len({passage.topic for passage in passages}) >= 150
    assert len({passage.audience for passage in passages}) == 4
    assert len({passage.style for passage in passages}) >= 5
    assert len({passage.text for passage in passages}) == len(passages)


def test_no_passage_is_broken_or_long(passages: list[Passage]) -> None:
    for passage in passages:
        prose = re.sub(r"```.*?```|`[^`]*`|'\S+'", "code", passage.text, flags=re.DOTALL)
        assert not re.search(r"\$|\{|  |\b(the the|a a|of of)\b|\.\.(?!\.)| \.", prose), passage.text
        assert len(passage.text) < 1200


def test_passages_do_not_show_functions_in_the_form_of_exercises(passages: list[Passage]) -> None:
    assert not any('"""' in passage.text for passage in passages)


def test_passages_are_a_function_of_the_seed() -> None:
    assert _write(40, 1) == _write(40, 1)
    assert _write(40, 1) != _write(40, 2)


def test_a_bad_number_of_passages_is_named() -> None:
    with pytest.raises(ConfigError, match="`num_passages`"):
        TextbooksConfig(num_passages=0)
