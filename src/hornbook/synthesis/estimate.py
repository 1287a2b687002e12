"""What a language model's part in a run would take: calls, tokens, money. Computed from configs alone."""

from typing import Any

from hornbook.artifacts.stage import Estimate, Hardware, Stage
from hornbook.synthesis.curriculum.exercises import TEACHER, ExercisesConfig
from hornbook.synthesis.curriculum.textbooks import TextbooksConfig
from hornbook.synthesis.verify import VerifyConfig
from hornbook.teacher.price import load_prices

_YIELD = 0.8
"""Share of answers that can be used."""
_EXERCISE_TOKENS = (330, 130)
_PASSAGE_TOKENS = (520, 450)
_SOLUTION_TOKENS = (180, 90)
"""Tokens in and out of one call."""
_BASIS = f"lengths assumed, and that {_YIELD:.0%} of the answers can be used"


def estimate(stage: Stage, hardware: Hardware | None) -> Estimate:
    """What the stage's teacher would be asked; nothing where the curriculum writes."""
    del hardware
    match stage.config:
        case ExercisesConfig(teacher=teacher, num_exercises=number):
            return _work(teacher, number, round(number / _YIELD), _EXERCISE_TOKENS)
        case TextbooksConfig(teacher=teacher, num_passages=number):
            return _work(teacher, number, round(number / _YIELD), _PASSAGE_TOKENS)
        case VerifyConfig(teacher=teacher) if teacher:
            number = sum(_asked_about(source.config) for source in stage.inputs.values())
            return _work(teacher, 0, number * stage.config.written.solutions.num_solutions, _SOLUTION_TOKENS)
    return Estimate()


def _asked_about(config: Any) -> int:
    return config.num_exercises if isinstance(config, ExercisesConfig) else 0


def _work(teacher: str, documents: int, calls: int, tokens: tuple[int, int]) -> Estimate:
    if teacher == TEACHER:
        return Estimate(documents=documents)
    price = load_prices(None).find(teacher)
    tokens_in, tokens_out = calls * tokens[0], calls * tokens[1]
    said = "its price is not known and counted as 0" if price is None else f"at {price.describe()}"
    return Estimate(
        documents=documents,
        teacher_calls=calls,
        teacher_tokens_in=tokens_in,
        teacher_tokens_out=tokens_out,
        price_usd=0.0 if price is None else price.usd(tokens_in, tokens_out),
        assumptions=(f"{teacher}: {tokens[0]} tokens in and {tokens[1]} out a call, {said}; {_BASIS}.",),
    )
