import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from tests.commands.asking_command import use_in
from tests.commands.typed import KEY, is_one_mistake, type_in
from tests.evaluation.scripted_endpoint import ScriptedEndpoint
from tests.teacher.batch_server import KEY as BATCH_KEY
from tests.teacher.batch_server import BatchServer

from hornbook.commands.teacher_options import command_with_budget, find_key, read_key
from hornbook.errors import ConfigError, MissingInputError

PRICES = '[models."Tiny-Coder"]\nusd_per_million_in = 100\nusd_per_million_out = 1000\nbatch_discount = 0.5\n'
ROOT = Path(__file__).parents[2]


@pytest.fixture
def endpoint() -> "ScriptedEndpoint":
    with ScriptedEndpoint(lambda asked: f"about {asked.text}", models=("Tiny-Coder",), key=KEY) as running:
        yield running  # type: ignore[misc]


@pytest.fixture
def flags(tmp_path: Path, endpoint: ScriptedEndpoint, monkeypatch: pytest.MonkeyPatch) -> list[str | Path]:
    use_in(monkeypatch)
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    return ["--teacher", endpoint.url, "--cache", tmp_path / "store" / "teacher.sqlite"]


@pytest.fixture
def prices(tmp_path: Path) -> Path:
    path = tmp_path / "prices.toml"
    path.write_text(PRICES)
    return path


def test_a_second_run_asks_nothing_and_says_what_it_saved(
    flags: list[str | Path], endpoint: ScriptedEndpoint, prices: Path
) -> None:
    first = type_in("20", *flags, "--prices", prices)
    assert "Tiny-Coder: 20 calls, at most about 60 tokens in and 1,000 out" in first.out
    # Without counts of the server: three tokens in (10 or 11 characters), four or five out (16 or 17 characters).
    assert first.out.splitlines()[1:] == [
        "ask, asked of Tiny-Coder",
        "  calls     20; 0 more answers came from the cache",
        "  tokens    60 in, 90 out; those of 20 calls estimated, at four characters each",
        "  spent     0.096 USD",
        "  price     100 and 1000 USD per million tokens in and out",
        "  outcomes  20 answered",
        "  kept      20 records with 200 tokens: 0.0048 USD a record, 480 USD a million tokens, "
        "0.75 tokens asked for and written to keep one",
        "  all runs  20 calls with this cache, 0.096 USD",
    ]
    second = type_in("20", *flags, "--prices", prices)
    assert second.out.splitlines()[2:] == [
        "  calls     0; 20 more answers came from the cache",
        "  tokens    0 in, 0 out",
        "  spent     0 USD; the cache saved 0.096 USD",
        *first.out.splitlines()[5:],
    ]
    assert len(endpoint.asked) == 20


def test_the_cache_lies_in_the_store_unless_the_environment_says_otherwise(
    flags: list[str | Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    type_in("2", *flags[:2])
    assert (tmp_path / "hornbook-store" / "teacher.sqlite").is_file()
    monkeypatch.setenv("HORNBOOK_TEACHER_CACHE", str(tmp_path / "elsewhere.sqlite"))
    type_in("2", *flags[:2])
    assert (tmp_path / "elsewhere.sqlite").is_file()


def test_a_model_of_this_machine_costs_nothing_unless_a_table_says_so(flags: list[str | Path], prices: Path) -> None:
    printed = type_in("2", *flags)
    assert "0 USD: it runs on this machine and is not paid for" in printed.out
    assert "  all runs  2 calls with this cache, 0 USD\n" in printed.out
    assert "price     100 and 1000 USD per million tokens" in type_in("2", *flags, "--prices", prices).out


def test_the_budget_stops_and_the_command_that_is_named_goes_on(
    flags: list[str | Path], endpoint: ScriptedEndpoint, prices: Path
) -> None:
    arguments = ["40", *flags, "--prices", prices, "--budget", "0.15usd"]
    printed = type_in(*arguments, status=2)
    assert is_one_mistake(printed.err, "the budget of 0.15 USD for `ask` is used up", "all of them are kept")
    asked = len(endpoint.asked)
    assert 10 < asked <= 0.15 / 0.0043
    assert type_in(*arguments, status=2).err
    assert len(endpoint.asked) == asked
    named = re.search(r"hornbook (40 .* --budget 0\.3usd)$", printed.err)
    assert named is not None
    assert "40 answered" in type_in(*named[1].split()).out
    assert len(endpoint.asked) == 40


def test_a_budget_of_nothing_is_said_before_any_call(flags: list[str | Path], endpoint: ScriptedEndpoint) -> None:
    printed = type_in("3", *flags, "--budget", "0", status=2)
    assert is_one_mistake(printed.err, "a budget of 0 allows no call", "hornbook 3 --teacher", "--budget 5usd")
    assert endpoint.asked == []
    type_in("3", *flags)
    assert "3 answered" in type_in("3", *flags, "--budget=0").out


def test_mistakes_are_one_message_each(flags: list[str | Path], tmp_path: Path, endpoint: ScriptedEndpoint) -> None:
    (tmp_path / "empty").write_text("\n")
    (tmp_path / "damaged.sqlite").write_bytes(b"no database" * 1_000)
    (tmp_path / "bad.toml").write_text("[models.x]\nprice = 3\n")
    mistakes: list[tuple[list[str | Path], list[str]]] = [
        (["--teacher-model", "Tiny-Codar"], ["has no model `Tiny-Codar`", "`Tiny-Coder`"]),
        (["--api-key-env", "NO_SUCH_KEY"], ["`NO_SUCH_KEY`, which `--api-key-env` names, is not set"]),
        (["--api-key-file", tmp_path / "none"], ["--api-key-file", "cannot be read: No such file"]),
        (["--api-key-file", tmp_path / "empty"], ["has no key in its first line"]),
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
        printed = type_in("3", *flags, *changes, status=2)
        assert is_one_mistake(printed.err, *map(str, messages)), (changes, printed.err)
        assert KEY not in printed.err + printed.out
    assert endpoint.asked == []


def test_a_wrong_key_is_said_and_not_shown(flags: list[str | Path], tmp_path: Path, endpoint: ScriptedEndpoint) -> None:
    wrong = "sk-another-secret"
    (tmp_path / "key").write_text(f"  {wrong}  \nsomething else\n")
    printed = type_in("3", *flags, "--api-key-file", tmp_path / "key", status=2)
    assert is_one_mistake(printed.err, "401", "--api-key-env NAME")
    assert wrong not in printed.err
    (tmp_path / "key").write_text(f"{KEY}\r\n")
    (tmp_path / "key").chmod(0o666)
    assert "3 answered" in type_in("3", *flags, "--api-key-file", tmp_path / "key").out
    assert {asked.authorization for asked in endpoint.asked} == {f"Bearer {KEY}"}


def test_a_budget_in_dollars_for_a_distant_model_of_unknown_price_is_refused(
    flags: list[str | Path], endpoint: ScriptedEndpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    from hornbook.teacher.config import EndpointConfig

    monkeypatch.setattr(EndpointConfig, "is_on_this_machine", False)
    printed = type_in("3", *flags, "--budget", "5usd", status=2)
    assert is_one_mistake(printed.err, "a budget of 5 USD needs to know what `Tiny-Coder` costs", "`--prices FILE`")
    assert endpoint.asked == []
    printed = type_in("3", *flags, "--budget", "5000tokens")
    assert "3 calls of unknown price" in printed.out
    assert "price     not known; `--prices FILE` can say it" in printed.out


def test_batches_are_asked_at_their_price_and_say_how_far_they_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_in(monkeypatch)
    monkeypatch.setenv("OPENAI_API_KEY", BATCH_KEY)
    (tmp_path / "prices.toml").write_text(PRICES.replace("Tiny-Coder", "batched"))
    with BatchServer() as server:
        server.looks_needed = 1
        flags = ["--teacher", server.url, "--batch", "--cache", tmp_path / "teacher.sqlite"]
        printed = type_in("5", *flags, "--prices", tmp_path / "prices.toml")
    assert "batch batch_0 is submitted: 5 requests\n" in printed.err
    assert "price     50 and 500 USD per million tokens in and out (batch, 50% off)" in printed.out
    assert len(server.batches) == 1


def test_no_key_is_in_any_file_log_or_traceback(
    tmp_path: Path, endpoint: ScriptedEndpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The files are searched while the database is open, its log beside it, and after a bug of ours."""
    refused = 400
    endpoint.answer = lambda asked: refused if asked.text.endswith("3") else f"about {asked.text}"
    folder = tmp_path / "store"
    words = [sys.executable, "-X", "dev", "-W", "ignore", "-m", "tests.commands.asking_command", "40"]
    words += ["--teacher", endpoint.url, "--cache", str(folder / "teacher.sqlite"), "--api-key-env", "MY_KEY"]
    words += ["--break-in", str(folder / "seen.txt")]
    environment = {**os.environ, "MY_KEY": KEY, "PYTHONASYNCIODEBUG": "1"}
    ended = subprocess.run(words, capture_output=True, text=True, check=False, cwd=ROOT, env=environment)
    assert ended.returncode == 1
    assert "RuntimeError: a bug of ours" in ended.stderr
    written = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert {"teacher.sqlite", "seen.txt"} <= set(written)
    for secret in (KEY, endpoint.url.removeprefix("http://")):
        assert [file for file, content in written.items() if secret.encode() in content] == []
    assert KEY not in ended.stdout + ended.stderr


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
