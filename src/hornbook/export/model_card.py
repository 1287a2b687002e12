"""The model card: what the model has read, how it was trained, what it can do, and what nobody checked.

Source: Mitchell et al. 2019, "Model Cards for Model Reporting", for what a card has to say.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from hornbook.errors import MissingInputError
from hornbook.export.contamination_section import ContaminationChecks, write_contamination


@dataclass(frozen=True, kw_only=True)
class DataPart:
    """One station of the training data: what went on and what was put aside."""

    name: str
    kept: int
    unit: str
    dropped: tuple[tuple[str, int], ...]
    """Reason → number."""


@dataclass(frozen=True, kw_only=True)
class CodeSource:
    """Where real code was taken from, and under which licence."""

    source: str
    license: str
    """SPDX identifier."""
    num_samples: int


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
    benchmark: str
    pass_at_1: float
    """0 to 1."""
    ci95: tuple[float, float]
    num_problems: int
    protocol: str
    """What was asked of the model and how, in words."""


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
    data: tuple[DataPart, ...]
    sources: tuple[CodeSource, ...]
    trainings: tuple[TrainingRun, ...]
    scores: tuple[CardScore, ...]
    contamination: ContaminationChecks | None


def write_model_card(card: ModelCard) -> str:
    """Write the card as Markdown with the metadata that the Hugging Face hub reads.

    Raises:
        MissingInputError: The card has no score; or of contamination it lacks the checks, the detectors' quality, or a
            score on the clean problems. Such a model is not published.
    """
    if not card.scores:
        raise MissingInputError(f"the model card of `{card.name}` has no scores; evaluate the model before its export")
    sections = (
        _metadata(card),
        _introduction(card),
        _data(card),
        _training(card),
        _scores(card.scores),
        write_contamination(card.name, card.contamination, [(score.benchmark, score.model) for score in card.scores]),
        _use(card),
    )
    return "\n".join(sections)


def _metadata(card: ModelCard) -> str:
    lines = ["---", "library_name: transformers", "pipeline_tag: text-generation", "tags:", "- code", "- hornbook"]
    lines += ["model-index:", f"- name: {card.name}", "  results:"]
    for score in card.scores:
        if score.model == "tuned":
            lines += ["  - task:", "      type: text-generation", "    dataset:", f"      name: {score.benchmark}"]
            lines += [f"      type: {score.benchmark.lower().replace(' ', '-')}", "    metrics:"]
            lines += ["    - name: pass@1", "      type: pass@1", f"      value: {100 * score.pass_at_1:.1f}"]
    return "\n".join([*lines, "---", ""])


def _introduction(card: ModelCard) -> str:
    return f"""# {card.name}

A small language model that completes Python functions, made with Hornbook from textbook-quality data, the way phi-1
was made.

| parameters | layers | width | vocabulary | context in tokens |
|---|---|---|---|---|
| {card.num_parameters:,} | {card.num_layers} | {card.hidden_size} | {card.vocab_size:,} | {card.max_position:,} |
"""


def _data(card: ModelCard) -> str:
    rows = [f"| {part.name} | {part.kept:,} {part.unit} | {_listed(part.dropped) or 'nothing'} |" for part in card.data]
    table = "\n".join(["| station | kept | put aside |", "|---|---|---|", *rows])
    sources = "\n".join(_source(source) for source in card.sources)
    verified = any(part.name == "verify" for part in card.data)
    written = "each executed before it was kept" if verified else "as they were given, none of them executed"
    return f"""## Data

{sources}
- textbook passages and exercises, {written}

{table}

No licence is chosen for the weights here; those above belong to the code that the model has read.
"""


def _source(source: CodeSource) -> str:
    samples = "1 sample" if source.num_samples == 1 else f"{source.num_samples:,} samples"
    return f"- {samples} of real code from `{source.source}`, licence {source.license}"


def _training(card: ModelCard) -> str:
    rows = [
        f"| {run.name} | {run.num_steps:,} | {run.num_tokens:,} | "
        f"{'not measured' if run.held_out_loss is None else format(run.held_out_loss, '.3f')} |"
        for run in card.trainings
    ]
    table = "\n".join(["| run | steps | tokens read | held-out loss (nats per token) |", "|---|---|---|---|", *rows])
    return f"""## Training

Pretrained from random weights on code and textbook passages (base), then finetuned on exercises (tuned).

{table}
"""


def _scores(scores: Sequence[CardScore]) -> str:
    rows = [
        f"| {score.benchmark} | {score.model} | {100 * score.pass_at_1:.1f} % | "
        f"{100 * score.ci95[0]:.1f} to {100 * score.ci95[1]:.1f} % | {score.num_problems:,} |"
        for score in scores
    ]
    table = "\n".join(["| benchmark | model | pass@1 | 95 % interval | problems |", "|---|---|---|---|---|", *rows])
    protocols = "; ".join(dict.fromkeys(score.protocol for score in scores))
    return f"""## Scores

This folder holds the tuned model. Its completions ran against each problem's tests in a jail: {protocols}.

{table}
"""


def _use(card: ModelCard) -> str:
    fence = "`" * 3
    return f"""## Use and limits

Meant for research on small models and data, and for completing short Python functions from a signature and a docstring
in the wording of its exercises. It knows little else: no other language, no libraries beyond what it has read, no
conversation. What it writes may be wrong or unsafe; run it in a sandbox. Scores on held-out exercises say how well it
masters the limited world of its lessons, not how well it programs at large.

{fence}python
from transformers import AutoModelForCausalLM, AutoTokenizer

tokenizer = AutoTokenizer.from_pretrained("path/to/this/folder")
model = AutoModelForCausalLM.from_pretrained("path/to/this/folder")
prompt = 'def double(number: int) -> int:\\n    \"\"\"Return twice the number.\"\"\"'
tokens = model.generate(**tokenizer(prompt, return_tensors="pt"), max_new_tokens={min(64, card.max_position // 2)})
print(tokenizer.decode(tokens[0]))
{fence}

End the prompt without its last newline and let the model write it: a newline and the spaces after it are often one
token.
"""


def _listed(counts: Sequence[tuple[str, int]]) -> str:
    return ", ".join(f"{number:,} {reason}" for reason, number in counts)
