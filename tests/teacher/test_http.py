import asyncio
import shutil
import ssl
import subprocess
import threading
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from tests.teacher.raw_server import Heard, RawServer, message

from hornbook.errors import ConfigError
from hornbook.teacher.http import Client, EndpointConfig, LostError, Response, UnreachableError, Upload

PROXY_VARIABLES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")


@pytest.fixture(autouse=True)
def no_proxy_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in PROXY_VARIABLES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


def config(url: str, **changes: Any) -> EndpointConfig:
    return EndpointConfig(**{"url": url, "timeout_seconds": 30.0, **changes})


def use(settings: EndpointConfig, play: Callable[[Client, str], Awaitable[Any]]) -> Any:
    async def run() -> Any:
        client = Client(settings)
        try:
            return await play(client, f"{settings.address}/chat/completions")
        finally:
            await client.close()

    return asyncio.run(run())


def ask_once(settings: EndpointConfig, body: Any = None) -> Response:
    return use(settings, lambda client, address: client.ask(address, body))


def sends(*parts: bytes, ends: bool = False, pause_seconds: float = 0.0) -> Callable[..., Awaitable[None]]:
    """An answer in parts, after which the connection is closed or kept."""

    async def answer(_heard: Heard, writer: asyncio.StreamWriter) -> None:
        for part in parts:
            writer.write(part)
            await writer.drain()
            await asyncio.sleep(pause_seconds)
        if ends:
            writer.close()

    return answer


PLAIN = message("200 OK", b"hello", "x-kind: plain")
CHUNKED = b"HTTP/1.1 200 OK\r\nx-kind: plain\r\ntransfer-encoding: chunked\r\n\r\n2\r\nhe\r\n"
CLOSED = b"HTTP/1.1 200 OK\r\nX-KIND: plain\r\nconnection: close\r\n\r\nhel"


@pytest.mark.parametrize(
    ("parts", "ends"),
    [
        ([CHUNKED, b"3\r\nllo\r\n0\r\n\r\n"], False),
        ([CLOSED, b"lo"], True),
        ([b"HTTP/1.1 100 Continue\r\n\r\n", PLAIN], False),
        ([bytes([byte]) for byte in PLAIN], False),
    ],
)
def test_an_answer_is_read_however_it_is_framed(parts: list[bytes], ends: bool) -> None:
    with RawServer(sends(*parts, ends=ends)) as server:

        async def twice(client: Client, address: str) -> list[Response]:
            return [await client.ask(address, {"n": number}) for number in range(2)]

        for response in use(config(server.url), twice):
            assert (response.status, response.reason, response.body) == (200, "OK", b"hello")
            assert response.headers["x-kind"] == "plain"
            assert response.is_success
    assert [heard.body for heard in server.heard] == [{"n": 0}, {"n": 1}]


def test_a_connection_is_kept_until_one_side_closes_it() -> None:
    async def three_times(client: Client, address: str) -> None:
        for _ in range(3):
            await client.ask(address, {})
            await asyncio.sleep(0.02)

    with RawServer(sends(message("200 OK"))) as server:
        use(config(server.url), three_times)
        assert server.num_connections == 1
    with RawServer(sends(message("500 Internal Server Error", b"", "connection: close"))) as server:
        use(config(server.url), three_times)
        assert server.num_connections == 3
    with RawServer(sends(message("200 OK"), b"", ends=True)) as server:  # Closed without a word.
        use(config(server.url), three_times)
        assert server.num_connections == 3


def test_what_comes_unasked_on_a_kept_connection_is_the_answer_to_nothing() -> None:
    gone = threading.Semaphore(0)

    async def answer(heard: Heard, writer: asyncio.StreamWriter) -> None:
        writer.write(message("200 OK", heard.content))
        await writer.drain()
        await asyncio.sleep(0.02)
        writer.write(message("200 OK", b"of nobody"))
        await writer.drain()
        gone.release()

    async def three_times(client: Client, address: str) -> list[bytes]:
        bodies = []
        for number in range(3):
            bodies.append((await client.ask(address, {"n": number})).body)
            await asyncio.to_thread(gone.acquire, True, 5)
            await asyncio.sleep(0.05)
        return bodies

    with RawServer(answer) as server:
        assert use(config(server.url), three_times) == [b'{"n": 0}', b'{"n": 1}', b'{"n": 2}']


def test_an_answer_without_end_is_not_read_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hornbook.teacher.http._MAX_BYTES", 1000)
    with RawServer(sends(message("200 OK", b"x" * 1000))) as server:
        assert len(ask_once(config(server.url), {}).body) == 1000
    with RawServer(sends(message("200 OK", b"x" * 1001))) as server, pytest.raises(LostError, match="1,000 bytes"):
        ask_once(config(server.url), {})


def test_the_request_is_what_servers_expect() -> None:
    with RawServer(sends(message("200 OK"))) as server:
        ask_once(config(server.url, api_key="sesame"), {"text": "é"})
        ask_once(config(server.url + "/a b/v1"))
        ask_once(config(server.url), Upload("text/plain; x=1", b"raw\r\n"))
    posted, got, uploaded = server.heard
    assert (posted.method, posted.target, posted.body) == ("POST", "/v1/chat/completions", {"text": "é"})
    assert posted.headers["host"] == server.netloc
    assert posted.headers["content-type"] == "application/json"
    assert posted.headers["authorization"] == "Bearer sesame"
    assert (got.method, got.target) == ("GET", "/a%20b/v1/chat/completions")
    assert "authorization" not in got.headers
    assert (uploaded.headers["content-type"], uploaded.content) == ("text/plain; x=1", b"raw\r\n")


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (sends(ends=True), "the connection was closed"),
        (sends(message("200 OK", b"hello")[:-2], ends=True), "cut within the answer"),
        (sends(CHUNKED, ends=True), "cut within"),
        (sends(b"SSH-2.0-OpenSSH_9.6\r\n"), "not HTTP"),
    ],
)
def test_an_answer_that_is_not_whole_is_lost(answer: Any, said: str) -> None:
    with RawServer(answer) as server, pytest.raises(LostError, match=said):
        ask_once(config(server.url), {})


def test_an_attempt_ends_in_time_and_its_connection_with_it() -> None:
    is_closed = asyncio.Event()

    async def answer(_heard: Heard, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\n")
        try:
            while True:
                writer.write(b"x")
                await writer.drain()
                await asyncio.sleep(0.01)
        except OSError:
            is_closed.set()
            raise

    with RawServer(answer) as server:
        with pytest.raises(LostError, match=r"no answer within 0\.3 seconds"):
            ask_once(config(server.url, timeout_seconds=0.3), {})
        server.wait_until(is_closed)


def test_nobody_to_connect_to_is_unreachable() -> None:
    with RawServer(sends()) as server:
        url = server.url
    with pytest.raises(UnreachableError, match=r"^Connection refused$"):
        ask_once(config(url))
    with pytest.raises(UnreachableError, match=r"known|resolution"):
        ask_once(config("http://no-such-host.invalid"))
    with pytest.raises(ConfigError, match="`url` must name a machine, got `aaaa"):
        ask_once(config(f"http://{'a' * 70}é.example"))


@pytest.mark.parametrize(("credentials", "variable"), [("", "HTTP_PROXY"), ("me:p%40ss@", "all_proxy")])
def test_a_proxy_of_the_environment_is_asked(monkeypatch: pytest.MonkeyPatch, credentials: str, variable: str) -> None:
    with RawServer(sends(message("200 OK", b"through"))) as proxy:
        monkeypatch.setenv(variable, f"http://{credentials}{proxy.netloc}")
        settings = config("http://teacher.example:81", api_key="sesame")
        assert ask_once(settings, {"n": 1}).body == b"through"
        with RawServer(sends(message("200 OK", b"direct"))) as here:
            assert ask_once(config(here.url), {}).body == b"direct"  # No proxy is asked for this machine.
        monkeypatch.setenv("NO_PROXY", "teacher.example")
        with pytest.raises(UnreachableError, match=r"known|resolution"):
            ask_once(settings, {})
        monkeypatch.setenv("ALL_PROXY", "socks5://127.0.0.1:9")
        monkeypatch.delenv("all_proxy", raising=False)
        with pytest.raises(ConfigError, match=r"`socks5:`.*`HTTPS_PROXY`"):
            ask_once(config("https://else.example"))
    [heard] = proxy.heard
    assert heard.target == "http://teacher.example:81/v1/chat/completions"
    assert heard.headers["host"] == "teacher.example:81"
    assert heard.headers["authorization"] == "Bearer sesame"
    assert heard.headers.get("proxy-authorization") == ("Basic bWU6cEBzcw==" if credentials else None)


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate for this machine that only itself vouches for; its key lies beside it."""
    if shutil.which("openssl") is None:
        pytest.skip("there is no `openssl` to make a certificate with")
    names = "subjectAltName=DNS:localhost,IP:127.0.0.1,DNS:teacher.example"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
    files = ["-keyout", str(tmp_path / "key.pem"), "-out", str(tmp_path / "certificate.pem")]
    subprocess.run([*command, "-addext", names, *files], check=True, capture_output=True)
    return tmp_path / "certificate.pem"


def test_a_certificate_is_checked_and_what_goes_through_a_proxy_is_hidden_from_it(
    certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secure = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    secure.load_cert_chain(certificate, certificate.with_name("key.pem"))
    with RawServer(sends(message("200 OK", b"in private")), secure=secure) as server:
        with pytest.raises(UnreachableError, match="certificate verify failed"):
            ask_once(config(server.url), {})
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        assert ask_once(config(server.url), {}).body == b"in private"

        async def tunnel(_heard: Heard, writer: asyncio.StreamWriter) -> None:
            await proxy.connect_through(writer, server.netloc)

        with RawServer(tunnel) as proxy:
            monkeypatch.setenv("https_proxy", proxy.netloc)

            async def twice(client: Client, address: str) -> list[Response]:
                return [await client.ask(address, {"n": number}) for number in range(2)]

            responses = use(config("https://teacher.example", api_key="sesame"), twice)
            assert [response.body for response in responses] == [b"in private"] * 2
        [heard] = proxy.heard
        assert (heard.method, heard.target) == ("CONNECT", "teacher.example:443")
        assert not {"authorization", "proxy-authorization"} & set(heard.headers)
        assert [heard.headers["authorization"] for heard in server.heard[-2:]] == ["Bearer sesame"] * 2
        with RawServer(sends(message("407 Proxy Authentication Required"))) as proxy:
            monkeypatch.setenv("https_proxy", proxy.netloc)
            with pytest.raises(UnreachableError, match="proxy refuses: 407 Proxy Authentication Required"):
                ask_once(config("https://teacher.example"), {})
