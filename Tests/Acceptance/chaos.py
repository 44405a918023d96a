"""Clients that do everything wrong, beside some that do it right: the right ones must not notice, and the server must be afterwards as it was before.

As a program, for minutes: `make chaos`, or `Tests/Acceptance/run program chaos.py --seconds 180`.
"""

from __future__ import annotations

import argparse
import json
import random
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import httpx

import transcripts
from events import Event
from server import BASE, BINARY, Server, eventually
from streams import RawStream

PARTS = 5
FLAGS = ("--extractor", "paced", "--paced-delay", "100ms", "--paced-parts", str(PARTS), "--grace", "1s")
#: What a server may hold more than before, in bytes. A debug build on glibc's malloc does not give back what its arenas have once taken, and each task that is done meanwhile fills the
#: database's cache by about a kilobyte, until that has its 64 MB. In three minutes that is 5 MB of plain HTTP and 12 MB with TLS; the 250,000 wrong connections of such a run are noticed
#: if each leaves 80 bytes.
TOLERANCE = 20 << 20


class Scene:
    """One server, what goes on around it, and what went wrong."""

    def __init__(self, server: Server, seed: int):
        self.server = server
        self.random = random.Random(seed)
        self.over = threading.Event()
        self.rounds: Counter[str] = Counter()
        self.followed = 0
        self.events = 0
        self.faults: list[str] = []
        self._lock = threading.Lock()
        self._client: httpx.Client | None = None
        self.rest()
        #: The one that is followed just now: what the wrong clients disturb.
        self.newest = self.task()

    # -- for its clients

    def did(self, what: str) -> None:
        with self._lock:
            self.rounds[what] += 1

    def failed(self, fault: str) -> None:
        with self._lock:
            self.faults.append(fault)

    def has_followed(self, events: int) -> None:
        with self._lock:
            self.followed += 1
            self.events += events

    def task(self) -> str:
        answer = self._client.post("/memories/", json={"project_id": "default", "content": "Ada met Charles in London."})
        assert answer.status_code == 201, answer.text
        self.newest = answer.json()["task_id"]
        return self.newest

    def rest(self) -> None:
        """Gives up the connections that are kept for the next request, so that none but those of a fault are left."""
        if self._client is not None:
            self._client.close()
        self._client = self.server.client(self.server.owner_key)

    def stream(self, **options: object) -> RawStream:
        return self.server.stream(self.newest, timeout=20, **options)

    def connect(self, tls: bool = True) -> socket.socket:
        connection = socket.create_connection(("127.0.0.1", self.server.port), timeout=20)
        if tls and self.server.scheme == "https":
            connection = self.server.trust.wrap_socket(connection, server_hostname="127.0.0.1")
        return connection

    def request(self, path: str, *lines: str) -> bytes:
        return "\r\n".join([f"GET {path} HTTP/1.1", "Host: x", f"Authorization: Bearer {self.server.owner_key}", *lines, "", ""]).encode()

    # -- what is measured

    def memory(self) -> int:
        """The server's resident set, in bytes."""
        for line in Path(f"/proc/{self.server.process.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) << 10
        raise AssertionError("the server has gone")

    def descriptors(self) -> int:
        return len(list(Path(f"/proc/{self.server.process.pid}/fd").iterdir()))


# -- those who do it right

def follow(scene: Scene) -> None:
    """Follows one task after the other, each with two streams, and checks that nothing is missing."""
    expected = ["start", "load_schema", "extract", *(f"extract {part}" for part in range(1, PARTS + 1)), "sync_schema", "update_communities", "completed"]

    def step(event: Event) -> str:
        stage, message = event.json["stage"], event.json["message"]
        return f"extract {message.split('(')[1].split()[0]}" if stage == "extract" and "(" in message else stage

    while not scene.over.is_set():
        try:
            task = scene.task()
            streams = [scene.server.stream(task, timeout=60) for _ in range(2)]
            for stream in streams:
                with stream:
                    events = list(stream.events())
                transcripts.check(events)
                # Shown may be only from the moment on at which it came; from then on, everything. A state that is shown again has another queue position.
                seen = [each for each in dict.fromkeys(map(step, events)) if each != "pending"]
                assert seen == expected[len(expected) - len(seen):], f"{seen} of {task}"
                assert events[-1].type == "completed", events[-1]
                scene.has_followed(len(events))
        except Exception as error:
            scene.failed(f"a normal subscriber: {type(error).__name__}: {error}")


# -- those who don't; each is done again and again until it is over

def reads_one_byte_a_second(scene: Scene) -> None:
    with scene.stream(receive_buffer=2048) as stream:
        for _ in range(10):
            if not stream.socket.recv(1) or scene.over.wait(1):
                break


def closes_its_half(scene: Scene) -> None:
    with scene.stream() as stream:
        stream.next()
        stream.socket.shutdown(socket.SHUT_WR)
        while stream.socket.recv(65536):
            pass


def resets(scene: Scene) -> None:
    for _ in range(10):
        stream = scene.stream()
        if scene.random.random() < 0.5:
            stream.next()
        stream.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
        stream.close()


def vanishes_without_reading(scene: Scene) -> None:
    streams = [scene.stream(receive_buffer=2048) for _ in range(20)]
    scene.over.wait(scene.random.random())
    for stream in streams:
        stream.close()


def pipelines(scene: Scene) -> None:
    health, stream = scene.request("/health"), scene.request(f"{BASE}/tasks/{scene.newest}/stream")
    for requests in ([health] * 20, [health, stream, health], [stream, stream, stream], [stream, b"\0" * 100]):
        with scene.connect() as connection:
            connection.sendall(b"".join(requests))
            connection.recv(scene.random.choice([1, 4096]))


def sends_garbage(scene: Scene) -> None:
    noise = scene.random.randbytes
    request = scene.request("/health")
    for garbage in (
        noise(scene.random.randrange(1, 5000)), b"GET / HTTP/9.9\r\n\r\n", b"GET \0 HTTP/1.1\r\n\r\n", b"\r\n" * 1000, b"A" * 100_000,
        request[:-2] + b"X: " + b"y" * 100_000, request[:-2] + b"Content-Length: -1\r\n\r\n", request[:-2] + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"POST" + request[3:-2] + b"Content-Length: 1000000\r\n\r\n" + noise(1000), b"\x16\x03\x01\x02\x00\x01" + noise(300),
    ):
        # Below TLS half of the time: then it is garbage to TLS itself.
        with scene.connect(tls=scene.random.random() < 0.5) as connection:
            connection.sendall(garbage)
            connection.shutdown(socket.SHUT_WR)
            while connection.recv(65536):
                pass


def never_sends(scene: Scene) -> None:
    with scene.connect(tls=scene.random.random() < 0.5):
        scene.over.wait(scene.random.uniform(1, 5))


def never_ends_its_head(scene: Scene) -> None:
    """Until the server has had enough."""
    with scene.connect() as connection:
        connection.sendall(b"GET /health HTTP/1.1\r\nHost: ")
        while not scene.over.wait(0.5):
            connection.sendall(b"x")


def sends_its_head_byte_by_byte(scene: Scene) -> None:
    with scene.connect() as connection:
        for byte in scene.request(f"{BASE}/tasks/{scene.newest}/stream"):
            connection.sendall(bytes([byte]))
            if scene.over.wait(0.005):
                return
        assert connection.recv(12) == b"HTTP/1.1 200"


WRONGS: list[Callable[[Scene], None]] = [
    reads_one_byte_a_second, reads_one_byte_a_second, closes_its_half, resets, vanishes_without_reading, pipelines, sends_garbage, never_sends, never_ends_its_head,
    sends_its_head_byte_by_byte]


def again_and_again(wrong: Callable[[Scene], None], scene: Scene) -> None:
    while not scene.over.is_set():
        try:
            wrong(scene)
        except OSError:
            pass  # Being cut off is what they ask for.
        except Exception as error:
            scene.failed(f"{wrong.__name__}: {type(error).__name__}: {error}")
        scene.did(wrong.__name__)


# -- all of it

def run(servers: list[Server], seconds: float, seed: int = 1, say: Callable[[str], None] = lambda _: None) -> list[dict[str, object]]:
    """Lets it go on for so long; what was done and measured on each server. Raises when something was noticed, or stays behind."""
    scenes = [Scene(server, seed + place) for place, server in enumerate(servers)]
    # What is taken once for all (caches, connections between test and server, threads) is taken before anything is measured.
    warm_up(scenes, 3)
    figures: list[dict[str, object]] = [
        {"scheme": scene.server.scheme, "start": {"rss_mb": mb(scene.memory()), "descriptors": scene.descriptors(), "sockets": scene.server.open_sockets()}}
        for scene in scenes]
    starts = [(scene.memory(), scene.server.open_sockets()) for scene in scenes]
    most = [(0, 0)] * len(scenes)
    for scene in scenes:
        scene.over.clear()
        scene.followed = scene.events = 0
    threads = [threading.Thread(target=follow, args=(scene,), daemon=True) for scene in scenes for _ in range(6)]
    threads += [threading.Thread(target=again_and_again, args=(wrong, scene), daemon=True) for scene in scenes for wrong in WRONGS]
    for thread in threads:
        thread.start()
    end, next_word = time.monotonic() + seconds, time.monotonic() + 10
    while (left := end - time.monotonic()) > 0:
        scenes[0].over.wait(min(1, left))
        most = [(max(rss, scene.memory()), max(files, scene.descriptors())) for (rss, files), scene in zip(most, scenes)]
        if time.monotonic() >= next_word:
            next_word += 10
            say("  ".join(f"{scene.server.scheme}: {mb(scene.memory())} MB, {scene.descriptors()} descriptors, {scene.followed} followed" for scene in scenes))
    for scene in scenes:
        scene.over.set()
    for thread in threads:
        thread.join(90)
        assert not thread.is_alive(), f"{thread} does not end"
    for scene, figure, (rss, sockets), (most_rss, most_descriptors) in zip(scenes, figures, starts, most):
        assert not scene.faults, f"{len(scene.faults)} faults, such as {scene.faults[:3]}"
        assert scene.server.is_up()
        scene.rest()
        eventually(lambda: scene.server.open_sockets() <= sockets, within=60, every=0.2, what="the end of all connections")
        eventually(lambda: scene.memory() <= rss + TOLERANCE, within=60, every=0.2, what=f"a memory of {mb(rss)} MB again, after {mb(scene.memory())} MB,")
        figure["most"] = {"rss_mb": mb(most_rss), "descriptors": most_descriptors}
        figure["after"] = {"rss_mb": mb(scene.memory()), "descriptors": scene.descriptors(), "sockets": scene.server.open_sockets()}
        figure["normal"] = {"streams": scene.followed, "events": scene.events, "faults": len(scene.faults)}
        figure["chaos"] = dict(scene.rounds)
        assert scene.followed > 0 and all(scene.rounds[wrong.__name__] for wrong in WRONGS), figure
    return figures


def warm_up(scenes: list[Scene], seconds: float) -> None:
    threads = [threading.Thread(target=follow, args=(scene,), daemon=True) for scene in scenes for _ in range(3)]
    threads += [threading.Thread(target=again_and_again, args=(resets, scene), daemon=True) for scene in scenes]
    sockets = [scene.server.open_sockets() for scene in scenes]
    for thread in threads:
        thread.start()
    scenes[0].over.wait(seconds)
    for scene in scenes:
        scene.over.set()
    for thread in threads:
        thread.join(60)
    for scene, count in zip(scenes, sockets):
        scene.rest()
        eventually(lambda: scene.server.open_sockets() <= count, within=20, what="the end of the first connections")
        scene.rounds.clear()


def mb(bytes: int) -> float:
    return round(bytes / (1 << 20), 1)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=180, help="how long it goes on (default: 180)")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        subprocess.run([BINARY, "certificate", "--out", home / "tls"], check=True, capture_output=True)
        files = ("--tls-certificate", str(home / "tls/certificate.pem"), "--tls-key", str(home / "tls/key.pem"))
        servers = [Server(home / "plain", *FLAGS), Server(home / "tls-server", *FLAGS, *files, scheme="https")]
        servers[1].trust = ssl.create_default_context(cafile=home / "tls/certificate.pem")
        try:
            for server in servers:
                server.start()
            for figure in run(servers, options.seconds, options.seed, say=lambda text: print(text, file=sys.stderr, flush=True)):
                print(json.dumps(figure, indent=2))
        finally:
            for server in servers:
                if server.process is not None:
                    server.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
