"""The flags of a teacher, as `hornbook annotate` has them: over a real HTTP server."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.commands.typed import KEY, Printed, is_one_mistake, type_in, write_lines
from tests.evaluation.scripted_endpoint import ScriptedEndpoint
from tests.teacher.batch_server import KEY as BATCH_KEY
from tests.teacher.batch_server import BatchServer

from hornbook.commands.teacher import command_with_budget
from hornbook.errors import ConfigError, MissingInputError
from hornbook.teacher.options import find_key, read_key

PRICES = '[models."Tiny-Coder"]\nusd_per_million_in = 100\nusd_per_million_out = 1000\nbatch_discount = 0.5\n'
ANSWER = "Reason: It adds.\nScore: 3"
MOST_OUT = 50
"""New tokens of an answer."""


@pytest.fixture
def endpoint() -> Iterator[ScriptedEndpoint]:
    with ScriptedEndpoint(lambda _: ANSWER, models=("Tiny-Coder",), key=KEY) as running:
        yield running


@pytest.fixture
def flags(tmp_path: Path, endpoint: ScriptedEndpoint, monkeypatch: pytest.MonkeyPatch) -> list[str | Path]:
    """All but the number of pieces of code, of which there are 40."""
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    code = write_lines(tmp_path / "code.jsonl", [{"text": f"x = {number}\n"} for number in range(40)])
    (tmp_path / "prices.toml").write_text(PRICES)
    cache = tmp_path / "store" / "teacher.sqlite"
    output = tmp_path / "labels.jsonl"
    return [
        "annotate",
        code,
        "-o",
        output,
        "--max-new-tokens",
        str(MOST_OUT),
        "--teacher",
        endpoint.url,
        "--cache",
        cache,
        "--num",
    ]


@pytest.fixture
def prices(tmp_path: Path) -> tuple[str, Path]:
    return "--prices", tmp_path / "prices.toml"


def account_of(printed: Printed) -> dict[str, str]:
    """What is said of each of `calls`, `tokens`, `spent`, … ."""
    lines = printed.out.partition("annotate, asked of")[2].splitlines()[1:]
    return dict(line.strip().split("  ", 1) for line in lines)


def tokens_of(endpoint: ScriptedEndpoint) -> tuple[int, int]:
    """In and out of all calls, where the server counts none: four characters each."""
    lengths = [sum(len(message["content"]) for message in one.body["messages"]) for one in endpoint.asked]
    return sum(-(-length // 4) for length in lengths), -(-len(ANSWER) // 4) * len(lengths)


def test_a_second_run_asks_nothing_and_says_what_it_saved(
    flags: list[str | Path], endpoint: ScriptedEndpoint, prices: tuple[str, Path]
) -> None:
    first = type_in(*flags, "20", *prices)
    num_in, num_out = tokens_of(endpoint)
    usd = f"{(100 * num_in + 1000 * num_out) / 10**6:.4g} USD"
    said = {label: value.strip() for label, value in account_of(first).items()}
    assert said.pop("kept").startswith("20 records with ")
    assert said == {
        "calls": "20; 0 more answers came from the cache",
        "tokens": f"{num_in:,} in, {num_out:,} out; those of 20 calls estimated, at four characters each",
        "spent": usd,
        "price": "100 and 1000 USD per million tokens in and out",
        "outcomes": "20 answered",
        "all runs": f"20 calls with this cache, {usd}",
    }
    second = {label: value.strip() for label, value in account_of(type_in(*flags, "20", *prices)).items()}
    assert second["calls"] == "0; 20 more answers came from the cache"
    assert second["spent"] == f"0 USD; the cache saved {usd}"
    assert second["all runs"] == said["all runs"]
    assert len(endpoint.asked) == 20


def test_the_cache_lies_in_the_store_unless_the_environment_says_otherwise(
    flags: list[str | Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    type_in(*flags[:8], "--num", "2")
    assert (tmp_path / "hornbook-store" / "teacher.sqlite").is_file()
    monkeypatch.setenv("HORNBOOK_STORE", str(tmp_path / "elsewhere"))
    type_in(*flags[:8], "--num", "2")
    assert (tmp_path / "elsewhere" / "teacher.sqlite").is_file()


def test_the_budget_stops_and_the_command_that_is_named_goes_on(
    flags: list[str | Path], endpoint: ScriptedEndpoint, prices: tuple[str, Path]
) -> None:
    arguments = [*flags, "40", *prices, "--budget", "2usd"]
    answer, endpoint.answer = endpoint.answer, lambda _: 400
    assert is_one_mistake(type_in(*arguments, status=2).err.splitlines(keepends=True)[-1], "400", "as the script says")
    endpoint.answer = answer
    endpoint.asked.clear()
    printed = type_in(*arguments, status=2)
    said = printed.err.splitlines(keepends=True)[-1]
    assert is_one_mistake(said, "the budget of 2 USD for `annotate` is used up", "all of them are kept")
    asked = len(endpoint.asked)
    num_in, num_out = tokens_of(endpoint)
    spent, next_call = (100 * num_in + 1000 * num_out) / 10**6, (100 * num_in / asked + 1000 * MOST_OUT) / 10**6
    assert spent <= 2 < spent + 2 * next_call
    type_in(*arguments, status=2)
    assert len(endpoint.asked) == asked
    named = re.search(r"hornbook (annotate .* --budget 4usd)$", printed.err)
    assert named is not None
    assert "40 answered" in type_in(*named[1].split()).out
    assert len(endpoint.asked) == 40


def test_mistakes_are_one_message_each(flags: list[str | Path], tmp_path: Path, endpoint: ScriptedEndpoint) -> None:
    (tmp_path / "empty").write_text("\n")
    (tmp_path / "damaged.sqlite").write_bytes(b"no database" * 1_000)
    (tmp_path / "bad.toml").write_text("[models.x]\nprice = 3\n")
    mistakes: list[tuple[list[str | Path], list[str]]] = [
        (["--teacher-model", "Tiny-Codar"], ["has no model `Tiny-Codar`", "`Tiny-Coder`"]),
        (["--api-key-env", "NO_SUCH_KEY"], ["`NO_SUCH_KEY`, which `--api-key-env` names, is not set"]),
        (["--api-key-file", tmp_path / "none"], ["--api-key-file", "cannot be read: No such file"]),
        (["--api-key-file", tmp_path / "empty"], ["has no key in its first line"]),
        (["--budget", "0"], ["a budget of 0 allows no call", "hornbook annotate", "--budget 5usd"]),
        (["--budget", "five"], ["`--budget` takes an amount like `5usd`", "'five'"]),
        (["--prices", tmp_path / "bad.toml"], ["bad.toml", "has a field `price`"]),
        (["--cache", tmp_path / "damaged.sqlite"], ["damaged.sqlite` is damaged"]),
        (["--cache", tmp_path / "empty" / "x.sqlite"], ["cannot be made"]),
        (["--teacher", "teacher.gguf"], ["there is no file `teacher.gguf`"]),
        (["--teacher", "teacher.bin"], ["a teacher is the address of an endpoint", "'teacher.bin'"]),
        (["--teacher", "teacher.gguf", "--batch"], ["a batch API belongs to an endpoint"]),
        (["--teacher", "http://127.0.0.1:1"], ["cannot be reached", "is the server running"]),
    ]
    for changes, messages in mistakes:
        printed = type_in(*flags, "3", *changes, status=2)
        assert is_one_mistake(printed.err.splitlines(keepends=True)[-1], *messages), (changes, printed.err)
        assert KEY not in printed.err + printed.out
    assert endpoint.asked == []


def test_a_wrong_key_is_said_and_not_shown(flags: list[str | Path], tmp_path: Path, endpoint: ScriptedEndpoint) -> None:
    wrong = "sk-another-secret"
    (tmp_path / "key").write_text(f"  {wrong}  \nsomething else\n")
    printed = type_in(*flags, "3", "--api-key-file", tmp_path / "key", status=2)
    assert is_one_mistake(printed.err, "401", "--api-key-env NAME")
    assert wrong not in printed.err
    (tmp_path / "key").write_text(f"{KEY}\r\n")
    assert "3 answered" in type_in(*flags, "3", "--api-key-file", tmp_path / "key").out
    assert {asked.authorization for asked in endpoint.asked} == {f"Bearer {KEY}"}


def test_batches_are_asked_at_their_price_and_say_how_far_they_are(
    flags: list[str | Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", BATCH_KEY)
    (tmp_path / "prices.toml").write_text(PRICES.replace("Tiny-Coder", "batched"))
    monkeypatch.setattr("tests.teacher.batch_server.text_of", lambda _: ANSWER)
    with BatchServer() as server:
        server.looks_needed = 1
        more = ("--teacher", server.url, "--batch", "--prices", tmp_path / "prices.toml")
        printed = type_in(*flags, "5", *more)
    assert "batch batch_0 is submitted: 5 requests" in printed.err
    assert "price     50 and 500 USD per million tokens in and out (batch, 50% off)" in printed.out
    assert len(server.batches) == 1


def test_the_command_that_goes_on_has_the_new_budget_once() -> None:
    for given in (["--budget", "1usd"], ["--budget=1usd"], []):
        arguments = ["write-exercises", *given, "--teacher", "a b"]
        assert command_with_budget(arguments, "2usd") == ("hornbook write-exercises --teacher 'a b' --budget 2usd")


def test_a_key_that_nobody_named_is_not_sent_in_the_clear(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setenv("MINE", KEY)
    assert read_key("OPENAI_API_KEY", "--api-key-env", "http://far.example") == ""
    assert read_key("OPENAI_API_KEY", "--api-key-env", "https://far.example") == KEY
    assert read_key("OPENAI_API_KEY", "--api-key-env", "http://127.0.0.1:1") == KEY
    assert read_key("MINE", "--api-key-env", "http://far.example") == KEY
    monkeypatch.delenv("MINE")
    with pytest.raises(ConfigError, match="`MINE`"):
        read_key("MINE", "--api-key-env", "http://far.example")
    (tmp_path / "key").write_bytes(b"\xff\xfe")
    with pytest.raises(MissingInputError, match="it is no text"):
        find_key("MINE", tmp_path / "key", "http://far.example")


def test_no_key_is_in_any_file_log_or_traceback(
    flags: list[str | Path], tmp_path: Path, endpoint: ScriptedEndpoint
) -> None:
    """The files are those of a process that met a bug of ours while the database was open, its log beside it."""
    seen = tmp_path / "store" / "seen.txt"
    code = f"""
from hornbook.__main__ import main
from hornbook.teacher.account import Account

def kept(account, *_):
    open({str(seen)!r}, "w").write(f"{{account!r}} {{vars(account)!r}} {{account.summary()!r}}")
    raise RuntimeError("a bug of ours")

Account.kept = kept
main()
"""
    words = [sys.executable, "-X", "dev", "-W", "ignore", "-c", code, *map(str, flags), "40", "--api-key-env", "MY_KEY"]
    environment = {**os.environ, "MY_KEY": KEY, "PYTHONASYNCIODEBUG": "1"}
    ended = subprocess.run(words, capture_output=True, text=True, check=False, env=environment)
    assert ended.returncode == 1
    assert "RuntimeError: a bug of ours" in ended.stderr
    written = {path.name: path.read_bytes() for path in seen.parent.iterdir()}
    assert {"teacher.sqlite", "seen.txt"} <= set(written)
    for secret in (KEY, endpoint.url.removeprefix("http://")):
        assert [file for file, content in written.items() if secret.encode() in content] == []
    assert KEY not in ended.stdout + ended.stderr
