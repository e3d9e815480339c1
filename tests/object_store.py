"""An object store in this process, as moto answers for S3, which notes and can fail requests."""

import math
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from indexer import object_store
from indexer.remote_path import RemotePath, path_of

BUCKET = "studio"
Answer = Callable[[dict[str, Any], Any], Iterable[bytes]]


class Store:
    """The bucket ``studio``.

    ``requests`` are those since ``forget``: HEAD, LIST, or the range of bytes.
    ``faults`` answer the next requests for bytes in place of the store. Bytes from ``fails_from``
    on cannot be read. An object with ``unwritable`` in its key cannot be written.
    """

    def __init__(self, backend: Any) -> None:
        self._backend = backend
        self.requests: list[str] = []
        self.faults: list[Answer] = []
        self.fails_from: float = math.inf
        self.unwritable = ""

    def put(self, key: str, content: bytes | Path) -> RemotePath:
        """Store an object."""
        self.put_at(key, content if isinstance(content, bytes) else content.read_bytes())
        return self.path(key)

    def put_at(self, key: str, content: bytes) -> None:
        """Store an object at a key that may not be one of a path."""
        self._backend.put_object(BUCKET, key, content)

    def remove(self, key: str) -> None:
        """Delete an object."""
        self._backend.delete_object(BUCKET, key)

    def keys(self, begin: str = "") -> list[str]:
        """Return the keys of the objects that begin so."""
        return sorted(key for key in self._backend.get_bucket(BUCKET).keys if key.startswith(begin))

    def path(self, key: str) -> RemotePath:
        """Return the path of an object or folder."""
        path = path_of(f"s3://{BUCKET}/{key}")
        assert isinstance(path, RemotePath)
        return path

    def forget(self) -> None:
        """Begin to note requests anew."""
        self.requests.clear()

    @property
    def opened(self) -> list[str]:
        """The requests for the bytes of objects."""
        return [each for each in self.requests if each.startswith("bytes")]

    def answer(self, environ: dict[str, Any], start: Any, store: Answer) -> Iterable[bytes]:
        """Answer a request."""
        kind: str = environ["REQUEST_METHOD"]
        if kind == "GET":
            is_list = "list-type" in environ["QUERY_STRING"]
            kind = "LIST" if is_list else environ.get("HTTP_RANGE", "bytes=0-")
        self.requests.append(kind)
        answer = store
        if kind == "PUT" and self.unwritable and self.unwritable in environ["PATH_INFO"]:
            answer = refuses
        if kind.startswith("bytes"):
            if self.faults:
                answer = self.faults.pop(0)
            elif int(kind.removeprefix("bytes=").partition("-")[0]) >= self.fails_from:
                answer = fails
        return answer(environ, start)


def fails(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """Answer that the store has a fault."""
    del environ
    start_response("500 Internal Server Error", [("Content-Length", "0")])
    return [b""]


def refuses(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """Answer that this is not allowed: that is not asked for again."""
    environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    start_response("403 Forbidden", [("Content-Type", "application/xml")])
    return [b"<Error><Code>AccessDenied</Code><Message>Access denied</Message></Error>"]


def breaks_off(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """Send less than was announced, and close the connection."""
    del environ
    headers = [("Content-Length", "1000"), ("Connection", "close"), ("ETag", '"x"')]
    start_response("206 Partial Content", headers)
    return [b"abc"]


@pytest.fixture(scope="session")
def moto() -> Iterator[tuple[Store, str]]:
    """The store, without a bucket, and its address."""
    from moto.backends import get_backend
    from moto.moto_server import threaded_moto_server
    from moto.moto_server.werkzeug_app import DomainDispatcherApplication

    backend: Any = get_backend("s3")["123456789012"]["aws"]
    store = Store(backend)

    def noted(*arguments: Any) -> Answer:
        application = DomainDispatcherApplication(*arguments)
        return lambda environ, start: store.answer(environ, start, application)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(threaded_moto_server, "DomainDispatcherApplication", noted)
        server = threaded_moto_server.ThreadedMotoServer("127.0.0.1", 0, verbose=False)
        server.start()
    host, port = server.get_host_and_port()
    yield store, f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def store(moto: tuple[Store, str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """An empty bucket, that the environment of this process leads to."""
    found, address = moto
    for name, value in {
        "AWS_ACCESS_KEY_ID": "editor",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_ENDPOINT_URL": address,
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_CONFIG_FILE": str(Path("none")),
        "AWS_EC2_METADATA_DISABLED": "true",
    }.items():
        monkeypatch.setenv(name, value)
    found._backend.reset()
    found._backend.create_bucket(BUCKET, "us-east-1")
    found.faults.clear()
    found.fails_from = math.inf
    found.unwritable = ""
    found.forget()
    object_store.files.cache_clear()
    yield found
    object_store.files.cache_clear()
