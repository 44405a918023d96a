"""Thousands of subscribers in one process, each as patient as a browser: it comes back when it was told to, with the last id it has seen."""

from __future__ import annotations

import asyncio
import resource
import time

from events import Event, EventStreamParser
from server import BASE, Server


def raise_open_files(wanted: int) -> None:
    """Every subscriber is an open file."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    assert hard == resource.RLIM_INFINITY or hard >= wanted, f"{wanted} open files are needed, and this process may have {hard}"
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


class Subscriber(asyncio.Protocol):
    """One of them, and what it has seen on all of its connections."""

    def __init__(self, crowd: Crowd, task: str):
        self.crowd = crowd
        self.task = task
        self.events: list[Event] = []
        #: When each connection was answered with 200, and when such a one was over, by the monotonic clock.
        self.answered: list[float] = []
        self.ended: list[float] = []
        #: In milliseconds, what it has been told last: it stays from one connection to the next.
        self.retry = 3000
        #: Connections that were made, or tried, and brought no answer.
        self.vain = 0
        self.faults: list[str] = []
        self._transport: asyncio.Transport | None = None
        self._pending = b""
        self._status = 0
        self._parser = EventStreamParser()

    @property
    def is_done(self) -> bool:
        return bool(self.events) and self.events[-1].type != "progress"

    async def connect(self) -> None:
        loop = asyncio.get_running_loop()
        self._pending, self._status = b"", 0
        self._parser = EventStreamParser(self._parser.last_event_id)
        try:
            await loop.create_connection(lambda: self, "127.0.0.1", self.crowd.server.port)
        except OSError:
            self.vain += 1
            self._come_back()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        last = f"Last-Event-ID: {self._parser.last_event_id}\r\n" if self._parser.last_event_id else ""
        transport.write(f"GET {BASE}/tasks/{self.task}/stream HTTP/1.1\r\nHost: x\r\n{self.crowd.authorization}{last}\r\n".encode())

    def data_received(self, data: bytes) -> None:
        self._pending += data
        if not self._status:
            head, separator, rest = self._pending.partition(b"\r\n\r\n")
            if not separator:
                return
            self._pending, self._status = rest, int(head.split(b" ", 2)[1])
            if self._status != 200:
                self.faults.append(f"answered {self._status}: a browser would give up")
                self._transport.abort()
                return
            self.answered.append(time.monotonic())
            self.crowd.changed()
        while (end := self._pending.find(b"\r\n")) >= 0:
            size = int(self._pending[:end], 16)
            if len(self._pending) < end + size + 4:
                return
            chunk, self._pending = self._pending[end + 2 : end + 2 + size], self._pending[end + size + 4 :]
            if size == 0:
                self._transport.close()
                return
            for event in self._parser.feed(chunk):
                # Where no seat was to be had the state is shown again.
                if not self.events or event.id != self.events[-1].id:
                    self.events.append(event)
                    self.crowd.changed()

    def connection_lost(self, error: Exception | None) -> None:
        if self._status:
            self.ended.append(time.monotonic())
        else:
            self.vain += 1
        self.retry = self._parser.retry or self.retry
        self.crowd.changed()
        if not self.is_done and not self.faults:
            self._come_back()

    def _come_back(self) -> None:
        loop = asyncio.get_running_loop()
        self.crowd.waiting[self] = loop.call_later(self.retry / 1000, lambda: self.crowd.connect(self))

    def leave(self) -> None:
        if self._transport is not None:
            self._transport.abort()


class Crowd:
    """So many subscribers, spread over some tasks."""

    def __init__(self, server: Server, tasks: list[str], count: int):
        raise_open_files(count + 1000)
        self.server = server
        self.authorization = f"Authorization: Bearer {server.owner_key}\r\n"
        self.members = [Subscriber(self, tasks[place % len(tasks)]) for place in range(count)]
        self.waiting: dict[Subscriber, asyncio.TimerHandle] = {}
        self._connecting: set[asyncio.Task[None]] = set()
        self._change = asyncio.Event()

    def changed(self) -> None:
        self._change.set()

    def connect(self, member: Subscriber) -> None:
        self.waiting.pop(member, None)
        task = asyncio.get_running_loop().create_task(member.connect())
        self._connecting.add(task)
        task.add_done_callback(self._connecting.discard)

    async def arrive(self, at_once: int = 500) -> None:
        """All of them, some hundreds at a time; each has its first event at the end."""
        for start in range(0, len(self.members), at_once):
            group = self.members[start : start + at_once]
            for member in group:
                self.connect(member)
            await self.until(lambda: all(member.events for member in group), within=60, what="the first events")

    async def until(self, holds, within: float, what: str) -> None:
        """Asked again when something has come, but not at each single event of thousands."""
        deadline = time.monotonic() + within
        while not holds():
            assert time.monotonic() < deadline, f"{what} did not come about within {within} s"
            self._change.clear()
            try:
                await asyncio.wait_for(self._change.wait(), 1)
            except TimeoutError:
                continue
            await asyncio.sleep(0.02)

    def leave(self) -> None:
        for handle in self.waiting.values():
            handle.cancel()
        for member in self.members:
            member.leave()
