"""Clients that don't give up: writers that repeat a request until it is answered, followers that come back to their stream."""

from __future__ import annotations

import queue
import random
import threading
from dataclasses import dataclass, field
from typing import Any, Callable, Iterable

import httpx

import crash_texts
import transcripts
from crash_server import MortalServer
from events import Event
from server import BASE
from streams import RawStream


class Client(threading.Thread):
    """A thread whose failure is the test's."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.failure: BaseException | None = None

    def run(self) -> None:
        try:
            self.work()
        except BaseException as error:
            self.failure = error

    def work(self) -> None:
        raise NotImplementedError

    def finish(self) -> None:
        self.join(120)
        if self.failure is not None:
            raise self.failure
        assert not self.is_alive(), f"{self!r} does not come to an end"


@dataclass(frozen=True)
class Acknowledged:
    index: int
    memory: str
    task: str
    was_replayed: bool


class Session:
    """Asks one server through its lives, over a connection for each."""

    def __init__(self, mortal: MortalServer):
        self._mortal = mortal
        self._client: httpx.Client | None = None
        self.life = 0
        self._broken = 0
        self.repeated = 0

    def insist(self, method: str, path: str, **options: Any) -> httpx.Response:
        """Repeats a request, in one life after the other, until it is answered by anything but 503."""
        while True:
            life = self._mortal.life(after=self._broken)
            if self._client is None or life != self.life:
                self.close()
                self._client = httpx.Client(base_url=self._mortal.origin + BASE, timeout=40)
                self.life = life
            try:
                answer = self._client.request(method, path, **options)
            except httpx.TransportError:
                answer = None
            if answer is not None and answer.status_code != 503:
                return answer
            self._broken = life
            self.repeated += 1

    def close(self) -> None:
        if self._client is not None:
            self._client.close()
            self._client = None


class Writer(Client):
    """Owns one project: writes memories of a sequence one after the other, so that their order is known."""

    def __init__(
        self, mortal: MortalServer, project: str, sequence: str, indices: Iterable[int], per_life: Callable[[], int] | None = None,
        on_acknowledged: Callable[[Acknowledged], None] = lambda _: None,
    ):
        """- per_life: how many it writes in a life; then it waits for the next one, and without one it ends."""
        super().__init__()
        self._mortal = mortal
        self.project = project
        self.sequence = sequence
        self._indices = list(indices)
        self._per_life = per_life
        self.on_acknowledged = on_acknowledged
        self.acknowledged: list[Acknowledged] = []
        self.session = Session(mortal)

    def work(self) -> None:
        rest, life = (self._per_life() if self._per_life else 0), self._mortal.life()
        for index in self._indices:
            if self._per_life is not None:
                if rest == 0:
                    if not self._mortal.has_next_life(after=life):
                        break
                    life = self._mortal.life()
                    rest = self._per_life()
                rest -= 1
            self.write(index)
        self.session.close()

    def write(self, index: int) -> None:
        answer = self.session.insist(
            "POST", "/memories/", content=crash_texts.memory(self.sequence, index, self.project),
            headers={"Content-Type": "application/json", "Idempotency-Key": f"{self.sequence}-{index}"})
        assert answer.status_code == 201, f"{answer.status_code} {answer.text}"
        body = answer.json()
        was_replayed = answer.headers.get("Idempotency-Replayed") == "true"
        self.acknowledged.append(Acknowledged(index, body["id"], body["task_id"], was_replayed))
        self.on_acknowledged(self.acknowledged[-1])

    def indices(self) -> dict[str, int]:
        return {memory.memory: memory.index for memory in self.acknowledged}


@dataclass
class Transcript:
    """All that a follower was shown of one task, over all its connections."""

    task: str
    events: list[Event] = field(default_factory=list)
    connections: int = 0
    after_the_end: int = 0

    def check(self, ending: str | None = "completed") -> None:
        shown = "\n".join(f"{event.type} {event.id} {event.data}" for event in self.events)
        try:
            transcripts.check(self.events)
            if ending is not None:
                assert self.events[-1].type == ending
            assert self.events[-1].type in transcripts.TERMINAL
            assert self.after_the_end == 204, f"a reconnect after the end was answered with {self.after_the_end}"
        except AssertionError as error:
            raise AssertionError(f"{error}\nthe transcript of {self.task}:\n{shown}") from None

    @property
    def epochs(self) -> set[int]:
        return {event.epoch_version[0] for event in self.events}


class Follower(Client):
    """Follows tasks, one after the other, each to its end: reconnects with Last-Event-ID whenever the stream breaks."""

    def __init__(self, mortal: MortalServer, *tasks: str, on_event: Callable[[Event], None] = lambda _: None):
        super().__init__()
        self._mortal = mortal
        self._on_event = on_event
        self._tasks: queue.Queue[str | None] = queue.Queue()
        self.transcripts: list[Transcript] = []
        for task in tasks:
            self.add(task)

    def add(self, task: str) -> None:
        self._tasks.put(task)

    def no_more(self) -> None:
        self._tasks.put(None)

    def work(self) -> None:
        while (task := self._tasks.get()) is not None:
            transcript = Transcript(task)
            self.transcripts.append(transcript)
            self._follow(transcript)

    def _follow(self, transcript: Transcript) -> None:
        broken = 0
        while True:
            life = self._mortal.life(after=broken)
            last = transcript.events[-1] if transcript.events else None
            has_ended = last is not None and last.type in transcripts.TERMINAL
            headers = {"Last-Event-ID": last.id} if last else {}
            try:
                with RawStream(self._mortal.origin, f"{BASE}/tasks/{transcript.task}/stream", headers=headers) as stream:
                    transcript.connections += 1
                    if has_ended:
                        transcript.after_the_end = stream.status
                        return
                    assert stream.status == 200, f"{stream.status}: {stream.body()!r}"
                    for event in stream.events():
                        transcript.events.append(event)
                        self._on_event(event)
                    if not (transcript.events and transcript.events[-1].type in transcripts.TERMINAL):
                        broken = life  # Ended in good order by a shutdown.
            except TimeoutError:
                raise  # Not even a comment came: that is no kill.
            except OSError:
                broken = life


def pace(sequence: str, least: int, most: int) -> Callable[[], int]:
    """How much a writer writes in each life, the same for the same name."""
    chance = random.Random(f"pace of {sequence}")
    return lambda: chance.randint(least, most)
