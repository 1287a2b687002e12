"""An S3 server on loopback, with a bucket in it."""

import contextlib
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from moto.server import ThreadedMotoServer
from pyarrow import fs

KEYS = {
    "AWS_ACCESS_KEY_ID": "of-this-test",
    "AWS_SECRET_ACCESS_KEY": "of-this-test",
    "AWS_EC2_METADATA_DISABLED": "true",
}
"""To be set in the environment: the server takes any."""


@contextlib.contextmanager
def serve_bucket(name: str) -> Iterator[tuple[Any, str]]:
    """Arrow's file system of a server, and the settings that a URL needs to reach it."""
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        settings = f"endpoint_override={host}:{port}&scheme=http&region=us-east-1&allow_bucket_creation=true"
        filesystem, path = fs.FileSystem.from_uri(f"s3://{name}?{settings}")
        filesystem.create_dir(urlsplit(f"s3://{path}").netloc)
        yield filesystem, settings
    finally:
        server.stop()
