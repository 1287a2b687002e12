from dataclasses import replace

import pytest

from hornbook.recipes.laptop import laptop
from hornbook.synthesis.curriculum.exercises import ExercisesConfig


def test_a_language_model_is_asked_more_often_than_it_is_wanted_to_write_and_the_curriculum_is_not_asked() -> None:
    stage = laptop().stage("exercises")
    assert isinstance(stage.config, ExercisesConfig)
    free = stage.estimated()
    assert (free.teacher_calls, free.price_usd) == (0, 0)
    taught = replace(stage, config=replace(stage.config, teacher="gpt-4o-mini", num_exercises=1000)).estimated()
    assert taught.documents == 1000 < taught.teacher_calls < 1500
    assert taught.teacher_tokens_out == pytest.approx(150 * taught.teacher_calls)
    assert taught.price_usd > 0
    assert "can be used" in taught.assumptions[0]
