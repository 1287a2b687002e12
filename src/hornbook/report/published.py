"""Our scores on a benchmark among published scores of other models.

None of the published scores was measured here, and no two of them under one protocol: prompts, sampling, the place
where an answer is cut, even the set of problems differ. They show the range of scores, not who is ahead.

Source: each row names its own.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

PASS_AT_1, UNDERSTANDING = "pass@1", "understanding"
"""The measures: the share of problems solved by tests, and a language model's grade."""
_TABLE_1 = "Gunasekar et al. 2023 (arXiv 2306.11644), table 1"
_TABLE_2 = "Gunasekar et al. 2023 (arXiv 2306.11644), table 2"
_QWEN = "Qwen2.5-Coder Technical Report (arXiv 2409.12186)"

_SELF_REPORTED = "As its own authors report it, where they do; under their protocol, not under this one."
_MBPP = f"{_SELF_REPORTED} The table does not say which problems of MBPP, nor how they were asked."
_PHI_1 = "One generation per problem; the paper gives neither stop strings nor temperature."
_PHI_1_MBPP = (
    "The paper does not say which problems of MBPP, nor how they were asked; 55.5 % is 237 of 427, the size of the "
    "sanitized set."
)
_ROUNDED = "Rounded to a whole percent in the table; under another protocol than this one."
_CHAT = "An instruction-tuned model, asked by chat under its authors' protocol."
_UNDERSTANDING_NOTE = (
    "A grade given by GPT-4, not by tests, on the 50 problems of the paper's authors, which are other problems than "
    "those here."
)
_Published = tuple[str, str, float, str, str]
"""Model, parameters as printed (empty where they are unknown), percent, source, and what is known of the protocol."""


@dataclass(frozen=True, kw_only=True)
class ScoreRow:
    """A row of a chart of scores."""

    model: str
    score: float
    """0 to 1."""
    ours: str
    """The colour of our row, `tuned` or `base`; empty for published scores."""
    parameters: str = ""
    ci95: tuple[float, float] | None = None
    """None for published scores."""
    source: int = 0
    """Number of the source in the chart's `sources`, from 1; 0 for ours."""


def published_chart(
    benchmark: str, title: str, ours: Sequence[ScoreRow], *, measure: str = PASS_AT_1
) -> dict[str, Any] | None:
    """A chart of our scores and of published ones of the same measure.

    Both protocols of MBPP get the same published scores, because their sources do not say which one they speak of. The
    measure is `PASS_AT_1` or `UNDERSTANDING`.

    Returns:
        `benchmark` (the title), `measure`, `rows` (the highest score first), and `sources`: each with its remarks, and
        the models that a remark is about. None where no comparable score was published.
    """
    published = _published(benchmark, measure)
    if not published or not ours:
        return None
    sources = list(dict.fromkeys(source for *_, source, _ in published))
    rows = [
        *ours,
        *(
            ScoreRow(model=model, parameters=parameters, score=percent / 100, ours="", source=1 + sources.index(source))
            for model, parameters, percent, source, _ in published
        ),
    ]
    return {
        "benchmark": title,
        "measure": measure,
        "rows": sorted(rows, key=lambda row: (-row.score, row.ours == "")),
        "sources": [(source, _remarks([one for one in published if one[3] == source])) for source in sources],
    }


def _published(benchmark: str, measure: str) -> list[_Published]:
    match benchmark, measure:
        case (("mbpp" | "mbpp-sanitized-signature"), "pass@1"):
            return [
                (model, parameters, mbpp, _TABLE_1, _PHI_1_MBPP if model == "phi-1" else _MBPP)
                for model, parameters, _, mbpp in _CODE_MODELS
                if mbpp is not None
            ]
        case "unconventional-50", "understanding":
            return [(*row, _TABLE_2, _UNDERSTANDING_NOTE) for row in _UNCONVENTIONAL]
        case "humaneval", "pass@1":
            return [
                *(
                    (model, parameters, percent, _TABLE_1, _PHI_1 if model == "phi-1" else _SELF_REPORTED)
                    for model, parameters, percent, _ in _CODE_MODELS
                ),
                ("phi-1-base", "1.3B", 29, _TABLE_2, _ROUNDED),
                ("phi-1-small", "350M", 45, _TABLE_2, _ROUNDED),
                ("Qwen2.5-Coder-1.5B-Instruct", "1.5B", 70.7, _QWEN, _CHAT),
            ]
    return []


def _remarks(published: Sequence[_Published]) -> list[tuple[str, str]]:
    """The models that a remark is about, and the remark; the most frequent one names no models."""
    notes: dict[str, list[str]] = {}
    for model, *_, note in published:
        notes.setdefault(note, []).append(model)
    by_size = sorted(notes.items(), key=lambda item: -len(item[1]))
    return [("" if at == 0 else ", ".join(models), note) for at, (note, models) in enumerate(by_size)]


# Model, parameters, HumanEval and MBPP in percent; None where the table has no figure.
_CODE_MODELS: tuple[tuple[str, str, float, float | None], ...] = (
    ("Codex-300M", "300M", 13.2, None),
    ("Codex-12B", "12B", 28.8, None),
    ("CodeGen-Mono-350M", "350M", 12.8, None),
    ("CodeGen-Mono-16.1B", "16.1B", 29.3, 35.3),
    ("PaLM-Coder", "540B", 35.9, 47.0),
    ("CodeGeeX", "13B", 22.9, 24.4),
    ("GPT-3.5", "175B", 47, None),
    ("SantaCoder", "1.1B", 14.0, 35.0),
    ("GPT-4", "", 67, None),
    ("Replit", "2.7B", 21.9, None),
    ("Replit-Finetuned", "2.7B", 30.5, None),
    ("CodeGen2-1B", "1B", 10.3, None),
    ("CodeGen2-7B", "7B", 19.1, None),
    ("StarCoder", "15.5B", 33.6, 52.7),
    ("StarCoder-Prompted", "15.5B", 40.8, 49.5),
    ("PaLM 2-S", "", 37.6, 50.0),
    ("CodeT5+ 2B", "2B", 24.2, None),
    ("CodeT5+ 16B", "16B", 30.9, None),
    ("InstructCodeT5+", "16B", 35.0, None),
    ("WizardCoder", "16B", 57.3, 51.8),
    ("phi-1", "1.3B", 50.6, 55.5),
)
# Model, parameters, the grade "Understanding" in percent.
_UNCONVENTIONAL: tuple[tuple[str, str, float], ...] = (
    ("CodeGen-Mono-350M", "350M", 19),
    ("CodeGen-Mono-16.1B", "16.1B", 38),
    ("Replit", "2.7B", 37),
    ("StarCoder", "15.5B", 51),
    ("phi-1-base", "1.3B", 37),
    ("phi-1-small", "350M", 45),
    ("phi-1", "1.3B", 52),
)
