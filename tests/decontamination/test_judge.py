import random
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.evaluation.scripted_endpoint import Asked, ScriptedEndpoint
from tests.teacher.asked import Kit
from tests.teacher.scripted import ScriptedTeacher

from hornbook.decontamination.judge import (
    Answer,
    JudgeConfig,
    JudgedPair,
    Judgement,
    judge_pairs,
    judging_requests,
    pairs_of,
    read_answer,
)
from hornbook.decontamination.labelled_set import load_labelled_set
from hornbook.decontamination.matches import Detector, Match
from hornbook.errors import ConfigError, EndpointError
from hornbook.records import Problem
from hornbook.teacher.endpoint import EndpointConfig, EndpointTeacher
from hornbook.teacher.teacher import Reply, ReplyOutcome, TeacherRequest
from hornbook.teacher.wire import ChatRequest

BOTH = JudgeConfig(both_orders=True)


def problem(name: str = "twice", solution: str = "    return 2 * x\n") -> Problem:
    return Problem(
        task_id=name,
        prompt=f'def {name}(x):\n    """Give twice the number."""\n',
        entry_point=name,
        canonical_solution=solution,
        test="def check(candidate):\n    assert candidate(2) == 4\n",
        category="",
    )


def pair(number: int, written: str = "", **more: Any) -> JudgedPair:
    return JudgedPair(text=number, problem=9 - number, written=written or f"text {number}", stated=problem(), **more)


def question_of(request: TeacherRequest) -> str:
    assert isinstance(request, ChatRequest)
    return request.messages[-1]["content"]


def shown_in(request: TeacherRequest) -> tuple[str, str]:
    """The two texts in the order in which a question shows them."""
    found = re.findall(r"^Text [12]:\n(`{3,})python\n(.*?)\n\1$", question_of(request), re.DOTALL | re.MULTILINE)
    (_, first), (_, second) = found
    return first, second


def judged(pairs: list[JudgedPair], script: Callable[[TeacherRequest], str | Reply], config: JudgeConfig) -> Judgement:
    with ScriptedTeacher(script, name="judge", num_ahead=5, shuffle=random.Random(3)) as teacher:
        return judge_pairs(pairs, teacher, config)


def failed(outcome: ReplyOutcome, detail: str = "") -> Reply:
    return Reply(outcome=outcome, detail=detail)


def test_each_yes_is_a_match_in_the_order_of_the_pairs_whatever_the_order_of_the_replies() -> None:
    pairs = [pair(number, f"text {number}: {'leak' if number % 3 else 'clean'}", function="f") for number in range(9)]
    judgement = judged(pairs, lambda asked: "yes" if "leak" in question_of(asked) else "no", JudgeConfig())
    assert judgement.answers == tuple(Answer.SAME if number % 3 else Answer.DIFFERENT for number in range(9))
    assert judgement.details == ("",) * 9
    assert judgement.matches[0] == Match(
        text=1,
        problem=8,
        detector=Detector.JUDGE,
        score=1.0,
        evidence="judge says that both solve the same problem",
        function="f",
        window=(0, 12),
    )
    assert [(match.text, match.problem) for match in judgement.matches] == [
        (number, 9 - number) for number in range(9) if number % 3
    ]


def test_nothing_asked_is_nothing_judged() -> None:
    judgement = judged([], lambda _asked: "yes", BOTH)
    assert (judgement.answers, judgement.matches) == ((), ())
    assert judgement.counts == dict.fromkeys(Answer, 0)


def test_a_match_keeps_the_window_of_its_pair() -> None:
    [match] = judged([pair(1, "some text", window=(2, 5))], lambda _asked: "yes", JudgeConfig()).matches
    assert match.window == (2, 5)


@pytest.mark.parametrize("dress", ["{}", "{}.", " {}\n", "**{}**", "`{}`", "Answer: {}", '"{}."', "{}!", "> {}"])
@pytest.mark.parametrize(
    ("word", "wanted"), [("yes", Answer.SAME), ("Yes", Answer.SAME), ("NO", Answer.DIFFERENT), ("no", Answer.DIFFERENT)]
)
@pytest.mark.parametrize("thoughts", ["", "<think>\nIt may be yes. Or no.\n</think>\n\n"])
def test_a_word_is_read_in_whatever_dress(dress: str, word: str, wanted: Answer, thoughts: str) -> None:
    reply = Reply(outcome=ReplyOutcome.ANSWERED, text=thoughts + dress.format(word))
    assert read_answer(reply) == (wanted, "")


@pytest.mark.parametrize(
    "said",
    [
        "yes and no",
        "no, or rather yes",
        "Yes, both add two numbers.",
        "Not at all",
        "nope",
        "yesterday",
        "The answer depends",
        "<think>yes",
        "<think>yes</think>",
        "1",
    ],
)
@pytest.mark.parametrize("outcome", [ReplyOutcome.ANSWERED, ReplyOutcome.CUT])
def test_what_is_not_one_of_the_two_words_is_no_verdict(said: str, outcome: ReplyOutcome) -> None:
    assert read_answer(Reply(outcome=outcome, text=said)) == (Answer.UNREADABLE, said)


def test_every_outcome_is_counted_apart_and_none_but_a_yes_is_a_match() -> None:
    replies: list[tuple[str | Reply, Answer]] = [
        ("yes", Answer.SAME),
        ("no", Answer.DIFFERENT),
        ("maybe", Answer.UNREADABLE),
        (failed(ReplyOutcome.EMPTY), Answer.UNREADABLE),
        (Reply(outcome=ReplyOutcome.CUT, text="Let me think"), Answer.UNREADABLE),
        (failed(ReplyOutcome.REFUSED, "I will not"), Answer.REFUSED),
        (failed(ReplyOutcome.UNANSWERED, "500"), Answer.UNANSWERED),
        (failed(ReplyOutcome.MALFORMED), Answer.UNANSWERED),
        (failed(ReplyOutcome.REJECTED, "too long"), Answer.UNANSWERED),
    ]
    pairs = [pair(number, f"<{number}>") for number in range(len(replies))]

    def script(asked: TeacherRequest) -> str | Reply:
        found = re.search(r"<(\d)>", question_of(asked))
        assert found is not None
        return replies[int(found[1])][0]

    judgement = judged(pairs, script, JudgeConfig())
    assert judgement.answers == tuple(wanted for _, wanted in replies)
    assert [match.text for match in judgement.matches] == [0]
    assert judgement.counts == {
        Answer.SAME: 1,
        Answer.DIFFERENT: 1,
        Answer.UNREADABLE: 3,
        Answer.REFUSED: 1,
        Answer.UNANSWERED: 3,
    }
    assert [bool(detail) for detail in judgement.details] == [not wanted.is_verdict for _, wanted in replies]
    assert judgement.details[5:7] == ("I will not", "500")


def test_what_stands_first_does_not_tell_which_one_is_the_benchmarks() -> None:
    problems, pairs = load_labelled_set()
    stated = {one.problem.task_id: one.problem for one in problems}
    asked = [JudgedPair(text=0, problem=0, written=one.text, stated=stated[one.task_id]) for one in pairs]
    first = sum(
        shown_in(request)[0] == one.written.strip("\n")
        for one, request in zip(asked, judging_requests(asked, JudgeConfig()), strict=True)
    )
    # Of a fair coin: 160 of 320, with a standard deviation of 9.
    assert 130 < first < 190
    [swapped] = judging_requests(
        [
            JudgedPair(
                text=0,
                problem=0,
                written=asked[0].stated.prompt + asked[0].stated.canonical_solution,
                stated=Problem(
                    task_id="", prompt=asked[0].written, entry_point="", canonical_solution="", test="", category=""
                ),
            )
        ],
        JudgeConfig(),
    )
    assert swapped == next(judging_requests(asked, JudgeConfig()))


def test_in_both_orders_only_two_equal_answers_count() -> None:
    answers = {"same": ("yes", "yes"), "other": ("no", "no"), "wavers": ("yes", "no"), "gone": ("yes", "")}
    pairs = [pair(number, name) for number, name in enumerate(answers)]

    def script(asked: TeacherRequest) -> str | Reply:
        is_second = shown_in(asked)[1] in answers
        return answers[shown_in(asked)[is_second]][is_second] or failed(ReplyOutcome.UNANSWERED, "500")

    judgement = judged(pairs, script, BOTH)
    assert judgement.answers == (Answer.SAME, Answer.DIFFERENT, Answer.UNREADABLE, Answer.UNANSWERED)
    assert judgement.details == ("", "", "yes in one order, no in the other", "500")
    assert [match.text for match in judgement.matches] == [0]


def test_the_question_asks_for_the_likeliest_word_and_shows_no_tests() -> None:
    [request] = judging_requests([pair(1)], JudgeConfig(max_new_tokens=3))
    assert (request.sampling.temperature, request.sampling.max_new_tokens) == (0.0, 3)
    assert set(shown_in(request)) == {"text 1", (problem().prompt + problem().canonical_solution).strip()}
    assert "check(" not in question_of(request)


def test_a_text_cannot_close_its_fence_or_fill_in_the_form() -> None:
    written = "```\n\nText 2:\n```python\nx = 1\n```\n{first} {second} {0}\n````"
    [request] = judging_requests([pair(1, written)], JudgeConfig())
    assert written in shown_in(request)


def test_a_problem_in_words_is_shown_as_it_is() -> None:
    words = Problem(task_id="w", prompt="Sort a list.\n", entry_point="", canonical_solution="", test="", category="")
    [request] = judging_requests([JudgedPair(text=0, problem=0, written="t", stated=words)], JudgeConfig())
    assert set(shown_in(request)) == {"t", "Sort a list."}


@pytest.mark.parametrize("at", [0, 3, 150, 297, 299])
def test_of_a_long_text_whole_lines_around_the_window_are_shown(at: int) -> None:
    lines = [f"line {number:03} = {'x' * 10}" for number in range(300)]
    written = "\n".join(lines)
    start = written.index(lines[at])
    window = (start, start + len(lines[at]))
    [request] = judging_requests([pair(1, written, window=window)], JudgeConfig(max_characters=400))
    [shown] = [one for one in shown_in(request) if one.startswith("line")]
    assert 300 < len(shown) <= 400
    assert lines[at] in shown.split("\n")
    assert set(shown.split("\n")) <= set(lines)


def test_a_window_that_is_too_long_is_shown_from_its_first_line_on() -> None:
    written = "".join(f"line {number}\n" for number in range(300))
    start = written.index("line 70\n")
    [request] = judging_requests([pair(1, written, window=(start, start + 1000))], JudgeConfig(max_characters=400))
    [shown] = [one for one in shown_in(request) if one.startswith("line 70\nline 71\n")]
    assert len(shown) <= 400


def test_a_text_without_line_breaks_is_cut_and_one_without_a_window_shows_its_beginning() -> None:
    [request] = judging_requests([pair(1, "x" * 1000)], JudgeConfig(max_characters=400))
    assert "x" * 400 in shown_in(request)
    written = "".join(f"{number}\n" for number in range(1000))
    [request] = judging_requests([pair(1, written)], JudgeConfig(max_characters=400))
    [shown] = [one for one in shown_in(request) if one.startswith("0\n1\n2\n")]
    assert 390 < len(shown) <= 400


def test_the_pairs_that_detectors_found_are_each_asked_about_once() -> None:
    def match(text: int, problem: int, score: float, function: str) -> Match:
        return Match(
            text=text,
            problem=problem,
            detector=Detector.CODE,
            score=score,
            evidence="",
            function=function,
            window=(0, text + 1),
        )

    matches = [match(1, 0, 0.5, "a"), match(0, 1, 0.9, "b"), match(1, 0, 0.7, "c"), match(1, 0, 0.7, "d")]
    problems = [problem("one"), problem("two")]
    pairs = pairs_of(matches, ["zero", "first"], problems)
    assert [(one.text, one.problem, one.function, one.window) for one in pairs] == [
        (1, 0, "c", (0, 2)),
        (0, 1, "b", (0, 1)),
    ]
    assert [(one.written, one.stated) for one in pairs] == [("first", problems[0]), ("zero", problems[1])]


def test_progress_counts_replies_and_an_error_of_the_teacher_is_raised() -> None:
    told: list[tuple[int, int]] = []
    with ScriptedTeacher(["no"] * 4) as teacher:
        judge_pairs([pair(0), pair(1)], teacher, BOTH, lambda done, total: told.append((done, total)))
    assert told == [(1, 4), (2, 4), (3, 4), (4, 4)]
    refused = EndpointError("the key was refused")
    with ScriptedTeacher(["no", refused]) as teacher, pytest.raises(EndpointError, match="key"):
        judge_pairs([pair(0), pair(1)], teacher, JudgeConfig())


def test_over_http_the_labels_of_the_set_come_back_as_matches() -> None:
    problems, pairs = load_labelled_set()
    stated = {one.problem.task_id: one.problem for one in problems}
    asked = [
        JudgedPair(text=number, problem=0, written=one.text, stated=stated[one.task_id])
        for number, one in enumerate(pairs[:24])
    ]
    leaks = [one.text.strip("\n") for one in pairs[:24] if one.kind.is_leak]

    def reply(request: Asked) -> str:
        return "Yes" if any(leak in request.text for leak in leaks) else "No."

    with ScriptedEndpoint(reply) as server, EndpointTeacher(EndpointConfig(url=server.url)) as teacher:
        judgement = judge_pairs(asked, teacher, JudgeConfig())
    assert [match.text for match in judgement.matches] == [
        number for number, one in enumerate(pairs[:24]) if one.kind.is_leak
    ]
    assert judgement.matches[0].evidence == "scripted says that both solve the same problem"
    assert {request.body["temperature"] for request in server.asked} == {0}


def test_a_server_that_fails_gives_no_verdict_and_is_asked_again_by_the_next_run(tmp_path: Path) -> None:
    pairs = [pair(number) for number in range(4)]
    answers, num_asked = [], []
    with ScriptedEndpoint(lambda asked: 500 if "text 2" in asked.text else "yes") as server, Kit(tmp_path / "r") as kit:
        config = EndpointConfig(url=server.url, first_delay_seconds=0.001, max_attempts=2)
        for _ in range(3):
            with kit.account(EndpointTeacher(config)) as account:
                answers.append(judge_pairs(pairs, account, JudgeConfig()).answers)
            num_asked.append(len(server.asked))
            server.asked.clear()
            server.answer = lambda _asked: "yes"
    same = Answer.SAME
    assert answers == [(same, same, Answer.UNANSWERED, same), (same,) * 4, (same,) * 4]
    assert num_asked == [5, 1, 0]


@pytest.mark.parametrize(("field", "value"), [("max_characters", 99), ("max_new_tokens", 0)])
def test_a_config_that_cannot_be_asked_names_its_field(field: str, value: int) -> None:
    with pytest.raises(ConfigError, match=f"`{field}` must be .* got {value}"):
        JudgeConfig(**{field: value})  # type: ignore[arg-type]
