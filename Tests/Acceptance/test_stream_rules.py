"""
The rules of the HTML standard's "Server-sent events" (9.2.3) on answers and reconnections as vectors: after which answer a client comes back, and with which id. Held against Chromium, and
against `engram watch`, which keeps to them but for one thing: it waits for a server that answers 5xx, where a browser gives up for ever.
"""

import http.server
import json
import socket
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from browser import Browser
from server import BASE, BINARY

VECTORS = json.loads((Path(__file__).parent / "vectors/connections.json").read_text())


class Script(http.server.BaseHTTPRequestHandler):
    """Gives each vector's answers one after the other, and notes the ids that requests come with."""

    protocol_version = "HTTP/1.1"
    ids: dict[int, list[str]] = {}

    def do_GET(self) -> None:
        parts = self.path.partition("?")[0].strip("/").split("/")
        if self.path == "/":
            return self._answer(200, "text/html", b"<!doctype html><title>vectors</title>")
        if parts[-1] != "stream":
            # The command line asks how a task ended whose stream has no more to say.
            return self._answer(200, "application/json", b'{"status": "Completed", "progress": 100, "message": "Done"}')
        number = int(parts[-2])
        ids = self.ids.setdefault(number, [])
        ids.append(self.headers.get("Last-Event-ID", "").encode("latin-1").decode())
        answers = VECTORS[number]["answers"]
        answer = answers[min(len(ids), len(answers)) - 1]
        self._answer(answer["status"], answer.get("type"), answer.get("body", "").encode(), answer.get("cut", False))

    def _answer(self, status: int, type: str | None, body: bytes, is_cut: bool = False) -> None:
        self.send_response(status)
        if type:
            self.send_header("Content-Type", type)
        if status != 204:
            self.send_header("Content-Length", str(len(body) + (100 if is_cut else 0)))
        self.end_headers()
        self.wfile.write(body)
        if is_cut:
            self.wfile.flush()
            self.connection.shutdown(socket.SHUT_RDWR)
            self.close_connection = True

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def origin() -> Iterator[str]:
    Script.ids = {}
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Script) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def differences(name: str) -> list[str]:
    """The vectors of which a client has made something else."""
    return [
        f"{vector['name']}: {Script.ids.get(number)}" for number, vector in enumerate(VECTORS)
        if Script.ids.get(number) != vector.get(f"ids_of_{name}", vector["ids"])]


# All at once, each in a source of its own, until each has given up.
SOURCES = """
function all(origin, count, done) {
    let open = count;
    for (let number = 0; number < count; number++) {
        const source = new EventSource(`${origin}/api/v1/tasks/${number}/stream`);
        source.onerror = () => { if (source.readyState === 2 && --open === 0) done(); };
    }
}
"""


def test_chromium_keeps_to_the_rules(origin, tmp_path):
    browser = Browser(tmp_path)
    try:
        browser.open(origin)
        browser.run(SOURCES + "all(arguments[0], arguments[1], () => { window.isOver = true; });", origin, len(VECTORS))
        browser.until("return window.isOver")
    finally:
        browser.close()
    assert differences("chromium") == []


def test_the_command_line_keeps_to_the_rules(origin):
    running = [
        subprocess.Popen([BINARY, "watch", f"{origin}{BASE}/tasks/{number}/stream"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        for number in range(len(VECTORS))]
    for vector, process in zip(VECTORS, running):
        said, _ = process.communicate(timeout=50)
        assert (process.returncode != 0) == vector.get("refused", False), f"{vector['name']}: {process.returncode} {said}"
    assert differences("engram") == []
