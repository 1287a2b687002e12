import pytest

from hornbook.errors import ConfigError
from hornbook.generation.prompt import SamplingConfig, group_by_length, max_prompt_tokens

LENGTHS = [5, 1, 9, 3, 5, 2, 8]


def test_prompts_of_similar_length_go_together_and_what_is_done_leaves_every_other_batch_as_it_was() -> None:
    for skip, batches in (
        (set[int](), [[1, 5, 3], [0, 4, 6], [2]]),
        ({1, 5, 3}, [[0, 4, 6], [2]]),
        ({1, 5, 0}, [[1, 5, 3], [0, 4, 6], [2]]),
        ({2, 6}, [[1, 5, 3], [0, 4, 6]]),
        (set(range(7)), []),
    ):
        assert list(group_by_length(LENGTHS, 3, skip)) == batches


def test_a_prompt_leaves_room_for_the_answer_or_for_a_quarter_of_all_positions() -> None:
    assert max_prompt_tokens(2048, 300) == 1748
    assert max_prompt_tokens(384, 300) == 288
    assert max_prompt_tokens(1, 300) == 1


def test_a_value_that_cannot_be_is_refused_by_name() -> None:
    for field, values in {
        "max_new_tokens": [0],
        "temperature": [-0.1, float("nan")],
        "top_p": [0.0],
        "batch_size": [0],
    }.items():
        for value in values:
            with pytest.raises(ConfigError, match=f"`{field}`"):
                SamplingConfig(**{field: value})
