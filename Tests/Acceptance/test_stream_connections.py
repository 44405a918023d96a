"""Streams and what happens to their connections: slow, vanished, half-closed, and a server that goes away."""

import http.client
import json
import signal
import socket
import struct

import pytest

import transcripts
from events import epoch_version
from server import BASE, eventually

SLOW = ("--extractor", "paced", "--paced-delay", "60s", "--grace", "100ms")


ENDS = {
    "the connection stays open": {},
    "the connection closes": {"headers": {"Connection": "close"}},
    "the close is the end of the body": {"version": "1.0"},
}


@pytest.mark.parametrize("how", ENDS.values(), ids=ENDS.keys())
def test_a_reader_that_does_not_read_gets_the_newest_state_and_the_ending(serve_either, how):
    """Its progress is conflated while its connection is full; the ending is not, and is flushed before the connection closes. Progress never falls."""
    # The kernel holds some two megabytes for such a reader: there must be more to say than that.
    server = serve_either("--extractor", "paced", "--paced-delay", "1ms", "--paced-parts", "10000")
    task = server.remember()["task_id"]
    slow = server.stream(task, receive_buffer=2048, **how)
    assert slow.next().type == "progress"
    with server.stream(task) as quick:
        kept_up = list(quick.events())
    transcripts.check(kept_up)
    assert kept_up[-1].type == "completed"

    late = list(slow.events())
    if how:
        assert slow.socket.recv(1) == b"", "closed in good order"
    slow.close()
    transcripts.check(late)
    assert late[-1].type == "completed"
    assert (late[-1].id, late[-1].data) == (kept_up[-1].id, kept_up[-1].data)
    assert len(late) < len(kept_up), "what a connection can't take is conflated"


@pytest.mark.parametrize("how", ENDS.values(), ids=ENDS.keys())
def test_a_hundred_endings_before_a_hundred_closes_arrive_whole(serve_either, how):
    """The last bytes before a close are those that are lost where a server closes too early."""
    server = serve_either("--workers", "0")
    tasks = [server.remember(f"Note {n}")["task_id"] for n in range(20)]
    streams = [server.stream(task, receive_buffer=2048, **how) for task in tasks for _ in range(5)]
    for stream in streams:
        assert stream.next().type == "progress"
    for task in tasks:
        assert server.api.post(f"/tasks/{task}/cancel").status_code == 200
    for stream in streams:
        [last] = stream.events()
        assert last.type == "cancelled"
        if how:
            assert stream.socket.recv(1) == b""
        stream.close()


def test_readers_that_do_not_read_do_not_hold_up_the_others(serve_either):
    server = serve_either("--extractor", "paced", "--paced-delay", "0ms", "--paced-parts", "2000")
    task = server.remember()["task_id"]
    stuck = [server.stream(task, receive_buffer=2048) for _ in range(50)]
    assert server.ending(task)["event"] == "completed"
    for stream in stuck:
        assert stream.until("completed").json["status"] == "Completed"
        stream.close()


def test_clients_that_vanish_while_nothing_is_written_leave_nothing_open(serve_either):
    """Noticed when it happens: within less than the fifteen seconds to the next heartbeat."""
    server = serve_either("--workers", "0")
    task = server.remember()["task_id"]
    before = server.open_sockets()
    streams = [server.stream(task) for _ in range(200)]
    for stream in streams:
        stream.next()
    assert server.open_sockets() >= 200
    for stream in streams:
        stream.close()
    eventually(lambda: server.open_sockets() <= before, within=10, what="the closing of 200 abandoned streams")
    assert server.is_up()


def test_clients_that_reset_their_connections_leave_nothing_open(serve_either):
    server = serve_either("--workers", "0")
    task = server.remember()["task_id"]
    before = server.open_sockets()
    for _ in range(100):
        stream = server.stream(task)
        stream.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
        stream.close()
    eventually(lambda: server.open_sockets() <= before, within=10, what="the closing of 100 reset streams")
    assert server.is_up()


def test_a_client_that_closes_its_half_of_a_stream_counts_as_gone(serve_either):
    server = serve_either("--workers", "0")
    task = server.remember()["task_id"]
    before = server.open_sockets()
    with server.stream(task, timeout=10) as stream:
        stream.next()
        stream.socket.shutdown(socket.SHUT_WR)
        with pytest.raises(ConnectionError):
            list(stream.events())
    eventually(lambda: server.open_sockets() <= before, within=10, what="the closing of a half-closed stream")


def test_a_client_that_closes_its_half_still_gets_an_ordinary_answer(server):
    """As `printf … | nc` does."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection:
        connection.sendall(b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n")
        connection.shutdown(socket.SHUT_WR)
        assert connection.makefile("rb").read().startswith(b"HTTP/1.1 200")


def test_sigterm_ends_open_streams_properly_with_a_retry_and_the_server_with_0(serve_either):
    server = serve_either(*SLOW)
    task = server.remember()["task_id"]
    streams = [server.stream(task) for _ in range(5)]
    for stream in streams:
        stream.next()
    already = [stream.raw.count(b"retry:") for stream in streams]
    server.process.send_signal(signal.SIGTERM)
    retries = set()
    for stream, count in zip(streams, already):
        list(stream.events())  # To a proper end: a connection that is cut raises.
        assert stream.raw.count(b"retry:") == count + 1
        assert stream.parser.empty_blocks == 0
        # A body may end in the middle of a block; browsers have read the field by then.
        retries.add(stream.parser.retry)
        stream.close()
    assert all(2000 <= retry for retry in retries)
    server.stop()


def test_sigterm_gives_running_tasks_back_and_the_next_start_finishes_them(serve):
    server = serve(*SLOW)
    task = server.remember()["task_id"]
    with server.stream(task) as stream:
        first = stream.next()
    server.stop()
    server.start("--workers", "1")
    with server.stream(task, headers={"Last-Event-ID": first.id}) as stream:
        events = list(stream.events())
    transcripts.check([first, *events])
    assert events[-1].type == "completed"
    assert events[-1].json["attempt"] == 1, "a graceful shutdown gives the attempt back"
    assert epoch_version(events[-1].id)[0] == 2


def test_deleting_a_project_by_force_ends_the_streams_of_its_tasks_with_cancelled(serve):
    server = serve(*SLOW)
    project = server.new_project()
    task = server.remember(project=project)["task_id"]
    with server.stream(task) as stream:
        stream.next()
        assert server.api.delete(f"/projects/{project}").status_code == 409
        assert server.api.delete(f"/projects/{project}", params={"force": "true"}).status_code == 204
        *_, last = stream.events()
    assert last.type == "cancelled"


@pytest.mark.parametrize("end", ["close", "reset", "half-close", "ending"])
def test_a_connection_that_has_served_requests_ends_with_its_stream(serve, end):
    """As a browser's does, which uses one again that it has: the seat is free however it ends."""
    server = serve("--workers", "0", "--streams", "1")
    task = server.remember()["task_id"]
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    headers = {"Authorization": f"Bearer {server.owner_key}"}
    for _ in range(3):
        connection.request("GET", f"{BASE}/projects/", headers=headers)
        assert json.loads(connection.getresponse().read())["total"] == 1
    bare = connection.sock
    connection.request("GET", f"{BASE}/tasks/{task}/stream", headers=headers)
    stream = connection.getresponse()
    assert stream.getheader("Connection") == "close"
    lines = [stream.readline() for _ in range(5)]
    assert lines[1:] and lines[-1] == b"\n" and 2000 <= int(lines[0].removeprefix(b"retry: ")) <= 4000
    if end == "ending":
        assert server.api.post(f"/tasks/{task}/cancel").status_code == 200
        assert b"event: cancelled" in stream.read()
        return
    if end == "half-close":
        bare.shutdown(socket.SHUT_WR)
        assert bare.recv(65536) == b""
    elif end == "reset":
        bare.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    stream.close()
    bare.close()

    def has_seat() -> bool:
        with server.stream(task) as again:
            again.next()
            return again.parser.retry < 5000

    eventually(has_seat, what="the seat that was given up")
