"""GET /tasks/{id}/stream: what a subscriber is shown, from its first event to its last."""

import socket

import pytest

import transcripts
from events import EventStreamParser
from server import Server

PACED = ("--extractor", "paced", "--paced-delay", "100ms", "--paced-parts", "3")
# Long enough that one worker is still at it when a subscriber to the next memory has arrived.
LONG_TEXT = "Ada Lovelace met Charles Babbage in London. She works at Acme. " * 4000


def queued_then_running(serve, *flags: str) -> tuple[Server, list]:
    """All events of a task whose subscriber was there before the first stage."""
    server = serve("--workers", "1", *flags)
    server.remember(LONG_TEXT)
    task = server.remember("Ada Lovelace met Charles Babbage in London.")["task_id"]
    with server.stream(task) as stream:
        events = list(stream.events())
        assert stream.parser.empty_blocks == 0
    return server, events


@pytest.mark.parametrize("flags", [PACED, ()], ids=["paced", "built-in"])
def test_a_reader_that_keeps_up_sees_every_stage_in_order(serve, flags):
    _, events = queued_then_running(serve, *flags)
    transcripts.check(events)
    transcripts.check_stages(events)
    assert events[-1].type == "completed"


def test_parts_of_the_extraction_are_shown_one_by_one(serve):
    _, events = queued_then_running(serve, *PACED)
    messages = [event.json["message"] for event in events]
    for part in (1, 2, 3):
        assert f"Extracting entities and relationships ({part} of 3 parts)..." in messages


def test_a_stream_is_never_cached_buffered_or_altered(server):
    task = server.remember()["task_id"]
    with server.stream(task) as stream:
        assert stream.status == 200
        assert stream.headers["content-type"].split(";")[0] == "text/event-stream"
        assert stream.headers["cache-control"] == "no-store, no-transform"
        assert stream.headers["x-accel-buffering"] == "no"
        assert stream.headers["x-request-id"]
        assert "content-encoding" not in stream.headers


@pytest.mark.parametrize("accepted", ["gzip", "br", "zstd, gzip;q=0.5", "gzip, identity;q=0", "*"])
def test_a_stream_is_not_compressed_whatever_is_accepted(server, accepted):
    memory = server.learn("Ada met Charles.")
    with server.stream(memory["task_id"], headers={"Accept-Encoding": accepted}) as stream:
        assert stream.status == 200
        assert "content-encoding" not in stream.headers
        assert [event.type for event in stream.events()] == ["completed"]


def test_the_first_event_is_the_current_state_at_once(serve):
    server = serve("--workers", "0")
    task = server.remember()["task_id"]
    with server.stream(task) as stream:
        first = stream.next()
    assert (first.type, first.json["status"], first.json["progress"], first.json["message"]) == ("progress", "pending", 0, "Queued")
    assert first.json["id"] == task


def test_a_finished_task_gives_its_one_terminal_event_and_ends(server):
    memory = server.learn("Ada met Charles in London.")
    with server.stream(memory["task_id"]) as stream:
        [only] = stream.events()
    transcripts.check([only])
    assert only.type == "completed"


def test_an_ending_is_the_same_event_to_who_saw_it_and_to_who_comes_later(serve):
    server = serve("--extractor", "paced", "--paced-delay", "10ms")
    for _ in range(5):
        task = server.remember()["task_id"]
        with server.stream(task) as live, server.stream(task) as late:
            *before, seen = live.events()
            assert before, "it had ended already"
            *_, told = late.events()
        with server.stream(task) as stream:
            [read] = stream.events()
        assert seen == told == read


def test_a_terminal_event_carries_the_whole_task(server):
    task = server.learn("Ada met Charles in London.")["task_id"]
    with server.stream(task) as stream:
        [event] = stream.events()
    shown = server.api.get(f"/tasks/{task}").json()
    sent = event.json
    sent.pop("occurred_at")
    # A ticket is personal; events are shared by all who watch.
    shown["stream_url"] = shown["stream_url"].partition("?")[0]
    assert sent == shown


def test_retry_is_inside_the_first_block_and_within_its_bounds(server):
    """Between 2000 and 4000 ms, and not the same for everybody."""
    task = server.learn("Ada met Charles in London.")["task_id"]
    seen = set()
    for _ in range(12):
        with server.stream(task) as stream:
            body = stream.body()
        block, separator, _ = body.partition(b"\n\n")
        assert separator and b"retry:" in block and b"data:" in block
        list(stream.parser.feed(body))
        assert 2000 <= stream.parser.retry <= 4000
        seen.add(stream.parser.retry)
    assert len(seen) > 1


def test_no_block_is_without_an_event_and_there_is_no_byte_order_mark(serve):
    server = serve(*PACED)
    task = server.remember()["task_id"]
    with server.stream(task) as stream:
        body = stream.body()
    assert not body.startswith(b"\xef\xbb\xbf")
    assert stream.parser.empty_blocks == 0
    for block in body.decode().replace("\r\n", "\n").strip("\n").split("\n\n"):
        assert any(line.startswith("data:") for line in block.split("\n")), f"a block without an event: {block!r}"


def test_text_with_every_kind_of_line_end_arrives_whole(serve):
    """CR, LF and CRLF in a project's name come back in a stage's message: they are data there, not framing."""
    server = serve("--workers", "1")
    name = "one\ntwo\rthree\r\nfour\u2028five: data: x\n\nevent: completed"
    project = server.new_project(name)
    server.remember(LONG_TEXT, project)
    task = server.remember("Ada met Charles.", project)["task_id"]
    with server.stream(task) as stream:
        messages = {event.json["stage"]: event.json["message"] for event in stream.events()}
    assert messages["load_schema"] == f"Loading schema for project {name}..."
    assert stream.parser.empty_blocks == 0


def test_a_failed_task_ends_with_failed_and_the_reason(serve):
    server = serve(*PACED, "--paced-failure-rate", "1.0")
    task = server.remember()["task_id"]
    with server.stream(task) as stream:
        events = list(stream.events())
    transcripts.check(events)
    assert events[-1].type == "failed"
    assert events[-1].json["error"]
    assert server.api.get(f"/tasks/{task}").json()["status"] == "Failed"


def test_a_cancelled_task_ends_with_cancelled(serve):
    server = serve("--extractor", "paced", "--paced-delay", "60s", "--grace", "100ms")
    task = server.remember()["task_id"]
    with server.stream(task) as stream:
        assert stream.next().type == "progress"
        assert server.api.post(f"/tasks/{task}/cancel").status_code == 200
        *before, last = stream.events()
    transcripts.check([*before, last])
    assert last.type == "cancelled"


def test_a_waiting_task_that_is_cancelled_ends_with_cancelled(serve):
    server = serve("--workers", "0")
    task = server.remember()["task_id"]
    with server.stream(task) as stream:
        first = stream.next()
        server.api.post(f"/tasks/{task}/cancel")
        rest = list(stream.events())
    transcripts.check([first, *rest])
    assert rest[-1].type == "cancelled"


def test_many_subscribers_of_one_task_see_the_same(serve):
    server = serve(*PACED, "--workers", "1")
    server.remember(LONG_TEXT)
    task = server.remember()["task_id"]
    streams = [server.stream(task) for _ in range(20)]
    seen = []
    for stream in streams:
        seen.append([(event.id, event.data) for event in stream.events()])
        stream.close()
    assert all(events == seen[0] for events in seen)


def test_silence_is_filled_with_a_comment_within_sixteen_seconds(serve):
    server = serve("--workers", "0")
    task = server.remember()["task_id"]
    with server.stream(task, timeout=18) as stream:
        stream.next()
        before = len(stream.raw)
        assert stream.comment() == ""
        assert stream.raw[before:] in (b":\n", b":\r\n"), "a comment is one line, with no blank line behind it"


@pytest.mark.parametrize("id", ["00000000-0000-7000-8000-000000000000", "no-uuid", "%00", "🙂"], ids=["unknown", "no-uuid", "nul", "emoji"])
def test_an_unknown_task_is_404_before_the_stream_starts(server, id):
    answer = server.api.get(f"/tasks/{id}/stream")
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("application/problem+json")


def test_head_of_a_stream_does_not_hang(server):
    task = server.remember()["task_id"]
    assert server.api.head(f"/tasks/{task}/stream").status_code in (200, 405)


def test_a_stream_answers_with_the_trailing_slash_too(server):
    task = server.learn("Ada met Charles in London.")["task_id"]
    with server.api.stream("GET", f"/tasks/{task}/stream/") as answer:
        assert answer.status_code == 200
        assert "event: completed" in answer.read().decode()


@pytest.mark.parametrize("connection", ["", "Connection: close\r\n"], ids=["bare", "nginx"])
def test_a_stream_over_http_1_0_arrives_without_chunks(server, connection):
    """Proxies speak 1.0 (nginx by default): that knows no chunked encoding, and the connection's end is the body's."""
    task = server.learn("Ada met Charles in London.")["task_id"]
    request = f"GET /api/v1/tasks/{task}/stream HTTP/1.0\r\n{connection}Authorization: Bearer {server.owner_key}\r\n\r\n"
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection:
        connection.sendall(request.encode())
        answer = connection.makefile("rb").read()
    head, _, body = answer.partition(b"\r\n\r\n")
    assert b"chunked" not in head.lower()
    [event] = EventStreamParser().feed(body)
    assert event.type == "completed"
