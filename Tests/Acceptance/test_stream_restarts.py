"""Hundreds of subscribers through restarts, in good order and by kill -9: each comes back by itself and hears its task's one ending."""

import asyncio
import signal
import threading

import pytest

import rolling_restart
import transcripts
from events import Event
from server import Server, eventually

PACED = ("--extractor", "paced", "--paced-delay", "40ms", "--paced-parts", "3", "--workers", "8", "--grace", "200ms")
TASKS, EACH = 100, 4


class Subscriber(threading.Thread):
    """Follows a task through whatever happens to the connection, as a browser would, but comes back as soon as the server is there."""

    def __init__(self, server: Server, task: str, up: threading.Event):
        super().__init__(daemon=True)
        self.server, self.task, self.up = server, task, up
        self.seen: list[Event] = []
        self.retries: list[int] = []
        self.fault: BaseException | None = None
        self.has_begun = threading.Event()

    def run(self) -> None:
        try:
            while not self.seen or self.seen[-1].type == "progress":
                self.up.wait(60)
                try:
                    self._connect()
                except OSError:
                    pass
        except BaseException as fault:
            self.fault = fault
        finally:
            self.has_begun.set()

    def _connect(self) -> None:
        headers = {"Last-Event-ID": self.seen[-1].id} if self.seen else {}
        with self.server.stream(self.task, headers=headers) as stream:
            assert stream.status == 200, f"{stream.status}: a browser would give up"
            for event in stream.events():
                # A stream that is not to be had just now shows the state again.
                if not self.seen or event.id != self.seen[-1].id:
                    self.seen.append(event)
                self.has_begun.set()
            self.retries.append(stream.parser.retry)


@pytest.mark.timeout(180)
def test_four_hundred_subscribers_hear_their_endings_through_restarts(serve):
    server = serve(*PACED)
    project = server.new_project()
    tasks = [server.remember(f"Note {n}: Ada met Charles.", project)["task_id"] for n in range(TASKS)]
    up = threading.Event()
    up.set()
    subscribers = [Subscriber(server, task, up) for task in tasks for _ in range(EACH)]
    for subscriber in subscribers:
        subscriber.start()
    for subscriber in subscribers:
        assert subscriber.has_begun.wait(60)

    def ended() -> int:
        return server.api.get("/tasks/stats").json()["completed"]

    for step in range(1, 4):
        eventually(lambda: ended() >= step * TASKS // 5, within=60, what="some endings")
        up.clear()
        if step == 2:
            server.kill()
        else:
            server.stop()
        server.start()
        up.set()
    for subscriber in subscribers:
        subscriber.join(90)
        assert not subscriber.is_alive(), f"waits for the end of {subscriber.task} after {subscriber.seen[-1:]}"
        assert subscriber.fault is None, subscriber.fault
        transcripts.check(subscriber.seen)
        assert subscriber.seen[-1].type == "completed"
    endings: dict[str, set[str]] = {}
    for subscriber in subscribers:
        # The moment is read again from the store by those who come later, and may be a little before that of the live event.
        shown = {name: value for name, value in subscriber.seen[-1].json.items() if name != "occurred_at"}
        endings.setdefault(subscriber.task, set()).add(f"{subscriber.seen[-1].id} {shown}")
    assert not (differing := [each for each in endings.values() if len(each) > 1]), f"all hear the same of a task: {differing[0]}"


def test_clients_come_back_spread_out_after_a_shutdown(serve):
    server = serve("--workers", "0")
    task = server.remember()["task_id"]
    streams = [server.stream(task) for _ in range(400)]
    for stream in streams:
        stream.next()
    server.process.send_signal(signal.SIGTERM)
    retries = []
    for stream in streams:
        assert list(stream.events()) == []  # To the body's proper end.
        retries.append(stream.parser.retry)
        stream.close()
    server.stop()
    # 400 times at random within four seconds: a half second without any of them is as good as impossible.
    assert {retry // 500 for retry in retries} - {12} == set(range(4, 12))
    assert 2000 <= min(retries) and max(retries) <= 6000


def test_readers_that_do_not_read_do_not_hold_up_a_shutdown(serve_either):
    """What they were to be told waits for them in the next server."""
    server = serve_either("--extractor", "paced", "--paced-delay", "1ms", "--paced-parts", "10000", "--grace", "0s")
    task = server.remember()["task_id"]
    stuck = [server.stream(task, receive_buffer=2048) for _ in range(3)]
    with server.stream(task) as quick:
        for event in quick.events():
            if event.json["progress"] >= 48:
                break
    server.process.send_signal(signal.SIGTERM)
    assert server.process.wait(15) == 0
    server.process.stdout.close()
    server.process = None
    for stream in stuck:
        stream.close()
    server.start("--workers", "1")
    assert server.ending(task)["event"] == "completed"


@pytest.mark.timeout(180)
def test_a_rolling_restart_loses_nobody(serve, tmp_path):
    """With ten thousand, and figures: `Tests/Acceptance/run program rolling_restart.py`."""
    file = tmp_path / "engram.json"
    server = serve(*rolling_restart.flags(file))
    figures = asyncio.run(rolling_restart.restart(server, file, subscribers=1000, tasks=50))
    assert figures["with_ending"] == 1000
