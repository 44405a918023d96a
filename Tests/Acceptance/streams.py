"""An event stream read from a bare socket, so that nothing stands between the test and the bytes."""

from __future__ import annotations

import json
import socket
import ssl
from typing import Any, Iterator
from urllib.parse import urlsplit

from events import Event, EventStreamParser


class RawStream:
    """One GET on one connection. `raw` holds every byte of the body read so far, without the chunked framing."""

    def __init__(self, origin: str, path: str, *, headers: dict[str, str] | None = None, trust: Any = True, receive_buffer: int | None = None, timeout: float = 40, source: str | None = None, version: str = "1.1"):
        url = urlsplit(origin)
        self.socket = socket.socket()
        self.socket.settimeout(timeout)
        if receive_buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        if source:
            self.socket.bind((source, 0))
        self.socket.connect((url.hostname, url.port))
        if url.scheme == "https":
            context = trust if isinstance(trust, ssl.SSLContext) else ssl.create_default_context()
            # An end without TLS' own word for it is a connection that was cut.
            self.socket = context.wrap_socket(self.socket, server_hostname=url.hostname, suppress_ragged_eofs=False)
        lines = [f"GET {path} HTTP/{version}", f"Host: {url.netloc}", "Accept: text/event-stream"]
        lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
        self.socket.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        self._pending = b""
        self.parser = EventStreamParser()
        self.raw = b""
        self._ended = False
        self._events: list[Event] = []
        self._head: tuple[int, dict[str, str]] | None = None

    def __enter__(self) -> "RawStream":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self.socket.close()

    # -- the head

    @property
    def status(self) -> int:
        return self._read_head()[0]

    @property
    def headers(self) -> dict[str, str]:
        """Names in lower case."""
        return self._read_head()[1]

    def _read_head(self) -> tuple[int, dict[str, str]]:
        if self._head is None:
            while b"\r\n\r\n" not in self._pending:
                self._receive()
            head, self._pending = self._pending.split(b"\r\n\r\n", 1)
            first, *rest = head.decode().split("\r\n")
            fields = (line.split(":", 1) for line in rest)
            self._head = int(first.split()[1]), {name.lower(): value.strip() for name, value in fields}
        return self._head

    # -- the body

    def _receive(self) -> None:
        bytes = self.socket.recv(65536)
        if not bytes:
            raise ConnectionError("the connection ended in the middle")
        self._pending += bytes

    def _until(self, count: int) -> bytes:
        while len(self._pending) < count:
            self._receive()
        taken, self._pending = self._pending[:count], self._pending[count:]
        return taken

    def _chunk(self) -> bytes | None:
        """The next piece of the body; `None` at its end."""
        status, headers = self._read_head()
        if self._ended or status in (204, 304):
            return None
        if headers.get("transfer-encoding", "").lower() == "chunked":
            while b"\r\n" not in self._pending:
                self._receive()
            size, self._pending = self._pending.split(b"\r\n", 1)
            chunk = self._until(int(size, 16))
            self._until(2)
        elif "content-length" in headers:
            chunk = self._until(int(headers["content-length"]))
            self._ended = True
        else:
            try:
                if not self._pending:
                    self._receive()
                chunk, self._pending = self._pending, b""
            except ConnectionError:
                chunk = b""
        if not chunk:
            self._ended = True
            return None
        self.raw += chunk
        return chunk

    def body(self) -> bytes:
        """All of it, to its proper end."""
        while self._chunk() is not None:
            pass
        return self.raw

    def problem(self) -> dict[str, Any]:
        assert self.headers["content-type"].startswith("application/problem+json"), self.headers
        return json.loads(self.body())

    def events(self) -> Iterator[Event]:
        """Events as they come, until the body's proper end; a connection that breaks off raises ConnectionError."""
        while True:
            while self._events:
                yield self._events.pop(0)
            chunk = self._chunk()
            if chunk is None:
                yield from self.parser.feed(b"", final=True)
                return
            self._events += self.parser.feed(chunk)

    def next(self) -> Event:
        return next(iter(self.events()))

    def until(self, type: str) -> Event:
        """Reads up to the first event of this type."""
        for event in self.events():
            if event.type == type:
                return event
        raise AssertionError(f"the stream ended without {type!r}")

    def comment(self) -> str:
        """Reads up to the next comment line."""
        seen = len(self.parser.comments)
        while len(self.parser.comments) == seen:
            chunk = self._chunk()
            assert chunk is not None, "the stream ended without a comment"
            self._events += self.parser.feed(chunk)
        return self.parser.comments[seen]
