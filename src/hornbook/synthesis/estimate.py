"""What a language model's part in a run would take: calls, tokens, money. Computed from configs alone."""

from dataclasses import dataclass
from typing import Any

from hornbook.pipeline.stage import Estimate, Hardware, Stage
from hornbook.synthesis.curriculum.exercises import TEACHER, ExercisesConfig
from hornbook.synthesis.curriculum.textbooks import TextbooksConfig
from hornbook.synthesis.verify import VerifyConfig
from hornbook.teacher.prices import load_prices


@dataclass(frozen=True, slots=True)
class _Calls:
    """What a call takes, and what comes of it; measured with a model of 1.5B parameters, docs/log.md."""

    tokens_in: int
    tokens_out: int
    kept_share: float
    """Of the answers, those that can be used."""


_EXERCISE = _Calls(340, 150, 0.89)
_PASSAGE = _Calls(440, 460, 0.75)
_SOLUTION = _Calls(170, 80, 1.0)


def estimate(stage: Stage, hardware: Hardware | None) -> Estimate:
    """What the stage's teacher would be asked; nothing where the curriculum writes."""
    del hardware
    match stage.config:
        case ExercisesConfig(teacher=teacher, num_exercises=number):
            return _work(teacher, number, number, _EXERCISE)
        case TextbooksConfig(teacher=teacher, num_passages=number):
            return _work(teacher, number, number, _PASSAGE)
        case VerifyConfig(teacher=teacher) if teacher:
            number = sum(_asked_about(source.config) for source in stage.inputs.values())
            return _work(teacher, 0, number * stage.config.written.solutions.num_solutions, _SOLUTION)
    return Estimate()


def _asked_about(config: Any) -> int:
    return config.num_exercises if isinstance(config, ExercisesConfig) else 0


def _work(teacher: str, documents: int, wanted: int, each: _Calls) -> Estimate:
    if teacher == TEACHER:
        return Estimate(documents=documents)
    price = load_prices(None).find(teacher)
    calls = round(wanted / each.kept_share)
    tokens_in, tokens_out = calls * each.tokens_in, calls * each.tokens_out
    said = "its price is not known and counted as 0" if price is None else f"at {price.describe()}"
    return Estimate(
        documents=documents,
        teacher_calls=calls,
        teacher_tokens_in=tokens_in,
        teacher_tokens_out=tokens_out,
        price_usd=0.0 if price is None else price.usd(tokens_in, tokens_out),
        assumptions=(
            f"{teacher}: {each.tokens_in} tokens in and {each.tokens_out} out a call, {said}; {each.kept_share:.0%} of"
            " the answers can be used. So it was with a model of 1.5B parameters.",
        ),
    )
