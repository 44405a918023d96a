"""A parser of event streams as the HTML standard has it (9.2.6), written from its text and from nothing of ours."""

from __future__ import annotations

import codecs
import json
import re
from dataclasses import dataclass
from typing import Any, Iterator


@dataclass(frozen=True)
class Event:
    type: str
    data: str
    id: str

    @property
    def json(self) -> dict[str, Any]:
        return json.loads(self.data)

    @property
    def epoch_version(self) -> tuple[int, int]:
        return epoch_version(self.id)


def epoch_version(id: str) -> tuple[int, int]:
    """`EPOCH-VERSION` as numbers, which is how ids compare."""
    assert re.fullmatch(r"[0-9]+-[0-9]+", id), f"not EPOCH-VERSION: {id!r}"
    epoch, version = id.split("-")
    return int(epoch), int(version)


class EventStreamParser:
    """Takes bytes as they come and yields events.

    Beside what the standard asks for it counts `empty_blocks` (blank lines that dispatched nothing, which some clients
    hand to their user as an empty event) and keeps `comments`.
    """

    def __init__(self, last_event_id: str = "") -> None:
        """
        - last_event_id: of the connection before.
        """
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._text = ""
        self._started = False
        self._data = ""
        self._type = ""
        self._id_buffer = last_event_id
        self.last_event_id = last_event_id
        self.retry: int | None = None
        self.comments: list[str] = []
        self.empty_blocks = 0

    def feed(self, chunk: bytes, final: bool = False) -> Iterator[Event]:
        self._text += self._decoder.decode(chunk, final)
        if not self._started and self._text:
            self._text = self._text.removeprefix("\ufeff")
            self._started = True
        while (end := re.search(r"\r\n|\n|\r", self._text)) is not None:
            # A CR at the very end may be the first half of a CRLF.
            if end.group() == "\r" and end.end() == len(self._text) and not final:
                return
            line, self._text = self._text[: end.start()], self._text[end.end() :]
            if (event := self._line(line)) is not None:
                yield event

    def _line(self, line: str) -> Event | None:
        if line == "":
            return self._dispatch()
        if line.startswith(":"):
            self.comments.append(line[1:])
            return None
        field, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if field == "event":
            self._type = value
        elif field == "data":
            self._data += value + "\n"
        elif field == "id" and "\0" not in value:
            self._id_buffer = value
        elif field == "retry" and re.fullmatch(r"[0-9]+", value):
            self.retry = int(value)
        return None

    def _dispatch(self) -> Event | None:
        self.last_event_id = self._id_buffer
        data, type = self._data, self._type
        self._data = self._type = ""
        if data == "":
            self.empty_blocks += 1
            return None
        return Event(type or "message", data.removesuffix("\n"), self.last_event_id)
