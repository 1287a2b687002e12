"""A run that never happened, invented number by number."""

import math
import random
from typing import Any

from tests.report.found_leaks import invented_contamination

from hornbook.report.beside import beside_of, our_row
from hornbook.report.data import (
    Calibration,
    CodeExcerpt,
    Corpus,
    Diversity,
    Estimate,
    FamilyScore,
    FlowStep,
    Lane,
    MergedStep,
    ReportData,
    StageFacts,
    Surprise,
    TextExcerpt,
    Training,
    ValuedSource,
)
from hornbook.report.scored import Answer, Attempts, ProblemAnswers, SandboxFacts, Score

HOSTILE = "    return 1\n</code></pre></script><img src=x onerror=\"document.title='owned'\"><script>throw 1</script>\n"

LONG_CODE = '''def normalise_rows(matrix, epsilon=1e-9, *, a_rather_long_keyword_argument_name=None):
    """Scale each row of a made-up matrix to length one.

    Rows of zeros stay zeros.
    """
    rows = []
    for row in matrix:  # a comment
        length = sum(value**2 for value in row) ** 0.5
        rows.append([value / max(length, epsilon) for value in row])
    return rows
'''

PASSAGE = """# Counting what you see

Imagine a basket of fruit. You take each fruit out in turn & ask: have I met this kind before? A dictionary remembers.

```python
def count_each(items):
    counts = {}
    for item in items:
        counts[item] = counts.get(item, 0) + 1
    return counts

print(count_each(["pear", "fig", "pear"]))
```

This prints:

```
{'pear': 2, 'fig': 1}
```

The call to `get` answers 0 for a fruit that is new, so that the first one counts as one.
"""


LOOP = "    result = []\n    for word in words:\n        result.append(word)\n    return result\n"


def _steps() -> tuple[Lane, ...]:
    def step(stage: str, title: str, kept: int, unit: str, dropped: tuple = (), note: str = "") -> FlowStep:
        return FlowStep(stage=stage, title=title, kept=kept, unit=unit, dropped=dropped, note=note)

    return (
        Lane(
            kind="code",
            title="Real code",
            steps=(
                step(
                    "corpus",
                    "Cut into samples",
                    10_412,
                    "samples",
                    (("too long", 312),),
                    "The standard library, invented.",
                ),
                step(
                    *("hygiene", "Fit to be learnt from", 10_030, "samples"),
                    (("too short", 375), ("data in code", 7)),
                    "Masked: e-mail addresses (67), IP addresses (5).",
                ),
                step("select", "Chosen by value", 2_204, "samples", (("value below the threshold", 7_826),)),
            ),
        ),
        Lane(
            kind="textbook",
            title="Textbooks",
            steps=(
                step("textbooks", "Written", 6_000, "passages"),
                step("verify", "Examples executed", 5_996, "passages", (("wrong output", 4),)),
            ),
        ),
        Lane(
            kind="exercise",
            title="Exercises",
            steps=(
                step("exercises", "Written", 50_000, "exercises"),
                step("verify", "Solutions executed", 49_870, "exercises", (("a test failed", 127), ("timed out", 3))),
            ),
        ),
    )


def _score(model: str, benchmark: str, passed: int, ci95: tuple[float, float], num_problems: int) -> Score:
    return Score(
        model=model,
        benchmark=benchmark,
        pass_at_1=passed / num_problems,
        ci95=ci95,
        more_k=(),
        num_problems=num_problems,
        num_samples=1,
        outcomes=(("passed", passed), ("wrong", num_problems - passed - 7), ("syntax error", 7)),
        protocol="greedy, at most 200 tokens",
        protocol_name="",
        truncated_prompts=0,
    )


def _problem(index: int, chance: random.Random, text: str = "") -> ProblemAnswers:
    outcomes = ["passed" if chance.random() < share else "wrong" for share in (0.03, 0.12)]
    return ProblemAnswers(
        task_id=f"Invented/{index}",
        entry_point=f"invented_problem_{index}",
        category="strings",
        prompt=f'def invented_problem_{index}(words: list[str]) -> str:\n    """Join the words & sort."""\n',
        canonical_solution="    return ' '.join(sorted(words, key=len, reverse=True))\n",
        attempts=tuple(
            attempts(model, [answer(outcome, text or LOOP)])
            for model, outcome in zip(("base", "tuned"), outcomes, strict=True)
        ),
    )


def answer(outcome: str, text: str, **fields: Any) -> Answer:
    """One sample; `fields` are those of `Answer` that are not usual."""
    usual = {
        "cut_off": "",
        "whole": "",
        "detail": "" if outcome == "passed" else "AssertionError: got 'a b', wanted 'b a'",
        "stderr": "",
        "cpu_seconds": None,
        "assessments": (),
    }
    return Answer(outcome=outcome, text=text, **{**usual, **fields})


def attempts(model: str, shown: list[Answer], num_samples: int | None = None) -> Attempts:
    """The samples of one model, those shown and as many more that failed as `num_samples` says."""
    return Attempts(
        model=model,
        num_samples=num_samples or len(shown),
        num_passed=sum(sample.passed for sample in shown),
        mean_grade=None,
        shown=tuple(shown),
    )


def _training(name: str, high: float, low: float, steps: int, chance: random.Random) -> Training:
    def loss(step: int) -> float:
        return low + (high - low) * math.exp(-9 * step / steps)

    return Training(
        name=name,
        num_parameters=4_213_760,
        num_steps=steps,
        num_tokens=steps * 16_384,
        train_loss=tuple((step, loss(step) * (1 + 0.05 * chance.uniform(-1, 1))) for step in range(1, steps + 1)),
        held_out_loss=tuple((step, loss(step) * 1.03) for step in range(steps // 10, steps + 1, steps // 10)),
    )


def fabricate() -> ReportData:
    """Build the invented run; equal on every call."""
    chance = random.Random(3)
    names = (
        *("corpus", "hygiene", "annotate", "classifier", "select", "textbooks", "exercises", "verify", "deduplicate"),
        *(
            "decontaminate",
            "tokenizer",
            "tokenize",
            "pretrain",
            "finetune",
            "evaluate-base",
            "evaluate-tuned",
            "export",
        ),
    )
    excerpt = {"lines": "invented/linear.py, lines 10 to 20", "text": LONG_CODE}
    return ReportData(
        recipe="invented",
        scores=(
            _score("base", "held-out exercises", 65, (0.174, 0.267), 300),
            _score("tuned", "held-out exercises", 244, (0.765, 0.853), 300),
            _score("base", "HumanEval", 1, (0.001, 0.034), 164),
            _score("tuned", "HumanEval", 6, (0.017, 0.078), 164),
        ),
        stages=tuple(
            StageFacts(
                name=name,
                fingerprint=f"{index:02d}ab34cd56ef78901234",
                version=1,
                seed=0,
                seconds=[3.1, 4.0, 0.2, 41.0, 1.2, 8.0, 12.5, 31.0, 9.9, 14.1, 2.5, 6.0, 181.4, 120.2, 28.8, 31.6, 0.9][
                    index
                ],
                kept=1_000 * index + 1,
                unit="records",
                dropped=(("exact duplicate", 3),) if index % 3 == 0 else (),
                inputs=(("corpus", "00ab34cd56ef78901234"), ("values", "02ab34cd56ef78901234")) if index else (),
            )
            for index, name in enumerate(names)
        ),
        lanes=_steps(),
        merged=tuple(
            MergedStep(
                step=FlowStep(stage=stage, title=title, kept=kept, unit="documents", dropped=dropped, note=note),
                kept_by_kind=(("code", 2_100), ("textbook", 5_900), ("exercise", kept - 8_000)),
            )
            for stage, title, kept, dropped, note in (
                (
                    "deduplicate",
                    "Duplicates put aside",
                    56_767,
                    (("exact duplicate", 903), ("near duplicate", 400)),
                    "",
                ),
                (
                    "decontaminate",
                    "Benchmark leaks put aside",
                    56_756,
                    (("shares a 13-gram", 11),),
                    "Against 464 problems.",
                ),
            )
        ),
        corpora=(
            Corpus(name="pretrain", num_train_tokens=2_912_334, num_held_out_tokens=29_000, num_documents=8_000),
            Corpus(name="finetune", num_train_tokens=6_120_021, num_held_out_tokens=61_000, num_documents=48_756),
        ),
        calibration=Calibration(
            num_labels=2_700,
            num_hints=4_000,
            num_held_out=300,
            rank_correlation=Estimate(value=0.641, ci95=(0.571, 0.702)),
            auc=Estimate(value=0.874, ci95=(0.83, 0.911)),
            reliability=tuple(
                (0.05 + index / 10, min(1.0, 0.02 + (index / 10) ** 1.2), 60 - 4 * index) for index in range(10)
            ),
            curve=tuple((index / 100, (1 - index / 100) ** 2.2) for index in range(101)),
            threshold=0.574,
            surprises=(
                Surprise(name="invented.Odd", score=5, value=0.04, reason="clear, but long", text=LONG_CODE + HOSTILE),
            ),
            sources=(
                ValuedSource(
                    name="invented-<b>1.0",
                    num_samples=9_000,
                    num_tokens=1_200_000,
                    mean_value=0.31,
                    share=0.28,
                    num_labels=2_700,
                    predicted=0.4,
                    observed=0.43,
                ),
                ValuedSource(
                    name="all others",
                    num_samples=3,
                    num_tokens=20,
                    mean_value=0.0,
                    share=0.0,
                    num_labels=0,
                    predicted=None,
                    observed=None,
                ),
            ),
        ),
        code_kept=tuple(
            CodeExcerpt(
                name=f"invented.linear.f{i}",
                value=0.9 - i / 10,
                label=5 - i,
                label_reason="invented",
                dropped_because="",
                **excerpt,
            )
            for i in range(3)
        ),
        code_dropped=tuple(
            CodeExcerpt(
                name=f"invented.a_long_module_name.AVeryLongClassNameIndeed.g{i}",
                value=i / 10,
                label=None,
                label_reason="",
                dropped_because="below the threshold",
                **excerpt,
            )
            for i in range(3)
        ),
        passages=tuple(
            TextExcerpt(title=title, tags=("dictionaries", "for a beginner", "story"), text=PASSAGE)
            for title in ("Counting what you see", "Counting again")
        ),
        exercises=tuple(
            TextExcerpt(title=f"invented_{i}", tags=("lists", "comprehension", "google"), text=LONG_CODE)
            for i in range(4)
        ),
        diversity=(
            Diversity(
                unit="exercises",
                num_records=1_800,
                rows=(
                    ("near duplicates (Jaccard 0.70)", "3.2 %"),
                    ("different openings among 150", "61.0 % (52.0 % to 70.0 %)"),
                ),
                stale=("31 of the last 100 records are near <b>duplicates</b>",),
            ),
        ),
        trainings=(_training("pretrain", 7.6, 1.9, 600, chance), _training("finetune", 2.4, 0.31, 500, chance)),
        families=tuple(
            FamilyScore(family=family, num_problems=50, passed=(("base", base, 50), ("tuned", tuned, 50)))
            for family, base, tuned in (
                ("integers and arithmetic", 9, 42),
                ("conditions", 12, 45),
                ("strings", 8, 36),
                ("lists", 14, 44),
                ("dictionaries", 5, 33),
                ("nested lists", 0, 50),
            )
        ),
        held_out=tuple(_problem(index, chance, HOSTILE if index == 1 else "") for index in range(6)),
        humaneval=tuple(_problem(index, chance, HOSTILE if index == 7 else "") for index in range(164)),
        beside=beside_of(
            "humaneval",
            "HumanEval",
            [
                our_row("this run, tuned", 6 / 164, (0.017, 0.078), "tuned"),
                our_row("this run, base", 1 / 164, (0.001, 0.034), "base"),
            ],
        ),
        sandbox=SandboxFacts(backend="bubblewrap", jailed=True, limits=(("cpu time", "3 s"),)),
        contamination=invented_contamination(),
        environment=(("Python", "3.11.7"), ("torch", "2.13.0"), ("platform", "Linux")),
        absent=(),
    )
