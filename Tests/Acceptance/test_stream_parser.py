"""The parser these tests judge streams with, held against the examples of the HTML standard (9.2.6 and its test suite)."""

import pytest

from events import Event, EventStreamParser

VECTORS = {
    "three lines of data are one event": ("data: YHOO\ndata: +2\ndata: 10\n\n", [("message", "YHOO\n+2\n10", "")]),
    "comment, id, id reset, leading space kept": (
        ": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event",
        [("message", "first event", "1"), ("message", "second event", "")]),
    "empty data, and an unfinished block is discarded": ("data\n\ndata\ndata\n\ndata:", [("message", "", ""), ("message", "\n", "")]),
    "one space after the colon is ignored": ("data:test\n\ndata: test\n\n", [("message", "test", "")] * 2),
    "CR, LF and CRLF end lines": ("data: a\rdata: b\r\ndata: c\n\r\n", [("message", "a\nb\nc", "")]),
    "a byte order mark is ignored once": ("\ufeffdata: 1\n\n\ufeffdata: 2\n\ndata: 3\n\n", [("message", "1", ""), ("message", "3", "")]),
    "an id with NUL is ignored": ("id: 1\0\ndata: x\n\n", [("message", "x", "")]),
    "an id stays until the next": ("id: 7\ndata: x\n\ndata: y\n\n", [("message", "x", "7"), ("message", "y", "7")]),
    "a type without data is nothing": ("event: lonely\n\ndata: x\n\n", [("message", "x", "")]),
    "field names are case sensitive, unknown ones ignored": ("Data: x\ndata : y\njunk\ndata: z\n\n", [("message", "z", "")]),
}


@pytest.mark.parametrize("step", [1, 2, 3, 1000], ids=lambda step: f"{step}-byte-pieces")
@pytest.mark.parametrize("text, expected", VECTORS.values(), ids=VECTORS.keys())
def test_the_standard_s_examples(text: str, expected: list[tuple[str, str, str]], step: int):
    parser, data, events = EventStreamParser(), text.encode(), []
    for start in range(0, len(data), step):
        events += parser.feed(data[start : start + step])
    events += parser.feed(b"", final=True)
    assert events == [Event(*event) for event in expected]


def test_retry_takes_digits_only():
    parser = EventStreamParser()
    list(parser.feed(b"retry: 10x\nretry: 2500\nretry: -1\n"))
    assert parser.retry == 2500


def test_blocks_without_an_event_are_counted():
    parser = EventStreamParser()
    assert [event.data for event in parser.feed(b"retry: 1\n\n: c\n\ndata: x\n\n")] == ["x"]
    assert parser.empty_blocks == 2
