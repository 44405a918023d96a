"""
The rules of the HTML standard's "Server-sent events" (9.2.5, 9.2.6) as vectors, held against the parser that these tests judge streams with and against browsers' own; those of the command
line are held against them by EventParserTests. Then: what the server sends reads the same to everybody, the strict and the lax.
"""

import http.server
import json
import signal
import threading
from pathlib import Path

import httpx_sse
import pytest
import sseclient
from httpx_sse._decoders import SSEDecoder, SSELineDecoder

from browser import Browser
from events import Event, EventStreamParser
from server import Server

VECTORS = json.loads((Path(__file__).parent / "vectors/event-stream.json").read_text())
vectors = pytest.mark.parametrize("vector", VECTORS, ids=[vector["name"] for vector in VECTORS])


def stream_of(vector: dict) -> bytes:
    return bytes.fromhex(vector["hex"]) if "hex" in vector else vector["stream"].encode()


def events_of(vector: dict) -> list[Event]:
    return [Event(*event) for event in vector["events"]]


@pytest.mark.parametrize("step", [1, 2, 3, 1000], ids=lambda step: f"{step}-byte-pieces")
@vectors
def test_the_standard_s_rules(vector: dict, step: int):
    parser, data, events = EventStreamParser(vector.get("from", "")), stream_of(vector), []
    for start in range(0, len(data), step):
        events += parser.feed(data[start : start + step])
    events += parser.feed(b"", final=True)
    assert events == events_of(vector)
    assert parser.retry == vector.get("retry")
    if "last_id" in vector:
        assert parser.last_event_id == vector["last_id"]


def test_blocks_without_an_event_are_counted():
    parser = EventStreamParser()
    assert [event.data for event in parser.feed(b"retry: 1\n\n: c\n\ndata: x\n\n")] == ["x"]
    assert parser.empty_blocks == 2


# -- the vectors are true: browsers' own parsers say so, too

class Vectors(http.server.BaseHTTPRequestHandler):
    """Serves each vector's stream, once; who comes again is told 204, and the id that it comes with is noted."""

    protocol_version = "HTTP/1.1"
    came_with: dict[str, list[str]] = {}

    def do_GET(self) -> None:
        if self.path == "/":
            return self._answer(200, "text/html", b"<!doctype html><title>vectors</title>")
        name = self.path.removeprefix("/").partition("?")[0]
        if not name.isdigit():
            return self._answer(404, "text/plain", b"")
        ids = self.came_with.setdefault(name, [])
        ids.append(self.headers.get("Last-Event-ID", "").encode("latin-1").decode())
        vector = VECTORS[int(name)]
        if len(ids) > 1:
            return self._answer(204, None, b"")
        # What an earlier connection left: an id alone, without an event. And a quick return, unless the vector says when.
        before = f"id: {vector['from']}\n\n".encode() if "from" in vector else b""
        self._answer(200, "text/event-stream", before + stream_of(vector))

    def _answer(self, status: int, type: str | None, body: bytes) -> None:
        self.send_response(status)
        if type:
            self.send_header("Content-Type", type)
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def vector_server():
    Vectors.came_with = {}
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Vectors) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


# All at once, each in a source of its own, until each has come back and was told that there is no more.
ALL_SOURCES = """
function all(origin, count, types, done) {
    const seen = [];
    let open = count;
    for (let n = 0; n < count; n++) {
        seen.push([]);
        const source = new EventSource(`${origin}/${n}`);
        for (const type of types)
            source.addEventListener(type, event => { seen[n].push([event.type, event.data, event.lastEventId]); });
        source.onerror = () => { if (source.readyState === 2 && --open === 0) done(seen); };
    }
}
"""
TYPES = sorted({type for vector in VECTORS for type, _, _ in vector["events"]} | {"lonely", "a"})


def differences(seen: list[list[list[str]]]) -> list[str]:
    """What a browser made of the vectors otherwise, and those that it came back with another id after."""
    wrong = []
    for number, (vector, events) in enumerate(zip(VECTORS, seen, strict=True)):
        if events != vector["events"]:
            wrong.append(f"{vector['name']}: {events}")
        if "last_id" in vector and Vectors.came_with[str(number)][1:] != [vector["last_id"]]:
            wrong.append(f"{vector['name']}: came back with {Vectors.came_with[str(number)]}")
    return wrong


def test_chromium_reads_the_vectors_as_they_say(vector_server, tmp_path):
    browser = Browser(tmp_path)
    try:
        browser.open(vector_server)
        browser.run(ALL_SOURCES + "all(arguments[0], arguments[1], arguments[2], seen => { window.seen = seen; });", vector_server, len(VECTORS), TYPES)
        assert differences(browser.until("return window.seen")) == []
    finally:
        browser.close()


# -- what the server sends

NAMES = {
    "line ends": "a\nb\rc\r\nd", "a blank line and an event": "x\n\nevent: completed\ndata: {}\n\n", "separators of Unicode": "a\u2028b\u2029c\u0085d\u000be\u000cf",
    "a mark": "\ufeffa\ufeff", "colons": ": data: id: 7", "other scripts": "日本 😀 Ä",
}


def strict(raw: bytes) -> list[tuple[str, str, str]]:
    return [(event.type, event.data, event.id) for event in EventStreamParser().feed(raw, final=True)]


def by_sseclient(raw: bytes) -> list[tuple[str, str, str]]:
    return [(event.event, event.data, event.id) for event in sseclient.SSEClient([raw]).events()]


def by_httpx_sse(raw: bytes) -> list[tuple[str, str, str]]:
    """It makes an event of every blank line, even one before which only `retry:` came: the server must not send such."""
    lines, decoder = SSELineDecoder(), SSEDecoder()
    events: list[httpx_sse.ServerSentEvent | None] = [decoder.decode(line) for line in [*lines.decode(raw.decode()), *lines.flush()]]
    return [(event.event, event.data, event.id) for event in events if event is not None]


def by_hand(raw: bytes) -> list[tuple[str, str, str]]:
    """A script that somebody wrote in a minute: it knows neither CR nor data of several lines, and wants one space after the colon."""
    events = []
    for block in raw.decode().split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.split("\n") if not line.startswith(":") and ": " in line)
        if "data" in fields:
            events.append((fields["event"], fields["data"], fields["id"]))
    return events


def check_for_all(raw: bytes) -> list[tuple[str, str, str]]:
    events = strict(raw)
    for read in (by_sseclient, by_httpx_sse, by_hand):
        assert read(raw) == events, read.__name__
    # Whatever a gateway makes of the line ends, and a mark that it sets before them.
    for end in (b"\r", b"\r\n"):
        assert strict(raw.replace(b"\n", end)) == events
        assert strict(b"\xef\xbb\xbf" + raw.replace(b"\n", end)) == events
    # One line of data an event, as the by-hand parsers want it; an id a browser keeps; no byte that ends a line elsewhere than at its end.
    assert raw.count(b"data:") >= len(events) and b"\r" not in raw and b"\0" not in raw and not raw.startswith(b"\xef\xbb\xbf")
    assert all(id for _, _, id in events)
    return events


def raw_of(server: Server, task: str, **options: object) -> bytes:
    with server.stream(task, **options) as stream:
        assert stream.status == 200
        body = stream.body()
        parser = EventStreamParser()
        list(parser.feed(body, final=True))
        assert parser.empty_blocks == 0, "no blank line but after an event"
        return body


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES.keys())
def test_a_whole_stream_reads_the_same_to_everybody_whatever_is_in_it(serve, name):
    """A project's name is what comes from outside into a message, a memory's title into an ending."""
    server = serve("--extractor", "paced", "--paced-delay", "100ms", "--paced-parts", "4", "--workers", "1")
    answer = server.api.post("/projects/", json={"name": name})
    assert answer.status_code == 201, answer.text
    # The one worker is busy with another for a while: the stream is there from the beginning.
    server.remember(project=answer.json()["id"])
    task = server.remember(project=answer.json()["id"], title=name)["task_id"]
    events = check_for_all(raw_of(server, task))
    assert [type for type, _, _ in events].count("completed") == 1 and events[-1][0] == "completed"
    again = check_for_all(raw_of(server, task))
    assert [(type, id) for type, _, id in again] == [("completed", events[-1][2])]
    loading = [json.loads(data)["message"] for _, data, _ in events if json.loads(data)["stage"] == "load_schema"]
    assert loading == [f"Loading schema for project {answer.json()['name']}..."]


def test_streams_that_end_early_read_the_same_to_everybody(serve):
    """Cancelled, failed, without a seat, at a shutdown, and level with what was seen already."""
    server = serve("--workers", "0", "--streams", "3", "--grace", "100ms")
    task, other = (server.remember()["task_id"] for _ in range(2))
    held = [server.stream(task), server.stream(task)]
    level = held[0].next().id
    held[1].next()
    held.append(server.stream(task, headers={"Last-Event-ID": level}))
    held[2].comment()
    assert len(check_for_all(raw_of(server, task))) == 1, "without a seat: the state and the end"
    server.process.send_signal(signal.SIGTERM)
    shown = [check_for_all(stream.body() and stream.raw) for stream in held]
    assert [len(events) for events in shown] == [1, 1, 0]
    for stream in held:
        stream.close()
    server.stop()
    server.start("--workers", "0")
    with server.stream(other) as stream:
        stream.next()
        assert server.api.post(f"/tasks/{other}/cancel").status_code == 200
        stream.body()
        assert [type for type, _, _ in check_for_all(stream.raw)] == ["progress", "cancelled"]
    server.stop()
    server.start("--extractor", "paced", "--paced-delay", "1ms", "--paced-parts", "2", "--paced-failure-rate", "1")
    assert check_for_all(raw_of(server, task))[-1][0] == "failed"
