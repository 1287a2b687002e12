import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.teacher.asked import SAMPLING, Kit, chats, replies
from tests.teacher.batch_server import KEY, Batch, BatchServer, told

from hornbook.errors import EndpointError
from hornbook.teacher.api import CompletionRequest, ReplyOutcome
from hornbook.teacher.batch import BatchTeacher
from hornbook.teacher.http import EndpointConfig
from hornbook.teacher.options import TeacherOptions


class KilledError(BaseException):
    """Stands for a SIGKILL: nothing of ours catches it."""


@pytest.fixture
def server() -> Iterator[BatchServer]:
    with BatchServer() as running:
        yield running


def batched(server: BatchServer, kit: Kit, **more: Any) -> BatchTeacher:
    config = EndpointConfig(url=server.url, api_key=KEY, first_delay_seconds=0.001, max_attempts=3)
    return BatchTeacher(config, kit.database, **more)


def test_all_requests_of_a_kind_go_in_one_batch_and_every_reply_comes_to_its_request(
    server: BatchServer, kit: Kit
) -> None:
    said: list[str] = []
    with batched(server, kit, report=said.append) as teacher:
        found = dict(teacher.ask([*chats(20), *chats(5), CompletionRequest(prompt="def f", sampling=SAMPLING)]))
    assert [found[index].text for index in range(25)] == [f"about question {index % 20}" for index in range(25)]
    assert found[25].text == "about def f"
    assert found[0].prompt_tokens == 10
    kinds = [("/v1/chat/completions", 20), ("/v1/completions", 1)]
    assert [(batch.endpoint, len(batch.lines)) for batch in server.batches.values()] == kinds
    assert "batch batch_0 in progress: 0 of 20" in said[2]
    assert kit.database.row("SELECT * FROM batches") is kit.database.row("SELECT * FROM batched_requests") is None


def test_more_than_fits_goes_into_several_batches_read_lazily(
    server: BatchServer, kit: Kit, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = []
    monkeypatch.setattr("hornbook.teacher.batch.MOST_REQUESTS", 10)
    with batched(server, kit) as teacher:
        for num_taken, _ in enumerate(teacher.ask(read.append(None) or request for request in chats(25))):  # type: ignore[func-returns-value]
            assert len(read) <= 10 * (num_taken // 10 + 1)
    assert [len(batch.lines) for batch in server.batches.values()] == [10, 10, 5]
    monkeypatch.setattr("hornbook.teacher.batch.MOST_BYTES", 1)
    with batched(server, kit) as teacher:
        assert len(list(teacher.ask(chats(3)))) == 3
    assert len(server.batches) == 6


def test_a_run_that_is_killed_while_it_waits_takes_up_the_same_batch(server: BatchServer, kit: Kit) -> None:
    def killed(line: str) -> None:
        if "in progress" in line:
            raise KilledError

    server.looks_needed = 3
    with kit.account(batched(server, kit, report=killed)) as account, pytest.raises(KilledError):
        list(account.ask(chats(10)))
    said: list[str] = []
    with kit.account(batched(server, kit, report=said.append)) as account:
        assert [reply.text for reply in replies(account, chats(12))] == [f"about question {i}" for i in range(12)]
    assert said[0] == "batch batch_0 of an earlier run is taken up"
    assert sorted(server.submitted) == sorted(f"question {index}" for index in range(12))
    assert kit.totals().calls == 12


@pytest.mark.parametrize("last_call", ["create", "upload", "lost answer"])
def test_a_run_that_is_killed_as_it_submits_finds_its_batch_or_submits_it_again(
    server: BatchServer, kit: Kit, last_call: str
) -> None:
    if last_call == "lost answer":
        server.loses_answer_to_create = 1
    else:
        with batched(server, kit) as teacher:
            whole = getattr(teacher._api, last_call)

            def killed(*arguments: Any) -> Any:
                whole(*arguments)
                raise KilledError

            setattr(teacher._api, last_call, killed)
            with pytest.raises(KilledError):
                list(teacher.ask(chats(4)))
        assert (len(server.batches), server.num_uploads) == (last_call == "create", 1)
    for index in range(5):  # Later ones of somebody else, so that the list has several pages.
        server.batches[f"other_{index}"] = Batch(f"other_{index}", "/v1/chat/completions", [], {})
    with batched(server, kit) as teacher:
        assert len(list(teacher.ask(chats(4)))) == 4
    assert sum(bool(batch.lines) for batch in server.batches.values()) == 1


def test_a_run_that_is_killed_between_replies_fetches_them_again_and_submits_nothing(
    server: BatchServer, kit: Kit
) -> None:
    with kit.account(batched(server, kit)) as account:
        answers = account.ask(chats(10))
        first = [next(answers) for _ in range(4)]
        answers.close()  # type: ignore[attr-defined]
    with kit.account(batched(server, kit)) as account:
        given = replies(account, chats(10))
    assert [given[index] for index, _ in first] == [reply for _, reply in first]
    assert (len(server.submitted), kit.totals().calls) == (10, 10)


def test_each_line_has_its_outcome(server: BatchServer, kit: Kit) -> None:
    def answer(body: dict[str, Any]) -> tuple[int, Any]:
        number = int(body["messages"][-1]["content"].removeprefix("question "))
        cut = {"choices": [{"message": {"content": "half"}, "finish_reason": "length"}]}
        error = {"error": {"message": f"so said {KEY}"}}
        return [told(body), (200, cut), (200, {"choices": []}), (400, error), (429, error), (500, error)][number]

    server.tell = answer
    with kit.account(batched(server, kit)) as account:
        given = replies(account, chats(6))
    outcomes = ["ANSWERED", "CUT", "MALFORMED", "REJECTED", "UNANSWERED", "UNANSWERED"]
    assert [reply.outcome.name for reply in given] == outcomes
    assert [reply.detail for reply in given[3:]] == ["400: so said …", "429: so said …", "500: so said …"]
    assert len(kit.cache) == 4


def test_a_batch_whose_day_is_over_leaves_the_rest_unanswered_for_the_next_run(server: BatchServer, kit: Kit) -> None:
    server.expires_after = 3
    with kit.account(batched(server, kit)) as account:
        given = replies(account, chats(5))
    assert [reply.outcome for reply in given].count(ReplyOutcome.ANSWERED) == 3
    assert {reply.detail for reply in given if not reply.is_final} == {"This request could not be executed in time."}
    server.expires_after = None
    with kit.account(batched(server, kit)) as account:
        assert all(reply.is_final for reply in replies(account, chats(5)))
    assert [len(batch.lines) for batch in server.batches.values()] == [5, 2]


def test_a_model_that_calls_the_limit_otherwise_is_asked_in_its_words(server: BatchServer, kit: Kit) -> None:
    def answer(body: dict[str, Any]) -> tuple[int, Any]:
        if "max_tokens" in body:
            said = "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead."
            return 400, {"error": {"message": said}}
        assert body["max_completion_tokens"] == 100
        return told(body)

    server.tell = answer
    with kit.account(batched(server, kit)) as account:
        assert {reply.outcome for reply in replies(account, chats(5))} == {ReplyOutcome.ANSWERED}
    assert [len(batch.lines) for batch in server.batches.values()] == [5, 5]
    assert kit.database.row("SELECT * FROM batches") is None


def test_what_the_server_does_not_take_is_said_and_forgotten(server: BatchServer, kit: Kit) -> None:
    server.refuses = "Enqueued token limit reached"
    with batched(server, kit) as teacher, pytest.raises(EndpointError, match="batch_0: Enqueued token limit reached"):
        list(teacher.ask(chats(5)))
    server.refuses, server.has_batches = "", False
    with batched(server, kit) as teacher, pytest.raises(EndpointError, match="ask without `--batch`"):
        list(teacher.ask(chats(5)))
    assert kit.database.row("SELECT * FROM batches") is None
    server.has_batches = True
    wrong = EndpointConfig(url=server.url, api_key="sk-wrong-secret", max_attempts=1)
    with BatchTeacher(wrong, kit.database) as teacher, pytest.raises(EndpointError, match="401") as caught:
        list(teacher.ask(chats(1)))
    assert "sk-wrong-secret" not in str(caught.value)
    with batched(server, kit) as teacher:
        assert len(list(teacher.ask(chats(5)))) == 5


def ask_in_batches(url: str, database: str) -> None:
    """What the process does that is killed."""
    options = TeacherOptions(teacher=url, batch=True, cache=Path(database))
    with options.open("write", None, Path(database).parent, report=print) as account:
        print(len(replies(account, chats(6))), "answers")


@pytest.mark.slow
def test_a_batch_outlives_a_sigkill_of_the_process_that_submitted_it(server: BatchServer, tmp_path: Path) -> None:
    script = "import sys, tests.teacher.test_batch as t; t.ask_in_batches(*sys.argv[1:])"
    words = [sys.executable, "-c", script, server.url, str(tmp_path / "teacher.sqlite")]
    environment, root = {**os.environ, "OPENAI_API_KEY": KEY}, Path(__file__).parents[2]
    with subprocess.Popen(words, cwd=root, env=environment, stdout=subprocess.DEVNULL) as process:
        server.on_look = lambda _batch: process.kill()
    assert process.returncode == -signal.SIGKILL
    server.on_look, server.looks_needed = (lambda _batch: None), 1
    again = subprocess.run(words, cwd=root, env=environment, capture_output=True, text=True, check=True)
    assert again.stdout.splitlines() == ["batch batch_0 of an earlier run is taken up", "6 answers"]
    assert (len(server.batches), len(server.submitted)) == (1, 6)
