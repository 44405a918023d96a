"""How long a stream's connection may last, and what its client then misses: nothing."""

import contextlib
import json
import signal
import sqlite3
import time

import transcripts
from commands import engram, kinds, lines
from server import eventually
from test_auth import new_key, ticket_of


def follow(server, task: str, **options) -> tuple[list, list[int]]:
    """What a client sees that comes back whenever its stream ends; the events, and when it was told to come back each time."""
    events, retries, last = [], [], None
    while not events or events[-1].type == "progress":
        headers = {"Last-Event-ID": last} if last else {}
        with server.stream(task, headers=headers, **options) as stream:
            assert stream.status == 200
            events += stream.events()  # To a proper end: a connection that is cut raises.
            retries.append(stream.parser.retry)
            last = events[-1].id
    return events, retries


def test_a_client_that_is_sent_away_comes_back_and_misses_nothing(serve):
    server = serve("--stream-max-age", "1s", "--extractor", "paced", "--paced-delay", "400ms", "--paced-parts", "20")
    memory = server.remember()
    events, retries = follow(server, memory["task_id"], key=None, query=ticket_of(memory))
    transcripts.check(events)
    assert events[-1].type == "completed"
    assert len(retries) > 2, "its time was over several times"
    assert all(2000 <= retry <= 6000 for retry in retries[:-1])
    with server.stream(memory["task_id"], headers={"Last-Event-ID": events[-1].id}) as stream:
        assert stream.status == 204


def test_the_end_of_a_connections_time_is_said_and_the_connection_closed(serve):
    server = serve("--stream-max-age", "1s", "--workers", "0")
    task = server.remember()["task_id"]
    before = server.open_sockets()
    streams = [server.stream(task) for _ in range(20)]
    for stream in streams:
        assert [event.type for event in stream.events()] == ["progress"]
        assert stream.raw.count(b"retry:") == 2
        assert stream.parser.empty_blocks == 0
        assert stream.socket.recv(1) == b""
        stream.close()
    eventually(lambda: server.open_sockets() <= before, what="the closing of 20 streams")


def test_the_file_sets_the_age_and_sighup_changes_it_for_streams_that_are_open(serve, tmp_path):
    file = tmp_path / "engram.json"
    file.write_text('{"workers": 0, "stream_max_age": 0}')
    server = serve("--config", str(file))
    task = server.remember()["task_id"]
    with server.stream(task) as stream:
        assert stream.next().type == "progress"
        file.write_text(json.dumps({"workers": 0, "stream_max_age": "1s"}))
        server.process.send_signal(signal.SIGHUP)
        assert list(stream.events()) == []
        assert stream.raw.count(b"retry:") == 2
    log = server.log()
    assert "setting=stream_max_age" in log and "before=for ever" in log and "after=1 s" in log


def test_a_stream_whose_ticket_has_run_out_is_left_open(serve):
    """Its client could not come back: it would miss the end."""
    server = serve("--stream-max-age", "1s", "--ticket-lifetime", "30s", "--workers", "0")
    memory = server.remember()
    with server.stream(memory["task_id"], key=None, query=ticket_of(memory)) as stream, server.stream(memory["task_id"]) as other:
        assert stream.next().type == "progress"
        assert [event.type for event in other.events()] == ["progress"], "its time is over"
        server.api.post(f"/tasks/{memory['task_id']}/cancel")
        assert stream.until("cancelled")


def test_streams_end_with_a_key_that_is_revoked_before_their_time_is_over(serve):
    server = serve("--stream-max-age", "0", "--workers", "0")
    key = new_key(server, role="viewer")
    task = server.remember()["task_id"]
    with server.stream(task, key=key["key"]) as stream:
        assert stream.next().type == "progress"
        assert server.api.delete(f"/auth/keys/{key['key_id']}").status_code == 204
        assert eventually(lambda: stream.socket.recv(100) == b"", what="the stream's end")


def test_streams_end_with_a_key_that_expires(serve):
    server = serve("--workers", "0")
    key = new_key(server, role="editor", expires_in_days=1)
    memory = server.client(key["key"]).post("/memories/", json={"project_id": "default", "content": "x"}).json()
    server.stop()
    # No key lasts for less than a day, and nobody waits that long.
    soon = int((time.time() + 8) * 1_000_000)
    with sqlite3.connect(server.data / "engram.sqlite") as database:
        assert database.execute("UPDATE access_keys SET expires_at = ? WHERE expires_at IS NOT NULL", (soon,)).rowcount == 1
    server.start()
    with server.stream(memory["task_id"]) as by_owner:
        assert by_owner.next().type == "progress"
        for options in ({"key": None, "query": ticket_of(memory)}, {"key": key["key"]}):
            with server.stream(memory["task_id"], **options) as stream:
                assert stream.status == (200 if options["key"] is None else 401)
                if stream.status == 200:
                    assert stream.next().type == "progress"
                    with contextlib.suppress(ConnectionError):
                        assert list(stream.events()) == []
        server.api.post(f"/tasks/{memory['task_id']}/cancel")
        assert by_owner.until("cancelled")


def test_engram_watch_comes_back_until_the_end(serve):
    server = serve("--stream-max-age", "1s", "--extractor", "paced", "--paced-delay", "400ms", "--paced-parts", "30")
    # Twelve seconds: longer than a connection and the pause after it.
    ended = engram(server, "watch", server.remember()["task_id"], "--json")
    assert ended.returncode == 0, ended.stderr
    shown = lines(ended.stdout)
    assert kinds(shown)[-1] == "completed" and kinds(shown).count("progress") > 1
