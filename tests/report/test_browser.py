"""The report in a real browser: nothing overflows, nothing complains, nothing leaves the page."""

from pathlib import Path
from typing import Any

import pytest

from hornbook.artifacts.run import RunFolder
from hornbook.report.data import ReportData
from hornbook.report.render import render_html


class Watched:
    """A page of the report and all that it complained about or asked for."""

    def __init__(self, browser: Any, file: Path, width: int, scheme: str = "light") -> None:
        self.page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
        self.complaints: list[str] = []
        self.requests: list[str] = []
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.goto(file.as_uri())


def escaping_elements(page: Any) -> list[str]:
    """What reaches over the right edge and cannot be scrolled."""
    found: list[str] = page.evaluate(
        """() => [...document.querySelectorAll('body *')]
            .filter(e => e.getBoundingClientRect().right > innerWidth + 1 && !e.closest('pre, .scroll, .row, svg'))
            .map(e => e.tagName + '.' + e.className)"""
    )
    return found


@pytest.fixture
def report_file(tmp_path: Path, report_data: ReportData) -> Path:
    file = tmp_path / "report.html"
    file.write_text(render_html(report_data), encoding="utf8")
    return file


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 768, 390])
def test_nothing_overflows_and_nothing_complains(browser: Any, report_file: Path, width: int, scheme: str) -> None:
    watched = Watched(browser, report_file, width, scheme)
    watched.page.evaluate("document.querySelectorAll('details').forEach((row, index) => { row.open = index < 40 })")
    assert watched.page.evaluate("document.documentElement.scrollWidth") <= width
    assert escaping_elements(watched.page) == []
    assert watched.complaints == []
    assert [url for url in watched.requests if not url.startswith("data:")] == [report_file.as_uri()]
    assert watched.page.title() == "invented – Hornbook"
    watched.page.close()


def test_filter_search_and_squares_work(browser: Any, report_file: Path, report_data: ReportData) -> None:
    watched = Watched(browser, report_file, 1280)
    page = watched.page
    rows = page.locator(".problems > details:visible")
    solved = [problem for problem in report_data.humaneval if problem.attempts[1].solved]
    assert rows.count() == 164
    page.get_by_label("tuned passed").check()
    assert rows.count() == len(solved)
    assert page.locator(".filter output").inner_text() == f"{len(solved)} of 164"
    page.get_by_label("all", exact=True).check()
    page.get_by_label("Find").fill("problem_163")
    assert rows.count() == 1
    page.locator(".squares > a").nth(7).click()
    assert page.locator("#p7").evaluate("row => row.open")
    assert page.locator("#p7").is_visible()
    assert watched.complaints == []
    page.close()


@pytest.mark.parametrize("width", [1280, 390])
def test_the_report_of_an_evaluation_fits_and_runs_nothing_of_a_model(
    browser: Any, evaluation: RunFolder, sampled_evaluation: RunFolder, width: int
) -> None:
    for run in (evaluation, sampled_evaluation):
        file = (run.path / "report" / "report.html").resolve()
        watched = Watched(browser, file, width)
        watched.page.evaluate("document.querySelectorAll('details').forEach((row) => { row.open = true })")
        assert watched.page.evaluate("document.documentElement.scrollWidth") <= width
        assert escaping_elements(watched.page) == []
        assert watched.complaints == []
        assert [url for url in watched.requests if not url.startswith("data:")] == [file.as_uri()]
        assert watched.page.title().endswith(" – Hornbook")
        watched.page.close()


def test_each_benchmark_of_an_evaluation_is_looked_through_by_itself(browser: Any, evaluation: RunFolder) -> None:
    watched = Watched(browser, (evaluation.path / "report" / "report.html").resolve(), 1280)
    page = watched.page
    first, second = page.locator("#problems-0"), page.locator("#problems-1")
    rows = ".problems > details:visible"
    first.get_by_label("wrong", exact=False).first.check()
    number = int(first.locator(".filter output").inner_text().split()[0])
    assert 0 < number < 24
    assert first.locator(rows).count() == number
    assert second.locator(rows).count() == 24
    second.get_by_label("Find").fill("mine/23")
    assert second.locator(rows).count() == 1
    second.get_by_label("Find").fill("line 26")
    assert second.locator(rows).count() <= 1
    second.locator(".squares > a").nth(4).click()
    assert page.locator("#p1-4").evaluate("row => row.open")
    assert watched.complaints == []
    page.close()


def test_without_script_every_problem_is_there(browser: Any, report_file: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(report_file.as_uri())
    assert page.locator(".problems > details:visible").count() == 164
    assert page.locator("form.filter").is_hidden()
    context.close()


def test_on_paper_it_is_dark_on_white_whatever_the_screen(browser: Any, report_file: Path) -> None:
    watched = Watched(browser, report_file, 794, "dark")
    watched.page.emulate_media(media="print")
    style = "getComputedStyle(document.body)"
    assert watched.page.evaluate(f"{style}.color") == "rgb(36, 31, 24)"
    assert watched.page.evaluate(f"{style}.backgroundColor") == "rgb(255, 255, 255)"
    assert watched.page.locator("nav").is_hidden()
    watched.page.close()
