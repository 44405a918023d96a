"""More streams than may be open: never a 503, which browsers give up after; the state of the moment, a time to come back, and the end."""

import json
import signal

import httpx

import transcripts
from events import Event
from server import BASE, Server, eventually
from streams import RawStream

PACED = ("--extractor", "paced", "--paced-delay", "100ms", "--paced-parts", "5")


def opened(server: Server, task: str, count: int, **options: object) -> list[RawStream]:
    """Streams that stay open, each with its first event read."""
    streams = [server.stream(task, **options) for _ in range(count)]
    for stream in streams:
        assert stream.next().type == "progress"
    return streams


def turned_away(stream: RawStream) -> list[Event]:
    """What a stream shows that has no seat: checked to be an answer that a browser comes back after."""
    assert stream.status == 200 and stream.headers["content-type"].startswith("text/event-stream")
    events = list(stream.events())
    assert len(events) == 1 and stream.parser.empty_blocks == 0
    assert 5000 <= stream.parser.retry <= 15_000
    assert stream.socket.recv(1) == b"", "the connection is closed"
    stream.close()
    return events


def has_seat(server: Server, task: str, **options: object) -> bool:
    with server.stream(task, **options) as stream:
        stream.next()
        return stream.parser.retry < 5000


def test_who_finds_no_seat_is_told_the_state_and_when_to_come_back(serve):
    server = serve("--streams", "5", "--workers", "0")
    task = server.remember()["task_id"]
    streams = opened(server, task, 5)
    refused = [server.stream(task) for _ in range(40)]
    retries = set()
    for stream in refused:
        (event,) = turned_away(stream)
        assert (event.type, event.json["stage"]) == ("progress", "pending")
        transcripts.check([event])
        retries.add(stream.parser.retry)
    assert len(retries) > 20, "each has a time of its own"
    assert "as many streams are open as may be" in server.log() and server.log().count("limit=streams") == 1
    # Those who have seats did not notice; one that is given up is another's.
    streams.pop().close()
    eventually(lambda: has_seat(server, task), what="a free seat")
    assert server.api.post(f"/tasks/{task}/cancel").status_code == 200
    for stream in streams:
        assert [event.type for event in stream.events()] == ["cancelled"]
    assert server.is_up()


def test_what_was_refused_takes_no_seat(serve):
    server = serve("--streams", "3", "--workers", "0")
    task = server.remember()["task_id"]
    streams = opened(server, task, 2)
    for _ in range(10):
        with server.stream("01890a5d-ac96-774b-bcce-b302099a8057") as stream:
            assert stream.status == 404
        with server.stream(task, key="ms_sk_wrong") as stream:
            assert stream.status == 401
    streams += opened(server, task, 1)
    turned_away(server.stream(task))
    for stream in streams:
        stream.close()


def test_streams_that_ended_on_a_connection_that_goes_on_leave_their_seats(serve):
    server = serve("--streams", "1", *PACED)
    tasks = [server.remember(f"Note {n}")["task_id"] for n in range(3)]
    with httpx.Client(base_url=server.origin + BASE, headers={"Authorization": f"Bearer {server.owner_key}"}, timeout=30) as client:
        for task in tasks:
            text = client.get(f"/tasks/{task}/stream").text
            assert "event: completed" in text and text.startswith("retry: ") and int(text.split()[1]) < 5000


def test_at_the_limit_everybody_still_hears_how_it_ended(serve):
    """By coming back: first the states on the way, then the end, then 204."""
    server = serve("--streams", "1", *PACED)
    waiting = server.remember("Note 0", priority="bulk")["task_id"]
    with server.stream(waiting) as seated:
        seated.next()
        task = server.remember("Note 1")["task_id"]
        seen: list[Event] = []
        while not seen or seen[-1].type == "progress":
            last = {"Last-Event-ID": seen[-1].id} if seen else {}
            stream = server.stream(task, headers=last)
            # The one seat is free again when the other task has ended.
            with stream:
                seen += [event for event in stream.events() if not seen or event.id != seen[-1].id]
        transcripts.check(seen)
        assert seen[-1].type == "completed"
        with server.stream(task, headers={"Last-Event-ID": seen[-1].id}) as stream:
            assert stream.status == 204


def test_a_key_has_seats_of_its_own_and_its_tickets_take_them_too(serve):
    server = serve("--streams-per-key", "3", "--workers", "0")
    memory = server.remember()
    task, ticket = memory["task_id"], "?" + memory["stream_url"].partition("?")[2]
    other = server.api.post("/auth/keys", json={"name": "other", "role": "viewer"}).json()["key"]
    streams = opened(server, task, 2) + opened(server, task, 1, key=None, query=ticket)
    turned_away(server.stream(task))
    turned_away(server.stream(task, key=None, query=ticket))
    streams += opened(server, task, 3, key=other)
    turned_away(server.stream(task, key=other))
    streams[0].close()
    eventually(lambda: has_seat(server, task, key=None, query=ticket), what="a free seat")
    turned_away(server.stream(task, key=other))
    for stream in streams:
        stream.close()


def test_an_address_has_seats_of_its_own(serve):
    server = serve("--streams-per-address", "2", "--workers", "0")
    task = server.remember()["task_id"]
    streams = opened(server, task, 2) + opened(server, task, 2, source="127.0.0.2")
    turned_away(server.stream(task))
    turned_away(server.stream(task, source="127.0.0.2"))
    streams += opened(server, task, 1, source="127.0.0.3")
    for stream in streams:
        stream.close()
    eventually(lambda: has_seat(server, task), what="a free seat")


def test_where_nobody_is_asked_for_a_key_the_limit_for_keys_is_none(serve):
    server = serve("--no-auth", "--streams-per-key", "1", "--workers", "0")
    task = server.remember()["task_id"]
    for stream in opened(server, task, 3):
        stream.close()


def test_more_clients_than_open_files_harm_nobody_who_has_a_seat(serve):
    """The limit on open files, lowered from outside: some are kept for other requests, and who does not fit at all waits to be let in."""
    server = serve("--workers", "0", wrapper=["prlimit", "--nofile=256"])
    task = server.remember()["task_id"]
    streams = [server.stream(task) for _ in range(400)]
    seated = []
    for stream in streams:
        stream.next()
        if stream.parser.retry < 5000:
            seated.append(stream)
        else:
            stream.close()
    assert len(seated) == 192
    assert server.is_up()
    assert server.api.post(f"/tasks/{task}/cancel").status_code == 200
    for stream in seated:
        assert [event.type for event in stream.events()] == ["cancelled"]
        stream.close()


def test_limits_change_while_streams_are_open(serve, tmp_path):
    """In the file of --config, at SIGHUP: who has a seat keeps it and counts, whether or not there was a limit when it sat down."""
    file = tmp_path / "engram.json"
    file.write_text("{}")
    server = serve("--config", str(file), "--workers", "0")
    task = server.remember()["task_id"]

    def change(**settings: int) -> None:
        read = server.log().count("setting=streams")
        file.write_text(json.dumps(settings))
        server.process.send_signal(signal.SIGHUP)
        eventually(lambda: server.log().count("setting=streams") > read, what="the change")

    streams = opened(server, task, 3)
    for setting in ("streams", "streams_per_key", "streams_per_address"):
        change(**{setting: 2})
        turned_away(server.stream(task))
        change(**{setting: 4})
        opened(server, task, 1)[0].close()
        eventually(lambda: has_seat(server, task), what="the seat that was given up")
        eventually(lambda: has_seat(server, task), what="the seat that was given up")
    change(streams=0)
    streams += opened(server, task, 3)
    assert server.api.post(f"/tasks/{task}/cancel").status_code == 200
    for stream in streams:
        assert [event.type for event in stream.events()] == ["cancelled"]


def test_a_flag_wins_over_the_limits_of_the_file(serve, tmp_path):
    file = tmp_path / "engram.json"
    file.write_text('{"streams": 1, "streams_per_key": 2}')
    server = serve("--config", str(file), "--streams", "5", "--workers", "0")
    task = server.remember()["task_id"]
    streams = opened(server, task, 2)
    turned_away(server.stream(task))
    assert "limit=streams_per_key" in server.log()
    for stream in streams:
        stream.close()
