"""Rows of the table `nearest` of `decontaminate`, and a run's contamination, invented."""

from dataclasses import dataclass

from tests.evaluation.invented_leaks import benchmark_metrics, leak_metrics, manifest

from hornbook.evaluation.blind_spots import not_checked, rule_of
from hornbook.evaluation.clean_subset import CleanScore, PassRate
from hornbook.evaluation.leaks import read_leaks
from hornbook.report.data import Contamination, NearDocument, NearMatch, NearProblem

RETOLD = """def harvest(baskets: list[int]) -> int:
    \"\"\"How many pears are in the fullest basket?\"\"\"
    fullest = 0
    for basket in baskets:  # one at a time, as a person would
        if basket > fullest:
            fullest = basket
    return fullest
"""
ASKED = """def largest_number(numbers: list[int]) -> int:
    \"\"\"Return the largest of the numbers, 0 if there is none.\"\"\"
    return max(numbers, default=0)
"""
TOLD = """Take the numbers one after the other, and remember the largest that you have seen so far.

```python
largest = 0
for number in [3, 9, 2]:
    largest = max(largest, number)
print(largest)
```

This prints 9. <script>throw 5</script>
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Near:
    """A row of the table."""

    document_id: str
    benchmark: str
    task_id: str
    detector: str
    score: float
    evidence: str
    decision: str
    document_excerpt: str
    problem_excerpt: str


def invented_contamination() -> Contamination:
    """Two problems of HumanEval leaked, none of the held-out ones."""
    leaks = read_leaks(
        manifest(
            leak_metrics(
                benchmark_metrics("humaneval", "HumanEval", 164, ["Invented/3", "Invented/90"], num_telling=93),
                benchmark_metrics("held_out", "held-out exercises", 300),
            ),
            **{"behaviour of HumanEval": 7, "n-gram of HumanEval": 4},
        )
    )
    held_out = PassRate(pass_at_1=0.8133, ci95=(0.765, 0.853), num_problems=300)
    return Contamination(
        leaks=leaks,
        rule=rule_of(leaks),
        not_checked=not_checked(leaks, ["HumanEval", "held-out exercises", "unconventional-50"]),
        clean=(
            _clean("base", (1, 0.001, 0.034), (0, 0.0, 0.023)),
            _clean("tuned", (6, 0.017, 0.078), (5, 0.013, 0.07)),
            CleanScore(model="tuned", benchmark="held-out exercises", full=held_out, clean=held_out),
        ),
        nearest=(
            _near_problem("Invented/3", "leak", num_more=4),
            _near_problem("Invented/4", "cleared", num_more=0),
            _near_problem("Invented/5", "clean", num_more=1),
        ),
    )


def _clean(model: str, full: tuple[int, float, float], clean: tuple[int, float, float]) -> CleanScore:
    rates = [
        PassRate(pass_at_1=passed / number, ci95=(low, high), num_problems=number)
        for (passed, low, high), number in ((full, 164), (clean, 162))
    ]
    return CleanScore(model=model, benchmark="HumanEval", full=rates[0], clean=rates[1])


def _near_problem(task_id: str, decision: str, *, num_more: int) -> NearProblem:
    behaviour = NearMatch(
        detector="behaviour", score=1.0, evidence="`harvest`: equal on 11 of 11 inputs, 7 different outputs"
    )
    words = NearMatch(
        detector="n-gram", score=0.64, evidence="“return the <b>largest</b> of the numbers " + "and so on " * 12
    )
    return NearProblem(
        benchmark="HumanEval",
        task_id=task_id,
        decision=decision,
        text=ASKED,
        documents=(
            NearDocument(
                document_id="exercise-0123456789abcdef",
                decision=decision,
                matches=(behaviour, words) if decision == "leak" else (words,),
                text=RETOLD,
                form="code",
            ),
            NearDocument(
                document_id="passage-0123456789abcdef",
                decision="clean",
                matches=(words,),
                text=TOLD,
                form="passage",
            ),
            NearDocument(
                document_id="passage-fedcba9876543210",
                decision="clean",
                matches=(words,),
                text="The largest of the numbers isn’t always the last one. " * 8,
                form="prose",
            ),
        ),
        num_more=num_more,
    )
