"""One connection of HTTP/2 with the test's hand on its windows, by the h2 package."""

from __future__ import annotations

import socket
import ssl
from dataclasses import dataclass, field
from typing import Callable

import h2.config
import h2.connection
import h2.events
import h2.settings

from events import Event, EventStreamParser
from server import BASE, Server


#: Types of frames (RFC 9113, section 6).
PING, GOAWAY = 6, 7


@dataclass
class Answer:
    """What has come on one stream so far."""

    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    parser: EventStreamParser = field(default_factory=EventStreamParser)
    events: list[Event] = field(default_factory=list)
    ended: bool = False
    reset: int | None = None

    @property
    def status(self) -> int:
        return int(self.headers[":status"])


class HTTP2Connection:
    """Opens windows again as data comes, unless `is_reading` is false: then the server can send as much as the windows hold."""

    def __init__(self, server: Server, timeout: float = 40, answers_pings: bool = True):
        self.server = server
        context = ssl.create_default_context(cafile=str(server.certificate))
        context.set_alpn_protocols(["h2", "http/1.1"])
        plain = socket.create_connection(("127.0.0.1", server.port), timeout)
        self.socket = context.wrap_socket(plain, server_hostname="127.0.0.1")
        self.protocol = self.socket.selected_alpn_protocol()
        self.h2 = h2.connection.H2Connection(h2.config.H2Configuration(client_side=True, header_encoding="utf-8"))
        self.h2.initiate_connection()
        self.answers: dict[int, Answer] = {}
        self.is_reading = True
        self.is_closed = False
        self.went_away: list[int] = []
        self._held: dict[int, int] = {}
        self._answers_pings = answers_pings
        self._pending = b""
        self._has_settings = False
        self._send()
        # Until the server's limits are known a hundred streams are what is allowed.
        self.until(lambda: self._has_settings)

    def __enter__(self) -> "HTTP2Connection":
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def _send(self) -> None:
        if data := self.h2.data_to_send():
            self.socket.sendall(data)

    def request(self, method: str, path: str, body: bytes | None = None, *, key: str | None = None, **headers: str) -> Answer:
        """Sends a request's head, and as much of its body as the windows take at once; `send` sends the rest."""
        stream = self.h2.get_next_available_stream_id()
        fields = [(":method", method), (":path", BASE + path), (":scheme", "https"), (":authority", f"127.0.0.1:{self.server.port}")]
        fields += [("authorization", f"Bearer {key or self.server.owner_key}")]
        fields += [(name.replace("_", "-"), value) for name, value in headers.items()]
        self.h2.send_headers(stream, fields, end_stream=body is None)
        answer = self.answers[stream] = Answer()
        self._send()
        if body is not None:
            self._upload(stream, body, answer)
        return answer

    def _upload(self, stream: int, body: bytes, answer: Answer) -> None:
        while body and answer.reset is None and not answer.ended:
            window = min(self.h2.local_flow_control_window(stream), self.h2.max_outbound_frame_size)
            if window == 0:
                self.read()
                continue
            self.h2.send_data(stream, body[:window])
            body = body[window:]
            self._send()
        if answer.reset is None and not answer.ended:
            self.h2.end_stream(stream)
            self._send()

    def stream(self, task: str, **headers: str) -> Answer:
        return self.request("GET", f"/tasks/{task}/stream", **headers)

    def reset(self, answer: Answer) -> None:
        number = next(number for number, known in self.answers.items() if known is answer)
        self.h2.reset_stream(number)
        self._send()

    def open_windows(self) -> None:
        """Takes what was held back while `is_reading` was false."""
        self.is_reading = True
        for number, size in self._held.items():
            answer = self.answers[number]
            self.h2.increment_flow_control_window(size)
            if not answer.ended and answer.reset is None:
                self.h2.increment_flow_control_window(size, number)
        self._held = {}
        self._send()

    def read(self) -> None:
        """Takes in what comes next."""
        data = self.socket.recv(1 << 16)
        if not data:
            self.is_closed = True
            return
        self._pending += data
        while len(self._pending) >= 9 and len(self._pending) >= (size := 9 + int.from_bytes(self._pending[:3], "big")):
            frame, self._pending = self._pending[:size], self._pending[size:]
            self._take(frame)

    def _take(self, frame: bytes) -> None:
        kind, flags = frame[3], frame[4]
        # The package takes a GOAWAY for the end of everything; streams that are open go on.
        if kind == GOAWAY:
            self.went_away.append(int.from_bytes(frame[9:13], "big") & 0x7FFFFFFF)
            return
        if kind == PING:
            if self._answers_pings and not flags & 1:
                self.socket.sendall(frame[:4] + b"\x01" + frame[5:])
            return
        for event in self.h2.receive_data(frame):
            answer = self.answers.get(getattr(event, "stream_id", 0) or 0)
            match event:
                case h2.events.ResponseReceived():
                    answer.headers = dict(event.headers)
                case h2.events.DataReceived():
                    answer.body += event.data
                    if answer.headers.get("content-type", "").startswith("text/event-stream"):
                        answer.events += answer.parser.feed(event.data)
                    size = event.flow_controlled_length
                    if not self.is_reading:
                        self._held[event.stream_id] = self._held.get(event.stream_id, 0) + size
                    elif size:
                        self.h2.acknowledge_received_data(size, event.stream_id)
                case h2.events.StreamEnded():
                    answer.ended = True
                    answer.events += answer.parser.feed(b"", final=True)
                case h2.events.StreamReset():
                    answer.reset = event.error_code
                case h2.events.RemoteSettingsChanged():
                    self._has_settings = True
        self._send()

    def until(self, holds: Callable[[], bool]) -> None:
        """Reads until it holds; what does not come within the connection's timeout raises TimeoutError."""
        while not holds():
            assert not self.is_closed, "the connection has ended"
            self.read()

    def until_closed(self) -> None:
        self.until_closed_or(lambda: False)

    def until_closed_or(self, holds: Callable[[], bool]) -> None:
        while not self.is_closed and not holds():
            try:
                self.read()
            except (ConnectionResetError, ssl.SSLError):
                self.is_closed = True
