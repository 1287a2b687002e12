"""The reports in a real browser: nothing overflows, nothing complains, nothing leaves the page."""

from pathlib import Path
from typing import Any

import pytest

from hornbook.pipeline.runs import RunFolder

ESCAPING = """() => [...document.querySelectorAll('body *')]
    .filter(e => e.getBoundingClientRect().right > innerWidth + 1 && !e.closest('pre, .scroll, .row, svg'))
    .map(e => e.tagName + '.' + e.className)"""
"""What reaches over the right edge and cannot be scrolled."""


class Watched:
    """A page of the report and all that it complained about or asked for."""

    def __init__(self, browser: Any, file: Path, width: int) -> None:
        self.page = browser.new_page(viewport={"width": width, "height": 900})
        self.file = file.resolve()
        self.complaints: list[str] = []
        self.requests: list[str] = []
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.goto(self.file.as_uri())

    def close(self) -> None:
        assert self.complaints == []
        assert [url for url in self.requests if not url.startswith("data:")] == [self.file.as_uri()]
        self.page.close()


def report_of(run: RunFolder) -> Path:
    return run.path / "report" / "report.html"


@pytest.mark.parametrize("name", [pytest.param("run", marks=pytest.mark.slow), "evaluation"])
def test_nothing_overflows_complains_or_leaves_the_page(
    browser: Any, name: str, request: pytest.FixtureRequest
) -> None:
    run = request.getfixturevalue("small_run" if name == "run" else name)
    watched = Watched(browser, report_of(run), 390)
    page = watched.page
    page.evaluate("document.querySelectorAll('details').forEach((row, index) => { row.open = index < 20 })")
    for width in (390, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate(ESCAPING) == [], width
    watched.close()


def test_filter_search_and_squares_of_each_benchmark_work_by_themselves(browser: Any, evaluation: RunFolder) -> None:
    watched = Watched(browser, report_of(evaluation), 1280)
    page = watched.page
    first, second = page.locator("#problems-0"), page.locator("#problems-1")
    rows = ".problems > details:visible"
    assert first.locator(rows).count() == 24
    first.get_by_label("passed").check()
    number = int(first.locator(".filter output").inner_text().split()[0])
    assert 0 < number < 24
    assert first.locator(rows).count() == number
    assert second.locator(rows).count() == 24
    second.get_by_label("Find").fill("mine/23")
    assert second.locator(rows).count() == 1
    second.locator(".squares > a").nth(4).click()
    assert page.locator("#p1-4").evaluate("row => row.open")
    assert page.locator("#p1-4").is_visible()
    watched.close()


def test_without_script_every_problem_is_there(browser: Any, evaluation: RunFolder) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(report_of(evaluation).resolve().as_uri())
    assert page.locator(".problems > details:visible").count() == 48
    assert page.locator("form.filter").first.is_hidden()
    context.close()
