"""A Hugging Face hub on loopback: what its file system asks when it lists a dataset and reads parts of its files."""

import contextlib
import hashlib
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote, urlparse

COMMIT = "c0ffee" + 34 * "0"


@contextlib.contextmanager
def serve_dataset(name: str, files: dict[str, bytes]) -> Iterator[tuple[str, list[str]]]:
    """The server's address, and what it is asked, as it is asked."""
    asked: list[str] = []

    def listed(path: str) -> dict[str, Any]:
        digest = hashlib.sha1(files[path]).hexdigest()
        return {"type": "file", "path": path, "size": len(files[path]), "oid": digest}

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            path = unquote(urlparse(self.path).path)
            asked.append(f"{self.command} {self.path} {self.headers.get('Range', '')}")
            if path in (f"/api/datasets/{name}", f"/api/datasets/{name}/revision/main"):
                self.answer(json.dumps({"id": name, "sha": COMMIT, "siblings": []}).encode())
            elif path.startswith(f"/api/datasets/{name}/tree/"):
                folder = path.removeprefix(f"/api/datasets/{name}/tree/").partition("/")[2]
                inside = [one for one in files if not folder or one.startswith(f"{folder}/")]
                self.answer(
                    json.dumps([listed(one) for one in inside]).encode() if inside else b"{}", 200 if inside else 404
                )
            elif path.startswith(f"/datasets/{name}/resolve/"):
                self.answer_range(files[path.split("/", 6)[6] if path.count("/") > 5 else ""])
            else:
                self.answer(b"{}", 404)

        do_HEAD = do_GET  # noqa: N815

        def do_POST(self) -> None:
            sent = self.rfile.read(int(self.headers["Content-Length"]))
            asked.append(f"{self.command} {self.path} {sent.decode()}")
            paths = [one for one in files if one in unquote(sent.decode())]
            self.answer(json.dumps([listed(one) for one in paths]).encode())

        def answer_range(self, data: bytes) -> None:
            given = self.headers.get("Range")
            if not given:
                self.answer(data)
                return
            first, _, last = given.removeprefix("bytes=").partition("-")
            self.answer(data[int(first) : int(last) + 1 if last else None], 206)

        def answer(self, body: bytes, status: int = 200) -> None:
            self.send_response(status)
            headers = {
                "ETag": '"e"',
                "X-Repo-Commit": COMMIT,
                "Accept-Ranges": "bytes",
                "Content-Length": str(len(body)),
            }
            for key, value in {**headers, **({"X-Error-Code": "EntryNotFound"} if status == 404 else {})}.items():
                self.send_header(key, value)
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        def log_message(self, format: str, *arguments: Any) -> None:  # noqa: A002
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
