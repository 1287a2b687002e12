"""What others published of their models, to stand beside a score of one's own.

None of these figures was measured here, and no two of them under one protocol: prompts, sampling, the place where an
answer is cut, even the set of problems differ. They say where a score lies, not who is better by two points.

Source: each row names its own.
"""

from dataclasses import dataclass

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
_UNDERSTANDING = (
    "A grade given by GPT-4, not by tests, on the 50 problems of the paper's authors, which are other problems than "
    "those here."
)


@dataclass(frozen=True, kw_only=True)
class PublishedScore:
    """One model's score on one benchmark, as printed."""

    model: str
    parameters: str
    """As printed: `1.3B`; empty where it is not known."""
    benchmark: str
    score: float
    """0 to 1."""
    measure: str
    """`pass@1`, or `understanding`: a language model's grade."""
    source: str
    note: str
    """In what the protocol is another one, as far as that is known."""


def published_scores(benchmark: str) -> list[PublishedScore]:
    """The rows for a benchmark, in the order of their tables; none for most benchmarks.

    Args:
        benchmark: Its name: `humaneval`. Both protocols of MBPP get the same rows, because their sources do not say
            which one they speak of.
    """
    if benchmark in ("mbpp", "mbpp-sanitized-signature"):
        return [
            _row(benchmark, model, parameters, mbpp, _TABLE_1, _PHI_1_MBPP if model == "phi-1" else _MBPP)
            for model, parameters, _, mbpp in _CODE_MODELS
            if mbpp is not None
        ]
    if benchmark == "unconventional-50":
        return [_row(benchmark, *row, _TABLE_2, _UNDERSTANDING, measure="understanding") for row in _UNCONVENTIONAL]
    if benchmark != "humaneval":
        return []
    return [
        *(
            _row(benchmark, model, parameters, percent, _TABLE_1, _PHI_1 if model == "phi-1" else _SELF_REPORTED)
            for model, parameters, percent, _ in _CODE_MODELS
        ),
        _row(benchmark, "phi-1-base", "1.3B", 29, _TABLE_2, _ROUNDED),
        _row(benchmark, "phi-1-small", "350M", 45, _TABLE_2, _ROUNDED),
        _row(benchmark, "Qwen2.5-Coder-1.5B-Instruct", "1.5B", 70.7, _QWEN, _CHAT),
    ]


def _row(
    benchmark: str, model: str, parameters: str, percent: float, source: str, note: str, measure: str = "pass@1"
) -> PublishedScore:
    return PublishedScore(
        model=model,
        parameters=parameters,
        benchmark=benchmark,
        score=percent / 100,
        measure=measure,
        source=source,
        note=note,
    )


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
