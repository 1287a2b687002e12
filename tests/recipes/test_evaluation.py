from dataclasses import replace

import pytest
from tests.evaluation.scripted_model import ScriptedModel

from hornbook.benchmarks.humaneval import find_humaneval
from hornbook.evaluation.evaluate import EvaluationSettings
from hornbook.evaluation.extract import CHAT_PROTOCOL_VERSION
from hornbook.evaluation.grade import GRADING_PROTOCOL_VERSION
from hornbook.recipes.evaluation import evaluation


@pytest.mark.parametrize("field", ["chat_protocol_version", "grading_protocol_version"])
def test_scores_of_an_older_way_to_ask_or_grade_are_not_reused(field: str) -> None:
    pipeline = evaluation(ScriptedModel(lambda _request: ""), [find_humaneval()], EvaluationSettings())
    config = pipeline.stage("evaluate").config
    assert (config.chat_protocol_version, config.grading_protocol_version) == (
        CHAT_PROTOCOL_VERSION,
        GRADING_PROTOCOL_VERSION,
    )
    newer = pipeline.with_config("evaluate", replace(config, **{field: getattr(config, field) + 1}))
    assert newer.fingerprints()["evaluate"] != pipeline.fingerprints()["evaluate"]
