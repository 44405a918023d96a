"""HTTP/2 over TLS: many streams on one connection, each as true as on one of its own."""

import json
import ssl
import subprocess

import pytest

import transcripts
from http2 import HTTP2Connection
from import_files import lines
from server import BINARY, Server, eventually

PACED = ("--extractor", "paced", "--paced-delay", "50ms", "--paced-parts", "5")


@pytest.fixture
def secure(serve_tls, tmp_path):
    def start(*flags: str) -> Server:
        server = serve_tls(*flags)
        server.certificate = tmp_path / "tls" / "certificate.pem"
        return server

    return start


def test_many_streams_of_one_connection_see_everything(secure):
    """More than the hundred that a server allows by default."""
    server = secure(*PACED, "--workers", "4")
    tasks = [server.remember()["task_id"] for _ in range(20)]
    with HTTP2Connection(server) as connection:
        assert connection.protocol == "h2"
        answers = [connection.stream(task) for task in tasks for _ in range(10)]
        connection.until(lambda: all(answer.ended for answer in answers))
    for answer in answers:
        assert answer.status == 200 and answer.headers["content-type"].startswith("text/event-stream")
        assert not {"connection", "transfer-encoding", "keep-alive"} & answer.headers.keys()
        transcripts.check(answer.events)
        assert answer.events[-1].type == "completed"
        assert 2000 <= answer.parser.retry <= 4000


def test_ordinary_requests_beside_streams(secure):
    server = secure("--workers", "0")
    task = server.remember()["task_id"]
    with HTTP2Connection(server) as connection:
        stream = connection.stream(task)
        connection.until(lambda: stream.events)
        posted = connection.request("POST", "/memories/", json.dumps({"project_id": "default", "content": "x"}).encode(), content_type="application/json")
        unknown = connection.request("GET", "/tasks/0190a0b0-0000-7000-8000-000000000000/stream")
        listed = connection.request("GET", "/projects/")
        connection.until(lambda: posted.ended and unknown.ended and listed.ended)
        assert (posted.status, unknown.status, listed.status) == (201, 404, 200)
        assert json.loads(unknown.body)["status"] == 404
        assert not stream.ended and stream.reset is None


def test_a_large_upload_goes_through_the_windows_and_one_that_is_refused_ends_alone(secure):
    server = secure("--workers", "0", "--body-limit", "100000")
    with HTTP2Connection(server) as connection:
        body = lines(*range(10_000))
        assert len(body) > 1 << 19
        taken = connection.request("POST", "/projects/default/imports", body, content_type="application/x-ndjson")
        connection.until(lambda: taken.ended)
        assert (taken.status, json.loads(taken.body)["accepted"]) == (202, 10_000)
        refused = connection.request("POST", "/memories/", b"x" * 2_000_000, content_type="application/json")
        connection.until(lambda: refused.ended or refused.reset is not None)
        assert refused.status == 413
        after = connection.request("GET", "/projects/")
        connection.until(lambda: after.ended)
        assert after.status == 200


def test_a_reader_whose_windows_are_shut_gets_the_newest_state_and_the_end(secure):
    """4,000 parts are more than the windows and the server's buffers hold: most are passed over, the ending never."""
    server = secure("--extractor", "paced", "--paced-delay", "1ms", "--paced-parts", "4000")
    with HTTP2Connection(server) as connection:
        connection.is_reading = False
        task = server.remember()["task_id"]
        slow = connection.stream(task)
        assert server.ending(task)["event"] == "completed"
        connection.until(lambda: slow.events)
        connection.open_windows()
        connection.until(lambda: slow.ended)
    transcripts.check(slow.events)
    assert slow.events[-1].type == "completed"
    assert len(slow.events) < 4000


def test_a_reset_stream_gives_its_seat_back_and_leaves_the_others_alone(secure):
    server = secure("--workers", "0", "--streams", "2")
    task = server.remember()["task_id"]
    with HTTP2Connection(server) as connection:
        first, second = connection.stream(task), connection.stream(task)
        connection.until(lambda: first.events and second.events)
        refused = connection.stream(task)
        connection.until(lambda: refused.ended)
        assert refused.parser.retry >= 5000
        connection.reset(first)

        def has_seat() -> bool:
            again = connection.stream(task)
            connection.until(lambda: again.events)
            return again.parser.retry < 5000

        eventually(has_seat, what="the seat that was given up")
        assert server.api.post(f"/tasks/{task}/cancel").status_code == 200
        connection.until(lambda: second.ended)
        assert second.events[-1].type == "cancelled"


def test_a_stream_resumes_through_kill_9_and_ends_with_204(secure):
    server = secure(*PACED, "--paced-parts", "20")
    task = server.remember()["task_id"]
    with HTTP2Connection(server) as connection:
        before = connection.stream(task)
        connection.until(lambda: len(before.events) >= 4)
        server.kill_and_restart()
    with HTTP2Connection(server) as connection:
        after = connection.stream(task, last_event_id=before.events[-1].id)
        connection.until(lambda: after.ended)
        transcripts.check(before.events + after.events)
        last = connection.stream(task, last_event_id=after.events[-1].id)
        connection.until(lambda: last.ended)
        assert last.status == 204


@pytest.mark.parametrize("answers_pings", [True, False])
def test_sigterm_ends_every_stream_with_a_time_to_come_back_then_the_connection(secure, answers_pings):
    server = secure("--workers", "0")
    task = server.remember()["task_id"]
    with HTTP2Connection(server, answers_pings=answers_pings) as connection:
        answers = [connection.stream(task) for _ in range(50)]
        connection.until(lambda: all(answer.events for answer in answers))
        server.process.terminate()
        connection.until(lambda: all(answer.ended for answer in answers))
        assert all(2000 <= answer.parser.retry <= 6000 for answer in answers)
        assert len({answer.parser.retry for answer in answers}) > 10
        connection.until_closed()
        assert connection.went_away
    assert server.process.wait(30) == 0
    server.process = None


def test_requests_that_cross_the_shutdown_break_nothing(secure):
    """A client may not have heard of the GOAWAY yet, while running tasks hold the process: what it asks for is answered, or its connection ends."""
    server = secure("--extractor", "paced", "--paced-delay", "60s", "--grace", "3s")
    task = server.remember()["task_id"]
    with HTTP2Connection(server, answers_pings=False) as connection:
        stream = connection.stream(task)
        connection.until(lambda: stream.events)
        server.process.terminate()
        connection.until(lambda: bool(connection.went_away))
        late = [connection.request("GET", "/projects/") for _ in range(20)] + [connection.stream(task)]
        connection.until_closed_or(lambda: all(answer.ended or answer.reset is not None for answer in late))
        connection.until_closed()
    assert server.process.wait(30) == 0, server.log()
    server.process = None


def test_revoking_a_key_ends_its_streams_and_no_others_of_the_connection(secure):
    server = secure("--workers", "0")
    task = server.remember()["task_id"]
    key = server.api.post("/auth/keys", json={"name": "one"}).json()
    with HTTP2Connection(server) as connection:
        own, others = connection.stream(task), connection.request("GET", f"/tasks/{task}/stream", key=key["key"])
        connection.until(lambda: own.events and others.events)
        assert server.api.delete(f"/auth/keys/{key['key_id']}").status_code == 204
        connection.until(lambda: others.ended or others.reset is not None)
        assert server.api.post(f"/tasks/{task}/cancel").status_code == 200
        connection.until(lambda: own.ended)
        assert own.events[-1].type == "cancelled"


def test_a_changed_certificate_is_taken_over_and_a_broken_one_is_not(secure, tmp_path):
    server = secure("--workers", "0")
    folder = server.certificate.parent

    def shown() -> bytes:
        return ssl.get_server_certificate(("127.0.0.1", server.port)).encode()

    def make(into) -> None:
        subprocess.run([BINARY, "certificate", "--out", into, "--force"], check=True, capture_output=True)

    first = shown()
    task = server.remember()["task_id"]
    with HTTP2Connection(server) as connection:
        stream = connection.stream(task)
        connection.until(lambda: stream.events)
        make(tmp_path / "other")
        # Half a pair does not fit, and the old one goes on being shown.
        (folder / "certificate.pem").write_bytes((tmp_path / "other" / "certificate.pem").read_bytes())
        eventually(lambda: "was not taken over" in server.log(), within=30, what="the refusal")
        assert shown() == first
        (folder / "key.pem").write_bytes((tmp_path / "other" / "key.pem").read_bytes())
        eventually(lambda: shown() != first, within=30, what="the new certificate", every=0.2)
        assert shown() == (folder / "certificate.pem").read_bytes()
        # What was open goes on.
        assert not stream.ended and not connection.is_closed
        again = connection.stream(task)
        connection.until(lambda: again.events)
