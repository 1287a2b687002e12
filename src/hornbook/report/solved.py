"""The HumanEval problems that the tuned model solved, each beside the exercises of its training that are most like it.

Reads: verdicts and completions of the evaluations; the table `nearest` of the memoriser.
"""

from collections.abc import Mapping
from typing import Any

from hornbook.pipeline.stage import Artifact
from hornbook.records import Completion, Outcome, Problem, Verdict
from hornbook.report.scores import SAMPLED, TUNED

_BENCHMARK = "humaneval"
_MEMORISER = "evaluate-memoriser"


def solved_of(run: Mapping[str, Artifact]) -> list[dict[str, Any]] | None:
    """For each solved problem `task_id`, `prompt`, its `answers` and `nearest` exercises.

    An answer has its `model`, the number of samples that `passed` of `num_samples`, and the `text` of the first of
    them. None where the run has no list of nearest exercises.
    """
    if _MEMORISER not in run or not run[_MEMORISER].has("nearest"):
        return None
    nearest: dict[str, list[dict[str, Any]]] = {}
    for row in run[_MEMORISER].arrow("nearest").to_pylist():
        if row["benchmark"] == _BENCHMARK:
            nearest.setdefault(row["task_id"], []).append(row)
    problems: dict[str, Problem] = {}
    answers: dict[str, list[dict[str, Any]]] = {}
    for model, role in (TUNED, SAMPLED):
        if role in run and run[role].has(f"{_BENCHMARK}-problems"):
            problems |= {one.task_id: one for one in run[role].records(f"{_BENCHMARK}-problems", Problem)}
            for task_id, answer in _answers_of(run[role]).items():
                answers.setdefault(task_id, []).append({"model": model, **answer})
    return [
        {"task_id": task_id, "prompt": one.prompt, "answers": answers[task_id], "nearest": nearest.get(task_id, [])}
        for task_id, one in problems.items()
        if task_id in answers
    ]


def _answers_of(artifact: Artifact) -> dict[str, dict[str, Any]]:
    passed: dict[str, list[int]] = {}
    for verdict in artifact.records(f"{_BENCHMARK}-verdicts", Verdict):
        if verdict.outcome is Outcome.PASSED:
            passed.setdefault(verdict.task_id, []).append(verdict.sample_index)
    texts: dict[str, dict[int, str]] = {}
    for one in artifact.records(f"{_BENCHMARK}-completions", Completion):
        texts.setdefault(one.task_id, {})[one.sample_index] = one.text
    return {
        task_id: {"passed": len(places), "num_samples": len(texts[task_id]), "text": texts[task_id][min(places)]}
        for task_id, places in passed.items()
    }
