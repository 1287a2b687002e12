from dataclasses import replace

import pytest

from hornbook.errors import MissingInputError
from hornbook.export.model_card import (
    CardScore,
    CodeSource,
    ContaminationChecks,
    DataPart,
    ModelCard,
    TrainingRun,
    write_model_card,
)

CARD = ModelCard(
    name="hornbook-invented",
    num_parameters=4_213_760,
    num_layers=6,
    hidden_size=192,
    max_position=512,
    vocab_size=2_048,
    data=(DataPart(name="select", kept=2_204, unit="samples", dropped=(("below the threshold", 8_208),)),),
    sources=(CodeSource(source="cpython-3.11.7-stdlib", license="PSF-2.0", num_samples=2_204),),
    trainings=(
        TrainingRun(name="pretrain", num_steps=600, num_tokens=9_830_400, held_out_loss=1.958),
        TrainingRun(name="finetune", num_steps=500, num_tokens=8_192_000, held_out_loss=None),
    ),
    scores=(
        CardScore(
            model="base", benchmark="HumanEval", pass_at_1=0.0, ci95=(0.0, 0.023), num_problems=164, protocol="greedy"
        ),
        CardScore(
            model="tuned",
            benchmark="held-out exercises",
            pass_at_1=0.813,
            ci95=(0.765, 0.853),
            num_problems=300,
            protocol="greedy",
        ),
    ),
    contamination=ContaminationChecks(
        checks=("13-grams of words",),
        not_checked=("paraphrases",),
        num_checked=56_767,
        dropped=(("shares a 13-gram", 11),),
    ),
)


def test_a_card_states_data_training_scores_and_checks() -> None:
    text = write_model_card(CARD)
    assert text.startswith("---\nlibrary_name: transformers\n")
    for line in (
        "| select | 2,204 samples | 8,208 below the threshold |",
        "- 2,204 samples of real code from `cpython-3.11.7-stdlib`, licence PSF-2.0",
        "| pretrain | 600 | 9,830,400 | 1.958 |",
        "| finetune | 500 | 8,192,000 | not measured |",
        "| HumanEval | base | 0.0 % | 0.0 to 2.3 % | 164 |",
        "| held-out exercises | tuned | 81.3 % | 76.5 to 85.3 % | 300 |",
        "56,767 training documents were compared with the benchmarks; put aside: 11 (11 shares a 13-gram).",
        "- 13-grams of words",
        "- paraphrases",
        "      value: 81.3",
    ):
        assert line in text.splitlines()


def test_without_scores_there_is_no_card() -> None:
    with pytest.raises(MissingInputError, match="no scores"):
        write_model_card(replace(CARD, scores=()))


@pytest.mark.parametrize("checks", [None, ContaminationChecks(checks=(), not_checked=(), num_checked=0, dropped=())])
def test_without_contamination_checks_there_is_no_card(checks: ContaminationChecks | None) -> None:
    with pytest.raises(MissingInputError, match="no contamination checks"):
        write_model_card(replace(CARD, contamination=checks))


def test_the_example_in_the_card_is_python() -> None:
    text = write_model_card(CARD)
    fence = "`" * 3
    compile(text.split(f"{fence}python\n")[1].split(fence)[0], "card", "exec")
