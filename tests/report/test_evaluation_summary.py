import io
import json
from pathlib import Path

import pytest
from rich.console import Console
from tests.report.evaluated import EvaluatedConfig, run_evaluation

from hornbook.artifacts.run import RunFolder
from hornbook.report.summary import describe_run, print_summary


def printed(run: RunFolder, *, stages: bool = False) -> list[str]:
    stream = io.StringIO()
    print_summary(run, Console(file=stream, soft_wrap=True), stages=stages)
    return stream.getvalue().splitlines()


def test_each_benchmark_has_its_score_interval_outcomes_and_protocol(evaluation: RunFolder) -> None:
    lines = printed(evaluation)
    assert "invented/Tiny-Coder-1.5B-Instruct endpoint, chat" in lines
    assert "HumanEval  24 problems; with 95 % intervals" in lines
    assert sum(line.startswith("  pass@1") for line in lines) == 2
    assert "  protocol    humaneval, version 1" in lines
    assert any(line.startswith("  outcomes    passed ") for line in lines)
    assert any("invented/Teacher-7B" in line for line in lines)
    assert not any("without a jail" in line for line in lines)


def test_an_evaluation_is_no_run_that_lacks_stages(evaluation: RunFolder) -> None:
    lines = printed(evaluation, stages=True)
    assert not any(line.startswith("not run") for line in lines)
    assert f"report   {evaluation.path}/report/report.html" in lines
    assert sum(" s  " in line for line in lines) == 2


def test_samples_truncated_prompts_and_a_missing_jail_are_told(sampled_evaluation: RunFolder) -> None:
    lines = printed(sampled_evaluation)
    assert "HumanEval  12 problems, 10 samples of each; with 95 % intervals" in lines
    assert [line.split()[0] for line in lines if line.startswith("  pass@")] == ["pass@1", "pass@5", "pass@10"]
    assert "  prompts     3 too long for the model, read from the middle on" in lines
    assert any(line.startswith("programs ran without a jail") for line in lines)


@pytest.mark.parametrize("name", ["evaluation", "sampled_evaluation"])
def test_lines_fit_80_columns_paths_aside(name: str, request: pytest.FixtureRequest) -> None:
    run: RunFolder = request.getfixturevalue(name)
    assert max(len(line) for line in printed(run, stages=True) if str(run.store.root) not in line) <= 80


def test_a_models_name_cannot_speak_to_the_terminal(tmp_path: Path) -> None:
    name = "[bold]x[/bold]\x1b[2J:warning:"
    config = EvaluatedConfig(model=name, benchmarks=("mine",), num_problems=2, graded=False)
    text = "\n".join(printed(run_evaluation(config, tmp_path)))
    assert "\x1b" not in text
    assert "[bold]x[/bold]\\x1b[2J:warning:" in text


def test_other_programs_get_the_scores(evaluation: RunFolder) -> None:
    found = json.loads(json.dumps(describe_run(evaluation)))
    assert [(score["model"], score["benchmark"]) for score in found["scores"]] == [
        ("invented/Tiny-Coder-1.5B-Instruct", "humaneval"),
        ("invented/Tiny-Coder-1.5B-Instruct", "mine"),
    ]
    assert all({"pass@1", "ci95", "protocol_name", "protocol_version"} <= score.keys() for score in found["scores"])
    assert found["model_sha256"] is None
    assert found["report"].endswith("report/report.html")
