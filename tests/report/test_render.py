import html.parser
import re
from dataclasses import replace

import pytest

from hornbook.report.data import ReportData
from hornbook.report.render import render_html

VOID = {"meta", "link", "img", "br", "input"}


class Balance(html.parser.HTMLParser):
    """Collects unbalanced tags, ids, and whatever could leave the page."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.tags: list[str] = []
        self.links: list[str] = []
        self.labels: list[str] = []
        self.handlers: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.ids += [value or "" for name, value in attrs if name == "id"]
        self.links += [value or "" for name, value in attrs if name in {"src", "href"}]
        self.labels += (dict(attrs).get("aria-labelledby") or "").split()
        self.handlers += [name for name, _ in attrs if name.startswith("on")]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag


def parsed(page: str) -> Balance:
    parser = Balance()
    parser.feed(page)
    parser.close()
    return parser


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
