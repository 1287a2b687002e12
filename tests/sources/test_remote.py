import json
from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from fsspec.implementations.memory import MemoryFileSystem
from moto.server import ThreadedMotoServer
from pyarrow import fs
from tests.sources.real_formats import documents, hashed, is_the_sum_of_small_pieces, open_one, stack_row

from hornbook.errors import ConfigError, MissingInputError
from hornbook.sources.find import SourcesConfig, open_sources


@pytest.fixture(scope="module")
def bucket() -> Iterator[tuple[Any, str]]:
    """Arrow's file system of a server on loopback with a bucket in it, and the settings that a URL needs."""
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    with pytest.MonkeyPatch.context() as patched:
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_EC2_METADATA_DISABLED"):
            patched.setenv(name, "true")
        host, port = server.get_host_and_port()
        settings = f"endpoint_override={host}:{port}&scheme=http&region=us-east-1&allow_bucket_creation=true"
        filesystem, _ = fs.FileSystem.from_uri(f"s3://corpus?{settings}")
        filesystem.create_dir("corpus")
        yield filesystem, settings
    server.stop()


def put(filesystem: Any, path: str, content: bytes) -> None:
    with filesystem.open_output_stream(path) as stream:
        stream.write(content)


def parquet_bytes(rows: list[dict[str, Any]]) -> bytes:
    sink = pa.BufferOutputStream()
    pq.write_table(pa.Table.from_pylist(rows), sink)
    return sink.getvalue().to_pybytes()


def test_files_in_s3_are_read_where_they_lie(bucket: tuple[Any, str]) -> None:
    filesystem, settings = bucket
    put(filesystem, "corpus/data/b.jsonl", b"".join(b'{"text": "b%d"}\n' % number for number in range(500)))
    put(filesystem, "corpus/data/a.parquet", parquet_bytes([{"text": f"a{number}"} for number in range(500)]))
    put(filesystem, "corpus/data/deep/c.jsonl", json.dumps(stack_row(3)).encode())
    put(filesystem, "corpus/data/notes.txt", b"x")
    sources = open_sources([f"s3://corpus/data?{settings}"], SourcesConfig())
    assert [(one.name, one.layout) for one in sources] == [
        ("a.parquet", "rows"),
        ("b.jsonl", "rows"),
        ("deep/c.jsonl", "the-stack"),
    ]
    assert [one.text for one in documents(sources[0])] == [f"a{number}" for number in range(500)]
    assert [one.text for one in documents(sources[1])][498:] == ["b498", "b499"]
    before = sources[1].identity(hashed)
    put(filesystem, "corpus/data/b.jsonl", b'{"text": "new"}\n')
    (changed,) = open_sources([f"s3://corpus/data/b.jsonl?{settings}"], SourcesConfig())
    assert changed.identity(hashed) != before
    assert is_the_sum_of_small_pieces(changed)


def test_what_is_not_in_s3_is_a_mistake(bucket: tuple[Any, str]) -> None:
    filesystem, settings = bucket
    put(filesystem, "corpus/notes.txt", b"x")
    with pytest.raises(MissingInputError, match=r"`s3://corpus/notes.txt` holds no file that ends in"):
        open_one(f"s3://corpus/notes.txt?{settings}")
    with pytest.raises(MissingInputError, match="`s3://nothing/here`"):
        open_one(f"s3://nothing/here?{settings}")
    with pytest.raises(ConfigError, match="can be read as rows or the-stack"):
        open_one("s3://corpus/x", layout="git")
    with pytest.raises(ConfigError, match=r"`s3://corpus/x` is no URL that can be read") as told:
        open_one("s3://key:secret@corpus/x?nonsense=1")
    assert "secret" not in str(told.value)


def test_files_of_the_hub_are_read_where_they_lie(monkeypatch: pytest.MonkeyPatch) -> None:
    class Hub(MemoryFileSystem):
        """In place of the hub's: the same library's, in memory."""

        protocol = ("hf", "memory")
        cachable = False

        def find(self, path: str, **options: Any) -> Any:
            if "other" in path:
                raise FileNotFoundError(path)
            found = super().find(path.removeprefix("hf://"), **options)
            return {name: {**about, "blob_id": f"blob of {name}"} for name, about in found.items()}

    hub = Hub()
    hub.pipe("/datasets/owner/name/data/a.parquet", parquet_bytes([{"text": f"a{number}"} for number in range(300)]))
    hub.pipe("/datasets/owner/name/data/b.jsonl", b'{"text": "b"}\n')
    hub.pipe("/datasets/owner/name/data/README.md", b"x")
    monkeypatch.setattr("huggingface_hub.HfFileSystem", lambda: hub)
    given = ["hf://datasets/owner/name/data"]
    first, second = open_sources(given, SourcesConfig())
    assert [one.text for one in documents(first)] == [f"a{number}" for number in range(300)]
    assert [one.text for one in documents(second)] == ["b"]
    assert second.identity(hashed)[1:] == [14, "blob of /datasets/owner/name/data/b.jsonl"]
    with pytest.raises(MissingInputError, match="`hf://datasets/owner/other`"):
        open_one("hf://datasets/owner/other")
