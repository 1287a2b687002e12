import re
from dataclasses import replace

import pytest
from tests.report.invented import answer, attempts
from tests.report.page import parsed, text_of

from hornbook.report.data import ReportData
from hornbook.report.render import render_html
from hornbook.report.scored import SandboxFacts


def test_the_page_is_well_formed_and_stands_alone(report_data: ReportData) -> None:
    page = render_html(report_data)
    found = parsed(page)
    assert found.open == []
    assert len(found.ids) == len(set(found.ids))
    assert set(found.labels) <= set(found.ids)
    assert all(link.startswith("#") and link[1:] in found.ids for link in found.links if link != "data:,")
    assert "url(" not in page
    assert "@import" not in page
    assert len(page) < 3_000_000


def test_equal_data_give_equal_bytes(report_data: ReportData) -> None:
    assert render_html(report_data) == render_html(report_data)


def test_what_a_model_wrote_is_shown_and_never_run(report_data: ReportData) -> None:
    page = render_html(report_data)
    found = parsed(page)
    assert found.tags.count("script") == 1
    assert "img" not in found.tags
    assert found.handlers == []
    assert "&lt;/script&gt;&lt;img src=x onerror=" in re.sub(r"</?i[^>]*>", "", page)


def test_both_models_scores_stand_there_with_interval_and_number_of_problems(report_data: ReportData) -> None:
    text = re.sub(r"<[^>]*>", " ", render_html(report_data))
    assert re.search(r"base\s+21\.7\u202f%\s+17\.4 to 26\.7, 300 problems", text)
    assert re.search(r"tuned\s+81\.3\u202f%\s+76\.5 to 85\.3, 300 problems", text)
    assert re.search(r"tuned\s+3\.7\u202f%\s+1\.7 to 7\.8, 164 problems", text)


@pytest.mark.parametrize(
    ("missing", "anchor"),
    [
        ({"scores": ()}, "scores"),
        ({"lanes": (), "merged": ()}, "data"),
        ({"calibration": None, "code_kept": (), "code_dropped": ()}, "filter"),
        ({"passages": (), "exercises": ()}, "lessons"),
        ({"trainings": ()}, "training"),
        ({"families": (), "held_out": ()}, "held-out"),
        ({"humaneval": ()}, "humaneval"),
        ({"contamination": None}, "contamination"),
    ],
)
def test_a_part_that_did_not_take_place_has_no_section(
    report_data: ReportData, missing: dict[str, object], anchor: str
) -> None:
    assert f'<section id="{anchor}"' in render_html(report_data)
    page = render_html(replace(report_data, absent=("a-stage",), **missing))  # type: ignore[arg-type]
    assert f'<section id="{anchor}"' not in page
    assert f'href="#{anchor}"' not in page
    assert "Not part of this run: a-stage." in page
    assert parsed(page).open == []


def test_a_run_of_one_stage_has_a_report(report_data: ReportData) -> None:
    fields = dict.fromkeys(("scores", "lanes", "merged", "corpora", "code_kept", "code_dropped", "passages"), ())
    fields |= dict.fromkeys(("exercises", "trainings", "families", "held_out", "humaneval", "environment"), ())
    page = render_html(
        replace(report_data, stages=report_data.stages[:1], calibration=None, contamination=None, **fields)  # type: ignore[arg-type]
    )
    assert re.findall(r'<section id="([^"]*)"', page) == ["making"]


def test_what_ran_without_a_jail_is_said_before_any_score(report_data: ReportData) -> None:
    assert "without a jail" not in render_html(report_data)
    unjailed = SandboxFacts(backend="none: <b>nothing</b>", jailed=False, limits=())
    page = render_html(replace(report_data, sandbox=unjailed))
    before, _, after = page.partition("<main>")
    assert "Programs ran without a jail (sandbox: “none: &lt;b&gt;nothing&lt;/b&gt;”)" in before
    assert "tests in a jail" not in after


def test_what_a_program_wrote_and_what_was_cut_off_stand_beside_its_answer(report_data: ReportData) -> None:
    noisy = answer("wrong", "    return 1\n", stderr="</pre><script>throw 3</script>", cut_off="print('and more')")
    problem = replace(report_data.humaneval[0], attempts=(attempts("base", [noisy]), attempts("tuned", [noisy])))
    page = render_html(replace(report_data, humaneval=(problem,)))
    assert page.count("&lt;/pre&gt;&lt;script&gt;throw 3") == 2
    assert page.count("print(&#39;and more&#39;)") == 2
    assert parsed(page).tags.count("script") == 1


def test_several_samples_of_a_run_are_counted(report_data: ReportData) -> None:
    shown = [answer("wrong", "    return 1\n"), answer("passed", "    return 2\n")]
    problem = replace(report_data.humaneval[0], attempts=(attempts("base", shown[:1], 8), attempts("tuned", shown, 8)))
    text = text_of(render_html(replace(report_data, humaneval=(problem,))))
    assert "base ✗ 0 of 8 tuned ✓ 1 of 8" in text
    assert "… and 6 more samples in the artifact’s tables." in text


def test_prompts_that_were_too_long_are_counted_where_there_were_any(report_data: ReportData) -> None:
    assert "did not fit" not in render_html(report_data)
    scores = (replace(report_data.scores[0], truncated_prompts=1), *report_data.scores[1:])
    assert "base: 1 prompt did not fit" in text_of(render_html(replace(report_data, scores=scores)))


def test_published_scores_stand_in_the_humaneval_section(report_data: ReportData) -> None:
    page = render_html(report_data)
    section = page[page.index('<section id="humaneval"') :]
    assert "Beside the scores that others published" in section
    assert re.search(r"phi-1 1.3B .*50\.6.* this run, tuned 3\.7 this run, base 0\.6", text_of(section))
