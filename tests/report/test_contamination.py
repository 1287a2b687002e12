from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.decontamination.own_problems import row
from tests.evaluation.invented_leaks import benchmark_metrics, leak_metrics, manifest
from tests.report.page import parsed, text_of

from hornbook.decontamination.findings import Decision, FoundRow
from hornbook.decontamination.rule import Detector
from hornbook.pipeline.stage import Artifact, Workspace
from hornbook.report.contamination import contamination_of
from hornbook.report.page import Page, draw_page
from hornbook.report.sections import PageSection

RETOLD = """def harvest(baskets: list[int]) -> int:
    \"\"\"How many pears are in the fullest basket?\"\"\"
    fullest = 0
    for basket in baskets:  # one at a time, as a person would
        if basket > fullest:
            fullest = basket
    return fullest
"""
ASKED = """def largest_number(numbers: list[int]) -> int:
    \"\"\"Return the largest of the numbers, 0 if there is none.\"\"\"
    return max(numbers, default=0)
"""
TOLD = """Take the numbers one after the other, and remember the largest that you have seen so far.

```python
largest = 0
for number in [3, 9, 2]:
    largest = max(largest, number)
print(largest)
```

This prints 9. <script>throw 5</script>
"""
ROW = row(
    task_id="Invented/0",
    detector=Detector.BEHAVIOUR,
    score=1.0,
    document_id="exercise-0",
    benchmark="HumanEval",
    evidence="equal on <b>all</b> inputs",
    decision=Decision.LEAK,
    document_excerpt=RETOLD,
    problem_excerpt=ASKED,
)
CLEARED = replace(ROW, task_id="Invented/1", document_id="passage-1", decision=Decision.CLEARED, document_excerpt=TOLD)


def found_in(folder: Path, rows: list[FoundRow], number: int = 12, **metrics: Any) -> dict[str, Any]:
    """What the page shows of a run of nothing but `decontaminate`."""
    folder.mkdir(exist_ok=True)
    workspace = Workspace(folder, folder, 0, lambda done, total, note="": None)
    workspace.write_records("nearest", FoundRow, rows)
    leaked = benchmark_metrics("humaneval", "HumanEval", 164, ["Invented/3", "Invented/90"], num_telling=93)
    whole = leak_metrics(leaked, benchmark_metrics("held_out", "held-out exercises", 300)) | metrics
    dropped = {"behaviour of HumanEval": 7, "n-gram of HumanEval": 4}
    return contamination_of({"decontaminate": Artifact(folder, manifest(whole, **dropped))}, number)


def section_of(page: Page, content: dict[str, Any]) -> str:
    section = PageSection(anchor="contamination", title="", template="contamination", content=content)
    drawn = draw_page(replace(page, sections=[section]))
    assert parsed(drawn).open == []
    return drawn[drawn.index('<section id="contamination"') : drawn.index("</main>")]


def test_the_leak_of_a_run_is_shown_with_both_texts_and_its_score_without_it(found: dict[str, Any]) -> None:
    contamination = found["contamination"]
    assert contamination["leaks"].dropped == (("behaviour of held-out exercises", 1),)
    [problem] = contamination["nearest"]
    row = problem["documents"][0]["rows"][0]
    assert (row["task_id"], problem["decision"]) == ("hornbook/0000", "leak")
    assert "add_39" in row["document_excerpt"]
    assert "add_39" in row["problem_excerpt"]
    scores = {(score["benchmark"], score["model"]): score for score in contamination["clean"]}
    assert len(scores) == 4
    tuned = scores["held-out exercises", "tuned"]
    assert (tuned["full"]["pass@1"], tuned["full"]["num_problems"]) == (pytest.approx(2 / 6, abs=1e-6), 6)
    assert (tuned["clean"]["pass@1"], tuned["clean"]["num_problems"]) == (0.2, 5)


def test_what_detectors_see_in_one_document_stands_together_the_worst_decision_first(tmp_path: Path) -> None:
    words = replace(ROW, detector=Detector.NGRAM, score=0.7, decision=Decision.CLEARED, document_excerpt="elsewhere")
    other = replace(ROW, document_id="exercise-1", decision=Decision.CLEARED)
    more = [replace(ROW, document_id=f"exercise-{number}", decision=Decision.CLEAN) for number in range(2, 5)]
    [problem] = found_in(tmp_path, [*more, other, words, ROW])["nearest"]
    ids = [document["rows"][0]["document_id"] for document in problem["documents"]]
    assert (ids, problem["num_more"]) == (["exercise-0", "exercise-1", "exercise-2"], 2)
    first = problem["documents"][0]
    assert [row["detector"] for row in first["rows"]] == ["n-gram", "behaviour"]
    assert (problem["decision"], first["decision"]) == ("leak", "leak")


def test_each_benchmark_has_its_share_and_each_decision_its_turn(tmp_path: Path) -> None:
    decisions = [Decision.CLEAN, Decision.CLEAN, Decision.CLEARED, *[Decision.LEAK] * 3]
    rows = [
        replace(ROW, benchmark=benchmark, task_id=f"{benchmark}/{number}", decision=decision)
        for benchmark in ("HumanEval", "mbpp")
        for number, decision in enumerate(decisions)
    ]
    found = [problem["documents"][0]["rows"][0] for problem in found_in(tmp_path, rows, 8)["nearest"]]
    assert [row["task_id"] for row in found[:4]] == ["HumanEval/3", "HumanEval/4", "HumanEval/2", "HumanEval/0"]
    assert [row["benchmark"] for row in found[4:]] == ["mbpp"] * 4
    assert found_in(tmp_path, [])["nearest"] == []


def test_code_is_drawn_as_code_and_prose_as_prose(tmp_path: Path) -> None:
    prose = "Return from the shop.\nimport fees, class rules and what's left are listed."
    method = "    @cached\n    def area(self):\n"
    for number, (text, form) in enumerate(((RETOLD, "code"), (method, "code"), (TOLD, "passage"), (prose, "prose"))):
        [problem] = found_in(tmp_path / str(number), [replace(ROW, document_excerpt=text)])["nearest"]
        assert problem["documents"][0]["form"] == form


def test_the_section_has_counts_quality_and_neighbours(small_page: Page, tmp_path: Path) -> None:
    section = section_of(small_page, found_in(tmp_path, [ROW, CLEARED]))
    text = text_of(section)
    for part in (
        "101 documents",
        "−7 behaviour of HumanEval",
        "HumanEval 164 problems, 93 of which behaviour can tell; 2 documents give away 2 of them",
        "behaviour 2 2 2 ",
        "n-gram 107 13 0",
        "n-gram 0.60 15.6\u202f% 10.8 to 22.1 39.1\u202f% 28.1 to 51.3",
        "syntax tree 0.95 0.0\u202f% 0.0 to 2.3 nothing flagged",
        "Invented/0 behaviour a leak",
        "Invented/1 behaviour cleared",
        "behaviour 1.00 equal on &lt;b&gt;all&lt;/b&gt; inputs",
    ):
        assert part in text, part
    assert section.count('<tr class="ours"><th scope="row">rule</th>') == 2
    assert "<script" not in section
    assert "the largest that you have seen" in text
    assert "detector paraphrased renamed restructured retold near miss same topic stock phrase unrelated" in text
    assert "rule 40 40 39 38 1 0 0 0" in text


def test_the_score_without_leaked_problems_stands_beside_the_whole_one(small_page: Page, tmp_path: Path) -> None:
    full, clean = (
        {"pass@1": passed / number, "ci95": ci95, "num_problems": number}
        for passed, number, ci95 in ((6, 164, (0.017, 0.078)), (5, 162, (0.013, 0.07)))
    )
    score = {"model": "tuned", "benchmark": "HumanEval", "num_leaked": 2, "full": full, "clean": clean}
    found = found_in(tmp_path, [], calibration=None)
    none_leaked = "No leaking document was found for any of the 164 problems"
    for change, wanted, unwanted in (
        ({}, "tuned 3.7\u202f% 1.7 to 7.8, 164 problems 3.1\u202f% 1.3 to 7.0, 162 problems", "No leaking"),
        ({"num_leaked": 0, "clean": full}, none_leaked, "tuned 3.7"),
        ({"num_leaked": 164, "clean": None}, "no problem is left", "No leaking"),
    ):
        text = text_of(section_of(small_page, {**found, "clean": [{**score, **change}]}))
        assert wanted in text
        assert unwanted not in text
    text = text_of(section_of(small_page, {**found, "clean": []}))
    for title in ("How good the search is", "The score without what leaked", "Problem by problem"):
        assert title not in text
