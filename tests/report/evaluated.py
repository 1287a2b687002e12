"""An evaluation that never happened: invented completions, verdicts, times and grades in real tables and metrics."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from tests.evaluation.small import problem, verdict
from tests.report.miniature import HOSTILE, run_small

from hornbook.evaluation.grade import measure_agreement
from hornbook.evaluation.score import score_bits, score_verdicts
from hornbook.pipeline.run import Pipeline
from hornbook.pipeline.runs import RunFolder
from hornbook.pipeline.stage import Artifact, Result, Stage, Workspace
from hornbook.records import Completion, Grade, Outcome, Problem, Timing, Verdict
from hornbook.report.stages import VERSION, EvaluationReportConfig, run_evaluation_report
from hornbook.sandbox.jail import Jail

NO_JAIL = "none: programs run without a jail"
PROSE = "Here is the function:\n\n```python\n{}```\n\nIt sorts the words & joins them. </pre><script>throw 2</script>\n"
BODY = "    return ' '.join(sorted(words, key=len))\n"


@dataclass(frozen=True, kw_only=True)
class EvaluatedConfig:
    """What is invented."""

    model: str = "invented/Tiny-Coder-1.5B-Instruct"
    benchmarks: tuple[str, ...] = ("humaneval", "mine")
    num_problems: int = 24
    num_samples: int = 1
    jailed: bool = True
    graded: bool = True
    truncated: int = 0


def run_evaluation(config: EvaluatedConfig, root: Path) -> RunFolder:
    """The invented evaluation and its real report, in the store `root`."""
    evaluate = Stage("evaluate", _evaluate, config, 1)
    report = Stage("report", run_evaluation_report, EvaluationReportConfig(), VERSION, {"evaluate": evaluate})
    return run_small(Pipeline("evaluate", (evaluate, report)), root)


def _evaluate(config: EvaluatedConfig, _inputs: Mapping[str, Artifact], workspace: Workspace) -> Result:
    scores: list[dict[str, Any]] = []
    grades: dict[str, Any] = {}
    chance = random.Random(11)
    for name in config.benchmarks:
        problems = [
            problem(
                f"{name}/{index}",
                f'def sort_words_{index}(words: list[str]) -> str:\n    """Join the words, short ones first."""\n',
                entry_point=f"sort_words_{index}",
                canonical_solution=BODY,
                category=("easy", "hard")[index % 2] if name == "mine" else "",
            )
            for index in range(config.num_problems)
        ]
        judged = [_sample(problem, index, chance) for problem in problems for index in range(config.num_samples)]
        verdicts = [verdict for _, verdict, _ in judged]
        workspace.write_records(f"{name}-problems", Problem, problems)
        workspace.write_records(f"{name}-completions", Completion, [completion for completion, _, _ in judged])
        workspace.write_records(f"{name}-verdicts", Verdict, verdicts)
        workspace.write_measured(f"{name}-times", Timing, [timing for _, _, timing in judged])
        score = score_verdicts(
            name, problems, verdicts, protocol="prompt as given, greedy", generator=np.random.default_rng(0)
        )
        title = {"humaneval": "HumanEval"}.get(name, name)
        bits = [40.0] * (config.num_problems - config.truncated) + [None] * config.truncated
        score |= score_bits(problems, bits, np.random.default_rng(0))
        scores.append({**score, "title": title, "protocol_name": name, "protocol_version": 1})
        if config.graded:
            given = _grades(verdicts, chance)
            workspace.write_records(f"{name}-grades", Grade, given)
            agreement = measure_agreement(verdicts, given, np.random.default_rng(0))
            more = {"grader": "invented/Teacher-7B", "protocol": "blind, two gradings", "ungraded": 3}
            grades[name] = {**agreement, **more}
    sandbox = Jail().describe()
    return Result(
        kept=sum(score["num_problems"] * score["num_samples"] for score in scores),
        unit="verdicts",
        metrics={
            "model": {"kind": "endpoint, chat", "name": config.model, "digest": ""},
            "sampling": {"max_new_tokens": 300, "temperature": 0.0, "num_samples": config.num_samples},
            "scores": scores,
            "sandbox": sandbox if config.jailed else {**sandbox, "backend": NO_JAIL},
            "grades": grades,
            "truncated_prompts": dict.fromkeys(config.benchmarks, config.truncated),
        },
    )


def _sample(of: Problem, index: int, chance: random.Random) -> tuple[Completion, Verdict, Timing]:
    """Some pass; of the others each kind of failure, answers in prose and hostile ones among them."""
    number = int(of.task_id.rsplit("/", 1)[1])
    outcome = Outcome.PASSED if chance.random() < 0.45 else tuple(Outcome)[1 + number % 4]
    text, raw = BODY, BODY + "\n\nprint(sort_words(['what', 'follows']))\n" * (number % 3 == 0)
    if number % 5 == 1:
        text, raw = f"    pass\n\n\n{of.prompt}{BODY}", PROSE.format(of.prompt + BODY)
    if number % 7 == 2:
        text = raw = HOSTILE
    if number == 9:
        text, raw = "", "# I cannot do this.\n"
    detail = "" if outcome is Outcome.PASSED else f"line {number + 3}: {outcome.name.title()}: got 'a b'"
    stderr = "invented warning: <i>words</i> is old\n" if number % 6 == 3 else ""
    return (
        Completion(task_id=of.task_id, sample_index=index, raw=raw, text=text),
        replace(verdict(of.task_id, outcome, index, detail), stderr=stderr),
        Timing(task_id=of.task_id, sample_index=index, cpu_seconds=0.01 * (1 + number)),
    )


def _grades(verdicts: Sequence[Verdict], chance: random.Random) -> list[Grade]:
    return [
        Grade(
            task_id=verdict.task_id,
            sample_index=verdict.sample_index,
            grading_index=grading,
            assessment="It sorts by length & joins; <b>ties</b> keep their order.",
            grade=min(10, max(0, round(chance.gauss(7.5 if verdict.outcome is Outcome.PASSED else 4, 1.8)))),
        )
        for verdict in verdicts
        for grading in range(2)
    ]
