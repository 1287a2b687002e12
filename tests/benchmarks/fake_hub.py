"""A Hugging Face hub on loopback: what `huggingface_hub` asks when it fetches a dataset or a model, and no more."""

import contextlib
import hashlib
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlparse


@dataclass
class FakeHub:
    """What the hub serves, and what it was asked."""

    datasets: dict[str, dict[str, bytes]] = field(default_factory=dict)
    """Dataset → path → content."""
    models: dict[str, dict[str, bytes]] = field(default_factory=dict)
    """Model → path → content."""
    requests: list[str] = field(default_factory=list)
    status: int = 200
    endpoint: str = ""
    commit: str = "c0ffee" + 34 * "0"

    def answer(self, path: str) -> tuple[bytes, dict[str, str]] | None:
        """Body and headers for a path of the URL, or None where there is nothing."""
        of_datasets = [("datasets", f"datasets/{name}", name, files) for name, files in self.datasets.items()]
        of_models = [("models", name, name, files) for name, files in self.models.items()]
        for kind, prefix, name, files in of_datasets + of_models:
            if path in (f"/api/{kind}/{name}", f"/api/{kind}/{name}/revision/main"):
                info = {"id": name, "sha": self.commit, "siblings": [{"rfilename": file} for file in files]}
                return json.dumps(info).encode(), {"Content-Type": "application/json"}
            if path == f"/api/{kind}/{name}/tree/{self.commit}":
                tree = [
                    {"type": "file", "path": file, "size": len(data), "oid": hashlib.sha1(data).hexdigest()}
                    for file, data in files.items()
                ]
                return json.dumps(tree).encode(), {"Content-Type": "application/json"}
            for file, data in files.items():
                if path == f"/{prefix}/resolve/{self.commit}/{file}":
                    etag = f'"{hashlib.sha1(data).hexdigest()}"'
                    return data, {"ETag": etag, "X-Repo-Commit": self.commit, "Accept-Ranges": "bytes"}
        return None


@contextlib.contextmanager
def serve_hub() -> Iterator[FakeHub]:
    """Serve until the block ends; then nobody listens at the endpoint."""
    hub = FakeHub()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self.reply(with_body=True)

        def do_HEAD(self) -> None:
            self.reply(with_body=False)

        def reply(self, *, with_body: bool) -> None:
            path = urlparse(self.path).path
            hub.requests.append(f"{self.command} {path}")
            answer = hub.answer(path) if hub.status == 200 else None
            status = (200 if answer else 404) if hub.status == 200 else hub.status
            body, headers = answer or (b"{}", {"X-Error-Code": "RepoNotFound"})
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            if with_body:
                self.wfile.write(body)

        def log_message(self, format: str, *arguments: Any) -> None:  # noqa: A002
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    hub.endpoint = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
