import io
import json

from rich.console import Console

from hornbook.artifacts.run import RunFolder
from hornbook.report.summary import describe_run, print_summary


def printed(run: RunFolder, *, stages: bool = False) -> list[str]:
    stream = io.StringIO()
    print_summary(run, Console(file=stream, soft_wrap=True), stages=stages)
    return stream.getvalue().splitlines()


def test_the_summary_shows_each_score_with_its_interval_and_number_of_problems(small_run: RunFolder) -> None:
    lines = [" ".join(line.split()) for line in printed(small_run)]
    assert "held-out exercises base 33.3 % 9.7 to 70.0 6 problems" in lines
    assert "tuned 33.3 % 9.7 to 70.0 6 problems" in lines
    assert any(line.startswith("HumanEval base 33.5 %") and line.endswith("164 problems") for line in lines)
    assert any(line.startswith("exercises 40 exercises, 39 kept") for line in lines)


def test_the_summary_says_how_many_problems_leaked_where_any_did(small_run: RunFolder) -> None:
    lines = [" ".join(line.split()) for line in printed(small_run)]
    at = next(at for at, line in enumerate(lines) if line.startswith("without leaks"))
    assert lines[at].endswith("documents, 1 put aside")
    assert lines[at + 1] == "which gave away 1 of 6 problems of held-out exercises"
    assert not any("gave away" in line and "HumanEval" in line for line in lines)


def test_the_summary_says_where_report_and_model_are(small_run: RunFolder) -> None:
    lines = printed(small_run)
    assert f"report   {small_run.path}/report/report.html" in lines
    assert f"model    {small_run.path}/export/model" in lines


def test_lines_fit_80_columns_paths_aside(small_run: RunFolder) -> None:
    assert max(len(line) for line in printed(small_run, stages=True) if str(small_run.store.root) not in line) <= 80


def test_stages_are_listed_when_asked_for(small_run: RunFolder) -> None:
    lines = printed(small_run, stages=True)
    assert sum(" s  " in line for line in lines) == 18


def test_a_partial_run_shows_what_it_has_and_names_the_rest(partial_run: RunFolder) -> None:
    lines = printed(partial_run)
    text = "\n".join(lines)
    assert "pass@1" not in text
    assert "model    " not in text
    assert any(line.startswith("not run  textbooks, exercises, verify") for line in lines)


def test_the_description_holds_what_other_programs_ask_for(small_run: RunFolder) -> None:
    found = json.loads(json.dumps(describe_run(small_run)))
    assert found["finished"] is True
    assert [stage["name"] for stage in found["stages"]][:3] == ["corpus", "hygiene", "annotate"]
    assert all({"name", "fingerprint", "seconds", "reused"} <= stage.keys() for stage in found["stages"])
    assert [(score["model"], score["benchmark"]) for score in found["scores"]] == [
        ("base", "held_out"),
        ("base", "humaneval"),
        ("tuned", "held_out"),
        ("tuned", "humaneval"),
    ]
    assert all({"pass@1", "ci95", "num_problems"} <= score.keys() for score in found["scores"])
    export = small_run.artifacts()["export"]
    assert found["model_sha256"] == export.manifest.files["model/model.safetensors"]
    assert found["report"].endswith("report/report.html")
    assert found["model"].endswith("export/model")


def test_the_description_of_a_partial_run_has_nulls_for_what_is_not_there(partial_run: RunFolder) -> None:
    found = describe_run(partial_run)
    assert found["scores"] == []
    assert found["model_sha256"] is None
    assert found["model"] is None
