import io
import json
from collections.abc import Mapping
from pathlib import Path

import pytest
from rich.console import Console
from tests.report.evaluated import EvaluatedConfig, run_evaluation
from tests.report.miniature import run_small
from tests.report.page import text_of

from hornbook.pipeline.run import Pipeline
from hornbook.pipeline.runs import RunFolder
from hornbook.pipeline.stage import Artifact, Result, Stage, Workspace
from hornbook.report.stages import ReportConfig, run_report
from hornbook.report.summary import describe_run, print_summary


def printed(run: RunFolder, *, stages: bool = False) -> list[str]:
    stream = io.StringIO()
    print_summary(run, Console(file=stream, soft_wrap=True), stages=stages)
    return stream.getvalue().splitlines()


def words(run: RunFolder) -> list[str]:
    return [" ".join(line.split()) for line in printed(run)]


def test_a_run_shows_scores_data_leaks_and_where_report_and_model_are(small_run: RunFolder) -> None:
    lines = words(small_run)
    assert any(line.startswith("pass@1 (with its 95 % interval; bits per byte") for line in lines)
    assert "held-out exercises base 33.3 % 9.7 to 70.0 6 problems 0.543" in lines
    at = next(at for at, line in enumerate(lines) if line.startswith("HumanEval base 33.3 %"))
    assert " 24 problems 0." in lines[at]
    assert lines[at + 1] == "1 solution too long, not in bits per byte"
    assert any(line.startswith("exercises 40 exercises, 39 kept") for line in lines)
    at = next(at for at, line in enumerate(lines) if line.startswith("without leaks"))
    assert " 1 " in lines[at]
    assert "1 of 6 problems of held-out exercises" in lines[at + 1]
    assert sum("gave away" in line for line in lines) == 1
    assert f"report {small_run.path}/report/report.html" in lines
    assert f"model {small_run.path}/export/model" in lines


@pytest.mark.parametrize("name", ["small_run", "evaluation", "sampled_evaluation"])
def test_stages_are_listed_when_asked_for_and_lines_fit_80_columns(name: str, request: pytest.FixtureRequest) -> None:
    run: RunFolder = request.getfixturevalue(name)
    lines = printed(run, stages=True)
    assert max(len(line) for line in lines if str(run.store.root) not in line) <= 80
    assert sum(" s  " in line for line in lines) == len(run.artifacts())


def test_an_evaluation_shows_score_outcomes_and_grades(evaluation: RunFolder, sampled_evaluation: RunFolder) -> None:
    lines = printed(evaluation)
    assert "invented/Tiny-Coder-1.5B-Instruct endpoint, chat" in lines
    assert "HumanEval  24 problems; with 95 % intervals" in lines
    assert any(line.startswith("  outcomes    passed ") for line in lines)
    assert "  bits/byte     0.909   0.909 to 0.909" in lines
    assert any("invented/Teacher-7B" in line for line in lines)
    assert not any("without a jail" in line for line in lines)
    lines = printed(sampled_evaluation)
    assert "HumanEval  12 problems, 10 samples of each; with 95 % intervals" in lines
    assert [line.split()[0] for line in lines if line.startswith("  pass@")] == ["pass@1", "pass@5", "pass@10"]
    assert any(line.split()[:2] == ["prompts", "3"] for line in lines)
    assert any(line.split()[:2] == ["solutions", "3"] for line in lines)
    assert any("without a jail" in line for line in lines)


def test_a_partial_run_shows_what_it_has_and_names_the_rest(partial_run: RunFolder) -> None:
    lines = printed(partial_run)
    assert not any(line.startswith(("pass@1", "model ")) for line in lines)
    assert any(line.startswith("not run  textbooks, exercises, verify") for line in lines)
    found = describe_run(partial_run)
    assert (found["scores"], found["model_sha256"], found["model"]) == ([], None, None)


def test_a_stage_of_ones_own_under_a_known_name_does_not_stop_the_summary(tmp_path: Path) -> None:
    def mine(_config: ReportConfig, inputs: Mapping[str, Artifact], _workspace: Workspace) -> Result:
        return Result(kept=3, unit="things", dropped={"too odd": 2}, metrics={"mine": len(inputs)})

    names = ("collect", "filters", "select", "verify", "decontaminate", "tokenize", "evaluate-tuned", "export")
    stages = [Stage(name, mine, ReportConfig(), 1) for name in names]
    report = Stage("report", run_report, ReportConfig(), 1, {stage.name: stage for stage in stages})
    run = run_small(Pipeline("mine", (*stages, report)), tmp_path)
    lines = words(run)
    assert not any(line.startswith("not run") for line in lines)  # All that the recipe has was run.
    assert "real code 3 things, 3 kept" in lines
    assert "without leaks 3 things, 2 dropped" in lines
    assert "not shown: the stage `evaluate-tuned` has no metric `scores`" in lines
    page = text_of((run.path / "report" / "report.html").read_text())
    assert "“What it can do” is not shown: the stage `evaluate-tuned` has no metric `scores`." in page
    assert "“What could have leaked” is not shown: the stage `decontaminate` has no metric `benchmarks`." in page
    assert "−2 too odd" in page
    assert (describe_run(run)["scores"], describe_run(run)["model_sha256"]) == ([], None)


def test_a_models_name_cannot_speak_to_the_terminal(tmp_path: Path) -> None:
    name = "[bold]x[/bold]\x1b[2J:warning:"
    config = EvaluatedConfig(model=name, benchmarks=("mine",), num_problems=2, graded=False)
    text = "\n".join(printed(run_evaluation(config, tmp_path)))
    assert "\x1b" not in text
    assert "[bold]x[/bold]\\x1b[2J:warning:" in text


def test_the_description_holds_what_other_programs_ask_for(small_run: RunFolder, evaluation: RunFolder) -> None:
    found = json.loads(json.dumps(describe_run(small_run)))
    assert (found["run"], found["finished"]) == ("small", True)
    assert [stage["name"] for stage in found["stages"]][:3] == ["collect", "filters", "annotate"]
    artifacts = small_run.artifacts()
    for stage in found["stages"]:
        manifest = artifacts[stage["name"]].manifest
        assert (stage["fingerprint"], stage["kept"], stage["dropped"]) == (
            *(manifest.fingerprint, manifest.kept, manifest.dropped),
        )
        assert stage["reused"] is False
    assert [(score["model"], score["benchmark"]) for score in found["scores"]] == [
        (model, benchmark) for model in ("base", "tuned") for benchmark in ("held_out", "humaneval")
    ]
    assert found["model_sha256"] == artifacts["export"].manifest.files["model/model.safetensors"]
    graded = describe_run(evaluation)
    assert set(graded["grades"]) == {"humaneval", "mine"}
    assert graded["scores"][0]["model"] == "invented/Tiny-Coder-1.5B-Instruct"
