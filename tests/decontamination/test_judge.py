import random
import re
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from pathlib import Path

import pytest
from tests.decontamination.labelled_once import LABELLED, PAIRS
from tests.decontamination.own_problems import row
from tests.teacher.scripted import Line, ScriptedTeacher

from hornbook.benchmarks.against import NamedProblems
from hornbook.decontamination.findings import Decision, FoundRow, leaks_of
from hornbook.decontamination.functions import solution_of
from hornbook.decontamination.judge import (
    PAIRS_OF_TEXT,
    SHOWN_CHARACTERS,
    Answer,
    Judged,
    JudgedRow,
    doubtful_rows,
    judge,
    read_answer,
    with_answers,
)
from hornbook.decontamination.passes import Searched, search_documents
from hornbook.decontamination.prepare import prepare
from hornbook.decontamination.rule import MATCH_RATE, UNSEEN, WHOLE_DOCSTRING, Detector, deciding
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
LOW_MATCH_RATE = 0.85
"""So that there are leaks for a judge to deny."""


def quiet(done: int, total: int, note: str = "") -> None:
    """Progress that nobody hears."""


def shown_in(asked: TeacherRequest) -> list[str]:
    assert isinstance(asked, ChatRequest)
    found = re.findall(r"^(`{3,})python\n(.*?)\n\1$", asked.messages[-1]["content"], re.DOTALL | re.MULTILINE)
    assert len(found) == 2
    return [text for _, text in found]


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
        return search_documents(parts, [prepare(benchmark, None)], LOW_MATCH_RATE, workspace)


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory) -> list[Searched]:
    """The labelled records, searched."""
    searched = search(tmp_path_factory.mktemp("searched"), DOCUMENTS, BENCHMARK)
    assert len(searched) > 3
    return searched


def found_in(parts: list[Searched], judged: Judged | None = None) -> list[FoundRow]:
    return [row for one in parts for row in (one.found() if judged is None else judged.found(one))]


def ask(
    parts: list[Searched], script: Callable[[TeacherRequest], Line], benchmark: NamedProblems = BENCHMARK
) -> tuple[Judged, list[ChatRequest]]:
    with ScriptedTeacher(script, name="judge", num_ahead=7, shuffle=random.Random(5)) as teacher:
        return judge(parts, [benchmark], LOW_MATCH_RATE, teacher, quiet), teacher.asked  # type: ignore[return-value]


def test_the_word_alone_is_read_in_whatever_markup_and_nothing_else_is_a_verdict() -> None:
    for form in ("{}", "<think>\nIt may be yes. Or no.\n</think>\n\n {}.\n", "**{}**", "Answer: {}", '"{}!"', "> {}"):
        for word, answer in (("yes", Answer.SAME), ("NO", Answer.DIFFERENT)):
            reply = Reply(outcome=ReplyOutcome.ANSWERED, text=form.format(word))
            assert read_answer(reply) == (answer, ""), reply.text
    for said in ("yes and no", "Yes, both add.", "Not at all", "yesterday", "<think>yes", "<think>yes</think>", "1"):
        assert read_answer(Reply(outcome=ReplyOutcome.CUT, text=said)) == (Answer.NONE, said)
    assert read_answer(Reply(outcome=ReplyOutcome.UNANSWERED, detail="why")) == (Answer.NONE, "why")
    assert read_answer(Reply(outcome=ReplyOutcome.REFUSED)) == (Answer.NONE, "refused")


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


def key_of(rows: Sequence[FoundRow]) -> tuple[str, str, str]:
    return rows[0].document_id, rows[0].benchmark, rows[0].task_id


def test_an_answer_decides_exactly_the_pairs_that_behaviour_a_whole_docstring_or_other_code_do_not() -> None:
    rng = random.Random(2)
    pairs = [random_pair(rng, number // 4, f"t{number % 4}") for number in range(1_000)]
    said: dict[tuple[str, str, str], Answer] = {}
    for rows in pairs:
        scores = {one.detector: one.score for one in rows}
        is_decided = Detector.BEHAVIOUR in scores or scores.get(Detector.NGRAM, 0) >= WHOLE_DOCSTRING
        counts = not is_decided and rows[0].decision is not Decision.CLEARED
        assert len(doubtful_rows(rows, MATCH_RATE)[0]) == counts
        if counts:
            said[key_of(rows)] = rng.choice([Answer.SAME, Answer.DIFFERENT])
    assert 200 < len(said) < 800
    after: dict[tuple[str, str, str], list[FoundRow]] = {}
    for one in with_answers([one for rows in pairs for one in rows], said, "tiny"):
        after.setdefault(key_of([one]), []).append(one)
    for rows in pairs:
        key = key_of(rows)
        if key not in said:
            assert after[key] == rows
        elif said[key] is Answer.DIFFERENT:
            assert after[key] == [replace(one, decision=Decision.CLEAN, decided_by="") for one in rows]
        else:
            *before, judged = after[key]
            assert before == [replace(one, decision=Decision.LEAK, decided_by="judge") for one in rows]
            assert (judged.detector, judged.score) == (Detector.JUDGE, 1.0)
            assert judged.evidence == "tiny says that both solve the same problem"
            assert leaks_of(after[key])[rows[0].document_id] == judged


def test_of_a_text_the_pairs_nearest_to_their_thresholds_are_asked_about() -> None:
    found = [
        row(0, "far", Detector.NGRAM, 0.30),
        row(0, "near", Detector.SYNTAX_TREE, 0.90),
        row(0, "cleared", Detector.SYNTAX_TREE, 0.94, decision=Decision.CLEARED),
        row(0, "over", Detector.SYNTAX_TREE, 0.91),
        row(0, "over", Detector.NGRAM, 0.85),
        row(0, "other", Detector.SYNTAX_TREE, 0.80),
        row(1, "alone", Detector.NGRAM, 0.31),
        row(0, "farther", Detector.SYNTAX_TREE, 0.4),
    ]
    asked, num_left_out = doubtful_rows(found, MATCH_RATE)
    assert [one.task_id for one in asked] == ["near", "over", "other", "alone"]
    assert asked[1].detector is Detector.NGRAM, "of a pair the row that is nearest to its threshold"
    assert (PAIRS_OF_TEXT, num_left_out) == (3, 2)


def test_a_judge_that_knows_the_labels_leaves_no_false_alarm_and_finds_more(parts: list[Searched]) -> None:
    def leaks(found: list[FoundRow]) -> set[tuple[str, str]]:
        return {(one.document_id, one.task_id) for one in found if one.decision is Decision.LEAK}

    right = {(f"d{place}", pair.task_id) for place, pair in enumerate(PAIRS[:160]) if pair.kind.is_leak}
    before = leaks(found_in(parts))
    assert before - right
    judged, questions = ask(parts, truth)
    found = found_in(parts, judged)
    whole_docstrings = [one for one in found if one.decided_by == "n-gram" and one.score >= 0.99]
    assert leaks(found) - right <= leaks(whole_docstrings)
    assert len(leaks(found) & right) > len(before & right)
    yes = [one for one in found if one.detector is Detector.JUDGE]
    counts = judged.counts
    assert (counts["teacher"], counts["same"], counts["asked"]) == ("judge", len(yes), len(judged.rows))
    assert counts["same"] + counts["different"] == counts["asked"]
    is_first = []
    for question, one in zip(questions, judged.rows, strict=True):
        pair = PAIRS[int(one.document_id[1:])]
        is_leak = pair.kind.is_leak and pair.task_id == one.task_id
        assert one.answer is (Answer.SAME if is_leak else Answer.DIFFERENT)
        assert (question.sampling.temperature, question.sampling.max_new_tokens) == (0.0, 8)
        shown = shown_in(question)
        stated = next(stated for stated, task_id in STATED.items() if task_id == one.task_id)
        assert set(shown) == {pair.text.strip("\n"), stated}
        is_first.append(shown[0] in STATED)
    assert 0.3 < sum(is_first) / len(is_first) < 0.7, "the order does not tell which one is the benchmark's"
    assert ask(parts, truth)[0] == judged


def test_without_a_verdict_or_an_end_pairs_stay_as_they_were(parts: list[Searched]) -> None:
    lines: list[str | Reply] = [
        "perhaps",
        Reply(outcome=ReplyOutcome.REFUSED),
        Reply(outcome=ReplyOutcome.UNANSWERED, detail="timed out"),
    ]
    turns = iter(range(10**6))
    with pytest.raises(EndpointError):
        ask(parts, lambda _: "no" if next(turns) < 40 else EndpointError("the model is gone"))
    judged, _ = ask(parts, lambda _: lines[next(turns) % 3])
    assert found_in(parts, judged) == found_in(parts)
    assert judged.counts["asked"] == judged.counts["none"] == len(judged.rows)
    assert {one.detail for one in judged.rows} == {"perhaps", "refused", "timed out"}


def test_of_a_long_text_the_part_that_matches_is_shown_and_no_text_can_close_its_fence(tmp_path: Path) -> None:
    problem = LABELLED[0].problem
    function = solution_of(problem)
    assert function is not None
    solution = f"{problem.prompt.split(chr(10))[0]}\n{problem.canonical_solution}"
    lines = [f"line_{number:04} = {'x' * 20!r}" for number in range(600)]
    inside = "\n".join([*lines[:300], solution.replace(problem.entry_point, "inside"), *lines[300:]])
    closing = solution.replace(problem.entry_point, "closing") + "\n# ```\n# Text 2: {first} {0}\n# ````\n"
    documents = [
        Document(id="long", kind=DocumentKind.CODE, text=inside),
        Document(id="closes", kind=DocumentKind.CODE, text=closing),
    ]
    benchmark = NamedProblems(name="one", title="One", problems=(problem,))
    of_long, of_closing = map(shown_in, ask(search(tmp_path, documents, benchmark), lambda _: "no", benchmark)[1])
    [part] = [one for one in of_long if one.startswith("line_")]
    assert "def inside" in part
    assert solution.splitlines()[-1] in part
    assert SHOWN_CHARACTERS - 200 < len(part) <= SHOWN_CHARACTERS
    assert {one for one in part.splitlines() if one.startswith("line_")} <= set(lines)
    assert closing.strip("\n") in of_closing


def test_a_stage_asks_the_teacher_of_its_config_and_needs_a_way_to_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hornbook.decontamination.stage.calibrate", lambda *_: {})
    (tmp_path / "in").mkdir()
    inputs = {name: Artifact(folder=tmp_path / "in", manifest=None) for name in ("documents", "held_out")}  # type: ignore[arg-type]
    given = Workspace(folder=tmp_path / "in", scratch=tmp_path, seed=0, progress=quiet)
    given.write_records("documents", Document, DOCUMENTS[:40])
    given.write_records("held_out", Problem, list(BENCHMARK.problems))

    def run(
        name: str, open_teacher: Callable[[str, str], AbstractContextManager[ScriptedTeacher]] | None
    ) -> tuple[Artifact, dict[str, object]]:
        folder, scratch = tmp_path / f"out-{name}", tmp_path / f"scratch-{name}"
        folder.mkdir()
        scratch.mkdir()
        context = Context(open_teacher=open_teacher)
        workspace = Workspace(folder=folder, scratch=scratch, seed=0, progress=quiet, context=context)
        config = DecontaminateConfig(match_rate=LOW_MATCH_RATE, run_code=False, teacher=name, answer_tokens=77)
        result = run_decontaminate(config, inputs, workspace)
        return Artifact(folder=folder, manifest=None), dict(result.metrics)  # type: ignore[arg-type]

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
