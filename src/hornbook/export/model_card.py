"""The model card: what the model has read, how it was trained, what it can do, and what nobody checked.

Reads:  what the stages of the run say of themselves, gathered by `stages.py`.
Writes: Markdown with the metadata that the Hugging Face hub reads, from the template `model_card.md.jinja`.
Source: Mitchell et al. 2019, "Model Cards for Model Reporting", for what a card has to say.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import jinja2

from hornbook.errors import MissingInputError
from hornbook.evaluation.clean_subset import CleanScore
from hornbook.evaluation.leaks import RULE_NAME, Leaks
from hornbook.pipeline.manifest import Manifest

_PAPER = "13-gram"
"""How the name of the paper's own detector begins."""


@dataclass(frozen=True, kw_only=True)
class TrainingRun:
    """One training run of the model."""

    name: str
    num_steps: int
    num_tokens: int
    """Tokens read, repeats included."""
    held_out_loss: float | None
    """At the end, in nats per token; None where it was not measured."""


@dataclass(frozen=True, kw_only=True)
class CardScore:
    """One measured score."""

    model: str
    """`base` or `tuned`."""
    benchmark: str
    """For people: `HumanEval`."""
    pass_at_1: float
    """0 to 1."""
    ci95: tuple[float, float]
    num_problems: int
    protocol: str
    """What was asked of the model and how, in words."""


@dataclass(frozen=True, kw_only=True)
class ContaminationChecks:
    """What the training data was compared with, what came of it, and what nobody could see."""

    leaks: Leaks
    rule: str
    """In a sentence or two."""
    not_checked: tuple[str, ...]
    clean: tuple[CleanScore, ...]
    """Benchmark by benchmark."""


@dataclass(frozen=True, kw_only=True)
class ModelCard:
    """All that the card says."""

    name: str
    num_parameters: int
    num_layers: int
    hidden_size: int
    max_position: int
    """The context in tokens."""
    vocab_size: int
    data: tuple[Manifest, ...]
    """Of the stages that the training data passed."""
    sources: tuple[tuple[tuple[str, str], int], ...]
    """Source of real code and its licence (SPDX) → samples."""
    trainings: tuple[TrainingRun, ...]
    scores: tuple[CardScore, ...]
    contamination: ContaminationChecks | None


def write_model_card(card: ModelCard) -> str:
    """Markdown with the metadata that the Hugging Face hub reads.

    Raises:
        MissingInputError: The card has no score; or nothing was compared; or the rule or the paper's 13-grams were not
            measured; or a score on a benchmark that was compared has none beside it on the clean problems, or there is
            no such score at all. Such a model is not published.
    """
    if not card.scores:
        raise MissingInputError(f"the model card of `{card.name}` has no scores; evaluate the model before its export")
    found = card.contamination
    if found is None or not found.leaks.benchmarks:
        raise MissingInputError(f"the model card of `{card.name}` has no contamination checks; decontaminate its data")
    _check_clean(card.name, found, card.scores)
    template = (files("hornbook.export") / "model_card.md.jinja").read_text(encoding="utf-8")
    environment = jinja2.Environment(
        undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True
    )
    return environment.from_string(template).render(card=card, measured=_measured(card.name, found.leaks))


def _check_clean(name: str, found: ContaminationChecks, scores: Sequence[CardScore]) -> None:
    compared = {benchmark["title"] for benchmark in found.leaks.benchmarks}
    present = {(score.benchmark, score.model) for score in found.clean}
    lacking = [
        score for score in scores if score.benchmark in compared and (score.benchmark, score.model) not in present
    ]
    if lacking or not present:
        of_what = f" of `{lacking[0].model}` on {lacking[0].benchmark}" if lacking else ""
        raise MissingInputError(
            f"the model card of `{name}` has no score on the problems without a leak{of_what}; evaluate the model on a "
            "benchmark that its data was compared with"
        )


def _measured(name: str, leaks: Leaks) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """The rule and the paper's detector on the labelled pairs."""
    rows = leaks.calibration["rows"] if leaks.calibration else ()
    rule = next((row for row in rows if row["name"] == RULE_NAME), None)
    paper = next((row for row in rows if row["name"].startswith(_PAPER)), None)
    if rule is None or paper is None:
        raise MissingInputError(
            f"the model card of `{name}` has no measure of the detectors; it needs the rows `{RULE_NAME}` and "
            f"`{_PAPER}` of the calibration, got {[row['name'] for row in rows]}"
        )
    return rule, paper
