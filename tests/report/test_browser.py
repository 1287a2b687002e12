"""The report in a real browser: nothing overflows, nothing complains, nothing leaves the page."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hornbook.report.data import ReportData
from hornbook.report.render import render_html

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    executable = next((found for name in NAMES if (found := shutil.which(name))), None)
    if executable is None:
        pytest.skip(f"no Chromium on this machine (looked for {', '.join(NAMES)})")
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with playwright.sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=executable, args=["--no-sandbox"])
        yield opened
        opened.close()


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
    escaping = watched.page.evaluate(
        """() => [...document.querySelectorAll('body *')]
            .filter(e => e.getBoundingClientRect().right > innerWidth + 1 && !e.closest('pre, .scroll, .row, svg'))
            .map(e => e.tagName + '.' + e.className)"""
    )
    assert escaping == []
    assert watched.complaints == []
    assert [url for url in watched.requests if not url.startswith("data:")] == [report_file.as_uri()]
    assert watched.page.title() == "invented – Hornbook"
    watched.page.close()


def test_filter_search_and_squares_work(browser: Any, report_file: Path, report_data: ReportData) -> None:
    watched = Watched(browser, report_file, 1280)
    page = watched.page
    rows = page.locator(".problems > details:visible")
    solved = [problem for problem in report_data.humaneval if problem.answers[1].passed]
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
