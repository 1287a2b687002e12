"""The report of an evaluation: one model, some benchmarks, every problem."""

from hornbook.report.evaluated import EvaluationData
from hornbook.report.explorer import explorer_of
from hornbook.report.page import Page, Section, draw_page, sandbox_warnings
from hornbook.report.phrases import evaluation_headline
from hornbook.report.render import protocols_of


def render_evaluation_html(data: EvaluationData) -> str:
    """Draw the report.

    Args:
        data: What to say. Sections without data are left out.

    Returns:
        A whole HTML document, styles and script inside.
    """
    page = Page(
        kind="the report of an evaluation",
        heading=data.model.name,
        lead=evaluation_headline(data),
        note="",
        warnings=sandbox_warnings(data.sandbox),
        sections=_sections(data),
        made_from="the artifact of this evaluation",
    )
    return draw_page(
        page,
        data=data,
        benchmarks=[(benchmark.score.benchmark, [benchmark.score]) for benchmark in data.benchmarks],
        roles=[],
        protocols=protocols_of([benchmark.score for benchmark in data.benchmarks]),
    )


def _sections(data: EvaluationData) -> list[Section]:
    beside = [benchmark.beside for benchmark in data.benchmarks if benchmark.beside]
    graded = [benchmark for benchmark in data.benchmarks if benchmark.grades]
    sections = [Section(anchor="scores", title="What it can do", template="scores")]
    if beside:
        sections.append(Section(anchor="beside", title="Beside other models", template="beside", content=beside))
    if graded:
        sections.append(Section(anchor="grades", title="As a teacher sees it", template="grades", content=graded))
    sections.append(Section(anchor="measured", title="How it was measured", template="measured"))
    sections += [
        Section(
            anchor=f"problems-{index}",
            title=f"{benchmark.score.benchmark}, problem by problem",
            template="problems",
            content=explorer_of(f"p{index}-", benchmark.problems),
        )
        for index, benchmark in enumerate(data.benchmarks)
    ]
    return sections
