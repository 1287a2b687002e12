"""Runs and evaluations that never happened: in miniature, through the real stages."""

import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from tests.report.evaluated import EvaluatedConfig, run_evaluation
from tests.report.miniature import run_small, small_pipeline

from hornbook.pipeline.run import Pipeline
from hornbook.pipeline.runs import RunFolder
from hornbook.pipeline.stage import Stage
from hornbook.report.page import Page
from hornbook.report.stages import ReportConfig, page_of, run_report

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")


@pytest.fixture(scope="session")
def small_run(tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    """The whole miniature run."""
    return run_small(small_pipeline(), tmp_path_factory.mktemp("store"))


@pytest.fixture(scope="session")
def small_page(small_run: RunFolder) -> Page:
    """The report of the miniature run before it is drawn."""
    artifacts = small_run.artifacts()
    del artifacts["report"]
    return page_of(artifacts, ReportConfig(recipe="small"))


@pytest.fixture(scope="session")
def found(small_page: Page) -> dict[str, Any]:
    """The content of each section of that report, by the section's anchor."""
    return {section.anchor: section.content for section in small_page.sections}


@pytest.fixture(scope="session")
def partial_run(tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    """The miniature run as far as `select`, and its report."""
    pipeline = small_pipeline().until("select")
    report = Stage("report", run_report, ReportConfig(recipe="small"), 1, {s.name: s for s in pipeline.stages})
    whole = Pipeline("small", (*pipeline.stages, report))
    return run_small(whole, tmp_path_factory.mktemp("store"), until="select")


@pytest.fixture(scope="session")
def evaluation(tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    """One model on two benchmarks, graded, in a jail, one sample per problem; and its report."""
    return run_evaluation(EvaluatedConfig(), tmp_path_factory.mktemp("store"))


@pytest.fixture(scope="session")
def sampled_evaluation(tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    """Ten samples per problem, not graded, without a jail, some prompts too long."""
    config = EvaluatedConfig(
        benchmarks=("humaneval",), num_samples=10, jailed=False, graded=False, truncated=3, num_problems=12
    )
    return run_evaluation(config, tmp_path_factory.mktemp("store"))


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """A real browser, or a skipped test that says what is missing. Its event loop ends with the module's tests."""
    executable = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    if executable is None:
        pytest.skip(f"no Chromium on this machine (looked for {', '.join(BROWSERS)})")
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with playwright.sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=executable, args=["--no-sandbox"])
        yield opened
        opened.close()
