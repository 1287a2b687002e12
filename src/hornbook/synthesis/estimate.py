"""What a language model's part in a run would take: calls, tokens, money. Computed from configs alone."""

from dataclasses import dataclass

from hornbook.pipeline.stage import Estimate
from hornbook.records import CURRICULUM
from hornbook.teacher.prices import load_prices


@dataclass(frozen=True, slots=True)
class Calls:
    """What a call takes, and what comes of it; measured with a model of 1.5B parameters, docs/log.md."""

    tokens_in: int
    tokens_out: int
    kept_share: float
    """Of the answers, those that can be used."""


EXERCISE = Calls(340, 150, 0.89)
PASSAGE = Calls(440, 460, 0.75)
SOLUTION = Calls(170, 80, 1.0)


def estimated_calls(teacher: str, documents: int, wanted: int, each: Calls) -> Estimate:
    """What it would take that a teacher gives so many answers that can be used; the curriculum takes nothing."""
    if teacher == CURRICULUM:
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
