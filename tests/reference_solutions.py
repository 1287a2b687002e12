"""Run the reference solutions of MBPP against their own tests in the jail.

    python tests/reference_solutions.py --mbpp mbpp.jsonl --sanitized sanitized-mbpp.json

Prints one JSON line: how many there are, how many passed, and what became of each that did not. All 974 problems of
`mbpp.jsonl` are run, each as solution, setup, asserts; the sanitized ones and the 500 test problems also as Hornbook's
own problems, prompt and all.
"""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

from hornbook.benchmarks.mbpp import FULL_PROTOCOL, SANITIZED_PROTOCOL, read_mbpp, read_mbpp_sanitized
from hornbook.benchmarks.rows import read_rows
from hornbook.evaluation.judge import assemble_program
from hornbook.records import Outcome, Problem
from hornbook.sandbox.jail import Jail
from hornbook.sandbox.program import Limits, Program


def main() -> None:
    """Run what the arguments name."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mbpp", type=Path, help="mbpp.jsonl")
    parser.add_argument("--sanitized", type=Path, help="sanitized-mbpp.json")
    parser.add_argument("--cpu-seconds", type=float, default=Limits().cpu_seconds, help="for each program")
    arguments = parser.parse_args()
    results = {}
    with Jail(Limits(cpu_seconds=arguments.cpu_seconds)) as jail:
        if arguments.mbpp:
            results["all of mbpp.jsonl"] = run(jail, *plain_programs(arguments.mbpp))
            results[FULL_PROTOCOL.name] = run(jail, *problem_programs(read_mbpp(arguments.mbpp)))
        if arguments.sanitized:
            problems = read_mbpp_sanitized(arguments.sanitized)
            results[SANITIZED_PROTOCOL.name] = run(jail, *problem_programs(problems))
    print(json.dumps({"cpu_seconds": arguments.cpu_seconds, **results}))


def plain_programs(path: Path) -> tuple[list[str], list[Program]]:
    """Solution, setup and asserts of each row, without any prompt."""
    rows = read_rows(path)
    sources = ["\n".join([row.text("code"), row.text("test_setup_code"), *row.texts("test_list")]) for row in rows]
    return [f"MBPP/{row.number('task_id')}" for row in rows], [Program(source) for source in sources]


def problem_programs(problems: Sequence[Problem]) -> tuple[list[str], list[Program]]:
    """Each problem with its reference solution, as evaluation runs it."""
    programs = [assemble_program(problem, problem.canonical_solution) for problem in problems]
    return [problem.task_id for problem in problems], programs


def run(jail: Jail, names: Sequence[str], programs: Sequence[Program]) -> dict[str, object]:
    """Count, and list what did not pass."""
    reports = jail.run(programs)
    failed = [
        {
            "task_id": name,
            "outcome": report.outcome,
            "detail": report.detail,
            "cpu_seconds": round(report.cpu_seconds, 2),
        }
        for name, report in zip(names, reports, strict=True)
        if report.outcome is not Outcome.PASSED
    ]
    slowest = max(zip(reports, names, strict=True), key=lambda pair: pair[0].cpu_seconds)
    return {
        "programs": len(programs),
        "passed": len(programs) - len(failed),
        "slowest": {"task_id": slowest[1], "cpu_seconds": round(slowest[0].cpu_seconds, 2)},
        "failed": failed,
    }


if __name__ == "__main__":
    main()
