"""The labelled set in place of training texts: it says of every pair whether a judge should say yes."""

import random
import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from pathlib import Path

import pytest
from tests.teacher.scripted import Line, ScriptedTeacher

from hornbook.artifacts.stage import Artifact, Workspace
from hornbook.benchmarks.against import NamedProblems
from hornbook.decontamination import judging
from hornbook.decontamination.findings import Compared, Decision, FoundRow, leaks_of, measure
from hornbook.decontamination.judge import Answer, JudgeConfig
from hornbook.decontamination.judging import Judged, JudgedRow, Judging, JudgingConfig, doubtful_rows, with_answers
from hornbook.decontamination.labelled_set import load_labelled_set
from hornbook.decontamination.matches import Detector, Match
from hornbook.decontamination.over_parts import found_in, search_documents, searched_in_part
from hornbook.decontamination.prepare import prepare
from hornbook.decontamination.rule import UNSEEN, RuleConfig, Seen, deciding
from hornbook.decontamination.search import SearchConfig
from hornbook.decontamination.stages import DecontaminateConfig, run_decontaminate
from hornbook.errors import ConfigError, EndpointError
from hornbook.reading.documents import Document
from hornbook.reading.parts import Parts, write_parts
from hornbook.records import Document as Record
from hornbook.records import DocumentKind, schema_of
from hornbook.teacher.teacher import Reply, ReplyOutcome, TeacherRequest
from hornbook.teacher.wire import ChatRequest

LABELLED, PAIRS = load_labelled_set()
BENCHMARK = NamedProblems(name="labelled", title="Labelled", problems=tuple(one.problem for one in LABELLED))
DOCUMENTS = [Document(id=f"d{place}", text=pair.text) for place, pair in enumerate(PAIRS)]
LEAKS = {(pair.text.strip("\n"), pair.task_id) for pair in PAIRS if pair.kind.is_leak}
STATED = {(one.problem.prompt + one.problem.canonical_solution).strip("\n"): one.problem.task_id for one in LABELLED}
RULE = RuleConfig(ngram=0.5, docstring=0.8)
"""Hasty, so that there are leaks for a judge to deny."""
SEARCH = SearchConfig(rule=RULE)


def row(
    text: int, task: str, detector: Detector, score: float, *, cleared: bool = False, benchmark: str = "B"
) -> FoundRow:
    """As the search writes it, undecided."""
    return FoundRow(
        row=text,
        document_id=f"d{text}",
        benchmark=benchmark,
        task_id=task,
        detector=detector,
        score=score,
        evidence=f"by {detector}",
        function="f",
        window_first=0,
        window_last=9,
        decision=Decision.CLEARED if cleared else Decision.CLEAN,
        decided_by="",
        document_excerpt="",
        problem_excerpt="",
    )


def decided(rows: list[FoundRow]) -> list[FoundRow]:
    """The rows of one pair with the decision that the search makes of them."""
    cleared = rows[0].decision is Decision.CLEARED
    leak = deciding(Seen(matches=matches_of(rows), is_cleared=cleared), RULE)
    if leak is None:
        return rows
    return [replace(one, decision=Decision.LEAK, decided_by=leak.detector.value) for one in rows]


def matches_of(rows: list[FoundRow]) -> dict[Detector, Match]:
    return {
        one.detector: Match(
            text=0, problem=0, detector=one.detector, score=one.score, evidence="", function="f", window=(0, 9)
        )
        for one in rows
    }


def random_pair(rng: random.Random, text: int, task: str) -> list[FoundRow]:
    every = (*UNSEEN, Detector.BEHAVIOUR)
    detectors = [one for one in every if rng.random() < 0.4] or [rng.choice(UNSEEN)]
    cleared = rng.random() < 0.3
    scores = {one: 1.0 if one is Detector.BEHAVIOUR else round(rng.uniform(0.3, 1), 4) for one in detectors}
    if rng.random() < 0.2 and Detector.NGRAM in scores:
        scores[Detector.NGRAM] = 1.0
    return decided([row(text, task, one, scores[one], cleared=cleared) for one in detectors])


def truth(asked: TeacherRequest) -> str:
    """A judge that knows the labels."""
    shown = shown_in(asked)
    [task] = [STATED[text] for text in shown if text in STATED]
    return "yes" if any((text, task) in LEAKS for text in shown) else "no"


def shown_in(asked: TeacherRequest) -> tuple[str, str]:
    assert isinstance(asked, ChatRequest)
    found = re.findall(r"^(`{3,})python\n(.*?)\n\1$", asked.messages[-1]["content"], re.DOTALL | re.MULTILINE)
    (_, first), (_, second) = found
    return first, second


@pytest.fixture(scope="module")
def searched(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The labelled records, searched without running any, in several parts."""
    folder = tmp_path_factory.mktemp("searched")

    def documents(start: int) -> Iterator[Document]:
        return iter(DOCUMENTS[start:])

    for _ in write_parts(documents, folder, part_characters=20_000, report=lambda rows, characters: None):
        pass
    prepared = [prepare(BENCHMARK, SEARCH.behaviour, None)]
    search_documents(documents, folder, prepared, SEARCH, report=lambda note, done, total: None)
    assert Parts(folder).num_parts > 3
    return folder


@pytest.fixture
def parts(searched: Path, tmp_path: Path) -> Parts:
    """To be judged by one test."""
    for path in searched.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    return Parts(tmp_path)


def ask(parts: Parts, script: Callable[[TeacherRequest], Line], config: JudgingConfig | None = None) -> Judged:
    with ScriptedTeacher(script, name="judge", num_ahead=7, shuffle=random.Random(5)) as teacher:
        return Judging(parts, [BENCHMARK], RULE, config or JudgingConfig()).ask(teacher)


def test_asked_about_are_exactly_the_pairs_for_which_a_yes_and_a_no_both_count() -> None:
    rng = random.Random(1)
    counted: Counter[bool] = Counter()
    for number in range(2_000):
        rows = random_pair(rng, number, "t")
        seen = Seen(matches=matches_of(rows), is_cleared=rows[0].decision is Decision.CLEARED)
        yes = {**seen.matches, **matches_of([row(number, "t", Detector.JUDGE, 1.0)])}
        leak = deciding(replace(seen, matches=yes), RULE)
        counts = (
            leak is not None
            and leak.detector is Detector.JUDGE
            and deciding(replace(seen, is_denied=True), RULE) is None
        )
        assert len(doubtful_rows(rows, RULE, 1)[0]) == counts
        counted[counts] += 1
    assert min(counted.values()) > 200


def test_an_answer_makes_the_decision_that_the_rule_makes_with_it() -> None:
    rng = random.Random(2)
    pairs = [random_pair(rng, number // 4, f"t{number % 4}") for number in range(400)]
    found = [one for rows in pairs for one in rows]
    asked, _ = doubtful_rows(found, RULE, 4)
    said = {(one.row, "B", one.task_id): rng.choice([None, "said yes"]) for one in asked}
    answered = list(with_answers(found, said, RULE))
    for rows in pairs:
        key = (rows[0].row, "B", rows[0].task_id)
        after = [one for one in answered if (one.row, "B", one.task_id) == key]
        if key not in said:
            assert after == rows
        elif said[key] is None:
            assert after == [replace(one, decision=Decision.CLEAN, decided_by="") for one in rows]
        else:
            *before, judged = after
            assert before == [replace(one, decision=Decision.LEAK, decided_by="judge") for one in rows]
            assert (judged.detector, judged.score, judged.evidence) == (Detector.JUDGE, 1.0, "said yes")
            assert (judged.decision, judged.decided_by) == (Decision.LEAK, "judge")
            assert leaks_of(after)[rows[0].row] == judged
    assert {one.row for one in answered} == {one.row for one in found}


def test_of_a_text_the_pairs_nearest_to_their_thresholds_are_asked_about() -> None:
    found = [
        row(0, "far", Detector.NGRAM, 0.30),
        row(0, "near", Detector.SYNTAX_TREE, 0.90),
        row(0, "cleared", Detector.SYNTAX_TREE, 0.94, cleared=True),
        *decided([row(0, "over", Detector.NGRAM, 0.55), row(0, "over", Detector.CODE, 0.91)]),
        row(1, "alone", Detector.DOCSTRING, 0.31),
        row(0, "other", Detector.DOCSTRING, 0.70, benchmark="C"),
        row(0, "farther", Detector.DOCSTRING, 0.4, benchmark="C"),
    ]
    for limit, wanted in (
        (1, ["over", "alone"]),
        (2, ["near", "over", "alone"]),
        (3, ["near", "over", "alone", "other"]),
    ):
        asked, left_out = doubtful_rows(found, RULE, limit)
        assert [one.task_id for one in asked] == wanted
        assert left_out == 6 - len(wanted)
    assert asked[1].detector is Detector.NGRAM, "of a pair the row that is nearest to its threshold"


def test_a_judge_that_knows_the_labels_leaves_no_false_alarm_and_finds_more(parts: Parts) -> None:
    def leaks() -> set[tuple[str, str]]:
        return {(one.document_id, one.task_id) for one in found_in(parts) if one.decision is Decision.LEAK}

    right = {(f"d{place}", pair.task_id) for place, pair in enumerate(PAIRS) if pair.kind.is_leak}
    before = leaks()
    assert before - right
    judged = ask(parts, truth)
    whole_docstrings = {
        (one.document_id, one.task_id) for one in found_in(parts) if one.decided_by == "n-gram" and one.score >= 0.99
    }
    assert leaks() - right <= whole_docstrings
    assert len(leaks() & right) > len(before & right)
    assert {one.answer for one in judged.rows} == {Answer.SAME, Answer.DIFFERENT}
    assert judged.to_json()["same"] == sum(one.detector is Detector.JUDGE for one in found_in(parts))


def test_neither_parts_nor_groups_nor_the_order_of_replies_change_anything(
    parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    once = ask(parts, truth)
    found = list(found_in(parts))
    monkeypatch.setattr(judging, "_PAIRS_AT_ONCE", 1)
    assert ask(parts, truth) == once
    assert list(found_in(parts)) == found
    assert [one for one in found if one.detector is not Detector.JUDGE] != [
        one for part in range(parts.num_parts) for one in searched_in_part(parts, part)
    ], "decisions have changed"


def test_pairs_without_a_verdict_stay_as_they_were_and_are_counted(parts: Parts) -> None:
    lines: list[str | Reply] = [
        "perhaps",
        Reply(outcome=ReplyOutcome.REFUSED),
        Reply(outcome=ReplyOutcome.UNANSWERED, detail="timed out"),
    ]
    turns = iter(range(10**6))
    before = list(found_in(parts))
    judged = ask(parts, lambda _: lines[next(turns) % 3])
    assert list(found_in(parts)) == before
    counts = judged.to_json()
    assert counts["asked"] == counts["unreadable"] + counts["refused"] + counts["unanswered"] == len(judged.rows)
    assert min(counts["unreadable"], counts["refused"], counts["unanswered"]) > 10
    assert {one.detail for one in judged.rows} >= {"perhaps", "timed out"}


def test_asking_that_was_broken_off_is_made_good_by_the_next_time(
    parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(judging, "_PAIRS_AT_ONCE", 20)
    judged = ask(parts, truth)
    found = list(found_in(parts))
    turns = iter(range(10**6))
    with pytest.raises(EndpointError):
        ask(parts, lambda _: "no" if next(turns) < 50 else EndpointError("the model is gone"))
    assert list(found_in(parts)) != found
    assert ask(parts, truth) == judged
    assert list(found_in(parts)) == found


def test_progress_counts_all_questions_to_the_end(parts: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judging, "_PAIRS_AT_ONCE", 20)
    told: list[tuple[int, int]] = []
    asking = Judging(parts, [BENCHMARK], RULE, JudgingConfig(judge=JudgeConfig(both_orders=True)))
    questions = list(asking.questions())
    with ScriptedTeacher(truth, name="judge") as teacher:
        asking.ask(teacher, lambda done, total: told.append((done, total)))
    assert teacher.asked == questions
    assert len(questions) == asking.num_questions == 2 * asking.num_pairs
    assert told == [(number, len(questions)) for number in range(1, len(questions) + 1)]


def test_only_detectors_that_ran_have_counts() -> None:
    compared = Compared(name="b", title="B", task_ids=("t",), num_telling=1)
    rows = [row(0, "t", Detector.NGRAM, 0.4)]

    def detectors(one: Compared, *, was_judged: bool) -> set[str]:
        [measured] = measure(rows, [one], was_judged=was_judged)
        return set(measured["detectors"])

    everything = {detector.value for detector in Detector}
    assert detectors(compared, was_judged=True) == everything
    assert detectors(compared, was_judged=False) == everything - {"judge"}
    assert detectors(replace(compared, ran_code=False), was_judged=False) == everything - {"judge", "behaviour"}


def test_no_pair_of_a_text_is_refused() -> None:
    with pytest.raises(ConfigError, match="`max_pairs_per_text` must be at least 1, got 0"):
        JudgingConfig(max_pairs_per_text=0)


@pytest.fixture
def stage(tmp_path: Path) -> Callable[..., tuple[Artifact, dict[str, object]]]:
    """Runs the stage on the labelled records, against their own problems."""
    (tmp_path / "in").mkdir()
    inputs = {name: Artifact(folder=tmp_path / "in", manifest=None) for name in ("deduplicate", "held_out")}  # type: ignore[arg-type]
    given = Workspace(folder=tmp_path / "in", scratch=tmp_path, seed=0, progress=lambda done, total, note="": None)
    records = [Record(id=one.id, kind=DocumentKind.EXERCISE, text=one.text) for one in DOCUMENTS]
    given.write_records("documents", Record, records)
    given.write_records("held_out", type(BENCHMARK.problems[0]), list(BENCHMARK.problems))

    def run(
        teacher: str, open_teacher: Callable[[], AbstractContextManager[ScriptedTeacher]] | None
    ) -> tuple[Artifact, dict[str, object]]:
        folder, scratch = tmp_path / f"out-{teacher}", tmp_path / f"scratch-{teacher}"
        folder.mkdir()
        scratch.mkdir()
        workspace = Workspace(folder=folder, scratch=scratch, seed=0, progress=lambda done, total, note="": None)
        config = DecontaminateConfig(search=SEARCH, runs_code=False, teacher=teacher)
        result = run_decontaminate(config, inputs, workspace, open_teacher)
        return Artifact(folder=folder, manifest=None), dict(result.metrics)  # type: ignore[arg-type]

    return run


def test_the_stage_asks_the_teacher_of_its_config_and_keeps_the_answers(
    stage: Callable[..., tuple[Artifact, dict[str, object]]],
) -> None:
    plain, without = stage("", None)
    assert "judge" not in without
    with ScriptedTeacher(lambda _: "no", name="tiny") as teacher:
        asked, metrics = stage("tiny", lambda: nullcontext(teacher))
    assert asked.table("judged").schema == schema_of(JudgedRow)
    counts = metrics["judge"]
    assert isinstance(counts, dict)
    assert counts["teacher"] == "tiny"
    assert counts["asked"] == counts["different"] == len(teacher.asked) == asked.table("judged").num_rows > 0
    assert asked.table("documents").num_rows > plain.table("documents").num_rows
    assert not (plain.folder / "judged.parquet").exists()


def test_a_stage_that_names_a_teacher_needs_a_way_to_it(
    stage: Callable[..., tuple[Artifact, dict[str, object]]],
) -> None:
    with pytest.raises(ConfigError, match="`teacher` is `tiny`, a language model, and nobody says where"):
        stage("tiny", None)
