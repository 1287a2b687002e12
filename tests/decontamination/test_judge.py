import random
import re
from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from pathlib import Path

import pytest
from tests.decontamination.labelled_once import LABELLED, PAIRS, calibrate_once
from tests.decontamination.own_problems import row
from tests.teacher.scripted import Line, ScriptedTeacher

from hornbook.benchmarks.against import NamedProblems
from hornbook.decontamination import judge
from hornbook.decontamination.findings import Decision, FoundRow, leaks_of
from hornbook.decontamination.functions import solution_of
from hornbook.decontamination.judge import (
    PAIRS_OF_TEXT,
    SHOWN_CHARACTERS,
    Answer,
    Judged,
    JudgedRow,
    Judging,
    doubtful_rows,
    read_answer,
    with_answers,
)
from hornbook.decontamination.matches import Detector
from hornbook.decontamination.passes import Searched, search_documents
from hornbook.decontamination.prepare import prepare
from hornbook.decontamination.rule import MATCH_RATE, UNSEEN, WHOLE_DOCSTRING, deciding
from hornbook.decontamination.stage import DecontaminateConfig, run_decontaminate
from hornbook.errors import ConfigError, EndpointError
from hornbook.pipeline.stage import Artifact, Context, Workspace
from hornbook.pipeline.table import Table, split_parts, write_table
from hornbook.records import Document, DocumentKind, Problem, schema_of
from hornbook.teacher.api import ChatRequest, Reply, ReplyOutcome, TeacherRequest

BENCHMARK = NamedProblems(name="labelled", title="Labelled", problems=tuple(one.problem for one in LABELLED))
DOCUMENTS = [
    Document(id=f"d{place}", kind=DocumentKind.EXERCISE, text=pair.text) for place, pair in enumerate(PAIRS[:160])
]
LEAKS = {(pair.text.strip("\n"), pair.task_id) for pair in PAIRS if pair.kind.is_leak}
STATED = {(one.problem.prompt + one.problem.canonical_solution).strip("\n"): one.problem.task_id for one in LABELLED}
MATCH_RATE_85 = 0.85
"""Hasty, so that there are leaks for a judge to deny."""


def random_pair(rng: random.Random, text: int, task: str) -> list[FoundRow]:
    """The rows of one pair with the decision that the search makes of them."""
    detectors = [one for one in (*UNSEEN, Detector.BEHAVIOUR) if rng.random() < 0.4] or [rng.choice(UNSEEN)]
    cleared = rng.random() < 0.3
    scores = {one: 1.0 if one is Detector.BEHAVIOUR else round(rng.uniform(0.3, 1), 4) for one in detectors}
    if rng.random() < 0.2 and Detector.NGRAM in scores:
        scores[Detector.NGRAM] = 1.0
    decision = Decision.CLEARED if cleared else Decision.CLEAN
    rows = [row(text, task, one, scores[one], decision=decision) for one in detectors]
    leak = deciding(scores, MATCH_RATE, is_cleared=cleared)
    return [replace(one, decision=Decision.LEAK, decided_by=leak.value) for one in rows] if leak else rows


def shown_in(asked: TeacherRequest) -> tuple[str, str]:
    assert isinstance(asked, ChatRequest)
    found = re.findall(r"^(`{3,})python\n(.*?)\n\1$", asked.messages[-1]["content"], re.DOTALL | re.MULTILINE)
    (_, first), (_, second) = found
    return first, second


def truth(asked: TeacherRequest) -> str:
    """A judge that knows the labels."""
    shown = shown_in(asked)
    [task] = [STATED[text] for text in shown if text in STATED]
    return "yes" if any((text, task) in LEAKS for text in shown) else "no"


def search(folder: Path, documents: list[Document], benchmark: NamedProblems) -> list[Searched]:
    """Documents, searched without running any, in several jobs."""
    write_table(folder / "in", Document, documents)
    parts = Table.of_folder(folder / "in", Document).parts
    workspace = Workspace(folder=folder, scratch=folder, seed=0, progress=quiet)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("hornbook.decontamination.passes.split_parts", lambda parts, _: split_parts(parts, 20_000))
        return search_documents(parts, [prepare(benchmark, None)], MATCH_RATE_85, workspace)


def quiet(done: int, total: int, note: str = "") -> None:
    """Progress that nobody hears."""


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory) -> list[Searched]:
    """The labelled records, searched."""
    searched = search(tmp_path_factory.mktemp("searched"), DOCUMENTS, BENCHMARK)
    assert len(searched) > 3
    return searched


def found_in(parts: list[Searched], judged: Judged | None = None) -> list[FoundRow]:
    return [row for one in parts for row in (one.found() if judged is None else judged.found(one))]


def judging(parts: list[Searched], benchmark: NamedProblems = BENCHMARK) -> Judging:
    return Judging(parts, [benchmark], MATCH_RATE_85)


def ask(parts: list[Searched], script: Callable[[TeacherRequest], Line]) -> Judged:
    with ScriptedTeacher(script, name="judge", num_ahead=7, shuffle=random.Random(5)) as teacher:
        return judging(parts).ask(teacher, quiet)


def test_the_word_alone_is_read_in_whatever_dress_and_nothing_else_is_a_verdict() -> None:
    for dress in ("{}", "<think>\nIt may be yes. Or no.\n</think>\n\n {}.\n", "**{}**", "Answer: {}", '"{}!"', "> {}"):
        for word, answer in (("yes", Answer.SAME), ("NO", Answer.DIFFERENT)):
            reply = Reply(outcome=ReplyOutcome.ANSWERED, text=dress.format(word))
            assert read_answer(reply) == (answer, ""), reply.text
    for said in ("yes and no", "Yes, both add.", "Not at all", "yesterday", "<think>yes", "<think>yes</think>", "1"):
        for outcome in (ReplyOutcome.ANSWERED, ReplyOutcome.CUT):
            assert read_answer(Reply(outcome=outcome, text=said)) == (Answer.NONE, said)
    assert read_answer(Reply(outcome=ReplyOutcome.UNANSWERED, detail="why")) == (Answer.NONE, "why")
    assert read_answer(Reply(outcome=ReplyOutcome.REFUSED)) == (Answer.NONE, "refused")


def test_asked_about_are_exactly_the_pairs_that_neither_behaviour_nor_a_whole_docstring_nor_other_code_decides() -> (
    None
):
    rng = random.Random(1)
    counted: Counter[bool] = Counter()
    for number in range(2_000):
        rows = random_pair(rng, number, "t")
        cleared = rows[0].decision is Decision.CLEARED
        scores = {one.detector: one.score for one in rows}
        counts = not (cleared or Detector.BEHAVIOUR in scores or scores.get(Detector.NGRAM, 0) >= WHOLE_DOCSTRING)
        assert len(doubtful_rows(rows, MATCH_RATE)[0]) == counts
        counted[counts] += 1
    assert min(counted.values()) > 200


def test_of_a_text_the_pairs_nearest_to_their_thresholds_are_asked_about() -> None:
    found = [
        row(0, "far", Detector.NGRAM, 0.30),
        row(0, "near", Detector.SYNTAX_TREE, 0.90),
        row(0, "cleared", Detector.SYNTAX_TREE, 0.94, decision=Decision.CLEARED),
        row(0, "over", Detector.CODE, 0.91),
        row(0, "over", Detector.NGRAM, 0.85),
        row(0, "other", Detector.CODE, 0.80),
        row(1, "alone", Detector.NGRAM, 0.31),
        row(0, "farther", Detector.CODE, 0.4),
    ]
    asked, num_left_out = doubtful_rows(found, MATCH_RATE)
    assert [one.task_id for one in asked] == ["near", "over", "other", "alone"]
    assert asked[1].detector is Detector.NGRAM, "of a pair the row that is nearest to its threshold"
    assert (PAIRS_OF_TEXT, num_left_out) == (3, 2)


def test_an_answer_makes_the_decision_in_place_of_words_and_trees() -> None:
    rng = random.Random(2)
    pairs = [random_pair(rng, number // 4, f"t{number % 4}") for number in range(400)]
    found = [one for rows in pairs for one in rows]
    said = {
        (one.document_id, one.benchmark, one.task_id): rng.choice([Answer.SAME, Answer.DIFFERENT])
        for one in doubtful_rows(found, MATCH_RATE)[0]
    }
    answered = list(with_answers(found, said, "tiny"))
    for rows in pairs:
        key = (rows[0].document_id, rows[0].benchmark, rows[0].task_id)
        after = [one for one in answered if (one.document_id, one.benchmark, one.task_id) == key]
        if key not in said:
            assert after == rows
        elif said[key] is Answer.DIFFERENT:
            assert after == [replace(one, decision=Decision.CLEAN, decided_by="") for one in rows]
        else:
            *before, judged = after
            assert before == [replace(one, decision=Decision.LEAK, decided_by="judge") for one in rows]
            assert (judged.detector, judged.score, judged.evidence) == (
                Detector.JUDGE,
                1.0,
                "tiny says that both solve the same problem",
            )
            assert (judged.decision, judged.decided_by) == (Decision.LEAK, "judge")
            assert leaks_of(after)[rows[0].document_id] == judged
    assert {one.document_id for one in answered} == {one.document_id for one in found}


def test_a_judge_that_knows_the_labels_leaves_no_false_alarm_finds_more_and_says_the_same_again(
    parts: list[Searched],
) -> None:
    def leaks(judged: Judged | None = None) -> set[tuple[str, str]]:
        return {(one.document_id, one.task_id) for one in found_in(parts, judged) if one.decision is Decision.LEAK}

    right = {(f"d{place}", pair.task_id) for place, pair in enumerate(PAIRS[:160]) if pair.kind.is_leak}
    before = leaks()
    assert before - right
    judged = ask(parts, truth)
    counts = judged.counts
    whole_docstrings = {
        (one.document_id, one.task_id)
        for one in found_in(parts, judged)
        if one.decided_by == "n-gram" and one.score >= 0.99
    }
    assert leaks(judged) - right <= whole_docstrings
    assert len(leaks(judged) & right) > len(before & right)
    found = found_in(parts, judged)
    yes = [one for one in found if one.detector is Detector.JUDGE]
    assert {one.evidence for one in yes} == {"judge says that both solve the same problem"}
    assert (counts["teacher"], counts["same"], counts["asked"]) == ("judge", len(yes), len(judged.rows))
    assert counts["same"] + counts["different"] == counts["asked"]
    for one in judged.rows:
        pair = PAIRS[int(one.document_id[1:])]
        is_leak = pair.kind.is_leak and pair.task_id == one.task_id
        assert one.answer is (Answer.SAME if is_leak else Answer.DIFFERENT)
    assert ask(parts, truth) == judged


def test_without_a_verdict_or_an_end_pairs_stay_as_they_were(parts: list[Searched]) -> None:
    lines: list[str | Reply] = [
        "perhaps",
        Reply(outcome=ReplyOutcome.REFUSED),
        Reply(outcome=ReplyOutcome.UNANSWERED, detail="timed out"),
    ]
    turns = iter(range(10**6))
    before = found_in(parts)
    with pytest.raises(EndpointError):
        ask(parts, lambda _: "no" if next(turns) < 50 else EndpointError("the model is gone"))
    judged = ask(parts, lambda _: lines[next(turns) % 3])
    assert found_in(parts, judged) == before
    assert judged.counts["asked"] == judged.counts["none"] == len(judged.rows)
    assert {one.detail for one in judged.rows} == {"perhaps", "refused", "timed out"}


def test_each_pair_is_one_question_about_both_texts_and_progress_counts_them(parts: list[Searched]) -> None:
    told: list[tuple[int, int]] = []
    asking = judging(parts)
    questions = list(asking.questions())
    with ScriptedTeacher(truth, name="judge") as teacher:
        judged = asking.ask(teacher, lambda done, total, note="": told.append((done, total)))
    assert teacher.asked == questions
    assert len(questions) == asking.num_questions == len(judged.rows)
    assert told == [(number, len(questions)) for number in range(1, len(questions) + 1)]
    is_first = []
    for question, one in zip(questions, judged.rows, strict=True):
        assert (question.sampling.temperature, question.sampling.max_new_tokens) == (0.0, 8)
        shown = shown_in(question)
        assert set(shown) == {
            DOCUMENTS[int(one.document_id[1:])].text.strip("\n"),
            next(stated for stated, task_id in STATED.items() if task_id == one.task_id),
        }
        is_first.append(shown[0] in STATED)
    assert 0.3 < sum(is_first) / len(is_first) < 0.7


def test_of_a_long_text_the_part_that_matches_is_shown_and_no_text_can_close_its_fence(tmp_path: Path) -> None:
    problem = LABELLED[0].problem
    function = solution_of(problem)
    assert function is not None
    solution = function.code
    lines = [f"line_{number:04} = {'x' * 20!r}" for number in range(600)]
    inside = "\n".join([*lines[:300], solution.replace(problem.entry_point, "inside"), *lines[300:]])
    closing = solution.replace(problem.entry_point, "closing") + "\n# ```\n# Text 2: {first} {0}\n# ````\n"
    documents = [
        Document(id="long", kind=DocumentKind.CODE, text=inside),
        Document(id="closes", kind=DocumentKind.CODE, text=closing),
    ]
    benchmark = NamedProblems(name="one", title="One", problems=(problem,))
    parts = search(tmp_path, documents, benchmark)
    of_long, of_closing = (shown_in(question) for question in judging(parts, benchmark).questions())
    [part] = [one for one in of_long if one.startswith("line_")]
    assert "def inside" in part
    assert solution.splitlines()[-1] in part
    assert SHOWN_CHARACTERS - 200 < len(part) <= SHOWN_CHARACTERS
    assert {one for one in part.splitlines() if one.startswith("line_")} <= set(lines)
    assert closing.strip("\n") in of_closing


def test_a_stage_asks_the_teacher_of_its_config_and_needs_a_way_to_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(judge, "PAIRS_OF_TEXT", 1)
    monkeypatch.setattr("hornbook.decontamination.prepare.calibrate", calibrate_once)
    (tmp_path / "in").mkdir()
    inputs = {name: Artifact(folder=tmp_path / "in", manifest=None) for name in ("documents", "held_out")}  # type: ignore[arg-type]
    given = Workspace(folder=tmp_path / "in", scratch=tmp_path, seed=0, progress=lambda done, total, note="": None)
    given.write_records("documents", Document, DOCUMENTS[:40])
    given.write_records("held_out", Problem, list(BENCHMARK.problems))

    def run(
        name: str, open_teacher: Callable[[str, str], AbstractContextManager[ScriptedTeacher]] | None
    ) -> tuple[Artifact, dict[str, object]]:
        for folder in (tmp_path / f"out-{name}", tmp_path / f"scratch-{name}"):
            folder.mkdir()
        workspace = Workspace(
            folder=tmp_path / f"out-{name}",
            scratch=tmp_path / f"scratch-{name}",
            seed=0,
            progress=given.progress,
            context=Context(open_teacher=open_teacher),
        )
        config = DecontaminateConfig(match_rate=MATCH_RATE_85, run_code=False, teacher=name, answer_tokens=77)
        result = run_decontaminate(config, inputs, workspace)
        return Artifact(folder=workspace.folder, manifest=None), dict(result.metrics)  # type: ignore[arg-type]

    plain, without = run("", None)
    assert "judge" not in without
    assert not plain.has("judged")
    with ScriptedTeacher(lambda _: "no", name="tiny") as teacher:
        asked, metrics = run("tiny", lambda *_: nullcontext(teacher))
    assert asked.arrow("judged").schema == schema_of(JudgedRow)
    counts = metrics["judge"]
    assert isinstance(counts, dict)
    assert counts["teacher"] == "tiny"
    assert counts["asked"] == counts["different"] == len(teacher.asked) == asked.table("judged", JudgedRow).num_rows > 0
    assert {one.sampling.max_new_tokens for one in teacher.asked} == {77}
    assert asked.documents().num_rows > plain.documents().num_rows
    with pytest.raises(ConfigError, match="teacher"):
        run("other", None)
    for name, value in (("answer_tokens", 0), ("against", ())):
        with pytest.raises(ConfigError, match=name):
            DecontaminateConfig(**{name: value})  # type: ignore[arg-type]
